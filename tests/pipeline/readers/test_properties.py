"""What the looks at raw bytes do with any bytes: they never fall over, and count as a slow reference counts."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.dxf import mending, oddities, prescan
from pipeline.readers.dxf.text import decode_escapes, plain
from pipeline.readers.ifc import graph, step
from pipeline.readers.ifc.structure import structure
from pipeline.readers.other_formats import identify_other, second_format

ANY = st.binary(max_size=400)
STEP_BITS = st.sampled_from(
    [b"#1", b"#2=", b"#0=", b"#99999999999=", b"IFCWALL(", b"(", b")", b";", b"'", b"''", b"\\S\\'", b"/*", b"*/", b",",
     b"$", b"\n", b"ENDSEC;", b"DATA;", b"ISO-10303-21;", b"END-ISO-10303-21;", b"FILE_SCHEMA(('IFC4'));", b"\xff",
     b"#"]
)  # fmt: skip
DXF_BITS = st.sampled_from(
    [b"0\n", b"SECTION\n", b"ENDSEC\n", b"EOF\n", b"2\n", b"ENTITIES\n", b"BLOCKS\n", b"BLOCK\n", b"ENDBLK\n",
     b"LINE\n", b"INSERT\n", b"VERTEX\n", b"A\n", b"9\n", b"$ACADVER\n", b"70\n", b"-5\n", b"1e24\n", b"\r", b"\n",
     b"\x00", b"x"]
)  # fmt: skip


def joined(bits: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.lists(bits, max_size=60).map(b"".join) | ANY


@settings(max_examples=200, deadline=None)
@given(joined(STEP_BITS))
def test_step_bytes_are_scanned_whatever_they_are(data: bytes) -> None:
    text = step.scan(data)
    assert len(text.ids) == len(text.start) == len(text.kind)
    assert (np.diff(text.start) > 0).all() and ((text.ids > 0) & (text.ids < 2**31)).all()
    assert text.trailer == (b"END-ISO-10303-21;" in without_strings(data))
    graph.inspect(text)
    structure(text)


def without_strings(data: bytes) -> bytes:
    """Return the bytes outside strings and comments, letter by letter (ISO 10303-21, 5.6 and 6.4.3)."""
    out, at, data = bytearray(), 0, data.replace(b"\\S\\'", b"\\S\\ ")
    while at < len(data):
        if data[at : at + 2] == b"/*":
            end = data.find(b"*/", at + 2)
            at = len(data) if end < 0 else end + 2
            out += b" "
        elif data[at] == 39:
            end = data.find(b"'", at + 1)
            at = len(data) if end < 0 else end + 1
        else:
            out.append(data[at])
            at += 1
    return bytes(out)


ROWS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from(["IFCWALL", "IFCDOOR", ""]), st.lists(st.integers(1, 30), max_size=3),
              st.sampled_from(["''", "'it''s #5=X;'", "'/* no */'", "$", "(1.,2.)"]),
              st.sampled_from(["", " ", "\n", "/* #7=A; */"])),
    max_size=12,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_step_rows_and_references_are_those_of_a_slow_reading(rows: list) -> None:
    body = "".join(
        f"#{number}{blank}={blank}{kind}({','.join([word, *(f'#{ref}' for ref in refs)])});\n"
        for number, kind, refs, word, blank in rows
    )
    data = (
        f"ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n{body}ENDSEC;\nEND-ISO-10303-21;\n".encode()
    )
    text = step.scan(data)
    slow = without_strings(data)
    found = [(int(n), k) for n, k in re.findall(rb"#(\d+)\s*=\s*([A-Z]*)", slow)]
    assert text.ids.tolist() == [n for n, _ in found] == [n for n, *_ in rows]
    assert [text.type_of(i) for i in range(len(text))] == [k for _, k in found]
    known = {number for number, *_ in rows}
    wanted = [(i, ref) for i, (_, _, refs, _, _) in enumerate(rows) for ref in refs]
    assert text.dangling == sum(ref not in known for _, ref in wanted)
    edges = sorted((int(a), int(text.ids[b])) for a, b in zip(text.edge_from, text.edge_to, strict=True))
    assert edges == sorted((i, ref) for i, ref in wanted if ref in known)
    assert not structure(text)


@settings(max_examples=200, deadline=None)
@given(joined(DXF_BITS))
def test_dxf_bytes_are_scanned_whatever_they_are(data: bytes) -> None:
    found = prescan.scan(data)
    assert found.rows == sum(found.types.values()) and found.sections_closed >= 0
    prescan.block_graph(found)
    oddities.oddities(data)
    mended = prescan.scan(mending.close_file(data))
    assert mended.rows <= found.rows
    prescan.scan(prescan.BINARY + data)


KINDS = st.sampled_from(["LINE", "TEXT", "INSERT", "POLYLINE", "VERTEX", "SEQEND", "ATTRIB"])
RECORDS = st.lists(st.tuples(KINDS, st.lists(st.tuples(st.integers(1, 99), st.text("ab 0", max_size=3)), max_size=3)))


@settings(max_examples=100, deadline=None)
@given(RECORDS, RECORDS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_dxf_records_are_counted_as_a_slow_reading_counts(inside: list, drawn: list, end: str) -> None:
    def pairs(records: list) -> str:
        return "".join(
            f"0\n{kind}\n" + "".join(f"{code:3}\n{value}\n" for code, value in values) for kind, values in records
        )

    text = (
        f"0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n{pairs(inside)}0\nENDBLK\n0\nENDSEC\n"
        f"0\nSECTION\n2\nENTITIES\n{pairs(drawn)}0\nENDSEC\n0\nEOF\n"
    )
    found = prescan.scan(text.replace("\n", end).encode())
    own = [kind for kind, _ in inside + drawn if kind not in ("VERTEX", "SEQEND", "ATTRIB")]
    assert found.rows == len(own) and found.trailer and not found.odd
    assert dict(found.types) == {kind: own.count(kind) for kind in own}


ESCAPES = st.lists(
    st.sampled_from(["\\U+", "4E2D", "\\M+5", "D6D0", "%%", "c", "130", "^", "J", "\\P", "{", " ", "墙"])
).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | ESCAPES)
def test_dxf_escapes_end_in_safe_text_and_plain_words_stay(text: str) -> None:
    shown, broken = plain(text)
    assert broken == ("\ufffd" in shown) or broken
    shown.encode("utf-8")
    if not any(mark in text for mark in ("\\", "%%", "^")) and text.isprintable() and "\ufffd" not in text:
        assert decode_escapes(text) == text
        if text.isascii():
            assert shown == text
    words = decode_escapes(text)
    if "\\" not in words:
        assert decode_escapes(words) == words  # decoded once is decoded


@settings(max_examples=150, deadline=None)
@given(ANY, st.sampled_from(["a.bcf", "b.ids", "c", "d.xml"]))
def test_any_bytes_are_called_something(head: bytes, name: str) -> None:
    assert identify_other(head, name)
    for kind in ("dxf", "ifc", "pdf"):
        second_format(kind, head, head)  # type: ignore[arg-type]
