"""Reading IFC beside ifcopenshell: opening, geometry against OpenCASCADE, whole reading, reopening the snapshot.

`python -m benchmarks.ifc_reading [--models N]` measures CPU seconds (user and system) inside one process. Imports are
left out, and of opening our own reading of the bytes for the scan; the library reads the file itself on both sides.
Openings are the least of fifteen interleaved runs a side; geometry runs once a side (interleaved twice where the
OpenCASCADE run takes less than 1 s). Writes results/ifc_reading.md.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import io
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.unit
import numpy as np

from benchmarks.reading import CORPUS
from benchmarks.record import write
from pipeline.drawing import snapshot
from pipeline.drawing.kinds import Format
from pipeline.drawing.model import Drawing
from pipeline.readers.ifc.elements import read_elements
from pipeline.readers.ifc.opening import open_model
from pipeline.readers.ifc.reader import IfcReader
from pipeline.readers.ifc.shapes import Budget, Shapes, make_shapes
from pipeline.readers.ifc.step import REFERENCE

SMALLEST = 550_000  # bytes of a model that is measured
_LIBC = ctypes.CDLL(None)
BOX_MM, BOX_SHARE, VOLUME_SHARE = 5.0, 0.005, 0.02


@dataclass(slots=True)
class Measured:
    """What one model cost and gave."""

    name: str
    megabytes: float
    open_s: tuple[float, float] = (0.0, 0.0)  # ours, ifcopenshell
    shapes_s: tuple[float, float] = (0.0, 0.0)  # ours, OpenCASCADE
    expected: int = 0
    made: int = 0
    copied: int = 0
    box_apart: int = 0
    volume_apart: int = 0
    elements_s: float = 0.0
    read_s: float = 0.0
    load_s: float = 0.0


def models(most: int) -> list[tuple[str, bytes]]:
    """Return the largest models of the corpus (unpacked), each content once, and copies of one merged to 37 MB."""
    found: dict[bytes, tuple[str, bytes]] = {}
    for path in sorted((CORPUS / "ifc").rglob("*")) + sorted((CORPUS / "bcf").rglob("*")):
        if not path.is_file() or "_revisions" in path.parts or path.suffix.lower() not in (".ifc", ".ifczip"):
            continue
        data = path.read_bytes()
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = archive.read(archive.namelist()[0])
        if len(data) >= SMALLEST and b"IFCPRODUCTDEFINITIONSHAPE" in data:
            found.setdefault(data[-4000:], (path.name, data))
    ranked = sorted(found.values(), key=lambda item: len(item[1]), reverse=True)
    return [(f"{ranked[0][0]} x 4", repeated(ranked[0][1], 4)), *ranked[:most]]


def repeated(data: bytes, times: int) -> bytes:
    """Return a model whose rows stand in it several times under other numbers."""
    begin, end = data.index(b"DATA;") + 5, data.rindex(b"ENDSEC;")
    pieces = data[begin:end].split(b"'")
    step = 1 + max(int(number) for piece in pieces[::2] for number in REFERENCE.findall(piece))
    rows = []
    for copy in range(times):
        shift = copy * step
        moved = [
            piece if at % 2 else REFERENCE.sub(lambda match, by=shift: b"#%d" % (int(match[1]) + by), piece)
            for at, piece in enumerate(pieces)
        ]
        rows.append(b"'".join(moved))
    return data[:begin] + b"".join(rows) + data[end:]


def cpu(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call gave and the CPU seconds it took.

    Before it the memory that the run before freed is given back to the system: walking through millions of freed pieces
    takes several milliseconds, which whoever asks for memory first would pay for the other.
    """
    gc.collect()
    if hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)
    begin = time.process_time()
    result = work()
    return result, time.process_time() - begin


def opencascade(model: Any) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Run the OpenCASCADE iterator with its defaults; return vertices (m, world) and faces by instance number."""
    found = {}
    iterator = ifcopenshell.geom.iterator(ifcopenshell.geom.settings(), model, 1, geometry_library="opencascade")
    more = iterator.initialize()
    while more:
        shape = iterator.get()
        vertices = np.frombuffer(shape.geometry.verts_buffer, np.float64).reshape(-1, 3)
        faces = np.frombuffer(shape.geometry.faces_buffer, np.int32).reshape(-1, 3)
        matrix = np.array(shape.transformation.matrix).reshape(4, 4).T
        found[shape.id] = (vertices @ matrix[:3, :3].T + matrix[:3, 3], faces.copy())
        more = bool(iterator.next())
    return found


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Return the volume enclosed by triangles (divergence theorem)."""
    corners = (vertices - vertices.mean(axis=0))[faces]
    return abs(float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])))) / 6


def compare(measured: Measured, shapes: Shapes, products: list[Any], other: dict[int, Any]) -> None:
    """Count shapes whose box or volume is not that of OpenCASCADE."""
    for block, faces, row in zip(shapes.vertices, shapes.faces, shapes.rows, strict=True):
        peer = other.get(products[row].id())
        if peer is None or not len(peer[1]):
            continue
        mine, theirs = block, peer[0] * 1000.0
        size = float((theirs.max(axis=0) - theirs.min(axis=0)).max())
        gap = np.r_[mine.min(axis=0) - theirs.min(axis=0), mine.max(axis=0) - theirs.max(axis=0)]
        measured.box_apart += float(np.abs(gap).max()) > max(BOX_MM, BOX_SHARE * size)
        a, b = volume(mine, faces), volume(theirs, peer[1])
        measured.volume_apart += abs(a - b) > VOLUME_SHARE * max(a, b, 1.0)


