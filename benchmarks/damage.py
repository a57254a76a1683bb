"""Makes damaged files out of whole ones, the same every time: cut, flipped, and broken in their structure.

Nothing of a foreign file is kept; each damaged one is made again from its source and a seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SEED = 20260101
_BLANK = b" \t\r\n\x00\x1a"


@dataclass(slots=True, frozen=True)
class Damaged:
    """One damaged file: its name says source and damage."""

    name: str
    data: bytes


def cut(source: Path, chance: random.Random) -> Damaged:
    """Return the file cut at a random place; at least one byte that is not blank is lost."""
    data = source.read_bytes()
    at = chance.randrange(1, len(data.rstrip(_BLANK)))
    return Damaged(f"{source.stem[:60]}_cut{at}{source.suffix.lower()}", data[:at])


def flip(source: Path, chance: random.Random) -> Damaged:
    """Return the file with 1 to 256 bits turned over."""
    data = bytearray(source.read_bytes())
    bits = 2 ** chance.randrange(9)
    for _ in range(bits):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return Damaged(f"{source.stem[:60]}_flip{bits}{source.suffix.lower()}", bytes(data))


def mutate(source: Path, chance: random.Random) -> Damaged:
    """Return the file with one record of its format lost, doubled, blanked or exchanged with another."""
    kind = source.suffix.lower()
    records = _RECORDS[kind](source.read_bytes())
    how = chance.choice(("lose", "double", "swap", "garble"))
    at, other = sorted(chance.sample(range(1, len(records) - 1), 2)) if len(records) > 4 else (1, 2)
    if how == "lose":
        del records[at]
    elif how == "double":
        records.insert(other, records[at])
    elif how == "swap":
        records[at], records[other] = records[other], records[at]
    else:
        piece = bytearray(records[at])
        for _ in range(1 + len(piece) // 8):
            piece[chance.randrange(len(piece))] = chance.randrange(32, 127)
        records[at] = bytes(piece)
    return Damaged(f"{source.stem[:60]}_{how}{at}{kind}", b"".join(records))


def _dxf_records(data: bytes) -> list[bytes]:
    """Return the records of an ASCII DXF: each begins with a group code 0."""
    lines = data.splitlines(keepends=True)
    starts = [i for i in range(0, len(lines) - 1, 2) if lines[i].strip() == b"0"]
    bounds = sorted({0, *starts, len(lines)})
    return [b"".join(lines[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]


def _step_records(data: bytes) -> list[bytes]:
    return [piece + b";" for piece in data.split(b";")[:-1]] + [data.rsplit(b";", 1)[-1]]


def _pdf_records(data: bytes) -> list[bytes]:
    bounds = sorted({0, *(found.end() for found in re.finditer(rb"endobj\s*", data)), len(data)})
    return [data[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]


_RECORDS: dict[str, Callable[[bytes], list[bytes]]] = {
    ".dxf": _dxf_records,
    ".ifc": _step_records,
    ".pdf": _pdf_records,
}
DAMAGES: dict[str, Callable[[Path, random.Random], Damaged]] = {"cut": cut, "flip": flip, "mutant": mutate}


def damaged(kind: str, sources: Sequence[Path], count: int) -> list[Damaged]:
    """Return `count` files with one kind of damage (cut, flip, mutant), from sources chosen by a fixed seed."""
    chance = random.Random(f"{SEED} {kind} {sources[0].suffix.lower()}")
    return [DAMAGES[kind](chance.choice(sources), chance) for _ in range(count)]
