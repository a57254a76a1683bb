"""The common drawing model: numpy columns and nothing else.

Everything behind the readers speaks this language. Lengths are millimetres of reality unless a name
says otherwise; angles are radians; y points up.
"""
