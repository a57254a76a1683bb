"""One door: measure every sheet of a drawing against an independent rendering of its file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Ink, Sheet
from pipeline.drawing.safe_text import safe_text
from pipeline.measuring.causes import causes_of
from pipeline.measuring.meter import LEAST_INK_PX, compare
from pipeline.measuring.ours import paint
from pipeline.measuring.raster import Grid, contours, grid_of
from pipeline.measuring.reference import OutOfTime, Reference
from pipeline.measuring.shapes import measure_shapes

CPU_BUDGET_SECONDS = 60.0


class Source(Protocol):
    """An open file as the independent renderer sees it."""

    by: str

    def of(self, sheet: Sheet, grid: Grid) -> Reference:
        """Return what it shows on a sheet. Raises OutOfTime, or whatever the renderer raises."""


def measure(
    drawing: Drawing,
    path: Path,
    *,
    password: str = "",
    budget_seconds: float = CPU_BUDGET_SECONDS,
    report: Callable[[float, str], None] = lambda _fraction, _doing: None,
) -> None:
    """Set `ink` of every sheet (in place); what could not be measured says why.

    Args:
        drawing: as read from the file at `path`, sheets found.
        path: the file; only read.
        password: opens an encrypted PDF.
        budget_seconds: CPU seconds; sheets that come after are `time_exceeded`.
        report: told the fraction done and the sheet at hand.

    Never raises for trouble with the file: that is `why` of the sheets it concerns.
    """
    if drawing.format == Format.IFC:
        measure_shapes(drawing)
        return
    end = time.process_time() + budget_seconds
    waiting = [(sheet, grid) for sheet in drawing.sheets if (grid := _grid_or_why(drawing, sheet)) is not None]
    if not waiting:
        return
    try:
        source = _source(drawing, path, password, end)
    except MemoryError:
        raise
    except Exception as error:  # whatever the renderer dislikes about the file
        for sheet, _ in waiting:
            sheet.ink = Ink(why=_failed(error))
        return
    for number, (sheet, grid) in enumerate(waiting):
        report(number / len(waiting), sheet.number or sheet.title or sheet.id)
        sheet.ink = _measured(drawing, sheet, grid, source, end)


def _grid_or_why(drawing: Drawing, sheet: Sheet) -> Grid | None:
    """Return the grid of a sheet; None, and say why at once, where there is nothing to measure."""
    space = drawing.spaces[sheet.space]
    grid = None if space.scanned else grid_of(sheet, space)
    if grid is None:
        sheet.ink = Ink(why="scanned" if space.scanned else "no_ink")
    return grid


def _source(drawing: Drawing, path: Path, password: str, end: float) -> Source:
    if drawing.format == Format.PDF:
        from pipeline.measuring.pages import Pages

        return Pages(path, drawing, password)
    if drawing.format == Format.DXF:
        from pipeline.measuring.cad import Cad

        return Cad(path, drawing, end)
    raise ValueError(f"no independent renderer for {drawing.format}")


def _measured(drawing: Drawing, sheet: Sheet, grid: Grid, source: Source, end: float) -> Ink:
    if time.process_time() > end:
        return Ink(by=source.by, why="time_exceeded")
    try:
        reference = source.of(sheet, grid)
    except MemoryError:
        raise
    except OutOfTime:
        return Ink(by=source.by, why="time_exceeded")
    except Exception as error:
        return Ink(by=source.by, why=_failed(error))
    ours = paint(drawing, sheet, grid, reference)
    reading = compare(reference, ours, grid)
    if reading is None:
        drawn = np.count_nonzero(contours(ours.drawn)) >= LEAST_INK_PX
        return Ink(by=source.by, why="reference_empty" if drawn else "no_ink")
    why = ", ".join(f"{count} {safe_text(kind, 40)[0]}" for kind, count in sorted(reference.failed.items()))
    causes = causes_of(drawing, sheet, reading, reference, ours, grid, end)
    return Ink(round(reading.share, 6), source.by, f"reference_partial: {why[:160]}" if why else "", causes)


def _failed(error: Exception) -> str:
    return f"reference_failed: {safe_text(f'{type(error).__name__}: {error}', 160)[0]}"
