"""Does a content stream end where one can end? One that was cut short still parses, and MuPDF says nothing of it.

ISO 32000-1, 7.8.2: a content stream is a sequence of operands and operators, each instruction whole; 9.4.1: a text
object begun (BT) is ended (ET); 8.5.2.1: a path built is painted or given up. Graphics states left open (q without Q)
are common in whole files and tell nothing.
"""

from __future__ import annotations

import re

from pipeline.drawing.defects import Defect, bilingual

_TAIL = 64  # bytes: the last word of a stream
_BLANK = b" \t\r\n\f\x00"
_LAST = re.compile(rb"(?:^|[\s\x00()<>\[\]{}/%])([A-Za-z'\"][A-Za-z0-9*'\"]{0,2})\Z")
_SURE = frozenset(
    b"S s f F f* B B* b b* n ET Q EMC Do EI sh MP DP EX gs w J j M d ri i G g RG rg K k CS cs SC SCN sc scn".split()
)
"""Operators after which nothing is begun: a stream that ends with one is whole as far as its end can tell."""
_BUILDS = frozenset(b"m l c v y h re W W*".split())
_PAINTS = frozenset(b"S s f F f* B B* b b* n".split())
_TOKEN = re.compile(
    rb"%[^\r\n]*|<<|>>|<[0-9A-Fa-f\s\x00]*>|<[0-9A-Fa-f\s\x00]*\Z|[\[\]]|/[^\s\x00()<>\[\]{}/%]*"
    rb"|[^\s\x00()<>\[\]{}/%]+|\(|."
)
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_IMAGE_END = re.compile(rb"[\s\x00]EI(?=[\s\x00]|\Z)")
_OPERAND = re.compile(rb"[-+.\d]|(?:true|false|null)\Z")


_WITHIN = {
    "string": ("字符串", "a string"),
    "array": ("数组或字典", "an array or dictionary"),
    "operands": ("一条指令", "an instruction"),
    "path": ("一条未绘出的路径", "a path not yet painted"),
    "text": ("一段文字", "a text"),
}


def content_cut(page: int, within: str) -> Defect:
    """Return the defect of a page (counted from 1) whose content ends `within` what `unfinished` found."""
    zh, en = _WITHIN[within]
    return bilingual("page_content_cut", zh={"page": page, "what": zh}, en={"page": page, "what": en})


def unfinished(content: bytes) -> str:
    """Return what a content stream (decoded, all of a page or form) leaves open at its end, "" if nothing.

    One of "string", "array", "operands", "path", "text", in the order of ISO 32000-1's terms from the smallest.
    """
    tail = content[-_TAIL:].rstrip(_BLANK)
    last = _LAST.search(tail)
    if not tail or (last and last[1] in _SURE):
        return ""
    return _walked(content)


def _walked(content: bytes) -> str:
    """Walk through all words of a stream; slow, for those whose last word leaves a doubt."""
    at, operands, depth, in_text, in_path = 0, 0, 0, False, False
    while found := _TOKEN.search(content, at):
        word, at = found[0], found.end()
        head = word[:1]
        if head == b"(":
            at = _string_end(content, at)
            if not at:
                return "string"
            operands += 1
        elif head == b"<" and word != b"<<" and word[-1:] != b">":
            return "string"
        elif word in (b"[", b"<<"):
            depth += 1
        elif word in (b"]", b">>"):
            depth, operands = max(0, depth - 1), operands + 1
        elif head in (b"/", b"<") or _OPERAND.match(word):
            operands += 1
        elif head != b"%" and word.strip(_BLANK):
            operands = 0
            in_text = word == b"BT" or (in_text and word != b"ET")
            in_path = word in _BUILDS or (in_path and word not in _PAINTS)
            if word == b"ID":
                end = _IMAGE_END.search(content, at)
                if end is None:
                    return ""  # an image within the stream: MuPDF tells of one cut short
                at = end.end()
    opened = (("array", depth > 0), ("operands", operands > 0), ("path", in_path), ("text", in_text))
    return next((name for name, true in opened if true), "")


def _string_end(content: bytes, at: int) -> int:
    """Return where the string ends whose bracket opened before `at`, 0 if it does not."""
    depth = 1
    for found in _IN_STRING.finditer(content, at):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return 0
