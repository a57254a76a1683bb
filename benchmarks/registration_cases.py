"""Plans and their disturbed copies for the stress of registration: the copy knows the transform that was used."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.comparing.content import RELATIVE_TOLERANCE, Content, TextColumns, squash
from pipeline.comparing.segments import box_of, lengths, map_points, map_segments, scale_of
from pipeline.drawing.tables import F64

JITTER_MM = 1e-3
UNITS = (0.001, 0.1, 1.0, 10.0, 1 / 25.4, 1 / 304.8, 0.01, 0.02)


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of disturbing a plan."""

    name: str
    differing: float = 0.0  # share of the ink whose objects are removed or put elsewhere
    frame: bool = False
    crop: tuple[float, float] | None = None  # share of the ink that is cut away on one side
    nominal: bool = True  # a unit or plot scale there is, or any scale at all
    mirrored: bool = False


CONDITIONS = (
    Condition("clean"),
    Condition("20 % differing", 0.2),
    Condition("40 % differing objects", 0.4),
    Condition("40 % + double title frame", 0.4, frame=True),
    Condition("40 % + 25–45 % cropped", 0.4, crop=(0.25, 0.45)),
    Condition("40 % + arbitrary scale", 0.4, nominal=False),
    Condition("40 % + mirrored", 0.4, mirrored=True),
)


def content_of_lines(seg: F64, obj: np.ndarray, labels: list[tuple[str, float, float, float]]) -> Content:
    """Return content drawn by hand: segments (n, 4) with their objects, labels (string, x, y, height), mm."""
    height = np.array([label[3] for label in labels])
    origin = np.array([label[1:3] for label in labels], float).reshape(-1, 2)
    width = np.array([0.7 * label[3] * len(label[0]) for label in labels])
    end = origin + np.stack([width, np.zeros(len(labels))], 1)
    texts = TextColumns(
        [label[0] for label in labels],
        [squash(label[0]) for label in labels],
        origin,
        origin + np.stack([width / 2, height / 2], 1),
        end,
        np.hstack([origin, end + np.stack([np.zeros(len(labels)), height], 1)]),
        height,
        np.zeros(len(labels)),
        np.zeros(len(labels), np.int32),
        np.zeros(len(labels), np.int32),
    )
    rows = np.full(int(obj.max()) + 1, -1, np.int32)
    return sized(
        Content(seg, obj.astype(np.int32), np.zeros(len(seg), np.int32), np.zeros(len(seg), bool), rows, rows, texts,
                ["0"], [""], 1.0, False, True, 1.0, (0.0, 0.0, 1.0, 1.0))
    )  # fmt: skip


def sized(content: Content) -> Content:
    """Return the content with its box and tolerance as the engine would state them."""
    box = box_of(content.seg)
    diagonal = float(np.hypot(box[2] - box[0], box[3] - box[1]))
    return replace(content, box=box, tolerance_mm=max(min(2.0, RELATIVE_TOLERANCE * diagonal), 1e-6))


def without_texts(content: Content) -> Content:
    """Return the linework alone."""
    return replace(content, texts=TextColumns())


def disturbed(content: Content, condition: Condition, rng: np.random.Generator) -> tuple[Content, F64]:
    """Return the new side and the true transform (2, 3) from the old side to it."""
    seg, obj, texts = content.seg, content.obj, content.texts
    if condition.differing:
        seg, obj, texts = _differing(seg, obj, texts, condition.differing, content.diagonal, rng)
    if condition.crop:
        seg, obj, texts = _cropped(seg, obj, texts, float(rng.uniform(*condition.crop)), rng)
    seg, obj = _split(seg, obj, rng)
    seg = seg + rng.uniform(-JITTER_MM, JITTER_MM, seg.shape) * content.diagonal / 2e4
    if condition.frame:
        seg, obj = _framed(seg, obj)
    order = rng.permutation(len(seg))
    seg, obj = seg[order], obj[order]
    back = rng.random(len(seg)) < 0.5
    seg[back] = seg[back][:, [2, 3, 0, 1]]
    truth = _transform(condition, content, rng)
    placed = placed_texts(texts, truth)
    layer, curved = np.zeros(len(seg), np.int32), np.zeros(len(seg), bool)
    made = replace(content, seg=map_segments(truth, seg), obj=obj, layer=layer, curved=curved, texts=placed)
    return sized(made), truth


def placed_texts(texts: TextColumns, transform: F64) -> TextColumns:
    """Return the texts in the place a similarity gives them."""
    turn = float(np.arctan2(transform[1, 0], transform[0, 0]))
    size = scale_of(transform)
    corners = [map_points(transform, texts.box[:, pick].reshape(-1, 2)) for pick in ([0, 1], [2, 1], [2, 3], [0, 3])]
    around = np.stack(corners)
    box = np.hstack([around.min(0), around.max(0)]) if len(texts) else texts.box
    return replace(
        texts, origin=map_points(transform, texts.origin), centre=map_points(transform, texts.centre),
        end=map_points(transform, texts.end), box=box, height=texts.height * size, rotation=texts.rotation + turn,
    )  # fmt: skip


