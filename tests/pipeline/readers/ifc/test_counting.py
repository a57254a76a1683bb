"""Strings are blanked eight bytes at once, and rows are counted by the instances the library made."""

import itertools
import random
import re
from pathlib import Path

import numpy as np
import pytest

from pipeline.readers.ifc import marks, opening, step
from tests.pipeline.readers.ifc.models import WALL, model

SAMPLES = sorted((Path(__file__).parents[4] / "sample_drawings").glob("construction_v*/*.ifc"))
TYPED = "#900=IFCPROPERTYSINGLEVALUE('a',$,IFCLABEL('b'),$);\n"
TYPED += "#901=IFCPROPERTYLISTVALUE('c',$,(IFCREAL (1.),IFCREAL\r\n(2.)),$);\n"
DAMAGE = {
    "whole": "",
    "typed values": TYPED,
    "comment": "/* #7=IFCWALL('x'); IFCLABEL('y') */\n",
    "doubled row": "#900=IFCDIRECTION((0.,1.,0.));\n#900=IFCDIRECTION((1.,0.,0.));\n",
    "doubled GlobalId": TYPED + "#910=IFCPROPERTYSET('2qg8JG5lTtvkh_6MTVL60l',$,'Pset_WallCommon',$,(#141,#142));\n",
    "doubled GlobalId, unknown class": "#909=IFCNOWALL(IFCLABEL('b'));\n"
    "#910=IFCPROPERTYSET('2qg8JG5lTtvkh_6MTVL60l',$,'Pset_WallCommon',$,(#141,#142));\n",
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


@pytest.mark.parametrize("strip", [64, 128, 1 << 19])
def test_strings_are_blanked_as_a_slow_reading_does_it(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_STRIP", strip)
    monkeypatch.setattr(step, "_STRIP", strip)
    chance = random.Random(strip)
    for size in [*range(140), 1000]:
        data = bytes(chance.choice(b"ab''#; ") for _ in range(size))
        text = step.scan(data)
        assert (bytes(text.outside[:size]), text.unterminated) == blanked(data)
        assert len(text.outside) > size + 40 and not text.outside[size:].strip()
        begin, end = sorted((chance.randrange(size + 1), chance.randrange(size + 1)))
        assert text.blanked(begin, end) == blanked(data)[0][begin:end]


ROW = re.compile(rb"#(\d+)\s*=\s*([A-Z]*)")


@pytest.mark.parametrize("strip", [64, 128, 1 << 19])
def test_rows_and_references_are_those_of_a_slow_reading(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_STRIP", strip)
    monkeypatch.setattr(step, "_FEW", 20)  # kinds both ways
    chance = random.Random(strip)
    for _ in range(60):
        rows = []
        for number in range(1, chance.randrange(2, 40)):
            number = number * chance.choice((1, 1000, 1234567, 12345678))
            blanks = " " * chance.choice((0, 0, 1, 3))
            refs = [b"#%d" % chance.choice((1, 7, 1000, 24691356, 2000000000)) for _ in range(chance.randrange(5))]
            name = chance.choice(("IFCWALL", "IFCDIRECTION", "IFCCARTESIANPOINT", "IFCRELDEFINESBYPROPERTIES"))
            rows.append(f"#{number}{blanks}={blanks}{name}('a #5=(b',".encode() + b",".join(refs) + b");\n")
        data = b"/* #4=IFCX('*/ISO-10303-21;\nFILE_SCHEMA(('IFC4'));\nENDSEC;\n" * chance.randrange(2) + b"".join(rows)
        text = step.scan(data)
        plain = blanked(re.sub(rb"/\*.*?\*/", lambda found: b" " * len(found[0]), data))[0]
        found = list(ROW.finditer(plain))
        assert text.ids.tolist() == [int(one[1]) for one in found]
        assert text.start.tolist() == [one.start() for one in found]
        assert [text.type_of(row) for row in range(len(text))] == [one[2] for one in found]
        number_of = {int(one[1]): row for row, one in enumerate(found)}
        bounds = [*text.start.tolist(), len(data)]
        edges = [
            (row, number_of[int(one)])
            for row, (begin, end) in enumerate(itertools.pairwise(bounds))
            for one in step.REFERENCE.findall(plain[begin + 1 : end])
            if int(one) in number_of
        ]
        assert list(zip(text.edge_from.tolist(), text.edge_to.tolist(), strict=True)) == edges
        for row in range(len(text)):
            begin, end = text.edges_of(np.array([row]))
            assert text.edge_from[int(begin[0]) : int(end[0])].tolist() == [one[0] for one in edges if one[0] == row]


@pytest.mark.parametrize("strip", [64, 1 << 19])
def test_marks_and_depth_do_not_depend_on_where_the_bytes_are_cut(strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_STRIP", strip)
    data = model(WALL).replace(b"ENDSEC;\nEND", TYPED.encode() + b"ENDSEC;\nEND")
    text = step.scan(data)
    assert text.keywords == data.count(b"IFC") - data.count(b"'IFC") + 3  # the header has three entities
    deep = step.scan(data.replace(b"(1.)", b"(" * 70 + b"1." + b")" * 70))
    assert 2 <= text.max_depth < 40 and deep.max_depth == 72


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
