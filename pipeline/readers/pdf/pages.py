"""The pages of one open PDF: each becomes a space of the drawing."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

from pipeline.drawing.builder import SpaceBuilder, Style
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import EntityKind, SpaceKind
from pipeline.drawing.layer_meanings import layer_meaning
from pipeline.drawing.model import Drawing, Layer
from pipeline.drawing.safe_text import safe_text
from pipeline.readers.base import ReadLimits
from pipeline.readers.pdf import clipping, ends, marks, pens, soundness
from pipeline.readers.pdf.columns import Frame, Made, fill_table, stroke_tables, text_table, without_area, woven
from pipeline.readers.pdf.edges import BROAD
from pipeline.readers.pdf.lettering import CAP, runs
from pipeline.readers.pdf.oddities import odd_page_keys
from pipeline.readers.pdf.paths import (
    Flags,
    Painted,
    Shapes,
    fill_looks,
    finite,
    keep_points,
    painted,
    shapes,
    stroke_looks,
)
from pipeline.readers.pdf.playback import Played, layers_within_layers, paths_in_veils, play
from pipeline.readers.pdf.signatures import Place

POINT_MM = 25.4 / 72.0
SCAN_SHARE = 0.5  # pictures cover at least this much of a scanned page
SCAN_PATHS = 50  # and it has at most so many paths
SCAN_TEXTS = 20  # and visible texts (recognised text beneath a scan is invisible)
PICTURE_COLOR = 0x808080FF
_UNIT_SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
_BOX_CORNERS = (0, 1, 2, 1, 2, 3, 0, 3)

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class Pages:
    """Reads the pages of one open document into a drawing."""

    def __init__(self, doc: Any, drawing: Drawing, limits: ReadLimits, size_bytes: int = 0) -> None:
        self.doc, self.drawing, self.limits = doc, drawing, limits
        self._layers: dict[str, int] = {}
        self._fonts: dict[str, int] = {}
        self._labels = _labels(doc)
        self._read = 0  # paths of all pages so far
        self._streams: list[bytes] = []  # content of the page at hand and of its forms
        seconds = limits.cpu_seconds + limits.cpu_seconds_a_mb * size_bytes / 1e6
        self._until = time.process_time() + seconds
        self.places: dict[int, Place] = {}  # by the object number of a page, and minus that of a form field on it
        drawing.meta["rotations"] = []
        self._layer("")
        self._groups()

    def _layer(self, name: str) -> int:
        row = self._layers.get(name)
        if row is None:
            row = self._layers[name] = len(self.drawing.layers)
            shown = safe_text(name, 255)[0]
            self.drawing.layers.append(Layer(shown, meaning=layer_meaning(shown) if shown else ""))
        return row

    def _layer_rows(self, names: list[str]) -> I64:
        rows = {name: self._layer(name) for name in dict.fromkeys(names)}
        return np.fromiter(map(rows.__getitem__, names), np.int64, len(names))

    def _groups(self) -> None:
        """Take over the optional-content groups; hidden ones are switched on so that their content is read."""
        groups = self.doc.get_ocgs() or {}
        for group in groups.values():
            row = self._layer(str(group.get("name", "")))
            self.drawing.layers[row].visible = bool(group.get("on", True))
        if groups:
            soundness.show_memberships(self.doc)
        if any(not group.get("on", True) for group in groups.values()):
            pdf = pymupdf._as_pdf_document(self.doc)  # set_layer() leaves the /OFF list standing
            for number in range(pymupdf.mupdf.pdf_count_layers(pdf)):
                pymupdf.mupdf.pdf_enable_layer(pdf, number, 1)

    def read(self) -> None:
        """Read every page up to the limit; a page that fails is a defect and the next one goes on."""
        record, drawing = self.drawing.completeness, self.drawing
        count = self.doc.page_count
        record.pages_declared = max(count, soundness.declared_pages(self.doc) or 0)
        record.pages_read = 0
        if count > self.limits.pages:
            drawing.defects.append(defect("limit_reached", what="pages", limit=self.limits.pages))
        for number in range(min(count, self.limits.pages)):
            if self._read > self.limits.entities:
                limit = f"{self.limits.entities}, page {number + 1}"
                drawing.defects.append(defect("limit_reached", what="paths", limit=limit))
                break
            if time.process_time() > self._until:
                limit = f"{self.limits.cpu_seconds:.0f} s CPU, page {number + 1}"
                drawing.defects.append(defect("limit_reached", what="time", limit=limit))
                break
            try:
                self.page(number)
                record.pages_read += 1
            except Exception as error:  # the guard of this reader: one bad page must not stop the others
                why = safe_text(f"{type(error).__name__}: {error}", 120)[0]
                drawing.defects.append(defect("page_failed", page=number + 1, why=why))
        if record.pages_declared > count:
            declared = record.pages_declared
            drawing.defects.append(defect("page_missing", declared=declared, read=record.pages_read))
        drawing.fonts = list(self._fonts)
        if record.text_undecodable:
            drawing.defects.append(defect("text_undecodable", count=record.text_undecodable))
        drawing.coverage.settle()

    def page(self, number: int) -> None:
        """Read one page (counted from 0) into a space of the drawing; raises for one that cannot be read."""
        taken = marks.take_out(self.doc, number, marks.LIMIT - len(self.drawing.annotations))
        page = self.doc.load_page(number)
        unit = self._vouched(page, number)
        rotation = int(page.rotation) % 360
        if rotation:
            page.set_rotation(0)
        width, height = float(page.rect.width), float(page.rect.height)
        # MuPDF's page space already holds UserUnit when the rectangle is larger than the crop box
        crop = page.cropbox
        mm = POINT_MM * (unit if abs(width - crop.width) < 0.01 * crop.width else 1.0)
        label = self._labels.get(number, "")
        name = f"{number + 1} {label}".strip() if label != str(number + 1) else str(number + 1)
        out = SpaceBuilder(name, SpaceKind.PAGE, unit_mm=mm, size_mm=(width * mm, height * mm))
        frame = Frame(mm, height)
        played = play(page)
        self._patterns(played.patterns, number)
        share = self._pictures(played, out, frame, width, height)
        paths, letters, hidden = self._content(page, played, out, frame, number)
        self._scan(out, number, share, paths, letters, hidden)
        self.drawing.completeness.nonfinite += out.nonfinite
        space = out.build()
        space.label = label
        place = Place(len(self.drawing.spaces), frame, page.transformation_matrix)
        self.places |= dict.fromkeys([page.xref, *(-widget for widget in taken.widgets)], place)
        self._marks(taken, page, frame)
        self.drawing.spaces.append(space)
        self.drawing.meta["rotations"].append(rotation)
        self._count("page", 1)

    def _vouched(self, page: Any, number: int) -> float:
        """Hold a page's own words against the format; returns its UserUnit. Raises for one not to be opened."""
        unit = soundness.user_unit(self.doc, page.xref)
        box = soundness.raw_box(self.doc, page.xref)
        if box is None and self.doc.is_repaired and not page.get_contents():
            raise ValueError("the page's object is lost")
        if not soundness.box_is_sound(box, unit):
            self.drawing.defects.append(defect("page_size_invalid", page=number + 1))
        odd = odd_page_keys(self.doc, page.xref)
        if odd:
            self.drawing.defects.append(defect("page_keys_invalid", page=number + 1, what=", ".join(odd)))
        if soundness.inflates_beyond(self.doc, page.get_contents(), self.limits.stream_bytes):
            raise ValueError(f"content beyond {self.limits.stream_bytes >> 20} MiB")
        streams = [soundness.contents(page)]
        if soundness.unfolds_beyond(self.doc, page, streams[0], self.limits.stream_bytes, streams.append):
            raise ValueError(f"forms within forms unfold beyond {self.limits.stream_bytes >> 20} MiB")
        cut = next(filter(None, map(ends.unfinished, streams)), "")
        if cut:
            self.drawing.defects.append(ends.content_cut(number + 1, cut))
        self._streams = streams
        return unit

    def _patterns(self, count: int, number: int) -> None:
        """Say what was not read of tiling patterns: MuPDF plays their cell once."""
        if count:
            skipped = self.drawing.coverage.skipped
            skipped["pattern"] = skipped.get("pattern", 0) + count
            self.drawing.coverage.reasons["pattern"] = "page_patterns"
            self.drawing.defects.append(defect("page_patterns", page=number + 1, count=count))

    def _marks(self, taken: marks.Taken, page: Any, frame: Frame) -> None:
        """Keep the marks of other programs; they are no part of what the page draws."""
        drawing = self.drawing
        drawing.annotations.extend(marks.placed(taken, page, frame, len(drawing.spaces)))
        if taken.hidden:
            drawing.meta["annotations_hidden"] = drawing.meta.get("annotations_hidden", 0) + taken.hidden
        if taken.beyond and not any(d.details.get("what") == "annotations" for d in drawing.defects):
            drawing.defects.append(defect("limit_reached", what="annotations", limit=marks.LIMIT))

    def _scan(self, out: SpaceBuilder, number: int, share: float, paths: int, letters: int, hidden: int) -> None:
        """Tell pages that are pictures from drawn ones, and say where a drawn one holds a large picture."""
        if share < SCAN_SHARE:
            return
        if paths <= SCAN_PATHS and letters <= SCAN_TEXTS:
            out.scanned = True
            self.drawing.defects.append(defect("page_scanned", page=number + 1))
        else:
            self.drawing.defects.append(defect("page_mixed", page=number + 1, share=f"{share:.0%}"))
        if hidden:
            self.drawing.defects.append(defect("page_ocr_text", page=number + 1, count=hidden))

    def _count(self, kind: str, count: int) -> None:
        read = self.drawing.coverage.read
        if count:
            read[kind] = read.get(kind, 0) + count

    def _pictures(self, played: Played, out: SpaceBuilder, frame: Frame, width: float, height: float) -> float:
        """Append the outlines of pictures and shadings; returns the share of the page the pictures cover."""
        look = Style(color=PICTURE_COLOR, source=-1)
        squares = np.asarray(played.pictures, np.float64).reshape(-1, 3, 2)  # the unit square's two sides and its foot
        corners = (_UNIT_SQUARE @ squares[:, :2]) + squares[:, 2:]
        good = np.asarray(np.isfinite(corners).all(axis=(1, 2)), bool)
        out.nonfinite += int(len(good) - good.sum())
        corners = corners[good]
        shaded = np.clip(np.asarray(played.shadings).reshape(-1, 4), 0, (width, height, width, height))
        boxes = shaded[:, _BOX_CORNERS].reshape(-1, 4, 2)
        for outline in [*corners, *(box for box in boxes if np.ptp(box, axis=0).all())]:
            out.add_polyline(frame.place(outline), closed=True, kind=EntityKind.IMAGE, style=look)
        seen = np.ptp(np.clip(corners, 0, (width, height)), axis=1).prod(axis=1)
        covered = float(np.minimum(seen, np.abs(np.linalg.det(squares[good, :2]))).sum())
        self._count("image", len(played.pictures))
        self._count("shading", len(played.shadings))
        return min(1.0, covered / (width * height)) if width * height > 0 else 0.0

    def _content(self, page: Any, played: Played, out: SpaceBuilder, frame: Frame, number: int) -> tuple[int, int, int]:
        """Append paths and texts in painting order; returns how many paths, visible and invisible texts there are."""
        area = np.array([0.0, 0.0, page.rect.width, page.rect.height])
        names, paths = layers_within_layers(page) if played.nested_layers else ([], -1)
        for span in played.trace:
            if span["seqno"] < len(names):
                span["layer"] = names[span["seqno"]]
        drawn = self._paths(page, played.veils, (names, paths), area, out, frame, number)
        letters = runs(played.trace, played.matrices).within(area)
        source = out.add_sources([f"t{number}" for number in letters.seqno.tolist()])
        texts = text_table(letters, self._layer_rows(letters.layer), source, frame)
        table, row = woven([*drawn, texts])
        first = out.add_table(table)
        fonts = {name: self._font(name) for name in dict.fromkeys(letters.font)}
        start, end = frame.place(letters.start), frame.place(letters.end)
        out.add_text_rows(
            first + row[len(row) - len(letters.text) :],
            letters.text,
            start,
            letters.tall * CAP * frame.mm,
            letters.angle,
            np.hypot(*(end - start).T),
            [fonts[name] for name in letters.font],
        )
        self.drawing.completeness.text_undecodable += letters.undecodable
        hidden = int(letters.invisible.sum())
        self._count("text", len(letters.text))
        return sum(len(one.table) for one in drawn), len(letters.text) - hidden, hidden

    def _paths(
        self,
        page: Any,
        veils: int,
        layers: tuple[list[str], int],
        area: F64,
        out: SpaceBuilder,
        frame: Frame,
        number: int,
    ) -> list[Made]:
        """Return the entities of the page's strokes and fills."""
        found = painted(page, self.limits.page_paths)
        if found.failed:
            raise ValueError(found.failed)
        if found.beyond:
            limit = f"{self.limits.page_paths}, page {number + 1}"
            self.drawing.defects.append(defect("limit_reached", what="paths", limit=limit))
        strokes, fills = ([*zip(*rows, strict=True)] for rows in (found.strokes, found.fills))
        count = len(found.strokes) + len(found.fills)
        self._read += count
        self._count("path", count)
        if veils and found.pushes and paths_in_veils(page):
            found.pushes = []  # PyMuPDF does not tell those clips: which one holds is not known, so nothing is cut
        clips = _clips(found, strokes, fills, area)
        made = []
        for columns, clip, looks in (
            (strokes, clips.of(slice(0, len(found.strokes))), stroke_looks),
            (fills, clips.of(slice(len(found.strokes), None)), fill_looks),
        ):
            if not columns:
                continue
            how = looks(columns[1:])
            if count == layers[1]:  # unless a path without a segment moved the count
                how.layer = [layers[0][place] for place in how.seqno.tolist()]
            shown, lost = finite(shapes(columns[0], columns[8] if len(columns) > 8 else ()))
            out.nonfinite += lost
            source = out.add_sources(list(map(str, columns[3]))) + np.arange(len(how.seqno))
            rows = self._layer_rows(how.layer)
            if how.width is None:
                bare = without_area(shown)
                if bare.any():
                    at = np.flatnonzero(bare)
                    made += stroke_tables(
                        clipping.take(shown, at), how.hairlines(at), clip.of(at), rows[at], source[at], frame
                    )
                    shown = keep_points(shown, ~np.repeat(bare, shown.points_each()))
                made.append(fill_table(shown, how, clip, rows, source, frame))
                continue
            made += stroke_tables(shown, how, clip, rows, source, frame, self._pens(page, how.width))
        return made

    def _pens(self, page: Any, width: F64) -> pens.Pens | None:
        """Return the page's pens where some may be broad and not round."""
        forms = len(self._streams) > 1
        if (width >= BROAD).any() and any(pens.odd(stream, forms) for stream in self._streams):
            return pens.pens(page, width)
        return None

    def _font(self, name: str) -> int:
        return self._fonts.setdefault(safe_text(name, 255)[0], len(self._fonts))


