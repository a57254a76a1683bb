"""Whether every file ends honestly: the whole corpus, 300 cut files, flipped and broken ones, and crafted ones.

`python -m benchmarks.hostile [--only corpus cut flip mutant crafted] [--threads 2] [--each 100]` reads each file as
the system does (sniffed, unpacked where it is an archive, then read in a locked child), watches the memory of parent
and children, prints a Markdown table and writes benchmarks/results/hostile.{md,tsv}. It fails (exit code 1) when a
file ends without a state or a reason, when a cut file is called complete, or a control file is not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks import crafted
from benchmarks.child import in_child
from benchmarks.damage import damaged
from benchmarks.reading import CORPUS, STATES
from benchmarks.record import named, record
from pipeline.errors import Transient
from pipeline.isolation.sandbox import sandbox
from pipeline.settings import settings
from pipeline.work.receive import sniff
from pipeline.work.unpack import unpack

SAMPLES = Path(__file__).resolve().parents[1] / "sample_drawings"
STATION = "pipeline.stations:read"
GROUPS = ("corpus", "cut", "flip", "mutant", "crafted")
_SMALL_BYTES = 5_000_000
_SOURCE_BYTES = 2_000_000  # the damaged files are made of whole sources up to this size
_SOURCES = 40
_OURS = {"reader_failed", "reader_crashed"}  # a sentence about our program explains nothing about the file


@dataclass(slots=True)
class End:
    """How one file ended."""

    group: str
    name: str
    format: str
    expect: str = ""  # what must happen: accept, flag, reject, "" open
    says: str = ""  # a code that is flag enough though it is no warning
    state: str = ""
    codes: list[str] = field(default_factory=list)
    warned: bool = False  # a defect of warning or worse
    unsaid: list[str] = field(default_factory=list)  # why the state is not complete, without a sentence
    death: str = ""
    size_bytes: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_mb: float = 0.0

    @property
    def honest(self) -> bool:
        """One of the four states, and a sentence for everything that is not well."""
        return self.state in STATES and not self.unsaid

    @property
    def as_expected(self) -> bool:
        """Whether it ended as its place in the collection demands."""
        if self.expect == "accept":
            return self.state == "complete"
        if self.expect == "reject":
            return self.state == "rejected"
        return self.expect != "flag" or self.state != "complete" or self.warned or self.says in self.codes


class Memory(threading.Thread):
    """Adds up the resident memory of this process and all below it; shared pages count once a process."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Look four times a second."""
        while not self.ended.wait(0.25):
            self.peak_bytes = max(self.peak_bytes, sum(map(_rss_bytes, _family(os.getpid()))))


