"""Find a Chromium for the browser tests, or get one: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN_DOWNLOAD = (sys.executable, "-m", "playwright", "install", "chromium")
BY_HAND = """\
No Chromium was found and none could be installed here. Run one of these, then `make test` again:
  sudo apt-get install chromium
  {download}"""


def find() -> str | None:
    """Path of a Chromium: the machine's, else the one Playwright downloaded; None if neither."""
    for command in COMMANDS:
        if path := shutil.which(command):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _can_use_apt() -> bool:
    # Elsewhere (Ubuntu) the package called chromium is a snap, which needs more than root.
    release = Path("/etc/os-release")
    debian = release.exists() and "ID=debian" in release.read_text("utf-8").splitlines()
    return debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    ways: list[list[tuple[str, ...]]] = []
    if _can_use_apt():
        apt = ("apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0")
        ways.append([
            (*apt, "update"),
            (*apt, "install", "--no-install-recommends", "chromium"),
        ])  # fmt: skip
    ways.append([OWN_DOWNLOAD])
    for way in ways:
        if all(subprocess.run(step, env=quiet, check=False).returncode == 0 for step in way):
            return


def ensure() -> str:
    """Path of a Chromium, installed first if need be. Exits with the lines to run if it cannot."""
    if found := find():
        return found
    _install()
    return find() or sys.exit(BY_HAND.format(download=" ".join(OWN_DOWNLOAD)))


if __name__ == "__main__":
    print("Chromium:", ensure())  # noqa: T201 -- the command's answer
