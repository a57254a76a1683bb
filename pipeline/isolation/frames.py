"""What crosses the border between a locked child and us: typed frames, checked and counted.

A frame is one letter, eight bytes of length (big-endian) and the payload. L lock report, P progress,
O one output (uint16 name length, name, bytes), E error, D done. The child is not trusted: a frame that
is out of order, too long or badly named ends the call.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HEADER = struct.Struct(">cQ")
_NAME = re.compile(r"[A-Za-z0-9_.:/\-]{1,200}")
_SMALL = 1 << 20  # bytes of any frame that is not an output


class BrokenProtocol(ValueError):
    """The child sent something it should not."""


class OutputTooLarge(ValueError):
    """The child sent more than its limit."""


def frame(letter: str, payload: bytes) -> bytes:
    """Return one frame."""
    return HEADER.pack(letter.encode("ascii"), len(payload)) + payload


def json_frame(letter: str, value: Any) -> bytes:
    """Return a frame that holds JSON."""
    return frame(letter, json.dumps(value).encode("ascii"))


def output_header(name: str, length: int) -> bytes:
    """Return the beginning of an output frame; the `length` bytes follow."""
    raw = name.encode("ascii")
    return HEADER.pack(b"O", 2 + len(raw) + length) + struct.pack(">H", len(raw)) + raw


@dataclass(slots=True)
class Collector:
    """Takes in the bytes of a child and keeps what is allowed."""

    output_limit: int
    on_progress: Callable[[float, str], None] | None = None
    outputs: dict[str, bytes] = field(default_factory=dict)
    lock: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    done: bool = False
    usage: dict[str, Any] = field(default_factory=dict)
    _buffer: bytearray = field(default_factory=bytearray)
    _total: int = 0

    def feed(self, data: bytes) -> None:
        """Take in bytes. Raises BrokenProtocol and OutputTooLarge."""
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            letter, length = HEADER.unpack_from(self._buffer)
            if length > (self.output_limit + 1024 if letter == b"O" else _SMALL):
                raise OutputTooLarge(f"a frame of {length} bytes")
            if len(self._buffer) < HEADER.size + length:
                return
            payload = bytes(self._buffer[HEADER.size : HEADER.size + length])
            del self._buffer[: HEADER.size + length]
            self._take(letter, payload)

    def _take(self, letter: bytes, payload: bytes) -> None:
        if self.done:
            raise BrokenProtocol("a frame after the end")
        if letter == b"O":
            self._take_output(payload)
            return
        try:
            value = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise BrokenProtocol("not JSON") from error
        if not isinstance(value, dict):
            raise BrokenProtocol("not an object")
        if letter == b"P":
            self._progress(value)
        elif letter == b"E":
            self.error = value
        elif letter == b"L":
            self.lock = value
        elif letter == b"D":
            self.done, self.usage = True, value
        else:
            raise BrokenProtocol(f"unknown frame {letter!r}")

    def _progress(self, value: dict[str, Any]) -> None:
        fraction = value.get("fraction")
        if self.on_progress and isinstance(fraction, int | float) and 0 <= fraction <= 1:
            self.on_progress(float(fraction), str(value.get("doing", ""))[:200])

    def _take_output(self, payload: bytes) -> None:
        if len(payload) < 2:
            raise BrokenProtocol("an output without a name")
        (length,) = struct.unpack_from(">H", payload)
        name = payload[2 : 2 + length].decode("ascii", "replace")
        if not _NAME.fullmatch(name) or ".." in name or name.startswith("/"):
            raise BrokenProtocol(f"not a name: {name[:80]!r}")
        body = payload[2 + length :]
        self._total += len(body)
        if self._total > self.output_limit:
            raise OutputTooLarge(f"{self._total} bytes of output")
        self.outputs[name] = body
