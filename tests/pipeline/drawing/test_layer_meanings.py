"""What layer names say: the defaults of TArch (DOMAIN C.9), names after GB/T 50001, Chinese names, references."""

import pytest

from pipeline.drawing.layer_meanings import bare_layer, layer_meaning

NAMES = {
    "wall": "WALL PUB_WALL A-WALL A-WALL-CONC A-WALL-BRIC A-WALL-STUD A-WALL-PRHT 建-墙 墙体 Q_WALL 剪力墙",
    "column": "COLUMN A-COLU S-COLU 柱 COLU 构造柱",
    "curtain_wall": "CURTWALL A-WALL-GLAZ A-GLAZ-CURT 幕墙",
    "window": "WINDOW A-WIND 门窗 窗 3T_WOOD 3T_GLASS 3T_BAR A-GLAZ WIN",
    "door": "DOOR_FIRE A-DOOR 门 防火门",
    "opening_tag": "WINDOW_TEXT DOOR_FIRE_TEXT A-WIND-TEXT DOOR_TEXT 门窗编号",
    "axis": "DOTE A-DOTE 轴网 柱网 AXIS-LINE 轴线",
    "axis_tag": "AXIS AXIS_TEXT A-AXIS A-AXIS-TEXT 轴号",
    "dimension": "PUB_DIM A-ANNO-DIMS DIM DIMENSION 尺寸标注 第三道尺寸",
    "elevation": "DIM_ELEV A-ANNO-IDEN-LEVL 标高",
    "symbol": "DIM_LEAD DIM_SYMB DIM_IDEN DIM_COOR A-ANNO-SYMB A-ANNO-IDEN 索引 指北针 引线",
    "revision": "DIM_MODI 云线 A-ANNO-REVS",
    "text": "PUB_TEXT A-ANNO-TEXT 文字 文字标注 设计说明 TXT",
    "hatch": "PUB_HATCH SPACE_HATCH A-WALL-PATT 填充 COLUMN_HATCH",
    "frame": "PUB_TITLE 图框 TK A-TTLB BORDER 会签栏 TUKUANG",
    "table": "PUB_TAB 表格 A-ANNO-TABL",
    "room": "SPACE A-AREA 房间",
    "stair": "STAIR STAIR-台阶 A-STRS 楼梯 HANDRAIL 扶手 坡道",
    "balcony": "BALCONY 阳台",
    "roof": "ROOF 屋面",
    "ground": "GROUND 散水",
    "outline": "SURFACE 外轮廓",
    "lift": "EVTR 电梯 A-FLOR-EVTR",
    "sanitary": "LVTRY 洁具 A-FLOR-TPTN",
    "furniture": "家具 A-FURN",
    "site_line": "REDLINE 用地红线",
    "construction": "Defpoints PROMPT _TCH_KEY",
    "": "0 图层1 W-PIPE 给水 LAYER1",
}


@pytest.mark.parametrize(("name", "meaning"), [(name, m) for m, names in NAMES.items() for name in names.split()])
def test_names_of_practice_are_known(name, meaning):
    assert layer_meaning(name) == meaning
    assert layer_meaning(name.lower()) == meaning


@pytest.mark.parametrize("prefix", ["plan|", "plan$0$", "a$0$b$12$", "建筑|一层|", "a|b$0$"])
def test_the_names_of_references_do_not_count(prefix):
    assert layer_meaning(f"{prefix}WALL") == "wall"
    assert bare_layer(f"{prefix}Dote") == "DOTE"
