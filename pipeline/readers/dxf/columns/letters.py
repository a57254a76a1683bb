"""TEXT of the scan: strings, fonts and frames of all texts of some blocks at once, by the rules of `dxf.lettering`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf import placing
from pipeline.readers.dxf.columns.curves import axes
from pipeline.readers.dxf.columns.scanned import Details
from pipeline.readers.dxf.lettering import Fonts, Style
from pipeline.readers.dxf.text import plain

F64 = NDArray[np.float64]


@dataclass(slots=True)
class Strings:
    """What some texts say, as they are drawn; `simple` ones are one line in a style that does not hang."""

    text: list[str]
    style: list[Style]
    broken: int  # simple texts with something that could not be decoded
    simple: NDArray[np.bool_]
    blank: NDArray[np.bool_]


def strings(found: Details, rows: NDArray, fonts: Fonts) -> Strings:
    """Decode the texts in some rows of the details of TEXT."""
    said: dict[str, tuple[str, bool]] = {}
    styles: dict[str, Style] = {}
    text, style, broken = [], [], 0
    for row in rows.tolist():
        raw, name = found.texts[1][row] or "", found.texts[7][row] or "Standard"
        if raw not in said:
            said[raw] = plain(raw)
        if name not in styles:
            styles[name] = fonts.style(name)
        text.append(said[raw][0])
        broken += said[raw][1] and not styles[name].vertical and "\n" not in said[raw][0]
        style.append(styles[name])
    blank = np.array([not t.strip() for t in text], bool)
    simple = np.array([not s.vertical and "\n" not in t for t, s in zip(text, style, strict=True)], bool)
    return Strings(text, style, broken, simple, blank)


def frames(found: Details, rows: NDArray, text: list[str], style: list[Style], fonts: Fonts) -> tuple[F64, NDArray]:
    """Return origin, along and up of some texts, (k, 3, 3) world coordinates, and their font rows; counts the fonts."""
    count = len(rows)
    font = np.zeros(count, np.int32)
    length = np.zeros(count)
    names = np.array([s.font for s in style], object)
    for name in dict.fromkeys(names.tolist()):
        of_font = np.flatnonzero(names == name)
        row = fonts.count(name, len(of_font))
        font[of_font] = row
        length[of_font] = fonts.face(row).widths([text[i] for i in of_font.tolist()])

    def value(code: int, missing: float = 0.0) -> F64:
        column = found.values[code][rows]
        return np.where(np.isnan(column), missing, column)

    height = np.abs(value(40))
    height[height == 0] = 1.0
    factor = np.abs(value(41, 1.0))
    factor[factor == 0] = 1.0
    at = np.column_stack([value(code) for code in (10, 20, 30)])
    has_second = ~np.isnan(found.values[11][rows]) & ~np.isnan(found.values[21][rows])
    second = np.where(has_second[:, None], np.column_stack([value(code) for code in (11, 21, 31)]), at)
    whole = {code: value(code).astype(np.int64) for code in (71, 72, 73)}
    placed = placing.frames(
        placing.Columns(
            at=at,
            second=second,
            has_second=has_second,
            halign=whole[72],
            valign=whole[73],
            rotation=np.radians(value(50)),
            height=height,
            width=length * height * factor,
            oblique=np.radians(value(51)),
            generation=whole[71],
        )
    )
    turns, turned = axes(np.column_stack([found.values[code][rows] for code in (210, 220, 230)]))
    placed[turns] = placed[turns] @ turned[turns]
    return placed, font


def boxes(placed: F64) -> F64:
    """Return the corners of the boxes of single-line texts, (4 k, 3)."""
    origin, along, up = placed[:, 0], placed[:, 1], placed[:, 2]
    low = -placing.DESCENT * up
    return np.stack([origin + low, origin + along + low, origin + along + up, origin + up], axis=1).reshape(-1, 3)
