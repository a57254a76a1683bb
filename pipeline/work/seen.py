"""Pairs of sheets compared before answer from the store: no drawing is opened for them again, whatever the set.

An answer stands on the content of both files, on who read them, on both sheets, on the engine and on the points a
person gave; where one of these differs there is no answer. Failures are not kept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
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
        sides = [[file.sha256, file.reader_version] for file in (old, new)]
        whole = sorted(self.pairs) if old.format == new.format == "ifc" else None
        self._keys = []
        for pair, points in zip(self.pairs, self.points, strict=True):
            self._keys.append(key_of("compared", new, [sides, pair, points, whole]))
        self.answers = [kept(key) for key in self._keys]
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
        wanted = {(old, new) for old, new in self.pairs}
        own: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        rest: list[dict[str, Any]] = []
        for one in result["sheets"]:
            sides = one["old"]["sheet"], one["new"]["sheet"]
            (own[sides] if sides in wanted else rest).append(one)
        for k in self.missing:
            self.answers[k] = answer = own[self.pairs[k][0], self.pairs[k][1]] + rest
            rest = []
            keep(self._keys[k], answer)

    def sheets(self) -> list[dict[str, Any]]:
        """The entries of all pairs."""
        return [one for answer in self.answers for one in answer or []]


def key_of(what: str, new: File, stands_on: list[Any]) -> str:
    """Return the key of an answer of the comparing engine about a file and whatever else it stands on."""
    digest = hashlib.sha256(json.dumps(stands_on).encode()).hexdigest()
    return keys.derived(new.sha256, engine_of("comparing"), f"{what}/{digest}")


def keep(key: str, value: list[dict[str, Any]]) -> None:
    """Keep an answer, so that `kept` finds it."""
    store().put(key, gzip.compress(json.dumps(value).encode(), 6, mtime=0), content_type="application/json")


def kept(key: str) -> list[dict[str, Any]] | None:
    """Return an answer kept before; None: there is none, or it is not readable any more."""
    try:
        with store().open(key) as stream:
            found: list[dict[str, Any]] = json.loads(gzip.decompress(stream.read()))
            return found
    except (NotFound, OSError, EOFError, ValueError):
        return None
