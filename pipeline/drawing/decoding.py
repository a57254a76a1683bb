"""Makes the objects of a drawing out of the JSON and the columns of its snapshot; one function for each type."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np

_SCALARS: dict[Any, frozenset[type]] = {
    float: frozenset((float, int)), int: frozenset((int,)), str: frozenset((str,)), bool: frozenset((bool,))
}  # fmt: skip
Columns = list[np.ndarray]
Decoder = Callable[[Any, Columns], Any]


class SnapshotError(ValueError):
    """The bytes are not a snapshot of this schema."""


@functools.cache
def usual_fields(kind: type) -> dict[str, Any]:
    """Return the fields of a dataclass with what it makes of them when they are left out."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.default_factory is not dataclasses.MISSING:
            found[field.name] = field.default_factory()
        else:
            found[field.name] = field.default
    return found


@functools.cache
def decoder(kind: Any) -> Decoder:
    """Return the function that makes a value of a type out of JSON and the columns."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is np.ndarray:
        return _array
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass_decoder(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, _: kind(value)
    if origin in (typing.Union, types.UnionType):
        return _union_decoder(inner)
    if origin is tuple:
        return _tuple_decoder(inner)
    if origin is list:
        return _list_decoder(inner[0])
    if origin is dict:
        return _dict_decoder(inner[1])
    if kind in (Any, object):
        return lambda value, _: value
    return _scalar_decoder(kind)


def _dataclass_decoder(kind: type) -> Decoder:
    hints = typing.get_type_hints(kind)
    known = {name: _SCALARS.get(hint) or decoder(hint) for name, hint in hints.items()}
    shared, nested = _left_out(kind)

    def decode(value: Any, columns: Columns) -> Any:
        if type(value) is not dict:
            raise SnapshotError(f"{kind.__name__} is not an object")
        made = shared.copy()
        for name, item in value.items():
            rule = known[name]
            if not isinstance(rule, frozenset):
                made[name] = rule(item, columns)
            elif type(item) in rule:
                made[name] = item
            else:
                raise SnapshotError(f"{name} is a {type(item).__name__}")
        for name, inner in nested:
            if name not in value:
                made[name] = inner({}, columns)
        return kind(**made)

    return decode


def _left_out(kind: type) -> tuple[dict[str, Any], list[tuple[str, Decoder]]]:
    """Return columns without rows, and fields that are dataclasses themselves, for what a snapshot leaves out.

    A column without rows holds nothing that could be changed: all drawings share it, which saves making it.
    """
    usual = {name: value for name, value in usual_fields(kind).items() if value is not dataclasses.MISSING}
    shared = {name: value for name, value in usual.items() if isinstance(value, np.ndarray) and not value.size}
    kinds: dict[str, Any] = {name: type(value) for name, value in usual.items() if dataclasses.is_dataclass(value)}
    nested = [(name, decoder(inner)) for name, inner in kinds.items()]
    return shared, nested


def _union_decoder(inner: tuple[Any, ...]) -> Decoder:
    """`X | None`, or a column that Any stands beside."""
    chosen = [a for a in inner if a is not type(None) and a is not Any]
    if len(chosen) != 1:
        raise TypeError(f"a field of {inner} has no decoder")
    decode = decoder(chosen[0])
    if type(None) not in inner:
        return decode
    return lambda value, columns: None if value is None else decode(value, columns)


def _tuple_decoder(inner: tuple[Any, ...]) -> Decoder:
    """A tuple of scalars, of a length its type fixes or not."""
    allowed = {kind for a in inner if a is not Ellipsis for kind in _SCALARS[a]}
    length = None if Ellipsis in inner else len(inner)

    def decode(value: Any, _columns: Columns) -> Any:
        if type(value) is not list or (length is not None and len(value) != length):
            raise SnapshotError("a tuple of another length")
        if not allowed.issuperset(map(type, value)):
            raise SnapshotError("a tuple of other things")
        return tuple(value)

    return decode


def _list_decoder(inner: Any) -> Decoder:
    item_of = decoder(inner)

    def decode(value: Any, columns: Columns) -> Any:
        if type(value) is int and inner is str:
            return _string_column(value, columns)
        if type(value) is not list:
            raise SnapshotError("a list is something else")
        return [item_of(item, columns) for item in value]

    return decode


def _dict_decoder(inner: Any) -> Decoder:
    if inner in (Any, object):
        return _checked_dict
    item_of = decoder(inner)

    def decode(value: Any, columns: Columns) -> Any:
        if type(value) is not dict:
            raise SnapshotError("an object is something else")
        return {key: item_of(item, columns) for key, item in value.items()}

    return decode


def _checked_dict(value: Any, _columns: Columns) -> Any:
    if type(value) is not dict:
        raise SnapshotError("an object is something else")
    return value


def _scalar_decoder(kind: Any) -> Decoder:
    allowed = _SCALARS[kind]

    def decode(value: Any, _columns: Columns) -> Any:
        if type(value) not in allowed:
            raise SnapshotError(f"a value is {type(value).__name__}, not {kind.__name__}")
        return value

    return decode


def _array(value: Any, columns: Columns) -> np.ndarray:
    if type(value) is not int or value < 0:
        raise SnapshotError("not the number of a column")
    return columns[value]


def _string_column(value: Any, columns: Columns) -> list[str]:
    return _array(value, columns).tobytes().decode("utf-8").split("\x00")
