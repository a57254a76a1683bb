"""Stairs."""
