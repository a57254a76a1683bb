"""Kills workers, zygotes and locked children at random moments and counts what was lost or done twice.

    python scripts/kill_proof.py [--moments 50] [--seed 1] [--sabotage]

Works on the embedded set-up (SQLite, folder store, filesystem transport) in a temporary folder, with the sample
set going through the real pipeline. Every tenth moment stalls a worker (SIGSTOP) until another one has taken its job,
and lets it go on, so that a zombie tries to write late. `--sabotage` takes the attempt fence away; then this
script must fail.
Exit code: 0 nothing lost and nothing twice, 1 otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LEASE_SECONDS = 3.0
TAKEN_SECONDS = 60.0  # for another worker to take over
SLOWER_SECONDS = 8.0
DRAIN_SECONDS = 240.0
SETTINGS = {
    "TUSHEN_LEASE_SECONDS": str(LEASE_SECONDS),
    "TUSHEN_HEARTBEAT_SECONDS": "0.5",
    "TUSHEN_SWEEP_SECONDS": "0.5",
    "TUSHEN_MAX_ATTEMPTS": "500",
    "TUSHEN_WORKER_THREADS": "2",
    "TUSHEN_LOG_LEVEL": "WARNING",
}
VERSIONS = ("construction_v1", "construction_v2")
LARGEST_BYTES = 400_000  # the proof is about many jobs, not about long ones


@dataclass(slots=True)
class Workers:
    """Two worker processes, started again as soon as they die."""

    folder: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)  # every process that ever belonged to us

    def start(self) -> None:
        """Start what is not running."""
        self.processes = [p for p in self.processes if p.poll() is None]
        while len(self.processes) < 2:
            with (self.folder / "workers.log").open("ab") as log:
                command = [sys.executable, "-m", "pipeline.worker"]
                process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
            self.processes.append(process)
        for process in self.processes:
            for pid in (process.pid, *self.zygotes_of(process.pid)):
                self.seen.add(pid)

    def zygotes_of(self, pid: int) -> list[int]:
        """Return the zygote of a worker, if it has one now."""
        return children(pid)

    def locked_of(self, pid: int) -> list[int]:
        """Return the locked children at work for a worker."""
        return [child for zygote in self.zygotes_of(pid) for child in children(zygote)]

    def busy(self, seconds: float) -> int | None:
        """Return a worker that has a locked child at work; wait for one up to `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.start()
            for process in random.sample(self.processes, len(self.processes)):
                if self.locked_of(process.pid):
                    return process.pid
            time.sleep(0.05)
        return None

    def stop(self) -> None:
        """End all workers."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


def children(pid: int) -> list[int]:
    """Return the child processes of all threads of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text().split()]
        except OSError:
            continue
    return found


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal; False when the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def prepare(folder: Path) -> dict[str, str]:
    """Make the database and hand the sample set in as versions of one building; return file name by id."""
    from pipeline import flow
    from pipeline.records import tables
    from pipeline.records.base import Base, engine, transaction
    from pipeline.records.log import protect_events
    from pipeline.storage import keys, store

    with engine().begin() as connection:
        Base.metadata.create_all(connection)
        protect_events(connection)
    names: dict[str, str] = {}
    bells = []
    with transaction() as session:
        project = tables.Project(name="kill proof")
        session.add(project)
        session.flush()
        previous: str | None = None
        for version, stage in enumerate(VERSIONS, 1):
            submission = tables.Submission(
                project_id=project.id, stage="construction", version=version, created_by="0" * 32, previous_id=previous
            )
            session.add(submission)
            session.flush()
            previous = submission.id
            for path in samples(stage) + (samples("damaged") if version == 1 else []):
                body = path.read_bytes()
                digest = hashlib.sha256(body).hexdigest()
                store().put(keys.original(digest), path)
                row = tables.File(submission_id=submission.id, name=path.name, size_bytes=len(body), sha256=digest)
                session.add(row)
                session.flush()
                names[row.id] = path.name
                bells.append(flow.start(session, "receive", row.id, submission.id))
    for bell in bells:
        flow.ring(bell)
    return names


def samples(stage: str) -> list[Path]:
    """Return the sample drawings of a stage."""
    found = [p for p in sorted((ROOT / "sample_drawings" / stage).rglob("*")) if p.suffix in (".dxf", ".pdf", ".ifc")]
    found = [p for p in found if p.stat().st_size <= LARGEST_BYTES]
    if not found:
        raise SystemExit(f"no sample drawings for {stage}")
    return found


def torment(workers: Workers, moments: int, stall_every: int) -> Counter[str]:
    """Kill and stall at random moments; return what was done to whom."""
    done: Counter[str] = Counter()
    for moment in range(moments):
        workers.start()
        time.sleep(random.uniform(0.1, 2.0))
        if moment % stall_every == min(3, stall_every - 1):
            pid = workers.busy(20)
            if pid is not None and stall(pid):
                done["worker stalled"] += 1
                continue
        what = random.choice(["worker", "zygote", "locked child", "locked child"])
        victim = workers.busy(10) or random.choice(workers.processes).pid
        zygotes, locked = workers.zygotes_of(victim), workers.locked_of(victim)
        workers.seen.update(zygotes + locked)
        target = {"worker": [victim], "zygote": zygotes, "locked child": locked}[what] or [victim]
        what = what if target != [victim] else "worker"
        if kill(random.choice(target)):
            done[f"{what} killed"] += 1
        if moment % 10 == 9:
            print(f"{moment + 1} moments: {dict(done)}", flush=True)
    return done


def stall(pid: int) -> bool:
    """Stop a worker until another has taken one of its jobs, then let it go on as a zombie and watch it try.

    Returns False when the worker died or no job of it changed hands.
    """
    before = attempts()
    if not kill(pid, signal.SIGSTOP):
        return False
    taken: list[str] = []
    end = time.monotonic() + TAKEN_SECONDS
    while not taken and time.monotonic() < end:
        time.sleep(0.2)
        now = attempts()
        taken = [job for job, (attempt, state) in now.items() if state != "queued" and attempt > before[job][0] > 0]
    kill(pid, signal.SIGCONT)
    end = time.monotonic() + TAKEN_SECONDS
    while taken and time.monotonic() < end and any(attempts()[job][1] != "done" for job in taken):
        time.sleep(0.2)
    time.sleep(SLOWER_SECONDS)  # the slower of the two comes to its end as well
    return bool(taken)


def attempts() -> dict[str, tuple[int, str]]:
    """Return attempt and state of every job."""
    from collections import defaultdict

    from sqlalchemy import select

    from pipeline.records.base import transaction
    from pipeline.records.tables import Job

    with transaction() as session:
        rows = session.execute(select(Job.id, Job.attempt, Job.state))
        return defaultdict(lambda: (0, ""), {row.id: (row.attempt, row.state) for row in rows})


def drain(workers: Workers) -> bool:
    """Wait until every job has ended; False when that takes too long."""
    from sqlalchemy import func, select

    from pipeline.records.base import transaction
    from pipeline.records.tables import Job

    end = time.monotonic() + DRAIN_SECONDS
    quiet = 0
    while time.monotonic() < end:
        workers.start()
        with transaction() as session:
            running = session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(("queued", "running"))))
        quiet = quiet + 1 if not running else 0
        if quiet >= 4:
            return True
        time.sleep(0.5)
    return False


def problems(names: dict[str, str]) -> list[str]:
    """Return everything that is lost, twice or not whole."""
    from sqlalchemy import select

    from pipeline.records.base import transaction
    from pipeline.records.log import verify_chain
    from pipeline.records.tables import Event, File, Job, Notice, Submission

    found = []
    with transaction() as session:
        jobs = list(session.scalars(select(Job)))
        told = Counter(n.details.get("job") for n in session.scalars(select(Notice).where(Notice.kind == "job.done")))
        for job in jobs:
            if job.state != "done":
                found.append(
                    f"job {job.kind} {names.get(job.subject, job.subject)} ended {job.state}: {job.last_error[:120]}"
                )
            elif told[job.id] != 1:
                found.append(f"job {job.kind} {names.get(job.subject, job.subject)} was finished {told[job.id]} times")
        rows = {file.id: file for file in session.scalars(select(File))}
        found += [f"file {name} is lost" for id_, name in names.items() if id_ not in rows]
        for file in rows.values():
            found += file_problems(session, file)
        settled = Counter(e.subject for e in session.scalars(select(Event)) if e.tag == "machine:submission:settled")
        for submission in session.scalars(select(Submission)):
            if submission.reading in ("waiting", "working"):
                found.append(f"submission {submission.version} is still {submission.reading}")
            if not settled[submission.id]:
                found.append(f"submission {submission.version} was never settled")
        intact, checked, broken_at = verify_chain(session)
        if not intact:
            found.append(f"the log is broken at {broken_at} after {checked} events")
    return found


def file_problems(session: object, file: object) -> list[str]:
    """Return what is missing of one file: a final state, its original, snapshot, sheets and packs."""
    from sqlalchemy import select

    from pipeline.records.tables import File, Sheet
    from pipeline.storage import keys, store

    assert isinstance(file, File)
    found = []
    with store().open(keys.original(file.sha256)) as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
            found.append(f"the original of {file.name} changed")
    if file.state in ("waiting", "reading"):
        return [*found, f"{file.name} is still {file.state}"]
    if file.state == "rejected":
        return found if file.defects else [*found, f"{file.name} was rejected without a reason"]
    if store().stat(keys.derived(file.sha256, file.reader_version, "snapshot")) is None:
        found.append(f"the snapshot of {file.name} is missing")
    sheets = list(session.scalars(select(Sheet).where(Sheet.file_id == file.id)))  # type: ignore[attr-defined]
    if not sheets:
        found.append(f"{file.name} has no sheets")
    excused = any(d.get("code") == "not_drawn" for d in file.defects)
    missing = [s.key for s in sheets if not s.pack_key or store().stat(s.pack_key) is None]
    if missing and not excused:
        found.append(f"{file.name}: no picture of {len(missing)} sheets")
    return found


def orphans(seen: set[int]) -> list[str]:
    """Return processes of ours that outlived their workers."""
    left = []
    for _ in range(50):
        left = [pid for pid in seen if Path(f"/proc/{pid}").exists() and not is_zombie(pid)]
        if not left:
            break
        time.sleep(0.1)
    return [f"process {pid} outlived its worker" for pid in left]


def is_zombie(pid: int) -> bool:
    """Say whether a process has ended and only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def main() -> int:
    """Run the proof and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=50, help="how often something is killed or stalled")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sabotage", action="store_true", help="take the fence away; the proof must then fail")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    chosen = parser.parse_args()
    random.seed(chosen.seed)
    folder = Path(tempfile.mkdtemp(prefix="tushen-kill-proof-"))
    os.environ.update(SETTINGS, TUSHEN_DATA_DIR=str(folder))
    for name in ("TUSHEN_DATABASE_URL", "TUSHEN_BROKER_URL", "TUSHEN_STORE", "TUSHEN_SABOTAGE"):
        os.environ.pop(name, None)
    os.environ["TUSHEN_SUPERVISOR"] = str(os.getpid())  # workers end with this script
    environment = {**os.environ, **({"TUSHEN_SABOTAGE": "fence"} if chosen.sabotage else {})}
    begin = time.monotonic()
    names = prepare(folder)
    workers = Workers(folder, environment)
    try:
        workers.start()
        done = torment(workers, chosen.moments, 2 if chosen.sabotage else 10)
        print(
            f"{sum(done.values())} moments in {time.monotonic() - begin:.0f} s; waiting for the jobs to end", flush=True
        )
        drained = drain(workers)
    finally:
        workers.stop()
    found = [] if drained else ["not every job ended in time"]
    found += problems(names) + orphans(workers.seen)
    return report(found, done, begin, folder, chosen.keep)


def report(found: list[str], done: Counter[str], begin: float, folder: Path, keep: bool) -> int:
    """Print the result; return the exit code."""
    from sqlalchemy import func, select

    from pipeline.records.base import transaction
    from pipeline.records.tables import Job

    with transaction() as session:
        total = session.scalar(select(func.count()).select_from(Job)) or 0
        again = session.scalar(select(func.count()).select_from(Job).where(Job.attempt > 1)) or 0
    deeds = ", ".join(f"{count} x {what}" for what, count in sorted(done.items()))
    print(f"{sum(done.values())} moments ({deeds}); {total} jobs, {again} needed another attempt; "
          f"{time.monotonic() - begin:.0f} s")  # fmt: skip
    for line in found:
        print(f"  {line}")
    print("nothing lost, nothing twice" if not found else f"FAILED: {len(found)} faults")
    if keep or found:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
