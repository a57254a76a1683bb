"""Where single-line texts stand: from insertion and alignment points to origin, base line and up vector.

All functions take columns (one row a text) in the object coordinates of the texts; a single text is a column of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.text import LINE_ADVANCE

F64 = NDArray[np.float64]
DESCENT = 0.25  # of the cap height
BACKWARD, UPSIDE_DOWN = 2, 4  # text generation flags
ALIGNED, MIDDLE, FIT = 3, 4, 5  # horizontal justifications besides 0 left, 1 centre, 2 right
# a width that the file tells is believed between these shares of the estimated one
CREDIBLE = (0.55, 1.9)
_TOLD_SHARE = (0.0, 2.0, 1.0, 0.0, 2.0, 0.0)  # by horizontal justification
_X_SHARE = (0.0, 0.5, 1.0, 0.0, 0.5, 0.0)
_Y_SHARE = (0.0, -DESCENT, 0.5, 1.0)  # by vertical justification


@dataclass(slots=True)
class Columns:
    """Texts as they stand in the file; angles in radians."""

    at: F64  # (n, 3) insertion point (group 10)
    second: F64  # (n, 3) alignment point (group 11), equal to `at` where there is none
    has_second: NDArray[np.bool_]
    halign: NDArray  # (n,) group 72
    valign: NDArray  # (n,) group 73 (ATTRIB: 74): 0 base line, 1 bottom, 2 middle, 3 top
    rotation: F64
    height: F64  # cap height
    width: F64  # estimated length, drawing units, width factor included
    oblique: F64
    generation: NDArray  # (n,) group 71


def told_widths(texts: Columns) -> F64:
    """Return the true length of each text where the two points of the file tell it, NaN elsewhere; (n,).

    CAD writes the left end of the base line as insertion point of a centred, right or middle text, computed with the
    font it had: so its distance from the alignment point is half the length, or all of it.
    """
    along, up = _axes(texts.rotation)
    delta = texts.second - texts.at
    forward = np.einsum("ij,ij->i", delta, along)
    sideways = np.einsum("ij,ij->i", delta, up)
    share = np.choose(np.clip(texts.halign, 0, 5), _TOLD_SHARE)
    length = np.abs(forward) * share
    level = _levels(texts)
    true = texts.has_second & (share > 0) & (texts.width > 0) & (texts.generation == 0)
    true &= np.abs(sideways - level * texts.height) < 0.35 * texts.height
    ratio = length / np.where(texts.width > 0, texts.width, 1.0)
    true &= (ratio > CREDIBLE[0]) & (ratio < CREDIBLE[1])
    return np.where(true, length, np.nan)


def frames(texts: Columns) -> F64:
    """Return origin, vector along the line and vector up (cap height) of each text, (n, 3, 3).

    Backward and upside-down texts have their vectors turned round; oblique ones a slanted up vector.
    """
    told = told_widths(texts)
    width = np.where(np.isfinite(told), told, texts.width)
    height, rotation = texts.height.copy(), texts.rotation.copy()
    delta = texts.second - texts.at
    reach = np.hypot(delta[:, 0], delta[:, 1])
    between = ((texts.halign == ALIGNED) | (texts.halign == FIT)) & texts.has_second & (reach > 1e-12)
    rotation = np.where(between, np.arctan2(delta[:, 1], delta[:, 0]), rotation)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.where(width > 0, height * reach / width, height)
    height = np.where(between & (texts.halign == ALIGNED), grown, height)
    width = np.where(between, reach, width)
    along, up = _axes(rotation)
    anchored = ((texts.halign > 0) | (texts.valign > 0)) & texts.has_second & ~between
    base = np.where(anchored[:, None], texts.second, texts.at)
    x_share, y_share = np.choose(np.clip(texts.halign, 0, 5), _X_SHARE), _levels(texts)
    back = np.where(texts.generation & BACKWARD, -1.0, 1.0)
    down = np.where(texts.generation & UPSIDE_DOWN, -1.0, 1.0)
    along, up = along * (width * back)[:, None], up * (height * down)[:, None]
    shift = np.where(anchored, x_share, 0.0)[:, None] * along + np.where(anchored, y_share, 0.0)[:, None] * up
    slant = np.tan(np.clip(texts.oblique, -1.4, 1.4)) * height * back
    unit = along / np.where(width > 0, width, 1.0)[:, None]
    return np.stack([base - shift, along, up + unit * (slant * back)[:, None]], axis=1)


def _levels(texts: Columns) -> F64:
    """Return how far the alignment point of each text lies above its base line, in cap heights; (n,)."""
    return np.where(texts.halign == MIDDLE, 0.5, np.choose(np.clip(texts.valign, 0, 3), _Y_SHARE))


@dataclass(slots=True)
class One:
    """One text as it stands in the file; the fields are those of `Columns`."""

    at: tuple[float, ...]
    second: tuple[float, ...] | None
    halign: int
    valign: int
    rotation: float
    height: float
    width: float
    oblique: float
    generation: int


def framed(text: One) -> F64:
    """Return what `frames` gives for a single text, (3, 3), without the cost of columns of one row."""
    second = text.second or text.at
    width, height, rotation = text.width, text.height, text.rotation
    halign = min(max(text.halign, 0), 5)
    y_share = 0.5 if halign == MIDDLE else _Y_SHARE[min(max(text.valign, 0), 3)]
    width = _told_width(text, _TOLD_SHARE[halign], y_share) or width
    dx, dy = second[0] - text.at[0], second[1] - text.at[1]
    reach = math.hypot(dx, dy)
    between = text.halign in (ALIGNED, FIT) and text.second is not None and reach > 1e-12
    if between:
        rotation = math.atan2(dy, dx)
        height = height * reach / width if halign == ALIGNED and width > 0 else height
        width = reach
    anchored = (text.halign > 0 or text.valign > 0) and text.second is not None and not between
    back = -1.0 if text.generation & BACKWARD else 1.0
    rise = -height if text.generation & UPSIDE_DOWN else height
    cos, sin = math.cos(rotation), math.sin(rotation)
    run = width * back
    x, y, z = second if anchored else text.at
    if anchored:
        x_share = _X_SHARE[halign]
        x, y = x - x_share * cos * run + y_share * sin * rise, y - x_share * sin * run - y_share * cos * rise
    slant = math.tan(min(max(text.oblique, -1.4), 1.4)) * height * run / (width if width > 0 else 1.0)
    return np.array([
        (x, y, z),
        (cos * run, sin * run, 0.0),
        (-sin * rise + cos * slant, cos * rise + sin * slant, 0.0),
    ])  # fmt: skip


def _told_width(text: One, share: float, level: float) -> float:
    """Return what `told_widths` gives for a single text, 0 where the points do not tell its length."""
    if text.second is None or not share or text.width <= 0 or text.generation:
        return 0.0
    cos, sin = math.cos(text.rotation), math.sin(text.rotation)
    dx, dy = text.second[0] - text.at[0], text.second[1] - text.at[1]
    if not abs(dy * cos - dx * sin - level * text.height) < 0.35 * text.height:
        return 0.0
    length = abs(dx * cos + dy * sin) * share
    return length if CREDIBLE[0] < length / text.width < CREDIBLE[1] else 0.0


def _axes(rotation: F64) -> tuple[F64, F64]:
    zero = np.zeros_like(rotation)
    along = np.stack([np.cos(rotation), np.sin(rotation), zero], axis=1)
    return along, np.stack([-along[:, 1], along[:, 0], zero], axis=1)


def letter_box(frame: F64, lines: int = 1, advance: float = LINE_ADVANCE) -> F64:
    """Return the corners (4, 3) of a text's box, with the descent of its last line."""
    (x, y, z), (a, b, c), (d, e, f) = frame.tolist()
    fall = -(DESCENT + (lines - 1) * advance)
    p, q, r = fall * d, fall * e, fall * f
    return np.array([
        (x + p, y + q, z + r),
        (x + a + p, y + b + q, z + c + r),
        (x + a + d, y + b + e, z + c + f),
        (x + d, y + e, z + f),
    ])  # fmt: skip


def upright(origin: F64, along: F64, up: F64, lines: NDArray, advance: float = LINE_ADVANCE) -> tuple[F64, F64, F64]:
    """Return mirrored frames as readable ones that fill the same box; (t, 2) vectors in plan, `lines` (t,).

    Text in a mirrored block or generated backward is drawn mirrored; no reader of words and no search wants that.
    """
    mirrored = along[:, 0] * up[:, 1] - along[:, 1] * up[:, 0] < 0
    if not mirrored.any():
        return origin, along, up
    hanging = mirrored & (up[:, 1] < -1e-9 * np.abs(up[:, 0]))
    leftward = mirrored & ~hanging
    lowest = origin + up * (1.0 - (lines - 1) * advance)[:, None]
    origin = np.where(hanging[:, None], lowest, np.where(leftward[:, None], origin + along, origin))
    along = np.where(leftward[:, None], -along, along)
    return origin, along, np.where(hanging[:, None], -up, up)
