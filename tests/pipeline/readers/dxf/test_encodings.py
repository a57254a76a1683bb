"""The encoding of DXF texts: what the header claims against what the bytes are."""

import io
import itertools

import ezdxf
import pytest
from ezdxf.tools.codepage import toencoding

from pipeline.readers.dxf.encodings import declared, decode, decoded, judge, sniff
from pipeline.readers.dxf.plausibility import plausibility
from pipeline.readers.registry import read_path

SIMPLIFIED = ["一层平面图（防火分区）", "门窗表", "±0.000", "钢筋混凝土墙Φ8@200", "详见建施-05"]
TRADITIONAL = ["一層平面圖", "鋼筋混凝土牆", "門窗表", "詳見建施圖說明"]
CLAIMS = ["ANSI_1252", "ANSI_936", "ANSI_950", "ANSI_1251", "gb2312", ""]
VERSIONS = ["R12", "R2000", "R2004", "R2007", "R2018"]


def file_with(strings: list[str], encodings: list[str], version: str, codepage: str, *, binary: bool = False) -> bytes:
    """A DXF whose texts are encoded one by one, whatever its header says."""
    doc = ezdxf.new(version)
    for i in range(len(strings)):
        doc.modelspace().add_text(f"@{i}@", height=300)
    if binary:
        out = io.BytesIO()
        doc.write(out, fmt="bin")
        data = out.getvalue()
    else:
        stream = io.StringIO()
        doc.write(stream)
        data = stream.getvalue().encode("ascii")
    data = data.replace(b"ANSI_1252", codepage.encode())
    for i, (string, encoding) in enumerate(zip(strings, itertools.cycle(encodings))):
        data = data.replace(b"@%d@" % i, string.encode(encoding))
    return data


def read(data: bytes, tmp_path):
    path = tmp_path / "a.dxf"
    path.write_bytes(data)
    drawing = read_path(path, path.name)
    return drawing.spaces[0].texts.string, {d.code for d in drawing.defects}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("codepage", CLAIMS)
@pytest.mark.parametrize(
    ("strings", "encoding"),
    [(SIMPLIFIED, "gbk"), (SIMPLIFIED, "utf-8"), (TRADITIONAL, "big5"), (TRADITIONAL, "utf-8")],
)
def test_no_text_is_garbled_whatever_the_header_claims(tmp_path, version, codepage, strings, encoding):
    texts, codes = read(file_with(strings, [encoding], version, codepage), tmp_path)
    assert texts == strings
    right = declared(ezdxf.new(version).dxfversion, codepage) == {"big5": "cp950"}.get(encoding, encoding)
    assert ("encoding_corrected" in codes) == (not right)
    assert "text_undecodable" not in codes


@pytest.mark.parametrize("codepage", ["ANSI_1252", "ANSI_936", "ANSI_1251", ""])
def test_a_single_character_is_enough(tmp_path, codepage):
    assert read(file_with(["门"], ["gbk"], "R2000", codepage), tmp_path)[0] == ["门"]


@pytest.mark.parametrize("codepage", ["ANSI_1252", "ANSI_936"])
@pytest.mark.parametrize(
    ("version", "encoding"), [("R12", "gbk"), ("R2000", "gbk"), ("R2018", "gbk"), ("R12", "utf-8")]
)
def test_binary_files_are_judged_by_their_bytes_too(tmp_path, version, encoding, codepage):
    texts, codes = read(file_with(SIMPLIFIED, [encoding], version, codepage, binary=True), tmp_path)
    assert texts == SIMPLIFIED
    right = declared(ezdxf.new(version).dxfversion, codepage) == encoding
    assert ("encoding_corrected" in codes) == (not right)


@pytest.mark.parametrize("version", ["R2000", "R2010"])
def test_a_file_of_two_encodings_is_read_text_by_text_and_says_so(tmp_path, version):
    texts, codes = read(file_with(SIMPLIFIED * 3, ["gbk", "utf-8"], version, "ANSI_936"), tmp_path)
    assert texts == SIMPLIFIED * 3
    assert "encoding_corrected" in codes


def test_bytes_that_fit_nothing_are_counted(tmp_path):
    data = file_with([*SIMPLIFIED, "@bad@"], ["gbk"], "R2000", "ANSI_936").replace(b"@bad@", b"\xff\xfe\xff\x80 x")
    texts, codes = read(data, tmp_path)
    assert texts[:-1] == SIMPLIFIED
    assert "\ufffd" in texts[-1]
    assert "text_undecodable" in codes


def test_a_byte_order_mark_is_no_text(tmp_path):
    data = b"\xef\xbb\xbf" + file_with(SIMPLIFIED, ["utf-8"], "R2010", "ANSI_936")
    assert read(data, tmp_path)[0] == SIMPLIFIED


@pytest.mark.parametrize(
    ("encoding", "strings"),
    [
        ("cp1252", ["Größe", "Façade été à côté", "SEÇÃO A-A", "EDIFICAÇÃO", "45° ±2", "Ø20"]),
        ("cp1252", ["Größe"]),
        ("cp1252", ["EDIFICAÇÃO"]),
        ("cp1251", ["План первого этажа", "Фасад", "Разрез 1-1", "Стена"]),
        ("cp932", ["一階平面図", "コンクリート壁", "カーテンウォール"]),
        ("cp949", ["평면도", "콘크리트 벽"]),
        ("cp950", TRADITIONAL),
        ("gbk", ["镗床", "结構圖"]),
    ],
)
def test_what_the_header_says_rightly_is_left_alone(encoding, strings):
    assert judge([s.encode(encoding) for s in strings], encoding) == encoding


