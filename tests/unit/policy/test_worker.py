"""The engine process: killed, hung, orphaned; and held against the explainer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiebang.policy import Book, Decider, EngineUnavailable
from jiebang.policy.binding import bind
from jiebang.policy.engine import supervisor
from jiebang.policy.engine.compile import compile_policy
from jiebang.policy.engine.pool import MOST_REGISTERED
from jiebang.policy.engine.supervisor import Worker
from jiebang.policy.language.terms import FactRef
from jiebang.policy.language.tree import Group, Leaf, Literal
from jiebang.policy.meaning import rule_states
from jiebang.policy.states import UNKNOWN

DAY = date(2019, 9, 1)
FACTS = {"demander.entity_type": "enterprise", "demander.registered_province": "江苏省"}


def outcome(decider: Decider, book: Book) -> str:
    return decider.decide(book, "demander-eligibility", FACTS, DAY).outcome


def test_a_killed_engine_costs_nothing(shanghai: Book):
    with closing(Decider(limit=5)) as decider:
        assert outcome(decider, shanghai) == "deny"
        for _ in range(3):
            pid = decider.worker_pid
            assert pid
            os.kill(pid, signal.SIGKILL)
            assert outcome(decider, shanghai) == "deny"
            assert decider.worker_pid != pid


def test_a_hung_engine_is_replaced_within_its_limit(shanghai: Book):
    with closing(Decider(limit=0.4)) as decider:
        assert outcome(decider, shanghai) == "deny"
        pid = decider.worker_pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        start = time.monotonic()
        assert outcome(decider, shanghai) == "deny"
        assert time.monotonic() - start < 5
        assert decider.worker_pid != pid


def test_an_engine_that_always_dies_is_a_clear_failure(
    shanghai: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    dying = tmp_path / "dying.py"
    dying.write_text("import sys; sys.stdin.readline()", encoding="utf-8")
    monkeypatch.setattr("jiebang.policy.engine.supervisor._WORKER", dying)
    with closing(Decider(limit=5)) as decider, pytest.raises(EngineUnavailable):
        outcome(decider, shanghai)


def test_an_engine_that_says_something_else_decides_nothing(
    shanghai: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lying = tmp_path / "lying.py"
    lying.write_text(
        "import sys\n"
        "print('=', flush=True)\n"
        "for line in sys.stdin:\n"
        "    print('= s s 0' if line.startswith('A') else '=', flush=True)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("jiebang.policy.engine.supervisor._WORKER", lying)
    with closing(Decider(limit=5)) as decider:
        answer = decider.decide(shanghai, "demander-eligibility", FACTS, DAY)
    assert (answer.outcome, answer.code) == ("undetermined", "ENGINE_DISAGREES")


def test_an_engine_that_errs_on_what_is_missing_decides_nothing(
    shanghai: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The first question of a case is answered well, its completions are not."""
    own, erring = supervisor._WORKER.read_text("utf-8"), tmp_path / "erring.py"
    wrong = 'count = globals()["asked"] = globals().get("asked", 0) + 1\n    '
    wrong += 'return " ".join(one for one in names if count == 1 or not one.isdigit())'
    assert 'return " ".join(names)' in own
    erring.write_text(own.replace('return " ".join(names)', wrong), "utf-8")
    facts = {"demander.entity_type": "enterprise", "demander.registered_province": "上海市"}
    with closing(Decider(limit=5)) as decider:
        answer = decider.decide(shanghai, "demander-eligibility", facts, DAY)
        assert answer.missing == ("demander.purchase_capacity",)
    monkeypatch.setattr("jiebang.policy.engine.supervisor._WORKER", erring)
    with closing(Decider(limit=5)) as decider:
        answer = decider.decide(shanghai, "demander-eligibility", facts, DAY)
    assert (answer.outcome, answer.code) == ("undetermined", "ENGINE_DISAGREES")


def test_many_at_once_are_the_same_decisions(make_book: Callable[..., Book], decider: Decider):
    """More than a pipe holds, in several batches, with facts missing and a text of many bytes."""
    parts = "{fact: case.count, at_least: 5}, {any: [{fact: case.open, is: 是}, {fact: case.kind, is: a}]}"
    long = "上海" * 90
    named = f"{{fact: case.name, is: {long}}}"
    book = make_book(
        f"rules: [{{id: r, when: {{all: [{parts}]}}, then: {{outcome: grant, code: OK, say: 行}}}},"
        f" {{id: s, when: {named}, then: {{outcome: flag, code: NAMED, say: 行}}}}]\n"
    )
    whole = {"case.count": 7, "case.open": False, "case.kind": "a", "case.name": long}
    names = [None, *whole]
    cases = [
        {**{name: one for name, one in whole.items() if name != names[n % 5]}, "case.alias": f"{n}"}
        for n in range(300)
    ]
    many = [one.as_bytes() for one in decider.decide_many(book, "trial", cases, DAY)]
    assert many == [decider.decide(book, "trial", one, DAY).as_bytes() for one in cases]
    assert len(set(many)) == 5


