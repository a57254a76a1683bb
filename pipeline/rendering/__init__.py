"""What a sheet looks like: sheet packs for the viewer, tiles, thumbnails, SVG, PDF and PNG.

Sheets come in as columns of the drawing model; nothing here reads a file format except the original
PDF page that a scan is shown from (`tiles.py`).
"""

VERSION = "4"
"""Raised whenever the same drawing gives other bytes: stored packs and tiles are keyed by it."""
