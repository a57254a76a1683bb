"""Products whose shapes cost much, and which of them are the same shape in another place.

The kernel knows a shape again only where products share one representation map. Authoring programs often write the
same cut beam hundreds of times instead; here such copies are found by what their rows say, so that each is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.tables import ElementTable
from pipeline.readers.ifc.graph import BOOLEAN, users_of
from pipeline.readers.ifc.step import REFERENCE, StepText

_DEAR = (
    *BOOLEAN,
    b"IFCCSGSOLID",
    b"IFCADVANCEDBREP",
    b"IFCADVANCEDBREPWITHVOIDS",
    b"IFCSECTIONEDSOLIDHORIZONTAL",
    b"IFCFIXEDREFERENCESWEPTAREASOLID",
    b"IFCSWEPTDISKSOLID",
    b"IFCSURFACECURVESWEPTAREASOLID",
)
Key = tuple[object, ...]


@dataclass(slots=True)
class Dear:
    """Products whose shape goes through solid operations (by instance number)."""

    cost: dict[int, float] = field(default_factory=dict)  # rough: rows behind the shape x operations; for ordering
    copies: dict[int, list[int]] = field(default_factory=dict)  # the one that is made -> those that look the same


class _Content:
    """What rows say, with every reference replaced by what the row referred to says; equal content, equal number."""

    def __init__(self, text: StepText) -> None:
        self._text = text
        self._row_of = dict(zip(text.ids.tolist(), range(len(text)), strict=True))
        self._numbers: dict[bytes, int] = {}
        self._known: dict[int, int] = {}  # instance number -> number of its content
        self._rows: dict[int, float] = {}  # content -> rows behind it, repeated ones counted again
        self._operations: dict[int, float] = {}
        self._styles = self._styled()

    def _styled(self) -> dict[int, list[int]]:
        """Return instance number of an item -> instance numbers of its styles."""
        text = self._text
        found: dict[int, list[int]] = {}
        bounds = text.edges_of(np.flatnonzero(text.rows_of(b"IFCSTYLEDITEM")))
        for first, end in np.column_stack(bounds).tolist():
            numbers = text.ids[text.edge_to[first:end]].tolist()
            if numbers:
                found.setdefault(numbers[0], []).extend(numbers[1:])
        return found

    def of(self, number: int) -> int:
        """Return the number of a row's content; -1 for a row that does not exist. References must end (graph)."""
        stack = [number]
        while stack:
            at = stack[-1]
            if at in self._known:
                stack.pop()
                continue
            row = self._row_of.get(at)
            if row is None:
                self._known[at] = -1
                continue
            body = self._body(row)
            needs = [int(one) for one in REFERENCE.findall(body)] + self._styles.get(at, [])
            missing = [one for one in needs if one not in self._known]
            if missing:
                stack.extend(missing)
                continue
            self._learn(at, row, body, needs)
        return self._known[number]

    def _body(self, row: int) -> bytes:
        text = self._text
        stop = int(text.start[row + 1]) if row + 1 < len(text) else len(text.outside)
        return bytes(text.outside[text.outside.find(b"=", int(text.start[row])) : stop]).partition(b";")[0].strip()

    def _learn(self, number: int, row: int, body: bytes, needs: list[int]) -> None:
        known = self._known
        said = REFERENCE.sub(lambda match: b"@%d" % known[int(match[1])], body)
        if number in self._styles:
            said += b"|%r" % [known[one] for one in self._styles[number]]
        content = self._numbers.setdefault(said, len(self._numbers))
        known[number] = content
        below = [known[one] for one in needs]
        self._rows[content] = 1 + sum(self._rows.get(one, 0.0) for one in below)
        own = 1.0 if self._text.type_of(row) in _DEAR else 0.0
        self._operations[content] = own + sum(self._operations.get(one, 0.0) for one in below)

    def cost(self, content: int) -> tuple[float, float]:
        """Return rows and solid operations behind a content."""
        return self._rows.get(content, 0.0), self._operations.get(content, 0.0)


def find_dear(model: Any, text: StepText, wanted: Mapping[int, int], products: list[Any], table: ElementTable) -> Dear:
    """Return the dear products among `wanted` (instance number -> element row), copies grouped."""
    dear = Dear()
    openings = _openings(model, wanted)
    operations = np.flatnonzero(text.rows_of(*_DEAR))
    numbers = users_of(text, operations) & wanted.keys() if len(operations) else set()
    numbers |= openings.keys()
    if not numbers:
        return dear
    content = _Content(text)
    row_of = {product.id(): row for row, product in enumerate(products)}
    first: dict[Key, int] = {}
    for number in sorted(numbers):
        row = wanted[number]
        product = products[row]
        try:
            shape = _shape_key(product, content)
            cuts = [_opening_key(one, table.placement, row, row_of, content) for one in openings.get(number, [])]
        except (AttributeError, TypeError, RuntimeError, np.linalg.LinAlgError):
            dear.cost[number] = 1.0
            continue
        rows, count = map(sum, zip(*(content.cost(one) for one in shape[1::3]), strict=True))
        dear.cost[number] = (rows + 40.0 * len(cuts)) * (1.0 + count + len(cuts))
        key: Key = (
            table.ifc_class[row], table.type_name[row], tuple(table.materials[row]), shape, tuple(sorted(cuts)),
        )  # fmt: skip
        projected = bool(getattr(product, "HasProjections", None))
        maker = number if projected or not np.isfinite(table.placement[row]).all() else first.setdefault(key, number)
        if maker != number:
            dear.copies.setdefault(maker, []).append(number)
    return dear


def _openings(model: Any, wanted: Mapping[int, int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for relation in model.by_type("IfcRelVoidsElement"):
        try:
            host, opening = relation.RelatingBuildingElement, relation.RelatedOpeningElement
            if host is not None and opening is not None and host.id() in wanted:
                found.setdefault(host.id(), []).append(opening)
        except (AttributeError, TypeError, RuntimeError):
            continue
    return found


def _shape_key(product: Any, content: _Content) -> tuple[Any, ...]:
    """Return identifier, content and type of each representation of a product, one after another."""
    parts: list[Any] = []
    for one in product.Representation.Representations:
        parts += [one.RepresentationIdentifier, content.of(one.id()), one.RepresentationType]
    return tuple(parts)


def _opening_key(
    opening: Any, placement: NDArray[np.float64], host: int, row_of: Mapping[int, int], content: _Content
) -> tuple[str, str]:
    """Return where an opening lies in its host and what it looks like."""
    own = placement[row_of[opening.id()]].reshape(4, 4) if opening.id() in row_of else np.full((4, 4), np.nan)
    inside = np.linalg.inv(placement[host].reshape(4, 4)) @ own
    if not np.isfinite(inside).all():
        return str(opening.id()), ""
    return np.array2string(np.round(inside[:3], 6) + 0.0, separator=","), str(_shape_key(opening, content))
