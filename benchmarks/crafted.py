"""Crafted files with one fault each that must be flagged or refused; what the collection's hostile files must give.

`accept` is a control: it must be complete. `flag`: a defect of warning or worse, or a state below complete. `reject`:
no drawing comes of it. The faults are those that opened without a word when libraries were tried alone.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Case:
    """One crafted file and what must happen to it."""

    name: str
    data: bytes
    expect: str
    says: str = ""  # the code of a defect of no severity that says enough


def cases() -> list[Case]:
    """Return all crafted files, DXF, IFC and PDF."""
    return [*_dxf(), *_ifc(), *_pdf()]


# hostile files of the collection by folder and name: what must happen; the others are open
EXPECTED = {
    **{
        f"{kind}/{name}": expect
        for kind, expect, names in (
            ("dxf", "accept", "00_control_valid.dxf 14_gbk_declared_936.dxf 20_polyline_100000_vertices.dxf"),
            ("dxf", "accept", "21_10000_layers.dxf 23_injection.dxf 16_gb18030_4byte.dxf"),
            (
                "dxf",
                "flag",
                "01_billion_laughs_10pow9.dxf 02_self_insert.dxf 03_mutual_insert.dxf 04_minsert_grid.dxf "
                "05_nest_depth_2000.dxf 06_missing_block.dxf 07_no_eof.dxf 08_truncated_mid_tag.dxf 09_odd_tags.dxf "
                "10_nan_inf.dxf 17_null_bytes.dxf 24_xref_paths.dxf 26_circle_weird.dxf "
                "30_unknown_version.dxf 31_no_header.dxf 33_group_code_overflow.dxf 35_proxy_tch_entities.dxf",
            ),
            (
                "dxf",
                "reject",
                "18_utf16le.dxf 27_binary_header_only.dxf 28_binary_truncated.dxf 29_dwg_renamed.dxf 32_empty.dxf "
                "34_only_comments.dxf",
            ),
            ("ifc", "accept", "00_control_valid.ifc 07_bom_crlf.ifc 26_injection_strings.ifc"),
            (
                "ifc",
                "flag",
                "03_truncated_midline.ifc 04_unclosed_string.ifc 10_duplicate_instance_ids.ifc "
                "11_dangling_reference.ifc 20_nan_inf_coords.ifc 21_duplicate_guids.ifc 22_invalid_guids.ifc "
                "23_bad_unicode_escapes.ifc 24_raw_gbk_bytes.ifc 27_null_bytes.ifc 28_wrong_arity.ifc "
                "29_wrong_types.ifc 31_two_projects.ifc 35_degenerate_units.ifc",
            ),
            (
                "ifc",
                "reject",
                "01_empty.ifc 02_header_only.ifc 05_random_bytes.ifc 06_utf16.ifc 08_unknown_schema.ifc "
                "12_self_aggregates.ifc 13_cycle_aggregates_project.ifc 14_placement_cycle.ifc 15_placement_self.ifc "
                "16_mapped_item_recursive.ifc 18_deep_parentheses.ifc 32_huge_instance_id.ifc "
                "33_negative_and_zero_id.ifc 40_zipbomb_1000MB.ifczip 41_zipslip.ifczip 42_two_models.ifczip "
                "43_no_model.ifczip 44_nested.ifczip 45_symlink_member.ifczip 46_not_a_zip.ifczip 47_pdf_named.ifc "
                "48_html_named.ifc 49_lol.ifcxml 50_xxe.ifcxml",
            ),
            ("pdf", "accept", "00_control_valid.pdf 08_a0_landscape.pdf 33_ocg_hidden_layers.pdf"),
            (
                "pdf",
                "flag",
                "01_huge_mediabox.pdf 03_zero_mediabox.pdf 05_nan_mediabox.pdf 09_tiny_box.pdf "
                "13_flate_bomb_1000MB.pdf "
                "15_form_billion_laughs_10pow8.pdf 16_form_self_recursion.pdf 19_10000_pages.pdf 20_truncated.pdf "
                "21_no_eof_no_xref.pdf 22_bad_startxref.pdf 23_leading_junk.pdf 24_trailing_junk.pdf "
                "27_bitflip_00.pdf 27_bitflip_01.pdf 27_bitflip_02.pdf 27_bitflip_03.pdf 27_bitflip_04.pdf "
                "27_bitflip_05.pdf 29_js_launch_uri.pdf 34_operator_garbage.pdf 35_nan_ctm.pdf",
            ),
            (
                "pdf",
                "reject",
                "17_page_tree_cycle.pdf 18_count_lies.pdf 25_random.pdf 26_empty.pdf 28_deep_array.pdf "
                "38_encrypted_aes128.pdf 38_encrypted_aes256_unicode.pdf 38_encrypted_rc4_128.pdf "
                "38_encrypted_rc4_40.pdf",
            ),
        )
        for name in names.split()
    },
}


# -- DXF ------------------------------------------------------------------------------------------------------------


def dxf(entities: str, *, version: str = "AC1015", blocks: str = "", header: str = "") -> bytes:
    """Return a small whole DXF in millimetres around the given entities (pairs, one value a line)."""
    acadver = f"9\n$ACADVER\n1\n{version}\n" if version else ""
    text = (
        f"0\nSECTION\n2\nHEADER\n{acadver}9\n$INSUNITS\n70\n4\n{header}0\nENDSEC\n"
        f"0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n"
    )
    return text.encode("utf-8")


def line(x: object = 100, layer: str = "0") -> str:
    """Return a LINE from the origin."""
    return f"0\nLINE\n8\n{layer}\n10\n0\n20\n0\n11\n{x}\n21\n50\n"


def text(words: str) -> str:
    """Return a TEXT at the origin."""
    return f"0\nTEXT\n8\n0\n10\n0\n20\n0\n40\n2.5\n1\n{words}\n"


def insert(name: str, more: str = "") -> str:
    """Return an INSERT at the origin."""
    return f"0\nINSERT\n8\n0\n2\n{name}\n10\n0\n20\n0\n{more}"


def block(name: str, body: str) -> str:
    """Return a block definition."""
    return f"0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n3\n{name}\n{body}0\nENDBLK\n8\n0\n"


def _dxf() -> list[Case]:
    plain = dxf(line() + text("A-01"))
    laughs = "".join(block(f"B{i}", insert(f"B{i + 1}") * 10) for i in range(9)) + block("B9", line())
    deep = "".join(block(f"N{i}", insert(f"N{i + 1}")) for i in range(5000)) + block("N5000", line())
    made = {
        "control": (plain, "accept"),
        "control_crlf": (plain.replace(b"\n", b"\r\n"), "accept"),
        "control_block": (dxf(insert("P") + line(), blocks=block("P", line())), "accept"),
        "acadver_unknown": (dxf(line(), version="AC9999"), "flag"),
        "acadver_near": (dxf(line(), version="AC1099"), "flag"),
        "acadver_text": (dxf(line(), version="hello"), "flag"),
        "acadver_missing": (dxf(line(), version=""), "flag"),
        "cr_only": (plain.replace(b"\n", b"\r"), "flag"),
        "twice": (plain + plain, "flag"),
        "twice_without_eof": (plain.replace(b"0\nEOF\n", b"") + plain, "flag"),
        "text_after_eof": (plain + b"999\nmore\n0\nLINE\n", "flag"),
        "code_1e24": (plain.replace(b"40\n2.5", b"1000000000000000000000000\n2.5"), "flag"),
        "code_word": (plain.replace(b"40\n2.5", b"forty\n2.5"), "flag"),
        "value_word": (dxf(line("wide")), "flag"),
        "layer_of_1e6_letters": (dxf(line(layer="L" * 1_000_000)), "flag"),
        "polyglot_pdf": (b"999\n%PDF-1.7\n" + plain, "flag"),
        "nul_in_text": (plain.replace(b"A-01", b"A-\x0001"), "flag"),
        "lone_bytes_in_utf8": (dxf(line(), version="AC1032") .replace(b"8\n0\n", b"8\n\xff\xfe\xc3\n"), "flag"),
        "surrogate_escape": (dxf(text("\\U+D800 A"), version="AC1015"), "flag"),
        "no_eof": (plain.replace(b"0\nEOF\n", b""), "flag"),
        "no_endsec": (plain.replace(b"0\nENDSEC\n0\nEOF\n", b"0\nEOF\n"), "flag"),
        "odd_line": (plain.replace(b"40\n2.5\n", b"2.5\n"), "flag"),
        "no_entities": (plain.replace(b"ENTITIES", b"OBJECTSX"), "flag"),
        "two_entities_sections": (
            plain.replace(b"0\nEOF\n", f"0\nSECTION\n2\nENTITIES\n{line(7)}0\nENDSEC\n0\nEOF\n".encode()),
            "flag",
        ),
        "nan": (dxf(line("nan") + line()), "flag"),
        "infinite": (dxf(line("1e999") + line()), "flag"),
        "laughs_10pow9": (dxf(insert("B0") + line(), blocks=laughs), "flag"),
        "nested_5000": (dxf(insert("N0") + line(), blocks=deep), "flag"),
        "self_insert": (dxf(insert("S") + line(), blocks=block("S", insert("S"))), "flag"),
        "minsert_2e9": (
            dxf(insert("P", "70\n32767\n71\n32767\n44\n1\n45\n1\n") + line(), blocks=block("P", line())),
            "flag",
        ),
        "block_missing": (dxf(insert("GONE") + line()), "flag"),
        "entity_unknown": (dxf("0\nTCH_WALL\n8\n0\n10\n0\n20\n0\n" + line()), "flag"),
        "polyline_open_end": (
            dxf("0\nPOLYLINE\n8\n0\n66\n1\n70\n0\n0\nVERTEX\n8\n0\n10\n0\n20\n0\n" + line()),
            "flag",
        ),
        "empty_entities": (dxf(""), "reject"),
        "only_mark": (b"0\nSECTION\n", "reject"),
    }  # fmt: skip
    return [Case(f"dxf_{name}.dxf", data, expect) for name, (data, expect) in made.items()]


# -- IFC ------------------------------------------------------------------------------------------------------------

_IFC_HEAD = (
    "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('ViewDefinition [ReferenceView]'),'2;1');\n"
    "FILE_NAME('h.ifc','2026-01-01T00:00:00',(''),(''),'','','');\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n"
)
_IFC_TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"
_IFC_ROWS = """#1=IFCPROJECT('3dEeFVrdU$gfZGZKSEA9XP',$,'P',$,$,$,$,(#10),#20);
#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#11,$);
#11=IFCAXIS2PLACEMENT3D(#12,$,$);
#12=IFCCARTESIANPOINT((0.,0.,0.));
#20=IFCUNITASSIGNMENT((#21));
#21=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#30=IFCLOCALPLACEMENT($,#11);
#41=IFCBUILDING('1wspTJhSzUXVFZnk8jSPZV',$,'B',$,$,#30,$,$,.ELEMENT.,$,$,$);
#42=IFCBUILDINGSTOREY('3y5in6kOpQEEb8oSOHKRGe',$,'1F',$,$,#33,$,$,.ELEMENT.,0.);
#33=IFCLOCALPLACEMENT(#30,#11);
#51=IFCRELAGGREGATES('0JDXYQBTDmi9lPRmOm28qc',$,$,$,#1,(#41));
#52=IFCRELAGGREGATES('3UQeIfFcRRfwXQQRnpWe$T',$,$,$,#41,(#42));
#100=IFCWALL('2iSszVBbXIatj1bt$rnWK6',$,'W1',$,$,#110,#120,'t',.SOLIDWALL.);
#110=IFCLOCALPLACEMENT(#33,#11);
#120=IFCPRODUCTDEFINITIONSHAPE($,$,(#121));
#121=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#122));
#122=IFCEXTRUDEDAREASOLID(#123,#11,#127,3000.);
#123=IFCRECTANGLEPROFILEDEF(.AREA.,$,#124,4000.,200.);
#124=IFCAXIS2PLACEMENT2D(#125,$);
#125=IFCCARTESIANPOINT((0.,0.));
#127=IFCDIRECTION((0.,0.,1.));
#130=IFCRELCONTAINEDINSPATIALSTRUCTURE('1kLJVyJqEoMkPv_4XsDxJ3',$,$,$,(#100),#42);
"""


def ifc(rows: str = _IFC_ROWS, *, head: str = _IFC_HEAD, tail: str = _IFC_TAIL) -> bytes:
    """Return a model of one wall, or of other rows."""
    return (head + rows + tail).encode("latin-1")


def _swapped(old: str, new: str) -> bytes:
    if old not in _IFC_ROWS:
        raise ValueError(f"{old} is not in the model")
    return ifc(_IFC_ROWS.replace(old, new))


def _ifc() -> list[Case]:
    whole = ifc()
    says = {"unit_missing": "unit_unknown", "raw_gbk": "encoding_corrected"}
    made = {
        "control": (whole, "accept"),
        "control_crlf": (whole.replace(b"\n", b"\r\n"), "accept"),
        "duplicate_id": (ifc(_IFC_ROWS + "#127=IFCDIRECTION((0.,1.,0.));\n"), "flag"),
        "id_zero": (ifc(_IFC_ROWS + "#0=IFCDIRECTION((0.,1.,0.));\n"), "flag"),
        "id_2pow31": (ifc(_IFC_ROWS + "#2147483648=IFCDIRECTION((0.,1.,0.));\n"), "flag"),
        "abstract_product": (ifc(_IFC_ROWS + "#200=IFCELEMENT('0JDXYQBTDmi9lPRmOm28qd',$,$,$,$,$,$,$);\n"), "flag"),
        "abstract_root": (ifc(_IFC_ROWS + "#200=IFCROOT('0JDXYQBTDmi9lPRmOm28qd',$,$,$);\n"), "flag"),
        "class_unknown": (ifc(_IFC_ROWS + "#200=IFCMAGICWALL('0JDXYQBTDmi9lPRmOm28qd',$);\n"), "flag"),
        "two_data_sections": (ifc(tail="ENDSEC;\nDATA;\n#300=IFCDIRECTION((1.,0.,0.));\n" + _IFC_TAIL), "flag"),
        "twice": (whole + whole, "flag"),
        "text_after_end": (whole + b"#300=IFCDIRECTION((1.,0.,0.));\n", "flag"),
        "comment_open": (ifc(_IFC_ROWS.replace("#124=", "/* #124=")), "flag"),
        "comment_over_rows": (
            ifc(_IFC_ROWS.replace("#124=", "/* #124=").replace("#130=", "*/ #130=")), "flag"),
        "string_open": (_swapped("'W1'", "'W1"), "flag"),
        "semicolon_missing": (_swapped("3000.);\n#123", "3000.)\n#123"), "flag"),
        "no_end_mark": (ifc(tail="ENDSEC;\n"), "flag"),
        "no_endsec": (ifc(tail="END-ISO-10303-21;\n"), "flag"),
        "no_header": (ifc(head=_IFC_HEAD[_IFC_HEAD.index("DATA;") :]), "reject"),
        "schema_unknown": (ifc(head=_IFC_HEAD.replace("IFC4", "IFC9X9")), "reject"),
        "schema_long": (ifc(head=_IFC_HEAD.replace("IFC4", "IFC4" * 100_000)), "reject"),
        "schema_missing": (ifc(head=_IFC_HEAD.replace("FILE_SCHEMA(('IFC4'));\n", "")), "reject"),
        "height_negative": (_swapped("#127,3000.", "#127,-3000."), "flag"),
        "height_zero": (_swapped("#127,3000.", "#127,0."), "flag"),
        "height_null": (_swapped("#127,3000.", "#127,$"), "flag"),
        "height_text": (_swapped("#127,3000.", "#127,'tall'"), "flag"),
        "height_nan": (_swapped("#127,3000.", "#127,NAN"), "flag"),
        "side_zero": (_swapped("4000.,200.", "0.,200."), "flag"),
        "side_negative": (_swapped("4000.,200.", "-4000.,200."), "flag"),
        "profile_null": (_swapped("SOLID(#123,", "SOLID($,"), "flag"),
        "profile_wrong_type": (_swapped("SOLID(#123,", "SOLID(#12,"), "flag"),
        "profile_empty_polyline": (
            _swapped("#123=IFCRECTANGLEPROFILEDEF(.AREA.,$,#124,4000.,200.);",
                     "#123=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#126);\n#126=IFCPOLYLINE(());"), "flag"),
        "items_empty": (_swapped("'SweptSolid',(#122)", "'SweptSolid',()"), "flag"),
        "direction_zero": (_swapped("((0.,0.,1.))", "((0.,0.,0.))"), "flag"),
        "wrong_arity": (_swapped(",'t',.SOLIDWALL.)", ")"), "flag"),
        "reference_dangling": (_swapped("(#122));", "(#999));"), "flag"),
        "placement_self": (_swapped("PLACEMENT(#33,#11)", "PLACEMENT(#110,#11)"), "reject"),
        "aggregate_self": (_swapped("#41,(#42)", "#42,(#42)"), "reject"),
        "raw_gbk": (whole.replace(b"'W1'", b"'" + "外墙 防火".encode("gbk") + b"'"), "flag"),
        "nul": (whole.replace(b"'W1'", b"'W\x001'"), "flag"),
        "two_projects": (ifc(_IFC_ROWS + "#2=IFCPROJECT('3dEeFVrdU$gfZGZKSEA9XQ',$,'Q',$,$,$,$,(#10),#20);\n"), "flag"),
        "unit_missing": (_swapped("(#21)", "()"), "flag"),
        "no_rows": (ifc(""), "reject"),
    }  # fmt: skip
    return [Case(f"ifc_{name}.ifc", data, expect, says.get(name, "")) for name, (data, expect) in made.items()]


# -- PDF ------------------------------------------------------------------------------------------------------------

_DRAW = b"1 w 50 50 m 500 700 l S BT /F1 12 Tf 60 60 Td (A-01) Tj ET"


def pdf(
    *, page: str = "/MediaBox[0 0 595 842]", content: bytes = _DRAW, resources: str = "", pages: str = "/Count 1",
    catalog: str = "", more: tuple[bytes, ...] = (), stream: str = "", trailer: str = "",
) -> bytes:  # fmt: skip
    """Return a PDF of one page with a right cross-reference table; the parts are put in as they are."""
    fonts = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        f"<</Type/Pages/Kids[3 0 R]{pages}>>".encode(),
        f"<</Type/Page/Parent 2 0 R{page}/Contents 4 0 R/Resources<<{fonts}{resources}>>>>".encode(),
        f"<<{stream or f'/Length {len(content)}'}>>stream\n".encode() + content + b"\nendstream",
        *more,
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _form(body: bytes, names: str = "") -> bytes:
    entries = f"/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<<{names}>>/Length {len(body)}"
    return f"<<{entries}>>stream\n".encode() + body + b"\nendstream"


def _update(data: bytes, content: bytes) -> bytes:
    """Return the PDF with a second, incremental section that draws the page anew."""
    start = data.rindex(b"startxref\n") + 10
    before = int(data[start:].split(b"\n")[0])
    at = len(data)
    body = f"4 0 obj\n<</Length {len(content)}>>stream\n".encode() + content + b"\nendstream\nendobj\n"
    xref = f"xref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev {before}>>\n"
    return data + body + f"{xref}startxref\n{at + len(body)}\n%%EOF\n".encode()


@functools.cache
def _bomb() -> bytes:
    return zlib.compress(bytes(300 << 20), 9)


def _pdf() -> list[Case]:
    whole = pdf()
    laughs = [_form(b"/X Do " * 10, f"/XObject<</X {6 + i} 0 R>>") for i in range(9)]
    bomb = _bomb()
    packed = zlib.compress(_DRAW)
    update = _update(whole, _DRAW + b" 0 0 m 9 9 l S")
    box = "/MediaBox[{}]"
    made = {
        "control": (whole, "accept"),
        "control_flate": (pdf(content=packed, stream=f"/Length {len(packed)}/Filter/FlateDecode"), "accept"),
        "control_update": (update, "accept"),
        "box_zero": (pdf(page=box.format("0 0 0 0")), "flag"),
        "box_nan": (pdf(page=box.format("0 0 nan 842")), "flag"),
        "box_1e300": (pdf(page=box.format("0 0 1e300 1e300")), "flag"),
        "box_huge": (pdf(page=box.format("0 0 99999999 99999999")), "flag"),
        "box_text": (pdf(page="/MediaBox(wide)"), "flag"),
        "box_self": (pdf(page="/MediaBox 5 0 R", more=(b"[5 0 R 5 0 R 5 0 R 5 0 R]",)), "flag"),
        "box_three": (pdf(page=box.format("0 0 595")), "flag"),
        "box_missing": (pdf(page=""), "flag"),
        "unit_negative": (pdf(page="/MediaBox[0 0 595 842]/UserUnit -3"), "flag"),
        "rotate_45": (pdf(page="/MediaBox[0 0 595 842]/Rotate 45"), "flag"),
        "polyglot_zip": (whole + b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18), "flag"),
        "junk_before": (b"MZ junk\n" * 20 + whole, "flag"),
        "bytes_after_end": (whole + b"4 0 obj\n<</Length 9>>stream\n0 0 m 9 9", "flag"),
        "update_cut": (update[: len(whole) + 60], "flag"),
        "cut_half": (whole[: len(whole) // 2], "flag"),
        "no_xref": (whole[: whole.index(b"xref\n0")] + b"%%EOF\n", "flag"),
        "startxref_wrong": (whole.replace(b"startxref\n", b"startxref\n9"), "flag"),
        "count_lies": (pdf(pages="/Count 5"), "flag"),
        "kids_self": (whole.replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), "reject"),
        "kid_missing": (whole.replace(b"/Kids[3 0 R]", b"/Kids[9 0 R]"), "flag"),
        "content_missing": (whole.replace(b"/Contents 4 0 R", b"/Contents 9 0 R"), "flag"),
        "length_wrong": (pdf(stream="/Length 9999"), "flag"),
        "filter_unknown": (pdf(stream=f"/Length {len(_DRAW)}/Filter/Magic"), "flag"),
        "flate_broken": (pdf(content=packed[:20] + b"\xff" * 30, stream="/Length 50/Filter/FlateDecode"), "flag"),
        "flate_bomb": (pdf(content=bomb, stream=f"/Length {len(bomb)}/Filter/FlateDecode"), "flag"),
        "operator_unknown": (pdf(content=_DRAW + b" 1 2 3 frobnicate (a) xyzzy"), "flag"),
        "content_cut": (pdf(content=_DRAW[:-20]), "flag"),
        "nested_array": (pdf(page="/MediaBox[0 0 595 842]/X" + "[" * 100_000 + "]" * 100_000), "flag"),
        "form_self": (pdf(content=_DRAW + b" /X Do", resources="/XObject<</X 5 0 R>>",
                          more=(_form(b"/X Do", "/XObject<</X 5 0 R>>"),)), "flag"),
        "form_laughs": (pdf(content=_DRAW + b" /X Do", resources="/XObject<</X 5 0 R>>",
                            more=(*laughs, _form(b"0 0 m 9 9 l S"))), "flag"),
        "javascript": (pdf(catalog="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "flag"),
        "only_head": (b"%PDF-1.7\n", "reject"),
    }  # fmt: skip
    return [Case(f"pdf_{name}.pdf", data, expect) for name, (data, expect) in made.items()]
