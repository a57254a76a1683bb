"""Encryption, restrictions, attachments: every way a PDF opens or stays shut has its sentence."""

from pathlib import Path

import pymupdf
import pytest

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import Severity, State
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

AES = pymupdf.PDF_ENCRYPT_AES_256


def plan():
    doc = pymupdf.open()
    doc.new_page(width=400, height=200).insert_text((100, 100), "A-101")
    return doc


def reading(tmp_path: Path, doc, password: str = "", **options) -> Drawing:
    path = tmp_path / "plan.pdf"
    doc.save(path, **options)
    return of(path, password)


def of(path: Path, password: str = "") -> Drawing:
    drawing = read_path(path, path.name, password=password)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


def codes(drawing: Drawing) -> list[str]:
    return [d.code for d in drawing.defects]


@pytest.mark.parametrize("method", [AES, pymupdf.PDF_ENCRYPT_AES_128, pymupdf.PDF_ENCRYPT_RC4_128])
@pytest.mark.parametrize("password", ["user", "owner"])
def test_either_password_opens_it(tmp_path, method, password):
    drawing = reading(tmp_path, plan(), password, encryption=method, user_pw="user", owner_pw="owner")
    assert drawing.state == State.COMPLETE
    assert drawing.spaces[0].texts.string == ["A-101"]


def test_a_wrong_password_has_its_own_sentence(tmp_path):
    drawing = reading(tmp_path, plan(), "guess", encryption=AES, user_pw="user", owner_pw="owner")
    assert drawing.state == State.REJECTED
    assert codes(drawing) == ["pdf_encrypted", "pdf_password_wrong"]


def test_what_only_the_owner_forbids_is_told_and_the_file_read(tmp_path):
    allowed = pymupdf.PDF_PERM_PRINT | pymupdf.PDF_PERM_ANNOTATE
    drawing = reading(tmp_path, plan(), encryption=AES, owner_pw="owner", permissions=allowed)
    assert drawing.state == State.COMPLETE
    (found,) = drawing.defects
    assert (found.code, found.severity) == ("pdf_restricted", Severity.INFO)
    assert "修改 change, 复制 copy;" in found.en


def test_a_file_for_certain_certificates_asks_for_no_password(tmp_path):
    path = tmp_path / "plan.pdf"
    plan().save(path, encryption=AES, user_pw="user", owner_pw="owner")
    path.write_bytes(path.read_bytes().replace(b"/Filter/Standard", b"/Filter/Adobe.PubSec"))
    drawing = of(path)
    assert drawing.state == State.REJECTED
    assert "pdf_encrypted_foreign" in codes(drawing)
    assert "pdf_encrypted" not in codes(drawing)


def test_a_broken_encryption_dictionary_is_said(tmp_path):
    path = tmp_path / "plan.pdf"
    plan().save(path, encryption=AES, user_pw="user", owner_pw="owner")
    path.write_bytes(path.read_bytes().replace(b"/OE<", b"/XX<"))
    drawing = of(path, "user")
    assert drawing.state == State.REJECTED
    assert "pdf_encryption_broken" in codes(drawing)


def test_attachments_are_named_and_not_read(tmp_path):
    doc = plan()
    doc.embfile_add("model.ifc", b"ISO-10303-21;")
    drawing = reading(tmp_path, doc)
    assert drawing.state == State.COMPLETE
    assert codes(drawing) == ["pdf_attachments"]
    assert drawing.meta["attachments"] == ["model.ifc"]


def test_page_labels_name_the_spaces(tmp_path):
    doc = plan()
    doc.new_page().insert_text((10, 50), "second")
    doc.set_page_labels([{"startpage": 0, "prefix": "A-", "style": "D", "firstpagenum": 101}])
    drawing = reading(tmp_path, doc)
    assert [space.label for space in drawing.spaces] == ["A-101", "A-102"]
