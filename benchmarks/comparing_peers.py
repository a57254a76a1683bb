"""Tools beside ours on the cases of the mutation benchmark; each writes its answers where the scorer looks for them."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

RELATIONS = ["geometry", "attributes", "type", "property", "container"]
DPI = 150.0
INK_BELOW = 210  # grey value; thin lines of 150 to 200 dpi vanish below 150
WITHIN = 5  # pixels: ink of one side within this square of ink of the other is the same
GAP = 9  # pixels: differing ink nearer than this is one report


def cases_of(cases: Path, pair: str, pairs: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folders and truths of one pair of formats, when it was asked for."""
    if pair in pairs.split(","):
        for truth in sorted(cases.glob(f"{pair}/*/truth.json")):
            yield truth.parent, json.loads(truth.read_text())


def answer(predictions: Path, case: Path, changes: list[dict[str, Any]], seconds: float) -> None:
    """Write the answer to a case."""
    target = predictions / case.parent.name / f"{case.name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"changes": changes, "seconds": seconds, "cpu_s": seconds}))


def exact_entities(cases: Path, pairs: str, predictions: Path) -> None:
    """Stand-in for DWGCOMPARE: exact entities at 6 decimals, no registration (DXF-DXF only)."""
    import ezdxf
    import ezdxf.bbox

    def keys(path: Path) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for entity in ezdxf.readfile(path).modelspace():
            attributes = {k: v for k, v in entity.dxfattribs().items() if k not in ("handle", "owner", "color")}
            box = ezdxf.bbox.extents([entity], fast=True)
            key = (entity.dxftype(), str({k: _rounded(v) for k, v in sorted(attributes.items())}))
            found[key] = [box.extmin.x, box.extmin.y, box.extmax.x, box.extmax.y] if box.has_data else None
        return found

    for case, _ in cases_of(cases, "dxf-dxf", pairs):
        started = time.process_time()
        old, new = keys(case / "old.dxf"), keys(case / "new.dxf")
        changes = [{"kind": "removed", "bbox": b} for k, b in old.items() if k not in new and b]
        changes += [{"kind": "added", "bbox": b} for k, b in new.items() if k not in old and b]
        answer(predictions, case, changes, time.process_time() - started)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if hasattr(value, "xyz"):
        return tuple(round(v, 6) for v in value.xyz)
    return value


def diffed(old: Path, new: Path, relations: list[str] = RELATIONS) -> tuple[list[tuple[str, str, str]], float, float]:
    """Open and compare two models with ifcdiff in its deep mode.

    Returns:
        ((kind, old GlobalId, new GlobalId) of each report, CPU s of opening, CPU s of comparing).
    """
    import ifcopenshell

    peer: Any = importlib.import_module("ifcdiff")
    started = time.process_time()
    models = [ifcopenshell.open(str(path)) for path in (old, new)]
    begun = time.process_time()
    diff = peer.IfcDiff(*models, relationships=relations, is_shallow=False)
    with contextlib.redirect_stdout(io.StringIO()):
        diff.diff()
    ended = time.process_time()
    told = [("removed", one, "") for one in diff.deleted_elements] + [("added", "", one) for one in diff.added_elements]
    told += [("modified", one, one) for one in diff.change_register]
    return told, begun - started, ended - begun


def ifcdiff(cases: Path, pairs: str, predictions: Path) -> None:
    """ifcdiff, not shallow: geometry, attributes, type, property, container (IFC-IFC only)."""
    for case, _ in cases_of(cases, "ifc-ifc", pairs):
        told, read_s, compare_s = diffed(case / "old.ifc", case / "new.ifc")
        changes = [
            {"kind": kind, "guid_old": old} if kind == "removed" else {"kind": kind, "guid_new": new}
            for kind, old, new in told
        ]
        answer(predictions, case, changes, read_s + compare_s)


def pixels(cases: Path, pairs: str, predictions: Path) -> None:
    """Pixel difference at 150 dpi given the TRUE alignment, 5×5 pixels of tolerance (PDF-PDF and PDF-scan)."""
    for pair in ("pdf-pdf", "pdf-scan"):
        for case, truth in cases_of(cases, pair, pairs):
            started = time.process_time()
            changes = pixel_changes(case / truth["old"]["file"], case / truth["new"]["file"], truth["transform"])
            answer(predictions, case, changes, time.process_time() - started)


def pixel_changes(old: Path, new: Path, transform: list[list[float]]) -> list[dict[str, Any]]:
    """Regions of ink that only one of two pages has, boxes in mm on the new page (origin lower left).

    Args:
        old: PDF of one page.
        new: PDF of one page.
        transform: 2×3, mm on the old page -> mm on the new page, both from the lower left corner.
    """
    from scipy import ndimage

    before, after = page_ink(old), page_ink(new)
    pixel = 25.4 / DPI
    there = np.array(transform, float)
    linear, shift = np.linalg.inv(there[:, :2]), there[:, 2]

    def to_old(rows_columns: np.ndarray) -> np.ndarray:
        """Pixel (row, column) of the new page -> of the old one."""
        x, y = rows_columns[1] * pixel, (after.shape[0] - rows_columns[0]) * pixel
        u, v = linear @ np.stack([x - shift[0], y - shift[1]])
        return np.stack([before.shape[0] - v / pixel, u / pixel])

    origin = to_old(np.zeros((2, 1)))[:, 0]
    matrix = (
        np.stack([to_old(np.array([[1.0], [0.0]]))[:, 0], to_old(np.array([[0.0], [1.0]]))[:, 0]], 1) - origin[:, None]
    )
    size = max(1.0, float(np.sqrt(abs(np.linalg.det(matrix)))))  # a smaller new page skips pixels of the old one
    grown = ndimage.maximum_filter(before, size=2 * int(size / 2) + 1)
    laid = ndimage.affine_transform(grown.astype(np.float32), matrix, origin, after.shape, order=1) > 0.3
    square = np.ones((WITHIN, WITHIN), bool)
    found = []
    for kind, ink, other in (("removed", laid, after), ("added", after, laid)):
        only = ink & ~ndimage.binary_dilation(other, square)
        labels, _ = ndimage.label(ndimage.binary_dilation(only, np.ones((GAP, GAP), bool)))
        for rows, columns in ndimage.find_objects(labels):
            low, high = (after.shape[0] - rows.stop) * pixel, (after.shape[0] - rows.start) * pixel
            found.append({"kind": kind, "bbox": [columns.start * pixel, low, columns.stop * pixel, high]})
    return found


def page_ink(path: Path) -> np.ndarray:
    """Ink (rows, columns) of the first page of a PDF at 150 dpi."""
    import pypdfium2

    page = pypdfium2.PdfDocument(str(path))[0]
    grey = page.render(scale=DPI / 72.0, grayscale=True).to_numpy()
    return np.asarray(grey.reshape(grey.shape[0], grey.shape[1]) < INK_BELOW)


Tool = Callable[[Path, str, Path], None]


def tools() -> list[tuple[str, Tool]]:
    """The peers that can run here, by name; ifcdiff where it is installed (extra `bench`)."""
    found: list[tuple[str, Tool]] = [("exact entities", exact_entities), ("pixels, true alignment", pixels)]
    if importlib.util.find_spec("ifcdiff") is not None:
        found.append(("ifcdiff", ifcdiff))
    return found
