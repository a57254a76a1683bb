"""A version of the building as an IFC4 model: spatial tree, grid, storeys with their parts."""

from __future__ import annotations

from pathlib import Path

from sample_drawings.building import AXES_X, AXES_Y, NAME, NAMES_X, NAMES_Y, Storey, Version
from sample_drawings.ifc_model import Entity, Model
from sample_drawings.ifc_parts import hosts_of, opening_of, roof_of, slab_of, space_of, stair_of, wall_of
from sample_drawings.plans import column_rect

FINISH = 20.0  # of columns on all sides, in the model only: coplanar faces of column and wall would flicker


def write(v: Version, path: Path) -> None:
    """Write the model of a version; equal input gives equal bytes."""
    m = Model(v.guid_seed)
    building, storey_of = _skeleton(m, v)
    for s in v.storeys:
        _storey(m, v, s, storey_of[s.index])
    roof_of(m, storey_of[7])
    for storey, products in m.contained.items():
        key = f"contains/{storey.Name}"
        m.new("IfcRelContainedInSpatialStructure", m.guid(key), m.owner, None, None, products, storey)
    header = m.f.wrapped_data.header if hasattr(m.f, "wrapped_data") else m.f.header
    header.file_name.name = path.name
    header.file_name.time_stamp = f"{v.date}T08:00:00"
    header.file_name.author = ("王晨曦",)
    header.file_name.organization = ("吉林松江建筑设计研究院有限公司",)
    header.file_name.originating_system = "sample_drawings"
    header.file_name.preprocessor_version = "sample_drawings"
    header.file_description.description = ("ViewDefinition [DesignTransferView]",)
    m.f.write(str(path))


