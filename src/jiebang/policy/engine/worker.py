"""The process in which durable-rules runs. Started by path, imports nothing of jiebang.

One JSON line in, one out. Requests: ``{"register": name, "rulesets": [...]}``, ``{"drop": name}``,
``{"ask": name, "cases": [attributes...]}``; the answer to the last is, per case, the fired rules.
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


def _fired(handle: int, attributes: dict[str, Any]) -> list[str]:
    """Assert one flat fact, run what it fires, retract it: one permanent state, never deleted."""
    fact = json.dumps({**attributes, "id": str(next(_numbers)), "sid": _SID}, ensure_ascii=False)
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


def _answer(programs: dict[str, list[int]], request: dict[str, Any]) -> Any:
    if "register" in request:
        name = request["register"]
        programs[name] = [
            durable.create_ruleset(f"{name}.{index}", json.dumps(ruleset, ensure_ascii=False))
            for index, ruleset in enumerate(request["rulesets"])
        ]
        return len(programs[name])
    if "drop" in request:
        for handle in programs.pop(request["drop"], []):
            durable.delete_ruleset(handle)
        return True
    handles = programs[request["ask"]]
    return [
        sorted({name for handle in handles for name in _fired(handle, case)})
        for case in request["cases"]
    ]


def serve(requests: TextIO, answers: TextIO, limit: float) -> None:
    """Answer until the parent closes the pipe, which the kernel does when it dies."""
    # SIGALRM at its default ends the process in the kernel: also when C code loops with the GIL held.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    programs: dict[str, list[int]] = {}
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
