"""Tables of facts: projects, buildings, submissions, files, sheets, jobs, findings, comparisons, events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.base import Base, UtcTime, new_id, now

ID = String(32)


class Project(Base):
    """A construction project 工程项目."""

    __tablename__ = "project"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(40), default="")  # 项目代码, opaque
    address: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class Building(Base):
    """A building unit 单体 of a project."""

    __tablename__ = "building"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(60), default="")  # 单体编码 as received, opaque
    use: Mapped[str] = mapped_column(String(60), default="")
    storeys: Mapped[int | None] = mapped_column(Integer)
    height_m: Mapped[float | None] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class Submission(Base):
    """One hand-in of a set of files for one stage: 方案 scheme, 施工图 construction, 竣工图 as_built.

    `state` is the people's workflow (draft submitted in_review returned approved withdrawn);
    `reading` the machine's (waiting working ready partly_ready refused).
    """

    __tablename__ = "submission"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"))
    stage: Mapped[str] = mapped_column(String(20))  # scheme construction as_built
    version: Mapped[int] = mapped_column(Integer)  # 1, 2 ... within project, building and stage
    title: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(20), default="draft")
    reading: Mapped[str] = mapped_column(String(20), default="waiting")
    reasons: Mapped[list[Any]] = mapped_column(
        JSON, default=list
    )  # why partly_ready or refused: [{code, zh, en, file}]
    previous_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))  # the version before, same stage
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)
    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (UniqueConstraint("project_id", "building_id", "stage", "version", name="uq_submission_version"),)


class File(Base):
    """An uploaded file of a submission. The original is `keys.original(sha256)`."""

    __tablename__ = "file"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(1000), default="")  # folder inside the upload, "/" separated, data only
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    format: Mapped[str] = mapped_column(String(10), default="other")  # dxf ifc pdf archive other
    state: Mapped[str] = mapped_column(
        String(12), default="waiting"
    )  # waiting reading complete damaged partial rejected
    reader_version: Mapped[str] = mapped_column(String(60), default="")
    defects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    coverage: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    completeness: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    meta: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    duplicate_of: Mapped[str | None] = mapped_column(ID)  # file of the same submission with the same bytes
    archive_id: Mapped[str | None] = mapped_column(ID)  # the archive file it was taken out of
    model_key: Mapped[str] = mapped_column(String(300), default="")  # GLB, when there is one
    accepted_by: Mapped[str | None] = mapped_column(ID)  # person who accepted a damaged file
    signatures: Mapped[list[Any]] = mapped_column(JSON, default=list)  # drawing.model.Signature, as read
    password_sealed: Mapped[str] = mapped_column(Text, default="")  # given by a person; see records/sealing.py
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    __table_args__ = (UniqueConstraint("submission_id", "path", "name", "sha256", name="uq_file_once"),)


class Sheet(Base):
    """One sheet of a file."""

    __tablename__ = "sheet"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    file_id: Mapped[str] = mapped_column(ForeignKey("file.id"), index=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))  # id inside the drawing: "<space>:<ordinal>"
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))  # model layout page storey
    number: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    discipline: Mapped[str] = mapped_column(String(40), default="")
    scale: Mapped[float] = mapped_column(Float, default=1.0)
    width_mm: Mapped[float] = mapped_column(Float)
    height_mm: Mapped[float] = mapped_column(Float)
    to_space: Mapped[list[Any]] = mapped_column(JSON)
    framed: Mapped[bool] = mapped_column(Boolean, default=False)
    scanned: Mapped[bool] = mapped_column(Boolean, default=False)
    entities: Mapped[int] = mapped_column(Integer, default=0)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # name -> {value, confidence, origin}
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(12), default="complete")
    missing: Mapped[list[Any]] = mapped_column(JSON, default=list)
    pack_key: Mapped[str] = mapped_column(String(300), default="")
    tiles_prefix: Mapped[str] = mapped_column(String(300), default="")
    tile_levels: Mapped[int] = mapped_column(Integer, default=0)
    texts: Mapped[str] = mapped_column(Text, default="")  # all texts, one a line, for search
    sketch: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # pipeline.drawing.sketch, for its identity
    label: Mapped[str] = mapped_column(String(80), default="")  # the page label of a PDF
    ink: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # share by why causes (model.Ink); {} not yet
    row_version: Mapped[int] = mapped_column(Integer, default=1)  # rises with every change of the title block
    __table_args__ = (UniqueConstraint("file_id", "key", name="uq_sheet_once"),)


class ImportedAnnotation(Base):
    """A mark of another program (Bluebeam, Acrobat) as it stands in the file; read-only, kept apart from our own."""

    __tablename__ = "imported_annotation"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    file_id: Mapped[str] = mapped_column(ForeignKey("file.id", ondelete="CASCADE"))
    sheet_id: Mapped[str] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))  # what knows it again in the next reading of the file
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(12))  # drawing.model.ImportedAnnotation.kind
    points: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [[x, y], …] in sheet mm
    text: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[str] = mapped_column(String(40), default="")  # ISO 8601 as the file says, "" unknown
    color: Mapped[str] = mapped_column(String(9), default="")  # #rrggbbaa
    status: Mapped[str] = mapped_column(String(60), default="")  # the file's own review status
    reply_to: Mapped[str | None] = mapped_column(ID)  # the imported annotation it answers
    __table_args__ = (UniqueConstraint("file_id", "key", name="uq_imported_annotation_once"),)


class Job(Base):
    """The queue. Celery only rings the bell; this row is the truth (RELIABILITY 3).

    `state`: queued running done failed. Claiming raises `attempt`; writing results demands that
    `attempt` is still the same (the fence). Moments are seconds since 1970 by the database's clock.
    """

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))  # receive read measure render check compare settle
    subject: Mapped[str] = mapped_column(String(80))  # id of file, submission or comparison
    engine_version: Mapped[str] = mapped_column(String(80))
    submission_id: Mapped[str | None] = mapped_column(ID, index=True)
    state: Mapped[str] = mapped_column(String(10), default="queued", index=True)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    max_attempt: Mapped[int] = mapped_column(Integer, default=3)
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    queued_at: Mapped[float] = mapped_column(Float, default=0.0)
    finished_at: Mapped[float | None] = mapped_column(Float)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    doing: Mapped[str] = mapped_column(String(200), default="")
    last_error: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        UniqueConstraint("kind", "subject", "engine_version", name="uq_job_once"),
        Index("ix_job_ready", "state", "lease_until"),
    )


class Finding(Base):
    """A rule's outcome on a submission: passed, violation, advice, undecided, not_applicable."""

    __tablename__ = "finding"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    file_id: Mapped[str | None] = mapped_column(ForeignKey("file.id"))
    sheet_id: Mapped[str | None] = mapped_column(ForeignKey("sheet.id"), index=True)
    rule_code: Mapped[str] = mapped_column(String(20))
    rule_version: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(16))
    subject_key: Mapped[str] = mapped_column(String(200))  # identity of what it is about, stable over versions
    clause: Mapped[str] = mapped_column(String(200), default="")
    clause_status: Mapped[str] = mapped_column(String(12), default="unverified")
    message_zh: Mapped[str] = mapped_column(Text)
    message_en: Mapped[str] = mapped_column(Text)
    measured: Mapped[float | None] = mapped_column(Float)
    demanded: Mapped[str] = mapped_column(String(60), default="")
    unit: Mapped[str] = mapped_column(String(12), default="")
    box: Mapped[list[Any] | None] = mapped_column(JSON)  # x0 y0 x1 y1 in sheet mm
    source_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    certainty: Mapped[float] = mapped_column(Float, default=1.0)
    status: Mapped[str] = mapped_column(String(12), default="open")  # open accepted rejected closed (people decide)
    reason: Mapped[str] = mapped_column(Text, default="")
    carried_from: Mapped[str | None] = mapped_column(ID)  # same finding in the previous version
    __table_args__ = (UniqueConstraint("submission_id", "rule_code", "subject_key", name="uq_finding_once"),)