def _skeleton(m: Model, v: Version) -> tuple[Entity, dict[int, Entity]]:
    person = m.new("IfcPerson", None, "王", "晨曦")
    firm = m.new("IfcOrganization", None, "吉林松江建筑设计研究院有限公司")
    both = m.new("IfcPersonAndOrganization", person, firm)
    app = m.new("IfcApplication", firm, "1.0", "sample_drawings", "sample_drawings")
    m.owner = m.new("IfcOwnerHistory", both, app, None, "ADDED", None, None, None, 1750204800)
    units = m.new(
        "IfcUnitAssignment",
        [
            m.new("IfcSIUnit", None, "LENGTHUNIT", "MILLI", "METRE"),
            m.new("IfcSIUnit", None, "AREAUNIT", None, "SQUARE_METRE"),
            m.new("IfcSIUnit", None, "VOLUMEUNIT", None, "CUBIC_METRE"),
            m.new("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN"),
        ],
    )
    context = m.new("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, m.flat, None)
    m.body = m.new(
        "IfcGeometricRepresentationSubContext",
        "Body",
        "Model",
        None,
        None,
        None,
        None,
        context,
        None,
        "MODEL_VIEW",
        None,
    )
    m.plan = m.new(
        "IfcGeometricRepresentationSubContext",
        "FootPrint",
        "Model",
        None,
        None,
        None,
        None,
        context,
        None,
        "PLAN_VIEW",
        None,
    )
    crs = m.new(
        "IfcProjectedCRS", v.epsg, "CGCS2000", "CGCS2000", "1985国家高程基准", "Gauss-Kruger 3deg", "CM 126E", None
    )
    m.new("IfcMapConversion", context, crs, 546820.0, 4855310.0, 191.5, 1.0, 0.0, 0.001)
    project = m.new("IfcProject", m.guid("project"), m.owner, NAME, None, None, NAME, v.stage_word, [context], units)
    site = m.new(
        "IfcSite",
        m.guid("site"),
        m.owner,
        "建设用地",
        None,
        None,
        m.place(None, 0, 0, 0),
        None,
        None,
        "ELEMENT",
        (43, 50, 15),
        (126, 33, 0),
        191.5,
    )
    building = m.new(
        "IfcBuilding",
        m.guid("building"),
        m.owner,
        NAME,
        None,
        None,
        m.place(site.ObjectPlacement, 0, 0, 0),
        None,
        None,
        "ELEMENT",
        191500.0,
    )
    m.properties(
        "building",
        building,
        "Pset_BuildingCommon",
        {"NumberOfStoreys": ("IfcInteger", 6), "OccupancyType": ("IfcLabel", "办公")},
    )
    m.new("IfcRelAggregates", m.guid("agg/project"), m.owner, None, None, project, [site])
    m.new("IfcRelAggregates", m.guid("agg/site"), m.owner, None, None, site, [building])
    result: dict[int, Entity] = {}
    levels = [(s.index, f"{s.index}F", s.elevation) for s in v.storeys] + [(7, "屋面", 21900.0)]
    for index, name, z in levels:
        place = m.place(building.ObjectPlacement, 0, 0, z)
        result[index] = m.new(
            "IfcBuildingStorey",
            m.guid(f"storey/{index}"),
            m.owner,
            name,
            None,
            None,
            place,
            None,
            None,
            "ELEMENT",
            float(z),
        )
    m.new("IfcRelAggregates", m.guid("agg/building"), m.owner, None, None, building, list(result.values()))
    _grid(m, result[1])
    return building, result


def _grid(m: Model, storey: Entity) -> None:
    def axis(name: str, p: tuple[float, float], q: tuple[float, float]) -> Entity:
        return m.new("IfcGridAxis", name, m.new("IfcPolyline", [m.point(*p), m.point(*q)]), True)

    us = [axis(n, (x, -4000), (x, 20200)) for x, n in zip(AXES_X, NAMES_X, strict=True)]
    vs = [axis(n, (-4000, y), (40000, y)) for y, n in zip(AXES_Y, NAMES_Y, strict=True)]
    curves = m.new("IfcGeometricCurveSet", [a.AxisCurve for a in us + vs])
    shape = m.new(
        "IfcProductDefinitionShape",
        None,
        None,
        [m.new("IfcShapeRepresentation", m.plan, "FootPrint", "GeometricCurveSet", [curves])],
    )
    grid = m.new(
        "IfcGrid", m.guid("grid"), m.owner, "轴网", None, None, m.place(storey.ObjectPlacement, 0, 0, 0), shape, us, vs
    )
    m.contained.setdefault(storey, []).append(grid)


def _proud(rect: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a column with its finish: no face of it lies in the face of a wall."""
    (x0, y0), (x1, y1) = rect[0], rect[2]
    e = FINISH
    return [(x0 - e, y0 - e), (x1 + e, y0 - e), (x1 + e, y1 + e), (x0 - e, y1 + e)]


def _storey(m: Model, v: Version, s: Storey, storey: Entity) -> None:
    products: list[Entity] = m.contained.setdefault(storey, [])
    at = storey.ObjectPlacement
    depth = s.height - 120
    walls = [(w, wall_of(m, s, w, at, depth)) for w in s.walls]
    products += [e for _, e in walls]
    for o in s.openings:
        host = next((e for w, e in walls if hosts_of(w, o)), walls[0][1])
        products.append(opening_of(m, s, o, host, at))
    for i, x in enumerate(AXES_X):
        for j, y in enumerate(AXES_Y):
            key = f"{s.index}/column/{i}{j}"
            shape = m.shape(m.solid(m.ring(_proud(column_rect(x, y))), depth), stuff="column")
            products.append(
                m.new(
                    "IfcColumn",
                    m.guid(key),
                    m.owner,
                    f"柱 {NAMES_X[i]}/{NAMES_Y[j]}",
                    None,
                    "KZ-500x500",
                    m.place(at, 0, 0, 0),
                    shape,
                    f"KZ{i}{j}",
                    "COLUMN",
                )
            )
    products.append(slab_of(m, v, s, at))
    for stair in s.stairs:
        products += stair_of(m, s, stair, at)
    if s.index == 1:
        shape = m.shape(m.block(9550, 9650, 100, 1900, 1700, 2300), stuff="lift")
        products.append(
            m.new(
                "IfcTransportElement",
                m.guid("lift"),
                m.owner,
                "DT-1 电梯",
                None,
                None,
                m.place(at, 0, 0, 0),
                shape,
                "DT-1",
                "ELEVATOR",
            )
        )
    spaces = [space_of(m, s, r, at) for r in s.rooms]
    m.new("IfcRelAggregates", m.guid(f"agg/storey/{s.index}"), m.owner, None, None, storey, spaces)
