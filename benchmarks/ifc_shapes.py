"""Which shapes a model should have, asked of ifcopenshell alone, against those that our reading made.

`python -m benchmarks.ifc_shapes` reads every IFC of the corpus as the system does and beside it, in a process of its
own with at most 8 CPU seconds, opens the file with plain ifcopenshell. What should have a shape is told twice, and
neither time by our reader: by the schema (a product with a solid, a boolean result, a tessellation or a surface model
in a representation other than boxes, clearances and references, mapped items followed) and by what the OpenCASCADE
iterator gives triangles for. Prints a table and writes benchmarks/results/ifc_shapes.{md,tsv}.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom

from benchmarks.child import in_child
from benchmarks.reading import CORPUS, files_of
from benchmarks.record import record
from pipeline.drawing import snapshot
from pipeline.drawing.model import Drawing

CPU_SECONDS = 8
BODIES = (
    "IfcSolidModel",
    "IfcBooleanResult",
    "IfcCsgPrimitive3D",
    "IfcTessellatedItem",
    "IfcFaceBasedSurfaceModel",
    "IfcShellBasedSurfaceModel",
)
BESIDE = ("box", "clearance", "reference", "lighting", "cog", "axis", "footprint")


@dataclass(slots=True)
class Shapes:
    """What one file should show and shows, as STEP numbers of products."""

    path: str
    opened: bool = False  # by plain ifcopenshell
    whole: bool = False  # the iterator came to its end
    by_schema: set[int] = field(default_factory=set)
    by_kernel: set[int] = field(default_factory=set)
    state: str = ""
    made: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)  # said to be missing, with a reason
    counted: int = 0  # expected by our own reader
    classes: dict[int, str] = field(default_factory=dict)


def has_body(representation: Any, depth: int = 0) -> bool:
    """Return whether a representation holds something with faces."""
    if depth > 8 or str(representation.RepresentationIdentifier or "").lower() in BESIDE:
        return False
    for item in representation.Items or ():
        if any(item.is_a(kind) for kind in BODIES):
            return True
        if item.is_a("IfcMappedItem") and has_body(item.MappingSource.MappedRepresentation, depth + 1):
            return True
    return False


def tell(path: Path, out: int) -> None:
    """Write what the library says about a file, a line each: `open`, `schema N`, `kernel N`, `end`."""
    data = path.read_bytes()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(next(name for name in archive.namelist() if name.lower().endswith(".ifc")))
    with tempfile.NamedTemporaryFile(suffix=".ifc") as file:
        file.write(data)
        file.flush()
        model: Any = ifcopenshell.open(file.name)
    os.write(out, b"open\n")
    for product in model.by_type("IfcProduct"):
        shape = product.Representation
        if shape is not None and any(has_body(one) for one in shape.Representations):
            os.write(out, b"schema %d\n" % product.id())
    iterator = ifcopenshell.geom.iterator(ifcopenshell.geom.settings(), model, 1, geometry_library="opencascade")
    more = iterator.initialize()
    while more:
        shape = iterator.get()
        if len(shape.geometry.faces_buffer):
            os.write(out, b"kernel %d\n" % shape.id)
        more = bool(iterator.next())
    os.write(out, b"end\n")


def ask(path: Path, shapes: Shapes) -> None:
    """Fill in what the library says; what it said before its end or death counts."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            try:
                for stream in (1, 2):  # the library prints
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
                resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
                tell(path, said.fileno())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        said.seek(0)
        for line in said.read().decode("ascii").splitlines():
            word, _, number = line.partition(" ")
            shapes.opened |= word == "open"
            shapes.whole |= word == "end"
            if number:
                (shapes.by_schema if word == "schema" else shapes.by_kernel).add(int(number))


def note_ours(drawing: Drawing, shapes: Shapes) -> None:
    """Fill in what our reading made and named."""
    table = drawing.elements
    numbers = [int(str(one["step_id"])) for one in table.attributes]
    shapes.classes = dict(zip(numbers, table.ifc_class, strict=True))
    shapes.counted = int(table.shape_expected.sum())
    shapes.made = {numbers[row] for row in set(drawing.meshes.face_element.tolist())}
    consumed = set(drawing.meta.get("shapes_consumed_by_openings", ()))
    missing = {one["guid"] for one in drawing.meta.get("shapes_missing", ())}
    for number, guid in zip(numbers, table.global_id, strict=True):
        if guid in missing or guid in consumed:
            shapes.named.add(number)


def measure(path: Path, kind: str) -> Shapes | None:
    """Read a file and ask the library about it; None where our reading ends without a drawing."""
    shapes = Shapes(path.relative_to(CORPUS).as_posix())
    outcome = in_child("pipeline.stations:read", [path], {"name": path.name}, kind, path.stat().st_size)
    if outcome.failure is not None or "snapshot" not in outcome.outputs:
        return None
    summary = json.loads(outcome.outputs["summary"])
    if summary["format"] != "ifc":
        return None
    shapes.state = summary["state"]
    note_ours(snapshot.load(outcome.outputs["snapshot"]), shapes)
    ask(path, shapes)
    return shapes


def page(rows: list[Shapes]) -> str:
    """Return the result as Markdown."""
    opened = [one for one in rows if one.opened]
    lines = [
        f"{len(rows)} files give a drawing, plain ifcopenshell opens {len(opened)} of them (release candidates of "
        f"IFC4X3 and broken files it does not), its iterator comes to an end in {sum(o.whole for o in opened)} within "
        f"{CPU_SECONDS} CPU s. Our own reader expects {sum(o.counted for o in opened)} shapes in these.",
        "",
        "| who expects | products | made by us | missing, named | missing without a word | at 99 % of files |",
        "|---|---|---|---|---|---|",
    ]
    silent: Counter[str] = Counter()
    for label, name in (("the schema", "by_schema"), ("OpenCASCADE's iterator", "by_kernel")):
        wanted = sum(len(getattr(one, name)) for one in opened)
        made = sum(len(getattr(one, name) & one.made) for one in opened)
        told = sum(len((getattr(one, name) - one.made) & one.named) for one in opened)
        lost = [(one, number) for one in opened for number in getattr(one, name) - one.made - one.named]
        silent.update(f"{label}: {one.classes.get(number, 'no element')}" for one, number in lost)
        some = [one for one in opened if getattr(one, name)]
        good = sum(len(getattr(one, name) & one.made) >= 0.99 * len(getattr(one, name)) for one in some)
        lines.append(
            f"| {label} | {wanted} | {made} ({made / max(wanted, 1):.2%}) | {told} | {len(lost)} "
            f"| {good} of {len(some)} |"
        )
    extra = sum(len(one.made - one.by_schema - one.by_kernel) for one in opened)
    lines += ["", f"Made by us and expected by neither: {extra}."]
    if silent:
        lines += ["", "Missing without a word, by class: " + ", ".join(f"{k} {v}" for k, v in silent.most_common(12))]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure the corpus, print and write the result."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    rows = [one for path, kind in files_of("ifc") if (one := measure(path, kind)) is not None]
    lines = (
        f"{o.path}\t{o.state}\t{int(o.opened)}\t{int(o.whole)}\t{o.counted}\t{len(o.by_schema)}\t{len(o.by_kernel)}"
        f"\t{len(o.made)}\t{len(o.by_schema - o.made - o.named)}\t{len(o.by_kernel - o.made - o.named)}"
        for o in rows
    )
    head = "path\tstate\topened\tended\tcounted\tby_schema\tby_kernel\tmade\tsilent_schema\tsilent_kernel"
    record("ifc_shapes", page(rows), head, lines)


if __name__ == "__main__":
    main()
