"""What changed between two versions, told question by question."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jiebang.forms.showing.answers import Answer
from jiebang.forms.showing.comparing import Difference, Side, compare
from jiebang.forms.showing.wording_changes import pieces


def answer(key: str, text: str = "", **more: Any) -> Answer:
    return Answer(section="s", section_title="部分", key=key, label=key, text=text, **more)


def side(**texts: str) -> Side:
    return Side(texts, [answer(key, text) for key, text in texts.items()])


def table(rows: list[list[str]]) -> Side:
    stored = [{f"c{index}": cell for index, cell in enumerate(row)} for row in rows]
    shown = answer("t", columns=("名称", "单位", "目标"), rows=tuple(tuple(row) for row in rows))
    return Side({"t": stored}, [shown])


def rows(before: list[list[str]], after: list[list[str]]) -> list[tuple[Any, ...]]:
    [found] = compare(table(before), table(after))
    return [(one.state, one.before, one.after, one.moved) for one in found.rows]


def told(difference: Difference) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in difference.text.pieces]


def test_the_same_answer_is_the_same() -> None:
    [found] = compare(side(a="甲"), side(a="甲"))
    assert (found.state, told(found)) == ("same", [("same", "甲")])


def test_words_that_changed_stand_between_those_that_stayed() -> None:
    [found] = compare(side(a="焊后变形超差，返修率高"), side(a="焊后变形超差，返修成本高"))
    assert found.state == "changed"
    assert told(found) == [
        ("same", "焊后变形超差，返修"),
        ("removed", "率"),
        ("added", "成本"),
        ("same", "高"),
    ]


def test_a_number_changes_as_a_whole() -> None:
    [found] = compare(side(a="电话 13800000000"), side(a="电话 13800000001"))
    assert told(found)[1:] == [("removed", "13800000000"), ("added", "13800000001")]


def test_another_text_altogether_stands_instead_of_the_first() -> None:
    [found] = compare(side(a="焊接变形控制"), side(a="疫苗佐剂筛选平台"))
    assert told(found) == [("removed", "焊接变形控制"), ("added", "疫苗佐剂筛选平台")]


def test_an_answer_given_later_is_added_and_one_taken_back_removed() -> None:
    before = Side({"a": "甲"}, [answer("a", "甲"), answer("b")])
    after = Side({"b": "乙"}, [answer("a"), answer("b", "乙")])
    assert [one.state for one in compare(before, after)] == ["removed", "added"]


def test_a_question_no_longer_asked_stands_where_it_stood() -> None:
    found = compare(side(a="1", gone="2", b="3"), side(a="1", b="3", new="4"))
    assert [(one.asked.key, one.state) for one in found] == [
        ("a", "same"),
        ("gone", "removed"),
        ("b", "same"),
        ("new", "added"),
    ]
    assert found[1].after is None


def test_what_may_not_be_shown_is_told_as_changed_and_stays_hidden() -> None:
    before = Side({"m": "13800000000"}, [answer("m", "138****0000")])
    after = Side({"m": "13811110000"}, [answer("m", "138****0000")])
    [found] = compare(before, after)
    assert found.state == "changed"
    assert {text for _kind, text in told(found)} == {"138****0000"}


def test_an_option_worded_anew_is_the_same_answer() -> None:
    before = Side({"o": "own"}, [answer("o", "自行委托")])
    after = Side({"o": "own"}, [answer("o", "自行委托服务机构")])
    assert [one.state for one in compare(before, after)] == ["same"]


def test_files_are_told_apart_by_their_ids() -> None:
    before = Side({"f": ["1", "2"]}, [answer("f", files=("1", "2"))])
    after = Side({"f": ["2", "3"]}, [answer("f", files=("2", "3"))])
    [found] = compare(before, after)
    assert [(one.state, one.file) for one in found.files] == [
        ("removed", "1"),
        ("same", "2"),
        ("added", "3"),
    ]


class TestRows:
    def test_a_cell_that_changed_is_told_inside_its_row(self) -> None:
        [found] = compare(table([["变形", "mm", "0.2"]]), table([["变形", "mm", "0.15"]]))
        [row] = found.rows
        assert (row.state, [one.state for one in row.cells]) == (
            "changed",
            ["same", "same", "changed"],
        )

    def test_rows_come_and_go(self) -> None:
        before = [["变形", "mm", "0.2"], ["强度", "MPa", "800"]]
        after = [["变形", "mm", "0.2"], ["寿命", "次", "10000"], ["噪声", "dB", "60"]]
        assert rows(before, after) == [
            ("same", 1, 1, False),
            ("added", None, 2, False),
            ("added", None, 3, False),
            ("removed", 2, None, False),
        ]

    def test_a_row_that_moved_is_neither_removed_nor_added(self) -> None:
        one, two, three = ["甲", "a", "1"], ["乙", "b", "2"], ["丙", "c", "3"]
        assert rows([one, two, three], [three, one, two]) == [
            ("same", 3, 1, True),
            ("same", 1, 2, False),
            ("same", 2, 3, False),
        ]

    def test_a_row_may_move_and_change(self) -> None:
        before = [["甲", "a", "1"], ["乙", "b", "2"]]
        after = [["乙", "b", "9"], ["甲", "a", "1"]]
        assert ("changed", 2, 1) in {one[:3] for one in rows(before, after)}

    def test_a_row_with_a_hidden_cell_is_told_as_changed(self) -> None:
        shown = answer("t", columns=("电话",), rows=(("138****0000",),))
        found = compare(
            Side({"t": [{"m": "13800000000"}]}, [shown]),
            Side({"t": [{"m": "13811110000"}]}, [shown]),
        )
        assert [one.state for one in found[0].rows] == ["changed"]


@given(st.text("甲乙丙丁 ab1.\n", max_size=40), st.text("甲乙丙丁 ab1.\n", max_size=40))
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(one.text for one in found if one.kind != "added") == before
    assert "".join(one.text for one in found if one.kind != "removed") == after


_ROWS = st.lists(st.lists(st.sampled_from("甲乙丙1"), min_size=3, max_size=3), max_size=6)


@given(_ROWS, _ROWS)
def test_every_row_of_both_sides_is_told_once(
    before: list[list[str]], after: list[list[str]]
) -> None:
    [found] = compare(table(before), table(after))
    assert sorted(one.before for one in found.rows if one.before) == list(range(1, len(before) + 1))
    assert [one.after for one in found.rows if one.after] == list(range(1, len(after) + 1))
    for one in found.rows:
        if one.state == "same":
            assert before[one.before - 1] == after[one.after - 1]
