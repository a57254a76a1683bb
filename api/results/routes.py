"""Routes of sheets, packs, tiles, models, findings, coverage, search and comparisons."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from api.guard import Granted, deed
from api.results import catalogue, pairs, queries, service, serving, title_blocks
from api.results.schemas import (
    ComparisonOut,
    DecideDifference,
    DecideFinding,
    DifferenceOut,
    FindingOut,
    Hit,
    NewComparison,
    PairDecision,
    SheetChange,
    SheetChanges,
    SheetOut,
    TitleBlock,
)
from pipeline.records.tables import Comparison, Difference, Finding, Submission

router = APIRouter(prefix="/api", tags=["results"])


@router.get("/submissions/{id}/sheets", **deed("submission.read"))
def sheets(id: str, grant: Granted, gone: bool = False) -> list[SheetOut]:
    """The sheets of a submission; `gone`: at the end also those no longer read on which people said something."""
    rows = list(grant.db.scalars(queries.in_order(id)))
    return queries.sheets(grant.db, grant.actor, rows + (queries.spoken_on(grant.db, grant.actor, id) if gone else []))


@router.get("/sheets/{id}", **deed("sheet.read"))
def sheet(id: str, grant: Granted) -> SheetOut:
    """One sheet."""
    return queries.sheets(grant.db, grant.actor, [grant.row])[0]


@router.patch("/sheets/{id}", **deed("sheet.edit"))
def edit_sheet(id: str, body: TitleBlock, grant: Granted) -> SheetOut:
    """Correct the title block of one sheet."""
    submission = grant.db.get_one(Submission, grant.row.submission_id)
    change = SheetChange(sheet_id=id, row_version=grant.row.row_version, values=body)
    rows = title_blocks.edit(grant.db, grant.actor, submission, grant.roles, [change])
    return queries.sheets(grant.db, grant.actor, rows)[0]


@router.patch("/submissions/{id}/sheets", **deed("sheet.edit_many"))
def edit_sheets(id: str, body: SheetChanges, grant: Granted) -> list[SheetOut]:
    """Correct or confirm title blocks of many sheets: all or none, each in the version that was seen."""
    rows = title_blocks.edit(grant.db, grant.actor, grant.row, grant.roles, body.changes)
    return queries.sheets(grant.db, grant.actor, rows)


@router.get("/sheets/{id}/pack", **deed("sheet.read"))
def pack(id: str, request: Request, grant: Granted) -> Response:
    """The sheet pack; 204 while there is none."""
    return serving.derived(request, grant.row.pack_key, "application/octet-stream")


@router.get("/sheets/{id}/tiles/{z}/{x}/{y}.webp", **deed("sheet.read"))
def tile(id: str, z: int, x: int, y: int, request: Request, grant: Granted) -> Response:
    """A tile; 204 where it is blank."""
    return serving.derived(request, serving.tile_key(grant.row, z, x, y), "image/webp")


@router.get("/sheets/{id}/thumbnail.webp", **deed("sheet.read"))
def thumbnail(id: str, request: Request, grant: Granted) -> Response:
    """The whole sheet as one small picture."""
    return serving.derived(request, serving.thumbnail_key(grant.row), "image/webp")


@router.get("/files/{id}/original", **deed("file.read"))
def original(id: str, grant: Granted) -> Response:
    """The uploaded bytes, as an attachment."""
    return serving.original(grant.row)


@router.get("/files/{id}/model.glb", **deed("file.read"))
def model(id: str, request: Request, grant: Granted) -> Response:
    """The model; 204 while there is none."""
    return serving.derived(request, grant.row.model_key, "model/gltf-binary")


@router.get("/files/{id}/elements/{global_id}", **deed("file.read"))
def element(id: str, global_id: str, grant: Granted) -> dict[str, Any]:
    """What the model says about one element."""
    return queries.element(grant.row, global_id)


@router.get("/submissions/{id}/findings", **deed("submission.read"))
def findings(
    id: str, grant: Granted, outcome: str | None = None, sheet_id: str | None = None, rule_code: str | None = None
) -> list[FindingOut]:
    """The findings of a submission."""
    query = select(Finding).where(Finding.submission_id == id)
    for column, value in (
        (Finding.outcome, outcome), (Finding.sheet_id, sheet_id), (Finding.rule_code, rule_code),
    ):  # fmt: skip
        query = query if value is None else query.where(column == value)
    rows = grant.db.scalars(query.order_by(Finding.rule_code, Finding.subject_key, Finding.id)).all()
    return queries.findings(grant.db, rows)


@router.patch("/findings/{id}", **deed("finding.decide"))
def decide_finding(id: str, body: DecideFinding, grant: Granted) -> FindingOut:
    """Accept or reject a finding."""
    row = service.decide_finding(grant.db, grant.actor, grant.row, grant.project_id or "", body)
    return queries.findings(grant.db, [row])[0]


@router.get("/submissions/{id}/coverage", **deed("submission.read"))
def coverage(id: str, grant: Granted) -> dict[str, Any]:
    """What was read, what not, rule × sheet."""
    return queries.coverage(grant.db, id)


@router.get("/submissions/{id}/search", **deed("submission.read"))
def search(id: str, grant: Granted, q: Annotated[str, Query(max_length=200)] = "") -> list[Hit]:
    """Hits in the texts of all sheets."""
    return queries.search(grant.db, id, q)


@router.get("/rules", **deed("rule.list"))
def rules(grant: Granted) -> list[dict[str, Any]]:
    """The catalogue of rules."""
    return catalogue.rules()


@router.post("/comparisons", status_code=201, **deed("comparison.create"))
def compare(body: NewComparison, grant: Granted) -> ComparisonOut:
    """Ask for a comparison of two submissions."""
    return queries.comparisons(grant.db, [service.compare(grant.db, grant.actor, body.old_id, body.new_id)])[0]


@router.get("/comparisons/{id}", **deed("comparison.read"))
def comparison(id: str, grant: Granted) -> ComparisonOut:
    """A comparison with its pairs of sheets."""
    return queries.comparisons(grant.db, [grant.row])[0]


@router.get("/comparisons/{id}/pairs", **deed("comparison.read"))
def comparison_pairs(id: str, grant: Granted, to_confirm: bool = False) -> list[dict[str, Any]]:
    """The pairs of a comparison, or those a person should confirm."""
    shown = pairs.with_status(grant.db, [grant.row])[id]
    return [pair for pair in shown if pair.get("needs_confirmation") or not to_confirm]


@router.post("/comparisons/{id}/pairs", **deed("pair.decide"))
def decide_pair(id: str, body: PairDecision, grant: Granted) -> ComparisonOut:
    """Say whether two sheets are versions of one; what changes the pairing is compared again."""
    pairs.decide(grant.db, grant.actor, grant.row, grant.project_id or "", grant.roles, body)
    return queries.comparisons(grant.db, [grant.row])[0]


@router.post("/comparisons/{id}/overlay", status_code=202, **deed("comparison.read"))
def draw_overlay(id: str, grant: Granted, pair_id: str = "") -> dict[str, bool]:
    """Ask for both sheets of a pair in one PDF; asking again is harmless."""
    return {"ready": bool(pairs.draw_overlay(grant.db, grant.row, pair_id))}


@router.get("/comparisons/{id}/overlay", **deed("comparison.read"))
def overlay(id: str, grant: Granted, request: Request, pair_id: str = "") -> Response:
    """Both sheets of a pair in one PDF; 204 while there is none."""
    key = pairs.overlay(grant.db, grant.row, pair_id)
    if not key:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    answer = serving.derived(request, key, "application/pdf")
    answer.headers["Content-Disposition"] = serving.disposition(f"compare-{pair_id[:8]}.pdf")
    return answer


@router.get("/submissions/{id}/comparisons", **deed("submission.read"))
def comparisons(id: str, grant: Granted) -> list[ComparisonOut]:
    """Comparisons this submission is the new side of."""
    rows = grant.db.scalars(select(Comparison).where(Comparison.new_id == id).order_by(Comparison.created_at))
    return queries.comparisons(grant.db, rows.all())


@router.get("/comparisons/{id}/differences", **deed("comparison.read"))
def differences(id: str, grant: Granted, sheet_id: str | None = None) -> list[DifferenceOut]:
    """The differences of a comparison, of one sheet (old or new) when asked."""
    query = select(Difference).where(Difference.comparison_id == id)
    if sheet_id is not None:
        query = query.where((Difference.new_sheet_id == sheet_id) | (Difference.old_sheet_id == sheet_id))
    rows = grant.db.scalars(query.order_by(Difference.new_sheet_id, Difference.key))
    return [DifferenceOut.model_validate(row) for row in rows]


@router.patch("/differences/{id}", **deed("difference.decide"))
def decide_difference(id: str, body: DecideDifference, grant: Granted) -> DifferenceOut:
    """Say what is to become of a difference."""
    return DifferenceOut.model_validate(
        service.decide_difference(grant.db, grant.actor, grant.row, grant.project_id or "", body)
    )
