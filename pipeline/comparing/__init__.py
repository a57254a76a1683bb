"""Comparing: what changed between two versions of a drawing, told as changes a person would name."""

VERSION = "comparing-2.1"
