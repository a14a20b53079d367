from __future__ import annotations

import pytest

from jiebang.identifiers import Verdict, check_credit_code, entity_kind, normalise, province_code


@pytest.mark.parametrize(
    "code",
    [
        "91310104MA1K002340",  # the sum is a multiple of 31: the last mod is often forgotten
        "91310000MA1K00015N",
        "91320500MA1K0004X2",
        "91110108551385082Q",
        " 9131 0115-ma1k00023e ",
        "９１３１０１１５MA1K00023E",
    ],
)
def test_sound_codes(code: str):
    assert check_credit_code(code) is Verdict.OK


@pytest.mark.parametrize("code", ["91350100M0001TGQXM", "91350211M0000XUF46", "91310104MA1K002341"])
def test_a_failing_check_character_is_not_malformed(code: str):
    assert check_credit_code(code) is Verdict.BAD_CHECK


@pytest.mark.parametrize(
    "code",
    [
        "",
        "9131",
        "91310104MA1K00234",
        "91310104MA1K0023400",
        "91310104MA1K00234I",
        "9A31X104MA1K002340",
    ],
)
def test_malformed(code: str):
    assert check_credit_code(code) is Verdict.MALFORMED


def test_codes_of_agricultural_authorities_begin_with_a_letter():
    assert check_credit_code("N2310104MF1234567A") is not Verdict.MALFORMED


def test_what_a_code_tells():
    assert normalise(" 9131-0104 ma1k002340") == "91310104MA1K002340"
    assert province_code("91310104MA1K002340") == "31"
    assert entity_kind("91310104MA1K002340") == "enterprise"
    assert entity_kind("12310000MB2K00015N") == "public_institution"
    assert entity_kind("Y1310000MB2K00015N") == "other"
