r"""The inner language of MTEXT and of dimension texts: `\A1;{\fSimSun|c134;\H0.7x;\C1;一层}\P平面图`.

Parsed here and not by the library: that one loses the parts of stacked texts (`\S+0.1^-0.1;`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from pipeline.drawing.safe_text import safe_text
from pipeline.readers.dxf.text import LONGEST, decode_escapes, special_codes

_TOKEN = re.compile(
    r"\\(?P<literal>[\\{}~])"
    r"|\\(?P<newline>[PNX])"
    r"|\\(?P<line>[LlOoKk])"
    r"|\\S(?P<stack>(?:\\.|[^;\\])*);?"
    r"|\\[fF](?P<font>[^;\n\\]{0,100});"
    r"|\\(?P<number>[HWTQ])(?P<value>-?[\d.]+[xX]?);"
    r"|\\(?P<color>[Cc])(?P<index>\d+);"
    r"|\\A\d;|\\p[^;\n\\]{0,100};"
    r"|(?P<brace>[{}])"
    r"|\^(?P<caret>.)"
    r"|(?P<text>[^\\{}^]+|.)",
    re.DOTALL,
)
_CODED = re.compile(r"[\\{}^]")
TRUE_COLOR = 0x1000000
MOST_GROWTH = 100.0  # codes that multiply sizes end here
_CARETS = {"I": " ", "J": "\n", "M": "", " ": "^"}
_RAISED = {"2": "²", "3": "³"}
_STACK = re.compile(r"(?P<above>(?:\\.|[^\\^/#])*)(?P<how>[\^/#])(?P<below>.*)", re.DOTALL)


@dataclass(slots=True)
class Run:
    """A stretch of text of one look; lines are parted by line feeds."""

    text: str = ""
    height: float = 1.0  # of the text's own character height
    width: float = 0.0  # width factor, 0 that of the style
    spacing: float = 1.0
    color: int = -1  # colour index, TRUE_COLOR | 0xBBGGRR for a true colour, -1 that of the entity
    font: str = ""  # "" that of the style


def runs(raw: str, char_height: float = 1.0) -> list[Run]:
    """Return the runs of an MTEXT string; `char_height` is the unit of absolute heights in it."""
    found: list[Run] = []
    stack: list[Run] = []
    now = Run()
    raw = decode_escapes(raw[:LONGEST])
    if raw and not _CODED.search(raw):
        return [Run(special_codes(raw))]
    for match in _TOKEN.finditer(raw):
        kind = match.lastgroup
        if kind == "text":
            _append(found, now, match[0])
        elif kind == "brace":
            if match[0] == "{":
                stack.append(now)
            elif stack:
                now = stack.pop()
        elif kind == "font":
            now = replace(now, font=match["font"].split("|")[0].strip())
        elif kind == "value":
            now = _changed(now, match["number"], match["value"], char_height)
        elif kind == "index":
            now = replace(now, color=_color(match["color"], int(match["index"])))
        elif text := _text(match):
            _append(found, now, text)
    for run in found:
        run.text = special_codes(run.text)
    return found


def _append(found: list[Run], now: Run, text: str) -> None:
    last = found[-1] if found else None
    if (
        last is not None
        and (last.height, last.width, last.spacing) == (now.height, now.width, now.spacing)
        and (last.color, last.font) == (now.color, now.font)
    ):
        last.text += text
    else:
        found.append(Run(text, now.height, now.width, now.spacing, now.color, now.font))


def _text(match: re.Match[str]) -> str:
    if match["literal"]:
        return " " if match["literal"] == "~" else match["literal"]
    if match["newline"]:
        return "\n"
    if match["caret"]:
        return _CARETS.get(match["caret"], "")
    return stacked(match["stack"]) if match["stack"] is not None else ""


def _changed(now: Run, what: str, value: str, char_height: float) -> Run:
    relative = value[-1] in "xX"
    try:
        number = abs(float(value.rstrip("xX")))
    except ValueError:
        return now
    if what == "H" and number > 0:
        height = now.height * number if relative else number / (char_height or 1.0)
        return replace(now, height=min(max(height, 1 / MOST_GROWTH), MOST_GROWTH))
    if what == "W" and number > 0:
        width = (now.width or 1.0) * number if relative else number
        return replace(now, width=min(max(width, 1 / MOST_GROWTH), MOST_GROWTH))
    return replace(now, spacing=number) if what == "T" and 0.5 <= number <= 4 else now


def _color(kind: str, index: int) -> int:
    if kind == "c":
        return TRUE_COLOR | (index & 0xFFFFFF)
    return index if 0 < index < 256 else -1


def stacked(content: str) -> str:
    """Return the content of a stack as one line: `1/2`, `+0.1/-0.1`, a lone upper 2 or 3 as ² or ³."""
    match = _STACK.fullmatch(content)
    if match is None:
        return re.sub(r"\\(.)", r"\1", content)
    above, below = (re.sub(r"\\(.)", r"\1", match[name]).strip() for name in ("above", "below"))
    if above and below:
        return f"{above}/{below}"
    return _RAISED.get(above, above) or below


def plain(raw: str) -> tuple[str, bool]:
    """Return an MTEXT string as read and whether something in it could not be decoded."""
    return safe_text("".join(run.text for run in runs(raw)))


def leading(found: list[Run]) -> Run:
    """Return the look most characters have (text left out)."""
    if len(found) == 1:
        first = found[0]
        return Run("", first.height, first.width, first.spacing, first.color, first.font)
    counts: Counter[tuple[float, float, float, int, str]] = Counter()
    for run in found:
        weight = len(run.text.strip())
        counts[(run.height, run.width, run.spacing, run.color, run.font)] += weight
    if not counts:
        return Run()
    height, width, spacing, color, font = counts.most_common(1)[0][0]
    return Run("", height, width, spacing, color, font)
