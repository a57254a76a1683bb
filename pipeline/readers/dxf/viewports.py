"""Model space as seen through the viewports of a layout: scaled, turned, with its own layer states, cut at its edge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.chunk import Chunk, Look, join, place
from pipeline.readers.dxf.clipping import (
    Window,
    clip,
    rectangle,
    replace_dimensions,
    shown_dimensions,
    with_inserts_of_rows,
)
from pipeline.readers.dxf.columns.freed import give_back
from pipeline.readers.dxf.looks import Looks, aci_color, pen_width, true_color
from pipeline.readers.dxf.spaces import boxes, covered, in_steps, take

F64 = NDArray[np.float64]
CLIPPED, OFF = 0x10000, 0x20000  # viewport flags (group 90)
_MANY_ROWS = 100_000
_STEP_ROWS = 50_000  # of model space looked at at once
_SETTLED = Look(0, 0, 0.0, 0)  # nothing of a layout is open any more
CURVE_SAG = 1e-3  # of the size of a curved clip boundary


@dataclass(slots=True)
class Viewports:
    """The viewports of a layout by what becomes of them."""

    shown: list[Any] = field(default_factory=list)
    turned_off: int = 0
    not_plan: int = 0  # views of a model from the side or in perspective


def sort_viewports(layout: Any) -> Viewports:
    """Sort the viewports of a layout: not the sheet itself (id 1), on, with a size, seen from above."""
    found = Viewports()
    for viewport in layout.viewports():
        dxf = viewport.dxf
        if int(dxf.get("id", 2)) == 1:
            continue
        if min(float(dxf.get(name, 0)) for name in ("width", "height", "view_height")) <= 0:
            continue
        if int(dxf.get("status", 1)) == 0 or int(dxf.get("flags", 0)) & OFF:
            found.turned_off += 1
        elif not viewport.is_top_view:
            found.not_plan += 1
        else:
            found.shown.append(viewport)
    return found


def window_of(viewport: Any) -> Window:
    """Return the edge of a viewport on paper: its clip boundary where it has one, else its rectangle."""
    dxf = viewport.dxf
    x, y = float(dxf.center[0]), float(dxf.center[1])
    w, h = float(dxf.width) / 2, float(dxf.height) / 2
    handle = str(dxf.get("clipping_boundary_handle", "0") or "0")
    if int(dxf.get("flags", 0)) & CLIPPED and handle != "0" and viewport.doc is not None:
        ring = boundary(viewport.doc.entitydb.get(handle))
        if ring is not None:
            return Window(ring)
    return rectangle(x - w, y - h, x + w, y + h)


def boundary(entity: Any | None) -> F64 | None:
    """Return the outline (k, 2) of a clip entity (polyline, circle, ellipse, spline), None where it has none."""
    from ezdxf.path import make_path

    try:
        path = make_path(entity)
        ends = np.array([(p.x, p.y) for p in path.control_vertices()])
        size = max(float(np.ptp(ends, axis=0).max()), 1e-9)
        ring = np.array([(p.x, p.y) for p in path.flattening(size * CURVE_SAG, 16)])
    except Exception:  # a region or nothing at all: the rectangle of the viewport stands
        return None
    if len(ring) > 1 and np.allclose(ring[0], ring[-1]):
        ring = ring[:-1]
    return ring if len(ring) >= 3 else None


def through(viewport: Any, model: Chunk, looks: Looks, unit: float) -> Chunk:
    """Return what a viewport shows of model space, in paper units of its layout.

    Dimensions whose two points are in view come along with their measured value in reality; `unit` is the length of
    a model unit in units of the layout by their millimetres.
    """
    window = window_of(viewport)
    matrix = np.array(list(viewport.get_transformation_matrix()), np.float64).reshape(4, 4)
    hidden, frozen = hidden_layers(viewport, looks)
    shows = ~np.isin(model.layer, hidden) & (covered(model, frozen) < 0)
    special = overrides(viewport, looks)
    pieces: list[Chunk] = []
    for rows in in_steps(model, shows, _STEP_ROWS):
        near = recoloured(take(rows, _in_reach(rows, window, matrix)), special, looks)
        pieces.append(clip(place(near, matrix, _SETTLED, None), window))
    seen = with_inserts_of_rows(replace(join(pieces, spend=True), inserts=model.inserts))
    if len(model) > _MANY_ROWS:
        pieces.clear()
        give_back()
    placed = place(Chunk(inserts=seen.inserts, dimensions=model.dimensions), matrix, _SETTLED, None)
    seen.inserts = placed.inserts
    seen.dimensions = placed.dimensions
    for dimension, own in zip(seen.dimensions, model.dimensions, strict=True):
        dimension.measured = own.measured * unit
    shown = [i for i in shown_dimensions(seen, window) if seen.dimensions[i].layer not in hidden]
    return replace_dimensions(seen, shown)


def hidden_layers(viewport: Any, looks: Looks) -> tuple[list[int], set[int]]:
    """Return the rows of the layers that do not show (off, or frozen everywhere or here), and of the frozen ones."""
    frozen = {looks.layer_row(str(name)) for name in viewport.frozen_layers} | looks.frozen
    return sorted({i for i, layer in enumerate(looks.layers) if not layer.visible} | frozen), frozen


def _in_reach(model: Chunk, window: Window, matrix: F64) -> NDArray[np.bool_]:
    """Return which rows of model space may touch the window, by their boxes."""
    x0, y0, x1, y1 = window.box
    corners = np.array([(x0, y0, 0, 1), (x1, y0, 0, 1), (x1, y1, 0, 1), (x0, y1, 0, 1)], np.float64)
    flat = np.eye(4)
    flat[:2, :2], flat[3, :2] = matrix[:2, :2], matrix[3, :2]
    back = corners @ np.linalg.inv(flat)
    low, high = back[:, :2].min(axis=0), back[:, :2].max(axis=0)
    pad = 1e-6 * float(np.max(high - low))
    b = boxes(model)
    return (
        (b[:, 2] >= low[0] - pad) & (b[:, 0] <= high[0] + pad) & (b[:, 3] >= low[1] - pad) & (b[:, 1] <= high[1] + pad)
    )


@dataclass(slots=True)
class Override:
    """The look a layer has in one viewport; None as everywhere."""

    color: int | None = None  # 0xRRGGBBAA
    width_mm: float | None = None


def overrides(viewport: Any, looks: Looks) -> dict[int, Override]:
    """Return the layers that look different in this viewport (extension dictionary of the layer), by row."""
    found: dict[int, Override] = {}
    handle = viewport.dxf.handle
    if viewport.doc is None or handle is None:
        return found
    for layer in viewport.doc.layers:
        if not layer.has_extension_dict:
            continue
        try:
            special = layer.get_vp_overrides()
            if not special.has_overrides(handle):
                continue
            rgb, aci, weight = special.get_rgb(handle), special.get_color(handle), special.get_lineweight(handle)
            own = Override()
            if rgb is not None:
                own.color = true_color((int(rgb[0]) << 16) | (int(rgb[1]) << 8) | int(rgb[2]))
            elif aci != layer.dxf.color:
                own.color = aci_color(abs(int(aci)))
            if weight != layer.dxf.lineweight:
                own.width_mm = pen_width(int(weight))
        except Exception:  # broken records of an override: the layer looks as everywhere
            continue
        found[looks.layer_row(str(layer.dxf.name))] = own
    return found


def recoloured(chunk: Chunk, special: dict[int, Override], looks: Looks) -> Chunk:
    """Return the chunk with the look of these layers changed where an entity looks as its layer does."""
    if not special:
        return chunk
    out = replace(chunk, color=chunk.color.copy(), width=chunk.width.copy())
    for row, own in special.items():
        usual = looks.of_row(row)
        on = chunk.layer == row
        if own.color is not None:
            out.color[on & (chunk.color == usual.color)] = own.color
        if own.width_mm is not None:
            out.width[on & np.isclose(chunk.width, usual.width_mm)] = own.width_mm
    return out


def compose(paper: Chunk, views: list[Chunk]) -> Chunk:
    """Return a layout's rows: what the viewports show lies beneath what is drawn on paper. The chunks are used up."""
    every = [*views, paper]
    views.clear()
    chunk = join(every, spend=True)
    if len(chunk) > _MANY_ROWS:
        del every
        give_back()
    return chunk
