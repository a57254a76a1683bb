"""Every table of the house in one metadata: what migrations create."""

from __future__ import annotations

import api.annotations.tables
import api.buildings.tables
import api.identity.tables
import pipeline.records.tables  # noqa: F401
from pipeline.records.base import Base

METADATA = Base.metadata
