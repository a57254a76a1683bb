"""The common drawing model: numpy columns (snapshots of them need Zstandard and pydantic-core).

Everything behind the readers speaks this language. Lengths are millimetres of reality unless a name
says otherwise; angles are radians; y points up.
"""
