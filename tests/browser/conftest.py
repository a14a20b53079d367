"""What every browser test needs: a Chromium, a folder for pictures, and the page checkers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import waitress
from playwright.sync_api import Browser, Page, expect, sync_playwright

from jiebang.web.worker import stop_worker
from tests.browser.chromium import ensure
from tests.living import Living, living

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
    # The order of day, month and year in a date field follows the browser's own language.
    "--lang=en-US",
)

#: Wide, and as narrow as a telephone; in pixels.
WIDTHS = (1280, 320)

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
def html_checks() -> Callable[[Sequence[str]], None]:
    """``html_checks(pages)``: html-validate, and vnu where Java is, have nothing to say of a page."""
    java = shutil.which("java")
    command = [str(NODE_MODULES / ".bin" / "html-validate"), "--config"]
    command.append(str(Path(__file__).resolve().parent / "html-validate.json"))
    # Node may have come from PyPI, into the environment that runs this.
    env = dict(os.environ, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")

    def check(pages: Sequence[str]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, html in enumerate(pages):
                (folder / f"{number}.html").write_text(html, encoding="utf-8")
            # Into a file: a pipe is cut off when the checker ends before all was read.
            subprocess.run(
                [*command, "--formatter", f"json={folder / 'report.json'}", name],
                capture_output=True,
                check=False,
                env=env,
            )
            reports = json.loads((folder / "report.json").read_text("utf-8"))
            told = vnu(java, folder) if java else []
        lines = told + [
            f"{Path(report['filePath']).name}:{one['line']}:{one['column']} "
            f"{one['ruleId']}: {one['message']}"
            for report in reports
            for one in report["messages"]
        ]
        assert not lines, "\n".join(lines)

    return check


def vnu(java: str, folder: Path) -> list[str]:
    """The errors that the Nu HTML Checker finds in the pages of a folder."""
    jar = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [java, "-jar", str(jar), "--errors-only", "--skip-non-html", "--format", "json"]
    run = subprocess.run([*command, str(folder)], capture_output=True, check=False)
    return [
        f"{one.get('url', '').rpartition('/')[2]}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(run.stderr)["messages"]
    ]


@pytest.fixture(scope="session")
def html_check(html_checks: Callable[[Sequence[str]], None]) -> Callable[[str], None]:
    """``html_check(html)``: html-validate has nothing to say about one page's source."""
    return lambda html: html_checks([html])


@contextmanager
def serving(folder: Path, **changed: str) -> Iterator[Living]:
    """A site that listens on a port of its own, with its worker running."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = f"127.0.0.1:{port}"
    with living(folder, host=host, **{"jiebang.worker": "embedded", **changed}) as one:
        server = waitress.create_server(one.app, host="127.0.0.1", port=port, threads=6)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield one
        stop_worker(one.registry)

        def close() -> None:
            # Browsers keep connections open, and the thread waits until all of them are gone.
            for channel in list(server.active_channels.values()):
                channel.handle_close()
            server.close()

        # In the thread that waits on the socket: closed under its hands it would raise.
        server.trigger.pull_trigger(close)
        thread.join(timeout=5)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Living]:
    """A site of the test's own."""
    with serving(tmp_path) as one:
        yield one


@pytest.fixture(scope="session")
def forms_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A site with all its forms, and one that has every type of question."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "forms", folder / "forms")
    shutil.copy(Path(__file__).parent / "every-type.yaml", folder / "forms")
    with serving(folder, **{"jiebang.forms": str(folder / "forms")}) as site:
        yield site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A wide page of a browser in Chinese that complains of nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def at_each_width(page: Page) -> Iterator[int]:
    """The page as it stands at every width; nothing of it sticks out sideways. Back as it was after."""
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, page.url)
        yield width
    if before:
        page.set_viewport_size(before)


def sign_in(page: Page, site: Living, role: str) -> None:
    """Sign a demo account in, with the code of its authenticator app where it has one."""
    account = site.accounts[role]
    page.goto(f"{site.settings.site_url}/sign-in")
    page.fill("#email", account.email)
    page.fill("#password", account.password)
    page.locator("main .btn-act").first.click()
    if account.totp_secret:
        page.fill("#code", site.code(role))
        page.locator("main .btn-act").first.click()
    expect(page).to_have_url(f"{site.settings.site_url}/my")
