"""Both sheets of a pair in one PDF, drawn when somebody asks and kept while the pair stays the same."""

import pymupdf
import pytest

from api.results import pairs
from api.work import ring_started
from pipeline.errors import Conflict, NotFound
from pipeline.records.base import transaction
from pipeline.records.tables import Comparison, File, Job
from pipeline.storage import store
from tests.pipeline.work.test_identity import compared, decide, shown  # noqa: F401  a fixture


def asked(comparison_id, pair_id):
    with transaction() as session:
        key = pairs.draw_overlay(session, session.get_one(Comparison, comparison_id), pair_id)
    ring_started(session)
    return key


def test_asking_starts_the_drawing_once_and_the_pdf_names_both_files(installation, compared) -> None:  # noqa: F811
    pair = shown(compared["id"])[0]
    assert asked(compared["id"], pair["id"]) == asked(compared["id"], pair["id"]) == ""
    assert len(installation.rows(Job, Job.kind == "overlay")) == 1
    installation.work_off()
    key = asked(compared["id"], pair["id"])
    with pymupdf.open(stream=store().open(key).read(), filetype="pdf") as document:
        text = "".join(page.get_text() for page in document).replace("\n", "")
    used = [row.sha256 for row in installation.rows(File) if row.sha256 in text]
    assert len(used) == 2 and "comparing" in text and pair["count"] > 0 and "1" in text
    assert "overlay_key" not in shown(compared["id"])[0] and len(compared["calls"]) == 3
    assert len(installation.rows(Job, Job.kind == "overlay")) == 1


def test_a_drawing_that_failed_is_said_and_not_asked_for_for_ever(installation, compared) -> None:  # noqa: F811
    pair = shown(compared["id"])[0]
    asked(compared["id"], pair["id"])
    with transaction() as session:
        session.query(Job).filter_by(kind="overlay").update({"state": "failed"})
    with pytest.raises(Conflict):
        asked(compared["id"], pair["id"])


def test_a_pair_that_was_not_compared_has_no_overlay(installation, compared) -> None:  # noqa: F811
    first = shown(compared["id"])[0]
    for wrong in ("0" * 32, ""):
        with pytest.raises(NotFound):
            asked(compared["id"], wrong)
    decide(
        compared["id"], installation.project, pair_id=first["id"], decision="alone", seen=first["status"],
        new_sheet_id=first["new_sheet"],
    )  # fmt: skip
    installation.work_off()
    alone = [one for one in shown(compared["id"]) if not (one["old_sheet"] and one["new_sheet"]) and one["id"]]
    assert alone
    with pytest.raises(NotFound):
        asked(compared["id"], alone[0]["id"])
