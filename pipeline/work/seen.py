"""Pairs of sheets compared before answer from the store: no drawing is opened for them again, whatever the set.

An answer stands on the content of both files, on who read them, on both sheets, on the engine and on the points a
person gave; where one of these differs there is no answer. Failures are not kept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any

from pipeline.errors import NotFound
from pipeline.records.tables import File
from pipeline.storage import keys, store
from pipeline.work.perform import engine_of


class Seen:
    """The kept answers about pairs of sheets of two files."""

    def __init__(self, old: File, new: File, wanted: dict[str, Any]) -> None:
        """Prepare for `wanted`: `pairs` of sheet ids and the `points` of each.

        Two models are compared as wholes, so their pairs are kept and found only all together.
        """
        self.pairs: list[list[str]] = wanted["pairs"]
        self.points: list[Any] = wanted["points"]
        self.engine = engine_of("comparing")
        sides = [[file.sha256, file.reader_version] for file in (old, new)]
        whole = sorted(self.pairs) if old.format == new.format == "ifc" else None
        self._keys = []
        for pair, points in zip(self.pairs, self.points, strict=True):
            told = json.dumps([sides, pair, points, whole])
            digest = hashlib.sha256(told.encode()).hexdigest()
            self._keys.append(keys.derived(new.sha256, self.engine, f"compared/{digest}"))
        self.answers = [self._found(key) for key in self._keys]
        if whole is not None and None in self.answers:
            self.answers = [None] * len(self.answers)

    @property
    def missing(self) -> list[int]:
        """Rows of the pairs without an answer."""
        return [k for k, answer in enumerate(self.answers) if answer is None]

    def wanted(self) -> dict[str, Any]:
        """What is still to be compared, in the form of `pipeline.stations:compare`."""
        return {name: [getattr(self, name)[k] for k in self.missing] for name in ("pairs", "points")}

    def keep(self, result: dict[str, Any]) -> None:
        """Keep what was compared now: the entry of each pair, with the first of them what belongs to no pair."""
        sheets = result["sheets"]
        rest = [one for one in sheets if [one["old"]["sheet"], one["new"]["sheet"]] not in self.pairs]
        for k in self.missing:
            own = [one for one in sheets if [one["old"]["sheet"], one["new"]["sheet"]] == self.pairs[k]]
            self.answers[k] = own + rest
            rest = []
            body = gzip.compress(json.dumps(self.answers[k]).encode(), 6, mtime=0)
            store().put(self._keys[k], body, content_type="application/json")

    def sheets(self) -> list[dict[str, Any]]:
        """The entries of all pairs."""
        return [one for answer in self.answers for one in answer or []]

    @staticmethod
    def _found(key: str) -> list[dict[str, Any]] | None:
        try:
            with store().open(key) as stream:
                found: list[dict[str, Any]] = json.loads(gzip.decompress(stream.read()))
                return found
        except (NotFound, OSError, EOFError, ValueError):
            return None  # not compared yet, or not readable any more: compared again
