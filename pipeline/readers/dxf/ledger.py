"""What the DXF reader met: counts by type and everything that ends as a defect of the file."""

from __future__ import annotations

from collections import Counter

from pipeline.drawing.defects import Defect, defect
from pipeline.drawing.model import Coverage

# objects without a picture of their own: they are read, there is just nothing to draw
SILENT = frozenset(
    {"VIEWPORT", "LIGHT", "SUN", "CAMERA", "SEQEND", "VERTEX", "ATTDEF", "GEOPOSITIONMARKER", "ACAD_XREC_ROUNDTRIP"}
)


class Ledger:
    """Counts while reading, defects and coverage at the end."""

    def __init__(self) -> None:
        self.read: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}
        self.failures: dict[str, tuple[int, str]] = {}
        self.limits: dict[str, str] = {}
        self.proxies: Counter[str] = Counter()  # by layer
        self.xrefs: set[str] = set()
        self.images: set[str] = set()  # files that are not there
        self.outlined: set[str] = set()  # files that are there and shown as an outline only
        self.wanted: set[str] = set()  # names of other files the drawing refers to, there or not
        self.cycles: set[str] = set()
        self.xref_cycles: set[str] = set()
        self.undecodable = 0  # texts
        self.undecodable_lines = 0  # values of the file, whatever they name
        self.nonfinite = 0
        self.invisible = 0
        self.viewports_off = 0

    def skip(self, kind: str, reason: str, many: int = 1) -> None:
        """Count objects that are not shown."""
        self.skipped[kind] += many
        self.reasons.setdefault(kind, reason)

    def fail(self, kind: str, error: BaseException) -> None:
        """Count an object that could not be read."""
        count, why = self.failures.get(kind, (0, ""))
        self.failures[kind] = (count + 1, why or f"{type(error).__name__}: {error}"[:120])
        self.skip(kind, "entity_failed")

    def limit(self, what: str, limit: object) -> None:
        """Note that a limit was reached."""
        self.limits[what] = str(limit)

    def count_viewports(self, turned_off: int, not_plan: int) -> None:
        """Count viewports that are turned off (nothing is lost) and those that show a model from the side."""
        self.viewports_off += turned_off
        for _ in range(not_plan):
            self.skip("VIEWPORT", "viewport_not_plan")

    def proxy(self, kind: str, layer: str) -> None:
        """Count a proxy or TArch object that has no picture with it."""
        self.proxies[layer] += 1
        self.skip(kind, "proxy_objects")

    def coverage(self) -> Coverage:
        """Return the coverage record."""
        record = Coverage(dict(sorted(self.read.items())), dict(sorted(self.skipped.items())), dict(self.reasons))
        record.settle()
        return record

    def defects(self) -> list[Defect]:
        """Return one defect per cause."""
        found: list[Defect] = []
        for kind, (count, why) in sorted(self.failures.items()):
            found.append(defect("entity_failed", count=count, kind=kind, why=why))
        for kind, count in sorted(self.skipped.items()):
            if self.reasons.get(kind) == "unsupported_entity":
                found.append(defect("unsupported_entity", count=count, kind=kind))
        if self.reasons.get("VIEWPORT") == "viewport_not_plan":
            found.append(defect("viewport_not_plan", count=self.skipped["VIEWPORT"]))
        for what, limit in sorted(self.limits.items()):
            found.append(defect("limit_reached", what=what, limit=limit))
        if self.proxies:
            layers = "、".join(f"{name} {count}" for name, count in self.proxies.most_common(8))
            found.append(defect("proxy_objects", count=sum(self.proxies.values()), layers=layers))
        found.extend(defect("xref_missing", name=name) for name in sorted(self.xrefs)[:50])
        found.extend(defect("xref_cycle", name=name) for name in sorted(self.xref_cycles)[:20])
        found.extend(defect("image_missing", name=name) for name in sorted(self.images)[:50])
        found.extend(defect("image_not_read", name=name) for name in sorted(self.outlined)[:50])
        if self.skipped["OLE2FRAME"]:
            found.append(defect("ole_not_read", count=self.skipped["OLE2FRAME"]))
        found.extend(defect("block_cycle", name=name) for name in sorted(self.cycles)[:20])
        if self.undecodable or self.undecodable_lines:
            found.append(defect("text_undecodable", count=max(self.undecodable, self.undecodable_lines)))
        if self.nonfinite:
            found.append(defect("nonfinite_numbers", count=self.nonfinite))
        return found
