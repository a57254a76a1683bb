"""The laws of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("pipeline", "rules", "api", "viewer/src", "sample_drawings", "benchmarks", "scripts", "tests")
FORBIDDEN_NAMES = re.compile(r"(^|[_/])(utils?|helpers?|manager|misc|common)(\.|_|/|$)")
LONGEST = 400


def tracked() -> list[Path]:
    """Files git knows, or all files where there is no git."""
    try:
        out = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return [p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts and "node_modules" not in p.parts]
    return [ROOT / line for line in out.stdout.splitlines() if (ROOT / line).is_file()]


FILES = tracked()
SOURCES = [p for p in FILES if p.suffix in {".py", ".ts", ".svelte"} and str(p.relative_to(ROOT)).startswith(CODE)]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_code_to_judge() -> None:
    assert len(SOURCES) > 30


def test_no_source_file_is_longer_than_400_lines() -> None:
    generated = {"api/migrations"}
    long = {
        relative(p): n
        for p in SOURCES
        if not any(relative(p).startswith(g) for g in generated)
        and (n := len(p.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_is_called_utils_or_the_like() -> None:
    assert [relative(p) for p in SOURCES if FORBIDDEN_NAMES.search(relative(p))] == []


def test_no_text_names_a_package_registry_or_a_path_of_a_machine() -> None:
    registries = ["registry." + "npmjs", "pypi." + "org", "files.python" + "hosted", "proxy.golang" + ".org"]
    words = [*registries, "/work/" + "main", "/root/" + ".pyenv"]
    suffixes = {".py", ".ts", ".svelte", ".md", ".lock", ".json", ".toml", ".yml", ".yaml", ".sh", "", ".cfg"}
    bad = []
    for path in FILES:
        if path.suffix not in suffixes or path.stat().st_size > 4_000_000:
            continue
        text = path.read_text("utf-8", "replace")
        bad += [(relative(path), word) for word in words if word in text]
    assert bad == []


def test_every_python_module_begins_with_a_docstring() -> None:
    bare = [
        relative(p)
        for p in SOURCES
        if p.suffix == ".py" and (text := p.read_text("utf-8").lstrip()) and not text.startswith(('"""', 'r"""', "#!"))
    ]
    assert bare == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/map.md", "docs/glossary.md", "CHANGELOG.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text("utf-8"))
    missing = [t for t in targets if not (path.parent / t).exists()]
    assert missing == []


def test_every_folder_on_the_map_exists() -> None:
    text = (ROOT / "docs" / "map.md").read_text("utf-8")
    named = re.findall(r"^\| `([^`]+)/`", text, re.M)
    assert named and [n for n in named if not (ROOT / n).is_dir()] == []


def test_the_lock_files_hold_no_download_address() -> None:
    for name in ("requirements.lock", "viewer/package-lock.json"):
        addresses = re.findall(r"https?://[^\s\"]+", (ROOT / name).read_text())
        assert [a for a in addresses if re.search(r"\.(tgz|whl|gz|zip)$", a)] == []
