"""What runs inside the locked child: joins readers, sheets, measuring, rendering and comparing.

Every station is a function `(files, args) -> {name: bytes}`; it reads only the files it is given, writes
nothing, and what it returns is the only thing that leaves. Rooms are loaded when first needed (the zygote
loads them all before it forks).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing import snapshot
from pipeline.drawing.defects import as_json
from pipeline.drawing.kinds import Format, State
from pipeline.drawing.model import Drawing, ImportedAnnotation, Sheet
from pipeline.drawing.safe_text import safe_text
from pipeline.drawing.sheet_space import on_sheet
from pipeline.drawing.sketch import sketch_of
from pipeline.isolation.child import report

SUMMARY = "tushen.reading/1"
_ROOMS = {
    "readers": "pipeline.readers",
    "rendering": "pipeline.rendering",
    "comparing": "pipeline.comparing",
    "measuring": "pipeline.measuring",
    "sheets": "pipeline.sheets",
    "rules": "rules",  # named, not imported: its station runs in the same child
}
_PRELOADED = (
    "pipeline.readers.registry", "pipeline.readers.dxf.reader", "pipeline.readers.ifc.reader",
    "pipeline.readers.pdf.reader", "pipeline.readers.pdf.signature_check", "pipeline.readers.pdf.polygons",
    "pipeline.sheets.find", "pipeline.rendering.pack", "pipeline.rendering.tiles",
    "pipeline.rendering.model", "pipeline.measuring.measure", "pipeline.measuring.cad", "pipeline.measuring.pages",
    "pipeline.comparing.engine", "pipeline.comparing.pairing", "pipeline.rendering.comparison_panes",
    "ifcopenshell.geom", "pymupdf", "ezdxf",
)  # fmt: skip
_ANNOTATIONS_LIMIT = 10_000
_TEXTS_LIMIT = 400_000  # characters of one sheet kept for search


def preload() -> list[str]:
    """Load every room and library; return what could not be loaded, in words."""
    missing = []
    for name in _PRELOADED:
        try:
            importlib.import_module(name)
        except Exception as error:
            missing.append(f"{name}: {type(error).__name__}: {error}")
    ocr = importlib.import_module("pipeline.sheets.ocr")
    if ocr.available():
        try:
            ocr.engine()
        except Exception as error:
            missing.append(f"ocr: {type(error).__name__}: {error}")
    return missing


def versions() -> dict[str, str]:
    """Return the version of each room; they go into engine versions and keys of derived objects."""
    found = {}
    for room, module in _ROOMS.items():
        try:
            found[room] = str(getattr(importlib.import_module(module), "VERSION", "0"))
        except Exception:
            found[room] = "broken"
    return found


def read(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Read a file into a drawing. `files[0]` is the file, the others its siblings for external references.

    args: `name` (the client's name), `siblings` (names of files[1:]), `password` (optional), `careful` (an earlier
    reading died: leave out what is known to cost much), `trust_roots` (certificates signatures may lead to, base64 of
    DER; absent: no list is configured). Returns
    `snapshot` (absent when the file was rejected) and `summary` (JSON: what goes into the records).
    """
    from pipeline.drawing.conclude import conclude
    from pipeline.readers import base
    from pipeline.readers.registry import read_path
    from pipeline.sheets.find import find_sheets

    report(0.05, f"reading {args['name']}")
    siblings = dict(zip(args.get("siblings", []), files[1:], strict=False))
    base.CARE.after_death = bool(args.get("careful"))
    roots = args.get("trust_roots")
    base.CARE.trust_roots = None if roots is None else tuple(base64.b64decode(one) for one in roots)
    drawing = read_path(files[0], args["name"], siblings, password=str(args.get("password", "")))
    if drawing.spaces:
        report(0.7, f"finding sheets in {args['name']}")
        find_sheets(drawing)
        _read_pictures(drawing, files[0], str(args.get("password", "")))
    conclude(drawing)
    report(0.9, f"packing {args['name']}")
    outputs = {"summary": json.dumps(summary(drawing)).encode("ascii")}
    if drawing.state != State.REJECTED:
        outputs["snapshot"] = snapshot.dump(drawing)
    return outputs