def _common(one: Shapes, odd: Flags, other: Shapes, other_odd: Flags) -> Shapes:
    from pipeline.readers.pdf.polygons import common  # slow to load, seldom needed

    return common(one, odd, other, other_odd)


def _clips(found: Painted, strokes: list, fills: list, area: F64) -> clipping.Clips:
    """Return what clips each path, strokes first, then fills."""
    total = len(found.strokes) + len(found.fills)
    if not found.pushes or not total:
        return clipping.clips([], np.zeros(total, np.int64), area, _common)
    seqno, levels = (
        np.concatenate([np.asarray(columns[at], np.int64) for columns in (strokes, fills) if columns]) for at in (3, 1)
    )
    order = np.argsort(seqno, kind="stable")
    back = np.empty(total, np.int64)
    back[order] = np.arange(total)
    return clipping.clips(found.pushes, levels[order], area, _common).of(back)


def _labels(doc: Any) -> dict[int, str]:
    """Return page number -> page label of the pages that have one."""
    try:
        rules = sorted(doc._get_page_labels())
        if not rules:
            return {}
        return {
            number: safe_text(pymupdf.utils.get_label_pno(number, rules) or "", 40)[0]
            for number in range(doc.page_count)
        }
    except Exception:  # a broken label tree costs the labels, not the pages
        return {}
