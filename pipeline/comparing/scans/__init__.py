"""Comparing a vector drawing with a scan: registration on ink, missing and surplus ink, changes of lower certainty."""
