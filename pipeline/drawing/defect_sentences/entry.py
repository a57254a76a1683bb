"""One line of the defect catalogue."""

from typing import NamedTuple


class Entry(NamedTuple):
    """What is wrong and what to do, in two languages; placeholders are filled by `defect()`."""

    severity: str
    loses_content: bool
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
