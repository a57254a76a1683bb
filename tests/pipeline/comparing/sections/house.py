"""A small house as a model, and its plan as a drawing, for the laws of comparing a storey with a drawing."""

from __future__ import annotations

import hashlib

import numpy as np

from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing, Sheet
from pipeline.drawing.tables import ElementTable, MeshTable
from pipeline.readers.ifc.sections import LayerRows, Triangles, cut_storey, find_storeys
from pipeline.readers.ifc.shapes import Shapes
from tests.pipeline.comparing.drawings import Label, Stroke

Body = tuple[str, str, tuple[float, float, float, float, float, float]]  # class, name, x0 y0 z0 x1 y1 z1 in mm
FACES = np.array(
    [[0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6]]
    + [[1, 3, 5], [3, 7, 5]],
    np.int32,
)
BODIES: tuple[Body, ...] = (
    ("IfcWall", "south", (0, 0, 0, 12000, 300, 3000)),
    ("IfcWall", "north", (0, 7700, 0, 9000, 8000, 3000)),
    ("IfcWall", "west", (0, 300, 0, 300, 7700, 3000)),
    ("IfcWall", "east", (11700, 300, 0, 12000, 5200, 3000)),
    ("IfcWall", "inner", (4200, 300, 0, 4400, 5000, 3000)),
    ("IfcColumn", "C1", (8600, 3000, 0, 9000, 3400, 3000)),
    ("IfcColumn", "C2", (8600, 6000, 0, 9000, 6400, 3000)),
    ("IfcDoor", "M0921", (4250, 5000, 0, 4350, 5900, 2100)),
    ("IfcWindow", "C1515", (10200, 5300, 900, 11700, 5400, 2400)),
    ("IfcFurniture", "table", (6000, 1500, 0, 7600, 2300, 750)),
    ("IfcSpace", "101", (300, 300, 0, 4200, 7700, 2800)),
    ("IfcSpace", "102", (4400, 300, 0, 11700, 5200, 2800)),
)


def model(bodies: tuple[Body, ...] = BODIES, upper: tuple[Body, ...] = ()) -> Drawing:
    """A model of boxes: `bodies` on the storey at 0, `upper` on one at 3000."""
    storeys = [("IfcBuildingStorey", "1F", 0.0), ("IfcBuildingStorey", "2F", 3000.0)][: 2 if upper else 1]
    rows = [*bodies, *upper]
    count = len(storeys) + len(rows)
    placement = np.tile(np.eye(4).ravel(), (count, 1))
    placement[: len(storeys), 11] = [height for _, _, height in storeys]
    box = np.full((count, 6), np.nan)
    shapes = Shapes()
    vertices, faces, owner = [], [], []
    for row, (_, _, (x0, y0, z0, x1, y1, z1)) in enumerate(rows, len(storeys)):
        box[row] = (x0, y0, z0, x1, y1, z1)
        placement[row, [3, 7, 11]] = (x0, y0, z0)
        corners = np.array([[x, y, z] for z in (z0, z1) for y in (y0, y1) for x in (x0, x1)], float)
        shapes.vertices.append(corners)
        shapes.faces.append(FACES)
        shapes.rows.append(row)
        faces.append(FACES + 8 * len(vertices))
        vertices.append(corners)
        owner.append(np.full(len(FACES), row))
    names = [name for _, name, _ in [*storeys, *rows]]
    elements = ElementTable(
        global_id=[f"guid-{row}" for row in range(count)],
        ifc_class=[kind for kind, _, _ in [*storeys, *rows]],
        name=names,
        tag=[""] * count,
        type_name=[""] * count,
        predefined_type=[""] * count,
        storey=np.array([-1] * len(storeys) + [0] * len(bodies) + [1] * len(upper), np.int32),
        container=np.full(count, -1, np.int32),
        placement=placement,
        box=box,
        properties=[{} for _ in range(count)],
        quantities=[{} for _ in range(count)],
        attributes=[{} for _ in range(count)],
        materials=[[] for _ in range(count)],
        groups=[[] for _ in range(count)],
        shape_expected=np.ones(count, np.uint8),
    )
    meshes = MeshTable(
        vertices=np.vstack(vertices).astype(np.float32),
        faces=np.vstack(faces).astype(np.int32),
        face_element=np.concatenate(owner).astype(np.int32),
        face_color=np.zeros(sum(map(len, faces)), np.uint32),
    )
    layers, triangles = LayerRows(), Triangles(shapes)
    spaces = [cut_storey(s, triangles, elements, layers, [], 1.0, {}) for s in find_storeys(elements, 1.0)]
    digest = hashlib.sha256(repr((bodies, upper)).encode()).hexdigest()
    result = Drawing(Format.IFC, digest, "test", spaces=spaces, layers=layers.layers, elements=elements, meshes=meshes)
    for row, space in enumerate(spaces):
        points = space.entities.xy
        low, high = points.min(0), points.max(0)
        sheet = Sheet(
            f"{row}:1",
            row,
            (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
            (float(high[0] - low[0]), float(high[1] - low[1])),
            (1.0, 0.0, 0.0, 1.0, float(low[0]), float(low[1])),
            title=space.name,
            entities=np.arange(len(space.entities), dtype=np.int32),
            content_hash=hashlib.sha256(points.tobytes()).hexdigest(),
        )
        result.sheets.append(sheet)
    return result


def outline(body: Body, dx: float = 0.0, dy: float = 0.0, layer: int = 1) -> Stroke:
    """The cut through one box as a closed line."""
    x0, y0, _, x1, y1, _ = body[2]
    ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    return [(x + dx, y + dy) for x, y in ring], layer, -1


def cut_plan(bodies: tuple[Body, ...] = BODIES, level: float = 1200.0) -> list[Stroke]:
    """The outlines of all boxes that a level crosses, as a plan shows them."""
    return [outline(body) for body in bodies if body[2][2] < level < body[2][5] and body[0] != "IfcSpace"]


LABELS: list[Label] = [("101", 2000.0, 3900.0, 250.0), ("102", 7800.0, 2600.0, 250.0)]
