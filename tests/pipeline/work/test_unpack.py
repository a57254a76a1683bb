"""Archives: GBK names come out right, everything left out is named, bombs do not go off."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.work.receive import sniff
from pipeline.work.unpack import Unpacked, unpack

LIMITS = Settings()


def _unpack(tmp_path: Path, raw: bytes, limits: Settings = LIMITS) -> Unpacked:
    archive, out = tmp_path / "a.zip", tmp_path / "out"
    archive.write_bytes(raw)
    out.mkdir()
    return unpack(archive, out, limits, lambda *_: None)


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def _gbk_zip(name: str, body: bytes) -> bytes:
    """A zip as old Chinese programs write it: GBK bytes, no UTF-8 flag."""
    raw = name.encode("gbk")
    plain = _zip({"x" * len(raw): body})
    return plain.replace(b"x" * len(raw), raw)


def test_gbk_names_and_folders_come_out_right(tmp_path: Path) -> None:
    found = _unpack(tmp_path, _gbk_zip("施工图/建筑/一层平面图.dxf", b"0\nSECTION\n"))
    (member,) = found.members
    assert (member.folder, member.name) == ("施工图/建筑", "一层平面图.dxf")
    assert member.path.read_bytes() == b"0\nSECTION\n"
    assert found.defects == []


def test_utf8_names_come_out_right_with_and_without_the_flag(tmp_path: Path) -> None:
    raw = "结构/基础.pdf".encode()
    flagless = _zip({"y" * len(raw): b"%PDF-"}).replace(b"y" * len(raw), raw)
    (member,) = _unpack(tmp_path, flagless).members
    assert (member.folder, member.name) == ("结构", "基础.pdf")


def test_everything_left_out_is_named(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.dxf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good.dxf", b"0\nSECTION\n")
        archive.writestr("Thumbs.db", b"junk")
        archive.writestr("__MACOSX/._good.dxf", b"junk")
        archive.writestr("../../etc/passwd", b"x")
        archive.writestr("/abs.dxf", b"x")
        archive.writestr("C:\\win.dxf", b"x")
        archive.writestr("inner.zip", b"PK\x03\x04")
        archive.writestr("inner.dxf", b"PK\x03\x04 in disguise")
        archive.writestr(link, b"/etc/passwd")
    found = _unpack(tmp_path, buffer.getvalue())
    assert [m.name for m in found.members] == ["good.dxf"]
    named = {d.source_id: d.code for d in found.defects}
    assert named == {
        "Thumbs.db": "junk_file",
        "__MACOSX/._good.dxf": "junk_file",
        "../../etc/passwd": "archive_member_failed",
        "/abs.dxf": "archive_member_failed",
        "C:/win.dxf": "archive_member_failed",
        "inner.zip": "archive_member_failed",
        "inner.dxf": "archive_member_failed",
        "link.dxf": "archive_member_failed",
    }
    assert not (tmp_path / "etc").exists()


def test_a_bomb_is_refused_whole(tmp_path: Path) -> None:
    found = _unpack(tmp_path, _zip({"bomb.dxf": bytes(60_000_000)}))
    assert found.refused and found.members == []
    assert [d.code for d in found.defects] == ["archive_unsafe"]


def test_too_many_members_are_refused_before_the_directory_is_read(tmp_path: Path) -> None:
    found = _unpack(tmp_path, _zip({f"{n}.dxf": b"x" for n in range(30)}), Settings(archive_members_limit=20))
    assert found.refused


def test_a_member_that_lies_about_its_size_is_left_out(tmp_path: Path) -> None:
    raw = bytearray(_zip({"liar.dxf": b"0\nSECTION\n" * 5000, "honest.dxf": b"0\nSECTION\n"}))
    at = raw.find(b"PK\x01\x02")
    struct.pack_into("<I", raw, at + 24, 10)  # uncompressed size in the directory
    found = _unpack(tmp_path, bytes(raw))
    assert [m.name for m in found.members] == ["honest.dxf"]
    assert [d.source_id for d in found.defects] == ["liar.dxf"]


@pytest.mark.parametrize("cut", [10, 200, 400])
def test_a_cut_archive_is_refused_with_a_reason(tmp_path: Path, cut: int) -> None:
    found = _unpack(tmp_path, _zip({"a.dxf": b"0\nSECTION\n" * 100, "b.dxf": b"x" * 300})[:-cut])
    assert found.refused and found.defects[0].zh


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    raw = bytearray(_zip({"secret.dxf": b"x"}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(magic)
        raw[at + offset] |= 1
    found = _unpack(tmp_path, bytes(raw))
    assert found.members == [] and "加密" in found.defects[0].zh


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"%PDF-1.7", "a.dxf", "pdf"),
        (b"ISO-10303-21;", "a", "ifc"),
        (b"\xef\xbb\xbfISO-10303-21;", "a", "ifc"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER", "a.dxf", "dxf"),
        (b"999\nmade by\n0\nSECTION\n", "a", "dxf"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "a", "dxf"),
        (b"PK\x03\x04", "set.zip", "zip"),
        (b"PK\x03\x04", "model.ifczip", "ifc"),
        (b"PK\x03\x04", "table.xlsx", "other"),
        (b"AC1032", "a.dwg", "other"),
        (b"", "a.dxf", "other"),
    ],
)
def test_the_first_word_on_a_file_is_by_content(head: bytes, name: str, kind: str) -> None:
    assert sniff(head, name) == kind
