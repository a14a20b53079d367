"""行政区划代码 (GB/T 2260)."""

from __future__ import annotations

import pytest

from jiebang.forms import FormBook
from jiebang.forms.kinds import divisions
from tests.unit.forms.conftest import FORMS


@pytest.mark.parametrize(
    ("code", "name", "used"),
    [
        ("310000", "上海市", True),
        ("310115", "上海市浦东新区", True),
        ("320500", "江苏省苏州市", True),
        ("320505", "江苏省苏州市虎丘区", True),
        ("419001", "河南省济源市", True),
        ("652801", "新疆维吾尔自治区巴音郭楞蒙古自治州库尔勒市", True),
        ("310103", "上海市卢湾区", False),
        ("999999", "", False),
    ],
)
def test_names(code: str, name: str, used: object):
    assert divisions.name_of(code) == name
    assert (code in divisions.in_use()) == used
    assert not used or divisions.code_of(name) == code


def test_the_districts_of_the_site_are_those_of_the_table():
    listed = {one.code for one in FormBook.load(FORMS).shared_list("shanghai-districts")}
    table = {code for code in divisions.in_use() if code.startswith("3101")} - {"310100"}
    assert listed == table
