"""The stream of notices: what one may see, from where one left off, until the session ends."""

from __future__ import annotations

import asyncio

import pytest

from api.access import roles_in
from api.database import reading, writing
from api.guard import actor_of
from api.ledger import stream
from pipeline.records.notices import notify
from tests.api.conftest import Client, log_in


def token(client: Client) -> str:
    return client.http.cookies["tushen_session"]


def hear(client: Client, after: int) -> list[tuple[str, str]]:
    with reading() as db:
        rows, _ = stream.news(db, actor_of(db, token(client)), after)
        return [(row.kind, row.subject) for row in rows]


@pytest.fixture
def start(world) -> int:
    with reading() as db:
        return stream.last_sequence(db)


def test_members_hear_of_their_project_and_nobody_else(clients, world, start):
    with writing() as db:
        notify(db, "file.read", "f", project_id=world.project)
    assert hear(clients["reviewer"], start) == hear(clients["city_office"], start) == [("file.read", "f")]
    assert hear(clients["institute_b"], start) == hear(clients["reviewer_b"], start) == []


def test_a_notice_to_one_person_is_heard_by_that_person_alone(clients, people, world, start):
    with writing() as db:
        notify(db, "member.changed", "m", project_id=world.project, audience=people["reviewer"])
    assert hear(clients["reviewer"], start) == [("member.changed", "m")]
    assert hear(clients["institute"], start) == hear(clients["administrator"], start) == []


def test_nothing_is_left_out_when_there_is_much(clients, world, start):
    with writing() as db:
        for number in range(stream.BATCH + 50):
            notify(db, "job.progress", str(number), project_id=world.project)
    with reading() as db:
        actor, after, heard = actor_of(db, token(clients["reviewer"])), start, []
        for _ in range(3):
            rows, after = stream.news(db, actor, after)
            heard += [row.subject for row in rows]
    assert heard == [str(number) for number in range(stream.BATCH + 50)]


def test_an_ended_membership_ends_what_is_heard(clients, people, world, start):
    with writing() as db:
        notify(db, "file.read", "f", project_id=world.project)
    clients["city_office"].delete(f"/api/projects/{world.project}/members/{people['reviewer']}")
    assert hear(clients["reviewer"], start) == []
    with reading() as db:
        assert not roles_in(db, actor_of(db, token(clients["reviewer"])), world.project)


def test_the_stream_ends_within_five_seconds_of_losing_the_session(clients, people, world, start):
    client = log_in("reviewer")

    async def listen_and_leave() -> list[str]:
        heard: list[str] = []
        async for notice in stream.listen(token(client), start):
            heard.append(notice.comment or notice.data["kind"])
            if heard == ["open"]:
                with writing() as db:
                    notify(db, "file.read", "f", project_id=world.project)
            if len(heard) == 2:
                client.delete("/api/session")
        return heard

    assert asyncio.run(asyncio.wait_for(listen_and_leave(), 5)) == ["open", "file.read"]


def test_the_stream_starts_where_the_browser_left_off(clients, world, start):
    with writing() as db:
        notify(db, "file.read", "missed", project_id=world.project)

    async def first() -> dict:
        async for notice in stream.listen(token(clients["reviewer"]), start):
            if notice.data:
                return {"id": notice.id, **notice.data}
        return {}

    heard = asyncio.run(asyncio.wait_for(first(), 5))
    assert (heard["kind"], heard["subject"]) == ("file.read", "missed") and int(heard["id"]) > start
