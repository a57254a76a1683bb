"""`python -m benchmarks [NAME …]`: run the benchmarks, print Markdown tables, write benchmarks/results/."""

from __future__ import annotations

import importlib
import sys

from benchmarks.page import PARTS

NAMES = tuple(name for _, name, command in PARTS if command == f"python -m benchmarks.{name}")


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; return 1 when one of them missed its bar."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    missed = 0
    for name in arguments or NAMES:
        try:
            importlib.import_module(f"benchmarks.{name}").main([])
        except SystemExit as end:  # the others are measured all the same
            missed = missed or int(bool(end.code))
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
