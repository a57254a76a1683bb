"""A PDF page played back once from a display list: texts with their matrices, pictures, shadings, patterns, clips.

The paths come from PyMuPDF's own device in C; what is rare on a page and told by no dictionary of it comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray
from pymupdf import extra, mupdf

F64 = NDArray[np.float64]
EVENTS = 200_000  # pictures, texts and shadings of a page that are told one by one


@dataclass(slots=True)
class Played:
    """What one playback gave; all in page points, y down, page unrotated."""

    trace: list[dict[str, Any]] = field(default_factory=list)  # as of Page.get_texttrace
    matrices: list[tuple[float, float, float, float]] = field(default_factory=list)  # one a span of the trace
    pictures: list[tuple[float, ...]] = field(default_factory=list)  # a b c d e f of the unit square of each
    shadings: list[tuple[float, ...]] = field(default_factory=list)  # x0 y0 x1 y1
    patterns: int = 0  # tiling patterns: their cell is read once
    veils: int = 0  # clips by texts or soft masks
    nested_layers: bool = False


def play(page: Any) -> Played:
    """Play a page (rotation 0, annotations already out of it) and return what was on it."""
    listed = mupdf.fz_new_display_list_from_page(shown(page))
    found = Played()
    _run(listed, extra.JM_new_texttrace_device(found.trace))
    _run(listed, _Notes(found))
    return found


def paths_in_veils(page: Any) -> bool:
    """Return whether paths are drawn inside a clip made by texts or a soft mask; slow, asked where `veils` > 0."""
    device = _Veils()
    mupdf.fz_run_page(shown(page), device, mupdf.FzMatrix(), mupdf.FzCookie())
    mupdf.fz_close_device(device)
    return device.found


def layers_within_layers(page: Any) -> tuple[list[str], int]:
    """Return the innermost layer of everything painted, by its place in the painting order, and how many are paths.

    PyMuPDF's devices forget a layer as soon as one within it ends; slow, asked where layers are nested.
    """
    device = _Layers()
    mupdf.fz_run_page(shown(page), device, mupdf.FzMatrix(), mupdf.FzCookie())
    mupdf.fz_close_device(device)
    return device.found, device.paths


def shown(page: Any) -> Any:
    """Return a page of PyMuPDF as MuPDF's own."""
    inner = page.this
    return inner if isinstance(inner, mupdf.FzPage) else mupdf.FzPage(inner)


def _run(listed: Any, device: Any) -> None:
    everywhere = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    mupdf.fz_run_display_list(listed, device, mupdf.FzMatrix(), everywhere, mupdf.FzCookie())
    mupdf.fz_close_device(device)


class _Notes(mupdf.FzDevice2):
    """Notes what is rare; MuPDF calls the methods by their names."""

    def __init__(self, found: Played) -> None:
        super().__init__()
        self.found = found
        self._layers = 0
        for name in _NOTED:
            getattr(self, f"use_virtual_{name}")()

    def _text(self, text: Any, ctm: Any) -> None:
        matrices, span = self.found.matrices, text.head
        a, b, c, d = ctm.a, ctm.b, ctm.c, ctm.d
        while span:
            m = span.trm
            matrices.append((m.a * a + m.b * c, m.a * b + m.b * d, m.c * a + m.d * c, m.c * b + m.d * d))
            span = span.next

    def fill_text(self, ctx: Any, text: Any, ctm: Any, *_: Any) -> None:
        self._text(text, ctm)

    def stroke_text(self, ctx: Any, text: Any, stroke: Any, ctm: Any, *_: Any) -> None:
        self._text(text, ctm)

    def ignore_text(self, ctx: Any, text: Any, ctm: Any, *_: Any) -> None:
        self._text(text, ctm)

    def fill_image(self, ctx: Any, image: Any, ctm: Any, *_: Any) -> None:
        if len(self.found.pictures) < EVENTS:
            self.found.pictures.append((ctm.a, ctm.b, ctm.c, ctm.d, ctm.e, ctm.f))

    fill_image_mask = fill_image

    def fill_shade(self, ctx: Any, shade: Any, ctm: Any, *_: Any) -> None:
        if len(self.found.shadings) < EVENTS:
            box = mupdf.ll_fz_bound_shade(shade, ctm)
            self.found.shadings.append((box.x0, box.y0, box.x1, box.y1))

    def clip_text(self, *_: Any) -> None:
        self.found.veils += 1

    clip_stroke_text = clip_image_mask = clip_text

    def begin_tile(self, *_: Any) -> int:
        self.found.patterns += 1
        return 0

    def begin_layer(self, *_: Any) -> None:
        self._layers += 1
        self.found.nested_layers |= self._layers > 1

    def end_layer(self, *_: Any) -> None:
        self._layers -= 1


_NOTED = (
    "fill_text", "stroke_text", "ignore_text", "fill_image", "fill_image_mask", "fill_shade",
    "clip_text", "clip_stroke_text", "clip_image_mask", "begin_tile", "begin_layer", "end_layer",
)  # fmt: skip


class _Veils(mupdf.FzDevice2):
    """Looks for paths inside clips of texts and masks."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False
        self._clips: list[bool] = []
        for name in ("fill_path", "stroke_path", "clip_path", "clip_stroke_path", "clip_text", "clip_stroke_text",
                     "clip_image_mask", "begin_mask", "end_mask", "pop_clip"):  # fmt: skip
            getattr(self, f"use_virtual_{name}")()

    def fill_path(self, *_: Any) -> None:
        self.found |= any(self._clips)

    stroke_path = fill_path

    def clip_path(self, *_: Any) -> None:
        self._clips.append(False)

    clip_stroke_path = clip_path

    def clip_text(self, *_: Any) -> None:
        self._clips.append(True)

    clip_stroke_text = clip_image_mask = clip_text

    def begin_mask(self, *_: Any) -> None:
        self._clips.append(True)

    def end_mask(self, *_: Any) -> None:
        pass  # the mask stays in force until its clip is popped

    def pop_clip(self, *_: Any) -> None:
        if self._clips:
            self._clips.pop()


class _Layers(mupdf.FzDevice2):
    """Writes down the layer in force at every painting."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.paths = 0
        self._names = [""]
        for name in ("fill_path", "stroke_path", "fill_text", "stroke_text", "ignore_text", "fill_image",
                     "fill_image_mask", "fill_shade", "begin_layer", "end_layer"):  # fmt: skip
            getattr(self, f"use_virtual_{name}")()

    def fill_path(self, *_: Any) -> None:
        self.paths += 1
        self.found.append(self._names[-1])

    stroke_path = fill_path

    def fill_text(self, *_: Any) -> None:
        self.found.append(self._names[-1])

    stroke_text = ignore_text = fill_image = fill_image_mask = fill_shade = fill_text

    def begin_layer(self, ctx: Any, name: str) -> None:
        self._names.append(name or "")

    def end_layer(self, *_: Any) -> None:
        if len(self._names) > 1:
            self._names.pop()


def quiet() -> None:
    """Keep MuPDF's complaints off the standard streams; they are counted after reading."""
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    pymupdf.TOOLS.reset_mupdf_warnings()
