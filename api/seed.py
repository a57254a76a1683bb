"""The first administrator, and the sample project: `python -m api.seed [--no-sample]`.

Passwords are random and printed once; TUSHEN_ADMIN_PASSWORD sets the administrator's, TUSHEN_SAMPLE_PASSWORD those of
all people made here (for tests and demonstrations). Running it again changes nothing. How the sample project goes on
once its files are read: `api.sample_life`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import api.migrate
from api.access import Actor
from api.buildings import service as buildings
from api.buildings.schemas import NewBuilding, NewProject
from api.database import reading, writing
from api.identity import service as identity
from api.identity.passwords import random_password
from api.identity.schemas import NewPerson
from api.identity.tables import Organisation, Person
from api.permissions import ADMINISTRATOR, ROLES
from api.submissions import service as submissions
from api.submissions.schemas import NewSubmission
from api.submissions.uploads import deliver
from pipeline.records.base import now
from pipeline.records.tables import File, Project, Submission

FOLDER = Path(__file__).resolve().parent.parent / "sample_drawings"
CODE = "SAMPLE-0001"
NAME = "松花江畔社区服务中心"
STAGES = (("scheme", "scheme", "设计方案"), ("construction_v1", "construction", "施工图 第一次报审"))
PEOPLE = (
    ("institute", "示例建筑设计院", "林设计"),
    ("reviewer", "示例施工图审查中心", "审查员 王"),
    ("department", "示例市住房和城乡建设局", "主管 李"),
    ("acceptance", "示例市联合验收组", "验收员 赵"),
    ("city_office", "示例市城建档案办公室", "办公室 孙"),
)


@dataclass(slots=True)
class Seeded:
    """What was made: logins with their passwords (only those made now), files that came in."""

    passwords: dict[str, str] = field(default_factory=dict)
    project_id: str = ""
    files: int = 0


def first_administrator(db: Session, seeded: Seeded) -> str:
    """Make the administrator when there is nobody yet; return the id of some administrator ("" when there is none)."""
    if db.scalar(select(func.count()).select_from(Person)):
        people = db.scalars(select(Person).order_by(Person.created_at))
        return next((person.id for person in people if ADMINISTRATOR in person.roles), "")
    organisation = identity.create_organisation(db, "", "系统管理")
    return _person(db, seeded, organisation, "admin", "管理员", ADMINISTRATOR)


def first_password(role: str) -> str:
    """Return the password of a person made here: from the environment, the administrator's own first, or random."""
    own = os.environ.get("TUSHEN_ADMIN_PASSWORD") if role == ADMINISTRATOR else None
    return own or os.environ.get("TUSHEN_SAMPLE_PASSWORD") or random_password()


def _person(db: Session, seeded: Seeded, organisation: Organisation, login: str, name: str, role: str) -> str:
    """Make a person unless the login exists; remember the password to print."""
    existing = db.scalar(select(Person.id).where(Person.login == login))
    if existing:
        return existing
    password = first_password(role)
    new = NewPerson.model_validate(
        {"login": login, "name": name, "organisation_id": organisation.id, "roles": [role], "password": password}
    )
    seeded.passwords[login] = password
    return identity.create_person(db, "", new).id


def load_sample(db: Session, administrator: str, seeded: Seeded) -> dict[str, str]:
    """Make the sample's organisations, people, project and drafts; return ids by role. Once only."""
    ids = {}
    for role, organisation, name in PEOPLE:
        row = db.scalar(select(Organisation).where(Organisation.name == organisation))
        row = row or identity.create_organisation(db, administrator, organisation)
        ids[role] = _person(db, seeded, row, role, name, role)
    project = db.scalar(select(Project).where(Project.code == CODE))
    if project is not None:
        seeded.project_id = project.id
        return ids
    project = buildings.create_project(
        db, administrator, NewProject(name=NAME, code=CODE, address="吉林省吉林市松江路示例地块")
    )
    building = buildings.create_building(
        db, administrator, project.id, NewBuilding(name="1# 社区服务中心", use="社区服务", storeys=6, height_m=23.4)
    )
    for role, _organisation, _name in PEOPLE[:4]:
        buildings.set_member(db, administrator, project.id, ids[role], role)
    institute = _actor(ids["institute"])
    for _folder, stage, title in STAGES:
        new = NewSubmission.model_validate({"stage": stage, "building_id": building.id, "title": title})
        submissions.create(db, institute, project.id, new)
    seeded.project_id = project.id
    return ids


def _actor(person_id: str) -> Actor:
    return Actor(person_id, "", "", "", frozenset(ROLES), "", "", now())


def sample_files(folder: str) -> list[Path]:
    """Return the drawings of one version of the sample set."""
    return [path for path in sorted((FOLDER / folder).glob("*")) if path.suffix.lower() in (".dxf", ".pdf", ".ifc")]


def hand_in_files(project_id: str, person_id: str, seeded: Seeded) -> None:
    """Put the sample's files through the upload's own door, once per submission that is an empty draft."""
    for folder, stage, _title in STAGES:
        with reading() as db:
            query = select(Submission).where(Submission.project_id == project_id, Submission.stage == stage)
            row = db.scalar(query.order_by(Submission.version))
            there = {f.name for f in db.scalars(select(File).where(File.submission_id == row.id))} if row else set()
        if row is None or row.state != "draft" or row.version != 1:
            continue
        for path in sample_files(folder):
            if path.name not in there:
                deliver(path, actor_id=person_id, submission_id=row.id, folder=folder)
                seeded.files += 1


def seed(*, sample: bool = True) -> Seeded:
    """Migrate, make the first administrator and, when asked, the sample; return what was made now."""
    api.migrate.upgrade()
    seeded = Seeded()
    with writing() as db:
        administrator = first_administrator(db, seeded)
        ids = load_sample(db, administrator, seeded) if sample else {}
    if sample:
        hand_in_files(seeded.project_id, ids["institute"], seeded)
    return seeded


def sentences(seeded: Seeded) -> list[str]:
    """Return what is to be printed once."""
    lines = [f"  {login:<12} {password}" for login, password in seeded.passwords.items()]
    if lines:
        lines = ["首次密码（仅显示一次）· first passwords (shown once):", *lines]
    if seeded.files:
        lines.append(f"示例图纸 {seeded.files} 个文件已接收 · {seeded.files} sample files received")
    return lines


if __name__ == "__main__":
    print("\n".join(sentences(seed(sample="--no-sample" not in sys.argv))))
