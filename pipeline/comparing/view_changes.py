"""What is said of views that were registered by themselves: where they lie, and that they were put elsewhere, once."""

from __future__ import annotations

import numpy as np

from pipeline.comparing.changes import Difference
from pipeline.comparing.comparison import SheetComparison, ViewPlace
from pipeline.comparing.content import Content
from pipeline.comparing.places import Places
from pipeline.comparing.segments import map_box, map_points, scale_of
from pipeline.comparing.views import Layout, View

SAME_SCALE = 1e-3
LONGEST_TITLE = 40
CERTAINTY = 0.9


def tell_views(result: SheetComparison, layout: Layout, places: Places, sheets: tuple[str, str]) -> list[Difference]:
    """Write the views into the result and return one cosmetic change for each that was put elsewhere on its sheet.

    A plot of a model is a composition of its own: there views have places, nothing was put elsewhere.
    """
    moved: list[Difference] = []
    count = len(layout.views)
    result.notes.append(
        {
            "zh": f"{count} 个视图的位置或比例与整张图不同，已分别对齐后比对。",
            "en": f"{count} views lie elsewhere than the sheet or have another scale; they were aligned one by one.",
        }
    )
    if layout.rest is None and any(layout.alone):
        old, new = layout.alone
        result.notes.append(
            {
                "zh": f"未能对齐、未比对的视图：旧图 {old} 个，新图 {new} 个。",
                "en": f"Views that could not be aligned and were not compared: {old} old, {new} new.",
            }
        )
    for k, view in enumerate(layout.views):
        transform = view.registration.transform
        result.views.append(
            ViewPlace(
                box_old=places.old_sheet_box(view.old.box),
                box_new=places.new_sheet_box(view.new.box),
                transform=places.in_file(transform),
                transform_sheet=places.in_sheet(transform),
                confidence=view.registration.confidence,
            )
        )
        own = layout.rest is None and k == 0  # the view whose place is that of the sheet
        if view.old.paper == view.new.paper and not own:
            change = _moved(view, layout, places, sheets)
            if change is not None:
                moved.append(change)
    return moved


def _moved(view: View, layout: Layout, places: Places, sheets: tuple[str, str]) -> Difference | None:
    """The change "view put elsewhere", None when it lies as the sheet does."""
    base, own = layout.registration.transform, view.registration.transform
    middle = np.array([[(view.old.box[0] + view.old.box[2]) / 2, (view.old.box[1] + view.old.box[3]) / 2]])
    step = (map_points(own, middle) - map_points(base, middle))[0] / view.new.real_per_space
    factor = scale_of(own) / scale_of(base)
    resized = abs(factor - 1) > SAME_SCALE
    if np.hypot(*step) * view.new.real_per_space <= 3 * view.new.tolerance_mm and not resized:
        return None
    title, title_old = title_of(view.new), title_of(view.old)
    details: dict[str, float | bool | str] = {"view": True, "moved_on_sheet_mm": round(float(np.hypot(*step)), 2)}
    if resized:
        details["scale_factor"] = round(float(factor), 6)
    return Difference(
        kind="moved",
        cls="geometry",
        what=f"视图“{title}”" if title else "视图",
        what_en=f"view “{title}”" if title else "view",
        what_old=f"视图“{title_old}”" if title_old else "视图",
        what_old_en=f"view “{title_old}”" if title_old else "view",
        bbox=places.new_file_box(view.new.box),
        bbox_from=places.new_file_box(map_box(base, view.old.box)),
        bbox_to=places.old_file_box(view.old.box),
        bbox_in_old=places.old_file_box(view.old.box),
        box_old=places.old_sheet_box(view.old.box),
        box_new=places.new_sheet_box(view.new.box),
        material=False,
        certainty=CERTAINTY,
        attribute="view",
        details=details,
        sheet_old=sheets[0],
        sheet_new=sheets[1],
    )


def title_of(view: Content) -> str:
    """The text that reads like the title of a view: the tallest short one, those with 图 before others."""
    rows = [k for k, text in enumerate(view.texts.string) if 1 < len(text.strip()) <= LONGEST_TITLE]
    if not rows:
        return ""
    best = max(rows, key=lambda k: ("图" in view.texts.string[k], float(view.texts.height[k]), -k))
    return " ".join(view.texts.string[best].split())