def _read_pictures(drawing: Drawing, original: Path, password: str) -> None:
    """Read the title blocks of scans where the optional engine is installed; its failure costs only these words."""
    from pipeline.sheets.ocr import add_ocr_fields, available

    if drawing.format != Format.PDF or not available():
        return
    try:
        add_ocr_fields(drawing, original, password)
    except MemoryError:
        raise
    except Exception as error:
        drawing.meta["ocr"] = {"failed": f"{type(error).__name__}: {error}"[:300]}


def measure(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Measure what share of the ink of every sheet our model holds. files: snapshot, original.

    args: `password` (optional), `budget_seconds` (CPU; sheets beyond it say so). Returns `ink`: JSON, sheet id ->
    {share, by, why, causes}.
    """
    from pipeline.measuring.measure import CPU_BUDGET_SECONDS
    from pipeline.measuring.measure import measure as measure_sheets

    drawing = snapshot.load(files[0].read_bytes())
    budget = float(args.get("budget_seconds", CPU_BUDGET_SECONDS))
    password = str(args.get("password", ""))
    measure_sheets(drawing, files[1], password=password, budget_seconds=budget, report=report)
    return {"ink": json.dumps({sheet.id: asdict(sheet.ink) for sheet in drawing.sheets}).encode("ascii")}


def render(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Make packs, tiles and thumbnails of every sheet, and the model. files: snapshot, original; args: `password`.

    Returns `pack/<sheet>` (gzip), `tiles/<sheet>/<z>/<x>/<y>.webp`, `thumbnail/<sheet>`, `model.glb`, and
    `report` (JSON: levels per sheet, and what could not be drawn). One sheet that fails does not take the others.
    """
    from pipeline.rendering.model import make_glb

    drawing = snapshot.load(files[0].read_bytes())
    original = files[1] if len(files) > 1 else None
    outputs: dict[str, bytes] = {}
    told: dict[str, Any] = {"levels": {}, "failed": {}}
    for done, sheet in enumerate(drawing.sheets):
        report(done / (len(drawing.sheets) + 1), f"drawing {sheet.number or sheet.title or sheet.id}")
        try:
            outputs |= _drawn(drawing, sheet, original, str(args.get("password", "")), told)
        except MemoryError:
            raise
        except Exception as error:
            told["failed"][sheet.id] = f"{type(error).__name__}: {error}"[:300]
    try:
        model = make_glb(drawing)
        if model:
            outputs["model.glb"] = model
    except MemoryError:
        raise
    except Exception as error:
        told["failed"]["model"] = f"{type(error).__name__}: {error}"[:300]
    outputs["report"] = json.dumps(told).encode("ascii")
    return outputs


def _drawn(
    drawing: Drawing, sheet: Sheet, original: Path | None, password: str, told: dict[str, Any]
) -> dict[str, bytes]:
    from pipeline.rendering.pack import make_pack
    from pipeline.rendering.tiles import make_thumbnail, make_tiles

    tiles = make_tiles(drawing, sheet, original, password)
    made = {f"tiles/{sheet.id}/{name}.webp": body for name, body in tiles.items()}
    made[f"thumbnail/{sheet.id}"] = make_thumbnail(drawing, sheet, original, password)
    pack = make_pack(drawing, sheet)
    made[f"pack/{sheet.id}"] = pack if pack[:2] == b"\x1f\x8b" else gzip.compress(pack, 6, mtime=0)
    told["levels"][sheet.id] = 1 + max((int(name.split("/")[0]) for name in tiles), default=-1)
    return made


def pair(_files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Propose which sheets of two submissions are the same.

    args: `old`, `new`: descriptions of sheets (likeness.SheetDescription); `decided` (optional): what people said
    before, [{old, new, same}] (identity.Decision); `fits` (optional): drawn sheets that lie on storeys of models
    (storeys.Fit), for sheets that stay alone. Returns `pairs`: JSON list in the form of docs/formats/identity.md.
    """
    from pipeline.comparing.identity import Decision
    from pipeline.comparing.pairing import SheetDescription, pair_sheets
    from pipeline.comparing.sections.storeys import Fit, paired_by_fit

    old, new = ([SheetDescription(**entry) for entry in args[side]] for side in ("old", "new"))
    decided = [Decision(**entry) for entry in args.get("decided", [])]
    found = pair_sheets(old, new, decided)
    if args.get("fits"):
        apart = {(one.old, one.new) for one in decided if not one.same}
        found = paired_by_fit(found, [Fit(**entry) for entry in args["fits"]], apart)
    return {"pairs": json.dumps([identity.to_json() for identity in found]).encode("ascii")}


def lay(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Lay drawn sheets on storeys of a model. files: snapshot of the model, snapshot of the drawing.

    args: `storeys`, `sheets`: ids of the sheets of both that have no partner. Returns `fits`: JSON list (storeys.Fit)
    with the model as the old side.
    """
    from pipeline.comparing.sections.storeys import fits_of

    model, drawn = (snapshot.load(path.read_bytes()) for path in files)
    found = fits_of(model, args["storeys"], drawn, args["sheets"])
    return {"fits": json.dumps([fit.to_json() for fit in found]).encode("ascii")}


def compare(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Compare two drawings. files: old snapshot, new snapshot, and the originals of drawings with scanned sheets.

    args: `pairs` [[old sheet id, new sheet id], …]; `originals`: which sides files[2:] are ("old", "new"), as scans are
    compared by their pixels; `passwords` of those sides (optional); `points` for each of the pairs None or what a
    person gave: [[[x, y] old sheet mm, [x, y] new sheet mm], …]. Returns `comparison`: JSON with `sheets`, one entry
    a pair in the form of docs/formats/comparison.md with the `indicators` of the pair and of the drawings as wholes.
    """
    from pipeline.comparing.engine import compare_drawings
    from pipeline.comparing.identity import SheetIdentity
    from pipeline.comparing.scans.pixels import Pictures

    old, new = (snapshot.load(path.read_bytes()) for path in files[:2])
    pairs = [SheetIdentity(str(a), str(b)) for a, b in args["pairs"]] if args.get("pairs") is not None else None
    sides, passwords = {"old": old, "new": new}, args.get("passwords", {})
    pictures = {
        sides[side].sha256: Pictures(sides[side], original, str(passwords.get(side, "")))
        for side, original in zip(args.get("originals", []), files[2:], strict=False)
    }
    result = compare_drawings(old, new, pairs, pictures, _points_of(args))
    tables = result.indicators
    sheets = [one.to_json() for one in result.sheets]
    for one in sheets:
        places = ("", ""), (one["old"]["sheet"], one["new"]["sheet"])
        one["indicators"] = [row for row in tables if (row["sheet_old"], row["sheet_new"]) in places]
    document = {**result.to_json(), "sheets": sheets}
    return {"comparison": json.dumps(document).encode("ascii")}


def _points_of(args: dict[str, Any]) -> dict[tuple[str, str], list[list[list[float]]]]:
    told = zip(args.get("pairs") or [], args.get("points") or [], strict=False)
    return {(str(old), str(new)): points for (old, new), points in told if points}


def overlay(files: list[Path], args: dict[str, Any]) -> dict[str, bytes]:
    """Draw a pair of sheets in one picture. files: old snapshot, new snapshot.

    args: `pair`, an entry of `Comparison.pairs`; `sheets` and `files`, ids and file names of both sides; `changes`, its
    differences as rows; `engine`. Returns `overlay.pdf`.
    """
    from pipeline.comparing.changes import Difference
    from pipeline.rendering.comparison_panes import panes_of
    from pipeline.rendering.comparison_report import comparison_report

    old, new = (snapshot.load(path.read_bytes()) for path in files[:2])
    changes = []
    for row in args["changes"]:
        delta = tuple(row["delta_mm"]) if row["delta_mm"] else None
        one = Difference(row["kind"], row["cls"], row["what"], row["what"], delta=delta, old=row["old"], new=row["new"])
        places = {"box_old": row["box_old"], "box_new": row["box_new"], "sheet_old": "", "sheet_new": ""}
        judged = {"material": row["material"], "certainty": row["certainty"], "kind": row["kind"]}
        changes.append({"id": row["key"], "sentence": one.sentence(), **places, **judged})
    pair = args["pair"]
    sides = {}
    for side, drawing, sheet_id, name in zip(("old", "new"), (old, new), args["sheets"], args["files"], strict=True):
        sheet = next((one for one in drawing.sheets if one.id == sheet_id), None)
        number, title = (sheet.number, sheet.title) if sheet else ("", "")
        sides[side] = {"file": name, "sha256": drawing.sha256, "sheet": sheet_id, "number": number, "title": title}
    told = {
        **sides, "comparable": pair["comparable"], "identical": pair.get("identical", False), "reason": pair["reason"],
        "method": "", "confidence": pair.get("registration", pair["confidence"]), "tolerance_mm": pair["tolerance_mm"],
        "transform_sheet": pair["transform"], "notes": pair.get("notes", []), "paired": None,
        "change_ids": [one["id"] for one in changes],
    }  # fmt: skip
    document = {"engine": args["engine"], **sides, "changes": changes, "sheets": [told], "unpaired": []}
    document["indicators"] = pair.get("indicators", [])
    note = f"compared sha256:{old.sha256} with sha256:{new.sha256}; {args['engine']}"
    return {"overlay.pdf": comparison_report(panes_of(document, old, new), "pdf", note=note)}


def summary(drawing: Drawing) -> dict[str, Any]:
    """Return what the records keep of a drawing, as JSON."""
    return {
        "schema": SUMMARY,
        "format": str(drawing.format),
        "sha256": drawing.sha256,
        "state": str(drawing.state),
        "reader_version": drawing.reader_version,
        "defects": [as_json(d) for d in drawing.defects],
        "coverage": asdict(drawing.coverage),
        "completeness": asdict(drawing.completeness),
        "meta": json.loads(json.dumps(drawing.meta, default=str)),
        "sheets": [_sheet_json(drawing, ordinal, sheet) for ordinal, sheet in enumerate(drawing.sheets, 1)],
        "model": bool(len(drawing.meshes.faces)),
        "annotations": [
            {**asdict(found), "sheet": _sheet_at(drawing, found)} for found in drawing.annotations[:_ANNOTATIONS_LIMIT]
        ],
        "signatures": [asdict(found) for found in drawing.signatures],
    }


def _sheet_json(drawing: Drawing, ordinal: int, sheet: Sheet) -> dict[str, Any]:
    space = drawing.spaces[sheet.space]
    return {
        "key": sheet.id,
        "ordinal": ordinal,
        "kind": str(space.kind),
        "number": sheet.number,
        "title": sheet.title,
        "discipline": sheet.discipline,
        "scale": float(sheet.scale),
        "width_mm": float(sheet.size_mm[0]),
        "height_mm": float(sheet.size_mm[1]),
        "to_space": [float(v) for v in sheet.to_space],
        "framed": bool(sheet.framed),
        "scanned": bool(space.scanned),
        "entities": int(len(sheet.entities)),
        "fields": {name: asdict(value) for name, value in sheet.fields.items()},
        "content_hash": sheet.content_hash or hashlib.sha256(f"{drawing.sha256}{sheet.id}".encode()).hexdigest(),
        "state": str(sheet.state),
        "missing": list(sheet.missing),
        "ink": asdict(sheet.ink),
        "label": space.label,
        "sketch": asdict(sketch_of(space, sheet)),
        "texts": _texts(drawing, sheet),
    }


def _sheet_at(drawing: Drawing, found: ImportedAnnotation) -> str:
    """Return the id of the sheet on which an annotation lies (the first of its space where none holds it)."""
    sheets = [sheet for sheet in drawing.sheets if sheet.space == found.space]
    if found.points:
        x, y = (sum(values) / len(found.points) for values in zip(*found.points, strict=True))
        for sheet in sheets:
            if sheet.box[0] <= x <= sheet.box[2] and sheet.box[1] <= y <= sheet.box[3]:
                return sheet.id
    return sheets[0].id if sheets else ""


def _texts(drawing: Drawing, sheet: Sheet) -> str:
    """Return all texts that lie on a sheet, one a line."""
    space = drawing.spaces[sheet.space]
    rows = np.flatnonzero(on_sheet(space, sheet)[space.texts.entity]) if len(space.texts) else ()
    lines = [space.texts.string[row].replace("\n", " ") for row in rows]
    return safe_text("\n".join(lines), _TEXTS_LIMIT)[0]
