"""A client that calls a WSGI application directly: the cost of the site and of nothing else."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

HOST = "localhost"
Wsgi = Callable[..., Iterable[bytes]]


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()


class Browser:
    """Someone with a cookie and a form token."""

    def __init__(self, app: Wsgi, *, cookie: str, token: str, token_field: str) -> None:
        self._app, self._cookie = app, cookie
        self._token = (token_field, token)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._call("GET", path, b"")

    def post(self, path: str, fields: Iterable[tuple[str, str]] = ()) -> Answer:
        """Send a form with its token."""
        return self._call("POST", path, urlencode([self._token, *fields]).encode())

    def _call(self, method: str, path: str, body: bytes) -> Answer:
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": quote(path, safe="/"),
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": self._cookie,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        begun: list[Any] = []
        parts = self._app(environ, lambda *said: begun.append(said))
        try:
            content = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        status, headers = begun[0][:2]
        return Answer(int(status.split()[0]), dict(headers), content)


def ask_for(seconds: float, once: Callable[[], Answer]) -> dict[str, float]:
    """Ask again and again for some seconds: requests a second, and milliseconds of CPU for each."""
    done, begun, cpu = 0, time.perf_counter(), time.process_time()
    while (taken := time.perf_counter() - begun) < seconds:
        answer = once()
        assert answer.status == 200, answer.status
        done += 1
    return {"rate": done / taken, "cpu_ms": (time.process_time() - cpu) * 1000 / done}


def write_with(
    writers: int, each: int, submit: Callable[[int], str]
) -> dict[str, float | list[str]]:
    """Let ``writers`` threads submit ``each`` times; answer the rate, the numbers and the errors."""
    numbers: list[str] = []
    errors: list[str] = []
    gate = threading.Barrier(writers + 1)

    def work(writer: int) -> None:
        gate.wait()
        for _count in range(each):
            try:
                numbers.append(submit(writer))
            except Exception as error:  # noqa: BLE001 - counted and shown
                errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(one,)) for one in range(writers)]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return {
        "rate": len(numbers) / (time.perf_counter() - begun),
        "numbers": numbers,
        "errors": errors,
    }
