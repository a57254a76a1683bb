"""Looks at the bytes of a DXF before the library does: end mark, sections, record counts, block nesting.

A DXF cut anywhere opens through the library's recovery without entities and without an error; only these
counts tell that something is missing (RELIABILITY 2.3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"
# records that belong to another one and are no entity of their own
SUBORDINATE = frozenset({b"VERTEX", b"SEQEND", b"ATTRIB", b"BLOCK", b"ENDBLK", b"ENDSEC", b"SECTION", b"EOF"})
# R2.5 to R2018 (DXF reference, $ACADVER); anything else is a version nobody knows
VERSIONS = frozenset(
    [
        "AC1001",
        "AC1002",
        "AC1003",
        "AC1004",
        "AC1006",
        "AC1009",
        "AC1010",
        "AC1011",
        "AC1012",
        "AC1013",
        "AC1014",
        "AC1015",
        "AC1018",
        "AC1021",
        "AC1024",
        "AC1027",
        "AC1032",
    ]
)
DEPTH_LIMIT = 1_000
_NEAR = 1_000  # bytes behind the name of a variable in which its value stands


@dataclass(slots=True)
class Prescan:
    """What the bytes say."""

    binary: bool = False
    version: str = ""
    codepage: str = ""
    trailer: bool = False
    trailing_bytes: int = 0
    sections: int = 0
    sections_closed: int = 0
    rows: int = 0  # entities in ENTITIES and BLOCKS
    types: Counter[str] = field(default_factory=Counter)
    bad_codes: int = 0  # group codes that are no numbers or out of range
    odd: bool = False  # a group code without its value
    has_entities: bool = False
    has_header: bool = False
    references: dict[bytes, dict[bytes, None]] = field(default_factory=dict)  # block -> blocks in it, as they come


def scan_binary(data: bytes) -> Prescan:
    """Scan a binary DXF: header and end mark only, the records follow from the library's own tag stream."""
    mark = data.rstrip(b"\x00\r\n")
    entities, header = (name + b"\x00" in data for name in (b"ENTITIES", b"HEADER"))
    return Prescan(binary=True, trailer=mark.endswith(b"EOF"), has_entities=entities, has_header=header)


def scan(data: bytes) -> Prescan:
    """Scan the bytes of a DXF file, ASCII or binary."""
    if data.startswith(BINARY):
        return scan_binary(data)
    found = Prescan()
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    while lines and not lines[-1].strip(b" \t\x1a\x00"):
        lines.pop()
    if lines and lines[0].startswith(b"\xef\xbb\xbf"):
        lines[0] = lines[0][3:]
    found.odd = len(lines) % 2 == 1
    codes, values = [c.strip() for c in lines[0::2]], lines[1::2]
    _header(found, codes, values)
    known: dict[bytes, bool] = {}
    starts: list[int] = []
    for index, code in enumerate(codes[: len(values)]):
        if code == b"0":
            starts.append(index)
            if values[index].strip().upper() == b"EOF":
                found.odd = False
                break
        elif code not in known:
            known[code] = _valid(code)
            found.bad_codes += not known[code]
        elif not known[code]:
            found.bad_codes += 1
    _structure(found, codes, values, starts)
    return found


def heading(data: bytes) -> Prescan:
    """Return version and code page from the first bytes of an ASCII DXF; nothing else is looked at."""
    found = Prescan()
    begin = max(data.rfind(b"$ACADVER"), data.rfind(b"$DWGCODEPAGE"))
    data = data[: begin + _NEAR]  # the other variables do not matter
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    _header(found, [c.strip() for c in lines[0::2]], lines[1::2])
    return found


def _valid(code: bytes) -> bool:
    try:
        return -10 <= int(code) <= 1100
    except ValueError:
        return False


def _header(found: Prescan, codes: list[bytes], values: list[bytes]) -> None:
    for index in range(min(len(values) - 1, 4000)):
        if codes[index] == b"9":
            name = values[index].strip()
            if name == b"$ACADVER":
                found.version = values[index + 1].strip().decode("ascii", "replace")[:16]
            elif name == b"$DWGCODEPAGE":
                found.codepage = values[index + 1].strip().decode("ascii", "replace")[:32]
        elif codes[index] == b"0" and values[index].strip() == b"ENDSEC":
            return


def _structure(found: Prescan, codes: list[bytes], values: list[bytes], starts: list[int]) -> None:
    section, block = b"", b""
    ends = [*starts[1:], len(values)] if starts else []
    for start, end in zip(starts, ends, strict=True):
        kind = values[start].strip().upper()
        if kind == b"SECTION":
            found.sections += 1
            section = values[start + 1].strip().upper() if start + 1 < len(values) else b""
            found.has_entities |= section == b"ENTITIES"
            found.has_header |= section == b"HEADER"
        elif kind == b"ENDSEC":
            found.sections_closed += 1
            section = b""
        elif kind == b"EOF":
            found.trailer = True
            found.trailing_bytes = sum(len(v) + 1 for v in codes[start + 1 :] + values[start + 1 :])
            return
        elif section == b"BLOCKS" and kind == b"BLOCK":
            block = _value(codes, values, start, end, b"2").lower()
        elif section in (b"ENTITIES", b"BLOCKS") and kind not in SUBORDINATE:
            found.rows += 1
            found.types[kind.decode("ascii", "replace")[:40]] += 1
            if kind == b"INSERT" and section == b"BLOCKS":
                _reference(found, block, codes, values, start, end)


def _value(codes: list[bytes], values: list[bytes], start: int, end: int, code: bytes) -> bytes:
    for index in range(start + 1, end):
        if codes[index] == code:
            return values[index].strip()
    return b""


def _reference(found: Prescan, block: bytes, codes: list[bytes], values: list[bytes], start: int, end: int) -> None:
    name = b""
    for index in range(start + 1, end):
        if codes[index] == b"2":
            name = values[index].strip().lower()
    found.references.setdefault(block, {})[name] = None


def block_graph(found: Prescan) -> tuple[bytes | None, int]:
    """Return a block that contains itself (or None) and the deepest nesting, without recursion."""
    depth: dict[bytes, int] = {}
    deepest = 0
    for root in found.references:
        if root in depth:
            continue
        path: dict[bytes, None] = {}
        stack: list[tuple[bytes, bool]] = [(root, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop(name, None)
                depth[name] = 1 + max((depth.get(c, 0) for c in found.references.get(name, ())), default=0)
                deepest = max(deepest, depth[name])
                continue
            if name in path:
                return name, deepest
            if name in depth:
                continue
            path[name] = None
            stack.append((name, True))
            for child in found.references.get(name, ()):
                if child in path:
                    return child, deepest
                if child not in depth:
                    stack.append((child, False))
    return None, deepest
