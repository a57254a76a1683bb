"""Shapes of requests and answers about annotations."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator

Kind = Literal["cloud", "arrow", "text", "pin"]
Nature = Literal["mandatory", "general", "depth", "drafting", "advice"]
Text = Annotated[str, Field(max_length=4000)]
MOST_POINTS = 5000


class Geometry(BaseModel):
    """GeoJSON in sheet millimetres."""

    type: Literal["Point", "LineString", "Polygon"]
    coordinates: list[Any]

    @field_validator("coordinates")
    @classmethod
    def _finite(cls, value: list[Any]) -> list[Any]:
        """Refuse what is not nested lists of finite numbers, and what is absurdly long."""
        stack: list[Any] = [value]
        numbers = 0
        while stack:
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(item)
            elif isinstance(item, bool) or not isinstance(item, int | float) or not math.isfinite(item):
                raise ValueError("coordinates must be finite numbers")
            else:
                numbers += 1
            if numbers > 2 * MOST_POINTS or len(stack) > 4 * MOST_POINTS:
                raise ValueError("too many points")
        if numbers < 2:
            raise ValueError("no point")
        return value


class Anchor(BaseModel):
    """What on the sheet a mark is fixed to."""

    source_id: Annotated[str, Field(max_length=200)] = ""
    fingerprint: Annotated[str, Field(max_length=200)] = ""


class NewAnnotation(BaseModel):
    """A new mark; a draft until published."""

    kind: Kind
    geometry: Geometry
    text: Text = ""
    nature: Nature = "general"
    anchors: Annotated[list[Anchor], Field(max_length=100)] = []
    finding_id: str | None = None
    difference_id: str | None = None


class EditAnnotation(BaseModel):
    """What changes about a draft."""

    geometry: Geometry | None = None
    text: Text | None = None
    nature: Nature | None = None
    anchors: Annotated[list[Anchor], Field(max_length=100)] | None = None


class NewReply(BaseModel):
    """A reply."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class NewStatus(BaseModel):
    """How far the talk is."""

    status: Literal["open", "answered", "closed"]


class Author(BaseModel):
    """Who wrote it."""

    id: str
    name: str
    role: str = ""


class ReplyOut(BaseModel):
    """A reply."""

    id: str
    author: Author
    text: str
    at: datetime


class ImportedOut(BaseModel):
    """A mark of another program, as the file has it; points in sheet millimetres."""

    id: str
    file_id: str
    sheet_id: str
    kind: str
    points: list[list[float]]
    text: str
    author: str
    subject: str
    made_at: str
    color: str
    status: str
    reply_to: str | None
    taken_over: str | None  # the annotation of ours made from it, where I may see it


class AnnotationOut(BaseModel):
    """A mark with its talk."""

    id: str
    submission_id: str
    sheet_id: str
    author: Author
    kind: str
    geometry: dict[str, Any]
    text: str
    nature: str
    anchors: list[Any]
    state: str
    status: str
    finding_id: str | None
    difference_id: str | None
    taken_from: str | None  # the imported annotation it was made from
    version: int
    created_at: datetime
    published_at: datetime | None
    replies: list[ReplyOut]