def test_no_orphan_after_the_parent_is_killed():
    program = (
        "import time\n"
        "from jiebang.policy.engine.supervisor import Worker\n"
        "worker = Worker(limit=5)\n"
        "worker.ask('D', 'x')\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except OSError:
        return False


def test_many_threads_ask_at_once(shanghai: Book, decider: Decider):
    answers: list[str] = []

    def ask() -> None:
        answers.extend(outcome(decider, shanghai) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["deny"] * 160


def test_versions_stand_side_by_side(make_book: Callable[..., Book], decider: Decider):
    body = (
        "rules: [{{id: r, when: {{fact: case.count, at_least: {}}},"
        " then: {{outcome: grant, code: OK, say: 行}}}}]\n"
    )
    old, new = make_book(body.format(5)), make_book(body.format(7))
    assert old.version != new.version
    for _ in range(2):
        assert decider.decide(old, "trial", {"case.count": 6}, DAY).outcome == "grant"
        assert decider.decide(new, "trial", {"case.count": 6}, DAY).outcome == "deny"


def test_old_versions_leave_the_engine(make_book: Callable[..., Book]):
    rule = (
        "{{id: r{0}, when: {{all: [{{fact: case.count, at_least: {1}}}, {{fact: case.open, is: 是}}]}},"
        " then: {{outcome: grant, code: OK, say: 行}}}}"
    )
    held: list[float] = []
    with closing(Decider(limit=5)) as decider:
        for version in range(300):
            rules = ", ".join(rule.format(n, version * 40 + n) for n in range(10))
            book = make_book(f"rules: [{rules}]\n")
            facts = {"case.count": version * 40, "case.open": True}
            assert decider.decide(book, "trial", facts, DAY).outcome == "grant"
            if version >= MOST_REGISTERED and version % 100 == 99:
                held.append(megabytes(decider.worker_pid))
        # The first of them was dropped long ago and is registered anew.
        assert decider.decide(book, "trial", {**facts, "case.count": 0}, DAY).outcome == "deny"
    # Two hundred programs came and went.
    assert held[-1] - held[0] < 4, held


def megabytes(pid: int | None) -> float:
    """The memory of a process that is in use."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    [used] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(used) / 1024


def test_preflight_of_the_notice(shanghai: Book, decider: Decider):
    assert decider.preflight(shanghai) == []


_LEAVES = st.one_of(
    st.tuples(
        st.just("case.kind"),
        st.sampled_from(["is", "is_not"]),
        st.sampled_from(["a", "b"]),
    ),
    st.tuples(
        st.just("case.kind"),
        st.sampled_from(["in", "not_in"]),
        st.sampled_from([("a",), ("a", "b")]),
    ),
    st.tuples(
        st.sampled_from(["case.count", "case.price"]),
        st.sampled_from(["at_least", "at_most", "more_than", "less_than", "is", "is_not"]),
        st.integers(-2, 2),
    ),
    st.tuples(st.sampled_from(["case.sound", "case.open"]), st.just("is"), st.booleans()),
    st.tuples(st.just("case.name"), st.just("is"), st.sampled_from(["", "上海", "上海市", "a!"])),
    st.tuples(st.just("case.filed"), st.just("on_or_after"), st.just(DAY)),
    st.tuples(st.just("case.name"), st.just("known"), st.booleans()),
).map(lambda one: Leaf(FactRef(one[0]), one[1], Literal(one[2]), None, None, "", (1, 1)))
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda kind, parts: Group(kind, tuple(parts), None, "", (1, 1)),
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda part: Group("not", (part,), None, "", (1, 1)), inner),
    ),
    max_leaves=6,
)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "case.kind": st.sampled_from(["a", "b", "c"]),
        "case.count": st.integers(-3, 3),
        "case.price": st.integers(-3, 3),
        "case.sound": st.booleans(),
        "case.open": st.booleans(),
        "case.name": st.sampled_from(["", "上海", "上海市", "a!", "a"]),
        "case.filed": st.sampled_from([date(2019, 8, 31), DAY]),
    },
)


@pytest.fixture(scope="module")
def worker():
    one = Worker(limit=5)
    yield one
    one.stop()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_CONDITIONS, min_size=1, max_size=4), st.lists(_FACTS, min_size=1, max_size=6))
def test_engine_and_explainer_agree(
    make_book: Callable[..., Book], worker: Worker, conditions: list[Any], cases: list[Any]
):
    rule = "rules: [{id: r, when: {fact: case.open, is: 是}, then: {outcome: grant, code: OK, say: 行}}]\n"
    book = make_book(rule)
    policy = book.policies["trial"]
    [only] = policy.rules
    rules = tuple(replace(only, id=f"r{n}", when=one) for n, one in enumerate(conditions))
    bound = bind(replace(policy, rules=rules), DAY, book.vocabulary)
    program = compile_policy(bound)
    for ruleset in program.rulesets:
        worker.ask("R", "t", ruleset)
    unknown = [UNKNOWN] * len(rules)
    for case in cases:
        encoded = program.encode(case)
        fired = worker.ask("A", "t", encoded.question)
        assert program.read(encoded, fired, unknown) == rule_states(bound, case)
    worker.ask("D", "t")
