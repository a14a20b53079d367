import pytest
from pydantic import BaseModel, ConfigDict

from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, fit, nearest, parse


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seq: int
    name: Wording


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    items: list[Item]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("items:\n  - {seq: 1, nmae: x}\n", "extra_forbidden", 2),
        ("items:\n  - {seq: a, name: x}\n", "int_parsing", 2),
        ("items: []\nitem: []\n", "extra_forbidden", 2),
        ("a: 1\na: 2\n", "yaml", 2),
        ("items: [\n", "yaml", 1),
        ('items:\n  - {seq: 1, name: "x}\n\n', "yaml", 2),
        ("items:\n  - {seq: 1,\n\tname: x}\n", "yaml", 3),
        ("items:\n  - {seq: 2019-13-40, name: x}\n", "date", 2),
        ("items:\n\t- a\n", "yaml", 2),
        ("items: yes\n", "ambiguous", 1),
        ("items:\n  - &one {seq: 1, name: x}\n  - *one\n", "anchor", 2),
        ("items: &loop [*loop]\n", "anchor", 1),
        ("- 1\n", "model_type", 1),
        ("", "empty", 1),
        ("items: !!python/object:os.system x\n", "yaml", 1),
        ("[" * 3000, "yaml", 1),
    ],
)
def test_what_is_wrong_is_said_with_its_line_in_both_languages(
    text: str, code: str, line: int
) -> None:
    with pytest.raises(BadFile) as bad:
        fit(parse(text, "file.yaml"), Whole)
    found = {one.code: one for one in bad.value.findings}
    assert code in found
    finding = found[code]
    assert (finding.file, finding.line) == ("file.yaml", line)
    assert finding.zh
    assert finding.en
    assert str(finding).startswith(f"file.yaml:{line}:")


def test_the_nearest_right_word_is_offered() -> None:
    with pytest.raises(BadFile) as bad:
        fit(parse("items: [{seq: 1, nmae: x}]", "file.yaml"), Whole)
    assert "name" in {one.suggestion for one in bad.value.findings}
    assert nearest("qqq", ["name", "seq"]) == ""


def test_a_good_file_is_read_as_it_stands() -> None:
    whole = fit(
        parse("items:\n  - {seq: 1, name: 甲}\n  - {seq: 2, name: {zh: 乙, en: B}}\n", "f"), Whole
    )
    assert [one.name.in_locale("en") for one in whole.items] == ["甲", "B"]
