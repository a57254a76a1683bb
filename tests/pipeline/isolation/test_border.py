"""Frames, classification, limits, quarantine arithmetic: what needs no process."""

from __future__ import annotations

import pytest

from pipeline.isolation import frames, seccomp
from pipeline.isolation.limits import GIB, MIB, Limits, limits_for
from pipeline.isolation.outcome import Ending, classify
from pipeline.isolation.plain import PlainSandbox

LIMITS = Limits(10, 30, 1 * GIB, 2 * GIB, output_bytes=1000)


def _fed(*parts: bytes) -> frames.Collector:
    collector = frames.Collector(1000)
    for byte in b"".join(parts):
        collector.feed(bytes([byte]))
    return collector


def test_frames_arrive_whole_however_they_are_cut() -> None:
    done = frames.json_frame("D", {"cpu_seconds": 1})
    collector = _fed(frames.output_header("tiles/0:1/0/0/0.webp", 3), b"abc", frames.output_header("b", 0), done)
    assert collector.outputs == {"tiles/0:1/0/0/0.webp": b"abc", "b": b""}
    assert collector.done


@pytest.mark.parametrize("name", ["../x", "/x", "a/../b", "", "é", "x" * 201, "a b"])
def test_a_bad_name_breaks_the_protocol(name: str) -> None:
    raw = name.encode("utf-8")
    body = frames.struct.pack(">H", len(raw)) + raw + b"x"
    with pytest.raises(frames.BrokenProtocol):
        _fed(frames.frame("O", body))


def test_too_much_output_is_refused_before_it_is_kept() -> None:
    with pytest.raises(frames.OutputTooLarge):
        _fed(frames.output_header("a", 600), bytes(600), frames.output_header("b", 600), bytes(600))
    with pytest.raises(frames.OutputTooLarge):
        frames.Collector(1000).feed(frames.output_header("a", 1 << 60))


@pytest.mark.parametrize("data", [frames.frame("X", b"{}"), frames.frame("P", b"[1"), frames.frame("D", b"3")])
def test_what_is_not_a_frame_of_ours_breaks_the_protocol(data: bytes) -> None:
    with pytest.raises(frames.BrokenProtocol):
        _fed(data)


def test_progress_outside_zero_to_one_is_dropped() -> None:
    seen: list[tuple[float, str]] = []
    collector = frames.Collector(1000, lambda fraction, doing: seen.append((fraction, doing)))
    for fraction in (0.5, 7, -1, "x", None):
        collector.feed(frames.json_frame("P", {"fraction": fraction, "doing": "layers"}))
    assert seen == [(0.5, "layers")]


@pytest.mark.parametrize(
    ("ending", "error", "kind"),
    [
        (Ending(0, 1, 1), None, None),
        (Ending(-11, 1, 1), None, "crash"),
        (Ending(-24, 10, 1), None, "cpu"),
        (Ending(-9, 12, 1), None, "cpu"),
        (Ending(-9, 1, 1), None, "killed"),
        (Ending(-9, 1, int(0.9 * GIB)), None, "memory"),
        (Ending(-9, 1, 1, "wall"), None, "wall"),
        (Ending(0, 1, 1), {"type": "MemoryError"}, "memory"),
        (Ending(0, 1, int(0.9 * GIB)), {"type": "Error", "message": "Syntax error during parse"}, "memory"),
        (Ending(0, 1, 1), {"type": "Error", "message": "bad"}, "error"),
    ],
)
def test_an_ending_means_one_thing(ending: Ending, error: dict | None, kind: str | None) -> None:
    failure = classify(ending, LIMITS, error, done=error is None)
    assert (failure.kind if failure else None) == kind


def test_limits_grow_with_the_file_up_to_a_ceiling() -> None:
    small = limits_for("pipeline.stations:read", "dxf", 1_000_000)
    assert small.cpu_seconds == 32
    assert small.wall_seconds == 96
    assert small.rss_bytes == 542 * MIB
    assert small.address_bytes == int(1.5 * small.rss_bytes)
    huge = limits_for("pipeline.stations:read", "ifc", 5_000_000_000)
    assert (huge.cpu_seconds, huge.rss_bytes) == (600, 6 * GIB)
    assert limits_for("pipeline.stations:render", "pdf", 1).cpu_seconds == pytest.approx(60, abs=1)
    assert limits_for("pipeline.stations:read", "ifc", 1_000_000).cpu_seconds == pytest.approx(50.6)  # geometry
    for kind in ("ifc", "dxf", "pdf", "other"):
        assert limits_for("pipeline.stations:read", kind, 5_000_000).cpu_seconds <= 60


def test_a_filter_exists_for_both_machines_and_its_jumps_are_short() -> None:
    for machine in ("x86_64", "aarch64"):
        code = seccomp.program(machine, 1234)
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096


def test_without_a_zygote_a_plain_process_does_the_same_work(tmp_path) -> None:
    plain = PlainSandbox()
    limits = Limits(5, 30, 512 * MIB, 1 * GIB)
    bad = plain.run("pipeline.isolation.escape:attempt", [], {"misbehave": "raise"}, limits)
    assert bad.failure is not None and bad.failure.kind == "error"
    crash = plain.run("pipeline.isolation.escape:attempt", [], {"misbehave": "segfault"}, limits)
    assert crash.failure is not None and crash.failure.kind == "crash"
