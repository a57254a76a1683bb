"""`tushen check` and `tushen compare` on small models: documents, outputs, exit codes."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ezdxf
import pytest
from bcf.bcfxml import load

from api.cli import main
from rules import VERSION
from tests.pipeline.readers.ifc.models import GRID, ROOM, WALL, model


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def tushen(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    monkeypatch.setenv("TUSHEN_LANGUAGE", "en")

    def run(*words: object) -> Done:
        capfd.readouterr()
        code = main([str(word) for word in words])
        written = capfd.readouterr()
        return Done(code, written.out, written.err)

    return run


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """An old model and a new one in which the wall stands 300 mm further along x."""
    old, new = tmp_path / "old.ifc", tmp_path / "new.ifc"
    old.write_bytes(model(WALL, ROOM, GRID))
    new.write_bytes(model(WALL.replace("((1000.,2000.,0.))", "((1300.,2000.,0.))"), ROOM, GRID))
    return old, new


def test_a_moved_wall_is_one_difference_and_exit_code_one(tushen: Callable[..., Done], pair: tuple[Path, Path]) -> None:
    done = tushen("compare", *pair, "--json")
    document = json.loads(done.stdout)
    assert document["schema"] == "tushen.comparison/1" and done.returncode == 1
    (change,) = [one for one in document["changes"] if one["cls"] == "geometry"]
    assert (change["kind"], change["guid_new"]) == ("moved", "2iSszVBbXIatj1bt$rnWK6")
    assert change["delta"][0] == pytest.approx(300, abs=1)
    assert document["old"]["file"] == str(pair[0]) and document["confidence"] > 0.9


def test_a_drawing_does_not_differ_from_itself(tushen: Callable[..., Done], pair: tuple[Path, Path]) -> None:
    done = tushen("compare", pair[0], pair[0], "--json")
    assert (json.loads(done.stdout)["changes"], done.returncode) == ([], 0)


def test_differences_come_as_text_picture_and_bcf(
    tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    assert "300 mm" in tushen("compare", *pair).stdout
    picture = tushen("compare", *pair, "--format", "svg", "--sheet", "一层").stdout
    assert picture.startswith("<") and "</svg>" in picture
    assert tushen("compare", *pair, "--format", "pdf", "-o", tmp_path / "d.pdf").returncode == 1
    assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF")
    for kind, head in (("pdf", b"%PDF"), ("svg", b"<"), ("png", b"\x89PNG")):
        done = tushen("compare", *pair, "--json", "--overlay", tmp_path / f"o.{kind}")
        assert json.loads(done.stdout)["changes"] and (tmp_path / f"o.{kind}").read_bytes().startswith(head)
    assert tushen("compare", *pair, "--overlay", tmp_path / "o.gif").returncode == 2
    assert tushen("compare", *pair, "--format", "png").returncode == 2
    assert tushen("compare", *pair, "--format", "bcf", "-o", tmp_path / "d.bcf").returncode == 1
    with zipfile.ZipFile(tmp_path / "d.bcf") as archive:
        views = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".bcfv")]
    assert any("2iSszVBbXIatj1bt$rnWK6" in view for view in views)


@pytest.fixture
def symmetric(tmp_path: Path) -> tuple[Path, Path]:
    """Two versions of a plan without texts that looks the same turned by 180°; the new one is turned, with a wall."""
    paths = tmp_path / "old.dxf", tmp_path / "new.dxf"
    for path, sign in zip(paths, (1, -1), strict=True):
        document = ezdxf.new("R2010", units=4)
        space = document.modelspace()
        space.add_lwpolyline([(-6000, -4000), (6000, -4000), (6000, 4000), (-6000, 4000)], close=True)
        for side in (1, -1):
            for x in (1000, 2100, 3500, 4800):
                space.add_line((side * x, side * 500), (side * x, side * 4000))
            space.add_line((side * 1000, side * 500), (side * 4800, side * 500))
        if sign < 0:
            space.add_line((-3000, 2000), (-3000, 3200))  # on the old sheet at (3000, -2000)
        document.saveas(path)
    return paths


def test_a_symmetric_plan_lies_as_two_points_say(tushen: Callable[..., Done], symmetric: tuple[Path, Path]) -> None:
    turned = ("--points=0,0:12000,8000", "--points=12000,0:0,8000")
    done = tushen("compare", *symmetric, "--json", *turned)
    document = json.loads(done.stdout)
    (change,) = document["changes"]
    assert (document["sheets"][0]["method"], change["kind"], done.returncode) == ("points", "added", 1)
    assert change["bbox_in_old"][0] == pytest.approx(3000, abs=1) and change["bbox"][0] == pytest.approx(-3000, abs=1)
    assert document["sheets"][0]["transform"][0] == pytest.approx([-1, 0, 0], abs=1e-6)


def test_points_that_say_no_place_are_bad_usage(tushen: Callable[..., Done], symmetric: tuple[Path, Path]) -> None:
    assert tushen("compare", *symmetric, "--points=0,0:1,1").returncode == 2
    assert tushen("compare", *symmetric, "--points=0,0:1,1", "--points=0,0:5,5").returncode == 2
    for wrong in ("1,2", "1,2:3", "a,b:c,d", "1,nan:2,3"):
        with pytest.raises(SystemExit) as left:
            tushen("compare", *symmetric, f"--points={wrong}")
        assert left.value.code == 2


def test_a_bcf_of_a_comparison_is_read_back_with_views_and_pictures(
    tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    changes = json.loads(tushen("compare", *pair, "--json").stdout)["changes"]
    tushen("compare", *pair, "--format", "bcf", "-o", tmp_path / "d.bcf")
    told = load(tmp_path / "d.bcf")
    assert told is not None
    assert sorted(one.topic.title for one in told.topics.values()) == sorted(one["sentence"]["en"] for one in changes)
    (moved,) = [one for one in told.topics.values() if one.topic.topic_type == "moved"]
    (view,) = moved.viewpoints.values()
    (change,) = [one for one in changes if one["kind"] == "moved"]
    chosen = [one.ifc_guid for one in view.visualization_info.components.selection.component]
    assert chosen == list(dict.fromkeys([change["guid_new"], change["guid_old"]]))
    camera = view.visualization_info.orthogonal_camera
    assert change["bbox"][0] <= camera.camera_view_point.x <= change["bbox"][2] and camera.camera_direction.z == -1
    assert view.snapshot.startswith(b"\x89PNG")


def test_a_side_that_cannot_be_read_is_bad_input(
    tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "junk.ifc").write_bytes(b"junk")
    done = tushen("compare", pair[0], tmp_path / "junk.ifc", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert tushen("compare", pair[0], tmp_path / "absent.ifc").returncode == 2


def test_checking_gives_findings_with_their_files(tushen: Callable[..., Done], pair: tuple[Path, Path]) -> None:
    done = tushen("check", pair[0], "--format", "json")
    document = json.loads(done.stdout)
    assert document["schema"] == "tushen.findings/1"
    assert document["files"][0]["state"] == "complete" and document["findings"]
    assert sum(document["counts"].values()) == len(document["findings"])
    # the model names no coordinate system: a person must look, so it is not clean
    assert [one["outcome"] for one in document["findings"] if one["rule_code"] == "DRW-020"] == ["undecided"]
    assert done.returncode == 1


def test_findings_come_as_sarif_and_bcf(tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path) -> None:
    log = json.loads(tushen("check", pair[0], "--format", "sarif").stdout)
    assert log["version"] == "2.1.0" and log["runs"][0]["results"]
    out = tmp_path / "f.bcf"
    assert tushen("check", pair[0], "--format", "bcf", "-o", out).returncode == 1
    assert zipfile.is_zipfile(out)
    assert tushen("check", pair[0], "--format", "bcf").returncode == 2


def test_everything_that_is_written_names_content_and_version(
    tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = (hashlib.sha256(path.read_bytes()).hexdigest() for path in pair)
    found = json.loads(tushen("check", pair[0], "--json").stdout)
    assert found["engine"] == VERSION
    assert [(one["sha256"], bool(one["reader_version"])) for one in found["files"]] == [(old, True)]
    log = json.loads(tushen("check", pair[0], "--format", "sarif").stdout)["runs"][0]
    assert log["tool"]["driver"]["version"] == VERSION
    assert [one["hashes"] for one in log["artifacts"]] == [{"sha-256": old}]
    tushen("check", pair[0], "--format", "bcf", "-o", tmp_path / "f.bcf")
    tushen("compare", *pair, "--format", "bcf", "-o", tmp_path / "d.bcf")
    for name, said in (("f.bcf", (old, VERSION)), ("d.bcf", (old, new, "comparing"))):
        with zipfile.ZipFile(tmp_path / name) as archive:
            topics = [archive.read(one).decode() for one in archive.namelist() if one.endswith("markup.bcf")]
        assert topics and all(word in topic for topic in topics for word in said)
    compared = json.loads(tushen("compare", *pair, "--json").stdout)
    assert (compared["old"]["sha256"], compared["new"]["sha256"]) == (old, new) and compared["engine"]
    picture = tushen("compare", *pair, "--format", "svg", "--sheet", "一层").stdout
    assert old in picture and new in picture and "rendering" in picture


def test_a_rejected_file_never_checks_as_clean(tushen: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "junk.ifc").write_bytes(b"junk")
    assert tushen("check", tmp_path / "junk.ifc").returncode == 2


def test_beside_a_file_that_could_not_be_read_nothing_does_not_apply(
    tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "broken.dxf").write_bytes(b"0\nSECTION\n2\nENTITIES\n")
    done = tushen("check", pair[0], tmp_path / "broken.dxf", "--format", "json")
    document = json.loads(done.stdout)
    assert [one["state"] for one in document["files"]] == ["complete", "rejected"]
    listed = [one for one in document["findings"] if one["rule_code"] == "SET-001"]
    assert [one["outcome"] for one in listed] == ["undecided"] and "broken.dxf" in listed[0]["message_zh"]


def test_the_rules_of_a_day_are_run_and_the_day_is_written_down(
    tushen: Callable[..., Done], pair: tuple[Path, Path]
) -> None:
    old = json.loads(tushen("check", pair[0], "--json", "--on", "2020-01-01").stdout)
    new = json.loads(tushen("check", pair[0], "--json", "--on", "2026-11-01").stdout)
    assert (old["day"], new["day"]) == ("2020-01-01", "2026-11-01")
    codes = [{one["rule_code"] for one in document["findings"]} for document in (old, new)]
    assert "FIR-001" not in codes[0] and "FIR-001" in codes[1]
    assert tushen("check", pair[0], "--on", "soon").returncode == 2


def test_an_unknown_pack_is_bad_input(tushen: Callable[..., Done], pair: tuple[Path, Path]) -> None:
    done = tushen("check", pair[0], "--pack", "atlantis")
    assert done.returncode == 2 and "atlantis" in done.stderr


IDS = """<?xml version="1.0" encoding="UTF-8"?>
<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://standards.buildingsmart.org/IDS http://standards.buildingsmart.org/IDS/1.0/ids.xsd">
 <info><title>t</title></info>
 <specifications>
  <specification name="walls are rated" ifcVersion="IFC4">
   <applicability minOccurs="0" maxOccurs="unbounded">
    <entity><name><simpleValue>IFCWALL</simpleValue></name></entity>
   </applicability>
   <requirements>
    <property dataType="IFCLABEL" cardinality="required">
     <propertySet><simpleValue>Pset_WallCommon</simpleValue></propertySet>
     <baseName><simpleValue>FireRating</simpleValue></baseName>
     <value><simpleValue>{rating}</simpleValue></value>
    </property>
   </requirements>
  </specification>
 </specifications>
</ids>
"""


def test_an_ids_file_is_a_pack(tushen: Callable[..., Done], pair: tuple[Path, Path], tmp_path: Path) -> None:
    good, bad, broken = tmp_path / "good.ids", tmp_path / "bad.ids", tmp_path / "broken.ids"
    good.write_text(IDS.format(rating="2.00h"), encoding="utf-8")
    bad.write_text(IDS.format(rating="3.00h"), encoding="utf-8")
    broken.write_text("<ids/>", encoding="utf-8")
    assert tushen("check", pair[0], "--pack", good).returncode == 0
    done = tushen("check", pair[0], "--pack", bad, "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["outcome"], finding["source_ids"]) == ("violation", ["2iSszVBbXIatj1bt$rnWK6"])
    assert done.returncode == 1
    report = json.loads(tushen("check", pair[0], "--pack", bad, "--format", "ids-report").stdout)
    assert report["engine"] == VERSION and report["files"][0]["sha256"]
    assert report["schema"] == "tushen.ids_report/1"
    assert tushen("check", pair[0], "--pack", broken).returncode == 2
