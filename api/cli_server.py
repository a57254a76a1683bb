"""`tushen serve`, `worker`, `demo`, `migrate` and `doctor`: starting and examining an installation."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
import webbrowser

from api.cli_output import Exit, Speaker

_LIFE_STOPS_SECONDS = 5.0


def command_serve(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run the API (and, when asked, a worker) until Ctrl-C."""
    from pipeline.settings import settings
    from pipeline.supervisor import serve

    chosen = settings()
    return serve(
        args.host or chosen.host,
        args.port or chosen.port,
        worker=args.with_worker,
        on_ready=lambda address: _ready(address, speaker, open_page=False),
        say=lambda words: _now(words, speaker),
    )


def command_worker(args: argparse.Namespace, speaker: Speaker) -> int:
    """Run a worker until it is told to stop."""
    from pipeline.worker import work

    return work(args.threads or None)


def command_demo(args: argparse.Namespace, speaker: Speaker) -> int:
    """Migrate, load the sample once, run everything under one supervisor, open the page."""
    from api.seed import seed, sentences
    from pipeline.settings import settings
    from pipeline.supervisor import port_is_free, serve

    chosen = settings()
    host, port = args.host or chosen.host, args.port or chosen.port
    if not port_is_free(host, port):  # said before anything is written
        speaker.complain(
            f"端口 {port} 已被占用，请用 --port 换一个。", f"Port {port} is in use; choose another with --port."
        )
        return Exit.BAD_INPUT
    for line in sentences(seed(sample=not args.no_sample)):
        _now(line, speaker)
    stop = threading.Event()
    life = threading.Thread(target=_live, args=(stop,), name="sample life", daemon=True)

    def ready(address: str) -> None:
        _ready(address, speaker, open_page=not args.no_open)
        if not args.no_sample:
            life.start()

    try:
        return serve(host, port, on_ready=ready, say=lambda words: _now(words, speaker))
    finally:
        stop.set()
        if life.is_alive():
            life.join(_LIFE_STOPS_SECONDS)


def _live(stop: threading.Event) -> None:
    from api.sample_life import live

    live(stop)


def command_migrate(args: argparse.Namespace, speaker: Speaker) -> int:
    """Bring the database to the newest revision."""
    from api.migrate import upgrade

    upgrade()
    speaker.say("数据库已是最新版本。", "The database is at the newest revision.")
    return Exit.CLEAN


def command_doctor(args: argparse.Namespace, speaker: Speaker) -> int:
    """Examine this machine and the servers of the settings."""
    from pipeline.doctor import as_json, as_text, examine

    checks = examine()
    if args.json:
        speaker.document(as_json(checks))
    else:
        speaker.line(as_text(checks))
    return Exit.CLEAN if all(check.ok for check in checks) else Exit.OUR_FAILURE


def _now(words: str, speaker: Speaker) -> None:
    speaker.line(words)
    speaker.flush()


def _ready(address: str, speaker: Speaker, *, open_page: bool) -> None:
    _now(f"图审已就绪 · Tushen is ready: {address}", speaker)
    if open_page and _has_screen():
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)


def _has_screen() -> bool:
    """Say whether somebody could see a browser: a terminal, and on Linux a display."""
    if not sys.stderr.isatty():
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
