"""Attributes of instances by their position in the class: asking the library for a name the class lacks costs 20 us."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import ifcopenshell
import ifcopenshell.ifcopenshell_wrapper

from pipeline.drawing.safe_text import safe_text

MAX_NESTING = 8
MAX_ITEMS = 10_000


def _declared(kind: str) -> Any:
    """Return the entity that `SCHEMA.IfcClass` names, None for a defined type."""
    schema, _, name = kind.partition(".")
    return ifcopenshell.ifcopenshell_wrapper.schema_by_name(schema).declaration_by_name(name).as_entity()


@lru_cache(maxsize=4096)
def positions(kind: str) -> dict[str, int]:
    """Return attribute name -> position of a class given as `SCHEMA.IfcClass`."""
    declared = _declared(kind)
    if declared is None:
        return {}
    return {attribute.name(): at for at, attribute in enumerate(declared.all_attributes())}


@lru_cache(maxsize=4096)
def parents(kind: str) -> frozenset[str]:
    """Return a class given as `SCHEMA.IfcClass` and all it descends from, without the schema."""
    declared = _declared(kind)
    found: list[str] = []
    while declared is not None:
        found.append(declared.name())
        declared = declared.supertype()
    return frozenset(found)


def attribute(instance: Any, name: str) -> Any:
    """Return an attribute of an instance, None where its class has none of that name or the row is too short."""
    at = positions(instance.is_a(True)).get(name)
    return None if at is None or at >= len(instance) else instance.get_argument(at)


def rows_of(model: Any, kind: str) -> list[Any]:
    """Return the instances of a class and its subclasses, [] where the schema has no such class."""
    try:
        return list(model.by_type(kind))
    except RuntimeError:
        return []


def text(value: Any) -> str:
    """Return a STEP string made safe for databases and screens, "" for none."""
    return safe_text(str(value))[0] if value is not None else ""


def plain(value: Any, depth: int = 0) -> Any:
    """Return a STEP value as plain JSON: numbers, strings, booleans, lists, objects; never an entity."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple | list):
        return [plain(item, depth + 1) for item in value[:MAX_ITEMS]] if depth < MAX_NESTING else []
    if hasattr(value, "is_a"):
        names = positions(value.is_a(True))
        if not names and len(value) == 1:  # a defined type: IfcLabel, IfcLengthMeasure ...
            return plain(value.get_argument(0), depth + 1)
        if depth >= MAX_NESTING:
            return value.is_a()
        said = {name: plain(value.get_argument(at), depth + 1) for name, at in names.items() if at < len(value)}
        return {"type": value.is_a(), **{name: item for name, item in said.items() if item is not None}}
    return text(value)
