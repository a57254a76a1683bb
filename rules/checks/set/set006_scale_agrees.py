"""SET-006: title block, figure title and what is drawn have the same scale."""

from __future__ import annotations

from pipeline.sheets.numbers import scale_of
from rules.engine.context import Terms
from rules.engine.facts import SheetFacts
from rules.engine.outcome import Outcome, undecided, violation
from rules.engine.rule import SheetRule


class SET006(SheetRule):
    """The stated scale is the scale the sheet is drawn in.

    Basis: GB/T 50001-2017; consistency of the sheet.
    Why: people measure on paper with a ruler.
    Measured: the scale in the title block against the scale most dimensions have (number shown by length drawn) and
        against the frame's size in model space; within the pack's tolerance.
    Undecided: a sheet with neither enough dimensions nor a frame in model space cannot be measured and is left out.
    """

    code, zh, en, severity = "SET-006", "比例一致", "Scale agreement", "制图"
    formats = ("dxf", "pdf")
    absent = ("没有可核对的比例。", "No scale can be compared.")

    def look(self, sheet: SheetFacts, terms: Terms) -> tuple[int, list[Outcome]]:
        """Compare the stated with the measured scale."""
        stated = scale_of(sheet.fields.get("scale", ""))
        if stated is None:
            return 0, []
        counted = sum(d.value is not None and d.base is not None for d in sheet.dimensions)
        by_dimensions = counted >= 4
        if not by_dimensions and sheet.kind != "model":
            return 0, []
        real = sheet.real_scale
        if abs(stated - real) <= terms.number("tolerance") * real:
            return 1, []
        if by_dimensions and sheet.kind == "model" and abs(sheet.scale - real) > 0.02 * real:
            missing = f"图框比例 1:{sheet.scale:g} 与尺寸比例 1:{real:g} 不同"
            return 1, [undecided(sheet.place, sheet.subject("scale"), missing, "frame and dimensions disagree")]
        outcome = violation(
            sheet.place, sheet.subject("scale"), f"{sheet.name}：图签比例 1:{stated:g}，实际为 1:{real:g}。",
            f"{sheet.name}: the title block says 1:{stated:g}, it is drawn 1:{real:g}.", measured=stated,
            demanded=f"1:{real:g}", certainty=0.9,
            evidence={"stated": f"1:{stated:g}", "drawn": f"1:{real:g}", "dimensions": counted},
        )  # fmt: skip
        return 1, [outcome]
