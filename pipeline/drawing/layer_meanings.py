"""What a layer name says about its content: TArch defaults and the other common names (DXF layers, PDF OCGs).

Source: DOMAIN C.9 (TArch default layers seen in real files, GB/T 50001 style names, Chinese names).
"""

from __future__ import annotations

import re

_EXACT: dict[str, str] = {
    "WALL": "wall",
    "PUB_WALL": "wall",
    "Q_WALL": "wall",
    "COLUMN": "column",
    "COLU": "column",
    "CURTWALL": "curtain_wall",
    "WINDOW": "window",
    "3T_WOOD": "window",
    "3T_GLASS": "window",
    "3T_BAR": "window",
    "DOOR": "door",
    "DOOR_FIRE": "door",
    "DOOR_FIRE_TEXT": "opening_tag",
    "WINDOW_TEXT": "opening_tag",
    "DOOR_TEXT": "opening_tag",
    "DOTE": "axis",
    "AXIS-LINE": "axis",
    "AXIS": "axis_tag",
    "AXIS_TEXT": "axis_tag",
    "PUB_DIM": "dimension",
    "DIM": "dimension",
    "DIM_ELEV": "elevation",
    "DIM_LEAD": "symbol",
    "DIM_SYMB": "symbol",
    "DIM_IDEN": "symbol",
    "DIM_COOR": "symbol",
    "DIM_MODI": "revision",
    "PUB_TEXT": "text",
    "PUB_HATCH": "hatch",
    "PUB_TITLE": "frame",
    "PUB_TAB": "table",
    "SPACE": "room",
    "SPACE_HATCH": "hatch",
    "STAIR": "stair",
    "HANDRAIL": "stair",
    "BALCONY": "balcony",
    "ROOF": "roof",
    "GROUND": "ground",
    "SURFACE": "outline",
    "EVTR": "lift",
    "LVTRY": "sanitary",
    "REDLINE": "site_line",
    "DEFPOINTS": "construction",
    "PROMPT": "construction",
    "_TCH_KEY": "construction",
}

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"WALL.*(GLAZ|CURT)|CURT(AIN)?.?WALL|GLAZ.*CURT|幕墙", "curtain_wall"),
    (r"(WIND|DOOR|OPEN).*(TEXT|IDEN|TAG|NUMB)|门窗(编号|名)", "opening_tag"),
    (r"A-?DOTE|轴网|柱网|AXIS.?LINE|^轴线$|GRID(?!.*(IDEN|TEXT))", "axis"),
    (r"AXIS|轴号|轴标|GRID.*(IDEN|TEXT)", "axis_tag"),
    (r"图框|TITLE|TTLB|BORDER|TUKUANG|(^|[-_])(TK|FRAME)([-_]|$)|标题栏|会签", "frame"),
    (r"云线|修改|REVS?([-_]|$)|REVISION|CLOUD", "revision"),
    (r"文字标注|文字注释", "text"),
    (r"DIMS?([-_]|$)|DIMENSION|标注|尺寸|ANNO-?DIMS", "dimension"),
    (r"LEVL|ELEV.*MARK|^ELEV$|标高", "elevation"),
    (r"HATCH|PATT|填充", "hatch"),
    (r"COLU|柱", "column"),
    (r"WALL|墙", "wall"),
    (r"DOOR|^门$|[^门]门$", "door"),
    (r"WIND|GLAZ|(^|[-_])WIN([-_]|$)|门窗|窗$", "window"),
    (r"STRS|STAIR|HRAL|HANDRAIL|RAILING|楼梯|台阶|坡道|扶手|栏杆", "stair"),
    (r"(^|[-_])(AREA|ROOM|SPACE|SPCE)([-_]|$)|房间", "room"),
    (r"LIFT|ELEVATOR|EVTR|电梯", "lift"),
    (r"SANI|SANR|LVTRY|PLUMB|FIXT|TPTN|洁具|卫生", "sanitary"),
    (r"家具|FURN", "furniture"),
    (r"阳台|BALCON", "balcony"),
    (r"散水|地坪|GROUND", "ground"),
    (r"轮廓", "outline"),
    (r"红线|REDLINE", "site_line"),
    (r"TABLE|(^|[-_])TAB(L|LE)?([-_]|$)|表格", "table"),
    (r"ROOF|屋顶|屋面", "roof"),
    (r"TEXT|NOTE|(^|[-_])TXT([-_]|$)|文字|说明|注释", "text"),
    (r"SYMB|IDEN|LEAD(ER)?([-_]|$)|符号|索引|指北|引线|引出", "symbol"),
)
_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _PATTERNS)
_BOUND = re.compile(r"^.*\$\d+\$")


def bare_layer(name: str) -> str:
    """Return the upper-case layer name without the prefix of a bound or attached reference."""
    return _BOUND.sub("", name.split("|")[-1]).strip().upper()


def layer_meaning(name: str) -> str:
    """Return the meaning of a layer name, "" when nothing is known about it."""
    bare = bare_layer(name)
    if bare in _EXACT:
        return _EXACT[bare]
    if len(bare) > 255:
        return ""
    for pattern, meaning in _COMPILED:
        if pattern.search(bare):
            return meaning
    return ""
