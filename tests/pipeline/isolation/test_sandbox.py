"""The locked child: what it may not do, how its deaths are told apart, and that nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.errors import Transient
from pipeline.isolation import landlock
from pipeline.isolation.limits import MIB, Limits
from pipeline.isolation.outcome import Outcome
from pipeline.isolation.sandbox import Sandbox, run
from pipeline.isolation.self_test import self_test

ROOT = Path(__file__).resolve().parents[3]
ATTEMPT = "pipeline.isolation.escape:attempt"
LIMITS = Limits(cpu_seconds=1, wall_seconds=20, rss_bytes=256 * MIB, address_bytes=384 * MIB, output_bytes=8 * MIB)


def _misbehave(sandbox: Sandbox, how: str, limits: Limits = LIMITS) -> Outcome:
    return sandbox.run(ATTEMPT, [], {"misbehave": how}, limits)


def test_a_locked_child_is_refused_every_escape(sandbox: Sandbox) -> None:
    report = self_test(sandbox)
    if not landlock.abi():
        pytest.skip(f"no Landlock here: {report.sentence()}")
    assert report.escaped == []
    assert report.enough
    assert "seccomp" in report.level and "landlock" in report.level


def test_the_zygote_has_one_thread_when_it_forks(sandbox: Sandbox) -> None:
    assert sandbox.wait_ready()["threads"] == 1


@pytest.mark.parametrize(
    ("how", "kind", "code"),
    [
        ("segfault", "crash", "reader_crashed"),
        ("abort", "crash", "reader_crashed"),
        ("exit", "crash", "reader_crashed"),
        ("spin", "cpu", "time_exceeded"),
        ("allocate", "memory", "too_large"),
        ("flood", "too_large", "too_large"),
        ("raise", "error", "reader_failed"),
        ("killed", "killed", "reader_crashed"),
    ],
)
def test_each_way_of_dying_is_told_apart(sandbox: Sandbox, how: str, kind: str, code: str) -> None:
    outcome = _misbehave(sandbox, how)
    assert outcome.failure is not None
    assert outcome.failure.kind == kind
    assert outcome.outputs == {}
    found = outcome.failure.defect()
    assert found.code == code
    assert found.zh and found.en and found.remedy_zh


def test_an_exception_of_ours_is_logged_under_the_number_the_user_sees(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pipeline.isolation.sandbox.sandbox", lambda: sandbox)
    outcome = run(ATTEMPT, [], {"misbehave": "raise"}, LIMITS)
    assert outcome.failure is not None
    found = outcome.failure.defect()
    for words in (found.zh, found.en, *outcome.failure.sentences()):
        assert outcome.failure.reference in words and "LookupError" not in words
    assert outcome.failure.reference in caplog.text and "LookupError: 墙体" in caplog.text
    assert "in _raise" in caplog.text
    assert run(ATTEMPT, [], {"misbehave": "raise"}, LIMITS).failure.reference == outcome.failure.reference  # type: ignore[union-attr]


def test_sleeping_past_the_wall_clock_is_ended(sandbox: Sandbox) -> None:
    begin = time.monotonic()
    outcome = _misbehave(sandbox, "sleep", Limits(1, 0.5, 256 * MIB, 384 * MIB))
    assert outcome.failure is not None and outcome.failure.kind == "wall"
    assert time.monotonic() - begin < 10


def test_memory_the_child_really_uses_is_watched_when_addresses_are_not(sandbox: Sandbox) -> None:
    outcome = _misbehave(sandbox, "allocate", Limits(10, 20, 128 * MIB, 8 << 30))
    assert outcome.failure is not None and outcome.failure.kind == "memory"
    assert outcome.peak_rss_bytes < 1 << 30


def test_only_stations_on_the_list_run(sandbox: Sandbox) -> None:
    outcome = sandbox.run("os:system", [], {}, LIMITS)
    assert outcome.failure is not None and "not a station" in outcome.failure.why


def test_an_exception_of_a_station_is_told_with_its_text(sandbox: Sandbox) -> None:
    failure = _misbehave(sandbox, "raise").failure
    assert failure is not None and "LookupError" in failure.why and "墙体" in failure.why


def test_a_cancelled_call_ends_as_transient(sandbox: Sandbox) -> None:
    begin = time.monotonic()
    with pytest.raises(Transient):
        sandbox.run(ATTEMPT, [], {"misbehave": "sleep"}, LIMITS, cancelled=lambda: time.monotonic() - begin > 0.3)
    assert time.monotonic() - begin < 10


def test_many_threads_share_one_zygote_and_nothing_leaks(sandbox: Sandbox) -> None:
    hows = ["segfault", "raise", "exit", "killed"] * 10
    kinds: list[str] = []

    def call(part: list[str]) -> None:
        for how in part:
            failure = _misbehave(sandbox, how).failure
            kinds.append(failure.kind if failure else "none")

    before = len(os.listdir("/proc/self/fd"))
    pid = sandbox.zygote_pid
    zygote_before = len(os.listdir(f"/proc/{pid}/fd"))
    threads = [threading.Thread(target=call, args=(hows[n::4],)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(kinds) == sorted(["crash", "error", "crash", "killed"] * 10)
    assert len(os.listdir("/proc/self/fd")) == before
    assert len(os.listdir(f"/proc/{pid}/fd")) == zygote_before
    assert _children(pid) == []


def test_a_call_costs_less_than_20_ms_of_cpu(sandbox: Sandbox, tmp_path: Path) -> None:
    cpu = [_misbehave(sandbox, "raise").cpu_seconds for _ in range(20)]
    assert sorted(cpu)[10] < 0.020


def test_a_dead_zygote_is_started_again_and_the_call_under_it_is_transient(sandbox: Sandbox) -> None:
    result: list[object] = []

    def call() -> None:
        try:
            result.append(_misbehave(sandbox, "sleep"))
        except Transient as error:
            result.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    old = sandbox.zygote_pid
    assert _until(lambda: bool(_children(old)))
    (child,) = _children(old)
    os.kill(old, signal.SIGKILL)
    thread.join(10)
    assert isinstance(result[0], Transient)
    assert _until(lambda: not _alive(child)), "the child outlived its zygote"
    again = _misbehave(sandbox, "raise")
    assert again.failure is not None and again.failure.kind == "error"
    assert sandbox.zygote_pid != old


def test_killing_the_worker_leaves_no_zygote_and_no_child() -> None:
    code = (
        "import threading\n"
        "from pipeline.isolation.sandbox import Sandbox\n"
        "from pipeline.isolation.limits import Limits\n"
        "s = Sandbox(); s.wait_ready(); print(s.zygote_pid, flush=True)\n"
        f"s.run('{ATTEMPT}', [], {{'misbehave': 'sleep'}}, Limits(9, 99, 1 << 28, 1 << 29))\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert worker.stdout is not None
    zygote = int(worker.stdout.readline())
    assert _until(lambda: bool(_children(zygote)))
    (child,) = _children(zygote)
    worker.kill()
    worker.wait()
    assert _until(lambda: not _alive(zygote)), "the zygote is an orphan"
    assert _until(lambda: not _alive(child)), "the child is an orphan"


def _children(pid: int | None) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _until(true: object, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False