def _family(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _rss_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def read_one(end: End, path: Path, name: str) -> End:
    """Read a file as the system does and say how it ended."""
    begin = time.monotonic()
    end.size_bytes = path.stat().st_size
    with path.open("rb") as stream:
        found = sniff(stream.read(4096), name)
    if found == "zip":
        _read_archive(end, path)
    else:
        _read_file(end, path, name, found)
    end.wall_seconds = time.monotonic() - begin
    return end


def _read_file(end: End, path: Path, name: str, kind: str) -> None:
    args = {"name": name, "can_be_careful": kind == "ifc"}
    try:
        outcome = in_child(STATION, [path], args, kind, path.stat().st_size)
    except Transient:
        end.death = "the sandbox died"
        return
    end.cpu_seconds += outcome.cpu_seconds
    end.peak_mb = max(end.peak_mb, outcome.peak_rss_bytes / 1e6)
    if outcome.failure is not None:
        end.state, end.death = "rejected", outcome.failure.kind
        end.codes = [outcome.failure.defect().code]
        end.unsaid = sorted(_OURS & set(end.codes))
        return
    summary = json.loads(outcome.outputs["summary"])
    end.state, end.format = summary["state"], summary["format"]
    end.codes = sorted({d["code"] for d in summary["defects"]})
    end.warned = any(d["severity"] != "info" for d in summary["defects"])
    end.unsaid = [*unsaid(summary), *sorted(_OURS & set(end.codes))]


def _read_archive(end: End, path: Path) -> None:
    """Unpack and read every member; the archive is as bad as its own defects say."""
    end.format = "archive"
    with tempfile.TemporaryDirectory() as folder:
        unpacked = unpack(path, Path(folder), settings(), lambda *_: None)
        codes = {d.code for d in unpacked.defects}
        for member in unpacked.members:
            inside = read_one(End(end.group, member.name, ""), member.path, member.name)
            end.cpu_seconds += inside.cpu_seconds
            end.peak_mb = max(end.peak_mb, inside.peak_mb)
            end.unsaid += inside.unsaid
            codes |= set(inside.codes)
    failed = any(d.severity != "info" for d in unpacked.defects)
    end.state = "rejected" if not unpacked.members else "partial" if failed else "complete"
    end.codes = sorted(codes) or ([] if unpacked.members else ["no_content"])


_SAID_BY = {
    "trailer": {"truncated"},
    "rows": {"rows_missing", "limit_reached", "entity_failed"},
    "shapes": {"geometry_missing"},
    "pages": {"page_missing", "page_failed", "limit_reached"},
    "repaired": {"pdf_repaired"},
    "recovered": {"dxf_recovered"},
    "nonfinite": {"nonfinite_numbers"},
    "text_undecodable": {"text_undecodable", "ifc_text_lost"},
}


def unsaid(summary: dict) -> list[str]:
    """Return what the completeness record holds against a file without a defect sentence that says so."""
    record, codes = summary["completeness"], {d["code"] for d in summary["defects"]}
    wrong = {"trailer": record["trailer"] is False}
    for name, want, got in (
        ("rows", "rows_raw", "rows_parsed"),
        ("shapes", "shapes_expected", "shapes_made"),
        ("pages", "pages_declared", "pages_read"),
    ):
        wrong[name] = None not in (record[want], record[got]) and record[got] < record[want]
    wrong |= {name: bool(record[name]) for name in ("repaired", "recovered", "nonfinite", "text_undecodable")}
    missing = [name for name, is_wrong in wrong.items() if is_wrong and not codes & _SAID_BY[name]]
    if summary["state"] == "rejected":
        said = [d for d in summary["defects"] if d["severity"] == "error"]
        return [] if said else [*missing, "rejected"]
    if summary["state"] != "complete" and not codes:
        missing.append(summary["state"])
    return missing


def corpus_work() -> list[tuple[End, Path, str]]:
    """Return every file of the corpus, and the sample drawings as further control files."""
    work = []
    for path in sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.suffix != ".tsv"):
        name = path.relative_to(CORPUS).as_posix()
        group = name.split("/")[0]
        expect = crafted.EXPECTED.get("/".join(name.split("/")[-2:]), "") if group == "hostile" else ""
        work.append((End(group, name, path.suffix.lower().lstrip("."), expect), path, path.name))
    for path in samples():
        name = path.relative_to(SAMPLES).as_posix()
        work.append((End("control", name, path.suffix.lstrip("."), "accept"), path, path.name))
    return work


def samples() -> list[Path]:
    """Return the undamaged sample drawings."""
    return sorted(p for p in SAMPLES.glob("*/*") if p.suffix in (".dxf", ".ifc", ".pdf") and "damaged" not in p.parts)


@cache
def sources(kind: str) -> tuple[Path, ...]:
    """Return the real files from which damaged ones are made: those read complete; samples where there is no corpus."""
    found = [p for p in sorted((CORPUS / kind).rglob("*")) if p.is_file() and p.suffix.lower() == f".{kind}"]
    fit = [p for p in found if 1_000 < p.stat().st_size < _SOURCE_BYTES and b"\x00" not in p.read_bytes()[:64]]
    random.Random(7).shuffle(fit)
    whole: list[Path] = []
    for path in fit:
        if read_one(End("", path.name, kind), path, path.name).state == "complete":
            whole.append(path)
        if len(whole) == _SOURCES:
            break
    return tuple(whole) or tuple(p for p in samples() if p.suffix == f".{kind}")


def made_work(groups: Iterable[str], each: int, folder: Path) -> list[tuple[End, Path, str]]:
    """Make the damaged and crafted files in `folder`; return them as work."""
    work = []
    for group in groups:
        if group == "crafted":
            made = [(case.name, case.data, case.expect, case.says) for case in crafted.cases()]
        elif group == "corpus":
            continue
        else:
            files = [one for kind in ("ifc", "dxf", "pdf") for one in damaged(group, sources(kind), each)]
            made = [(one.name, one.data, "flag" if group == "cut" else "", "") for one in files]
        for number, (name, data, expect, says) in enumerate(made):
            path = folder / f"{group}{number:04}{Path(name).suffix}"
            path.write_bytes(data)
            work.append((End(group, name, path.suffix.lstrip("."), expect, says), path, name))
    return work


