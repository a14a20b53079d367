"""From the start of a server process to its first page, over HTTP."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.driver import HOST
from bench.seed import EDITION

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 120.0


def settings(folder: Path) -> dict[str, str]:
    """A site as it runs in production, but for the two lines that want a proxy and a mail server."""
    return {
        "zodbconn.uri": (
            f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"
            "&connection_cache_size=20000&connection_pool_size=16"
        ),
        "tm.manager_hook": "pyramid_tm.explicit_manager",
        "retry.attempts": "10",
        "pyramid.default_locale_name": "zh_CN",
        "jiebang.rules": f"{ROOT}/rules",
        "jiebang.forms": f"{ROOT}/forms",
        "jiebang.locales": f"{ROOT}/locales",
        "jiebang.edition": EDITION,
        "jiebang.var": str(folder),
        "jiebang.fonts": f"{ROOT}/node_modules/@expo-google-fonts",
        "jiebang.site_url": f"http://{HOST}",
        "jiebang.allowed_hosts": HOST,
        "jiebang.session_secret": "a secret of the bench, which keeps nothing",
        "jiebang.secure_cookies": "false",
        "jiebang.mail": "console",
        "jiebang.mail_from": "noreply@jiebang.invalid",
        "jiebang.worker": "separate",
    }


def start_ours(folder: Path) -> float:
    """Seconds until our first page. The first start in a folder makes the database."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    here = f"127.0.0.1:{port}"
    lines = {
        **settings(folder),
        "jiebang.site_url": f"http://{here}",
        "jiebang.allowed_hosts": here,
        "jiebang.worker": "embedded",
    }
    app = "\n".join(f"{key} = {value}" for key, value in lines.items())
    ini = folder / "site.ini"
    ini.write_text(
        f"[app:main]\nuse = egg:jiebang\n{app}\n\n"
        f"[server:main]\nuse = egg:waitress#main\nlisten = {here}\nthreads = 8\n",
        "utf-8",
    )
    return _first_page([str(Path(sys.executable).parent / "jiebang"), "serve", str(ini)], port)


def start_theirs(folder: Path) -> float:
    """Seconds until the peer's first page: migrations, as its deployments run them, and waitress."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.json").write_text('{"title": "", "short_title": "", "document": ""}', "utf-8")
    os.environ["PEER_FOLDER"] = str(folder)
    port = _free_port()
    return _first_page([sys.executable, "-m", "bench.peer.serve", str(port)], port)


def _first_page(command: list[str], port: int) -> float:
    begun = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while time.perf_counter() - begun < LONGEST:
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {process.returncode}")
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                except ConnectionRefusedError:
                    time.sleep(0.01)
                    continue
                assert answer.status == 200, answer.status
                answer.read()
                return time.perf_counter() - begun
            raise TimeoutError(f"no page from {command} in {LONGEST} s")
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
