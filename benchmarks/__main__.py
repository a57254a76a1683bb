"""`python -m benchmarks [NAME …]`: run the benchmarks, print Markdown tables, write benchmarks/results/."""

from __future__ import annotations

import importlib
import sys

NAMES = ("reading", "pdf_reading", "ifc_reading", "rendering", "comparing", "first_pixels")


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in arguments or NAMES:
        importlib.import_module(f"benchmarks.{name}").main([])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