class Comparison(Base):
    """Old submission against new one; its differences hang below."""

    __tablename__ = "comparison"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    old_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    new_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting working ready failed
    pairs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    # pairs: [{old_sheet, new_sheet (null = unpaired), confidence, reason, comparable, transform, tolerance_mm, count,
    #          points (given by a person), registration, identical, notes, stands_on,
    #          overlay_key (of a PDF somebody asked for),
    #          by, relation, reasons, candidates, needs_confirmation, decided (docs/formats/identity.md)}]
    decisions: Mapped[int] = mapped_column(Integer, default=0)  # how often people said which sheets belong together
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    __table_args__ = (UniqueConstraint("old_id", "new_id", name="uq_comparison_once"),)


class SheetPair(Base):
    """Which old sheet and which new one are versions of the same sheet: proposed by the machine, decided by people.

    One side null and confirmed: a new sheet, or one that was dropped. A rejected pair is never proposed again. The
    grounds of a proposal stand in `Comparison.pairs`.
    """

    __tablename__ = "sheet_pair"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"), index=True)
    old_sheet_id: Mapped[str | None] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"))
    new_sheet_id: Mapped[str | None] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"))
    confidence: Mapped[float] = mapped_column(Float, default=0.0)
    needs_confirmation: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(10), default="proposed")  # proposed confirmed rejected
    points: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    # points: [[[x, y] old sheet mm, [x, y] new sheet mm], …] a person gave to lay the sheets on one another
    decided_by: Mapped[str | None] = mapped_column(ID)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    __table_args__ = (
        UniqueConstraint("comparison_id", "old_sheet_id", "new_sheet_id", name="uq_sheet_pair_once"),
        Index("ix_sheet_pair_old_sheet_id", "old_sheet_id"),
        Index("ix_sheet_pair_new_sheet_id", "new_sheet_id"),
    )


