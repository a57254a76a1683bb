"""A model in one stage and plans in the other: storeys find the sheets that lie on them, in the running system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import api.tables  # noqa: F401  every table, so that the records can be made
from pipeline.records.tables import Comparison
from pipeline.work import pairing
from tests.pipeline.comparing import files
from tests.pipeline.work.conftest import Installation
from tests.pipeline.work.test_identity import decide, shown

HEIGHT = 3000.0
ROWS = [
    ("IfcWall", "south", 0.0, 0.0, 12000.0, 300.0, HEIGHT, {}),
    ("IfcWall", "north", 0.0, 7700.0, 9000.0, 300.0, HEIGHT, {}),
    ("IfcWall", "west", 0.0, 300.0, 300.0, 7400.0, HEIGHT, {}),
    ("IfcWall", "east", 11700.0, 300.0, 300.0, 4900.0, HEIGHT, {}),
    ("IfcWall", "inner", 4200.0, 300.0, 200.0, 4700.0, HEIGHT, {}),
    ("IfcColumn", "C1", 8600.0, 3000.0, 400.0, 400.0, HEIGHT, {}),
    ("IfcColumn", "C2", 8600.0, 6000.0, 400.0, 400.0, HEIGHT, {}),
]


def plan(left_out: str = "") -> list[Any]:
    """The outlines of the bodies, as a plan without a title shows them."""
    rings = []
    for _, name, x, y, dx, dy, *_ in ROWS:
        if name != left_out:
            rings.append(([(x, y), (x + dx, y), (x + dx, y + dy), (x, y + dy), (x, y)], 1, -1))
    return rings


FACADE = [([(k * 900.0, 0.0), (k * 900.0 + 500.0, 0.0), (k * 900.0 + 500.0, 1500.0)], 1, -1) for k in range(9)]


@pytest.fixture
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder: Path = tmp_path_factory.mktemp("drawn")
    files.ifc(folder / "model.ifc", ROWS)
    files.dxf(folder / "x.dxf", plan("C2"), [])
    files.dxf(folder / "y.dxf", FACADE, [("南立面图", 0.0, -900.0, 500.0)])
    files.pdf(folder / "x.pdf", plan("C2"), [])
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every call in which drawn sheets were laid on storeys."""
    calls: list[Any] = []
    run = pairing.run

    def counted(station: str, *rest: Any) -> Any:
        if station == pairing.LAYING:
            calls.append(rest[1])
        return run(station, *rest)

    monkeypatch.setattr(pairing, "run", counted)
    return calls


def compared(installation: Installation, old: dict[str, bytes], new: dict[str, bytes]) -> Comparison:
    first = installation.submission()
    second = installation.submission(previous=first, version=2)
    for submission, bodies in ((first, old), (second, new)):
        for name, body in bodies.items():
            installation.hand_in(submission, name, body)
        installation.work_off()
    (row,) = installation.rows(Comparison)
    assert row.state == "ready"
    return row


def joined(row: Comparison) -> list[Any]:
    """The pairs of sheets of two sides."""
    return [pair for pair in row.pairs if pair["old_sheet"] and pair["new_sheet"]]


@pytest.mark.parametrize("form", ["x.dxf", "x.pdf"])
@pytest.mark.parametrize("model_is_old", [True, False])
def test_a_storey_is_compared_with_the_sheet_that_lies_on_it(installation, drawn, laid, form, model_is_old) -> None:
    sides = {"model.ifc": drawn["model.ifc"]}, {name: drawn[name] for name in (form, "y.dxf")}
    row = compared(installation, *(sides if model_is_old else sides[::-1]))
    (pair,) = joined(row)
    assert pair["comparable"] and pair["by"] == ["content"] and not pair["decided"]
    assert "剖面重合" in pair["reasons"][0]["zh"] and pair["count"] == 1
    level = next(one for one in pair["indicators"] if one["indicator"] == "level")
    assert (level["old"], level["new"]) == ((0.0, None) if model_is_old else (None, 0.0))
    (alone,) = [one for one in row.pairs if one is not pair]
    assert alone["reason"]["zh"] and alone["reason"]["en"], "the elevation is named, with the reason"
    assert len(laid) == 2, "each drawing once"


def test_what_a_person_told_apart_stays_apart_and_nothing_is_laid_twice(installation, drawn, laid) -> None:
    row = compared(installation, {"model.ifc": drawn["model.ifc"]}, {name: drawn[name] for name in ("x.dxf", "y.dxf")})
    before = len(laid)
    (pair,) = [one for one in shown(row.id) if one["old_sheet"] and one["new_sheet"]]
    decide(row.id, installation.project, pair_id=pair["id"], decision="reject")
    installation.work_off()
    (row,) = installation.rows(Comparison)
    assert not joined(row) and len(row.pairs) == 3 and len(laid) == before
