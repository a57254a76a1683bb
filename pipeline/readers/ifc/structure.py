"""Faults in the structure of a STEP file over which the library reads on without a word (RELIABILITY 2.3)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import ifcopenshell
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.defects import Defect, bilingual, defect

_DATA = re.compile(rb"\bDATA\s*[;(]")
_END_OF_SECTION = re.compile(rb"\bENDSEC\s*;")
_START = re.compile(rb"\bISO-10303-21\s*;")
_SEMICOLON, _CLOSING, _BLANK = 59, 41, 32


def structure(outside: bytes | bytearray, start: NDArray[np.int64], unterminated: bool) -> list[Defect]:
    """Return what is wrong with the frame of a file.

    Args:
        outside: its bytes without (or with blanked) strings and comments.
        start: position of each row's '#' in `outside`, ascending.
        unterminated: a string or comment never ends.
    """
    wrong = []
    between, unended = _between_rows(outside, start)
    data, ends = len(_DATA.findall(between)), len(_END_OF_SECTION.findall(between))
    begins = sum(between[found.start() - 4 : found.start()] != b"END-" for found in _START.finditer(between))
    if begins > 1:
        wrong.append(("文件内有多个 ISO-10303-21 文件", f"{begins} files in one"))
    elif data != 1:
        wrong.append((f"DATA 段有 {data} 个", f"{data} DATA sections"))
    if ends < data + 1:
        wrong.append(("缺少 ENDSEC", "ENDSEC is missing"))
    if unterminated:
        wrong.append(("字符串或注释没有结束", "a string or comment never ends"))
    if unended:
        wrong.append((f"{unended} 行没有以分号结束", f"{unended} rows do not end with a semicolon"))
    return [bilingual("step_structure", zh={"why": zh}, en={"why": en}) for zh, en in wrong]


def _between_rows(outside: bytes | bytearray, start: NDArray[np.int64]) -> tuple[bytes, int]:
    """Return what stands before, between and after the rows, and how many rows end without a semicolon.

    Where a row plainly begins behind the `);` of another (and at most two blanks), nothing stands between them; only
    the other places are looked at.
    """
    if not len(start):
        return bytes(outside), 0
    array = np.frombuffer(outside, np.uint8)
    plain = np.zeros(len(start), bool)
    for blanks in range(3):
        at = start - blanks
        clean = (array[at - 1] == _SEMICOLON) & (array[at - 2] == _CLOSING)
        for back in range(1, blanks + 1):
            clean &= array[start - back] <= _BLANK
        plain |= clean
    plain[0] = False
    odd = np.flatnonzero(~plain)
    begin, end = np.append(0, start)[odd].tolist(), start[odd].tolist()
    pieces = [outside[one:other] for one, other in zip(begin, end, strict=True)]
    unended = sum(b";" not in piece for piece in pieces[1:])
    return b"\n".join([*pieces, outside[int(start[-1]) :]]), unended


def classes(schema: str, kinds: Iterable[tuple[bytes, int]]) -> list[Defect]:
    """Return the defects of the classes in a file: abstract ones have no instances, a model has one project.

    `kinds` are upper-case keywords with their counts; a keyword may occur twice.
    """
    kinds = list(kinds)
    abstract = {name: count for name, count in kinds if name in _abstract(schema)}
    projects = sum(count for name, count in kinds if name == b"IFCPROJECT")
    found = []
    if abstract:
        first = next(iter(abstract)).decode("ascii", "replace")
        found.append(defect("ifc_abstract", count=sum(abstract.values()), first=first))
    if projects > 1:
        found.append(defect("ifc_projects", count=projects))
    return found


@functools.lru_cache(8)
def _abstract(schema: str) -> frozenset[bytes]:
    """Return the abstract entities of a schema, upper case."""
    entities = ifcopenshell.ifcopenshell_wrapper.schema_by_name(schema).entities()
    return frozenset(one.name().upper().encode() for one in entities if one.is_abstract())
