"""Writes an IFC model of equal storeys by script: columns, walls, openings, doors, rooms, furniture, property sets."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('storeys.ifc','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
"""
STOREY_MM, BAY_MM = 3300.0, 6000.0
BAYS = (8, 5)  # rooms of a storey
PER_STOREY = 284
Size = tuple[float, float, float]
WORDS = ("Reference", "FireRating", "Status", "Manufacturer", "Mark")


@dataclass(slots=True, frozen=True)
class Thing:
    """One element: a box that stands at a place."""

    key: str  # what it is in all versions
    kind: str
    name: str
    at: tuple[float, float, float]
    size: tuple[float, float, float]
    storey: int
    words: tuple[str, ...] = ()
    number: float = 0.0


@dataclass(slots=True)
class Edited:
    """Which things of the old model were changed how."""

    things: list[Thing]
    told: dict[str, str] = field(default_factory=dict)  # key -> removed added moved resized property renamed


def storeys(count: int) -> list[Thing]:
    """Return the things of `count` equal storeys, 284 each."""
    things: list[Thing] = []
    for level in range(count):
        z = level * STOREY_MM

        def put(kind: str, name: str, x: float, y: float, size: Size, lift: float = 0.0, z: float = z) -> None:
            level = int(z // STOREY_MM)
            number = len(things)
            words = (name or kind, ("0h", "1h", "2h")[number % 3], "NEW", f"maker {number % 7}", f"{kind[3:5]}{number}")
            at = (x, y, z + lift)
            things.append(Thing(f"{level}:{number}", kind, name, at, size, level, words, 1.0 + number % 11))

        across, along = BAYS
        put("IfcSlab", "floor", 0, 0, (across * BAY_MM, along * BAY_MM, 200), -200)
        for a in range(across + 1):
            for b in range(along + 1):
                put("IfcColumn", "", a * BAY_MM - 200, b * BAY_MM - 200, (400, 400, 3100))
        for a in range(across):
            for b in range(along):
                x, y = a * BAY_MM, b * BAY_MM
                put("IfcWall", "partition", x + 200, y - 100, (BAY_MM - 400, 200, 3000))
                put("IfcDoor", "M0921", x + 1000, y - 30, (900, 60, 2100))
                put("IfcSpace", f"{level + 1}{a}{b}", x + 200, y + 200, (BAY_MM - 400, BAY_MM - 400, 2800))
                put("IfcFurniture", "desk", x + 1500, y + 2000, (1600, 800, 750))
                if b % 2:
                    put("IfcWindow", "C1515", x + 2000, y + BAY_MM - 60, (1500, 60, 1500), 900)
                put("IfcBeam", "", x + 200, y - 150, (BAY_MM - 400, 300, 500), 2600)
                if (a + b) % 3 == 0:
                    put("IfcFlowTerminal", "lamp", x + 3000, y + 3000, (600, 600, 80), 2700)
    return things


def edited(things: list[Thing], seed: int, share: float = 0.005) -> Edited:
    """Return the things with a share of them changed, every change one of six kinds in turn."""
    draw = random.Random(seed)
    pool = [k for k, one in enumerate(things) if one.kind not in ("IfcSlab", "IfcSpace", "IfcBeam", "IfcWall")]
    chosen = draw.sample(pool, max(6, int(share * len(things))))
    new: list[Thing | None] = list(things)
    extra: list[Thing] = []
    told: dict[str, str] = {}
    for turn, k in enumerate(chosen):
        one = things[k]
        how = ("removed", "moved", "resized", "property", "renamed", "added")[turn % 6]
        if how == "removed":
            new[k] = None
        elif how == "moved":
            new[k] = replace(one, at=(one.at[0] + draw.uniform(150, 700), one.at[1], one.at[2]))
        elif how == "resized":
            new[k] = replace(one, size=(one.size[0], one.size[1], one.size[2] * 1.15 + 50))
        elif how == "property":
            new[k] = replace(one, words=(*one.words[:1], one.words[1] + " rev", *one.words[2:]))
        elif how == "renamed":
            new[k] = replace(one, name=one.name + " X")
        else:
            key = f"extra {turn}"
            extra.append(replace(one, key=key, at=(one.at[0] + 2000, one.at[1] + 1500, one.at[2])))
            told[key] = how
            continue
        told[one.key] = how
    return Edited([one for one in new if one is not None] + extra, told)


def guid(text: str) -> str:
    """Return a GlobalId that hangs on a text."""
    draw = random.Random(text)
    return DIGITS[draw.randrange(4)] + "".join(draw.choice(DIGITS) for _ in range(21))


class Writer:
    """Writes things as STEP rows."""

    def __init__(self, salt: str, unit_mm: float, jitter: float) -> None:
        """`salt` goes into every GlobalId; `unit_mm` is one unit of the file; `jitter` is in metres."""
        self.rows: list[str] = []
        self.salt, self.unit, self.jitter = salt, unit_mm, jitter / unit_mm * 1000.0
        self.draw = random.Random(salt)
        self.shapes: dict[tuple[float, float, float], int] = {}

    def row(self, text: str) -> int:
        """Add a row, return its number."""
        self.rows.append(f"#{len(self.rows) + 1}={text};")
        return len(self.rows)

    def number(self, value_mm: float) -> str:
        """Return a length as the file writes it."""
        return repr(value_mm / self.unit + (self.draw.uniform(-1, 1) * self.jitter if self.jitter else 0.0))

    def root(self, key: str) -> str:
        """Return the GlobalId of a key, quoted."""
        return f"'{guid(self.salt + key)}'"

    def point(self, *values: float) -> int:
        """Add a point."""
        return self.row(f"IFCCARTESIANPOINT(({','.join(self.number(v) for v in values)}))")

    def placed(self, at: tuple[float, float, float], above: str) -> int:
        """Add a placement at a point."""
        axes = self.row(f"IFCAXIS2PLACEMENT3D(#{self.point(*at)},$,$)")
        return self.row(f"IFCLOCALPLACEMENT({above},#{axes})")


def write(
    path: Path, things: list[Thing], *, salt: str = "", unit_mm: float = 1.0, jitter: float = 0.0, seed: int = 0
) -> None:
    """Write a model.

    Args:
        path: where to.
        things: the elements, boxes in mm.
        salt: goes into every GlobalId; another salt gives every element a new one.
        unit_mm: length unit of the file, 1 for mm, 1000 for m.
        jitter: metres added to every coordinate at random.
        seed: other than 0, the elements are written in another order (and get other row numbers).
    """
    w = Writer(salt, unit_mm, jitter)
    order = list(things)
    if seed:
        random.Random(seed).shuffle(order)
    prefix = ".MILLI." if unit_mm == 1.0 else "$"
    unit = w.row(f"IFCSIUNIT(*,.LENGTHUNIT.,{prefix},.METRE.)")
    units = w.row(f"IFCUNITASSIGNMENT((#{unit}))")
    origin = w.row(f"IFCAXIS2PLACEMENT3D(#{w.row('IFCCARTESIANPOINT((0.,0.,0.))')},$,$)")
    context = w.row(f"IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#{origin},$)")
    body = w.row(f"IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Body','Model',*,*,*,*,#{context},$,.MODEL_VIEW.,$)")
    up = w.row("IFCDIRECTION((0.,0.,1.))")
    project = w.row(f"IFCPROJECT({w.root('project')},$,'P',$,$,$,$,(#{context}),#{units})")
    ground = w.row(f"IFCLOCALPLACEMENT($,#{origin})")
    building = w.row(f"IFCBUILDING({w.root('building')},$,'B',$,$,#{ground},$,$,.ELEMENT.,$,$,$)")
    w.row(f"IFCRELAGGREGATES({w.root('aggregates')},$,$,$,#{project},(#{building}))")
    floors = {}
    for level in sorted({one.storey for one in things}):
        place = w.placed((0.0, 0.0, level * STOREY_MM), f"#{ground}")
        height = w.number(level * STOREY_MM)
        floors[level] = w.row(
            f"IFCBUILDINGSTOREY({w.root(f'storey {level}')},$,'{level + 1}F',$,$,#{place},$,$,.ELEMENT.,{height})"
        )
    w.row(f"IFCRELAGGREGATES({w.root('floors')},$,$,$,#{building},({','.join(f'#{row}' for row in floors.values())}))")
    inside: dict[tuple[int, bool], list[int]] = {}
    for one in order:
        row = _element(w, one, body, up, ground)
        inside.setdefault((one.storey, one.kind == "IfcSpace"), []).append(row)
    for (level, rooms), rows in inside.items():
        listed, key = ",".join(f"#{row}" for row in rows), w.root(f"inside {level} {rooms}")
        if rooms:
            w.row(f"IFCRELAGGREGATES({key},$,$,$,#{floors[level]},({listed}))")
        else:
            w.row(f"IFCRELCONTAINEDINSPATIALSTRUCTURE({key},$,$,$,({listed}),#{floors[level]})")
    path.write_text(HEAD + "\n".join(w.rows) + "\nENDSEC;\nEND-ISO-10303-21;\n", "latin-1")


def _element(w: Writer, one: Thing, body: int, up: int, ground: int) -> int:
    if one.size not in w.shapes or w.jitter:
        wide, deep, high = one.size
        middle = w.row(f"IFCAXIS2PLACEMENT2D(#{w.point(wide / 2, deep / 2)},$)")
        profile = w.row(f"IFCRECTANGLEPROFILEDEF(.AREA.,$,#{middle},{w.number(wide)},{w.number(deep)})")
        solid = w.row(f"IFCEXTRUDEDAREASOLID(#{profile},$,#{up},{w.number(high)})")
        w.shapes[one.size] = w.row(f"IFCSHAPEREPRESENTATION(#{body},'Body','SweptSolid',(#{solid}))")
    shape = w.row(f"IFCPRODUCTDEFINITIONSHAPE($,$,(#{w.shapes[one.size]}))")
    place = w.placed(one.at, f"#{ground}")
    tail = {
        "IfcDoor": ",$,$,$,$,$,$", "IfcWindow": ",$,$,$,$,$,$", "IfcSpace": ",$,.ELEMENT.,$,$", "IfcFlowTerminal": ",$",
    }.get(one.kind, ",$,$")  # fmt: skip
    name = f"'{one.name}'" if one.name else "$"
    row = w.row(f"{one.kind.upper()}({w.root(one.key)},$,{name},$,$,#{place},#{shape}{tail})")
    values = [
        w.row(f"IFCPROPERTYSINGLEVALUE('{key}',$,IFCLABEL('{said}'),$)")
        for key, said in zip(WORDS, one.words, strict=True)
    ]
    values.append(w.row(f"IFCPROPERTYSINGLEVALUE('Height',$,IFCLENGTHMEASURE({w.number(one.size[2])}),$)"))
    values.append(w.row(f"IFCPROPERTYSINGLEVALUE('Count',$,IFCREAL({one.number}),$)"))
    listed = ",".join(f"#{value}" for value in values)
    own = w.row(f"IFCPROPERTYSET({w.root(one.key + ' set')},$,'Pset_{one.kind[3:]}Common',$,({listed}))")
    w.row(f"IFCRELDEFINESBYPROPERTIES({w.root(one.key + ' by')},$,$,$,(#{row}),#{own})")
    return row
