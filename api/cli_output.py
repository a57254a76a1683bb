"""How the command line speaks: exit codes, language, and a standard output that only we write to."""

from __future__ import annotations

import json
import locale
import os
import sys
from enum import IntEnum
from typing import Any, TextIO


class Exit(IntEnum):
    """Exit codes of `tushen` (DESIGN 12)."""

    CLEAN = 0
    FINDINGS = 1  # findings or differences
    BAD_INPUT = 2  # bad usage, or nothing of the input could be read
    PARTLY_READ = 3
    OUR_FAILURE = 4


class Speaker:
    """Writes results to standard output and everything else to standard error.

    Libraries (and the child that reads files) print to file descriptor 1 when they like; it is turned to
    standard error for the life of the process, and results go to a copy of the real one.
    """

    def __init__(self, language: str = "", *, take_stdout: bool = True) -> None:
        self.language = language or _language()
        self._out: TextIO = sys.stdout
        if take_stdout:
            try:
                sys.stdout.flush()
                real = os.dup(1)
                os.dup2(2, 1)
                self._out = os.fdopen(real, "w", encoding="utf-8", errors="replace", closefd=True)
            except OSError:  # no descriptors to speak of (embedded in another program)
                self._out = sys.stdout

    def choose(self, zh: str, en: str) -> str:
        """Return the sentence in the language of this run."""
        return zh if self.language == "zh" else en

    def say(self, zh: str, en: str) -> None:
        """Write a line of the result."""
        self._out.write(self.choose(zh, en) + "\n")

    def line(self, words: str = "") -> None:
        """Write a line of the result that needs no translation."""
        self._out.write(words + "\n")

    def document(self, document: Any) -> None:
        """Write one JSON document."""
        json.dump(document, self._out, ensure_ascii=False, indent=1, allow_nan=False)
        self._out.write("\n")

    def raw(self, words: str) -> None:
        """Write text as it is (SVG, SARIF …)."""
        self._out.write(words)

    def complain(self, zh: str, en: str) -> None:
        """Write a line to standard error."""
        print(f"tushen: {self.choose(zh, en)}", file=sys.stderr)

    def flush(self) -> None:
        """Let what was written be seen now."""
        self._out.flush()

    def finish(self) -> None:
        """Flush what was written and give standard output back; a reader that went away is not our failure."""
        try:
            self._out.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
        if self._out is not sys.stdout:
            sys.stdout.flush()
            os.dup2(self._out.fileno(), 1)
            self._out.close()


def _language() -> str:
    """Return zh or en: TUSHEN_LANGUAGE, else the locale of the terminal."""
    stated = os.environ.get("TUSHEN_LANGUAGE", "")
    for name in (stated, os.environ.get("LC_ALL", ""), os.environ.get("LC_MESSAGES", ""), os.environ.get("LANG", "")):
        if name:
            return "zh" if name.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
