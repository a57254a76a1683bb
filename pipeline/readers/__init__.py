"""Bytes to `Drawing`: one room per format, chosen by content, none of them ever raising for a bad file.

`VERSION` goes into the keys of everything derived from a file: raise it whenever a reader or the
finding of sheets gives another result for the same bytes.
"""

VERSION = "2026.11.4"
