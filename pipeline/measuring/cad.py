"""The reference of a DXF sheet: model space and layouts as ezdxf's drawing add-on draws them.

The add-on resolves layers, blocks, attributes, viewports, clips and patterns on its own, apart from our reader.
It opens no file the drawing names: of pictures only the frame is drawn, and one plot style table stands for all.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
from ezdxf import bbox, recover
from ezdxf.addons import acadctb
from ezdxf.addons.drawing.config import BackgroundPolicy, Configuration, ImagePolicy, LinePolicy, TextPolicy
from ezdxf.addons.drawing.frontend import UniversalFrontend, _draw_viewports
from ezdxf.addons.drawing.gfxproxy import DXFGraphicProxy
from ezdxf.addons.drawing.pipeline import RenderPipeline2d
from ezdxf.addons.drawing.properties import RenderContext
from ezdxf.entities import DXFGraphic, Polyline, Spline, Viewport
from ezdxf.math import Matrix44, Vec3
from ezdxf.path import from_vertices

from pipeline.drawing.kinds import SpaceKind
from pipeline.drawing.model import Drawing, Sheet, Space
from pipeline.drawing.safe_text import safe_text
from pipeline.measuring.faces import measure_as_smoothed, shown_edges
from pipeline.measuring.inked import inked
from pipeline.measuring.raster import Grid, grid_of
from pipeline.measuring.reference import OutOfTime, Reference
from pipeline.measuring.splines import spline_points
from pipeline.measuring.strokes import Columns, Strokes
from pipeline.readers.dxf import mending, repairs

CHORD_PX = 0.2  # how far a chord may leave its curve
HATCH_SECONDS = 2.0
ENDLESS = 4.0  # length of construction lines by the diagonal of the largest space; the add-on draws 20 units
SPLINE_FRAME = 16  # flag of a vertex
VERTICAL = 4  # flag of a text style
FRAME = 16  # background flag of an MTEXT
TOP_TO_BOTTOM = 3  # flow direction of an MTEXT
_STYLES = acadctb.new_ctb()
repairs.install()


class _Context(RenderContext):
    """Layers and looks, with the default plot styles: no file named inside a drawing is opened."""

    @staticmethod
    def _load_plot_style_table(filename: Any) -> Any:
        return RenderContext._load_plot_style_table(_STYLES if isinstance(filename, str) else filename)


class _Pipeline(RenderPipeline2d):
    """The add-on's pipeline with texts as boxes: their letters come from whatever font this machine has."""

    def __init__(self, strokes: Strokes) -> None:
        super().__init__(strokes)
        self.strokes = strokes
        self._model: list[tuple[Any, tuple[float, float, float, float] | None]] | None = None

    def draw_viewport(self, vp: Viewport, layout_ctx: RenderContext, bbox_cache: Any = None) -> None:
        """Draw what a viewport shows; an entity whose box cannot be told is taken along."""
        if vp.doc is None:
            return
        try:
            x0, y0, x1, y1 = vp.get_modelspace_limits()
        except ValueError:  # the add-on shows nothing of it either
            return
        if self._model is None:
            self._model = [(entity, _box(entity)) for entity in vp.doc.modelspace()]
        seen = (
            entity
            for entity, box in self._model
            if box is None or (box[0] < x1 and box[2] > x0 and box[1] < y1 and box[3] > y0)
        )
        if self.enter_viewport(vp):
            self.draw_entities(layout_ctx.from_viewport(vp), seen)
            self.exit_viewport()

    def draw_text(
        self, text: str, transform: Matrix44, properties: Any, cap_height: float, dxftype: str = "TEXT"
    ) -> None:
        """Hand the box of a line of text to the recorder, clipped like everything else."""
        letters = "".join(text.split())
        if not letters:
            return
        face = properties.font or self.default_font_face
        width = self.text_engine.get_text_line_width(text, face, cap_height)
        corners = [Vec3(0, 0), Vec3(width, 0), Vec3(width, cap_height), Vec3(0, cap_height)]
        self.strokes.in_text = letters
        try:
            self.draw_filled_polygon(list(transform.transform_vertices(corners)), properties)
        finally:
            self.strokes.in_text = ""


