"""Shapes of requests and answers about submissions and files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SecretStr

Stage = Literal["scheme", "construction", "as_built"]


class NewSubmission(BaseModel):
    """A new draft; the version number follows from what is there."""

    stage: Stage
    building_id: str | None = None
    title: Annotated[str, Field(max_length=200)] = ""


class Comment(BaseModel):
    """What somebody says with a deed."""

    comment: Annotated[str, Field(max_length=4000)] = ""


class Reason(BaseModel):
    """Why; it is demanded."""

    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class Password(BaseModel):
    """What opens an encrypted file. It is never handed out again."""

    password: Annotated[SecretStr, Field(min_length=1, max_length=256)]


class Acceptance(BaseModel):
    """Who answers for a damaged file, and why."""

    by: str
    at: datetime
    reason: str


class Counts(BaseModel):
    """What a submission holds."""

    files: int = 0
    sheets: int = 0
    violations: int = 0
    undecided: int = 0
    advice: int = 0
    differences: int = 0
    open_annotations: int = 0


class Progress(BaseModel):
    """How far the machines are."""

    done: int = 0
    total: int = 0
    doing: str = ""


class SubmissionOut(BaseModel):
    """A submission with counts, progress and what I may do now."""

    id: str
    project_id: str
    project_name: str
    building_id: str | None
    building_name: str
    stage: str
    version: int
    title: str
    state: str
    reading: str
    reasons: list[Any]
    previous_id: str | None
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    comment: str  # said with the decision
    deeds: list[str]  # by the workflow table
    may: list[
        str
    ]  # other things I may do here: upload annotate edit_sheets decide_findings decide_differences next_version
    counts: Counts
    progress: Progress
    files_by_state: dict[str, int]


class FileOut(BaseModel):
    """A file, what was read of it and what is wrong with it."""

    id: str
    submission_id: str
    name: str
    path: str
    size_bytes: int
    sha256: str
    format: str
    state: str
    reader_version: str
    defects: list[Any]
    coverage: dict[str, Any]
    completeness: dict[str, Any]
    duplicate_of: str | None
    archive_id: str | None
    accepted_by: str | None
    acceptance: Acceptance | None
    password: Literal["", "needed", "wrong", "given"]  # where the file asks for one
    signatures: list[Any]
    imported_annotations: int
    references_missing: list[str]  # names of external references that are not in the submission
    ink: dict[str, Any] | None  # the least of its sheets: {share, by, why, sheets, unmeasured}
    litter: bool  # a system's own file that nobody misses
    model: bool
    sheets: int
    progress: float
    doing: str
    created_at: datetime
