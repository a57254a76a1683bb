"""The workflow as one table: (state, deed) → who may do it, at which stages, and the state that follows.

Pure: no database, no HTTP. A submission is frozen as soon as it leaves `draft`.
"""

from __future__ import annotations

from typing import NamedTuple

from api.permissions import DECIDING, INSTITUTE, REVIEWER

DRAFT, SUBMITTED, IN_REVIEW = "draft", "submitted", "in_review"
RETURNED, APPROVED, WITHDRAWN = "returned", "approved", "withdrawn"
STATES = (DRAFT, SUBMITTED, IN_REVIEW, RETURNED, APPROVED, WITHDRAWN)

SCHEME, CONSTRUCTION, AS_BUILT = "scheme", "construction", "as_built"
STAGES = (SCHEME, CONSTRUCTION, AS_BUILT)
BEFORE_BUILDING = frozenset({SCHEME, CONSTRUCTION})

NAMES_ZH = {
    DRAFT: "草稿",
    SUBMITTED: "已提交",
    IN_REVIEW: "审查中",
    RETURNED: "已退回",
    APPROVED: "已通过",
    WITHDRAWN: "已撤回",
}


class Step(NamedTuple):
    """A line of the table."""

    state: str
    deed: str
    role: str
    stages: frozenset[str]
    then: str


def _steps(states: tuple[str, ...], deed: str, roles: tuple[str, ...], stages: frozenset[str], then: str) -> list[Step]:
    return [Step(state, deed, role, stages, then) for state in states for role in roles]


_ALL = frozenset(STAGES)
_BUILT = frozenset({AS_BUILT})
TABLE: tuple[Step, ...] = (
    *_steps((DRAFT,), "submit", ("institute",), _ALL, SUBMITTED),
    *_steps((DRAFT, SUBMITTED), "withdraw", ("institute",), _ALL, WITHDRAWN),
    *_steps((SUBMITTED,), "accept", ("reviewer", "department"), BEFORE_BUILDING, IN_REVIEW),
    *_steps((IN_REVIEW,), "return", ("reviewer", "department"), BEFORE_BUILDING, RETURNED),
    *_steps((IN_REVIEW,), "approve", ("reviewer", "department"), BEFORE_BUILDING, APPROVED),
    *_steps((SUBMITTED,), "accept", ("acceptance",), _BUILT, IN_REVIEW),
    *_steps((IN_REVIEW,), "return", ("acceptance",), _BUILT, RETURNED),
    *_steps((IN_REVIEW,), "approve", ("acceptance",), _BUILT, APPROVED),
)
DEEDS = tuple(dict.fromkeys(step.deed for step in TABLE))
DECISIONS = frozenset({RETURNED, APPROVED})
UNDER_REVIEW = frozenset({SUBMITTED, IN_REVIEW})
OPEN = frozenset({DRAFT, SUBMITTED, IN_REVIEW})  # no next version while one of these is the last


def next_state(state: str, deed: str, roles: frozenset[str], stage: str) -> str | None:
    """Return the state that follows, None when these roles may not do this deed now."""
    for step in TABLE:
        if step.state == state and step.deed == deed and step.role in roles and stage in step.stages:
            return step.then
    return None


def role_may(deed: str, roles: frozenset[str], stage: str) -> bool:
    """Say whether these roles may do the deed in any state of a stage (else it is forbidden, not merely too early)."""
    return any(step.deed == deed and step.role in roles and stage in step.stages for step in TABLE)


def deeds(state: str, roles: frozenset[str], stage: str) -> list[str]:
    """Return the deeds open to these roles now, in the order of the table."""
    return [deed for deed in DEEDS if next_state(state, deed, roles, stage) is not None]


def may_correct(state: str, roles: frozenset[str]) -> bool:
    """Say whether these roles may now correct a title block or give a file its password.

    The institute may in a draft, the reviewer during the review.
    """
    return (state == DRAFT and INSTITUTE in roles) or (state in UNDER_REVIEW and REVIEWER in roles)


def may_pair(state: str, roles: frozenset[str]) -> bool:
    """Say whether these roles may now say which sheets belong together.

    The institute may in a draft, who decides once it is handed in, nobody when it is withdrawn.
    """
    return state != WITHDRAWN and bool(roles & (frozenset({INSTITUTE}) if state == DRAFT else DECIDING))


def waits_for(state: str, roles: frozenset[str], stage: str, *, last: bool) -> bool:
    """Say whether a submission waits for somebody with these roles (`last`: there is no newer version of it)."""
    if state == RETURNED:
        return last and "institute" in roles
    return bool(set(deeds(state, roles, stage)) - {"withdraw"})
