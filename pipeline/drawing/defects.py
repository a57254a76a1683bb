"""What can be wrong with a file: one catalogue of codes with their sentences in two languages.

Every code says what is wrong and what to do. Readers create defects only through `defect()`, so a
code without a sentence cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.drawing.defect_catalogue import CATALOGUE
from pipeline.drawing.kinds import Severity

LITTER = "junk_file"  # what an operating system leaves beside the files of people


@dataclass(slots=True, frozen=True)
class Defect:
    """Something wrong with a file, as data."""

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    loses_content: bool = False
    source_id: str = ""
    count: int = 1
    details: dict[str, Any] = field(default_factory=dict)


def defect(code: str, *, source_id: str = "", count: int = 1, **details: Any) -> Defect:
    """Make a defect from the catalogue; `details` fill the placeholders of its sentences.

    Raises KeyError for a code that is not in the catalogue or a placeholder without a value: both are
    faults of ours, not of the file.
    """
    entry = CATALOGUE[code]
    values = {"count": count, **{key: str(value)[:200] for key, value in details.items()}}
    return Defect(
        code=code,
        severity=Severity(entry.severity),
        zh=entry.zh.format(**values),
        en=entry.en.format(**values),
        remedy_zh=entry.remedy_zh,
        remedy_en=entry.remedy_en,
        loses_content=entry.loses_content,
        source_id=source_id,
        count=count,
        details=dict(details),
    )


def bilingual(code: str, *, zh: dict[str, Any], en: dict[str, Any]) -> Defect:
    """Make a defect whose details differ by language: `zh` fills the Chinese sentence, `en` the English one."""
    return replace(defect(code, **en), zh=defect(code, **zh).zh)


def as_json(found: Defect) -> dict[str, Any]:
    """Return a defect as it is stored in the records and shown."""
    return {
        "code": found.code,
        "severity": str(found.severity),
        "zh": found.zh,
        "en": found.en,
        "remedy_zh": found.remedy_zh,
        "remedy_en": found.remedy_en,
        "count": found.count,
        "source_id": found.source_id,
        "loses_content": found.loses_content,
    }


def is_litter(defects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a file is a system's litter that nobody misses: something was found, and nothing but that."""
    return bool(defects) and all(found.get("code") == LITTER for found in defects)
