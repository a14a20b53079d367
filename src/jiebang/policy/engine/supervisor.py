"""Keeping one engine process: start, ask within a limit, kill, start again."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_WORKER = Path(__file__).with_name("worker.py")


class WorkerLost(Exception):
    """The engine process died, hung, or answered nonsense."""


class Worker:
    """One engine process. Not thread-safe: its owner holds a lock.

    It is started by path with ``-I``, not forked, so that it is safe in a threaded server. It ends
    when its pipe closes, which the kernel does when the parent dies, and a kernel timer ends it in
    a loop, so that it is never orphaned.
    """

    def __init__(self, *, limit: float) -> None:
        self._limit = limit
        self._process = subprocess.Popen(  # noqa: S603  # our own file, no shell
            [sys.executable, "-I", str(_WORKER), str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._buffer = b""
        self.registered: dict[str, None] = {}
        self._fresh = True

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, request: dict[str, Any]) -> Any:
        """Send one request and wait for its answer. Raises ``WorkerLost``."""
        self.send(request)
        return self.receive()

    def send(self, request: dict[str, Any]) -> None:
        """Send one request; the caller may do other work before it receives. Raises ``WorkerLost``."""
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        try:
            self._send(memoryview(line), time.monotonic() + self._patience)
        except OSError as error:
            raise WorkerLost(str(error)) from error

    def receive(self) -> Any:
        """The answer to the request sent last. Raises ``WorkerLost``."""
        try:
            answer = json.loads(self._receive(time.monotonic() + self._patience))
        except (OSError, ValueError) as error:
            raise WorkerLost(str(error)) from error
        self._fresh = False
        if "error" in answer:
            raise WorkerLost(answer["error"])
        return answer["ok"]

    @property
    def _patience(self) -> float:
        # Python and the extension must be loaded before the first answer.
        return self._limit + (5 if self._fresh else 0)

    def stop(self) -> None:
        """End the process and reap it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _send(self, line: memoryview, deadline: float) -> None:
        pipe = self._process.stdin
        if pipe is None:
            raise WorkerLost("no pipe")
        while line:
            self._wait(pipe.fileno(), select.POLLOUT, deadline)
            # A pipe takes up to this much without blocking once it is ready.
            sent = pipe.write(line[: select.PIPE_BUF])
            line = line[sent or 0 :]

    def _receive(self, deadline: float) -> bytes:
        pipe = self._process.stdout
        if pipe is None:
            raise WorkerLost("no pipe")
        while b"\n" not in self._buffer:
            self._wait(pipe.fileno(), select.POLLIN, deadline)
            chunk = pipe.read(65536)
            if not chunk:
                raise WorkerLost("the engine process ended")
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise WorkerLost("the engine process did not answer in time")
