"""Strings are blanked eight bytes at once, and rows are counted by the instances the library made."""

import random
from pathlib import Path

import pytest

from pipeline.readers.ifc import opening, step
from tests.pipeline.readers.ifc.models import WALL, model

SAMPLES = sorted((Path(__file__).parents[4] / "sample_drawings").glob("construction_v*/*.ifc"))
TYPED = "#900=IFCPROPERTYSINGLEVALUE('a',$,IFCLABEL('b'),$);\n"
TYPED += "#901=IFCPROPERTYLISTVALUE('c',$,(IFCREAL (1.),IFCREAL\r\n(2.)),$);\n"
DAMAGE = {
    "whole": "",
    "typed values": TYPED,
    "comment": "/* #7=IFCWALL('x'); IFCLABEL('y') */\n",
    "doubled row": "#900=IFCDIRECTION((0.,1.,0.));\n#900=IFCDIRECTION((1.,0.,0.));\n",
    "unknown class": "#900=IFCNOWALL((0.,1.,0.));\n" + TYPED.replace("#90", "#91"),
    "attributes missing": "#900=IFCDIRECTION();\n",
    "not a row": "#900;\n#901=IFCDIRECTION((0.,1.,0.)\n#902=IFCDIRECTION((0.,1.,0.));\n",
    "second section": "ENDSEC;\nDATA;\n#900=IFCDIRECTION((0.,1.,0.));\n",
}


def blanked(data: bytes) -> tuple[bytes, bool]:
    out, inside = bytearray(data), False
    for at, byte in enumerate(data):
        inside ^= byte == 39
        if inside:
            out[at] = 0
    return bytes(out), inside


@pytest.mark.parametrize("strip", [1, 4, 1 << 15])
def test_strings_are_blanked_as_a_slow_reading_does_it(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "_STRIP", strip)
    chance = random.Random(strip)
    for size in [*range(40), 1000]:
        data = bytes(chance.choice(b"ab''#;\\ ") for _ in range(size))
        outside, inside = step._outside(data)
        assert (bytes(outside[:size]), inside) == blanked(data)
        assert len(outside) > size + 40 and (inside or not outside[size:].strip())


@pytest.mark.parametrize("strip", [1, 1 << 15])
def test_marks_and_depth_do_not_depend_on_where_the_bytes_are_cut(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "_STRIP", strip)
    data = model(WALL).replace(b"ENDSEC;\nEND", TYPED.encode() + b"ENDSEC;\nEND")
    text = step.scan(data)
    assert text.keywords == data.count(b"IFC") - data.count(b"'IFC") + 3  # the header has three entities
    deep = step.scan(data.replace(b"(1.)", b"(" * 70 + b"1." + b")" * 70))
    assert 2 <= text.max_depth < 10 and deep.max_depth == 72


def test_a_string_of_more_than_a_mebibyte_is_found_wherever_it_begins() -> None:
    for ahead in (0, 1, (1 << 19) - 1, 1 << 19):
        for size in ((1 << 20) - 2, (1 << 20) + 1, 3 << 20):
            data = b"''" * (ahead // 2) + b" " * (ahead % 2) + b"'" + b"x" * size + b"'" + b"''" * (1 << 19)
            assert (step.scan(data).longest_string > opening.MAX_STRING) == (size > opening.MAX_STRING)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_the_rows_counted_are_those_the_library_lists(damage: str, tmp_path: Path) -> None:
    data = model(WALL).replace(b"ENDSEC;\nEND", damage.encode() + b"ENDSEC;\nEND")
    path = tmp_path / "m.ifc"
    path.write_bytes(data)
    opened = opening.open_model(path, data)
    if opened.model is not None:
        assert opened.completeness.rows_parsed == len(opened.model.entity_names())
        assert opened.completeness.rows_raw is not None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_library_makes_an_instance_for_every_keyword(path: Path) -> None:
    data = path.read_bytes()
    before = opening._instances_made()
    opened = opening.open_model(path, data)
    # open_model asks for the number twice itself
    assert opened.text is not None and opened.model is not None
    assert opening._instances_made() - before == opened.text.keywords + opening._OWN_INSTANCES + 2
    assert opened.completeness.rows_parsed == len(opened.model.entity_names()) == len(opened.text)