def tables(ends: list[End], memory_bytes: int) -> str:
    """Return the tables: endings by group, what failed by name, and the sums the bar asks for."""
    lines = [
        "| set | files | " + " | ".join(STATES) + " | child died | not explained | CPU s (sum, max) | peak MB |",
        "|---|---|" + "---|" * 8,
    ]
    for group in dict.fromkeys(e.group for e in ends):
        rows = [e for e in ends if e.group == group]
        counts = Counter(e.state for e in rows)
        deaths = Counter(e.death for e in rows if e.death)
        died = ", ".join(f"{n} {k}" for k, n in deaths.items()) or "0"
        cpu, peak = [e.cpu_seconds for e in rows], max(e.peak_mb for e in rows)
        lines.append(
            f"| {group} | {len(rows)} | {' | '.join(str(counts[s]) for s in STATES)} | {died} "
            f"| {sum(not e.honest for e in rows)} | {sum(cpu):.0f}, {max(cpu):.1f} | {peak:.0f} |"
        )
    return "\n".join([*lines, "", *_sums(ends, memory_bytes), "", *_named(ends)])


def _sums(ends: list[End], memory_bytes: int) -> list[str]:
    small = [e for e in ends if e.size_bytes <= _SMALL_BYTES]
    real = [e for e in ends if e.group in ("dxf", "pdf", "ifc")]
    said = sum(e.honest for e in real)
    controls = [e for e in ends if e.expect == "accept"]
    flagged = [e for e in ends if e.expect in ("flag", "reject") and e.group != "cut"]
    cuts = [e for e in ends if e.group == "cut"]
    lines = [
        f"- Files of 5 MB or less: {len(small)}; the most CPU one took: {max(e.cpu_seconds for e in small):.1f} s; "
        f"children that died without being noticed: {sum(e.death == 'the sandbox died' for e in ends)}.",
        f"- Memory of parent and all children together, at most: {memory_bytes / 1e9:.2f} GB (pages they share counted "
        "once a process).",
    ]
    if real:
        lines.append(f"- Real files complete or explained: {said} of {len(real)} ({100 * said / len(real):.1f} %).")
    if cuts:
        complete = sum(e.state == "complete" for e in cuts)
        lines.append(f"- Cut files called complete: {complete} of {len(cuts)}.")
    if controls:
        lines.append(f"- False alarms on control files: {sum(not e.as_expected for e in controls)} of {len(controls)}.")
    if flagged:
        right = sum(e.as_expected for e in flagged)
        lines.append(f"- Files that must be flagged or refused: {right} of {len(flagged)}.")
    return lines


def _named(ends: list[End]) -> list[str]:
    """Name every file that did not end as it must, and count the plausible ones among flipped and mutants."""
    lines = []
    for group in ("flip", "mutant"):
        rows = [e for e in ends if e.group == group]
        if rows:
            by = Counter(e.format for e in rows if e.state == "complete" and not e.codes)
            told = ", ".join(f"{n} {kind}" for kind, n in sorted(by.items())) or "none"
            lines.append(f"- {group}: without any word of a fault: {told} (only the hash at the door tells these).")
    wrong = [e for e in ends if not e.honest or not e.as_expected or (e.group == "cut" and e.state == "complete")]
    lines += [
        f"- `{e.name}` ({e.group}{', must ' + e.expect if e.expect else ''}): {e.state or 'no state'}, "
        f"{', '.join(e.codes) or 'no defect'}{'; not said: ' + ', '.join(e.unsaid) if e.unsaid else ''}"
        f"{'; died: ' + e.death if e.death else ''}"
        for e in wrong
    ]
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Run the chosen groups; write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--each", type=int, default=100, help="damaged files of each kind and format")
    chosen = parser.parse_args(arguments)
    sandbox().wait_ready()
    memory = Memory()
    memory.start()
    with tempfile.TemporaryDirectory() as folder:
        work = corpus_work() if "corpus" in chosen.only else []
        work += made_work(chosen.only, chosen.each, Path(folder))
        with ThreadPoolExecutor(chosen.threads) as pool:
            ends = list(pool.map(lambda item: read_one(*item), work))
    memory.ended.set()
    rows = (
        f"{e.group}\t{e.name}\t{e.format}\t{e.expect}\t{e.state}\t{','.join(e.codes)}\t{','.join(e.unsaid)}\t{e.death}"
        f"\t{e.size_bytes}\t{e.cpu_seconds:.2f}\t{e.wall_seconds:.1f}\t{e.peak_mb:.0f}"
        for e in ends
    )
    head = "set\tfile\tformat\tmust\tstate\tdefects\tnot_said\tdeath\tbytes\tcpu_s\twall_s\tpeak_mb"
    record(named("hostile", chosen.only, GROUPS), tables(ends, memory.peak_bytes), head, rows)
    cut_complete = any(e.group == "cut" and e.state == "complete" for e in ends)
    if cut_complete or not all(e.honest for e in ends) or not all(e.as_expected for e in ends if e.expect == "accept"):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
