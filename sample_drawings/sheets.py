"""The set of a version as pages: drawing list, notes, schedule, plans, elevations, section, stair details."""

from __future__ import annotations

from sample_drawings import facades, plans
from sample_drawings.building import NAME, WORDS, Version, counts
from sample_drawings.facades import table
from sample_drawings.paper import Page
from sample_drawings.symbols import FIRM, OWNER, PEOPLE, SEAL_VALUES

A1, A2 = (841.0, 594.0), (594.0, 420.0)
USES = {"M": "木质平开门", "FM": "钢质防火门", "DTM": "电梯门", "C": "断桥铝合金窗"}


def _titles(v: Version) -> list[tuple[str, str, float]]:
    """Title, DXF group and scale of every sheet in order."""
    front = [("图纸目录", "01_目录与说明", 100.0), ("设计说明", "01_目录与说明", 100.0)]
    floors = [(f"{w}层平面图", "02_平面图", 100.0) for w in WORDS]
    rest = [
        ("屋顶平面图", "02_平面图", 100.0),
        ("南立面图", "03_立面图与剖面图", 100.0),
        ("北立面图", "03_立面图与剖面图", 100.0),
        ("1-1剖面图", "03_立面图与剖面图", 100.0),
    ]
    if v.stage == "scheme":
        return [*front, *floors, *rest]
    return [*front, ("门窗表", "01_目录与说明", 100.0), *floors, *rest, ("楼梯详图", "04_楼梯详图", 50.0)]


def pages(v: Version) -> list[Page]:
    """Draw every sheet of a version."""
    result: list[Page] = []
    titles = _titles(v)
    listing: list[tuple[str, str, str]] = []
    for i, (title, group, scale) in enumerate(titles):
        size = A2 if title == "图纸目录" else A1
        true_number = f"{v.prefix}-{i:02d}"
        number = v.number_lie.get(title, true_number)
        listing.append((true_number, title, "A2" if size == A2 else "A1"))
        page = Page(number=number, title=title, size=size, scale=scale, group=group)
        page.fields = {
            "工程名称": NAME,
            "子项名称": "1#楼",
            "建设单位": OWNER,
            "设计单位": FIRM,
            "工程编号": "2025-012",
            "设计阶段": v.stage_word,
            "专业": "建筑",
            "图名": title,
            "图号": number,
            "比例": v.scale_lie.get(title, f"1:{int(scale)}"),
            "日期": "" if v.no_date == title else v.date,
            "版次": v.edition,
            **PEOPLE,
        }
        name = "TK_A2" if size == A2 else "TK_A1"
        page.insert("PUB_TITLE", name, 0, 0, 0, scale, scale, page.fields)
        if v.stage == "as_built" and v.seal_missing != title:
            x, y = (430, 330) if size == A2 else (672, 526)
            page.insert("STAMP", "竣工图章", x * scale, y * scale, 0, scale, scale, SEAL_VALUES)
        result.append(page)
    if v.ghost_sheet:
        listing.append((f"{v.prefix}-{len(titles):02d}", "墙身大样图", "A1"))
    for page in result:
        _fill(page, v, listing)
    return result


def _fill(page: Page, v: Version, listing: list[tuple[str, str, str]]) -> None:
    t = page.title
    if t == "图纸目录":
        _drawing_list(page, v, listing)
    elif t == "设计说明":
        _notes(page, v)
    elif t == "门窗表":
        _schedule(page, v)
    elif t == "屋顶平面图":
        plans.roof(page, v)
    elif t.endswith("层平面图"):
        plans.plan(page, v, v.storeys[WORDS.index(t[0])])
    elif t in ("南立面图", "北立面图"):
        facades.elevation(page, v, t[0] == "南")
    elif t == "1-1剖面图":
        facades.section(page, v)
    else:
        facades.stair_details(page, v)


