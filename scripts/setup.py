"""Set up everything Tushen needs: .venv from requirements.lock, the viewer from package-lock.json.

Standard library only, so that it runs on a bare machine. Does nothing where nothing changed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VIEWER = ROOT / "viewer"
PYTHON_NEEDED = (3, 11)
NODE_NEEDED = 20


def fail(zh: str, en: str) -> None:
    """Say one clear sentence in both languages and stop."""
    sys.exit(f"{zh}\n{en}")


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < PYTHON_NEEDED:
        have = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"需要 Python 3.11 或更高版本，当前为 {have}。请安装后用 make PYTHON=python3.11 … 重试。",
            f"Python 3.11 or newer is needed, this is {have}. Install it and try again with make PYTHON=python3.11 …",
        )


def check_node() -> None:
    """Refuse a missing or old Node."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        fail(
            "未找到 Node.js（需要 20 或更高版本，含 npm）。请先安装。",
            "Node.js 20 or newer (with npm) was not found. Please install it.",
        )
    version = subprocess.run([str(node), "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
    if int(version.split(".")[0] or 0) < NODE_NEEDED:
        fail(f"需要 Node.js 20 或更高版本，当前为 {version}。", f"Node.js 20 or newer is needed, this is {version}.")


def digest(*paths: Path) -> str:
    """Return a hash of the contents of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def unchanged(stamp: Path, value: str) -> bool:
    """Tell whether the stamp file already holds this value."""
    return stamp.is_file() and stamp.read_text() == value


def call(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command and stop with its error where it fails."""
    result = subprocess.run([str(part) for part in command], cwd=cwd)
    if result.returncode:
        shown = " ".join(str(part) for part in command[:4])
        fail(f"安装步骤失败：{shown} …（见上方输出）", f"A set-up step failed: {shown} … (see above)")


def venv_python() -> Path:
    """Return the interpreter inside .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def setup_python() -> None:
    """Make .venv from the hashed lock, with uv where it is installed, else with venv and pip."""
    stamp = VENV / ".tushen-stamp"
    value = digest(ROOT / "requirements.lock", ROOT / "pyproject.toml") + str(ROOT)
    if unchanged(stamp, value) and venv_python().exists():
        return
    print("安装 Python 依赖 … / installing the Python packages …", flush=True)
    uv = shutil.which("uv")
    if uv:
        if not venv_python().exists():
            call(uv, "venv", "--quiet", "--python", sys.executable, VENV)
        call(uv, "pip", "sync", "--quiet", "--python", venv_python(), "--require-hashes", "requirements.lock")
        call(uv, "pip", "install", "--quiet", "--python", venv_python(), "--no-deps", "--editable", ".")
    else:
        if not venv_python().exists():
            call(sys.executable, "-m", "venv", VENV)
        pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        call(*pip, "--require-hashes", "-r", "requirements.lock")
        call(*pip, "setuptools>=77")
        call(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(value)


def viewer_sources() -> list[Path]:
    """Return the files the built viewer depends on."""
    roots = [VIEWER / "src", VIEWER / "public"]
    found = [path for root in roots if root.exists() for path in sorted(root.rglob("*")) if path.is_file()]
    single = ["package.json", "package-lock.json", "vite.config.ts", "index.html", "svelte.config.js", "tsconfig.json"]
    return found + [VIEWER / name for name in single if (VIEWER / name).exists()]


def setup_viewer(build: bool) -> None:
    """Install the viewer's packages and build it where its sources changed."""
    check_node()
    lock = VIEWER / "package-lock.json"
    stamp = VIEWER / "node_modules" / ".tushen-stamp"
    if not unchanged(stamp, digest(lock)):
        print("安装查看器依赖 … / installing the viewer's packages …", flush=True)
        call(shutil.which("npm") or "npm", "ci", "--no-audit", "--no-fund", cwd=VIEWER)
        stamp.write_text(digest(lock))
    if not build:
        return
    built = VIEWER / "dist" / ".tushen-stamp"
    value = digest(*viewer_sources())
    if not unchanged(built, value):
        print("构建查看器 … / building the viewer …", flush=True)
        call(shutil.which("npm") or "npm", "run", "build", cwd=VIEWER)
        built.write_text(value)


def setup(dev: bool = False) -> None:
    """Set up Python and the viewer; with `dev` the viewer is installed for its tests too."""
    check_python()
    setup_python()
    setup_viewer(build=True)
    if dev:
        hook = ROOT / ".git" / "hooks"
        if hook.is_dir() and not (hook / "pre-commit").exists() and os.environ.get("TUSHEN_HOOKS"):
            call(venv_python().parent / "pre-commit", "install")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    setup(parser.parse_args().dev)
