"""A model read twice is the same to the last byte, however the kernel cut its faces into triangles."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.ifc.canonical import in_order

SAMPLES = sorted((Path(__file__).parents[4] / "sample_drawings").glob("*/*.ifc"))
DUMP = """
import hashlib, sys
from pathlib import Path
from pipeline.drawing import snapshot
from pipeline.readers.ifc.reader import IfcReader
for name in sys.argv[1:]:
    print(hashlib.sha256(snapshot.dump(IfcReader().read(Path(name), "m.ifc"))).hexdigest())
"""


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    corners = vertices[faces]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def prism(sides: int, cuts: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return an upright prism on a regular polygon; `cuts` are the triangles of the polygon."""
    angle = 2 * np.pi * np.arange(sides) / sides
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    vertices = np.vstack([np.column_stack([ring, np.full(sides, z)]) for z in (0.0, 1.0)])
    faces = [(c, b, a) for a, b, c in cuts] + [(a + sides, b + sides, c + sides) for a, b, c in cuts]
    for a in range(sides):
        b = (a + 1) % sides
        faces += [(a, b, b + sides), (a, b + sides, a + sides)]
    return vertices, np.array(faces)


@st.composite
def cut_polygon(draw: st.DrawFn, sides: int) -> list[tuple[int, int, int]]:
    left, found = list(range(sides)), []
    while len(left) > 2:
        at = draw(st.integers(0, len(left) - 1))
        found.append((left[at - 1], left[at], left[(at + 1) % len(left)]))
        left.pop(at)
    return found


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(4, 12))
def test_the_triangles_of_a_plane_face_do_not_depend_on_how_it_was_cut(data: st.DataObject, sides: int) -> None:
    results = []
    for _ in range(2):
        vertices, faces = prism(sides, data.draw(cut_polygon(sides)))
        mixed = np.array(data.draw(st.permutations(range(len(vertices)))))
        faces = np.argsort(mixed)[faces][data.draw(st.permutations(range(len(faces))))]
        faces = np.roll(faces, data.draw(st.integers(0, 2)), axis=1)
        owner, part = np.zeros(len(vertices), np.int32), np.zeros(len(faces), np.int32)
        placed, found, _, came = in_order(vertices[mixed], faces, owner, part)
        assert np.isclose(volume(placed, found), volume(*prism(sides, data.draw(cut_polygon(sides)))))
        assert sorted(came.tolist()) == list(range(len(faces))) and len(placed) == 2 * sides
        results.append((placed.tobytes(), found.tobytes()))
    assert results[0] == results[1]


def test_geometries_do_not_mix_and_parts_keep_their_faces() -> None:
    vertices, faces = prism(4, [(0, 1, 2), (0, 2, 3)])
    part = np.arange(len(faces), dtype=np.int32)  # each face a material of its own: nothing may be turned
    placed, found, owner, came = in_order(
        np.vstack([vertices, vertices]), np.vstack([faces, faces + 8]), np.repeat(np.int32([0, 1]), 8), np.tile(part, 2)
    )
    assert owner.tolist() == [0] * 8 + [1] * 8
    assert (np.tile(part, 2)[came][:12] == np.tile(part, 2)[came][12:]).all()
    both = np.vstack([vertices, vertices])[np.vstack([faces, faces + 8])]
    for face, was in zip(found, came, strict=True):
        assert sorted(map(tuple, placed[face])) == sorted(map(tuple, both[was]))


def test_the_samples_read_in_two_processes_are_the_same() -> None:
    names = [str(path) for path in SAMPLES[:4]]
    assert names
    said = {
        subprocess.run(
            [sys.executable, "-c", DUMP, *names],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1 and len(said.pop().split()) == len(names)