def _heading(page: Page, word: str, x: float, y: float) -> None:
    k = page.scale
    page.text("PUB_TEXT", word, x * k, y * k, 10.0, "c")
    w = len(word) * 10.5
    page.line("PUB_TEXT", ((x - w / 2) * k, (y - 5) * k), ((x + w / 2) * k, (y - 5) * k), pen=0.7)


def _drawing_list(page: Page, v: Version, listing: list[tuple[str, str, str]]) -> None:
    _heading(page, "图 纸 目 录", 265, 380)
    rows = [("序号", "图号", "图名", "图幅", "版次", "备注")]
    rows += [(str(i), number, title, size, v.edition, "") for i, (number, title, size) in enumerate(listing, 1)]
    table(page, 70, 360, (20, 50, 150, 25, 25, 60), rows, 11.0)


NOTE_LINES = [
    (
        "一、设计依据",
        [
            "1. 建设单位提供的设计任务书、规划条件及红线图。",
            "2. 《建筑防火通用规范》GB 55037-2022、《民用建筑通用规范》GB 55031-2022。",
            "3. 《建筑与市政工程无障碍通用规范》GB 55019-2021。",
            "4. 《民用建筑设计统一标准》GB 50352-2019。",
            "5. 国家及吉林省现行的其他有关标准、规范。",
        ],
    ),
    (
        "二、工程概况",
        [
            "1. 本工程为松花江畔社区服务中心，位于吉林省吉林市松江中路南侧。",
            "2. 地上六层，无地下室，建筑高度23.60m（室外地面至女儿墙顶），为多层公共建筑。",
            "3. 结构形式：钢筋混凝土框架结构；抗震设防烈度7度；设计使用年限50年。",
            "4. 建筑耐火等级：二级；每层为一个防火分区，设封闭楼梯间两部。",
            "5. 坐标系：CGCS2000国家大地坐标系，中央子午线126°；高程：1985国家高程基准。",
            "6. 设计标高±0.000相当于绝对标高191.500m。",
        ],
    ),
    (
        "三、墙体与防水",
        [
            "1. 外墙为200厚加气混凝土砌块，外贴100厚岩棉板；内墙为200厚加气混凝土砌块。",
            "2. 墙身防潮层设于标高-0.060处，20厚1:2水泥砂浆加5%防水剂。",
            "3. 屋面防水等级一级，三道设防；卫生间楼地面防水涂膜上翻300。",
        ],
    ),
    (
        "四、门窗与消防",
        [
            "1. 门窗立面及数量详见门窗表；外窗气密性7级。",
            "2. 疏散楼梯间及前室的门为乙级防火门；配电间的门为甲级防火门。",
            "3. 疏散门向疏散方向开启，防火门设闭门器。",
        ],
    ),
]


