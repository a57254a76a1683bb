"""Pairs of two scans for the comparison benchmark: the old plots of its pdf-scan cases, scanned by its own scanner."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

OLD_DPI, LARGE_DPI, LARGE_MM = 300, 200, 600.0  # as the generator scans the new sheets
SKEW = 0.6  # degrees


def add_scan_pairs(cases: Path, scan: Callable[..., Any]) -> None:
    """Write cases/scan-scan from cases/pdf-scan, once: the same edits, and a transform from scan to scan.

    Args:
        cases: folder of the cases.
        scan: the scanner of the generator: (plot, scan, dpi, skew, rng) -> transform.
    """
    if (cases / "scan-scan").exists():
        return
    import pymupdf  # needed for pairs of scans only

    for path in sorted((cases / "pdf-scan").glob("*/truth.json")):
        truth = json.loads(path.read_text())
        target = cases / "scan-scan" / path.parent.name
        target.mkdir(parents=True)
        rng = random.Random(f"{truth['seed']}|{path.parent.name}|old scan")
        with pymupdf.open(path.parent / "old.pdf") as plot:
            large = max(plot[0].rect.width, plot[0].rect.height) * 25.4 / 72 > LARGE_MM
        dpi, skew = (LARGE_DPI if large else OLD_DPI), rng.uniform(-SKEW, SKEW)
        turned = np.vstack([scan(path.parent / "old.pdf", target / "old.pdf", dpi, skew, rng), [0, 0, 1]])
        shutil.copy(path.parent / "new.pdf", target / "new.pdf")
        there = np.vstack([np.array(truth["transform"]), [0, 0, 1]]) @ np.linalg.inv(turned)
        told = {**truth, "pair": "scan-scan", "transform": there[:2].tolist()}
        (target / "truth.json").write_text(json.dumps(told, indent=1, ensure_ascii=False))
