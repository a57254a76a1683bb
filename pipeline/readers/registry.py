"""Chooses the reader by content and reads; nothing that is wrong with a file leaves here as an exception."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.drawing.defects import Defect, bilingual, defect
from pipeline.drawing.faults import described
from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Drawing
from pipeline.drawing.safe_text import safe_text
from pipeline.readers import VERSION
from pipeline.readers.base import Reader, without_paths
from pipeline.readers.other_formats import KNOWN, identify_other, second_format

Sniff = Callable[[bytes, str], float | None]  # (first bytes, name) -> how surely 0..1, None: not of this format
HEAD_BYTES = 4096
TAIL_BYTES = 2048
# every reader there is: format, room, class; a reader and its libraries are loaded when a file of its format comes
READERS: tuple[tuple[Format, str, str], ...] = (
    (Format.PDF, "pipeline.readers.pdf", "PdfReader"),
    (Format.DXF, "pipeline.readers.dxf", "DxfReader"),
    (Format.IFC, "pipeline.readers.ifc", "IfcReader"),
)
_EXTENSIONS = {".dxf": Format.DXF, ".pdf": Format.PDF, ".ifc": Format.IFC, ".ifczip": Format.IFC}


@lru_cache(maxsize=8)
def reader_for(kind: Format) -> Reader:
    """Return the reader of a format; KeyError for one that is not read."""
    for known, room, name in READERS:
        if known == kind:
            made: Reader = getattr(importlib.import_module(f"{room}.reader"), name)()
            return made
    raise KeyError(kind)


@lru_cache(maxsize=8)
def _sniffers() -> tuple[tuple[Format, Sniff], ...]:
    return tuple((kind, importlib.import_module(f"{room}.sniff").sniff) for kind, room, _ in READERS)


def ends(path: Path) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL_BYTES))
        return head, stream.read(TAIL_BYTES)


def identify(path: Path, name: str) -> tuple[Format, str]:
    """Return the format by content and a word for what was found ("pdf", "dwg AC1032", "zip", "empty", ...).

    Bytes at the start decide; of names only those count that make a zip IFC (.ifczip, .ifc) or BCF, or name IFC what
    no other format claims.
    """
    head, _ = ends(path)
    if not head:
        return Format.OTHER, "empty"
    if head[:4] == b"AC10" and head[4:6].isdigit():
        return Format.OTHER, f"dwg {head[:6].decode('ascii')}"
    scores = [(sniff(head, name) or 0.0, kind) for kind, sniff in _sniffers()]
    best, kind = max(scores, key=lambda item: item[0])
    if best > 0:
        return kind, kind.value
    return Format.OTHER, identify_other(head, name)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_path(path: Path, name: str, siblings: Mapping[str, Path] | None = None, *, password: str = "") -> Drawing:
    """Read a file by content. Never raises for anything wrong with it: see `state` and `defects`.

    `name` is the client's name for the file, used for the extension and in sentences only; `password` opens an
    encrypted one and is kept nowhere. The caller then
    finds the sheets (`pipeline.sheets.find.find_sheets`) and concludes (`pipeline.drawing.conclude.conclude`).
    """
    drawing = Drawing(Format.OTHER, "", VERSION, state=State.REJECTED)
    try:
        sha256 = sha256_of(path)
        kind, found = identify(path, name)
        if kind == Format.OTHER:
            drawing = _refused(found, name)
        else:
            drawing = reader_for(kind).read(path, name, siblings, password=password)
            _check_extension(drawing, kind, name)
            also = second_format(kind, *ends(path))
            if also:
                drawing.defects.append(defect("polyglot", found=also))
    except RecursionError:
        drawing.defects.append(defect("unreadable", why="nesting too deep"))
        sha256 = sha256_of(path)
    except MemoryError:
        drawing = Drawing(drawing.format, "", VERSION, state=State.REJECTED)
        drawing.defects.append(defect("too_large", limit="memory"))
        sha256 = sha256_of(path)
    except Exception as error:  # the border of the readers: a fault of ours is told by its number and logged outside
        fault = described(error)
        drawing.defects.append(defect("reader_failed", reference=fault["reference"]))
        drawing.meta["fault"] = fault
        sha256 = sha256_of(path) if path.is_file() else ""
    drawing.defects = [_discreet(told, (path, *(siblings or {}).values())) for told in drawing.defects]
    drawing.sha256 = sha256
    drawing.reader_version = f"{VERSION}/{drawing.reader_version}"
    drawing.state = State.COMPLETE if drawing.spaces else State.REJECTED
    return drawing


def _discreet(told: Defect, paths: tuple[Path, ...]) -> Defect:
    return replace(told, zh=without_paths(told.zh, *paths), en=without_paths(told.en, *paths))


def _refused(found: str, name: str) -> Drawing:
    drawing = Drawing(Format.OTHER, "", VERSION, state=State.REJECTED)
    if found == "empty":
        drawing.defects.append(defect("empty_file"))
    elif found.startswith("dwg"):
        drawing.defects.append(defect("dwg_not_read", found=found.removeprefix("dwg ")))
    elif found in KNOWN:
        zh, en = KNOWN[found]
        drawing.defects.append(bilingual("not_a_drawing", zh={"found": zh}, en={"found": en}))
    else:
        suffix = safe_text(Path(name).suffix, 16)[0]
        drawing.defects.append(defect("unknown_format", found=f"{found} ({suffix})" if suffix else found))
    return drawing


def _check_extension(drawing: Drawing, kind: Format, name: str) -> None:
    suffix = Path(name).suffix.lower()
    if _EXTENSIONS.get(suffix) != kind:
        shown = safe_text(suffix, 16)[0] or "-"
        drawing.defects.append(defect("wrong_extension", extension=shown, found=kind.value))