def _notes(page: Page, v: Version) -> None:
    k = page.scale
    _heading(page, "建 筑 设 计 说 明", 215, 550)
    y = 525.0
    for heading, lines in NOTE_LINES:
        page.text("PUB_TEXT", heading, 50 * k, y * k, 5.0)
        y -= 11
        for line in lines:
            page.text("PUB_TEXT", line, 56 * k, y * k, 4.0)
            y -= 9
        y -= 6
    safety = [
        f"1. 平台、回廊、上人屋面等临空处栏杆高度{v.guard_height}m，采用不易攀登的构造。",
        "2. 窗台低于0.80m的临空窗设防护栏杆。",
        f"3. 五层走道吊顶下净高{v.corridor_height_5f}m，其余各层走道吊顶下净高2.40m。",
        "4. 楼梯踏步宽280，高150；扶手高度0.90m。",
    ]
    page.text("PUB_TEXT", "五、安全防护", 50 * k, y * k, 5.0)
    for i, line in enumerate(safety):
        page.text("PUB_TEXT", line, 56 * k, (y - 11 - 9 * i) * k, 4.0)
    _heading(page, "经济技术指标表", 590, 550)
    rows = [
        ("序号", "项目", "单位", "数值", "备注"),
        ("1", "建设用地面积", "m²", "2880.00", ""),
        ("2", "总建筑面积", "m²", "3562.08", "地上"),
        ("3", "其中：标准层建筑面积", "m²", "593.68", "各层相同"),
        ("4", "建筑基底面积", "m²", "593.68", ""),
        ("5", "容积率", "-", "1.24", ""),
        ("6", "建筑密度", "%", "20.61", ""),
        ("7", "绿地率", "%", "35.00", ""),
        ("8", "建筑层数", "层", "6", "地上6层"),
        ("9", "建筑高度", "m", "23.60", "至女儿墙顶"),
        ("10", "机动车停车位", "个", "29", "含无障碍车位2个"),
    ]
    table(page, 460, 530, (20, 95, 25, 50, 70), rows, 10.0)
    _heading(page, "室内装修做法表", 590, 385)
    finishes = [
        ("部位", "楼地面", "内墙面", "顶棚"),
        ("门厅、走道", "防滑地砖", "无机涂料", "铝板吊顶"),
        ("办公室", "PVC卷材", "无机涂料", "矿棉板吊顶"),
        ("卫生间", "防滑地砖", "墙砖到顶", "铝扣板吊顶"),
        ("楼梯间", "花岗岩", "无机涂料", "无机涂料"),
        ("配电间", "细石混凝土", "无机涂料", "无机涂料"),
    ]
    table(page, 460, 365, (65, 65, 65, 65), finishes, 10.0)


def _schedule(page: Page, v: Version) -> None:
    """Door and window schedule with counts per storey, and their outlines."""
    _heading(page, "门 窗 表", 390, 550)
    rows: list[tuple[str, ...]] = [
        ("类别", "设计编号", "洞口尺寸(宽×高)", "一层", "二层", "三层", "四层", "五层", "六层", "合计", "备注")
    ]
    data = counts(v)
    for tag, (w, h, n) in data.items():
        kind = "防火门" if tag.startswith("FM") else "电梯门" if tag.startswith("DTM") else "门" if "M" in tag else "窗"
        use = USES["FM" if tag.startswith("FM") else "DTM" if tag.startswith("DTM") else tag[0]]
        grade = next((f"{g}级" for g in "甲乙丙" if g in tag), "")
        total = sum(n) + v.schedule_lie.get(tag, 0)
        rows.append((kind, tag, f"{int(w)}×{int(h)}", *[str(k) if k else "-" for k in n], str(total), f"{grade}{use}"))
    table(page, 60, 530, (40, 60, 90, 38, 38, 38, 38, 38, 38, 45, 120), rows, 11.0)
    _outlines(page, data)


def _outlines(page: Page, data: dict[str, tuple[float, float, list[int]]]) -> None:
    """Small elevations of each type at 1:100."""
    x, y = 7500.0, 21500.0
    for tag, (w, h, _) in data.items():
        if x + w > 72000:
            x, y = 7500.0, y - 7000
        page.rect("WINDOW", x, y, x + w, y + h, pen=0.35)
        page.rect("WINDOW", x + 60, y + (0 if "M" in tag else 60), x + w - 60, y + h - 60)
        if w >= 1200:
            page.line("WINDOW", (x + w / 2, y), (x + w / 2, y + h - 60))
        if "M" in tag and not tag.startswith("DTM"):
            page.line(
                "WINDOW",
                (x + w / 2, y),
                (x + 60 if w >= 1200 else x + w - 60, y + h / 2),
                (x + w / 2 if w >= 1200 else x + 60, y + h - 60),
                dash="DASHED",
            )
        page.dim((x, y), (x + w, y), y - 900)
        page.dim((x, y), (x, y + h), x - 700, True)
        page.text("PUB_TEXT", f"{tag}立面", x + w / 2, y - 2000, 3.5, "c")
        x += max(w, 900) + 4200
