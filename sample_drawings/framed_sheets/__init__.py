"""Framed sheets in every way a design office draws them, with the truth beside each file."""
