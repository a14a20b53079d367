"""The process in which durable-rules runs. Started by path, imports nothing of jiebang.

A line in, a line out, in parts between tabs. It begins by saying ``=``. Requests:

``R name ruleset``
    adds a ruleset, in JSON, to a program;
``D name``
    drops a program;
``A name fact rulesets [ruleset and more of the fact]…``
    asks the rulesets about a fact, which lacks its closing brace, and each further one about the same
    fact with more attributes.

The answer is ``=`` and the definitions that fired, or ``!`` and what went wrong.
"""

import os
import resource
import signal
import sys
import time

import durable_rules_engine as durable  # type: ignore[import-not-found]  # an extension, no stubs

#: What names the one fact there is at a time, in the one permanent state of a ruleset.
_SID = "0"
_FACT = f'{{"id":"0","sid":"{_SID}"}}'
_CHUNK = 65536
#: Seconds for which answers may wait for others: far less than any limit.
_PATIENCE = 0.001
_Programs = dict[str, list[int]]
#: Rulesets that have a state, since they were asked.
_asked: set[int] = set()


def _fire(handle: int, fact: str, names: list[str]) -> None:
    """Assert one flat fact, run what it fires, retract it."""
    _asked.add(handle)
    status, state = durable.assert_fact(handle, fact)
    if status != 0:
        raise RuntimeError(f"assert_fact answered {status}")
    started = durable.start_action_for_state(handle, state)
    message = started[1] if started else None
    while message:
        # It reads {"definition":{…the fact…}}: nothing but the name is of use.
        names.append(message[2 : message.index('"', 2)])
        message = durable.complete_and_start_action(handle, state)
    durable.retract_fact(handle, _FACT)


def _ask(handles: list[int], fact: str, rulesets: str, gated: list[str]) -> str:
    names = ["="]
    whole = fact + "}"
    for ruleset in rulesets.split():
        _fire(handles[int(ruleset)], whole, names)
    for one in gated:
        ruleset, _, more = one.partition(" ")
        _fire(handles[int(ruleset)], f"{fact}{more}}}", names)
    return " ".join(names)


def _drop(handle: int) -> None:
    # Deleting a ruleset leaks its state, half a megabyte. Without one the engine knows of no state.
    if handle in _asked:
        _asked.remove(handle)
        durable.delete_state(handle, _SID)
    durable.delete_ruleset(handle)


def _answer(programs: _Programs, line: bytes) -> str:
    kind, name, *parts = line.decode().split("\t")
    if kind == "A":
        fact, rulesets, *gated = parts
        return _ask(programs.get(name, []), fact, rulesets, gated)
    if kind == "R":
        handles = programs.setdefault(name, [])
        handles.append(durable.create_ruleset(f"{name}.{len(handles)}", parts[0]))
    else:
        for handle in programs.pop(name, ()):
            _drop(handle)
    return "="


def serve(requests: int, answers: int, limit: float) -> None:
    """Answer until the parent closes the pipe, which the kernel does when it dies."""
    # SIGALRM at its default ends the process in the kernel: also when C code loops with the GIL held.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    programs: _Programs = {}
    _say(answers, ["="])
    rest = b""
    while chunk := os.read(requests, _CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        _serve(programs, lines, answers, limit)


def _serve(programs: _Programs, lines: list[bytes], answers: int, limit: float) -> None:
    """Answer what has come, a few answers at a time: each that is said wakes the parent."""
    told: list[str] = []
    due = time.monotonic() + _PATIENCE
    for line in lines:
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            told.append(_answer(programs, line))
        except Exception as error:  # noqa: BLE001  # told to the parent, which decides what it means
            told.append(f"!{type(error).__name__}: {error}".replace("\n", " "))
        if time.monotonic() > due:
            # Whoever asks many things reads the answers when it likes: that time is not ours.
            signal.setitimer(signal.ITIMER_REAL, 0)
            _say(answers, told)
            told, due = [], time.monotonic() + _PATIENCE
    signal.setitimer(signal.ITIMER_REAL, 0)
    _say(answers, told)


def _say(answers: int, lines: list[str]) -> None:
    data = "".join([f"{line}\n" for line in lines]).encode()
    while data:
        data = data[os.write(answers, data) :]


if __name__ == "__main__":
    # The C library prints to stdout when it is unhappy; answers go out on a descriptor of their own.
    own = os.dup(1)
    os.dup2(2, 1)
    serve(0, own, float(sys.argv[1]))
