"""What every browser test needs: a Chromium, a folder for pictures, and the page checkers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ensure

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
SCREENSHOTS = Path(__file__).resolve().parent / "screenshots"
FONTS = NODE_MODULES / "@expo-google-fonts" / "noto-sans-sc"

# As root and without a screen; and nothing that calls home on its own.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# WCAG 2.2 A and AA, and the habits axe calls best practice.
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium. Chinese is drawn with our own fonts, whatever the machine has."""
    home = tmp_path_factory.mktemp("fonts")
    (home / "fonts").symlink_to(FONTS, target_is_directory=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=ensure(),
            args=list(FLAGS),
            env=dict(os.environ) | {"XDG_DATA_HOME": str(home)},
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The git-ignored folder that pictures of the pages land in."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """``axe(page)``: the page as it stands has no accessibility violation."""
    source = (NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")

    def check(page: Page) -> None:
        # Evaluated over the debugging protocol: the page's own content policy is left as strict.
        page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})",
            list(AXE_TAGS),
        )
        lines = [
            f"{one['id']} ({one['impact']}): {one['help']}\n    "
            + "\n    ".join(f"{node['target']}: {node['html'][:160]}" for node in one["nodes"])
            for one in found["violations"]
        ]
        assert found["passes"], f"axe checked nothing on {page.url}"
        assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)

    return check


@pytest.fixture(scope="session")
def html_check() -> Callable[[str], None]:
    """``html_check(html)``: html-validate has nothing to say about one page's source."""
    command = [str(NODE_MODULES / ".bin" / "html-validate"), "--stdin", "--formatter", "json"]
    settings = Path(__file__).resolve().parent / "html-validate.json"

    def check(html: str) -> None:
        answer = subprocess.run(
            [*command, "--config", str(settings)],
            input=html,
            capture_output=True,
            text=True,
            check=False,
            # Node may have come from PyPI, into the environment that runs this.
            env=dict(os.environ, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}"),
        )
        assert answer.stdout, answer.stderr
        lines = [
            f"{one['line']}:{one['column']} {one['ruleId']}: {one['message']}"
            for report in json.loads(answer.stdout)
            for one in report["messages"]
        ]
        assert not lines, "\n".join(lines)

    return check
