"""Pages that are not plotted at the scale they state."""

from __future__ import annotations

from pipeline.comparing.content import Content

LIKE_SCALE = 0.02  # relative
LARGEST_REDUCTION = 5.0
OTHER_SCALE = {
    "zh": "图纸所注比例与实际打印比例不符（如缩放打印），位移与长度按模型给出。",
    "en": "A page is not plotted at the scale it states (as when it was reduced); lengths are those of the model.",
}


def plotted_otherwise(old: Content, new: Content, scale: float) -> bool:
    """Whether a page is not plotted at the scale it states: the model it was plotted from says how long things are.

    A page printed at half its size still states the old scale. Far larger ratios are a wrong unit of the model instead.
    """
    both = old.scale_known and new.scale_known and new.paper and not old.paper
    return both and abs(scale - 1) > LIKE_SCALE and 1 / LARGEST_REDUCTION < scale < LARGEST_REDUCTION
