"""The reader is chosen by content and nothing about a file raises."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.drawing import snapshot
from pipeline.drawing.conclude import conclude
from pipeline.drawing.defects import defect
from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Drawing
from pipeline.readers import registry
from pipeline.readers.registry import identify, read_path
from pipeline.sheets import find_sheets


@pytest.mark.parametrize(
    ("content", "name", "kind", "found"),
    [
        (b"", "a.dxf", Format.OTHER, "empty"),
        (b"AC1032\x00\x00", "a.dxf", Format.OTHER, "dwg AC1032"),
        (b"PK\x03\x04abcd", "a.pdf", Format.OTHER, "zip"),
        (b"%PDF-1.7\n", "a.dxf", Format.PDF, "pdf"),
        (b"999\ncomment\n  0\nSECTION\n  2\nHEADER\n", "a.txt", Format.DXF, "dxf"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "a.bin", Format.DXF, "dxf"),
        (b"ISO-10303-21;\nHEADER;\n", "a.dxf", Format.IFC, "ifc"),
        (b"hello world", "a.ifcx", Format.OTHER, "text"),
    ],
)
def test_content_decides_not_the_name(tmp_path, content, name, kind, found):
    path = tmp_path / "x"
    path.write_bytes(content)
    assert identify(path, name) == (kind, found)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"AC1027 rest", "dwg_not_read"),
        (b"no drawing", "unknown_format"),
        (b"%PDF-1.4 nothing", ""),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_sentence_in_two_languages(tmp_path, content, code):
    path = tmp_path / "x.dxf"
    path.write_bytes(content)
    drawing = read_path(path, "x.dxf")
    find_sheets(drawing)
    conclude(drawing)
    assert drawing.state == State.REJECTED
    assert drawing.sha256 and drawing.defects
    assert not code or drawing.defects[0].code == code
    assert all(d.zh and d.en and d.remedy_zh and d.remedy_en for d in drawing.defects)


def test_a_fault_of_ours_is_told_by_its_number_and_kept_for_the_log(tmp_path, monkeypatch):
    class Broken:
        def read(self, *_, **__):
            raise AttributeError("'NoneType' object has no attribute 'x'")

    path = tmp_path / "x.dxf"
    path.write_bytes(b"999\ncomment\n  0\nSECTION\n  2\nHEADER\n")
    monkeypatch.setattr("pipeline.readers.registry.identify", lambda *_: (Format.DXF, "dxf"))
    monkeypatch.setattr("pipeline.readers.registry.reader_for", lambda _: Broken())
    drawing = read_path(path, "x.dxf")
    (found,) = drawing.defects
    assert found.code == "reader_failed" and drawing.sha256
    assert drawing.meta["fault"]["reference"] in found.zh and "NoneType" not in found.zh + found.en
    assert "NoneType" in drawing.meta["fault"]["traceback"]


def test_telling_a_format_loads_no_library(tmp_path):
    path = tmp_path / "x.dxf"
    path.write_bytes(b"  0\nSECTION\n  2\nHEADER\n")
    code = (
        "import sys; from pathlib import Path; from pipeline.readers.registry import identify;"
        f"print(identify(Path({str(path)!r}), 'x.dxf')[1],"
        " sorted({'ezdxf', 'pymupdf', 'pypdfium2', 'pyhanko', 'ifcopenshell'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "dxf []"


CORPUS = Path(os.environ.get("TUSHEN_CORPUS", "../shared/corpus"))
SAMPLE = [
    "dxf/gdsestimating+three-dxf/sample/data/demo.dxf",
    "dxf/yorikvanhavre+barcelona-pavillion/plan exported.dxf",
    "pdf/yorikvanhavre+barcelona-pavillion/exported plan view.pdf",
    "pdf/unboxed+bops/spec/fixtures/files/planx/odp/Elevations-best-practice.pdf",
    "hostile/_made_a/dxf/02_self_insert.dxf",
    "hostile/_made_a/dxf/05_nest_depth_2000.dxf",
    "hostile/_made_a/dxf/26_circle_weird.dxf",
]


@pytest.mark.corpus
@pytest.mark.parametrize("name", SAMPLE)
def test_real_files_end_in_a_state_and_survive_a_snapshot(name):
    path = CORPUS / name
    if not path.exists():
        pytest.skip("corpus not here")
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    again = snapshot.load(snapshot.dump(drawing))
    assert again.state == drawing.state
    assert [s.content_hash for s in again.sheets] == [s.content_hash for s in drawing.sheets]
    if name.startswith("hostile"):
        assert drawing.state != State.COMPLETE
    else:
        assert drawing.state == State.COMPLETE and drawing.sheets


@pytest.mark.parametrize("word", [b"EOF", b"section"])
def test_no_sentence_tells_where_our_files_lie(tmp_path, word):
    path = tmp_path / "0.dxf"
    path.write_bytes(b"  0\n" + word + b"\n  2\nENTITIES\n  0\nLINE\n 10\n1.0\n  0\nENDSEC\n  0\nEOF\n")
    drawing = read_path(path, "plan.dxf")
    (told,) = (told for told in drawing.defects if told.code == "dxf_recovered")
    assert ".dxf' is not a DXF file" in told.en
    assert str(tmp_path) not in str(drawing.defects) + str(drawing.coverage) + str(drawing.meta)


def test_a_library_that_names_the_path_is_not_believed_to_be_discreet(tmp_path, monkeypatch):
    class Talkative:
        def read(self, path, name, siblings=None, *, password=""):
            made = Drawing(Format.DXF, "", "x")
            made.defects.append(defect("unreadable", why=f"{path} is odd, so is {siblings['a.dxf']}"))
            return made

    monkeypatch.setattr(registry, "reader_for", lambda kind: Talkative())
    path = tmp_path / "0.dxf"
    path.write_bytes(b"  0\nSECTION\n  2\nHEADER\n")
    (told,) = read_path(path, "plan.dxf", {"a.dxf": tmp_path / "1.dxf"}).defects
    assert str(tmp_path) not in told.zh + told.en and ".dxf is odd" in told.en
