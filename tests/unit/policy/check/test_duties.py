"""Obligations are words of the vocabulary, where it lists any."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiebang.policy import load_book
from jiebang.policy.check.plain import find_unknown_duties
from jiebang.policy.language.vocabulary import load_vocabulary
from jiebang.yamlfile import parse
from tests.unit.policy.check.test_examples import BODY, Check

LISTED = "facts: {}\nobligations: {log_access: {zh: 记录查看, en: Log the access}}\n"


@pytest.mark.parametrize(
    ("duties", "suggestions"),
    [
        ("log_access, {deadline: 5 working days}", []),
        ("log_acess", ["log_access"]),
    ],
)
def test_a_misspelt_duty_is_told(check: Check, tmp_path: Path, duties: str, suggestions: list[str]):
    body = BODY.replace("say: 行}", f"say: 行, obligations: [{duties}]}}")
    # A vocabulary that lists none takes any.
    assert not [one for one in check(body) if one.code == "unknown_obligation"]
    policy = load_book(tmp_path / "book").policies["trial"]
    listed = load_vocabulary([parse(LISTED, "vocabulary.yaml")]).obligations
    found = list(find_unknown_duties(policy, listed))
    assert [one.suggestion for one in found] == suggestions
    assert all(one.line == policy.rules[0].place[0] for one in found)
