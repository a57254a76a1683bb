"""What is odd in a PDF though MuPDF reads on without a word: forms that draw themselves, page keys nobody defines."""

from __future__ import annotations

import re
from typing import Any

from pipeline.readers.pdf.soundness import inherited

_FORM = re.compile(r"/Subtype\s*/Form\b")
_NAMED = re.compile(r"/[^\s/<>\[\]()]+\s+(\d+)\s+\d+\s+R")
_RESOURCES = re.compile(r"/Resources\s+(\d+)\s+\d+\s+R")
_XOBJECTS = re.compile(r"/XObject\s*(?:<<(.*?)>>|(\d+)\s+\d+\s+R)", re.DOTALL)


class Forms:
    """The form XObjects of a document and which of them draw which."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self._draws: dict[int, set[int]] = {}

    def add(self, xref: int, text: str) -> None:
        """Take in one object of the document, written as PDF."""
        if _FORM.search(text):
            self._draws[xref] = self._drawn(text)

    def _drawn(self, text: str) -> set[int]:
        resources = _RESOURCES.search(text)
        found = _XOBJECTS.search(self._object(resources[1]) if resources else text)
        if found is None:
            return set()
        inside = found[1] if found[1] is not None else self._object(found[2])
        return {int(number) for number in _NAMED.findall(inside)}

    def _object(self, number: str) -> str:
        try:
            return str(self._doc.xref_object(int(number), compressed=True))
        except Exception:  # a broken object draws nothing
            return ""

    def circle(self) -> int:
        """Return a form that draws itself, at whatever remove; 0 for none. Without recursion."""
        left = {form: children & self._draws.keys() for form, children in self._draws.items()}
        while True:
            ends = {form for form, children in left.items() if not children}
            if not ends:
                return min(left, default=0)
            left = {form: children - ends for form, children in left.items() if form not in ends}


def odd_page_keys(doc: Any, xref: int) -> list[str]:
    """Return the keys of a page whose values the format does not allow: /UserUnit above 0, /Rotate in quarter turns."""
    found = []
    kind, value = inherited(doc, xref, "UserUnit")
    if kind not in ("null", "undefined") and not (kind in ("int", "float", "real") and 0 < float(value) <= 75_000):
        found.append("UserUnit")
    kind, value = inherited(doc, xref, "Rotate")
    if kind not in ("null", "undefined") and not (kind in ("int", "float", "real") and float(value) % 90 == 0):
        found.append("Rotate")
    return found
