"""Damaged and awkward files made from the sample set, for tests of readers and of receiving."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pymupdf

from sample_drawings import draw_dxf

MOMENT = (2025, 6, 18, 8, 0, 0)


class _GbkInfo(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # the hook of zipfile
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def make(folder: Path, source: Path) -> list[Path]:
    """Make every damaged file below `folder` from the version in `source`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = (source / "01_目录与说明.dxf").read_bytes()
    pdf = next(source.glob("*.pdf"))
    model = next(source.glob("*.ifc")).read_bytes()
    files = {
        "empty.dxf": b"",
        "truncated.dxf": plan[: len(plan) * 3 // 5],
        "truncated.ifc": model[: len(model) // 3],
        "truncated.pdf": pdf.read_bytes()[:60000],
        "really_a_pdf.dxf": _small_pdf(),
        "not_a_drawing.pdf": b"hello\n" * 40,
        "garbage.ifc": bytes(range(256)) * 8,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    _encrypted(folder / "encrypted.pdf")
    _proxies(folder / "proxy_objects.dxf")
    _zips(folder, plan)
    return sorted(folder.iterdir())


def _small_pdf() -> bytes:
    doc = pymupdf.open()
    page = doc.new_page(width=842, height=595)
    page.draw_rect(pymupdf.Rect(50, 50, 792, 545))
    page.insert_text((100, 100), "M0921")
    data: bytes = doc.tobytes(no_new_id=True)
    return data


def _encrypted(path: Path) -> None:
    """A PDF with a user password. Its keys are random, so it is only made once."""
    if path.exists():
        return
    doc = pymupdf.open("pdf", _small_pdf())
    doc.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="secret")


def _proxies(path: Path) -> None:
    """A drawing whose walls are TArch objects nobody but TArch can read: a proxy without graphics."""
    doc = draw_dxf.new_document()
    model = doc.modelspace()
    model.add_line((0, 0), (6000, 0), dxfattribs={"layer": "DOTE"})
    model.add_text("一层平面图", height=700, dxfattribs={"layer": "PUB_TEXT", "style": "HZ"})
    doc.saveas(path)
    text = path.read_text("utf-8")
    owner = model.layout_key
    proxies = "".join(
        f"  0\nACAD_PROXY_ENTITY\n  5\n{0xF000 + i:X}\n330\n{owner}\n100\nAcDbEntity\n  8\nWALL\n"
        "100\nAcDbProxyEntity\n 90\n498\n 91\n500\n 70\n0\n"
        for i in range(12)
    )
    marker = "  2\nENTITIES\n"
    path.write_text(text.replace(marker, marker + proxies, 1), "utf-8")


def _zips(folder: Path, plan: bytes) -> None:
    """A zip as Chinese Windows makes them: GBK names without the UTF-8 flag, nested folders, junk files."""
    members = {
        "建筑/01_目录与说明.dxf": plan,
        "建筑/说明/readme.txt": "说明文件".encode("gbk"),
        "__MACOSX/建筑/._01_目录与说明.dxf": b"\0\5\26\7",
        "建筑/Thumbs.db": b"\xd0\xcf\x11\xe0",
        ".DS_Store": b"\0\0\0\1Bud1",
        "建筑/空文件.pdf": b"",
    }
    with zipfile.ZipFile(folder / "gbk_names.zip", "w") as archive:
        for name, data in members.items():
            info = _GbkInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    with zipfile.ZipFile(folder / "unsafe_paths.zip", "w") as archive:
        for name in ("../../etc/passwd.dxf", "/absolute.dxf", "ok.dxf"):
            archive.writestr(zipfile.ZipInfo(name, MOMENT), plan[:2000])