def measure(name: str, data: bytes, *, geometry: bool) -> Measured:
    """Measure one model."""
    measured = Measured(name, len(data) / 1e6)
    with tempfile.NamedTemporaryFile(suffix=".ifc") as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        runs = [
            (cpu(lambda: open_model(path, data))[1], cpu(lambda: ifcopenshell.open(str(path)))[1]) for _ in range(15)
        ]
        measured.open_s = (min(ours for ours, _ in runs), min(theirs for _, theirs in runs))
        if geometry:
            _geometry(measured, path, data)
            drawing, measured.read_s = cpu(lambda: IfcReader().read(path, name))
            blob = snapshot.dump(drawing)
            measured.load_s = statistics.median(cpu(lambda: snapshot.load(blob))[1] for _ in range(5))
    return measured


def _geometry(measured: Measured, path: Path, data: bytes) -> None:
    mine, theirs = [], []
    for _ in range(2):
        opened = open_model(path, data)
        drawing = Drawing(Format.IFC, "", "")
        unit_mm = 1000.0 * float(ifcopenshell.util.unit.calculate_unit_scale(opened.model))
        (drawing.elements, products, _), seconds = cpu(lambda o=opened, u=unit_mm: read_elements(o.model, u))
        measured.elements_s = seconds
        shapes, seconds = cpu(lambda o=opened, p=products, d=drawing: make_shapes(o, p, d.elements, Budget(500.0)))
        mine.append(seconds)
        other, seconds = cpu(lambda o=opened: opencascade(o.model))
        theirs.append(seconds)
        if seconds > 1.0:
            break
    measured.shapes_s = (min(mine), min(theirs))
    measured.expected = int(drawing.elements.shape_expected.sum())
    measured.made = measured.expected - len(shapes.missing)
    measured.copied = shapes.copied
    compare(measured, shapes, products, other)


def table(rows: list[Measured]) -> str:
    """Return the Markdown tables."""
    lines = [
        "CPU seconds of one process (imports left out, and of `open` our own reading of the bytes), ours beside "
        "ifcopenshell in the same run, openings the least of fifteen (freed memory given back before each). "
        "`open` holds the scan of the bytes, row count, limits, circles, encodings, then `ifcopenshell.open` itself; "
        "geometry holds "
        f"the search for copies and taking the triangles over. A box is apart beyond {BOX_MM:g} mm or "
        f"{BOX_SHARE:.1%} of the size, a volume beyond {VOLUME_SHARE:.0%} of that of OpenCASCADE. "
        "Of the volumes apart those looked at were round bars and bolts, whose circles the fast kernel gives fewer "
        "chords (3 % of an 8 mm bar).",
        "",
        "| model | MB | open | ifcopenshell.open | ratio | geometry | OpenCASCADE | ratio "
        "| shapes expected, made, copies | box, volume apart | whole reading | elements | snapshot.load | of reading |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        ours, theirs = one.open_s
        line = f"| {one.name[:44]} | {one.megabytes:.1f} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} "
        if one.read_s:
            mine, occ = one.shapes_s
            line += (
                f"| {mine:.2f} | {occ:.2f} | {mine / max(occ, 1e-9):.2f} | {one.expected}, {one.made}, {one.copied} "
                f"| {one.box_apart}, {one.volume_apart} | {one.read_s:.2f} | {one.elements_s:.2f} "
                f"| {one.load_s:.4f} | {one.load_s / one.read_s:.1%} |"
            )
        else:
            line += "| – | – | – | – | – | – | – | – | – |"
        lines.append(line)
    whole = [one for one in rows if one.read_s]
    opened = statistics.median(one.open_s[0] / one.open_s[1] for one in rows)
    opens = sum(one.open_s[0] for one in rows) / sum(one.open_s[1] for one in rows)
    shaped = [one for one in whole if one.expected]  # without bodies there is no geometry to compare
    mine, occ = sum(one.shapes_s[0] for one in shaped), sum(one.shapes_s[1] for one in shaped)
    shapes = statistics.median(one.shapes_s[0] / one.shapes_s[1] for one in shaped if one.shapes_s[1] > 0.01)
    lines += [
        "",
        f"Open: median ratio {opened:.2f} (target 1.2), all together {opens:.2f}. "
        f"Geometry (models that hold bodies): all together {mine:.1f} against {occ:.1f} s, ratio "
        f"{mine / occ:.2f}, median of the models {shapes:.2f} (target 0.5). Shapes: "
        f"{sum(o.made for o in whole)} of {sum(o.expected for o in whole)} made.",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=12)
    chosen = parser.parse_args(arguments)
    rows = []
    for at, (name, data) in enumerate(models(chosen.models)):
        rows.append(measure(name, data, geometry=at > 0))
        if len(rows) > 1:
            write("ifc_reading", table(rows) + "\n")
    print(table(rows))


if __name__ == "__main__":
    main()
