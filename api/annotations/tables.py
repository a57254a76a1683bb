"""Annotations and replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.base import Base, UtcTime, new_id, now
from pipeline.records.tables import ID


class Annotation(Base):
    """A mark on a sheet, in sheet millimetres. A draft is its author's alone."""

    __tablename__ = "annotation"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    sheet_id: Mapped[str] = mapped_column(ForeignKey("sheet.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # cloud arrow text pin
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)  # GeoJSON in sheet mm
    text: Mapped[str] = mapped_column(Text, default="")
    nature: Mapped[str] = mapped_column(String(12), default="general")  # mandatory general depth drafting advice
    anchors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(12), default="draft")  # draft published
    status: Mapped[str] = mapped_column(String(12), default="open")  # open answered closed
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id", ondelete="SET NULL"))
    difference_id: Mapped[str | None] = mapped_column(ForeignKey("difference.id", ondelete="SET NULL"))
    taken_from: Mapped[str | None] = mapped_column(ID)  # the imported annotation it was taken over from
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Reply(Base):
    """An answer below an annotation."""

    __tablename__ = "reply"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    annotation_id: Mapped[str] = mapped_column(ForeignKey("annotation.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