class _Frontend(UniversalFrontend):
    """The add-on's frontend, guarded entity by entity and by the clock."""

    def __init__(self, context: RenderContext, strokes: Strokes, config: Configuration, end: float) -> None:
        self.end, self.depth = end, 0
        self.failed: Counter[str] = Counter()
        pipeline = _Pipeline(strokes)
        super().__init__(context, pipeline, config)
        self.strokes, self.portal = strokes, pipeline.clipping_portal

    def draw_entities(self, entities: Iterable[Any], *, filter_func: Any = None) -> None:
        """Draw entities; one that fails is counted and the next one goes on."""
        self._draw(self.ctx, filter(filter_func, entities) if filter_func else entities)

    def draw_curve_entity(self, entity: DXFGraphic, properties: Any) -> None:
        """Draw a curve; a spline by its definition, for the add-on's own curves only come near a rational one."""
        points = spline_points(entity) if isinstance(entity, Spline) else None
        if points is None:
            super().draw_curve_entity(entity, properties)
        else:
            self.pipeline.draw_path(from_vertices(Vec3.generate(points)), properties)

    def draw_polyline_entity(self, entity: DXFGraphic, properties: Any) -> None:
        """Draw a polyline without what no plot shows: the frame points of its spline, the hidden edges of its faces."""
        if isinstance(entity, Polyline) and entity.is_poly_face_mesh:
            for edge in shown_edges(entity):
                self.pipeline.draw_path(from_vertices(edge), properties)
            return
        if isinstance(entity, Polyline) and any(_is_frame(vertex) for vertex in entity.vertices):
            entity = entity.copy()
            entity.vertices[:] = [vertex for vertex in entity.vertices if not _is_frame(vertex)]
            if entity.is_polygon_mesh:
                measure_as_smoothed(entity)
        super().draw_polyline_entity(entity, properties)

    def draw_text_entity(self, entity: DXFGraphic, properties: Any) -> None:
        """Draw a text; one written from top to bottom, which the add-on lays flat, is told as not drawn."""
        if _is_vertical(entity):
            self.failed[f"vertical {entity.dxftype()}"] += 1
        else:
            super().draw_text_entity(entity, properties)

    def draw_mtext_entity(self, entity: DXFGraphic, properties: Any) -> None:
        """Draw an MTEXT, as above; its frame is as high as its lines are many, and those depend on the font."""
        if _is_vertical(entity):
            self.failed["vertical MTEXT"] += 1
            return
        looks = int(entity.dxf.get("bg_fill", 0) or 0)
        if looks & FRAME:
            self.failed["frame of MTEXT"] += 1
            entity = entity.copy()
            entity.dxf.bg_fill = looks & ~FRAME
        super().draw_mtext_entity(entity, properties)

    def draw_entities_callback(self, ctx: RenderContext, entities: Iterable[Any]) -> None:
        """Draw what a viewport shows."""
        self._draw(ctx, entities)

    def _draw(self, context: RenderContext, entities: Iterable[Any]) -> None:
        own, viewports = self.ctx, []
        self.ctx = context  # a viewport has its own layers, for nested entities too
        self.depth += 1
        try:
            for entity in entities:
                if isinstance(entity, Viewport):
                    viewports.append(entity)
                else:
                    self._guarded(context, entity)
        finally:
            self.depth -= 1
            self.ctx = own
        _draw_viewports(self, viewports)

    def _guarded(self, context: RenderContext, entity: Any) -> None:
        if time.process_time() > self.end:
            raise OutOfTime("the drawing add-on takes too long")
        kind = entity.dxftype()
        if self.depth == 1:
            self.strokes.set_kind(kind)
        states = context._saved_states
        kept = (len(states), context.current_block_reference_properties, len(self.portal._stages))
        stack = len(self.strokes.entity_stack)
        try:
            graphic = entity if isinstance(entity, DXFGraphic) else DXFGraphicProxy(entity)
            properties = context.resolve_all(graphic)
            if properties.is_visible and _lacks_picture(entity):  # the reader draws one from what was measured
                self.failed["picture of DIMENSION"] += 1
            elif properties.is_visible:
                self.draw_entity(graphic, properties)
        except (OutOfTime, MemoryError):
            raise
        except Exception:  # the add-on's own faults and what the file does to it
            self.failed[kind] += 1
            del states[kept[0] :]
            context.current_block_reference_properties = kept[1]
            del self.portal._stages[kept[2] :]
            del self.strokes.entity_stack[stack:]