@pytest.mark.parametrize("claim", ["utf-8", "cp1252", "cp1251", "gbk"])
@pytest.mark.parametrize("text", ["высота конька", "Штриховая линия", "Présentation générale éà", "Ελληνικά κείμενα"])
def test_valid_utf_8_is_utf_8_in_any_language(claim, text):
    assert judge([text.encode()], claim) == "utf-8"


@pytest.mark.parametrize("text", ["Presentación", "45°", "±0.000"])
def test_a_single_sign_is_left_to_the_claim_of_utf_8(text):
    assert judge([text.encode()], "utf-8") == "utf-8"


def test_only_ascii_says_nothing_about_the_encoding():
    assert sniff(b"0\nSECTION\n", "cp1252") == "cp1252"


def test_a_value_is_decoded_by_itself_where_the_encoding_of_the_file_does_not_fit():
    assert decode("墙体".encode(), "gbk") == ("墙体", False)
    assert decode("墙体".encode("gbk"), "utf-8") == ("墙体", False)
    assert decode("Größe".encode("cp1252"), "cp1252") == ("Größe", False)
    assert decode("𠮷野".encode("gb18030"), "gbk") == ("𠮷野", False)
    assert decode(b"\xff\xff", "gbk")[1]


def test_lines_of_two_encodings_are_counted():
    data = b"\n".join(["墙体".encode(), "防火门".encode("gbk"), b"wall", b"\xff\xff\xff"])
    assert decoded(data, "gbk")[1:] == (1, 1)


def test_garbled_text_is_less_likely_than_the_true_one():
    for text in [*SIMPLIFIED, *TRADITIONAL]:
        if not text.isascii() and len(text) > 6:
            for wrong in ("gbk", "cp950", "cp1252", "cp932"):
                assert plausibility(text.encode().decode(wrong, "replace")) < plausibility(text)


@pytest.mark.parametrize("name", ["ANSI_874", "ANSI_932", "ansi_936", "ANSI_949", "ANSI_950", "ANSI_1258", "?", "1251"])
def test_windows_code_pages_are_those_of_the_library(name):
    assert declared("AC1015", name) == toencoding(name.upper())


TWO_WAYS = [
    ("钢筋", "gbk", "ANSI_950"),
    ("门", "gbk", "ANSI_950"),
    ("牆", "cp950", "ANSI_936"),
    ("樓梯間", "cp950", "ANSI_936"),
    ("A棟", "cp950", "ANSI_936"),
    ("棟", "cp950", "ANSI_936"),
]


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(("word", "encoding", "codepage"), TWO_WAYS)
def test_what_two_code_pages_fit_keeps_the_claim_and_is_told(tmp_path, word, encoding, codepage, binary):
    path = tmp_path / "a.dxf"
    path.write_bytes(file_with([word], [encoding], "R2000", codepage, binary=binary))
    drawing = read_path(path, path.name)
    claim = declared("AC1015", codepage)
    assert drawing.spaces[0].texts.string == [word.encode(encoding).decode(claim)]
    (told,) = [d for d in drawing.defects if d.code == "encoding_uncertain"]
    assert told.count == 1 and word in told.zh and word in told.en and drawing.spaces[0].texts.string[0] in told.zh


@pytest.mark.parametrize("word", ["陳志豪", "新竹"])
def test_a_name_that_gbk_reads_worse_is_read_as_big5(tmp_path, word):
    texts, codes = read(file_with([word], ["cp950"], "R2000", "ANSI_936"), tmp_path)
    assert texts == [word] and "encoding_corrected" in codes


def test_words_of_drawings_decide_between_the_chinese_code_pages(tmp_path):
    words = ["钢筋", "标高", "结构"]  # each fits Big5, together they are clear
    texts, codes = read(file_with(words, ["gbk"], "R2000", "ANSI_950"), tmp_path)
    assert texts == words
    assert "encoding_corrected" in codes and "encoding_uncertain" not in codes


def test_one_text_of_the_other_page_among_many_is_told(tmp_path):
    path = tmp_path / "a.dxf"
    path.write_bytes(file_with([*TRADITIONAL, "结构"], ["cp950"] * 4 + ["gbk"], "R2000", "ANSI_950"))
    drawing = read_path(path, path.name)
    (told,) = [d for d in drawing.defects if d.code == "encoding_uncertain"]
    assert told.count == 1 and "结构" in told.zh


@pytest.mark.parametrize(
    ("strings", "encoding", "codepage"),
    [
        (SIMPLIFIED, "gbk", "ANSI_936"),
        (["门"], "gbk", "ANSI_936"),
        (["王晨曦"], "gbk", "ANSI_936"),
        (["李娜"], "gbk", "ANSI_936"),
        (["甲方"], "gbk", "ANSI_936"),
        (["配电间"], "gbk", "ANSI_936"),
        (["宋体"], "gbk", "gb2312"),
        (TRADITIONAL, "cp950", "ANSI_950"),
        (["門"], "cp950", "ANSI_950"),
        (["王曉明"], "cp950", "ANSI_950"),
        (["新細明體"], "cp950", "ANSI_950"),
    ],
)
def test_true_claims_are_not_doubted(tmp_path, strings, encoding, codepage):
    texts, codes = read(file_with(strings, [encoding], "R2000", codepage), tmp_path)
    assert texts == strings and not codes & {"encoding_uncertain", "encoding_corrected"}


def test_escaped_characters_are_sure(tmp_path):
    texts, codes = read(file_with([r"\U+8AC9", r"\U+85F7"], ["ascii"], "R2000", "ANSI_950"), tmp_path)
    assert texts[1] == "藷" and "encoding_uncertain" not in codes
