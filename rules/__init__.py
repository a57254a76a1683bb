"""What we demand of drawings: an engine, one file per rule, packs of thresholds, a runner and its outputs."""

from pathlib import Path

VERSION = (Path(__file__).parent / "VERSION").read_text("ascii").strip()
