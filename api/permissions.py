"""One table: which role may do which deed, and on what kind of object.

Every route names its deed (`api.guard.deed`); a route without one stops the server from starting.
Whether the object may be *seen* comes first: what lies in a foreign project answers like what does not exist.
"""

from __future__ import annotations

from typing import NamedTuple

INSTITUTE = "institute"  # 设计院
REVIEWER = "reviewer"  # 审图
DEPARTMENT = "department"  # 主管部门
ACCEPTANCE = "acceptance"  # 联合验收
CITY_OFFICE = "city_office"  # 市级办公室
ADMINISTRATOR = "administrator"  # 管理员

ROLES = (INSTITUTE, REVIEWER, DEPARTMENT, ACCEPTANCE, CITY_OFFICE, ADMINISTRATOR)
OVERSEEING = frozenset({CITY_OFFICE, ADMINISTRATOR})  # see every project without being a member
DECIDING = frozenset({REVIEWER, DEPARTMENT, ACCEPTANCE})

ANYONE: frozenset[str] | None = None
SIGNED_IN: frozenset[str] = frozenset(ROLES)  # on an object: whoever may see it


class Deed(NamedTuple):
    """A line of the table: the kind of object the deed is about ("" = none) and the roles that may do it.

    `roles` None means: without logging in.
    """

    kind: str
    roles: frozenset[str] | None


DEEDS: dict[str, Deed] = {
    "health.read": Deed("", ANYONE),
    "session.create": Deed("", ANYONE),
    "session.read": Deed("", SIGNED_IN),
    "session.edit": Deed("", SIGNED_IN),
    "session.delete": Deed("", SIGNED_IN),
    "project.list": Deed("", SIGNED_IN),
    "project.create": Deed("", OVERSEEING),
    "project.read": Deed("project", SIGNED_IN),
    "building.create": Deed("project", OVERSEEING),
    "member.edit": Deed("project", OVERSEEING),
    "submission.create": Deed("project", frozenset({INSTITUTE})),
    "submission.read": Deed("submission", SIGNED_IN),
    "submission.advance": Deed("submission", frozenset({INSTITUTE}) | DECIDING),
    "queue.read": Deed("", SIGNED_IN),
    "upload.send": Deed("", frozenset({INSTITUTE})),
    "file.read": Deed("file", SIGNED_IN),
    "file.delete": Deed("file", frozenset({INSTITUTE})),
    "file.accept": Deed("file", frozenset({REVIEWER})),
    "file.unlock": Deed("file", frozenset({INSTITUTE, REVIEWER})),
    "sheet.read": Deed("sheet", SIGNED_IN),
    "sheet.edit": Deed("sheet", frozenset({INSTITUTE, REVIEWER})),
    "sheet.edit_many": Deed("submission", frozenset({INSTITUTE, REVIEWER})),
    "finding.decide": Deed("finding", frozenset({REVIEWER, DEPARTMENT})),
    "rule.list": Deed("", SIGNED_IN),
    "comparison.create": Deed("", SIGNED_IN),
    "comparison.read": Deed("comparison", SIGNED_IN),
    "pair.decide": Deed("comparison", frozenset({INSTITUTE}) | DECIDING),
    "difference.decide": Deed("difference", DECIDING),
    "annotation.create": Deed("sheet", DECIDING),
    "annotation.edit": Deed("annotation", DECIDING),
    "imported_annotation.take_over": Deed("imported_annotation", DECIDING),
    "annotation.publish": Deed("submission", DECIDING),
    "annotation.reply": Deed("annotation", SIGNED_IN),
    "annotation.status": Deed("annotation", frozenset({INSTITUTE}) | DECIDING),
    "event.listen": Deed("", SIGNED_IN),
    "ledger.read": Deed("project", SIGNED_IN),
    "ledger.verify": Deed("", OVERSEEING),
    "person.list": Deed("", OVERSEEING),
    "person.edit": Deed("", frozenset({ADMINISTRATOR})),
    "organisation.list": Deed("", SIGNED_IN),
    "organisation.create": Deed("", frozenset({ADMINISTRATOR})),
}


def allowed(deed: str, roles: frozenset[str]) -> bool:
    """Say whether somebody with these roles may do the deed. KeyError for a deed that is not in the table."""
    demanded = DEEDS[deed].roles
    return demanded is None or demanded == SIGNED_IN or bool(demanded & roles)
