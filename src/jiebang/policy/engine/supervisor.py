"""Keeping one engine process: start, ask within a limit, tell how it was lost."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_WORKER = Path(__file__).with_name("worker.py")
#: Seconds in which Python and the extension must be loaded.
_START: Final = 5.0
#: Seconds in which a process that has closed its pipe must be gone.
_END: Final = 1.0
_CHUNK: Final = 65536


class WorkerLost(Exception):
    """The engine process died, hung, or answered nonsense.

    ``killed``: from outside (SIGKILL), which is not the doing of what it was asked.
    """

    def __init__(self, reason: str, *, killed: bool = False) -> None:
        super().__init__(reason)
        self.killed = killed


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
        assert self._process.stdin is not None  # noqa: S101  # as both are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._readable, self._either = select.poll(), select.poll()
        self._readable.register(self._out, select.POLLIN)
        self._either.register(self._out, select.POLLIN)
        self._either.register(self._in, select.POLLOUT)
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self._fresh = True
        #: The programs it holds, the least used first.
        self.registered: dict[str, None] = {}

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, *parts: str) -> list[str]:
        """Send one request and wait for its answer. Raises ``WorkerLost``."""
        self.send(["\t".join(parts)])
        return self.receive()

    def send(self, requests: Sequence[str]) -> None:
        """Send requests. Raises ``WorkerLost``.

        The caller may do other work before it receives the answers, in the same order.
        """
        data = memoryview("".join(f"{one}\n" for one in requests).encode())
        while data:
            try:
                data = data[os.write(self._in, data) :]
            except BlockingIOError:
                self._until_writable()
            except OSError as error:
                raise self._ended() from error

    def receive(self) -> list[str]:
        """The words of the next answer. Raises ``WorkerLost``."""
        if self._fresh:
            self._answer(_START)
            self._fresh = False
        return self._answer(self._limit)

    def stop(self) -> None:
        """End the process and reap it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _answer(self, limit: float) -> list[str]:
        if not self._lines:
            self._until_answered(limit)
        line = self._lines.popleft().decode(errors="replace")
        if line[:1] != "=":
            raise WorkerLost(line)
        return line[1:].split()

    def _until_answered(self, limit: float) -> None:
        deadline = time.monotonic() + limit
        while not self._lines:
            if not self._readable.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise WorkerLost("the engine process did not answer in time")
            self._read()

    def _until_writable(self) -> None:
        """Wait for room in the pipe, taking in answers meanwhile: it may be waiting for that."""
        patience = self._limit + (_START if self._fresh else 0)
        ready = dict(self._either.poll(patience * 1000))
        if not ready:
            raise WorkerLost("the engine process did not read in time")
        if self._out in ready:
            self._read()

    def _read(self) -> None:
        chunk = os.read(self._out, _CHUNK)
        if not chunk:
            raise self._ended()
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._lines += lines

    def _ended(self) -> WorkerLost:
        try:
            code = self._process.wait(_END)
        except subprocess.TimeoutExpired:
            return WorkerLost("the engine process closed its pipe")
        if code == -signal.SIGALRM:
            return WorkerLost("the engine process took too long")
        killed = code == -signal.SIGKILL
        return WorkerLost(f"the engine process ended with {code}", killed=killed)
