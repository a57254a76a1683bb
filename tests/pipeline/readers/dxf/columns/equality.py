"""Compares two readings of one file: the quick door and the library's doors must give the same drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.drawing.model import Drawing, Space
from pipeline.readers.dxf.reader import DxfReader


def by_library(path: Path) -> Drawing:
    """Return the drawing as read with the quick door locked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DxfReader, "_quickly", lambda *_: "locked")
        return DxfReader().read(path, path.name)


def by_both(path: Path) -> Drawing:
    """Return the drawing as the quick door reads it; the library's doors must agree."""
    quick = DxfReader().read(path, path.name)
    assert quick.meta["door"] == "quick"
    assert differences(by_library(path), quick) == []
    return quick


def edited(path: Path, old: str, new: str, times: int = 1) -> None:
    """Write other text over some text in a file, at its first places; -1: at all of them."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


def differences(one: Drawing, other: Drawing, tolerance: float = 1e-9) -> list[str]:
    """Return what differs, in words; nothing where the drawings are the same.

    Rows of layers, fonts and sources may be numbered differently: they are compared by name. Coordinates may differ by
    `tolerance` of the size of their space.
    """
    found: list[str] = []
    for name, a, b in (
        ("coverage", one.coverage, other.coverage),
        ("state", one.state, other.state),
        ("rows parsed", one.completeness.rows_parsed, other.completeness.rows_parsed),
        ("rows raw", one.completeness.rows_raw, other.completeness.rows_raw),
        ("trailer", one.completeness.trailer, other.completeness.trailer),
        ("undecodable", one.completeness.text_undecodable, other.completeness.text_undecodable),
        ("nonfinite", one.completeness.nonfinite, other.completeness.nonfinite),
        ("defects", sorted(map(str, one.defects)), sorted(map(str, other.defects))),
        ("layers", sorted(map(str, one.layers)), sorted(map(str, other.layers))),
        ("fonts", sorted(one.fonts), sorted(other.fonts)),
        ("meta", {**one.meta, "door": ""}, {**other.meta, "door": ""}),
        ("spaces", [(s.name, s.kind, s.unit_mm, s.size_mm) for s in one.spaces],
         [(s.name, s.kind, s.unit_mm, s.size_mm) for s in other.spaces]),
    ):  # fmt: skip
        if a != b:
            found.append(f"{name}: {a} / {b}"[:400])
    for a, b in zip(one.spaces, other.spaces, strict=False):
        found += [f"{a.name}: {text}" for text in _space(a, b, one, other, tolerance)]
    return found


def _space(a: Space, b: Space, one: Drawing, other: Drawing, tolerance: float) -> list[str]:
    found: list[str] = []
    size = max(1.0, float(np.abs(a.entities.xy).max(initial=0.0)))

    def same(name: str, x: object, y: object) -> None:
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape:
            found.append(f"{name}: {x.shape} / {y.shape}")
        elif x.dtype.kind == "f":
            off = np.abs(x - y).reshape(len(x), -1).max(axis=1, initial=0.0) > tolerance * size if len(x) else x
            if off.any():
                row = int(np.argmax(off))
                found.append(f"{name}[{row}] and {int(off.sum())}: {x[row]} / {y[row]}")
        elif (x != y).any():
            row = int(np.argmax(x != y))
            found.append(f"{name}[{row}] and {int((x != y).sum())}: {x[row]} / {y[row]}")

    for table in ("entities", "texts", "inserts", "dimensions"):
        for name in getattr(a, table).__slots__:
            u = _by_name(name, getattr(getattr(a, table), name), a, one)
            v = _by_name(name, getattr(getattr(b, table), name), b, other)
            same(f"{table}.{name}", u, v)
    return found


def _by_name(column: str, values: object, space: Space, drawing: Drawing) -> object:
    """Return a column with rows of layers, fonts and sources replaced by their names, lists as text."""
    names = {"layer": [k.name for k in drawing.layers], "source": space.sources, "font": drawing.fonts}.get(column)
    if names is not None:
        return np.array([*names, ""], object)[values] if len(values) else np.zeros(0, object)
    return np.array([str(item) for item in values], object) if isinstance(values, list) else values
