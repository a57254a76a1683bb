"""Signatures are listed and verified: intact, changed byte, later update, several, and those that cannot be checked."""

import datetime
import io
from functools import cache
from pathlib import Path

import pymupdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from pipeline.drawing.conclude import conclude
from pipeline.drawing.kinds import State
from pipeline.drawing.model import Drawing
from pipeline.readers.registry import read_path
from pipeline.sheets.find import find_sheets

MM = 25.4 / 72


@cache
def signer() -> signers.SimpleSigner:
    """Return a signer with a certificate it gave itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Zhang Gong"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "设计院")]
    )
    now = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=36500))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, NoEncryption())
    return signers.SimpleSigner.load_pkcs12_data(packed, [])


def plan(rotation: int = 0) -> bytes:
    doc = pymupdf.open()
    page = doc.new_page(width=400, height=200)
    page.draw_line((0, 0), (40, 0))
    page.insert_text((100, 100), "A-101")
    page.set_rotation(rotation)
    return doc.tobytes()


def signed(data: bytes, name: str = "Seal", box: tuple[int, ...] | None = (300, 20, 380, 60), **options) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    meta = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", **options)
    return signers.sign_pdf(writer, meta, signer=signer()).getvalue()


def reading(tmp_path: Path, data: bytes) -> Drawing:
    path = tmp_path / "signed.pdf"
    path.write_bytes(data)
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    return drawing


@pytest.mark.parametrize("rotation", [0, 90])
def test_an_untouched_signature_is_intact_and_says_who_when_and_where(tmp_path, rotation):
    drawing = reading(tmp_path, signed(plan(rotation)))
    (found,) = drawing.signatures
    assert (found.field, found.signer, found.organisation) == ("Seal", "Zhang Gong", "设计院")
    assert (found.integrity, found.trust, found.covers_whole_file, found.why) == ("intact", "unknown", True, "")
    assert found.why_zh == found.why_en == ""
    assert found.signed_at.startswith(str(datetime.datetime.now(datetime.UTC).year))
    assert found.space == 0
    assert found.box == pytest.approx((300 * MM, 20 * MM, 380 * MM, 60 * MM), abs=1e-3)
    assert drawing.state == State.COMPLETE


def test_a_changed_byte_breaks_it_and_is_told(tmp_path):
    data = signed(plan())
    at = data.index(b"/Rotate") if b"/Rotate" in data[:2000] else data.index(b"/MediaBox")
    drawing = reading(tmp_path, data[: at + 1] + bytes([data[at + 1] ^ 1]) + data[at + 2 :])
    (found,) = drawing.signatures
    assert (found.integrity, found.covers_whole_file) == ("changed", False)
    (told,) = [d for d in drawing.defects if d.code == "signature_changed"]
    assert found.why == "bytes_changed" and found.why_zh in told.zh and found.why_en in told.en
    assert found.why_en not in told.zh
    assert "A-101" in drawing.spaces[0].texts.string  # the sheet is read all the same


def test_content_drawn_after_signing_is_a_change(tmp_path):
    path = tmp_path / "first.pdf"
    path.write_bytes(signed(plan()))
    doc = pymupdf.open(path)
    doc[0].insert_text((10, 50), "one more storey")
    doc.saveIncr()
    (found,) = reading(tmp_path, path.read_bytes()).signatures
    assert (found.integrity, found.covers_whole_file) == ("changed", False)
    assert (found.why, found.why_zh) == ("content_changed", "签名后内容被改动")
    assert found.why_en == "content was changed after signing"


def test_a_second_signature_leaves_the_first_intact_but_only_the_last_covers_the_file(tmp_path):
    data = signed(signed(plan(), "Designer"), "Checker", box=None)
    first, second = reading(tmp_path, data).signatures
    assert (first.field, first.integrity, first.covers_whole_file) == ("Designer", "intact", False)
    assert (first.why, second.why) == ("fields_filled", "")
    assert (second.field, second.integrity, second.covers_whole_file) == ("Checker", "intact", True)
    assert (second.space, second.box) == (-1, None)


def test_a_certified_file_that_forbids_changes_and_was_signed_again_says_so(tmp_path):
    certified = signed(plan(), "Author", certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
    path = tmp_path / "first.pdf"
    path.write_bytes(certified)
    doc = pymupdf.open(path)
    doc[0].add_text_annot((50, 50), "note")
    doc.saveIncr()
    (found,) = reading(tmp_path, path.read_bytes()).signatures
    assert found.integrity == "changed"


def test_what_cannot_be_checked_is_listed_with_its_reason(tmp_path):
    unsigned = io.BytesIO(plan())
    writer = IncrementalPdfFileWriter(unsigned, strict=False)
    fields.append_signature_field(writer, fields.SigFieldSpec("Waiting", box=(10, 10, 50, 50)))
    writer.write_in_place()
    foreign = signed(unsigned.getvalue(), "National").replace(b"adbe.pkcs7.detached", b"GM.sm2.detached.cms")
    waiting, national = reading(tmp_path, foreign).signatures
    assert (waiting.field, waiting.integrity, waiting.why) == ("Waiting", "unknown", "not_signed")
    assert (national.field, national.integrity) == ("National", "unknown")
    assert national.why == "national_algorithm" and "SM2" in national.why_zh and "SM2" in national.why_en
    (old,) = reading(tmp_path, signed(plan()).replace(b"adbe.pkcs7.detached", b"adbe.x509.rsa_sha1 ")).signatures
    assert (old.integrity, old.why) == ("unknown", "kind_unknown") and "adbe.x509.rsa_sha1" in old.why_en


def test_rubbish_in_place_of_a_signature_costs_nothing_else(tmp_path):
    doc = pymupdf.open("pdf", plan())
    value = doc.get_new_xref()
    doc.update_object(value, "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<00>>>")
    entry = doc.get_new_xref()
    doc.update_object(entry, f"<</FT/Sig/T(Bad)/V {value} 0 R/Kids[{entry} 0 R]>>")
    doc.xref_set_key(doc.pdf_catalog(), "AcroForm", f"<</Fields[{entry} 0 R]/SigFlags 3>>")
    drawing = reading(tmp_path, doc.tobytes())
    assert drawing.state == State.COMPLETE
    (found,) = drawing.signatures
    assert (found.integrity, found.covers_whole_file) == ("unknown", False)
    assert found.why in ("check_failed", "file_unreadable", "field_unreadable") and found.why_zh and found.why_en
