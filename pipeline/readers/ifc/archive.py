"""Takes the one model out of an .ifczip without trusting the archive."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from pipeline.readers.ifc.sniff import begins_step

MAX_MEMBERS = 16
MAX_BYTES = 2 << 30
MAX_RATIO = 100
_CHUNK = 1 << 20


class ArchiveRefused(ValueError):
    """The archive breaks a limit; the message says which, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


def unpack_model(data: bytes) -> bytes:
    """Return the bytes of the only .ifc member.

    Raises ArchiveRefused for anything that is not one plain model within the limits: more than 16 members,
    a path that leaves the folder, a link, a password, another archive inside, more than 2 GiB or more than
    100 times the packed size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _choose(archive, archive.infolist())
            return _inflate(archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, ArchiveRefused):
            raise
        raise ArchiveRefused(f"it is not a readable zip ({error})", f"不是可读的 zip（{error}）") from error


def _choose(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    if len(members) > MAX_MEMBERS:
        raise ArchiveRefused(f"more than {MAX_MEMBERS} members", f"成员超过 {MAX_MEMBERS} 个")
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise ArchiveRefused("a member's path leaves the folder", "成员路径越出目录")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ArchiveRefused("a member is a link", "成员是符号链接")
        if name.lower().endswith((".zip", ".ifczip", ".7z", ".rar", ".gz")):
            raise ArchiveRefused("an archive inside the archive", "压缩包内嵌套压缩包")
    files = [m for m in members if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    models = [member for member in files if member.filename.lower().endswith(".ifc")]
    if not models:  # a wrong name does not hide a model
        models = [member for member in files if _is_step(archive, member)]
    if not models and any(member.filename.lower().endswith(".ifcxml") for member in files):
        raise ArchiveRefused("it holds ifcXML, which is not read: export .ifc", "包内是 ifcXML，不支持，请导出 .ifc")
    if len(models) != 1:
        names = ", ".join(member.filename.rsplit("/", 1)[-1][:40] for member in models[:3])
        raise ArchiveRefused(
            f"{len(models)} models inside, one is expected {names}".rstrip(),
            f"包内有 {len(models)} 个模型，应为 1 个，请分别提交 {names}".rstrip(),
        )
    if models[0].flag_bits & 0x1:
        raise ArchiveRefused("it is encrypted", "已加密")
    return models[0]


def _is_step(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a member begins like a STEP file; encrypted ones are not looked into."""
    if member.flag_bits & 0x1:
        return False
    with archive.open(member) as stream:
        return begins_step(stream.read(64))


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read in pieces and count what really comes out: the sizes in the directory are claims."""
    limit = min(MAX_BYTES, max(member.compress_size, 1024) * MAX_RATIO)
    if member.file_size > limit:
        raise _too_large(limit)
    pieces: list[bytes] = []
    total = 0
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            total += len(piece)
            if total > limit:
                raise _too_large(limit)
            pieces.append(piece)
    return b"".join(pieces)


def _too_large(limit: int) -> ArchiveRefused:
    return ArchiveRefused(f"it unpacks to more than {limit} bytes", f"解压后超过 {limit} 字节")
