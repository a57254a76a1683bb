"""A pair of sheets that was compared before answers from the store; what it stands on decides whether it was."""

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from pipeline.records.base import transaction
from pipeline.records.tables import Comparison, Difference, File
from pipeline.storage import keys, store
from pipeline.work import seen
from pipeline.work.seen import Seen
from tests.pipeline.work.test_identity import compared  # noqa: F401  a fixture
from tests.pipeline.work.test_journey import _dxf


def told(comparison_id):
    with transaction() as session:
        rows = session.scalars(select(Difference).where(Difference.comparison_id == comparison_id))
        return sorted((row.kind, row.what, json.dumps(row.box_new), row.old, row.new) for row in rows)


def handed_in_again(installation, **other):
    """The two versions once more, as submissions of their own; `other`: bodies of files that changed meanwhile."""
    first = installation.rows(File)
    versions = sorted({row.submission_id for row in first}, key=[row.submission_id for row in first].index)
    previous = None
    for version, id_ in enumerate(versions, 1):
        made = installation.submission(previous=previous, version=version)
        for row in [row for row in first if row.submission_id == id_]:
            body = store().open(keys.original(row.sha256)).read()
            installation.hand_in(made, row.name, other.get(row.name, body) if version == 2 else body)
        installation.work_off()
        previous = made
    return installation.rows(Comparison, Comparison.new_id == previous)[0]


def test_the_same_files_in_another_set_open_no_drawing_again(installation, compared) -> None:  # noqa: F811
    again, first = handed_in_again(installation), installation.rows(Comparison, Comparison.id == compared["id"])[0]
    assert again.state == "ready" and len(compared["calls"]) == 3, "no work of the engine for the second set"
    assert told(again.id) == told(compared["id"]) and told(again.id)
    sums = [sorted((p["comparable"], p["count"], str(p["transform"])) for p in row.pairs) for row in (again, first)]
    assert sums[0] == sums[1] and sum(count for _, count, _ in sums[0]) > 0


def test_only_a_changed_file_is_compared_again(installation, compared) -> None:  # noqa: F811
    handed_in_again(installation, **{"c.dxf": _dxf(9400.0)})
    assert len(compared["calls"]) == 4


@pytest.fixture
def files(installation, compared):  # noqa: F811
    rows = installation.rows(File)
    return rows[0], rows[-1]


def test_an_answer_stands_on_content_reader_engine_sheets_and_points(files, monkeypatch) -> None:
    old, new = files
    wanted = {"pairs": [["0:0", "0:0"], ["0:1", "0:1"]], "points": [None, None]}
    first = Seen(old, new, wanted)
    assert first.missing == [0, 1] and first.wanted() == wanted
    entry = [{"old": {"sheet": f"0:{k}"}, "new": {"sheet": f"0:{k}"}, "changes": [k]} for k in (0, 1)]
    first.keep({"sheets": entry})
    assert Seen(old, new, wanted).missing == [] and Seen(old, new, wanted).sheets() == entry
    one = Seen(old, new, {"pairs": [["0:1", "0:1"], ["0:2", "0:2"]], "points": [None, None]})
    assert one.missing == [1] and one.wanted() == {"pairs": [["0:2", "0:2"]], "points": [None]}
    assert Seen(old, new, {**wanted, "points": [None, [[[0, 0], [1, 1]]]]}).missing == [1]
    assert Seen(new, old, wanted).missing == [0, 1]
    later = SimpleNamespace(sha256=new.sha256, reader_version="later", format=new.format)
    assert Seen(old, later, wanted).missing == [0, 1]
    monkeypatch.setattr(seen, "engine_of", lambda *_rooms: "comparing-later")
    assert Seen(old, new, wanted).missing == [0, 1]


def test_two_models_answer_as_wholes_and_a_broken_answer_is_made_again(files) -> None:
    old, new = (SimpleNamespace(sha256=f.sha256, reader_version="x", format="ifc") for f in files)
    wanted = {"pairs": [["0:0", "0:0"], ["1:0", "1:0"]], "points": [None, None]}
    first = Seen(old, new, wanted)
    entries = [{"old": {"sheet": s}, "new": {"sheet": s}} for s in ("0:0", "1:0", "")]
    first.keep({"sheets": entries})
    assert [one["old"]["sheet"] for one in Seen(old, new, wanted).sheets()] == ["0:0", "", "1:0"]
    assert Seen(old, new, {"pairs": wanted["pairs"][:1], "points": [None]}).missing == [0]
    store().put(first._keys[1], b"not gzip")
    assert Seen(old, new, wanted).missing in ([0, 1], [])  # a store that never overwrites keeps the good one
