"""Doors and windows put into the walls of a wing as a planner would: doors to the passage, windows to the day."""

from __future__ import annotations

import random

from benchmarks.drawn.building import Opening, Room, Wing
from benchmarks.drawn.words import door_tag, window_tag

SIZES = (600, 900, 1200, 1500, 1800, 2100, 2400, 3000)
SERVICE = ("stair", "lift", "electric", "duct", "pump", "fan", "store")
PUBLIC = ("lobby", "corridor", "hall", "link", "garage")
Taken = list[tuple[bool, float, float, float]]


def _free(taken: Taken, flat: bool, at: float, a: float, b: float) -> bool:
    return not any(f == flat and t == at and a < d + 100 and b > c - 100 for f, t, c, d in taken)


def _taken(wing: Wing) -> Taken:
    return [(o.flat, o.at, o.centre - o.width / 2, o.centre + o.width / 2) for o in wing.openings]


def _shared(wing: Wing, room: Room) -> list[tuple[bool, float, float, float, Room]]:
    """Edges of a room with hubs beside it, the longest first."""
    found = []
    for flat in (True, False):
        for at, pieces in wing.edges(flat).items():
            for a, b, rooms in pieces:
                other = [r for r in rooms if r is not room]
                same = bool(other and room.group and other[0].group == room.group)
                public = room.word in SERVICE
                if len(rooms) == 2 and room in rooms and other and other[0].hub and not same:
                    if public and other[0].word not in PUBLIC:
                        continue
                    found.append((flat, at, a, b, other[0]))
    return sorted(found, key=lambda e: e[2] - e[3])


def doors(wing: Wing, language: str, rng: random.Random) -> None:
    """Give every room its door to the hub beside it."""
    for room in wing.rooms:
        if not room.door:
            continue
        for flat, at, a, b, _ in _shared(wing, room):
            if _one_door(wing, room, (flat, at, a, b), language, rng):
                break


def _one_door(
    wing: Wing, room: Room, edge: tuple[bool, float, float, float], language: str, rng: random.Random
) -> bool:
    flat, at, a, b = edge
    margin = 100 + max(wing.inner / 2, wing.column / 2)
    width = next((w for w in (room.door, 900, 800, 700) if w <= room.door and b - a >= w + 2 * margin - 150), 0.0)
    if not width:
        return False
    hinge = rng.choice((1, -1))
    low = [a + margin + width / 2, b - margin - width / 2]
    centre = low[0] if hinge > 0 else low[1]
    if width >= 1400:
        centre = (a + b) / 2 if rng.random() < 0.5 else centre
    if b - a < width + 2 * margin:
        centre = (a + b) / 2
    if not _free(_taken(wing), flat, at, centre - width / 2, centre + width / 2):
        return False
    middle = (room.y0 + room.y1) / 2 if flat else (room.x0 + room.x1) / 2
    inward = 1 if middle > at else -1
    grade = {"stair": "乙", "electric": "甲", "lobby": "乙", "fan": "甲", "pump": "甲", "duct": "丙"}.get(room.word, "")
    tag = door_tag(width, 2100, language, grade)
    if room.word == "lift":
        tag = {"zh": "DT", "en": "L", "de": "A"}[language] + tag
    side = -inward if room.word == "stair" or room.door >= 1400 else inward
    thin = "bath" in room.word or room.word in ("ensuite", "duct")
    wing.openings.append(
        Opening(
            "door",
            tag,
            flat,
            at,
            centre,
            width,
            2100,
            hinge=hinge,
            side=side,
            thick=wing.thin if thin else wing.inner,
        )
    )
    return True


def windows(wing: Wing, language: str, share: float, height: float) -> None:
    """Give every outer wall piece of a room a window, one between two axes."""
    for flat in (True, False):
        cuts = wing.axes_x if flat else wing.axes_y
        for at, pieces in sorted(wing.edges(flat).items()):
            if wing.shared_left and not flat and at == 0:
                continue
            for a, b, rooms in pieces:
                if len(rooms) != 1 or not rooms[0].windows:
                    continue
                inside = [c for c in cuts if a + 900 < c < b - 900]
                marks = [a, *inside, b]
                for c, d in zip(marks, marks[1:], strict=False):
                    _one_window(wing, rooms[0], (flat, at, c, d), language, (share, height))


def _one_window(
    wing: Wing, room: Room, edge: tuple[bool, float, float, float], language: str, look: tuple[float, float]
) -> None:
    flat, at, a, b = edge
    share, height = look
    small = room.word in ("bath", "ensuite", "kitchen", "men", "women", "store", "dirty")
    longest = min((b - a) * share, (b - a) - wing.column - 500, 1200 if small else 3000)
    width = max((w for w in SIZES if w <= longest), default=0)
    if not width:
        return
    high = 1200.0 if small else height
    centre = (a + b) / 2
    if _free(_taken(wing), flat, at, centre - width / 2, centre + width / 2):
        wing.openings.append(
            Opening(
                "window",
                window_tag(width, high, language),
                flat,
                at,
                centre,
                width,
                high,
                sill=900.0,
                thick=wing.outer,
            )
        )


def outer_door(wing: Wing, flat: bool, at: float, centre: float, width: float, language: str, out: int) -> None:
    """A door in an outer wall, opening outwards."""
    wing.openings.append(
        Opening("door", door_tag(width, 2400, language), flat, at, centre, width, 2400, side=out, thick=wing.outer)
    )


def gap(wing: Wing, flat: bool, at: float, centre: float, width: float) -> None:
    """A passage without a leaf."""
    wing.openings.append(Opening("gap", "", flat, at, centre, width, 2400, thick=wing.outer + 60))
