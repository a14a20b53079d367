"""A form of ours as forms of Django 5.2: the same fields, limits, conditions and checks, by hand's means.

Everything is made once, when the process starts, as if somebody had written the classes down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms import formset_factory

from jiebang.forms import Form, Question, Section
from jiebang.forms.kinds.shapes import FIRST_YEAR, INDUSTRY, LAST_YEAR, PHONE, REFERENCE, URL
from jiebang.forms.language.conditions import Condition, Operand, all_hold
from jiebang.identifiers import Verdict, check_credit_code
from jiebang.money import FEN_PER_UNIT

Choices = Sequence[tuple[str, str]]
Options = Callable[[Question], Choices]
#: As many options as ours shows as radio buttons.
RADIOS_AT_MOST = 7
#: Parts of an answer that are fields of their own, by type: key suffix to label suffix.
PARTS = {
    "rating": ("rating", "reason"),
    "year_range": ("from", "to"),
    "signature": ("name", "date"),
}


class PeerForm(forms.Form):
    """What all forms of the peer share: conditions across fields, and checks."""

    #: Set when the class is made.
    spoken: Form
    asked: Mapping[str, tuple[Condition, ...]]
    needed: Mapping[str, tuple[Condition, ...]]

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Drop what was not asked, ask for what the answers call for, compare across fields."""
        data: dict[str, Any] = super().clean() or {}
        for key, conditions in self.asked.items():
            if not all_hold(conditions, data):
                for name in self.names(key):
                    data[name] = None
                    self.errors.pop(name, None)
            elif key in self.needed:
                self.require(key, data)
        for key, conditions in self.needed.items():
            if key not in self.asked and conditions and all_hold(conditions, data):
                self.require(key, data)
        self.compare(data)
        return data

    def names(self, key: str) -> tuple[str, ...]:
        """The fields of a question."""
        return tuple(name for name in self.fields if name == key or name.startswith(f"{key}__"))

    def require(self, key: str, data: dict[str, Any]) -> None:
        """An answer that only some other answer makes necessary."""
        for name in self.names(key):
            if data.get(name) in (None, "", []) and name not in self.errors:
                self.add_error(name, f"请填写“{self.fields[name].label}”。")

    def compare(self, data: dict[str, Any]) -> None:
        """The checks across fields, those that compare two answers."""
        for check in self.spoken.checks:
            if check.that is None or check.than is None or check.rows:
                continue
            first, second = (_side(one, data) for one in (check.that, check.than))
            if first in (None, "") or second in (None, "") or not all_hold(check.when, data):
                continue
            if not HOLDS[str(check.is_)](first, second):
                self.add_error(check.at, check.message.zh)


def _side(operand: Operand, data: Mapping[str, Any]) -> Any:
    """What one side of a check comes to; sums over tables are left to the formsets."""
    if operand.clock is not None:
        today = date.today()  # noqa: DTZ011 - the peer asks no other clock
        return today if operand.clock == "today" else today.year
    return operand.number if operand.number is not None else data.get(operand.field)


HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda one, other: one >= other,
    "at_most": lambda one, other: one <= other,
    "more_than": lambda one, other: one > other,
    "less_than": lambda one, other: one < other,
    "equal": lambda one, other: one == other,
    "different": lambda one, other: one != other,
}


def peer_form(form: Form, sections: Sequence[Section], options: Options) -> type[PeerForm]:
    """The class for everything but tables."""
    fields: dict[str, Any] = {}
    asked: dict[str, tuple[Condition, ...]] = {}
    needed: dict[str, tuple[Condition, ...]] = {}
    for section in sections:
        for question in section.questions:
            if question.type in {"table", "computed"}:
                continue
            conditions = (*section.shown_when, *question.shown_when)
            if conditions:
                asked[question.key] = conditions
            if question.required_when or (conditions and question.required):
                needed[question.key] = question.required_when
            fields |= _fields(question, options, required=question.required and not conditions)
    return type("Peer", (PeerForm,), {**fields, "spoken": form, "asked": asked, "needed": needed})


def peer_rows(question: Question, options: Options) -> Any:
    """The formset for a table."""
    fields: dict[str, Any] = {}
    for column in question.columns:
        fields |= _fields(column, options, required=column.required, in_a_row=True)
    row = type("PeerRow", (forms.Form,), {**fields, "use_required_attribute": False})
    return formset_factory(
        row, extra=0, min_num=question.min or 0, max_num=question.max, validate_max=True,
        validate_min=bool(question.min),
    )  # fmt: skip


