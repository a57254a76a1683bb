"""Random valid drawings: random entities in blocks, nested references, layouts and viewports."""

from __future__ import annotations

from typing import Any

import ezdxf
import numpy as np
from ezdxf.xclip import XClip

from tests.pipeline.readers.dxf.drawn_entities import LAYERS, MAKERS, STRINGS, align, extrusion, look, near, pick, point

Rng = np.random.Generator
VERSIONS = ("R12", "R2000", "R2004", "R2007", "R2010", "R2013", "R2018")
_RARELY = 0.15  # chance of kinds that the bytes' reader leaves to the library
_RARE = frozenset(list(MAKERS)[13:24]) | {"meshes"}
BLOCKS = ("Inner", "OUTER", "*U1", "块")


def insert(place: Any, rng: Rng, name: str) -> None:
    """Add a reference to a block: turned, mirrored, stretched, arrayed, with attributes."""
    more = look(rng)
    scales = (1.0, 1.0, 2.0, -1.0, -0.5, 1000.0)
    for axis in ("xscale", "yscale", "zscale"):
        if rng.random() < 0.4:
            more[axis] = pick(rng, scales)
    if rng.random() < 0.4:
        more["rotation"] = pick(rng, (90.0, 45.0, -33.3, 360.0))
    if rng.random() < 0.3:
        more["extrusion"] = extrusion(rng)
    if rng.random() < 0.2:
        counts = {"row_count": int(rng.integers(0, 4)), "column_count": int(rng.integers(1, 4))}
        more |= {**counts, "row_spacing": 9.0, "column_spacing": pick(rng, (-7.0, 0.0, 5.0))}
    made = place.add_blockref(name, point(rng), more)
    for _ in range(int(rng.integers(3)) if rng.random() < 0.5 else 0):
        text = made.add_attrib(pick(rng, ("TAG", "NO", "tag")), pick(rng, STRINGS), point(rng)[:2], look(rng))
        align(text, rng)
        text.is_invisible = bool(rng.random() < 0.3)
        if rng.random() < 0.2:
            text.is_const = True
        if rng.random() < 0.2:
            text.set_mtext(place.add_mtext("two\\Plines", {**look(rng), "insert": near(rng), "char_height": 3}))
    if rng.random() < 0.15:
        clip = XClip(made)
        clip.set_block_clipping_path([near(rng, 30) for _ in range(pick(rng, (2, 3)))])
        if rng.random() < 0.3:
            clip.invert_clipping_path([(-90, -90), (90, 90)], ignore_acad_compatibility=True)


def fill(place: Any, rng: Rng, count: int, kinds: list[str]) -> None:
    """Add random entities of some kinds to a layout or block."""
    for _ in range(count):
        MAKERS[pick(rng, kinds)](place, rng)


def document(rng: Rng, version: str, kinds: list[str] | None = None) -> Any:
    """Return a random drawing of a version; `kinds` are names of `MAKERS`, by default a random choice of them."""
    doc = ezdxf.new("R2000" if version == "R12" else version, setup=True)
    doc.layers.add("A-WALL", color=int(rng.integers(1, 255)), lineweight=50, linetype="DASHED")
    doc.layers.add("off", color=3).off()
    doc.layers.add("frozen", color=4).freeze()
    doc.layers.add("locked", true_color=0x102030).lock()
    doc.layers.add("noplot", color=5, plot=False) if version != "R12" else doc.layers.add("noplot", color=5)
    doc.styles.add("UP", font="txt.shx", dxfattribs={"flags": 4, "width": 0.8, "bigfont": "hztxt.shx"})
    doc.header["$INSUNITS"] = int(pick(rng, (0, 1, 4, 6)))
    if kinds is None:
        many = [name for name in MAKERS if name not in _RARE or rng.random() < _RARELY]
        kinds = [str(name) for name in rng.choice(many, size=min(len(many), 8), replace=False)]
    names: list[str] = []
    for name in BLOCKS:
        block = doc.blocks.new(name, base_point=point(rng) if rng.random() < 0.5 else (0, 0, 0))
        fill(block, rng, int(rng.integers(4)), kinds)
        for _ in range(int(rng.integers(3)) if names else 0):
            insert(block, rng, pick(rng, names))
        names.append(name)
    model = doc.modelspace()
    fill(model, rng, int(rng.integers(2, 9)), kinds)
    for _ in range(int(rng.integers(4))):
        insert(model, rng, pick(rng, (*names, "outer")))
    _paper(doc, rng, kinds)
    doc.dxfversion = version
    return doc


def _paper(doc: Any, rng: Rng, kinds: list[str]) -> None:
    paper = doc.layout("Layout1")
    fill(paper, rng, int(rng.integers(3)), kinds)
    for _ in range(int(rng.integers(3))):
        view = paper.add_viewport(
            near(rng), (40, 30), view_center_point=near(rng, 20), view_height=pick(rng, (30.0, 300.0)),
            dxfattribs={"view_twist_angle": pick(rng, (0.0, 30.0, -90.0)), "layer": pick(rng, LAYERS)},
        )  # fmt: skip
        if rng.random() < 0.4:
            view.frozen_layers = ["A-WALL"]
        if rng.random() < 0.4:
            edge = paper.add_circle(view.dxf.center, 12, {"layer": "A-WALL"})
            view.dxf.clipping_boundary_handle = edge.dxf.handle
            view.dxf.flags |= 0x10000
