"""The sample set: drawn again it is the same, it stays small, it holds what it promises."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import ezdxf
import ifcopenshell
import pymupdf
import pytest

from sample_drawings import damaged, planted
from sample_drawings.make import make_version
from sample_drawings.versions import as_built, construction_v1, construction_v2, scheme, versions

FOLDER = Path(__file__).parents[2] / "sample_drawings"
KEYS = [v.key for v in versions()]


@pytest.mark.parametrize("make", [construction_v1, as_built])
def test_drawn_again_it_is_the_same_byte_for_byte(make, tmp_path):
    v = make()
    for path in make_version(v, tmp_path / v.key):
        assert path.read_bytes() == (FOLDER / v.key / path.name).read_bytes(), path.name


def test_the_damaged_files_are_the_same_again(tmp_path):
    for path in damaged.make(tmp_path, FOLDER / "construction_v2"):
        if path.name != "encrypted.pdf":
            assert path.read_bytes() == (FOLDER / "damaged" / path.name).read_bytes(), path.name


def test_planted_is_the_generated_one(tmp_path):
    planted.write(tmp_path)
    for name in ("planted.json", "PLANTED.md"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_set_stays_below_twelve_megabytes():
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file() and "__pycache__" not in p.parts) < 12e6


@pytest.mark.parametrize("key", KEYS)
def test_every_version_has_three_formats_and_equal_sheets(key):
    files = list((FOLDER / key).iterdir())
    assert {p.suffix for p in files} == {".dxf", ".pdf", ".ifc"}
    frames = 0
    for path in files:
        if path.suffix == ".dxf":
            doc = ezdxf.readfile(path)
            assert not doc.audit().errors
            frames += sum(1 for layout in doc.layouts for e in layout.query("INSERT") if e.dxf.name.startswith("TK_"))
    (pdf,) = (p for p in files if p.suffix == ".pdf")
    with pymupdf.open(pdf) as doc:
        assert doc.page_count == frames
        assert len(doc.get_ocgs()) > 15 and not doc.is_repaired
        assert "松花江畔社区服务中心" in doc[3].get_text()


def test_guids_stay_from_v1_to_v2_and_are_new_as_built():
    def guids(key: str) -> set[str]:
        (path,) = (FOLDER / key).glob("*.ifc")
        return {p.GlobalId for p in ifcopenshell.open(path).by_type("IfcProduct")}

    one, two, built = guids("construction_v1"), guids("construction_v2"), guids("as_built")
    assert len(one & two) > 0.95 * len(one) and not two & built


def test_versions_differ_as_planted():
    pairs = {row["pair"] for row in json.loads((FOLDER / "planted.json").read_text("utf-8"))["differences"]}
    assert pairs == {"construction_v1>construction_v2", "construction_v2>as_built"}
    assert construction_v1().storeys[2].door("3S1D").width == 700
    assert construction_v2().storeys[2].door("3S1D").width == 900
    assert not any(s.stairs and s.stairs[0].risers[0] > 18 for s in scheme().storeys)


def test_the_zip_has_gbk_names_without_the_utf8_flag():
    with zipfile.ZipFile(FOLDER / "damaged" / "gbk_names.zip") as archive:
        names = [i.filename.encode("cp437").decode("gbk") for i in archive.infolist() if i.filename != ".DS_Store"]
        assert all(not i.flag_bits & 0x800 for i in archive.infolist())
    assert "建筑/01_目录与说明.dxf" in names
