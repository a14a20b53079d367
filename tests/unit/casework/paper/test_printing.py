"""Every form of the repository on paper, blank and filled, and what must not come out with it."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from jiebang.casework.filing.veiling import veiled
from jiebang.casework.paper.printing import Around, print_form
from jiebang.casework.paper.sheets import Paper
from jiebang.casework.policies.choices import choices_of
from jiebang.documents.sheet import Sheet
from jiebang.edition.loading import load_edition
from jiebang.forms import Form, FormBook, StoredFile
from jiebang.forms.book import Choices
from tests.unit.casework.filling import fill
from tests.unit.documents.sheets import (
    DIGEST,
    FONT_FOLDER,
    ROOT,
    ink,
    pages,
    pictures,
    squeezed,
    unpacked,
)

FORMS = ROOT / "forms"
IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
LOCALES = ("zh_CN", "en")
AROUND = Around(
    number="SH2019-0001",
    version=2,
    digest=DIGEST,
    day=date(2019, 8, 5),
    files={"one": StoredFile("检测报告.pdf", 1_234_567)},
)


@cache
def forms() -> FormBook:
    return FormBook.load(FORMS)


@cache
def choices() -> Choices:
    return choices_of(load_edition(ROOT / "rules" / "shanghai-2019"), forms())


def printed(
    form: Form, data: Any, output: Any = "pdf", locale: str = "zh_CN", **more: Any
) -> bytes:
    return print_form(
        forms=forms(),
        form=form,
        layouts=FORMS,
        fonts=FONT_FOLDER,
        output=output,
        data=data,
        locale=locale,
        choices=choices(),
        **more,
    )


def sheet(form: Form, data: Any, withheld: Collection[str]) -> Sheet:
    paper = Paper(
        forms=forms(),
        form=form,
        data=data,
        locale="zh_CN",
        choices=choices(),
        around=AROUND,
        masked=(),
        withheld=withheld,
    )
    return paper.sheet()


def word_text(content: bytes) -> str:
    body = Document(io.BytesIO(content)).element.body
    return squeezed("".join(one.text or "" for one in body.iter(qn("w:t"))))


def count(form: Form, data: dict[str, Any], sign: str) -> int:
    told = forms().answers(form, data, locale="zh_CN", choices=choices())
    cells = [cell for one in told for row in one.rows for cell in row]
    return sum(text.count(sign) for text in (*(one.text for one in told), *cells))


@pytest.mark.parametrize("form_id", IDS)
class TestEveryForm:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_blank(self, form_id: str, locale: str):
        form = forms()[form_id]
        content = printed(form, None, locale=locale)
        found = squeezed("".join(pages(content)))
        # Signatures may stand together at the end, without the titles of their sections.
        titles = [
            section.title
            for section in form.sections
            if any(one.type != "signature" for one in section.questions)
        ]
        for wording in (form.title, *titles):
            assert squeezed(wording.in_locale(locale)) in found
        assert b"pdfuaid:part" in unpacked(content)
        assert "{" not in found

    def test_filled_to_the_brim_nothing_is_lost_or_runs_over(self, form_id: str, tmp_path: Path):
        form = forms()[form_id]
        data = fill(forms(), form, choices())
        content = printed(form, data, around=AROUND)
        found = pages(content)
        text = "".join(found)
        for sign in "汉W":
            assert text.count(sign) >= count(form, data, sign)
        for number, page in enumerate(found, 1):
            assert f"Page {number} of {len(found)}" in page
            assert "SH2019-0001" in page
            assert DIGEST[:12] in page
        assert DIGEST in found[-1]
        assert b"pdfuaid:part" in unpacked(content)
        for picture in pictures(content, tmp_path):
            assert not ink(picture, 0, 0, 20, 297)
            assert not ink(picture, 190, 0, 210, 297)

    def test_as_docx(self, form_id: str):
        form = forms()[form_id]
        data = fill(forms(), form, choices())
        found = word_text(printed(form, data, "docx", around=AROUND))
        for sign in "汉W":
            assert found.count(sign) >= count(form, data, sign)
        assert DIGEST in found
        blank = word_text(printed(form, None, "docx", "en"))
        assert squeezed(form.title.in_locale("en")) in blank

    def test_confidential_answers_stay_out(self, form_id: str):
        form = forms()[form_id]
        hidden = {one.key for one in form.questions if one.confidential}
        data = fill(forms(), form, choices())
        for question in form.questions:
            if question.key in hidden and question.type in {"text", "longtext"}:
                data[question.key] = "籇籇"
            if question.key in hidden and question.type == "table":
                data[question.key] = [
                    {column.key: "籇籇" for column in question.columns if column.type == "text"}
                ]
        assert "籇籇" not in str(sheet(form, data, hidden))
        # Not even whether there is an answer, nor what follows from it.
        without = {key: value for key, value in data.items() if key not in hidden}
        assert sheet(form, data, hidden) == sheet(form, without, hidden)


def demand_survey() -> Form:
    return forms()["demand-survey"]


def test_a_confidential_answer_is_nowhere_in_the_file():
    form = forms()["award-agency"]
    data = {"payee_name": "秘密户名", "bank_account": "6222000000001234", "nominee": "AG-0001"}
    hidden = {one.key for one in form.questions if one.confidential}
    raw = unpacked(printed(form, data, withheld=hidden))
    for secret in ("秘密户名", "6222000000001234"):
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            assert secret.encode(encoding) not in raw
            assert secret.encode(encoding).hex().encode() not in raw.lower()
        assert secret not in word_text(printed(form, data, "docx", withheld=hidden))
        assert secret in "".join(pages(printed(form, data)))


def test_masked_answers_are_nowhere_in_full():
    phone, name = "13912345678", "经办人员"
    form = demand_survey()
    masked = {one.key for one in form.questions if one.mask}
    assert "mobile" in masked
    data = {"mobile": phone, "contact": name, "need_title": "焊接"}
    content = printed(form, data, masked=masked)
    assert "139****5678" in "".join(pages(content))
    raw = unpacked(content)
    for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
        assert phone.encode(encoding) not in raw
    assert phone not in word_text(printed(form, data, "docx", masked=masked))
    assert phone in "".join(pages(printed(form, data)))


def test_files_by_name_and_size_and_never_by_id():
    form = demand_survey()
    found = "".join(pages(printed(form, {"attachments": ["one", "0a1b2c"]}, around=AROUND)))
    assert "1. 检测报告.pdf (1.2 MB)" in found
    assert "0a1b2c" not in found


def test_a_chosen_option_has_a_tick():
    form = demand_survey()
    found = squeezed("".join(pages(printed(form, {"choke": True}))))
    assert "☑Yes☐No" in found
    blank = squeezed("".join(pages(printed(form, None))))
    assert "☑" not in blank
    assert "☐Yes☐No" in blank


def test_an_option_no_longer_offered_stands_as_it_was_stored():
    found = squeezed("".join(pages(printed(demand_survey(), {"need_class": "gone-by"}))))
    assert "gone-by" in found


@pytest.mark.parametrize("odd", ["\x07", "\ud800", "\u202e", "{org_name}", "#panic(1)", "😀"])
def test_odd_text_prints(odd: str):
    form = demand_survey()
    data = {
        "need_title": f"前{odd}后",
        "sign": {"name": f"前{odd}后", "date": odd},
        "attachments": ["one"],
    }
    around = Around(files={"one": StoredFile(f"前{odd}后.pdf", 1)})
    for output in ("pdf", "docx"):
        assert printed(form, data, output, around=around)


@pytest.mark.parametrize(
    "data",
    [
        {"sign": "x", "need_type": {"a": 1}, "indicators": ["x", 3]},
        {"indicators": [{"name": 3}], "choke": "maybe", "fund_own": "viel"},
    ],
)
def test_data_of_any_shape_prints(data: dict[str, Any]):
    for output in ("pdf", "docx"):
        assert printed(demand_survey(), data, output)


def test_the_same_arguments_give_the_same_bytes():
    form = demand_survey()
    data = fill(forms(), form, choices())
    for output in ("pdf", "docx"):
        assert printed(form, data, output, around=AROUND) == printed(
            form, data, output, around=AROUND
        )


def test_metadata_are_the_title_the_number_and_the_day():
    info = dict(PdfReader(io.BytesIO(printed(demand_survey(), {}, around=AROUND))).metadata or {})
    assert info.pop("/Creator").startswith("Typst")
    assert info == {
        "/Title": f"{demand_survey().title.zh} SH2019-0001",
        "/CreationDate": "D:20190805000000Z",
        "/ModDate": "D:20190805000000Z",
    }


def test_what_follows_from_a_veiled_answer_is_veiled_too():
    form = forms()["award-agency"]
    assert "matches_amount" in veiled(form, {"matches"})
    assert "district" in veiled(form, {"nominated_by"})
    assert veiled(form, ()) == frozenset()
