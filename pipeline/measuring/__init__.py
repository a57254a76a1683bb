"""The loss meter: how much of an independent rendering of a file does our drawing model draw too?

Sits above readers and rendering: it needs the painter, and what it says goes into `Sheet.ink`.
"""

VERSION = "ink-2"
"""Raised whenever the same drawing gives another share."""
