"""Taking files out of a zip without trusting a word of it: counted before, counted while inflating."""

from __future__ import annotations

import hashlib
import struct
import uuid
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.drawing.defects import Defect, defect
from pipeline.settings import Settings
from pipeline.work.zip_names import MemberName, judged

_CHUNK = 1 << 20
_RATIO_FREE_BYTES = 1 << 20  # a small member may compress as well as it likes
_DIRECTORY_BYTES = 64 << 20
_MAGIC_NESTED = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_END = struct.Struct("<4s4H2LH")


@dataclass(slots=True, frozen=True)
class Member:
    """A file taken out of an archive."""

    folder: str
    name: str
    path: Path  # in scratch
    size_bytes: int
    sha256: str


@dataclass(slots=True)
class Unpacked:
    """What came out, and every member that did not, by name."""

    members: list[Member] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    refused: bool = False


def unpack(archive: Path, folder: Path, limits: Settings, report: Callable[[float, str], None]) -> Unpacked:
    """Take the files of a zip out into `folder`, under names of ours.

    The whole archive is refused for too many members, too many bytes or too high a ratio; single members for
    absolute or climbing paths, links, encryption, nesting, a damaged body. Every one left out is a defect.
    """
    result = Unpacked()
    why = _too_much(archive, limits)
    if why:
        return _refuse(result, why)
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.orig_filename.replace("\\", "/").endswith("/")]
            why = _bomb(infos, archive.stat().st_size, limits)
            if why:
                return _refuse(result, why)
            seen: set[tuple[str, str, str]] = set()
            for done, info in enumerate(infos):
                report(done / max(len(infos), 1), "")
                _take(opened, info, folder, limits, result, seen)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, struct.error) as error:
        return _refuse(result, f"已损坏 / damaged ({type(error).__name__})")
    return result


def _refuse(result: Unpacked, why: str) -> Unpacked:
    result.members.clear()
    result.defects = [defect("archive_unsafe", why=why)]
    result.refused = True
    return result


def _too_much(archive: Path, limits: Settings) -> str:
    """Look at the end record before the directory is loaded: a hostile directory alone can fill the memory."""
    size = archive.stat().st_size
    with archive.open("rb") as stream:
        stream.seek(max(0, size - 65557))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return "缺少目录，文件不完整 / no directory, cut off"
    _, _, _, _, count, directory, _, _ = _END.unpack_from(tail, at)
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        return _too_much_64(archive, tail[at - 20 : at], limits)
    if count > limits.archive_members_limit:
        return f"文件数 {count} 超过上限 / {count} members are too many"
    return "目录过大 / directory too large" if directory > _DIRECTORY_BYTES else ""


def _too_much_64(archive: Path, locator: bytes, limits: Settings) -> str:
    (offset,) = struct.unpack_from("<Q", locator, 8)
    with archive.open("rb") as stream:
        if offset > archive.stat().st_size:
            return "目录损坏 / damaged directory"
        stream.seek(offset)
        record = stream.read(56)
    if len(record) < 56 or record[:4] != b"PK\x06\x06":
        return "目录损坏 / damaged directory"
    count, directory = struct.unpack_from("<QQ", record, 32)
    if count > limits.archive_members_limit:
        return f"文件数 {count} 超过上限 / {count} members are too many"
    return "目录过大 / directory too large" if directory > _DIRECTORY_BYTES else ""


def _bomb(infos: list[zipfile.ZipInfo], stored: int, limits: Settings) -> str:
    if len(infos) > limits.archive_members_limit:
        return f"文件数 {len(infos)} 超过上限 / {len(infos)} members are too many"
    total = sum(info.file_size for info in infos)
    if total > limits.archive_limit_bytes:
        return f"解压后 {total >> 20} MiB 超过上限 / {total >> 20} MiB unpacked are too much"
    if total > _RATIO_FREE_BYTES and total > stored * limits.archive_ratio_limit:
        return f"压缩比 {total // max(stored, 1)} 超过上限 / a ratio of {total // max(stored, 1)} is too high"
    return ""


def _take(
    opened: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    folder: Path,
    limits: Settings,
    result: Unpacked,
    seen: set[tuple[str, str, str]],
) -> None:
    name = judged(info)
    if name.junk:
        result.defects.append(defect("junk_file", name=name.shown, source_id=name.shown))
        return
    if name.refusal:
        _miss(result, name, name.refusal)
        return
    if info.file_size > limits.upload_limit_bytes:
        _miss(result, name, "文件过大 / too large")
        return
    target = folder / uuid.uuid4().hex
    try:
        member = _inflate(opened, info, name, target)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, RuntimeError, ValueError) as error:
        target.unlink(missing_ok=True)
        _miss(result, name, f"已损坏 / damaged ({type(error).__name__}: {str(error)[:80]})")
        return
    with target.open("rb") as stream:
        head = stream.read(8)
    if any(head.startswith(magic) for magic in _MAGIC_NESTED) and not name.name.lower().endswith(
        (".ifczip", ".xlsx", ".docx")
    ):
        target.unlink()
        _miss(result, name, "嵌套压缩包 / nested archive")
        return
    identity = (member.folder, member.name, member.sha256)
    if identity not in seen:  # the same member twice is one file
        seen.add(identity)
        result.members.append(member)


def _inflate(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: MemberName, target: Path) -> Member:
    """Write one member; more bytes than the directory declares end it."""
    digest = hashlib.sha256()
    size = 0
    with opened.open(info) as stream, target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > info.file_size:
                raise ValueError("more bytes than declared")
            digest.update(chunk)
            out.write(chunk)
    return Member(name.folder, name.name, target, size, digest.hexdigest())


def _miss(result: Unpacked, name: MemberName, why: str) -> None:
    result.defects.append(defect("archive_member_failed", name=name.shown, why=why, source_id=name.shown))
