r"""Strings as they come in practice: raw GBK, Big5, UTF-8 and Latin bytes, broken backslashes, halved characters."""

from pathlib import Path

import pytest

from pipeline.drawing.kinds import State
from tests.pipeline.readers.ifc.models import WALL, codes, model, read


def named(raw: bytes) -> bytes:
    return model(WALL).replace(b"'W1'", b"'" + raw + b"'")


@pytest.mark.parametrize(
    ("words", "encoding", "called"),
    [
        ("剪力墙 防火墙 外墙", "gb18030", "GB18030"),
        ("鋼筋混凝土牆 樓板 樓梯間", "cp950", "Big5"),
        ("防火墙𠀀", "utf-8", "UTF-8"),
        ("Büro, Größe, Außenwand", "cp1252", "Windows-1252"),
    ],
)
def test_raw_bytes_are_read_in_their_encoding_and_it_is_said(
    tmp_path: Path, words: str, encoding: str, called: str
) -> None:
    drawing = read(tmp_path, named(words.encode(encoding)))
    assert codes(drawing) == ["encoding_corrected"] and drawing.state == State.COMPLETE
    assert words in drawing.elements.name and called in drawing.defects[0].zh


def test_bytes_of_no_encoding_are_lost_and_the_file_is_not_complete(tmp_path: Path) -> None:
    drawing = read(tmp_path, named(b"W\xff\xfe\x81\x20\xff"))
    assert "ifc_text_lost" in codes(drawing) and drawing.state == State.PARTIAL


@pytest.mark.parametrize(
    ("raw", "shown", "defects"),
    [
        (rb"B\S\|ro", "Büro", []),
        (rb"\PE\\S\P\S\`", "ар", []),
        (rb"\X\FCber \X2\4E005C42\X0\ a\\b it''s", "über 一层 a\\b it's", []),
        (rb"\X4\0002000B\X0\x", "𠀋x", []),
        (rb"C:\temp\plan", "C:\\temp\\plan", ["ifc_escapes"]),
        (rb"100\% \X\ZZ", "100\\% \\X\\ZZ", ["ifc_escapes"]),
        (rb"\X2\4E005C42", "一层", ["ifc_escapes"]),
        (rb"\X2\D840DC0B00270041\X0\x", "𠀋'Ax", ["ifc_escapes"]),
    ],
)
def test_escapes_say_what_they_mean_and_broken_ones_are_repaired(
    tmp_path: Path, raw: bytes, shown: str, defects: list[str]
) -> None:
    drawing = read(tmp_path, named(raw))
    assert shown in drawing.elements.name
    assert (codes(drawing), drawing.state) == (defects, State.COMPLETE)


def test_raw_bytes_and_broken_escapes_in_one_file(tmp_path: Path) -> None:
    drawing = read(tmp_path, named("D:\\图纸\\墙体".encode("gb18030")))
    assert "D:\\图纸\\墙体" in drawing.elements.name
    assert codes(drawing) == ["encoding_corrected", "ifc_escapes"]


def test_quotes_behind_the_shift_directive_end_no_string(tmp_path: Path) -> None:
    drawing = read(tmp_path, named(rb"a\S\'b"))
    assert drawing.completeness.shapes_made == 1 and drawing.state == State.COMPLETE
