"""Revisions of the database, applied by `api.migrate`."""
