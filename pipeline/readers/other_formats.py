"""What a file is that is no drawing, and files that are two formats at once."""

from __future__ import annotations

from pipeline.drawing.kinds import Format

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x7fELF", "elf"),
    (b"MZ", "exe"),
)
# word -> what it is, in Chinese and English: files that belong to a submission and hold no drawing
KNOWN: dict[str, tuple[str, str]] = {
    "bcf": ("BCF 问题文件", "a BCF issue file"),
    "bcf part": ("BCF 问题文件的一部分", "a part of a BCF issue file"),
    "ids": ("IDS 信息交付要求", "an IDS information delivery specification"),
    "ifcxml": ("ifcXML 模型", "a model in ifcXML"),
    "png": ("PNG 图像", "a PNG picture"),
    "jpeg": ("JPEG 图像", "a JPEG picture"),
    "tiff": ("TIFF 图像", "a TIFF picture"),
    "gif": ("GIF 图像", "a GIF picture"),
}
_READERS_HEAD = 1024  # viewers look for %PDF- in the first bytes, not at the first one


def identify_other(head: bytes, name: str) -> str:
    """Return a word for a file that no reader takes: "zip", "bcf", "ids", "png", "text" ..."""
    for magic, word in MAGIC:
        if head.startswith(magic):
            is_bcf = word == "zip" and (b"bcf.version" in head or name.lower().endswith((".bcf", ".bcfzip")))
            return "bcf" if is_bcf else word
    words = _text_of(head).lstrip("\ufeff \t\r\n")
    if words.startswith("<"):
        return _markup(words)
    return "text" if words and "\x00" not in words else "binary"


def _text_of(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


def _markup(words: str) -> str:
    lower = words.lower()
    if "standards.buildingsmart.org/ids" in lower or "<ids" in lower or ":ids " in lower:
        return "ids"
    if "<markup" in lower or "<visualizationinfo" in lower or "<version " in lower and "versionid" in lower:
        return "bcf part"
    if "ifcxml" in lower or "<ifc" in lower or "buildingsmart-tech.org/ifc" in lower:
        return "ifcxml"
    return "html" if "<html" in lower or "<!doctype html" in lower else "xml"


def second_format(kind: Format, head: bytes, tail: bytes) -> str:
    """Return the other format that the same bytes are too, "" for none: two programs would show two files."""
    if kind != Format.PDF and b"%PDF-" in head[:_READERS_HEAD]:
        return "PDF"
    if not head.startswith(b"PK") and b"PK\x05\x06" in tail:
        return "ZIP"
    return ""
