"""Marks of people on sheets, and the talk that hangs below them."""
