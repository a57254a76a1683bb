"""The tasks of the pipeline: a job id in, one call. What a job means is in `pipeline.work`."""

from __future__ import annotations

from pipeline.celery_app import app
from pipeline.work import compare as comparing
from pipeline.work import measure as measuring
from pipeline.work import overlay as overlaying
from pipeline.work import read as reading
from pipeline.work import receive as receiving
from pipeline.work import render as rendering
from pipeline.work import settle as settling
from pipeline.work.perform import GiveUp, leave, perform

GIVE_UP: dict[str, GiveUp] = {
    "receive": receiving.give_up,
    "read": reading.give_up,
    "render": rendering.give_up,
    "measure": measuring.give_up,
    "settle": settling.give_up,
    "compare": comparing.give_up,
    "overlay": leave,
    "check": leave,
}


@app.task(name="pipeline.receive")
def receive(job_id: str) -> None:
    """Look at a file that arrived."""
    perform(job_id, receiving.receive, receiving.give_up)


@app.task(name="pipeline.read")
def read(job_id: str) -> None:
    """Read a file."""
    perform(job_id, reading.read, reading.give_up)


@app.task(name="pipeline.render")
def render(job_id: str) -> None:
    """Draw the sheets of a file."""
    perform(job_id, rendering.render, rendering.give_up)


@app.task(name="pipeline.measure")
def measure(job_id: str) -> None:
    """Measure how much of the ink of a file was understood."""
    perform(job_id, measuring.measure, measuring.give_up)


@app.task(name="pipeline.settle")
def settle(job_id: str) -> None:
    """Sum up a submission."""
    perform(job_id, settling.settle, settling.give_up)


@app.task(name="pipeline.compare")
def compare(job_id: str) -> None:
    """Compare two submissions."""
    perform(job_id, comparing.compare, comparing.give_up)


@app.task(name="pipeline.overlay")
def overlay(job_id: str) -> None:
    """Draw both sheets of a pair in one picture."""
    perform(job_id, overlaying.overlay)
