"""Names a person would use for a changed thing: from its block, layer meaning, class or nearest label."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pipeline.comparing.content import Content
from pipeline.drawing.model import Space

MEANINGS = {
    "wall": ("墙", "wall"),
    "column": ("柱", "column"),
    "beam": ("梁", "beam"),
    "door": ("门", "door"),
    "window": ("窗", "window"),
    "axis": ("轴线", "grid axis"),
    "dimension": ("尺寸", "dimension"),
    "text": ("文字", "text"),
    "room": ("房间", "room"),
    "stair": ("楼梯", "stair"),
    "frame": ("图框", "frame"),
    "hatch": ("填充", "hatch"),
    "furniture": ("家具", "furniture"),
}
GEOMETRY = ("图形", "linework")
IFC_NAMES = {
    "IfcWall": ("墙", "wall"),
    "IfcWallStandardCase": ("墙", "wall"),
    "IfcDoor": ("门", "door"),
    "IfcWindow": ("窗", "window"),
    "IfcSlab": ("板", "slab"),
    "IfcColumn": ("柱", "column"),
    "IfcBeam": ("梁", "beam"),
    "IfcStair": ("楼梯", "stair"),
    "IfcStairFlight": ("梯段", "stair flight"),
    "IfcRailing": ("栏杆", "railing"),
    "IfcRoof": ("屋面", "roof"),
    "IfcSpace": ("房间", "room"),
    "IfcBuildingStorey": ("楼层", "storey"),
    "IfcFurnishingElement": ("家具", "furniture"),
    "IfcFurniture": ("家具", "furniture"),
    "IfcCurtainWall": ("幕墙", "curtain wall"),
    "IfcMember": ("构件", "member"),
    "IfcPlate": ("面板", "plate"),
    "IfcCovering": ("面层", "covering"),
    "IfcFlowTerminal": ("末端设备", "flow terminal"),
    "IfcOpeningElement": ("洞口", "opening"),
    "IfcGrid": ("轴网", "grid"),
    "IfcBuilding": ("建筑", "building"),
    "IfcSite": ("场地", "site"),
}
LABEL = re.compile(
    r"^(FM|MLC|TLM|GM|BM|JM|M|FC|BYC|GC|C|LC|MQ|JLM)[甲乙丙]?[A-Za-z]?-?\d{2,5}[a-z甲乙丙]?'?$", re.IGNORECASE
)
DOORS = ("FM", "TLM", "GM", "BM", "JM", "M", "JLM")
ROOM = re.compile(r"(室|厅|间|房|卫|厨|库|井|廊|道|堂|所|台)(\d*)$")
NUMBER = re.compile(r"^[+\-±]?\d[\d.,]*$")


@dataclass(slots=True, frozen=True)
class Name:
    """A noun with its number, Chinese and English."""

    zh: str
    en: str


def label_name(text: str) -> Name | None:
    """Name of what a label stands for: M0921 is a door, 会议室 a room."""
    plain = "".join(text.split())
    hit = LABEL.match(plain)
    if hit:
        door = hit.group(1).upper() in DOORS
        return Name(f"门 {plain}", f"door {plain}") if door else Name(f"窗 {plain}", f"window {plain}")
    if len(plain) <= 12 and ROOM.search(plain):
        return Name(f"房间 {plain}", f"room {plain}")
    return None


def text_name(text: str, meaning: str, dimension: bool) -> Name:
    """Name of a changed text."""
    short = " ".join(text.split())[:40]
    if dimension:
        return Name(f"尺寸 {short}", f"dimension {short}")
    named = label_name(text)
    if named:
        return named
    if meaning == "dimension" and NUMBER.match(short):
        return Name(f"尺寸 {short}", f"dimension {short}")
    return Name(f"文字 “{short}”", f"text “{short}”")


class Namer:
    """Names things of one sheet."""

    def __init__(self, content: Content, space: Space) -> None:
        """Collect the labels of the sheet."""
        self.content, self.space = content, space
        rows = [i for i, text in enumerate(content.texts.string) if LABEL.match("".join(text.split()))]
        self.labels = [content.texts.string[i] for i in rows]
        self.places = content.texts.centre[rows].reshape(-1, 2)

    def name(self, objects: np.ndarray, layers: np.ndarray, box: tuple[float, ...], texts: list[str]) -> Name:
        """Name of a group.

        Args:
            objects: object rows that changed as a whole.
            layers: layer row of each of its segments.
            box: its place in working mm of this side.
            texts: texts inside it.
        """
        layer = main_layer(layers)
        meaning = self.content.meanings[layer] if 0 <= layer < len(self.content.meanings) else ""
        for text in [*self._attributes(objects), *texts]:
            named = label_name(text)
            if named and LABEL.match("".join(text.split())):
                return named
        noun = MEANINGS.get(meaning)
        if noun and meaning in ("door", "window"):
            label = self._nearest(box)
            return (label_name(label) if label else None) or Name(*noun)
        if noun:
            return Name(*noun)
        block = self._block(objects)
        if block:
            return Name(f"图块 {block}", f"block {block}")
        label = self._nearest(box) if not any(self.content.meanings) else ""
        near = label_name(label) if label else None
        return near or Name(*GEOMETRY)

    def _attributes(self, objects: np.ndarray) -> list[str]:
        rows = [int(self.content.object_insert[o]) for o in objects]
        return [value for row in rows if row >= 0 for value in self.space.inserts.attributes[row].values()]

    def _block(self, objects: np.ndarray) -> str:
        rows = [int(self.content.object_insert[o]) for o in objects]
        names = [self.space.inserts.name[row] for row in rows if row >= 0]
        return next((name for name in names if name and not name.startswith("*")), "")

    def _nearest(self, box: tuple[float, ...]) -> str:
        """Nearest door or window label within 1.2 m of the box."""
        if not len(self.places):
            return ""
        low, high = np.array(box[:2]), np.array(box[2:])
        away = np.hypot(*np.maximum(np.maximum(low - self.places, self.places - high), 0).T)
        best = int(away.argmin())
        return "".join(self.labels[best].split()) if away[best] <= 1200 else ""


def main_layer(layers: np.ndarray) -> int:
    """Most frequent layer row of some segments, -1 without any."""
    known = layers[layers >= 0]
    return int(np.bincount(known).argmax()) if len(known) else -1


def layer_meaning(content: Content, row: int) -> str:
    """Meaning of a layer row, "" when unknown."""
    return content.meanings[row] if 0 <= row < len(content.meanings) else ""


def element_name(ifc_class: str, name: str, tag: str) -> Name:
    """Name of an IFC element."""
    zh, en = IFC_NAMES.get(ifc_class, (ifc_class.removeprefix("Ifc"), ifc_class.removeprefix("Ifc")))
    own = (name or tag or "").strip()[:60]
    return Name(f"{zh} {own}".strip(), f"{en} {own}".strip())
