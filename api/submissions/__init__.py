"""Submissions: drafts, uploads, and the deeds that carry them to a decision."""
