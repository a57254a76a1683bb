"""DXF text to the library's tags, a list at a time; the library's own loaders go line by line."""

from __future__ import annotations

from ezdxf.lldxf.const import DXFStructureError
from ezdxf.lldxf.types import BINARY_DATA, POINT_CODES, TYPE_TABLE, DXFBinaryTag, DXFTag, DXFVertex

_COMMENT = 999


def compiled(text: str) -> list[DXFTag]:
    """Return the tags of a DXF text as `ezdxf.lldxf.tagger.tag_compiler` gives them, points joined.

    Raises:
        ValueError: A group code or value is not what it must be.
        DXFStructureError: A point has no y.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    values = lines[1::2]
    codes = list(map(int, lines[: 2 * len(values) : 2]))
    if _COMMENT in codes:
        kept = [at for at, code in enumerate(codes) if code != _COMMENT]
        codes, values = [codes[at] for at in kept], [values[at] for at in kept]
    count = len(codes)
    codes += (-1, -1)  # a point may stand at the end
    out: list[DXFTag] = []
    at = 0
    while at < count:
        code, value = codes[at], values[at]
        at += 1
        if code in POINT_CODES:
            if codes[at] != code + 10:
                raise DXFStructureError(f"missing y of point {code}")
            if codes[at + 1] == code + 20:
                out.append(DXFVertex(code, (float(value), float(values[at]), float(values[at + 1]))))
                at += 2
            else:
                out.append(DXFVertex(code, (float(value), float(values[at]))))
                at += 1
        elif code == 0:
            out.append(DXFTag(0, value.strip()))
            if value == "EOF":
                break
        elif code in BINARY_DATA:
            out.append(DXFBinaryTag.from_string(code, value))
        else:
            kind = TYPE_TABLE.get(code, str)
            if kind is str:
                out.append(DXFTag(code, value))
            else:
                out.append(DXFTag(code, _number(kind, value)))
    return out


def _number(kind: type[int] | type[float], value: str) -> int | float:
    try:
        return kind(value)
    except ValueError:
        if kind is int:  # some programs write whole numbers with a point
            return int(float(value))
        raise