def _transform(condition: Condition, content: Content, rng: np.random.Generator) -> F64:
    scale = float(rng.choice(UNITS)) if condition.nominal else float(np.exp(rng.uniform(np.log(0.02), np.log(30.0))))
    angle = float(rng.uniform(0, 2 * np.pi))
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    if condition.mirrored:
        linear = linear * np.array([1.0, -1.0])
    return np.column_stack([linear, rng.uniform(-5, 5, 2) * scale * content.diagonal])


def _differing(
    seg: F64, obj: np.ndarray, texts: TextColumns, share: float, diagonal: float, rng: np.random.Generator
) -> tuple[F64, np.ndarray, TextColumns]:
    """Take objects until they hold `share` of the ink; half of them go, the others are put elsewhere, turned."""
    size = np.bincount(obj, lengths(seg), minlength=int(obj.max()) + 1)
    chosen, have, total = [], 0.0, float(size.sum())
    for one in rng.permutation(len(size)):
        if size[one] > 0 and have + size[one] <= (share + 0.03) * total:
            chosen.append(one)
            have += size[one]
        if have >= share * total:
            break
    fate = np.zeros(len(size), np.int8)
    fate[chosen] = np.where(rng.random(len(chosen)) < 0.5, 1, 2)
    result = seg.copy()
    for one in np.flatnonzero(fate == 2):
        rows = np.flatnonzero(obj == one)
        centre = seg[rows].reshape(-1, 2).mean(0)
        angle = float(rng.choice([0.0, np.pi / 2, np.pi, 0.4]))
        step = rng.uniform(0.03, 0.3) * diagonal * np.exp(1j * rng.uniform(0, 2 * np.pi))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shift = centre + [step.real, step.imag] - turn @ centre
        result[rows] = map_segments(np.column_stack([turn, shift]), seg[rows])
    keep = fate[obj] != 1
    kept = np.flatnonzero(rng.random(len(texts)) >= share)
    return result[keep], obj[keep], _rows(texts, kept)


def _rows(texts: TextColumns, rows: np.ndarray) -> TextColumns:
    """Return some of the texts."""
    return TextColumns(
        [texts.string[row] for row in rows],
        [texts.key[row] for row in rows],
        *(getattr(texts, name)[rows] for name in ("origin", "centre", "end", "box")),
        *(getattr(texts, name)[rows] for name in ("height", "rotation", "layer", "obj")),
    )


def _cropped(
    seg: F64, obj: np.ndarray, texts: TextColumns, share: float, rng: np.random.Generator
) -> tuple[F64, np.ndarray, TextColumns]:
    """Cut `share` of the ink away on one side; lines across the cut are shortened."""
    axis, sign = int(rng.integers(2)), float(rng.choice([-1.0, 1.0]))
    middle = sign * (seg[:, axis] + seg[:, axis + 2]) / 2
    order = np.argsort(middle)
    inside = np.cumsum(lengths(seg)[order]) <= (1 - share) * lengths(seg).sum()
    line = float(middle[order][inside].max())
    a, b = sign * seg[:, axis], sign * seg[:, axis + 2]
    keep = np.minimum(a, b) < line
    seg, obj, a, b = seg[keep].copy(), obj[keep], a[keep], b[keep]
    for end, own, other in ((0, a, b), (2, b, a)):
        over = own > line
        part = (line - other[over]) / (own[over] - other[over])
        fixed, moving = seg[over][:, 2 - end : 4 - end], seg[over][:, end : end + 2]
        seg[over, end : end + 2] = fixed + (moving - fixed) * part[:, None]
    return seg, obj, _rows(texts, np.flatnonzero(sign * texts.centre[:, axis] <= line))


def _split(seg: F64, obj: np.ndarray, rng: np.random.Generator) -> tuple[F64, np.ndarray]:
    """Cut a third of the lines in two."""
    cut = rng.random(len(seg)) < 1 / 3
    part = rng.uniform(0.2, 0.8, int(cut.sum()))[:, None]
    middle = seg[cut, :2] + (seg[cut, 2:] - seg[cut, :2]) * part
    first, second = np.hstack([seg[cut, :2], middle]), np.hstack([middle, seg[cut, 2:]])
    return np.vstack([seg[~cut], first, second]), np.concatenate([obj[~cut], obj[cut], obj[cut]])


