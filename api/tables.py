"""Every table of the house in one metadata: what migrations create."""

from __future__ import annotations

from api.annotations.tables import Annotation, Reply
from api.buildings.tables import Member
from api.identity.tables import LoginFailure, LoginSession, Organisation, Person
from pipeline.records import tables as facts
from pipeline.records.base import Base

DEEDS_OF_PEOPLE = (Organisation, Person, LoginSession, LoginFailure, Member, Annotation, Reply)
FACTS = facts
METADATA = Base.metadata
