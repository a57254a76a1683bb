"""Faults in the structure of a STEP file over which the library reads on without a word (RELIABILITY 2.3)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import ifcopenshell
import numpy as np

from pipeline.drawing.defects import Defect, bilingual, defect
from pipeline.readers.ifc.step import StepText

_DATA = re.compile(rb"\bDATA\s*[;(]")
_END_OF_SECTION = re.compile(rb"\bENDSEC\s*;")
_START = re.compile(rb"\bISO-10303-21\s*;")
_BLANK, _MOST_BLANKS = 32, 8
_CLOSE, _SEMICOLON = b");"


def structure(text: StepText) -> list[Defect]:
    """Return what is wrong with the frame of a file."""
    wrong = []
    between, unended = _between_rows(text)
    data, ends = len(_DATA.findall(between)), len(_END_OF_SECTION.findall(between))
    begins = sum(between[found.start() - 4 : found.start()] != b"END-" for found in _START.finditer(between))
    if begins > 1:
        wrong.append(("文件内有多个 ISO-10303-21 文件", f"{begins} files in one"))
    elif data != 1:
        wrong.append((f"DATA 段有 {data} 个", f"{data} DATA sections"))
    if ends < data + 1:
        wrong.append(("缺少 ENDSEC", "ENDSEC is missing"))
    if text.unterminated:
        wrong.append(("字符串或注释没有结束", "a string or comment never ends"))
    if unended:
        wrong.append((f"{unended} 行没有以分号结束", f"{unended} rows do not end with a semicolon"))
    return [bilingual("step_structure", zh={"why": zh}, en={"why": en}) for zh, en in wrong]


def _between_rows(text: StepText) -> tuple[bytes, int]:
    """Return what stands before, between and after the rows, and how many rows end without a semicolon.

    Where a row plainly begins behind the `);` of another (and a few blanks), nothing stands between them; only the
    other places are looked at.
    """
    start, size = text.start, len(text.data)
    if not len(start):
        return text.blanked(0, size), 0
    array, at = np.frombuffer(text.data, np.uint8), start[1:].astype(np.int64) - 1
    for _ in range(_MOST_BLANKS):
        blank = array.take(at) <= _BLANK
        if not blank.any():
            break
        at -= blank
    plain = array.take(at) == _SEMICOLON
    at -= 1
    plain &= array.take(at) == _CLOSE
    odd = np.append(0, np.flatnonzero(~plain) + 1)
    begin, end = np.append(0, start)[odd].tolist(), start[odd].tolist()
    pieces = [text.blanked(one, other) for one, other in zip(begin, end, strict=True)]
    unended = sum(b";" not in piece for piece in pieces[1:])
    return b"\n".join([*pieces, text.blanked(int(start[-1]), size)]), unended


def classes(schema: str, kinds: Iterable[tuple[bytes, int]]) -> list[Defect]:
    """Return the defects of the classes in a file: abstract ones have no instances, a model has one project.

    `kinds` are upper-case keywords with their counts; a keyword may occur twice.
    """
    kinds = list(kinds)
    abstract = {name: count for name, count in kinds if _is_abstract(schema, name)}
    projects = sum(count for name, count in kinds if name == b"IFCPROJECT")
    found = []
    if abstract:
        first = next(iter(abstract)).decode("ascii", "replace")
        found.append(defect("ifc_abstract", count=sum(abstract.values()), first=first))
    if projects > 1:
        found.append(defect("ifc_projects", count=projects))
    return found


@functools.lru_cache(4096)
def _is_abstract(schema: str, name: bytes) -> bool:
    """Return whether an upper-case keyword is an abstract entity of a schema."""
    try:
        declared = ifcopenshell.ifcopenshell_wrapper.schema_by_name(schema).declaration_by_name(name.decode("latin-1"))
    except RuntimeError:  # no such name
        return False
    entity = declared.as_entity()
    return entity is not None and bool(entity.is_abstract())
