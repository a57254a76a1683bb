"""One line between what the machine says and what it only proposes."""

CONFIRM = 0.8
"""A value or an identity with less confidence (0..1) than this is a proposal that a person must confirm.

Fields of title blocks (`Field.confidence`) are held against it in the API, identities of sheets over versions where
they are proposed; the viewer is told which are below.
"""
