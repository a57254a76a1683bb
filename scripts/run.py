"""`make run`: set up, migrate, load the sample project once, start everything, print where it is.

Standard library only; the work is done by `tushen demo` inside .venv.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import setup


def main() -> int:
    """Set up and hand over to the supervisor; Ctrl-C stops it cleanly."""
    setup.setup()
    command = [str(setup.venv_python().parent / "tushen"), "demo", *sys.argv[1:]]
    child = subprocess.Popen(command, cwd=setup.ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: child.send_signal(got))
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
