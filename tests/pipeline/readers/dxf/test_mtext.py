"""The inner language of MTEXT: nothing of it may be seen, nothing of the text may be lost."""

import ezdxf
import numpy as np
import pytest

from pipeline.readers.dxf import mtext
from pipeline.readers.dxf.faces import face_of
from pipeline.readers.dxf.paragraphs import Box, set_paragraphs, split_columns
from pipeline.readers.registry import read_path


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"\A1;{\H0.7x;\S+0.1^-0.1;}100", "+0.1/-0.1100"),
        (r"100{\H0.7x;\S+0.1^-0.2;}", "100+0.1/-0.2"),
        (r"m{\H0.7x;\S2^ ;}", "m²"),
        (r"m\S3^;", "m³"),
        (r"H\S^2;O", "H2O"),
        (r"\S1/2;", "1/2"),
        (r"\S1#2;", "1/2"),
        (r"\fSimSun|b0|i0|c134|p2;一层\P平面\~图", "一层\n平面 图"),
        (r"{\fhztxt.shx;\C1;防火门}\P{\Ftxt,gbcbig|c0;甲级}", "防火门\n甲级"),
        (r"\pi-3,l3,t3;1.^I说明", "1. 说明"),
        (r"\pxqc;居中", "居中"),
        (r"C:\Users\图纸", r"C:\Users\图纸"),
        (r"\LUnder\l \Oover\o \Kstrike\k", "Under over strike"),
        (r"a\Nb\Xc", "a\nb\nc"),
        (r"{\C1;red\C256;}{\c255;rot} %%c8 %%132 12@150", "redrot Ø8 Φᶜ 12@150"),
        (r"\W0.7;\T1.2;\Q15;abc", "abc"),
        (r"\U+4E00\M+5D2BB\M+2A440", "一一一"),
        (r"\U+0002000B\U+D840\U+DC0B", "𠀋𠀋"),
        ("caret^I^J^M x ^ y", "caret \n x ^y"),
        (r"\\P \{x\} \\U", r"\P {x} \U"),
        (r"\H2.5;abc{\H3x;d}", "abcd"),
        ("%%uabc%%u %%p0.000", "abc ±0.000"),
        ("}a{", "a"),
        ("a\\", "a\\"),
        ("", ""),
    ],
)
def test_codes_are_read_and_not_shown(raw, shown):
    assert mtext.plain(raw) == (shown, False)


def test_looks_end_with_their_braces():
    found = mtext.runs(r"a{\C1;\H2x;b{\W0.5;c}}\fSimSun|b0;d", 10.0)
    assert [(r.text, r.color, r.height, r.width, r.font) for r in found] == [
        ("a", -1, 1.0, 0.0, ""),
        ("b", 1, 2.0, 0.0, ""),
        ("c", 1, 2.0, 0.5, ""),
        ("d", -1, 1.0, 0.0, "SimSun"),
    ]


def test_absolute_heights_are_shares_of_the_text_height():
    assert [r.height for r in mtext.runs(r"\H5;a\H0.5x;b", 10.0)] == [0.5, 0.25]


def test_the_look_of_most_letters_leads():
    assert mtext.leading(mtext.runs(r"{\C1;ab}{\C3;cdef}")).color == 3


def test_undecodable_bytes_are_told():
    assert mtext.plain("a\udcd2b") == ("a\ufffdb", True)
    assert mtext.plain(r"\M+5FFFF")[1]


def test_a_lone_width_code_narrows_all():
    face = face_of("arial.ttf")
    full = set_paragraphs("ABCDEF", Box(10.0), face).width
    assert set_paragraphs(r"\W0.5;ABCDEF", Box(10.0), face).width == pytest.approx(full / 2)
    assert set_paragraphs("ABCDEF", Box(10.0, told_width=full * 1.2), face).width == pytest.approx(full * 1.2)
    assert set_paragraphs("ABCDEF", Box(10.0, told_width=full * 5), face).width == pytest.approx(full)


def test_as_many_lines_as_the_file_says():
    text = "本工程为框架结构耐火等级为二级抗震设防烈度为七度" * 2
    face = face_of("txt+gbcbig.shx")
    box = Box(3.0, limit=60.0)
    free = set_paragraphs(text, box, face)
    wanted = len(free.lines) + 1
    box.told_height = 3.0 * (1 + (wanted - 1) * 5 / 3)
    told = set_paragraphs(text, box, face)
    assert len(told.lines) == wanted
    assert "".join(told.lines) == text


def test_columns_take_what_fits_and_the_last_the_rest():
    lines = [str(i) for i in range(10)]
    assert split_columns(lines, [3.0], 1.0, 3) == [lines[:4], lines[4:8], lines[8:]]
    assert split_columns(lines, [], 1.0, 2) == [lines]


def test_codes_that_multiply_sizes_end_somewhere():
    found = mtext.runs(r"\H9x;" * 400 + "a" + r"\W0.1x;" * 400 + "b")
    assert [(run.height, run.width) for run in found] == [(100.0, 0.0), (100.0, 0.01)]


def test_lines_after_a_column_break_begin_in_the_next_column():
    lines = ["2", "3", "4"]
    assert split_columns(lines, [1.0], 1.0, 3, taken=1) == [["2", "3"], ["4"]]
    assert split_columns(lines, [1.0], 1.0, 3, taken=2) == [lines]
    assert split_columns(lines, [1.0], 1.0, 3, taken=3) == [lines]


@pytest.mark.parametrize("rare", [False, True], ids=["bytes", "library"])
def test_a_column_that_a_break_began_overflows_into_the_next(tmp_path, rare):
    document = ezdxf.new("R2018")
    document.header["$INSUNITS"] = 4
    space = document.modelspace()
    content = [r"Line 1\NLine 2\PLine 3\PLine 4", "", ""]
    space.add_mtext_static_columns(content, width=20.0, gutter_width=5.0, height=7.0, dxfattribs={"char_height": 2.5})
    if rare:  # a mesh sends the whole file through the library
        space.add_mesh()
    path = tmp_path / "columns.dxf"
    document.saveas(path)
    texts = read_path(path, path.name).spaces[0].texts
    assert texts.string == ["Line 1", "Line 2\nLine 3", "Line 4"]
    assert np.diff(texts.origin[:, 0]) == pytest.approx([25.0, 25.0])