def _framed(seg: F64, obj: np.ndarray) -> tuple[F64, np.ndarray]:
    """Draw a double frame with a title block around the plan, off its middle."""
    x0, y0, x1, y1 = box_of(seg)
    w, h = x1 - x0, y1 - y0
    outer = (x0 - 0.12 * w, y0 - 0.2 * h, x1 + 0.35 * w, y1 + 0.1 * h)
    inner = (outer[0] + 0.03 * w, outer[1] + 0.012 * w, outer[2] - 0.012 * w, outer[3] - 0.012 * w)
    lines = [*_ring(*outer), *_ring(*inner)]
    left, top = inner[2] - 0.25 * w, inner[1] + 0.14 * h
    lines += _ring(left, inner[1], inner[2], top)
    lines += [(left, inner[1] + k * 0.02 * h, inner[2], inner[1] + k * 0.02 * h) for k in range(1, 7)]
    lines += [(left + k * 0.05 * w, inner[1], left + k * 0.05 * w, top) for k in (1, 3)]
    frame = np.array(lines, float)
    more = np.full(len(frame), int(obj.max()) + 1, obj.dtype)
    return np.vstack([seg, frame]), np.concatenate([obj, more])


def _ring(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float, float, float]]:
    return [(x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)]


def two_unit_house() -> Content:
    """Return a point-symmetric house of two equal flats, with room names, flat numbers and axis bubbles."""
    unit = [(0, 0, 9600, 0), (9600, 0, 9600, 8100), (9600, 8100, 0, 8100), (0, 8100, 0, 0)]
    unit += [(0, 240, 9360, 240), (240, 240, 240, 7860), (240, 7860, 9360, 7860)]
    unit += [(3600, 240, 3600, 4800), (3840, 240, 3840, 4800), (240, 4800, 9360, 4800), (240, 5040, 9360, 5040)]
    unit += [(6300, 5040, 6300, 7860), (6540, 5040, 6540, 7860), (2100, 5040, 2100, 7860), (2220, 5040, 2220, 7860)]
    walls = [(*line,) for line in unit]
    doors = [(1200.0, 4800.0, 900.0), (5000.0, 4800.0, 800.0), (7100.0, 5040.0, 700.0), (2600.0, 5040.0, 900.0)]
    seg, obj = [], []
    for number, line in enumerate(walls):
        seg.append(line)
        obj.append(number)
    for number, (x, y, width) in enumerate(doors, len(walls)):
        angle = np.linspace(0, np.pi / 2, 9)
        arc = np.stack([x + width * np.cos(angle), y + width * np.sin(angle)], 1)
        seg += [tuple(row) for row in np.hstack([arc[:-1], arc[1:]])] + [(x, y, x, y + width)]
        obj += [number] * 9
    one, owner = np.array(seg, float), np.array(obj)
    other = np.array([19200.0, 8100.0, 19200.0, 8100.0]) - one
    rooms = [
        ("卧室", 1200, 2400),
        ("客厅", 5600, 2400),
        ("厨房", 800, 6400),
        ("餐厅", 4000, 6400),
        ("卫生间", 7400, 6400),
    ]
    labels = [(name, float(x), float(y), 300.0) for name, x, y in rooms]
    labels += [(name, 19200.0 - x, 8100.0 - y, 300.0) for name, x, y in rooms]
    labels += [("A户型 86m²", 4200.0, 3600.0, 400.0), ("B户型 86m²", 13200.0, 4200.0, 400.0)]
    labels += [(str(k + 1), x, -1500.0, 350.0) for k, x in enumerate((0.0, 3720.0, 9600.0, 15480.0, 19200.0))]
    labels += [(name, -1500.0, y, 350.0) for name, y in zip("ABC", (0.0, 4050.0, 8100.0), strict=True)]
    return content_of_lines(np.vstack([one, other]), np.concatenate([owner, owner + owner.max() + 1]), labels)


def column_grid(across: int = 9, up: int = 5, bay: float = 8400.0) -> Content:
    """Return a hall of equal bays: axes, columns and bubbles with their names; shifted by a bay it fits as well."""
    seg, obj, labels = [], [], []
    for i in range(across):
        seg.append((i * bay, -3000.0, i * bay, (up - 1) * bay + 3000))
        labels.append((str(i + 1), i * bay - 150, -3600.0, 400.0))
    for j in range(up):
        seg.append((-3000.0, j * bay, (across - 1) * bay + 3000, j * bay))
        labels.append(("ABCDEFGHJK"[j], -3700.0, j * bay - 200, 400.0))
    obj = list(range(len(seg)))
    for i in range(across):
        for j in range(up):
            seg += _ring(i * bay - 300, j * bay - 300, i * bay + 300, j * bay + 300)
            obj += [obj[-1] + 1] * 4
    return content_of_lines(np.array(seg, float), np.array(obj), labels)
