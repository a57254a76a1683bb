"""DRW-014: no objects that only their own program can read."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.context import Terms
from rules.engine.facts import SetFacts
from rules.engine.outcome import Outcome, passed, violation
from rules.engine.rule import Rule


class DRW014(Rule):
    """A DXF holds no proxy objects without graphics (TArch walls, doors, dimensions).

    Basis: delivery rule; no clause of a standard is claimed.
    Why: such objects show nothing and can be checked by nobody; the walls of a plan may simply be absent.
    Measured: proxy objects the reader counted, by layer.
    Undecided: never; what cannot be read is counted.
    """

    code, zh, en, severity = "DRW-014", "天正代理对象", "TArch proxy objects", "一般"
    formats = ("dxf",)
    absent = ("没有 DXF 文件。", "No DXF file in the set.")

    def check(self, facts: SetFacts, terms: Terms) -> Iterable[Outcome]:
        """Look at what the reader said about every DXF."""
        for file in facts.files:
            if file.format != "dxf":
                continue
            proxies = [(count, details) for code, count, details in file.defects if code == "proxy_objects"]
            for count, details in proxies:
                layers = str(details.get("layers", ""))
                yield violation(
                    file.place, f"dxf|{file.name}|proxy",
                    f"{file.name}：{count} 个天正/代理对象无法读取（{layers}），请导出 T3。",
                    f"{file.name}: {count} TArch or proxy objects cannot be read ({layers}); export as T3.",
                    measured=float(count), demanded="= 0", evidence={"layers": layers},
                )  # fmt: skip
            if not proxies:
                yield passed(file.place, 1, subject=f"dxf|{file.name}")
