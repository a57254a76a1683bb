"""Draws DXF files with Chinese texts in every way that practice writes them; pictures of them are kept in `golden/`.

`python -m tests.pipeline.readers.dxf.chinese FOLDER` writes the files and their pictures for the eye.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import ezdxf
from ezdxf.document import Drawing as Document
from ezdxf.enums import TextEntityAlignment
from PIL import Image

from pipeline.drawing.conclude import conclude
from pipeline.readers.registry import read_path
from pipeline.rendering.raster import page_picture, painted_page
from pipeline.sheets import find_sheets

SIMPLIFIED = (
    "建筑设计总说明",
    "一层平面图 1:100",
    "防火分区示意图（建筑面积 1500㎡）",
    "钢筋混凝土框架结构，抗震设防烈度七度",
    "甲级防火门 FM甲1521",
    "±0.000 相当于绝对标高 198.500",
    "①～⑧ 轴立面图、剖面图、大样图",
    "墙厚200，Φ8@200，坡度 i=5‰",
)
TRADITIONAL = ("建築設計總說明", "一層平面圖 1:100", "鋼筋混凝土框架結構", "防火門窗表", "詳見建施圖說明")
ESCAPED = (
    r"\U+4E00\U+5C42\U+5E73\U+9762\U+56FE",
    r"\M+5D2BB\M+5B2E3\M+5C6BD\M+5C3E6\M+5CDBC",
    r"\M+2A440\M+2BC68 \M+182A0 \M+3B0A1",
    "%%p0.000  %%c8@200  45%%d  100%%%",
    "%%1308@200 %%13112 %%13216@150 %%13320",
    "%%u下划线%%u %%o上划线%%o ^I制表",
    "H%%1422%%143O m%%1402%%141",
)
STYLES = (
    ("SHX", "txt.shx", "gbcbig.shx", 0.7),
    ("HZTXT", "tssdeng.shx", "hztxt.shx", 0.8),
    ("TSSD", "simplex.shx", "tssdchn.shx", 1.0),
    ("GBENOR", "gbenor.shx", "gbcbig.shx", 1.0),
    ("SONG", "simsun.ttc", "", 1.0),
    ("FANG", "simfang.ttf", "", 0.7),
    ("BIGONLY", "", "hzfs.shx", 1.0),
)


def encoded(doc: Document, codepage: str, encoding: str) -> bytes:
    """Return a document as ASCII DXF in any encoding under any code page name."""
    stream = io.StringIO()
    doc.write(stream)
    return stream.getvalue().replace("ANSI_1252", codepage, 1).encode(encoding)


def document(version: str) -> Document:
    ezdxf.options.write_fixed_meta_data_for_testing = True
    doc = ezdxf.new(version, units=4)
    for name, font, big, width in STYLES:
        style = doc.styles.add(name, font=font)
        style.dxf.width = width
        if big:
            style.dxf.bigfont = big
    return doc


def lines(doc: Document, texts: tuple[str, ...], style: str = "SHX") -> None:
    model = doc.modelspace()
    for row, string in enumerate(texts):
        model.add_text(string, height=300, dxfattribs={"style": style, "width": 0.7, "insert": (0, -row * 600)})
    model.add_polyline2d([(-300, 600), (9000, 600), (9000, -len(texts) * 600), (-300, -len(texts) * 600)], close=True)


def simplified(version: str = "R2000") -> Document:
    """Lines of simplified Chinese."""
    doc = document(version)
    lines(doc, SIMPLIFIED)
    return doc


def traditional(version: str = "R2000") -> Document:
    """Lines of traditional Chinese."""
    doc = document(version)
    lines(doc, TRADITIONAL)
    return doc


def escaped(version: str = "R2000") -> Document:
    """Lines of escapes, all ASCII in the file."""
    doc = document(version)
    lines(doc, ESCAPED)
    return doc


def styled(version: str = "R2000") -> Document:
    """The same line in every style, then fitted, aligned, oblique, backward, upside-down, vertical and block texts."""
    doc = document(version)
    model = doc.modelspace()
    for row, (name, *_, width) in enumerate(STYLES):
        attribs = {"style": name, "width": width, "insert": (0, -row * 600)}
        model.add_text("建施-01 一层平面图 Plan 1:100", height=300, dxfattribs=attribs)
    y = -len(STYLES) * 600
    fit = model.add_text("两点之间调整", height=300, dxfattribs={"style": "SHX"})
    fit.set_placement((0, y), (6000, y), TextEntityAlignment.FIT)
    aligned = model.add_text("两点对齐", height=300, dxfattribs={"style": "SHX"})
    aligned.set_placement((0, y - 900), (1500, y - 500), TextEntityAlignment.ALIGNED)
    model.add_text("倾斜文字", height=300, dxfattribs={"style": "SHX", "oblique": 15, "insert": (3000, y - 800)})
    model.add_text(
        "反向 ABC", height=300, dxfattribs={"style": "SHX", "text_generation_flag": 2, "insert": (8000, y - 800)}
    )
    model.add_text(
        "倒置 ABC", height=300, dxfattribs={"style": "SHX", "text_generation_flag": 4, "insert": (0, y - 1400)}
    )
    hung = doc.styles.add("HUNG", font="txt.shx")
    hung.dxf.bigfont, hung.dxf.flags = "hztxt.shx", 4
    model.add_text("竖排文字", height=300, dxfattribs={"style": "HUNG", "insert": (9600, 0)})
    block = doc.blocks.new("标记")
    block.add_text("镜像块中", height=300, dxfattribs={"style": "SHX", "insert": (0, 0)})
    block.add_lwpolyline([(-100, -100), (2000, -100), (2000, 400), (-100, 400)], close=True)
    model.add_blockref("标记", (6000, y - 1500), dxfattribs={"xscale": -1})
    model.add_blockref("标记", (6500, y - 1500), dxfattribs={"yscale": -1})
    model.add_blockref("标记", (9000, y - 1200), dxfattribs={"rotation": 90})
    return doc


def paragraphs(version: str = "R2010") -> Document:
    """MTEXT: wrapped, stacked, coloured, narrowed, hung up at nine points, masked."""
    doc = document(version)
    model = doc.modelspace()
    notes = r"{\fSimSun|b0|i0|c134|p2;一、设计依据}\P1. 本工程为框架结构，耐火等级为二级，抗震设防烈度为七度，"
    notes += r"屋面防水等级为Ⅰ级。\P2. 卫生间地面低于同层楼面{\C1;20}mm，找坡{\H0.7x;\S1/100;}；"
    notes += r"体积 12m{\H0.7x;\S3^ ;}，尺寸 30{\H0.6x;\S+0.1^-0.2;}。"
    model.add_mtext(notes, {"style": "SHX", "char_height": 300, "width": 7000, "insert": (0, 0)})
    model.add_mtext(r"\W0.5;窄字 NARROW\P\W1.5;宽字 WIDE", {"style": "SHX", "char_height": 300, "insert": (7500, 0)})
    for point in range(1, 10):
        at = ((point - 1) % 3 * 3000, -5000 - (point - 1) // 3 * 1500)
        model.add_mtext(f"中文\\P{point}号", {"char_height": 250, "attachment_point": point, "insert": at})
        model.add_line((at[0] - 100, at[1]), (at[0] + 100, at[1]))
        model.add_line((at[0], at[1] - 100), (at[0], at[1] + 100))
    model.add_line((7500, -5000), (10500, -8000))
    masked = model.add_mtext("遮罩\\P文字", {"char_height": 300, "attachment_point": 5, "insert": (9000, -6500)})
    masked.set_bg_color("canvas", scale=1.5)
    turned = model.add_mtext("转三十度", {"char_height": 300, "insert": (7500, -3800)})
    turned.set_rotation(30)
    return doc


DRAWINGS: dict[str, Callable[..., Document]] = {
    "simplified": simplified,
    "traditional": traditional,
    "escaped": escaped,
    "styled": styled,
    "paragraphs": paragraphs,
}


def picture(path: Path, pixels: int = 1100) -> Image.Image:
    """Read a file as the product does and return its first sheet drawn, its longer side `pixels` long."""
    drawing = read_path(path, path.name)
    find_sheets(drawing)
    conclude(drawing)
    page = painted_page(drawing, drawing.sheets[0])
    return page_picture(page, 72 * pixels / max(page[0].rect.width, page[0].rect.height))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in DRAWINGS.items():
        file = folder / f"{name}.dxf"
        file.write_bytes(encoded(draw(), "ANSI_936", "gb18030"))
        picture(file).save(folder / f"{name}.png")