def _fields(
    question: Question, options: Options, *, required: bool, in_a_row: bool = False
) -> dict[str, Any]:
    common: dict[str, Any] = {
        "label": question.label.zh,
        "help_text": question.help.zh if question.help and not in_a_row else "",
        "required": required,
    }
    match question.type:
        case "rating":
            choice = _choice(options(question), common, in_a_row=False)
            reason = forms.CharField(**common, max_length=question.max)
            return {f"{question.key}__rating": choice, f"{question.key}__reason": reason}
        case "year_range":
            return {
                f"{question.key}__{part}": _year(question, common) for part in PARTS["year_range"]
            }
        case "signature":
            return {
                f"{question.key}__name": forms.CharField(**common, max_length=60),
                f"{question.key}__date": _date(question, common),
            }
        case "one_of" | "industry" if options(question):
            return {question.key: _choice(options(question), common, in_a_row=in_a_row)}
        case _:
            return {question.key: _plain(question, options, common)}


def _choice(offered: Choices, common: dict[str, Any], *, in_a_row: bool) -> forms.ChoiceField:
    few = len(offered) <= RADIOS_AT_MOST and not in_a_row
    choices = list(offered) if few else [("", "请选择"), *offered]
    return forms.ChoiceField(
        **common, choices=choices, widget=forms.RadioSelect if few else forms.Select
    )


def _plain(question: Question, options: Options, common: dict[str, Any]) -> forms.Field:
    made = _MADE.get(question.type)
    if made is not None:
        return made(question, common)
    if question.type == "several_of":
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(**common, choices=options(question), widget=boxes)
    return forms.CharField(**common, **_shaped(question))


def _long(question: Question, common: dict[str, Any]) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(**common, max_length=question.max, min_length=question.min, widget=area)


def _integer(question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**common, min_value=question.min, max_value=question.max)


def _year(_question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**common, min_value=FIRST_YEAR, max_value=LAST_YEAR)


def _decimal(question: Question, common: dict[str, Any]) -> forms.Field:
    fen = len(str(FEN_PER_UNIT[question.unit])) - 1
    return forms.DecimalField(
        **common,
        min_value=question.min,
        max_value=question.max,
        max_digits=20,
        decimal_places=fen if question.type == "money" else question.places,
    )


def _date(_question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(**common, widget=forms.DateInput(attrs={"type": "date"}))


def _yes_no(_question: Question, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        **common,
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        empty_value=None,
    )


_MADE: Mapping[str, Callable[[Question, dict[str, Any]], forms.Field]] = {
    "longtext": _long,
    "integer": _integer,
    "year": _year,
    "money": _decimal,
    "decimal": _decimal,
    "date": _date,
    "yes_no": _yes_no,
    "consent": lambda _question, common: forms.BooleanField(**common),
    "email": lambda _question, common: forms.EmailField(**common),
}


def _shaped(question: Question) -> dict[str, Any]:
    """The length and the validators of a text."""
    match question.type:
        case "text":
            shape = question.shape
            checks = [RegexValidator(f"^(?:{shape.pattern})$", shape.message.zh)] if shape else []
            return {"max_length": question.max, "min_length": question.min, "validators": checks}
        case "credit_code":
            return {"max_length": 18, "validators": [_credit_code]}
        case "division":
            return {"validators": [RegexValidator("^[0-9]{6}$")]}
        case "industry":
            return {"validators": [RegexValidator(f"^(?:{INDUSTRY})$")]}
        case "phone":
            return {"validators": [RegexValidator(f"^(?:{PHONE})$")]}
        case "url":
            return {"validators": [RegexValidator(f"^(?:{URL})$")]}
        case "reference":
            return {"validators": [RegexValidator(f"^(?:{REFERENCE})$")]}
        case _:
            # Files stay what they are called: neither side is sent any here.
            return {}


def _credit_code(value: str) -> None:
    if check_credit_code(value) is Verdict.MALFORMED:
        raise forms.ValidationError("统一社会信用代码不正确。")


def typed(question: Question, value: Any) -> dict[str, Any]:
    """A stored answer as the fields of the peer begin with it."""
    if question.type in PARTS:
        return {f"{question.key}__{part}": value[part] for part in PARTS[question.type]}
    if question.type == "money":
        return {question.key: Decimal(value) / FEN_PER_UNIT[question.unit]}
    if question.type == "yes_no":
        return {question.key: "yes" if value else "no"}
    return {question.key: value}
