"""Names inside archives: decoded (GBK in old zips), judged (unsafe, nested, junk), split into folder and name."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from dataclasses import dataclass

from pipeline.drawing.safe_text import safe_text

_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".iso", ".jar")
_JUNK_NAMES = {"thumbs.db", "desktop.ini", ".ds_store", "plot.log", "ehthumbs.db", ".directory", "acad.err"}
_JUNK_ENDINGS = (".dwl", ".dwl2", ".sv$", ".ac$", ".tmp", ".lnk")


@dataclass(slots=True, frozen=True)
class MemberName:
    """Where a member belongs, or why it is not taken."""

    shown: str  # the whole path, safe to show
    folder: str
    name: str
    junk: bool = False
    refusal: str = ""  # "Chinese / English" words, "" when it may be taken


def decoded(info: zipfile.ZipInfo) -> str:
    """Return a member's name: UTF-8 when flagged or when it is UTF-8, else GB18030, else as it stands."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_FLAG:
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def judged(info: zipfile.ZipInfo) -> MemberName:
    """Return what to do with a member, by its name and flags alone."""
    path = decoded(info).replace("\\", "/")
    shown = unicodedata.normalize("NFC", safe_text(path.replace("\n", " "), 1000)[0])
    parts = [part.strip() for part in shown.split("/")]
    kept = [part for part in parts if part not in ("", ".", "..")]
    name = kept[-1][-255:] if kept else "unnamed"
    folder = "/".join(kept[:-1])[:1000]
    return MemberName(shown, folder, name, _is_junk(parts, name), _refusal(info, path, parts, name))


def _is_junk(parts: list[str], name: str) -> bool:
    lower = name.lower()
    if "__MACOSX" in parts or lower.startswith("~$") or lower.startswith("._"):
        return True
    return lower in _JUNK_NAMES or lower.endswith(_JUNK_ENDINGS)


def _refusal(info: zipfile.ZipInfo, path: str, parts: list[str], name: str) -> str:
    if "\x00" in path or path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return "绝对路径 / absolute path"
    if ".." in parts:
        return "路径越界 / path leaves the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "符号链接 / symbolic link"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "已加密 / encrypted"
    if name.lower().endswith(_ARCHIVES):
        return "嵌套压缩包 / nested archive"
    return ""
