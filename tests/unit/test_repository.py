"""What holds for the repository as a whole, whatever a file is about."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}

MACHINE_PATH = re.compile(r"(?<![\w.])(?:/(?:root|home|tmp|Users)/|/work/(?:main|shared|\.))")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.(npmjs|yarnpkg)|deb\.debian")


def _tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def _texts() -> list[tuple[Path, str]]:
    texts = []
    for path in _tracked():
        content = path.read_bytes()
        # This file names what it looks for.
        if b"\0" not in content and path != Path(__file__).resolve():
            texts.append((path.relative_to(ROOT), content.decode("utf-8")))
    assert texts
    return texts


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    "line", ["cp x /work/main", "see '/tmp/x'", "(/root/.cache)", "/home/me/x"]
)
def test_a_machine_path_is_seen(line: str) -> None:
    assert MACHINE_PATH.search(line)


def test_no_machine_paths() -> None:
    assert not _lines_with(MACHINE_PATH)


def test_no_registry_hosts() -> None:
    assert not _lines_with(REGISTRY)


def test_modules_are_short() -> None:
    long = {
        str(path): lines
        for path, text in _texts()
        if path.suffix == ".py" and (lines := len(text.splitlines())) > MOST_LINES
    }
    assert not long


def test_no_junk_drawers() -> None:
    own = [path.relative_to(ROOT) for path in _tracked() if path.suffix == ".py"]
    named = [path for path in own if JUNK_DRAWERS & {path.stem, *path.parent.parts}]
    assert not named


def test_locks_carry_hashes() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        pins = re.split(r"^(?=[a-zA-Z0-9])", lock.read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert pins, lock
        assert not [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin]
