"""What an office calls things: rooms, layers and tags in Chinese, English and German practice."""

from __future__ import annotations

LANGUAGES = ("zh", "en", "de")
ROOMS = {
    "living": ("客厅", "LIVING ROOM", "Wohnen"),
    "dining": ("餐厅", "DINING", "Essen"),
    "master": ("主卧室", "MASTER BEDROOM", "Schlafen"),
    "bedroom": ("卧室", "BEDROOM", "Zimmer"),
    "study": ("书房", "STUDY", "Arbeiten"),
    "kitchen": ("厨房", "KITCHEN", "Küche"),
    "bath": ("卫生间", "BATHROOM", "Bad"),
    "ensuite": ("卫生间", "WC", "Bad"),
    "passage": ("过道", "HALL", "Flur"),
    "stair": ("楼梯间", "STAIR", "Treppenhaus"),
    "lift": ("电梯井", "LIFT", "Aufzug"),
    "lobby": ("合用前室", "LIFT LOBBY", "Vorraum"),
    "duct": ("水井", "RISER", "Schacht"),
    "electric": ("配电间", "ELEC. ROOM", "Elektro"),
    "corridor": ("走道", "CORRIDOR", "Flur"),
    "hall": ("门厅", "ENTRANCE HALL", "Eingangshalle"),
    "link": ("过厅", "LINK", "Halle"),
    "office": ("办公室", "OFFICE", "Büro"),
    "meeting": ("会议室", "MEETING ROOM", "Besprechung"),
    "manager": ("经理室", "MANAGER", "Leitung"),
    "archive": ("档案室", "ARCHIVE", "Archiv"),
    "tea": ("茶水间", "PANTRY", "Teeküche"),
    "store": ("储藏室", "STORE", "Lager"),
    "men": ("男卫生间", "MALE WC", "WC Herren"),
    "women": ("女卫生间", "FEMALE WC", "WC Damen"),
    "class": ("普通教室", "CLASSROOM", "Klasse"),
    "music": ("音乐教室", "MUSIC ROOM", "Musik"),
    "lab": ("实验室", "LABORATORY", "Labor"),
    "teachers": ("教师办公室", "STAFF ROOM", "Lehrer"),
    "ward": ("病房", "WARD", "Patienten"),
    "nurse": ("护士站", "NURSE STATION", "Stützpunkt"),
    "doctor": ("医生办公室", "DOCTOR", "Arzt"),
    "treatment": ("治疗室", "TREATMENT", "Behandlung"),
    "dirty": ("污洗间", "DIRTY UTILITY", "Unrein"),
    "garage": ("汽车库", "CAR PARK", "Garage"),
    "fan": ("排烟机房", "FAN ROOM", "Lüftung"),
    "pump": ("水泵房", "PUMP ROOM", "Pumpen"),
    "reading": ("阅览室", "READING ROOM", "Lesesaal"),
}
PARTS = {  # of a model
    "outer": ("外墙", "Exterior wall", "Außenwand"),
    "inner": ("内墙", "Interior wall", "Innenwand"),
    "bow": ("弧墙", "Round wall", "Rundwand"),
    "door": ("门", "Door", "Tür"),
    "window": ("窗", "Window", "Fenster"),
    "material": ("加气混凝土砌块", "Concrete block", "Mauerwerk"),
}
LAYERS = {  # what -> name in the style of TArch, of Chinese words, of the English and of the German standard
    "wall": ("WALL", "墙体", "A-WALL", "AR_WAND"),
    "bow": ("WALL", "墙体", "A-WALL", "AR_WAND"),
    "column": ("COLUMN", "柱", "S-COLS", "TW_STUETZE"),
    "hatch": ("PUB_HATCH", "填充", "S-COLS-PATT", "AR_SCHRAFFUR"),
    "window": ("WINDOW", "门窗", "A-GLAZ", "AR_FENSTER"),
    "door": ("WINDOW", "门窗", "A-DOOR", "AR_TUER"),
    "tag": ("WINDOW_TEXT", "门窗编号", "A-DOOR-IDEN", "AR_TEXT_TUER"),
    "axis": ("DOTE", "轴线", "S-GRID", "ACHSE"),
    "bubble": ("AXIS", "轴号", "S-GRID-IDEN", "ACHSE_TEXT"),
    "dim": ("PUB_DIM", "尺寸标注", "A-ANNO-DIMS", "AR_BEMASSUNG"),
    "text": ("PUB_TEXT", "文字", "A-ANNO-TEXT", "AR_TEXT"),
    "room": ("SPACE", "房间名称", "A-AREA-IDEN", "AR_RAUM"),
    "stair": ("STAIR", "楼梯", "A-FLOR-STRS", "AR_TREPPE"),
    "rail": ("HANDRAIL", "栏杆", "A-FLOR-HRAL", "AR_GELAENDER"),
    "balcony": ("BALCONY", "阳台", "A-FLOR-OTLN", "AR_BALKON"),
    "lift": ("EVTR", "电梯", "A-FLOR-EVTR", "AR_AUFZUG"),
    "ware": ("LVTRY", "洁具", "P-SANR-FIXT", "SA_OBJEKT"),
    "furniture": ("家具", "家具", "A-FURN", "AR_MOEBEL"),
    "title": ("PUB_TITLE", "图框", "G-ANNO-TTLB", "BLATTRAHMEN"),
    "table": ("PUB_TAB", "表格", "A-ANNO-SCHD", "TABELLE"),
    "level": ("DIM_ELEV", "标高", "A-ANNO-LEVL", "AR_HOEHE"),
    "symbol": ("DIM_SYMB", "符号", "A-ANNO-SYMB", "AR_SYMBOL"),
}
STYLES = ("tarch", "words", "en", "de")
LIBRARY = {  # layers of the block library -> what
    "WINDOW": "door",
    "EVTR": "lift",
    "LVTRY": "ware",
    "AXIS": "bubble",
    "DIM_ELEV": "level",
    "DIM_SYMB": "symbol",
    "PUB_TITLE": "title",
    "FURNITURE": "furniture",
}
NAMES = {
    "zh": ("江滨", "松花", "龙潭", "北山", "丰满", "临江", "雾凇", "长白"),
    "en": ("Riverside", "Kingsway", "Harbour", "Northfield", "Mill Lane"),
    "de": ("Am Park", "Lindenhof", "Nordring", "Seestraße", "Altmarkt"),
}
KINDS = {
    "slab": ("花园住宅楼", "Apartments", "Wohnhaus"),
    "tower": ("公寓塔楼", "Tower", "Hochhaus"),
    "school": ("小学教学楼", "School", "Schule"),
    "office": ("办公楼", "Offices", "Bürohaus"),
    "garage": ("地下汽车库", "Car Park", "Tiefgarage"),
    "ward": ("医院住院楼", "Hospital Ward", "Bettenhaus"),
}
STOREYS = "一二三四五六七八九"


def said(table: dict[str, tuple[str, ...]], word: str, language: str) -> str:
    """Return a word in a language."""
    return table[word][LANGUAGES.index(language)]


def storey_title(index: int, language: str) -> str:
    """Return the title of a plan."""
    if language == "zh":
        return f"{STOREYS[index - 1]}层平面图"
    return f"FLOOR PLAN LEVEL {index - 1}" if language == "en" else f"Grundriss Ebene {index - 1}"


def door_tag(width: float, height: float, language: str, grade: str = "") -> str:
    """Tag of a door: M0921, FM乙1221; D-09; T 88,5."""
    size = f"{round(width / 100):02d}{round(height / 100):02d}"
    if language == "zh":
        return f"FM{grade}{size}" if grade else f"M{size}"
    return f"{'FD' if grade else 'D'}{size}" if language == "en" else f"T{'30-' if grade else ''}{size}"


def window_tag(width: float, height: float, language: str) -> str:
    """Tag of a window: C1515."""
    size = f"{round(width / 100):02d}{round(height / 100):02d}"
    return {"zh": "C", "en": "W", "de": "F"}[language] + size
