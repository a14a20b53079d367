"""What is left of a personal answer for those who do not need it."""

from __future__ import annotations

import pytest

from jiebang.forms.showing.masking import mask_text


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        ("phone", "13800000000", "138****0000"),
        ("phone", "02100000000", "021****0000"),
        ("phone", "12345", "*****"),
        ("identity", "310101190001010000", "310***********0000"),
        ("account", "6222000000001234", "************1234"),
        ("account", "12345", "*****"),
        ("name", "经办人员", "经***"),
        ("name", "甲乙", "甲*"),
        ("name", "甲", "*"),
        ("name", "", ""),
    ],
)
def test_the_middle_is_starred_out(mask: str, text: str, shown: str) -> None:
    assert mask_text(text, mask) == shown  # type: ignore[arg-type]
