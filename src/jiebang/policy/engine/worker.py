"""The process in which durable-rules runs. Started by path, imports nothing of jiebang.

One JSON line in, one out. Requests: ``{"register": name, "met": [rulesets], "unmet": [rulesets]}``,
``{"drop": name}``, ``{"ask": name, "cases": [[fact as JSON, ask only for met], ...]}``; the answer to the
last is, per case, the definitions that fired.
"""

import json
import os
import resource
import signal
import sys
from itertools import count
from typing import Any, TextIO

import durable_rules_engine as durable  # type: ignore[import-not-found]  # an extension, no stubs

_SID = "0"
_numbers = count()


def _fired(handle: int, flat: str) -> list[str]:
    """Assert one flat fact, run what it fires, retract it: one permanent state, never deleted."""
    fact = f'{{"id":"{next(_numbers)}","sid":"{_SID}",{flat[1:]}'
    status, state = durable.assert_fact(handle, fact)
    if status != 0:
        raise RuntimeError(f"assert_fact answered {status}")
    names: list[str] = []
    started = durable.start_action_for_state(handle, state)
    message = started[1] if started else None
    while message:
        names += json.loads(message)
        message = durable.complete_and_start_action(handle, state)
    durable.retract_fact(handle, fact)
    return names


def _register(name: str, rulesets: list[dict[str, Any]]) -> list[int]:
    return [
        durable.create_ruleset(f"{name}.{index}", json.dumps(ruleset, ensure_ascii=False))
        for index, ruleset in enumerate(rulesets)
    ]


def _answer(programs: dict[str, tuple[list[int], list[int]]], request: dict[str, Any]) -> Any:
    if "register" in request:
        name = request["register"]
        met, unmet = request["met"], request["unmet"]
        programs[name] = (_register(f"{name}.met", met), _register(f"{name}.unmet", unmet))
        return True
    if "drop" in request:
        for handle in (one for kind in programs.pop(request["drop"], ()) for one in kind):
            durable.delete_ruleset(handle)
        return True
    met, unmet = programs[request["ask"]]
    return [
        [name for handle in (met if only_met else met + unmet) for name in _fired(handle, flat)]
        for flat, only_met in request["cases"]
    ]


def serve(requests: TextIO, answers: TextIO, limit: float) -> None:
    """Answer until the parent closes the pipe, which the kernel does when it dies."""
    # SIGALRM at its default ends the process in the kernel: also when C code loops with the GIL held.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    programs: dict[str, tuple[list[int], list[int]]] = {}
    for line in requests:
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            answer = {"ok": _answer(programs, json.loads(line))}
        except Exception as error:  # noqa: BLE001  # told to the parent, which decides what it means
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    # The C library prints to stdout when it is unhappy; answers go out on a descriptor of their own.
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, own, float(sys.argv[1]))
