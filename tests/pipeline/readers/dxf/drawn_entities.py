"""Random entities of every kind the library can make, with random looks and places."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from ezdxf.enums import MTextEntityAlignment, TextEntityAlignment

Rng = np.random.Generator
FRAME_FLAG = 16  # of a vertex that only holds the frame of a curve
LAYERS = ("0", "A-WALL", "off", "frozen", "locked", "noplot", "not in the table")
LINETYPES = ("BYLAYER", "BYBLOCK", "CONTINUOUS", "DASHED", "DOT", "DASHDOT2", "Missing")
STRINGS = (
    "plain", "%%c12 %%d %%p", "a %%u under%%u %%o b", "一层平面图", "\\U+4E00\\U+5C42", "100%%%", "  blanks  ", "x^Iy",
    "%%065%%150", "{brace}", "semi;colon", "/\\", "W" * 40, ".", "tab^ J",
)  # fmt: skip
MTEXTS = (
    "one line", "two\\Plines", "{\\fArial|b1;bold} \\H2x;high", "\\A1;\\S1/2; \\S+0.1^-0.1;", "\\C1;red {\\c255;true}",
    "一层\\P平面图\\P说明", "\\pqc;centred\\Pmore words that break over the width", "long word " * 12,
    "\\W0.7;narrow\\T1.5;",
    "\\~a\\{b\\}\\\\c", "\\LUnder\\l \\Oover\\o", "%%d %%c ^I tab", "\\Q15;slanted", "a\\Nb", "  lead", "x" * 600,
)  # fmt: skip


def pick(rng: Rng, items: Any) -> Any:
    return items[int(rng.integers(len(items)))]


def number(rng: Rng) -> float:
    """Return a coordinate: often whole, sometimes zero, large or long."""
    kind = rng.integers(8)
    if kind == 0:
        return 0.0
    if kind < 4:
        return float(rng.integers(-50, 50))
    return float(rng.uniform(-1e6, 1e6)) if kind == 7 else float(rng.uniform(-100, 100))


def point(rng: Rng) -> tuple[float, float, float]:
    return number(rng), number(rng), pick(rng, (0.0, 0.0, 0.0, float(rng.integers(-9, 9))))


def near(rng: Rng, reach: float = 50.0) -> tuple[float, float]:
    return float(rng.uniform(-reach, reach)), float(rng.uniform(-reach, reach))


def extrusion(rng: Rng) -> tuple[float, float, float]:
    kind = rng.integers(6)
    if kind < 3:
        return (0, 0, 1)
    if kind == 3:
        return (0, 0, -1)
    if kind == 4:
        return pick(rng, ((1, 0, 0), (0, 1, 0), (0, 0, 2), (0.001, 0, 1), (0, -1, -1e-3)))
    x, y, z = rng.normal(size=3)
    return float(x), float(y), float(z)


def look(rng: Rng) -> dict[str, Any]:
    """Return random layer, colour, pen and line type, many of them not given."""
    out: dict[str, Any] = {"layer": pick(rng, LAYERS)}
    if rng.random() < 0.5:
        out["color"] = pick(rng, (0, 1, 2, 7, 8, 30, 255, 256))
    if rng.random() < 0.2:
        out["true_color"] = pick(rng, (0, 0xFF0000, 0xFFFFFF, int(rng.integers(1 << 24))))
    if rng.random() < 0.3:
        out["lineweight"] = pick(rng, (-3, -2, -1, 0, 13, 50, 211))
    if rng.random() < 0.3:
        out["linetype"] = pick(rng, LINETYPES)
    if rng.random() < 0.1:
        out["ltscale"] = 2.5
    if rng.random() < 0.08:
        out["invisible"] = 1
    return out


def _solidly(rng: Rng) -> dict[str, Any]:
    out = look(rng)
    if rng.random() < 0.5:
        out["extrusion"] = extrusion(rng)
    if rng.random() < 0.3:
        out["thickness"] = pick(rng, (0.0, 3.0, -2.5))
    return out


def _line(place: Any, rng: Rng) -> None:
    place.add_line(point(rng), point(rng), _solidly(rng))


def _dot(place: Any, rng: Rng) -> None:
    place.add_point(point(rng), _solidly(rng))


def _circle(place: Any, rng: Rng) -> None:
    place.add_circle(point(rng), pick(rng, (1.0, 0.5, 2500.0, 1e-3)), _solidly(rng))


def _arc(place: Any, rng: Rng) -> None:
    start, end = (pick(rng, (0.0, 90.0, 360.0, -30.0, 400.0, float(rng.uniform(0, 360)))) for _ in "se")
    place.add_arc(point(rng), float(rng.uniform(0.1, 99)), start, end, dxfattribs=_solidly(rng))


def _ellipse(place: Any, rng: Rng) -> None:
    start, end = (pick(rng, (0.0, 1.0, math.tau, -1.0, float(rng.uniform(0, math.tau)))) for _ in "se")
    major = (float(rng.uniform(1, 9)), float(rng.uniform(-9, 9)), 0.0)
    more = look(rng)
    if rng.random() < 0.3:
        more["extrusion"] = (0, 0, -1)
    ratio = pick(rng, (0.4, 1.0, 1e-3, float(rng.uniform(0.1, 1))))
    place.add_ellipse(point(rng), major, ratio, start, end, dxfattribs=more)


def _corners(place: Any, rng: Rng) -> None:
    corners = [point(rng) for _ in range(int(rng.integers(3, 5)))]
    pick(rng, (place.add_solid, place.add_trace))(corners, _solidly(rng))


def _face(place: Any, rng: Rng) -> None:
    more = look(rng)
    if rng.random() < 0.5:
        more["invisible_edges"] = int(rng.integers(16))
    place.add_3dface([point(rng) for _ in range(int(rng.integers(3, 5)))], more)


def _vertices(rng: Rng, wide: bool) -> list[tuple[float, ...]]:
    bulge = [0.0, 0.0, 1.0, -0.5, 1e-9, 2.5]
    found = []
    for _ in range(int(rng.integers(1, 7))):
        widths = (pick(rng, (0.0, 0.5)), pick(rng, (0.0, 0.7))) if wide else (0.0, 0.0)
        found.append((*near(rng), *widths, pick(rng, bulge)))
    return found


def _lwpolyline(place: Any, rng: Rng) -> None:
    more = _solidly(rng)
    if rng.random() < 0.3:
        more["elevation"] = 5.0
    if rng.random() < 0.2:
        more["const_width"] = 0.8
    line = place.add_lwpolyline(_vertices(rng, rng.random() < 0.2), "xyseb", dxfattribs=more)
    line.closed = bool(rng.random() < 0.4)


def _polyline(place: Any, rng: Rng) -> None:
    more = _solidly(rng)
    if rng.random() < 0.3:
        more["elevation"] = (0, 0, 5.0)
    line = place.add_polyline2d(_vertices(rng, rng.random() < 0.2), "xyseb", dxfattribs=more)
    if rng.random() < 0.4:
        line.close(True)
    if rng.random() < 0.2 and len(line.vertices) > 2:
        line.vertices[1].dxf.flags = FRAME_FLAG
    if rng.random() < 0.2:
        line.vertices[-1].dxf.flags = 8


def _polyline3d(place: Any, rng: Rng) -> None:
    line = place.add_polyline3d([point(rng) for _ in range(int(rng.integers(1, 6)))], dxfattribs=look(rng))
    if rng.random() < 0.4:
        line.close(True)


def _meshes(place: Any, rng: Rng) -> None:
    if rng.random() < 0.5:
        m, n = int(rng.integers(2, 4)), int(rng.integers(2, 4))
        mesh = place.add_polymesh((m, n), look(rng))
        for row in range(m):
            for column in range(n):
                mesh.set_mesh_vertex((row, column), point(rng))
        if rng.random() < 0.4:
            mesh.close(bool(rng.random() < 0.5), bool(rng.random() < 0.5))
    else:
        face = place.add_polyface(look(rng))
        face.append_faces([[point(rng) for _ in range(int(rng.integers(3, 5)))] for _ in range(2)])


def _text(place: Any, rng: Rng) -> None:
    more = _solidly(rng)
    for name, values in (
        ("width", (0.7, 1.0, 2.0)),
        ("oblique", (0.0, 15.0, -20.0)),
        ("text_generation_flag", (0, 2, 4, 6)),
        ("rotation", (0.0, 90.0, 33.0, -10.0, 180.0)),
        ("style", ("Standard", "OpenSans", "UP", "None such")),
    ):
        if rng.random() < 0.4:
            more[name] = pick(rng, values)
    text = place.add_text(pick(rng, STRINGS), height=pick(rng, (2.5, 0.3, 300.0)), dxfattribs=more)
    align(text, rng)


def align(text: Any, rng: Rng) -> None:
    align = pick(rng, list(TextEntityAlignment))
    p1 = point(rng)
    text.set_placement(p1, (p1[0] + float(rng.uniform(5, 50)), p1[1] + float(rng.uniform(-9, 9)), p1[2]), align)


def _mtext(place: Any, rng: Rng) -> None:
    more = look(rng)
    for name, values in (
        ("width", (0.0, 30.0, 5.0)),
        ("rotation", (90.0, 33.0)),
        ("text_direction", ((0, 1, 0), (1, 1, 0))),
        ("line_spacing_factor", (0.5, 1.5)),
        ("flow_direction", (1, 3, 5)),
        ("extrusion", ((0, 0, -1), (0, 0, 1))),
        ("style", ("OpenSans", "UP", "None such")),
    ):
        if rng.random() < 0.25:
            more[name] = pick(rng, values)
    text = place.add_mtext(pick(rng, MTEXTS), more | {"char_height": pick(rng, (2.5, 1.0, 100.0))})
    text.set_location(point(rng), attachment_point=pick(rng, list(MTextEntityAlignment)))
    if rng.random() < 0.2:
        text.set_bg_color(pick(rng, (1, (10, 20, 30), "canvas")), scale=1.3)


def _spline(place: Any, rng: Rng) -> None:
    points = [near(rng) for _ in range(int(rng.integers(4, 8)))]
    kind = rng.integers(4)
    if kind == 0:
        place.add_spline([(*p, 0) for p in points], dxfattribs=look(rng))
    elif kind == 1:
        place.add_open_spline(points, 3, dxfattribs=look(rng))
    elif kind == 2:
        place.add_spline(dxfattribs=look(rng)).set_closed([(*p, 0) for p in points])
    else:
        place.add_rational_spline(points, [1.0 + float(rng.random()) for _ in points], 3, dxfattribs=look(rng))


def _helix(place: Any, rng: Rng) -> None:
    place.add_helix(3.0, 2.0, 2.5, ccw=bool(rng.random() < 0.5), dxfattribs=look(rng))


def _hatch(place: Any, rng: Rng) -> None:
    hatch = (place.add_hatch if rng.random() < 0.8 else place.add_mpolygon)(dxfattribs=look(rng))
    x, y = near(rng)
    if hatch.dxftype() == "HATCH":
        hatch.dxf.hatch_style = int(rng.integers(3))
    flags = int(pick(rng, (0, 1, 16)))
    points = [(x, y, pick(rng, (0, 0.5))), (x + 20, y, 0), (x + 20, y + 15, pick(rng, (0, -0.3))), (x, y + 15, 0)]
    hatch.paths.add_polyline_path(points, is_closed=True, flags=flags)
    if rng.random() < 0.5:
        hatch.paths.add_polyline_path([(x + 5, y + 5), (x + 9, y + 5), (x + 9, y + 9)], flags=0)
    if hatch.dxftype() == "HATCH" and rng.random() < 0.5:
        edge = hatch.paths.add_edge_path(flags=0)
        x, y = x + 12, y + 8
        edge.add_line((x - 3, y), (x - 3, y - 3))
        edge.add_line((x - 3, y - 3), (x + 3, y - 3))
        edge.add_line((x + 3, y - 3), (x + 3, y))
        if rng.random() < 0.5:
            edge.add_arc((x, y), 3, 0, 180, ccw=True)
        else:
            edge.add_ellipse((x, y), (3, 0), 0.5, 0, 180, ccw=True)
    if rng.random() < 0.5:
        hatch.set_pattern_fill(pick(rng, ("ANSI31", "AR-CONC", "EARTH", "NET")), scale=0.5, angle=30)
    elif rng.random() < 0.3 and hatch.dxftype() == "HATCH" and place.doc.dxfversion > "AC1015":
        hatch.set_gradient((10, 20, 30), (40, 50, 60))
    else:
        hatch.set_solid_fill(color=pick(rng, (256, 1, 0)))
    if rng.random() < 0.3:
        hatch.dxf.extrusion = (0, 0, -1)
        hatch.dxf.elevation = (0, 0, 2)


def _dimension(place: Any, rng: Rng) -> None:
    kind = rng.integers(8)
    override: dict[str, Any] = {}
    for name, values in (("dimlfac", (0.5, 1000.0)), ("dimdec", (0, 3)), ("dimtxt", (1.0,)), ("dimscale", (2.0,))):
        if rng.random() < 0.3:
            override[name] = pick(rng, values)
    more = {"dxfattribs": look(rng), "override": override}
    told = {"text": pick(rng, ("<>", "<> mm", " ", "A\\XB"))} if rng.random() < 0.4 else {}
    p1, p2 = near(rng), near(rng)
    if kind == 0:
        made = place.add_linear_dim(base=near(rng), p1=p1, p2=p2, angle=pick(rng, (0, 90, 30)), **told, **more)
    elif kind == 1:
        made = place.add_aligned_dim(p1=p1, p2=p2, distance=5, **told, **more)
    elif kind == 2:
        made = place.add_radius_dim(center=p1, radius=5, angle=45, **told, **more)
    elif kind == 3:
        made = place.add_diameter_dim(center=p1, radius=5, angle=45, **told, **more)
    elif kind == 4:
        made = place.add_angular_dim_cra(center=p1, radius=9, start_angle=10, end_angle=80, distance=3, **told, **more)
    elif kind == 5:
        made = place.add_angular_dim_3p(base=(10, 10), center=(0, 0), p1=(9, 0), p2=(0, 9), **told, **more)
    elif kind == 6:
        made = place.add_ordinate_x_dim(feature_location=p1, offset=(2, 9), **told, **more)
    else:
        made = place.add_arc_dim_cra(center=p1, radius=9, start_angle=10, end_angle=80, distance=3, **told, **more)
    if rng.random() < 0.8:
        made.render()


def _leader(place: Any, rng: Rng) -> None:
    """Add a leader: its arrow, scale and colour from the style or its own, perhaps with a line under a text."""
    told: dict[str, Any] = {}
    if rng.random() < 0.6:
        arrow = pick(rng, ("", "OPEN30", "NONE", "OBLIQUE", "TICK", "DOT"))
        told |= {"dimldrblk": arrow, "dimasz": pick(rng, (1.0, 4.0)), "dimscale": pick(rng, (0.0, 1.0, 50.0))}
        if arrow == "TICK" and "TICK" not in place.doc.blocks:
            tick = place.doc.blocks.new("TICK", base_point=(0.2, 0.1))
            tick.add_line((-1, -1), (1, 1), {"color": 0, "lineweight": -2})
            tick.add_lwpolyline([(0, 0), (1, 0), (1, 1)], dxfattribs={"const_width": 0.2})
            place.doc.modelspace().add_blockref("TICK", (0, 0))  # so that both doors count what is in it
    if rng.random() < 0.4:
        told |= {"dimclrd": pick(rng, (0, 3, 256)), "dimlwd": 35, "dimltype": "DASHED", "dimgap": 2.0}
    made = place.add_leader(
        [near(rng) for _ in range(int(rng.integers(2, 5)))], dimstyle="EZDXF", override=told, dxfattribs=look(rng)
    )
    if rng.random() < 0.4:
        made.dxf.annotation_type, made.dxf.has_hookline = 0, 1
        made.dxf.hookline_direction, made.dxf.text_width = int(rng.integers(2)), pick(rng, (0.0, 8.0))
        made.dxf.horizontal_direction = pick(rng, ((1, 0, 0), (0.6, 0.8, 0)))


def _multileader(place: Any, rng: Rng) -> None:
    from ezdxf.math import Vec2
    from ezdxf.render import mleader

    made = place.add_multileader_mtext("Standard", dxfattribs=look(rng))
    made.set_content(pick(rng, MTEXTS[:4]), char_height=2.0)
    made.add_leader_line(mleader.ConnectionSide.left, [Vec2(-20, -5)])
    made.build(insert=Vec2(near(rng)))


def _mline(place: Any, rng: Rng) -> None:
    styles = place.doc.mline_styles
    name = pick(rng, ("Standard", "FULL"))
    if name not in styles:
        style = styles.new(name)
        style.dxf.flags = sum(bit for bit in (1, 2, 16, 32, 64, 256, 512, 1024) if rng.random() < 0.5)
        style.dxf.fill_color = 3
        for at in range(int(rng.integers(1, 5))):
            style.elements.append(float(at) - 1.5, int(rng.integers(0, 257)), pick(rng, ("BYLAYER", "DASHED")))
    points = [near(rng) for _ in range(int(rng.integers(2, 5)))]
    place.add_mline(
        points, close=len(points) > 2 and bool(rng.random() < 0.5), dxfattribs={**look(rng), "style_name": name}
    )


def _endless(place: Any, rng: Rng) -> None:
    pick(rng, (place.add_xline, place.add_ray))(point(rng), (1, float(rng.uniform(-1, 1))), look(rng))


def _body(place: Any, rng: Rng) -> None:
    mesh = place.add_mesh(look(rng))
    with mesh.edit_data() as data:
        data.vertices = [point(rng) for _ in range(4)]
        data.faces = [[0, 1, 2], [0, 2, 3]]


def _picture(place: Any, rng: Rng) -> None:
    if rng.random() < 0.5:
        place.add_wipeout([near(rng) for _ in range(4)], look(rng))
        return
    definition = place.doc.add_image_def("plan.png", (100, 80))
    image = place.add_image(definition, near(rng), (20, 16), rotation=30, dxfattribs=look(rng))
    if rng.random() < 0.4:
        image.set_boundary_path([(10, 10), (60, 10), (30, 70)])


def _more(place: Any, rng: Rng) -> None:
    kind = rng.integers(4)
    if kind == 0:
        place.new_entity("TOLERANCE", {**look(rng), "insert": near(rng), "content": "{\\Fgdt;j}%%v0.1%%vA"})
    elif kind == 1:
        place.add_underlay(place.doc.add_underlay_def("plan.pdf", "pdf"), near(rng), (1, 1, 1), dxfattribs=look(rng))
    elif kind == 2:
        place.add_shape("SHAPE", near(rng), 2.0, look(rng))
    else:
        place.new_entity("LIGHT", look(rng))


def _definition(block: Any, rng: Rng) -> None:
    text = block.add_attdef(pick(rng, ("TAG", "NO", "CONST")), point(rng)[:2], "given", dxfattribs=look(rng))
    align(text, rng)
    text.is_const = bool(rng.random() < 0.4)
    text.is_invisible = bool(rng.random() < 0.3)


Maker = Callable[[Any, Rng], None]
MAKERS: dict[str, Maker] = {
    "line": _line, "dot": _dot, "circle": _circle, "arc": _arc, "ellipse": _ellipse, "corners": _corners,
    "face": _face, "lwpolyline": _lwpolyline, "polyline": _polyline, "polyline3d": _polyline3d, "meshes": _meshes,
    "text": _text, "mtext": _mtext, "spline": _spline, "helix": _helix, "hatch": _hatch, "dimension": _dimension,
    "leader": _leader, "multileader": _multileader, "mline": _mline, "endless": _endless, "body": _body,
    "picture": _picture, "more": _more, "attdef": _definition,
}  # fmt: skip
