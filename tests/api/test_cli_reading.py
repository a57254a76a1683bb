"""`tushen read`: exit codes, one JSON document on standard output and nothing else, its schema."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from api.cli import main
from tests.pipeline.readers.ifc.models import ROOM, WALL, model

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/formats/reading.schema.json").read_text("utf-8"))


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def tushen(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run the command line in this process: the zygote is started once for all tests."""
    monkeypatch.setenv("TUSHEN_LANGUAGE", "en")

    def run(*words: str) -> Done:
        capfd.readouterr()
        try:
            code = main(list(words))
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        written = capfd.readouterr()
        return Done(code, written.out, written.err)

    return run


def in_a_process_of_its_own(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TUSHEN_LANGUAGE": "en", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, env=environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("drawings")
    (made / "whole.ifc").write_bytes(model(WALL, ROOM))
    (made / "cut.ifc").write_bytes(model(WALL, ROOM)[:-40])
    circle = WALL.replace("#110=IFCLOCALPLACEMENT(#33,#111)", "#110=IFCLOCALPLACEMENT(#110,#111)")
    (made / "circle.ifc").write_bytes(model(circle))
    (made / "notes.txt").write_text("只是文字")
    return made


def test_a_set_is_one_document_that_keeps_the_schema(folder: Path) -> None:
    names = ["whole.ifc", "cut.ifc", "circle.ifc", "notes.txt", "absent.dxf"]
    done = in_a_process_of_its_own("read", "--json", *(str(folder / name) for name in names))
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    states = [one["state"] for one in document["files"]]
    assert states == ["complete", "partial", "rejected", "rejected", "rejected"]
    codes = [[found["code"] for found in one["defects"]] for one in document["files"]]
    assert codes[0] == ["georeference_missing"] and "truncated" in codes[1] and codes[2] == ["reference_cycle"]
    assert codes[3] == ["unknown_format"] and codes[4] == ["file_not_found"]
    sheet = document["files"][0]["sheets"][0]
    assert (sheet["title"], sheet["kind"]) == ("一层", "storey") and sheet["entities"] > 2
    assert document["files"][0]["drawing"]["model"] is True
    assert done.returncode == 3


def test_exit_codes_tell_whole_partly_and_nothing(tushen: Callable[..., Done], folder: Path) -> None:
    assert tushen("read", str(folder / "whole.ifc")).returncode == 0
    assert tushen("read", str(folder / "cut.ifc")).returncode == 3
    assert tushen("read", str(folder / "circle.ifc")).returncode == 2


def test_lines_come_in_the_language_asked_for(tushen: Callable[..., Done], folder: Path) -> None:
    chinese = tushen("--language", "zh", "read", str(folder / "cut.ifc")).stdout
    assert "不完整" in chinese and "缺少结尾标记" in chinese
    assert "partial" in tushen("read", str(folder / "cut.ifc")).stdout


def test_a_folder_stands_for_its_files(tushen: Callable[..., Done], folder: Path) -> None:
    document = json.loads(tushen("read", "--json", str(folder)).stdout)
    assert [Path(one["file"]).name for one in document["files"]] == ["circle.ifc", "cut.ifc", "notes.txt", "whole.ifc"]


def test_bad_usage_is_two_and_writes_nothing_to_standard_output(tushen: Callable[..., Done], tmp_path: Path) -> None:
    for words in (["read"], ["fly"], ["read", str(tmp_path)], ["render", "x.ifc", "-o", "out.bmp"]):
        done = tushen(*words)
        assert (done.returncode, done.stdout) == (2, "") and done.stderr


def test_help_speaks_both_languages_and_loads_no_parser() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "api.cli", "--help"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0 and "读取图纸" in done.stdout and "read drawings" in done.stdout
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"numpy", "ifcopenshell", "ezdxf", "pymupdf", "sqlalchemy"}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "glb"])
def test_a_sheet_is_drawn_in_every_kind(tushen: Callable[..., Done], folder: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"sheet.{kind}"
    done = tushen("render", str(folder / "whole.ifc"), "-o", str(out), "--dpi", "30", "--sheet", "一层")
    assert done.returncode == 0, done.stderr
    magic = {"png": b"\x89PNG", "svg": b"<", "pdf": b"%PDF", "glb": b"glTF"}[kind]
    assert out.read_bytes().startswith(magic)


def test_a_sheet_that_is_not_there_is_bad_input_that_names_those_that_are(
    tushen: Callable[..., Done], folder: Path, tmp_path: Path
) -> None:
    done = tushen("render", str(folder / "whole.ifc"), "-o", str(tmp_path / "x.svg"), "--sheet", "九层")
    assert done.returncode == 2 and "一层" in done.stderr


def test_ink_is_measured_on_demand_and_fits_the_schema(tushen: Callable[..., Done], folder: Path) -> None:
    plan = ROOT / "sample_drawings" / "construction_v1" / "04_楼梯详图.dxf"
    done = tushen("read", "--ink", "--json", str(plan), str(folder / "whole.ifc"), str(folder / "notes.txt"))
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    drawn, model_file, _ = document["files"]
    assert [sheet["ink"]["share"] for sheet in drawn["sheets"]] == [1.0] and drawn["state"] == "complete"
    assert {sheet["ink"]["by"] for sheet in model_file["sheets"]} == {"shapes"}
    assert drawn["cost"]["ink_cpu_seconds"] > 0
    told = tushen("read", "--ink", str(plan)).stdout
    assert "100.00% of the ink understood" in told and "ezdxf" in told
    without = json.loads(tushen("read", "--json", str(plan)).stdout)
    assert "ink" not in without["files"][0]["sheets"][0]
