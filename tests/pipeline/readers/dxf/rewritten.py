"""The same drawing in other bytes: everything here is legal in a DXF and must not change what is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
Tag = tuple[int, str]
_FLOATS = (*range(10, 60), *range(140, 148), *range(210, 240), *range(1010, 1060))
_WHOLE = (*range(60, 80), *range(90, 100), *range(170, 180), *range(270, 290), *range(370, 380))
_NAMED = (6, 7, 8)  # line type, text style, layer: case does not count
_POINT_CODES = frozenset((*range(10, 19), *range(210, 219)))
_ORDERED = frozenset(
    {"LWPOLYLINE", "HATCH", "MPOLYGON", "SPLINE", "HELIX", "MTEXT", "MLINE", "LEADER", "MULTILEADER", "MESH", "IMAGE",
     "WIPEOUT", "VIEWPORT", "DIMENSION", "TOLERANCE", "ARC_DIMENSION", "ACAD_TABLE", "ATTRIB", "ATTDEF", "TEXT"}
)  # fmt: skip


def tags_of(data: bytes) -> list[Tag]:
    """Return the tags of an ASCII DXF."""
    lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    return [(int(code), value) for code, value in zip(lines[0::2], lines[1::2], strict=False)]


def written(tags: list[Tag], end: str = "\n") -> str:
    """Return tags as an ASCII DXF."""
    return "".join(f"{code:3d}{end}{value}{end}" for code, value in tags)


def records(tags: list[Tag]) -> list[list[Tag]]:
    """Return the tags by record."""
    found: list[list[Tag]] = []
    for tag in tags:
        if tag[0] == 0 or not found:
            found.append([])
        found[-1].append(tag)
    return found


def _in_drawing(tags: list[Tag]) -> list[tuple[bool, list[Tag]]]:
    """Return the records, and of each whether it is an entity of ENTITIES or BLOCKS."""
    out, section = [], ""
    for record in records(tags):
        if record[0] == (0, "SECTION"):
            section = next((value for code, value in record if code == 2), "")
        drawn = section in ("ENTITIES", "BLOCKS") and record[0][1] not in ("SECTION", "ENDSEC", "BLOCK", "ENDBLK")
        out.append((drawn, record))
    return out


def comments(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Put comments (999) between tags."""
    out: list[Tag] = []
    for tag in tags:
        if rng.random() < 0.03:
            out.append((999, "  0"))
        out.append(tag)
    return out


