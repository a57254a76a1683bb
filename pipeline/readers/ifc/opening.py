"""Opens an IFC model: the pre-scan of its bytes first, the library only on what passed it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import ifcopenshell
import numpy as np

from pipeline.drawing.completeness import Completeness
from pipeline.drawing.defects import Defect, bilingual, defect
from pipeline.readers.ifc.archive import ArchiveRefused, unpack_model
from pipeline.readers.ifc.encoding import Mended, has_pairs, mend
from pipeline.readers.ifc.graph import GraphReport, inspect, users_of
from pipeline.readers.ifc.step import StepText, scan
from pipeline.readers.ifc.structure import classes, structure

SUPPORTED = ("IFC2X3", "IFC4", "IFC4X3_ADD2")
_ALIASES = {
    "IFC4X3": "IFC4X3_ADD2",
    "IFC4X2": "IFC4X3_ADD2",
    "IFC4X1": "IFC4X3_ADD2",
    "IFC4": "IFC4",
    "IFC2X3": "IFC2X3",
    "IFC2X2": "IFC2X3",
    "IFC2X": "IFC2X3",
}
_FAMILY = re.compile(r"(IFC4X[123]|IFC4|IFC2X[23]|IFC2X)(_?(TC|ADD|RC|FINAL)[0-9_A-Z]*)?$")
MAX_NAME = 32
MAX_PARENTHESES = 64
MAX_STRING = 1 << 20
MAX_ROWS = 20_000_000
MAX_BYTES = 1 << 30
_INSTANCE = re.compile(r"#(\d+)")
_LOG_HEAD = re.compile(r"^\[\w+\] (\[\w+\] )?(\[\d{4}-[^\]]*\] )?")
_OWN_INSTANCES = 4  # made by the library with every file beyond its keywords, the one of _instances_made among them
_SAME_GUID = "Instance encountered with non-unique GlobalId "
_ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class Opened:
    """A model, or the reasons why there is none; what the bytes said either way."""

    model: ifcopenshell.file | None = None
    data_bytes: int = 0
    defects: list[Defect] = field(default_factory=list)
    completeness: Completeness = field(default_factory=Completeness)
    graph: GraphReport = field(default_factory=GraphReport)
    declared_schema: str = ""
    text: StepText | None = None  # what the bytes say; the shapes look for copies in it


def open_model(path: Path, data: bytes) -> Opened:
    """Pre-scan the bytes of an .ifc or .ifczip and open the model if nothing forbids it."""
    opened = Opened()
    packed = data[:4] == _ZIP
    if packed:
        try:
            data = unpack_model(data)
        except ArchiveRefused as refused:
            opened.defects.append(bilingual("archive_unsafe", zh={"why": refused.zh}, en={"why": str(refused)}))
            return opened
    opened.data_bytes = len(data)
    if len(data) > MAX_BYTES:
        opened.defects.append(defect("too_large", limit=f"{MAX_BYTES >> 20} MiB"))
        return opened
    text = scan(data)
    schema = _examine(text, len(data), opened)
    if schema is None:
        return opened
    _load(opened, text, None if packed else path, data, schema)
    opened.text = text
    return opened


def target_schema(declared: str) -> str | None:
    """Return the schema the library knows for a declared name, None when there is none.

    Release candidates (IFC4X3_RC1, IFC4RC4 …), corrigenda and other spellings are read as the released schema.
    """
    if len(declared) > MAX_NAME:
        return None
    name = re.sub(r"[^A-Z0-9]+", "_", declared.upper()).strip("_")
    if name in SUPPORTED:
        return name
    family = _FAMILY.match(name)
    return None if family is None else _ALIASES[family[1]]


def _examine(text: StepText, size: int, opened: Opened) -> str | None:
    """Note what the bytes say; return the schema to read with, None when the file is refused."""
    defects, record = opened.defects, opened.completeness
    record.trailer = text.trailer
    record.rows_raw = len(text) + text.bad_ids
    opened.declared_schema = text.declared
    if size == 0:
        defects.append(defect("empty_file"))
        return None
    if not text.header:
        zh, en = "缺少 STEP 文件头 ISO-10303-21", "the STEP header ISO-10303-21 is missing"
        defects.append(bilingual("unreadable", zh={"why": zh}, en={"why": en}))
        return None
    _note(text, defects)
    declared = text.declared.upper()
    schema = target_schema(declared)
    if schema is None:
        defects.append(defect("ifc_schema_unknown", schema=declared[:64] or "?"))
        return None
    if schema != text.declared:
        defects.append(defect("ifc_schema_alias", schema=text.declared, used=schema))
    defects.extend(structure(text))
    counts = np.bincount(text.kind, minlength=len(text.kinds))
    defects.extend(classes(schema, zip(text.kinds, counts.tolist(), strict=True)))
    limit = _over_limit(text)
    if limit is not None:
        defects.append(limit)
        return None
    if not len(text):
        defects.append(defect("no_content"))
        return None
    opened.graph = inspect(text)
    return schema if _references_end(text, opened) else None


def _note(text: StepText, defects: list[Defect]) -> None:
    """Note what is odd in the bytes but does not forbid reading."""
    if not text.trailer:
        defects.append(defect("truncated", mark="END-ISO-10303-21;"))
    if text.trailing_bytes:
        defects.append(defect("trailing_bytes", count=text.trailing_bytes))
    if text.dangling:
        defects.append(defect("dangling_references", count=text.dangling))
    if len(text.twice):
        defects.append(defect("duplicate_ids", count=len(text.twice), first=f"#{text.twice.min()}"))


def _over_limit(text: StepText) -> Defect | None:
    """Return the defect for the first limit of RELIABILITY 2.4 the file breaks."""
    if text.bad_ids:
        return defect("limit_reached", what="#id", limit="1 … 2147483647")
    if text.max_depth > MAX_PARENTHESES:
        return defect("limit_reached", what="( ( ( …", limit=MAX_PARENTHESES)
    if text.longest_string > MAX_STRING:
        return defect("limit_reached", what="'…'", limit=MAX_STRING)
    if len(text) > MAX_ROWS:
        return defect("limit_reached", what="rows", limit=MAX_ROWS)
    return None


def _references_end(text: StepText, opened: Opened) -> bool:
    """Refuse circles and runaway depth; the library would not come back from them."""
    graph = opened.graph
    if graph.cycle_rows:
        first = int(text.ids[graph.cycle_rows[0]])
        opened.defects.append(
            defect(
                "reference_cycle",
                source_id=f"#{first}",
                count=len(graph.cycle_rows),
                kind=graph.cycle_kind,
                first=first,
            )
        )
        return False
    if graph.too_deep:
        opened.defects.append(defect("limit_reached", what="# → # → # …", limit=graph.depth or "200"))
        return False
    return True


def _load(opened: Opened, text: StepText, path: Path | None, data: bytes, schema: str) -> None:
    """Open the model with the library and count what it took in."""
    defects, record = opened.defects, opened.completeness
    mended = mend(text) if not data.isascii() or has_pairs(text) else None
    zeros = data.count(b"\x00") if b"\x00" in data else 0
    if zeros:
        record.text_undecodable += zeros
        defects.append(defect("text_undecodable", count=zeros))
    ifcopenshell.get_log()  # what earlier files left behind
    before = _instances_made()
    plain = schema == text.declared and not zeros and data.startswith(b"ISO")
    try:
        opened.model, mended = _open(path if mended is None and plain else None, mended, data, text, schema)
        lines = complaints(ifcopenshell.get_log())
        record.rows_parsed = _count(opened.model, text, _instances_made() - before, lines)
    except (RuntimeError, ValueError, OSError, ifcopenshell.Error) as error:
        opened.model = None
        defects.append(defect("unreadable", why=str(error)[:200]))
        return
    if mended is not None:
        _note_mended(opened, mended)
    _distrust(opened, text, lines)
    record.log_lines = len(lines)
    if lines:
        defects.append(defect("ifc_log", count=len(lines), first=lines[0]))
    if record.rows_raw is not None and record.rows_parsed < record.rows_raw:
        defects.append(defect("rows_missing", raw=record.rows_raw, parsed=record.rows_parsed))


def _instances_made() -> int:
    """Return how many instances the library has made in this process, this one counted too."""
    return int(ifcopenshell.create_entity("IfcPerson", schema="IFC4").identity())


def _count(model: ifcopenshell.file, text: StepText, made: int, lines: list[str]) -> int:
    """Return how many rows the library took in.

    The library numbers every instance it makes: rows, typed values within rows (`IFCLABEL('a')`) and the header. Where
    it made exactly as many as keywords stand in the file, no number stands twice and it had nothing to say (but that a
    GlobalId stands twice), all rows are in; otherwise its rows are listed, which takes a fifth of the time of opening.
    """
    if not model.schema_identifier:
        return 0
    whole = made == text.keywords + _OWN_INSTANCES
    if whole and not len(text.twice) and all(line.startswith(_SAME_GUID) for line in lines):
        return len(text)
    return len(model.entity_names())


def _open(
    path: Path | None, mended: Mended | None, data: bytes, text: StepText, schema: str
) -> tuple[ifcopenshell.file, Mended | None]:
    """Open a file as it is, without a path its bytes; where the library stumbles over a backslash, repaired."""
    try:
        if path is not None:
            return ifcopenshell.open(str(path), format=".ifc"), mended
        return ifcopenshell.file.from_string(_words(data if mended is None else mended.data, text, schema)), mended
    except (RuntimeError, ifcopenshell.Error):
        again = mend(text) if mended is None else None
        if again is None or not again.escapes:
            raise
        ifcopenshell.get_log()
        return _open(None, again, b"", text, schema)


def _words(data: bytes, text: StepText, schema: str) -> str:
    """Return the bytes as the library takes them from memory: no zeros, its name of the schema."""
    words = data.replace(b"\x00", b"").decode("ascii", "replace")
    if schema != text.declared:
        words = _rename_schema(words, schema)
    return words[words.index("ISO-10303-21") :]  # a byte order mark or blanks before it stop the library


def _note_mended(opened: Opened, mended: Mended) -> None:
    """Say what was corrected in the strings, and what could not be."""
    for encoding, count in mended.encodings.items():
        opened.defects.append(defect("encoding_corrected", declared="ISO 10303-21", used=encoding, count=count))
    if mended.escapes:
        opened.defects.append(defect("ifc_escapes", count=mended.escapes))
    if mended.lost:
        opened.completeness.text_undecodable += mended.undecodable
        opened.defects.append(defect("ifc_text_lost", count=mended.lost))


def _distrust(opened: Opened, text: StepText, lines: list[str]) -> None:
    """Keep shapes that hang on rows the library dropped or found too short away from its kernels."""
    if not lines and opened.completeness.rows_parsed == opened.completeness.rows_raw:
        return
    short = {int(number) for line in lines if "attribute values" in line for number in _INSTANCE.findall(line)}
    # a product, type or relation that lacks attributes at its end does not touch the kernels; geometry rows do
    bad = np.isin(text.ids, [number for number in short if not _is_rooted(opened.model, number)])
    if opened.model is not None and opened.completeness.rows_parsed != opened.completeness.rows_raw:
        bad |= ~np.isin(text.ids, np.array(opened.model.entity_names(), np.int64))
    if bad.any():
        opened.graph.poisoned |= users_of(text, np.flatnonzero(bad))


def _is_rooted(model: ifcopenshell.file | None, number: int) -> bool:
    try:
        return model is not None and bool(model.by_id(number).is_a("IfcRoot"))
    except RuntimeError:  # the library dropped the row
        return False


def _rename_schema(words: str, schema: str) -> str:
    at = words.upper().find("FILE_SCHEMA")
    begin = words.find("'", at) + 1
    end = words.find("'", begin)
    return words[:begin] + schema + words[end:]


def complaints(log: str) -> list[str]:
    """Return the warnings and errors of the library's log, without times; notices are not complaints."""
    found = []
    for line in log.splitlines():
        if line.startswith(("[warning]", "[error]", "[Warning]", "[Error]")):
            found.append(_LOG_HEAD.sub("", line))
    return found
