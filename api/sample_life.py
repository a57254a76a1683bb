"""The sample project goes on by itself: what the sample people do once the machines have read their files.

Every deed goes through the service functions the API calls, by the people who may do it, so events, notices and
findings are real. Where the story stands is read from the records before every step: it continues after a restart,
ends where a visitor has taken another way, and does nothing once it is told.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import Actor, roles_in
from api.annotations import service as marks
from api.annotations.schemas import Geometry, NewAnnotation
from api.annotations.tables import Annotation, Reply
from api.buildings.tables import Member
from api.database import reading, writing
from api.identity.tables import Person
from api.permissions import allowed
from api.seed import CODE, PEOPLE, sample_files
from api.submissions import queries, workflow
from api.submissions import service as submissions
from api.submissions.schemas import NewSubmission
from api.submissions.uploads import deliver
from pipeline.errors import Conflict, Forbidden, Transient
from pipeline.records import jobs
from pipeline.records.base import now
from pipeline.records.tables import Building, Comparison, File, Finding, Job, Project, Sheet, Submission

_LOG = logging.getLogger(__name__)
POLL_SECONDS = 1.0
DOOR, SHEET = "M0721", "建施-05"
DOOR_MM = (248.0, 321.0)  # on the sheet; the planted violation of rule FIR-001 (sample_drawings/planted.json)
_RADIUS_MM = 12.0
_SAID = "三层办公室疏散门 M0721 净宽不足 0.80 m，请改为 M0921。"
_ANSWER = "已改为 M0921，洞口宽 0.90 m，见第二次报审建施-05。"
_RETURNED = "M0721 等处不满足规范，请按批注修改后重新报审。"
_RANK = {state: rank for rank, state in enumerate((workflow.DRAFT, workflow.SUBMITTED, workflow.IN_REVIEW))}


class Over(Exception):
    """The story cannot go on: somebody has taken another way, or something it needs is not there."""


@dataclass(slots=True)
class Scene:
    """The sample project as it stands, inside one transaction."""

    db: Session
    project_id: str
    cast: dict[str, str]  # role -> person
    stages: dict[tuple[str, int], Submission] = field(default_factory=dict)

    def actor(self, role: str, deed: str) -> tuple[Actor, frozenset[str]]:
        """Return who plays a role, and the roles held in the project. Raises Over when the deed is not theirs."""
        person = self.db.get(Person, self.cast.get(role, ""))
        if person is None or not person.active:
            raise Over(f"nobody plays {role}")
        actor = Actor(
            person.id, person.login, person.name, person.organisation_id, frozenset(person.roles), "", "", now()
        )
        roles = roles_in(self.db, actor, self.project_id)
        if not allowed(deed, roles):
            raise Over(f"{role} may not do {deed}")
        return actor, roles


def scene(db: Session) -> Scene:
    """Look at the sample project. Raises Over when there is none."""
    project = db.scalar(select(Project).where(Project.code == CODE))
    if project is None:
        raise Over("no sample project")
    logins = [role for role, _organisation, _name in PEOPLE]
    members = select(Member.role, Member.person_id).join(Person, Person.id == Member.person_id)
    query = members.where(Member.project_id == project.id, Person.login.in_(logins))
    found = Scene(db, project.id, dict(db.execute(query).tuples().all()))
    for row in db.scalars(select(Submission).where(Submission.project_id == project.id)):
        found.stages[row.stage, row.version] = row
    return found


@dataclass(slots=True, frozen=True)
class Act:
    """One step of the story: whether it is behind us, how it is done, and whether the machines have to finish first."""

    name: str
    done: Callable[[Scene], bool]
    play: Callable[[Scene], None]
    waits: Callable[[Scene], bool] = lambda _scene: False


def _of(now_on: Scene, stage: str, version: int) -> Submission:
    row = now_on.stages.get((stage, version))
    if row is None:
        raise Over(f"no submission {stage} {version}")
    return row


def _begin(stage: str, version: int, title: str) -> Act:
    """The institute makes a draft."""

    def play(at: Scene) -> None:
        actor, _ = at.actor("institute", "submission.create")
        building = at.db.scalar(select(Building.id).where(Building.project_id == at.project_id))
        new = NewSubmission.model_validate({"stage": stage, "building_id": building, "title": title})
        row = submissions.create(at.db, actor, at.project_id, new)
        if row.version != version:
            raise Over(f"{stage} is at version {row.version}")

    def done(at: Scene) -> bool:
        row = at.stages.get((stage, version))
        if row is not None and row.title != title:
            raise Over(f"{stage} {version} is a visitor's")
        return row is not None

    return Act(f"create {stage} {version}", done, play)


def _deed(stage: str, version: int, deed: str, role: str, comment: str = "") -> Act:
    """Somebody does a deed of the workflow."""
    then = next(step.then for step in workflow.TABLE if step.deed == deed and step.role == role)

    def done(at: Scene) -> bool:
        state = _of(at, stage, version).state
        if state == then:
            return True
        if state not in _RANK:
            if then in _RANK and state != workflow.WITHDRAWN:
                return True  # decided since
            raise Over(f"{stage} {version} is {state}")
        return then in _RANK and _RANK[state] > _RANK[then]

    def play(at: Scene) -> None:
        actor, roles = at.actor(role, "submission.advance")
        submissions.advance(at.db, actor, _of(at, stage, version), deed, roles, comment)

    def waits(at: Scene) -> bool:
        return deed == "submit" and _busy(at, _of(at, stage, version))

    return Act(f"{deed} {stage} {version}", done, play, waits)


def _busy(at: Scene, row: Submission) -> bool:
    """Say whether reading, drawing, checking or comparing go on. Raises Over when nothing can come of it."""
    kinds = at.db.scalars(select(Job.kind).where(Job.submission_id == row.id).distinct()).all()
    if row.reading in ("waiting", "working") or jobs.open_jobs(at.db, row.id, kinds):
        return True
    if row.previous_id:
        pair = (Comparison.old_id == row.previous_id, Comparison.new_id == row.id)
        compared = at.db.scalar(select(Comparison.state).where(*pair))
        if compared in ("waiting", "working"):
            return True
    why = queries.unready(*queries.file_states(at.db, row.id))
    if why is not None:
        raise Over(f"{row.stage} {row.version}: {why[1]}")
    return False


def _mark() -> Act:
    """The reviewer draws a cloud around the door, tied to the finding, and publishes it."""
    stage, version = workflow.CONSTRUCTION, 1

    def play(at: Scene) -> None:
        row = _of(at, stage, version)
        if row.state not in (workflow.SUBMITTED, workflow.IN_REVIEW):
            raise Over(f"{stage} {version} is {row.state}")
        sheet = _plan(at, row)
        actor, roles = at.actor("reviewer", "annotation.create")
        (x, y), r = DOOR_MM, _RADIUS_MM
        ring = [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r], [x - r, y - r]]
        here = (Finding.sheet_id == sheet.id, Finding.rule_code == "FIR-001", Finding.subject_key.contains(DOOR))
        new = NewAnnotation(
            kind="cloud",
            nature="mandatory",
            text=_SAID,
            geometry=Geometry(type="Polygon", coordinates=[ring]),
            finding_id=at.db.scalar(select(Finding.id).where(*here)),
        )
        marks.create(at.db, actor, sheet, at.project_id, roles, new)
        marks.publish(at.db, actor, row)

    return Act("annotate", lambda at: _marked(at) is not None, play)


def _plan(at: Scene, row: Submission) -> Sheet:
    """Return the plan with the door: the one that was drawn, not its plotted twin."""
    query = select(Sheet).join(File, File.id == Sheet.file_id).where(Sheet.submission_id == row.id)
    query = query.where(Sheet.number == SHEET, Sheet.state != "gone").order_by(File.format, Sheet.ordinal)
    sheet = at.db.scalars(query).first()
    if sheet is None:
        raise Over(f"no sheet {SHEET}")
    return sheet


def _marked(at: Scene) -> Annotation | None:
    row = _of(at, workflow.CONSTRUCTION, 1)
    mine = (Annotation.submission_id == row.id, Annotation.author_id == at.cast.get("reviewer", ""))
    query = select(Annotation).where(*mine, Annotation.state == "published").order_by(Annotation.created_at)
    return at.db.scalars(query).first()


def _answer() -> Act:
    """The institute answers the mark."""

    def done(at: Scene) -> bool:
        mark = _marked(at)
        if mark is None:
            raise Over("no mark to answer")
        return at.db.scalar(select(Reply.id).where(Reply.annotation_id == mark.id)) is not None

    def play(at: Scene) -> None:
        mark = _marked(at)
        actor, _ = at.actor("institute", "annotation.reply")
        if mark is not None:
            marks.reply(at.db, actor, mark, at.project_id, _ANSWER)

    return Act("reply", done, play)


_C = workflow.CONSTRUCTION
STORY: tuple[Act, ...] = (
    _deed(workflow.SCHEME, 1, "submit", "institute"),
    _deed(workflow.SCHEME, 1, "accept", "department"),
    _deed(workflow.SCHEME, 1, "approve", "department", "方案符合规划条件，同意。"),
    _deed(_C, 1, "submit", "institute"),
    _deed(_C, 1, "accept", "reviewer"),
    _mark(),
    _deed(_C, 1, "return", "reviewer", _RETURNED),
    _answer(),
    _begin(_C, 2, "施工图 第二次报审"),
    _deed(_C, 2, "submit", "institute", "已按审查意见修改。"),
    _deed(_C, 2, "accept", "reviewer"),
    _begin(workflow.AS_BUILT, 1, "竣工图"),
    _deed(workflow.AS_BUILT, 1, "submit", "institute"),
)
_FOLDERS = {(_C, 2): "construction_v2", (workflow.AS_BUILT, 1): "as_built"}  # what `seed` does not hand in


def step() -> str:
    """Do the next thing of the story; return its name, "" when the machines have to finish first.

    Raises Over when the story is told or cannot go on, and what the services raise.
    """
    sent = _hand_in()
    if sent:
        return sent
    with reading() as db:  # waiting takes no lock that a writer could want
        at = scene(db)
        if _next(at).waits(at):
            return ""
    with writing() as db:
        at = scene(db)
        act = _next(at)
        act.play(at)
    return act.name


def _next(at: Scene) -> Act:
    """Return the first act that is not behind us. Raises Over when there is none."""
    act = next((act for act in STORY if not act.done(at)), None)
    if act is None:
        raise Over("told")
    return act


def _hand_in() -> str:
    """Send the files of a draft of ours that are not there yet, through the upload's own door."""
    with reading() as db:
        at = scene(db)
        _next(at)
        missing = []
        for key, folder in _FOLDERS.items():
            row = at.stages.get(key)
            if row is not None and row.state == workflow.DRAFT:
                there = set(db.scalars(select(File.name).where(File.submission_id == row.id)))
                missing += [(row.id, folder, path) for path in sample_files(folder) if path.name not in there]
    for submission_id, folder, path in missing[:1]:
        deliver(path, actor_id=at.cast["institute"], submission_id=submission_id, folder=folder)
        return f"upload {path.name}"
    return ""


def live(stop: threading.Event, poll_seconds: float = POLL_SECONDS) -> str:
    """Tell the story until its end or until `stop`; return why it ended. Never raises: a failure is one log line."""
    try:
        while not stop.is_set():
            try:
                done = step()
            except (Transient, Conflict) as error:  # a busy database, or somebody was quicker: look again
                _LOG.debug("sample project: %s", error)
                done = ""
            if not done:
                stop.wait(poll_seconds)
    except (Over, Forbidden) as end:
        return str(end)
    except Exception as error:
        _LOG.warning("the sample project does not go on: %s: %s", type(error).__name__, error)
        return "failed"
    return "stopped"
