"""From a drawing to facts: `derive` picks the way for drawn sheets (DXF, PDF) or for models (IFC)."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from rules.engine.facts import FileFacts
from rules.engine.reading.drawn import read_drawn
from rules.engine.reading.modelled import read_model
from rules.engine.reading.title_blocks import Said, corrected, note


def derive(file_id: str, name: str, drawing: Drawing, said: Mapping[str, Said] | None = None) -> FileFacts:
    """Return the facts of one file. `drawing` has its sheets found and its state concluded.

    `said` is what people say of its title blocks (see `title_blocks.corrected`); it stands before what was read.
    """
    right = corrected(drawing, said or {})
    facts = FileFacts(file_id, name, drawing.format.value, drawing.state.value)
    facts.defects = [(d.code, d.count, dict(d.details)) for d in drawing.defects]
    if drawing.format == Format.IFC:
        read_model(facts, right)
    elif drawing.format in (Format.DXF, Format.PDF):
        read_drawn(facts, right)
    note(facts, drawing, said or {})
    return facts
