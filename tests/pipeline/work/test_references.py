"""External references: a drawing is read again when what it refers to comes, changes or goes."""

from __future__ import annotations

import io

import ezdxf
from sqlalchemy.orm import Session

import api.tables  # noqa: F401  every table, so that the records can be made
from api.access import Actor
from api.submissions.service import delete_file
from api.work import settle_again
from pipeline.records.base import transaction
from pipeline.records.tables import File, Job, Sheet, Submission
from pipeline.work.references import attached
from tests.pipeline.work.conftest import Installation


def written(doc: ezdxf.document.Drawing) -> bytes:
    stream = io.StringIO()
    doc.write(stream)
    return stream.getvalue().encode("utf-8")


def host(picture: bool = False) -> bytes:
    doc = ezdxf.new("R2010", units=4)
    space = doc.modelspace()
    space.add_lwpolyline([(0, 0), (6000, 0), (6000, 4000), (0, 4000)], close=True)
    if picture:
        definition = doc.add_image_def("C:\\pictures\\tree.png", size_in_pixel=(10, 10))
        space.add_image(definition, (0, 0), (500, 500))
    else:
        doc.add_xref_def("D:\\grids\\Axes.dwg", "axes")
        space.add_blockref("axes", (1000, 0))
    return written(doc)


def axes(lines: int) -> bytes:
    doc = ezdxf.new("R2010", units=4)
    for n in range(lines):
        doc.modelspace().add_line((n * 500, 0), (n * 500, 4000))
    return written(doc)


def told(installation: Installation, file_id: str) -> tuple[str, set[str], int, int]:
    """State, defects, entities of the host; how often it was read."""
    (file,) = installation.rows(File, File.id == file_id)
    entities = sum(s.entities for s in installation.rows(Sheet, Sheet.file_id == file_id))
    reads = installation.rows(Job, Job.kind == "read", Job.subject == file_id)
    return file.state, {d["code"] for d in file.defects}, entities, len(reads)


def take_away(session: Session, file_id: str, project: str) -> None:
    delete_file(session, Actor.nobody(), session.get_one(File, file_id), project)


def test_a_reference_that_arrives_later_changes_or_goes_is_read_again(installation: Installation) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.dxf", host())
    installation.work_off()
    state, codes, alone, reads = told(installation, file_id)
    assert state == "partial" and "xref_missing" in codes and reads == 1
    first = installation.hand_in(submission, "axes.DXF", axes(5))
    installation.work_off()
    state, codes, entities, reads = told(installation, file_id)
    assert state == "complete" and "xref_missing" not in codes and (entities, reads) == (alone + 5, 2)
    assert installation.rows(Submission)[0].reading == "ready"
    installation.hand_in(submission, "other.dxf", axes(3))
    installation.work_off()
    assert told(installation, file_id)[3] == 2, "a file nobody refers to is no reason to read again"
    for deed in (take_away, lambda *_: None):  # asked twice, done once
        with transaction() as session:
            deed(session, first, installation.project)
            settle_again(session, submission)
        installation.work_off()
        state, codes, entities, reads = told(installation, file_id)
        assert state == "partial" and "xref_missing" in codes and (entities, reads) == (alone, 3)
    installation.hand_in(submission, "axes.dxf", axes(7))
    installation.work_off()
    assert told(installation, file_id)[2:] == (alone + 7, 4)
    assert {j.state for j in installation.rows(Job)} == {"done"}


def test_the_same_drawing_beside_other_references_keeps_its_own_reading(installation: Installation) -> None:
    found, body = [], host()
    for version, lines in ((1, 0), (2, 5), (3, 7)):
        submission = installation.submission(version=version)
        file_id = installation.hand_in(submission, "plan.dxf", body)
        if lines:
            installation.hand_in(submission, "axes.dxf", axes(lines))
        installation.work_off()
        (file,) = installation.rows(File, File.id == file_id)
        found.append((file.sha256, file.reader_version))
    assert len({sha for sha, _ in found}) == 1 and len({version for _, version in found}) == 3


def test_a_picture_that_arrives_later_is_no_longer_missing(installation: Installation) -> None:
    submission = installation.submission()
    file_id = installation.hand_in(submission, "plan.dxf", host(picture=True))
    installation.work_off()
    assert "image_missing" in told(installation, file_id)[1]
    installation.hand_in(submission, "tree.png", b"\x89PNG\r\n\x1a\nxxxx")
    installation.work_off()
    assert "image_missing" not in told(installation, file_id)[1]


def test_a_name_means_the_same_name_or_the_dxf_of_a_dwg() -> None:
    siblings = [("Axes.dxf", "1"), ("axes.pdf", "2"), ("tree.png", "3"), ("axes2.dxf", "4")]
    assert attached(["AXES.dwg", "Tree.PNG"], siblings) == {"Axes.dxf": "1", "tree.png": "3"}