def numbers(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Write numbers another way: exponents, signs, more digits."""
    out: list[Tag] = []
    for code, value in tags:
        if code in _FLOATS and rng.random() < 0.3:
            number = float(value)
            forms = [repr(number), f"{number:.17e}", f"{number:+.17g}", f"{number:.17E}", f"  {value}", f"{value}  "]
            value = str(rng.choice(forms))
            if value.strip().startswith("0."):
                value = value.strip()[1:]
        elif code in _WHOLE and rng.random() < 0.3:
            value = str(rng.choice([f"{int(value):6d}", f"{int(value)} ", f"\t{int(value)}"]))
        out.append((code, value))
    return out


def case(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Write the names of layers, styles, line types and blocks in another case."""
    out: list[Tag] = []
    for drawn, record in _in_drawing(tags):
        named = _NAMED if record[0][1] != "INSERT" else (*_NAMED, 2)
        for code, value in record:
            if drawn and code in named and value != "not in the table" and rng.random() < 0.3:
                value = value.upper() if rng.random() < 0.5 else value.lower()
            out.append((code, value))
    return out


def extras(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Add groups that other programs write: reactors, extension dictionaries, extended data, plot styles."""
    early: list[list[Tag]] = [
        [(102, "{ACAD_REACTORS"), (330, "FFFFFFFFFFFF0001"), (102, "}")],
        [(102, "{SOME_APP"), (40, "7"), (8, "in a group"), (62, "5"), (70, "1"), (1, "text"), (102, "}")],
    ]
    late: list[list[Tag]] = [
        [(1001, "ACAD"), (1000, "text"), (1002, "{"), (1070, "1"), (1040, "2.5"), (1010, "1"), (1020, "2"),
         (1030, "3"), (1071, "9"), (1005, "1F"), (1003, "0"), (1002, "}")],
        [(1001, "ACAD"), (1000, " 0"), (1000, "LINE"), (1004, "00FF")],
    ]  # fmt: skip
    out: list[Tag] = []
    r12 = ("$ACADVER" in (v for c, v in tags[:40] if c == 9)) and (1, "AC1009") in tags[:40]
    for drawn, record in _in_drawing(tags):
        if not drawn or record[0][1] == "SEQEND" or r12:
            out += record
            continue
        handle = next((i for i, tag in enumerate(record) if tag[0] == 5), None)
        if handle is not None and rng.random() < 0.3:
            record = record[: handle + 1] + early[int(rng.integers(len(early)))] + record[handle + 1 :]
        layer = next((i for i, tag in enumerate(record) if tag[0] == 8), None)
        if layer is not None and rng.random() < 0.3:
            more: list[list[Tag]] = [[(48, "2.0")], [(284, "1")], [(390, "F")], [(347, "1A")], [(440, "33554559")]]
            record = record[: layer + 1] + more[int(rng.integers(len(more)))] + record[layer + 1 :]
        if rng.random() < 0.3 and not any(code > 1000 for code, _ in record):
            record = record + late[int(rng.integers(len(late)))]
        out += record
    return out


def shuffled(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Write the groups of a subclass in another order; the three numbers of a point stay together."""
    out: list[Tag] = []
    for drawn, record in _in_drawing(tags):
        if not drawn or record[0][1] in _ORDERED or rng.random() < 0.5 or any(c in (101, 102, 999) for c, _ in record):
            out += record
            continue
        head, units, tail = [record[0]], [[]], []
        for tag in record[1:]:
            if tag[0] >= 1000 or tail:
                tail.append(tag)
            elif tag[0] == 100:
                units.append([[tag]])
            elif (
                units[-1]
                and tag[0] - 10 in _POINT_CODES | {c + 10 for c in _POINT_CODES}
                and _follows(units[-1][-1], tag[0])
            ):
                units[-1][-1].append(tag)
            else:
                units[-1].append([tag])
        for group in units:
            start = 1 if group and group[0][0][0] == 100 else 0
            rest = group[start:]
            order = rng.permutation(len(rest))
            head += [tag for unit in [*group[:start], *(rest[i] for i in order)] for tag in unit]
        out += head + tail
    return out


def _follows(unit: list[Tag], code: int) -> bool:
    return unit[0][0] in _POINT_CODES and unit[-1][0] + 10 == code and len(unit) < 3


def spare(tags: list[Tag], rng: Rng) -> list[Tag]:
    """Leave out groups that hold their default, or write them where they are missing."""
    out: list[Tag] = []
    for drawn, record in _in_drawing(tags):
        name = record[0][1]
        if drawn and name in ("LINE", "CIRCLE", "TEXT", "INSERT", "POINT"):
            spared = {(50, "0.0"), (39, "0.0"), (62, "256"), (6, "BYLAYER"), (41, "1.0")}
            record = [tag for tag in record if tag not in spared or rng.random() < 0.5]
            codes = {code for code, _ in record}
            if not codes & {210, 1000, 1001} and rng.random() < 0.3:
                record = [*record, (210, "0"), (220, "0"), (230, "1")]
        out += record
    return out


REWRITERS: dict[str, Callable[[list[Tag], Rng], list[Tag]]] = {
    "comments": comments, "numbers": numbers, "case": case, "extras": extras, "shuffled": shuffled, "spare": spare,
}  # fmt: skip
ENDS = ("\n", "\r\n")


def rewritten(data: bytes, rng: Rng) -> tuple[bytes, list[str]]:
    """Return a DXF in other bytes of the same meaning, and what was done to it."""
    tags = tags_of(data)
    done = []
    for name, change in REWRITERS.items():
        if rng.random() < 0.5:
            tags = change(tags, rng)
            done.append(name)
    end = ENDS[int(rng.integers(2))]
    text = written(tags, end)
    if rng.random() < 0.2:
        text = text.rstrip("\r\n")
        done.append("no end of line at the end")
    if rng.random() < 0.2:
        text = text.replace(f"{end}  0{end}", f"{end}0{end}").replace(f"{end} 10{end}", f"{end}10{end}")
        done.append("codes without blanks")
    return text.encode("utf-8"), done
