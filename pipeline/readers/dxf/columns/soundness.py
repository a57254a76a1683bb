"""Whether records that are no entities are as the library wants them; then they can be read without it.

The library parses every value of header, tables and objects and refuses a file where one is not what it must be. What
is read here are a few of them, so the others are looked at all the same: a damaged file must not pass as a whole one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.readers.dxf.columns.records import Records, app_groups
from pipeline.readers.dxf.columns.tags import Irregular

_COMMENT = 999
_HEX = b"0123456789abcdefABCDEF"


def _codes(*stretches: tuple[int, int]) -> NDArray[np.bool_]:
    table = np.zeros(1200, bool)
    for low, high in stretches:
        table[low : high + 1] = True
    return table


# DXF reference, group code value types, as the library has them
_WHOLE = _codes(
    (60, 79), (90, 99), (160, 179), (270, 299), (370, 389), (400, 409), (420, 429), (440, 459), (1060, 1071)
)
_REAL = _codes((10, 59), (110, 149), (210, 239), (460, 469), (1010, 1059))
_POINT = _codes((10, 18), (110, 112), (210, 213), (1010, 1013))
_BYTES = _codes((310, 319), (1004, 1004))


_NUMBER = frozenset(np.flatnonzero(_WHOLE | _REAL).tolist())


def check_numbers(tags: Iterable[tuple[int, str]]) -> None:
    """Demand that what has to be a number is one, whether it is needed or not; ValueError where one is none."""
    for code, value in tags:
        if code in _NUMBER:
            float(value)


def sound(found: Records, judged: NDArray[np.bool_]) -> bool:
    """Tell whether the values of the records where `judged` are what they must be."""
    tags = found.tags
    mask = _of_records(found, judged)
    rows = np.flatnonzero(mask & (tags.codes != _COMMENT))
    codes = tags.codes[rows]
    if not len(rows):
        return True
    if (codes < 0).any():
        return False
    points = np.flatnonzero(_POINT[codes])
    following = np.append(tags.codes, np.int32(-1))[rows[points] + 1]
    if (following != codes[points] + 10).any():
        return False
    try:
        app_groups(found, mask & (tags.codes < 1000))
        whole = tags.numbers(rows[_WHOLE[codes]])
        tags.numbers(rows[_REAL[codes]])
    except Irregular:
        return False
    return bool(np.isfinite(whole).all()) and _hexadecimal(found, rows[_BYTES[codes]])


def handles(found: Records, judged: NDArray[np.bool_]) -> list[str]:
    """Return the handles of the records where `judged`; a "0" twice, which is no handle, where one is none."""
    tags = found.tags
    rows = np.flatnonzero(_of_records(found, judged) & ((tags.codes == 5) | (tags.codes == 105)))
    owners = np.searchsorted(found.start, rows, "right") - 1
    names = [found.names[owner] for owner in owners.tolist()]
    mine = [
        name != "SECTION" and (code == 105) == (name == "DIMSTYLE")
        for name, code in zip(names, tags.codes[rows].tolist(), strict=True)
    ]
    joined = tags.joined(rows[np.array(mine, bool)])
    if joined.translate(None, _HEX + b"\n"):
        return ["0", "0"]
    texts = joined.decode("ascii").upper().split("\n")[:-1]
    return ["0", "0"] if "" in texts or "0" in texts else texts


def variables(found: Records, row: int, names: tuple[str, ...]) -> dict[str, str] | None:
    """Return some variables of the record of a HEADER, None where it is no list of names and values."""
    tags = found.tags
    rows = np.arange(found.start[row] + 2, found.stop[row])
    rows = rows[tags.codes[rows] != _COMMENT]
    codes = np.append(tags.codes[rows], [9, 0, 0, 0])
    at = np.flatnonzero(codes[:-3] == 9)
    value = codes[at[:-1] + 1]
    high = _POINT[value] & (codes[at[:-1] + 3] == value + 20)
    if (
        at[0] != 0
        or (np.diff(at) != 2 + _POINT[value] + high).any()
        or (tags.data[tags.first[rows[at[:-1]]]] != 36).any()
    ):
        return None
    named = dict(zip(tags.texts(rows[at[:-1]]), at.tolist(), strict=False))
    return {name: tags.texts(rows[[named[name] + 1]])[0] for name in names if name in named}


def _of_records(found: Records, judged: NDArray[np.bool_]) -> NDArray[np.bool_]:
    sizes = found.stop - found.start
    sizes[0] += found.start[0]
    return np.repeat(judged, sizes)


def _hexadecimal(found: Records, rows: NDArray) -> bool:
    tags = found.tags
    if ((tags.last[rows] - tags.first[rows]) % 2).any():
        return False
    return not tags.joined(rows).translate(None, _HEX).strip(b"\n")