def _is_frame(vertex: Any) -> bool:
    return bool(int(vertex.dxf.get("flags", 0)) & SPLINE_FRAME)


def _lacks_picture(entity: Any) -> bool:
    if entity.dxftype() != "DIMENSION" or entity.doc is None:
        return False
    return not entity.dxf.get("geometry", "") or entity.dxf.geometry not in entity.doc.blocks


def _is_vertical(entity: Any) -> bool:
    if entity.dxftype() == "MTEXT" and int(entity.dxf.get("flow_direction", 1) or 1) == TOP_TO_BOTTOM:
        return True
    style = entity.doc.styles.get(entity.dxf.get("style", "Standard")) if entity.doc is not None else None
    return style is not None and bool(int(style.dxf.get("flags", 0) or 0) & VERTICAL)


def _box(entity: Any) -> tuple[float, float, float, float] | None:
    try:
        found = bbox.extents((entity,), fast=True)
    except MemoryError:
        raise
    except Exception:
        return None
    return (*found.extmin.vec2, *found.extmax.vec2) if found.has_data else None


class Cad:
    """A DXF file open in ezdxf; a space is drawn once for all the sheets in it."""

    def __init__(self, path: Path, drawing: Drawing, end: float) -> None:
        """Open the file. Raises whatever ezdxf raises when neither of its doors opens."""
        self.by = f"ezdxf {ezdxf.__version__}"
        self._drawing, self._end = drawing, end
        self._document = _opened(path)
        self._kept: tuple[int, Columns, dict[str, int]] | None = None

    def of(self, sheet: Sheet, grid: Grid) -> Reference:
        """Return what the add-on shows on a sheet. Raises OutOfTime, LookupError for a space it does not know."""
        if self._kept is None or self._kept[0] != sheet.space:
            self._kept = (sheet.space, *self._drawn(sheet.space))
        reference = inked(self._kept[1], sheet, grid, self._drawing.coverage.reasons)
        reference.failed = self._kept[2]
        return reference

    def _drawn(self, row: int) -> tuple[Columns, dict[str, int]]:
        space = self._drawing.spaces[row]
        layout = self._layout(space)
        strokes = Strokes()
        strokes.flat = self._chord(row, space)
        config = Configuration(
            line_policy=LinePolicy.SOLID,
            text_policy=TextPolicy.REPLACE_FILL,
            image_policy=ImagePolicy.RECT,
            pdmode=0,  # a point is a dot on both sides, whatever symbol the header asks for
            background_policy=BackgroundPolicy.WHITE,
            max_flattening_distance=strokes.flat,
            hatching_timeout=HATCH_SECONDS,
            infinite_line_length=self._reach(),
        )
        context = _Context(self._document, ctb=_STYLES, export_mode=True)
        front = _Frontend(context, strokes, config, self._end)
        front.draw_layout(layout, finalize=False)
        return strokes.columns(space.unit_mm), dict(front.failed)

    def _reach(self) -> float:
        """Return how long construction lines are drawn, drawing units."""
        spaces = [space for space in self._drawing.spaces if len(space.entities.xy)]
        return ENDLESS * max((float(np.hypot(*np.ptp(s.entities.xy, axis=0))) / s.unit_mm for s in spaces), default=1.0)

    def _layout(self, space: Space) -> Any:
        if space.kind == SpaceKind.MODEL:
            return self._document.modelspace()
        for layout in self._document.layouts:
            if safe_text(str(layout.name), 255)[0] == space.name:
                return layout
        raise LookupError("ezdxf does not know this layout")

    def _chord(self, row: int, space: Space) -> float:
        """Return the flattening distance in file units: a fifth of a pixel of the finest sheet."""
        grids = [grid_of(sheet, space) for sheet in self._drawing.sheets if sheet.space == row]
        finest = max((grid.px_per_mm for grid in grids if grid is not None), default=1.0)
        return max(CHORD_PX / finest / (space.unit_mm or 1.0), 1e-9)


def _opened(path: Path) -> Any:
    """Open strictly, else patiently, else patiently without the handles ezdxf refuses."""
    try:
        return ezdxf.readfile(path)
    except (MemoryError, OSError):
        raise
    except Exception:
        data = path.read_bytes()
    try:
        return recover.read(io.BytesIO(data))[0]
    except MemoryError:
        raise
    except Exception:
        return recover.read(io.BytesIO(mending.drop_bad_handles(mending.close_file(data))))[0]