class Difference(Base):
    """One change a person would name; a value that can be inverted (docs/formats/comparison.md)."""

    __tablename__ = "difference"
    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id"), index=True)
    old_sheet_id: Mapped[str | None] = mapped_column(ForeignKey("sheet.id"))
    new_sheet_id: Mapped[str | None] = mapped_column(ForeignKey("sheet.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))  # stable within the comparison
    kind: Mapped[str] = mapped_column(String(10))  # added removed modified moved
    cls: Mapped[str] = mapped_column(String(12))  # geometry text attribute
    what: Mapped[str] = mapped_column(String(300))
    box_old: Mapped[list[Any] | None] = mapped_column(JSON)  # x0 y0 x1 y1 in old sheet mm
    box_new: Mapped[list[Any] | None] = mapped_column(JSON)  # in new sheet mm
    delta_mm: Mapped[list[Any] | None] = mapped_column(JSON)  # dx, dy in millimetres of reality
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")
    guid_old: Mapped[str] = mapped_column(String(30), default="")
    guid_new: Mapped[str] = mapped_column(String(30), default="")
    layer: Mapped[str] = mapped_column(String(255), default="")
    material: Mapped[bool] = mapped_column(Boolean, default=True)
    certainty: Mapped[float] = mapped_column(Float, default=1.0)
    decision: Mapped[str] = mapped_column(String(12), default="open")  # open seen fine remark accepted rectify review
    note: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (UniqueConstraint("comparison_id", "key", name="uq_difference_once"),)


class Event(Base):
    """The log of every deed: append-only, each row chained to the one before by SHA-256.

    `digest` = sha256(previous digest + canonical JSON of the row). Database triggers refuse updates
    and deletes; `api.ledger` verifies the chain.
    """

    __tablename__ = "event"
    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[str] = mapped_column(String(32))  # ISO 8601 UTC
    actor: Mapped[str] = mapped_column(String(32))  # person id, "" = the system
    tag: Mapped[str] = mapped_column(String(80))  # source:subject:action
    subject: Mapped[str] = mapped_column(String(80))
    project_id: Mapped[str | None] = mapped_column(ID, index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class Notice(Base):
    """Outbox of what the browser should hear about (SSE); ordered by `sequence`."""

    __tablename__ = "notice"
    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    project_id: Mapped[str | None] = mapped_column(ID, index=True)
    audience: Mapped[str] = mapped_column(String(32), default="")  # person id, "" = everyone who may see the project
    kind: Mapped[str] = mapped_column(String(40))  # job.progress file.read submission.settled annotation.published ...
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
