"""What each type of answer is in JSON Schema: exactly the stored values, by the shapes all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jiebang.forms.jsonschema.digits import decimals_between
from jiebang.forms.kinds import shapes
from jiebang.forms.language.computing import computed_type
from jiebang.forms.language.question import Offered, Question
from jiebang.money import FEN_PER_UNIT
from jiebang.wording import Wording

Json = dict[str, Any]
#: The options of a question. Raises ``KeyError`` where nobody brings them.
Options = Callable[[Question], Sequence[Offered]]
#: The divisions in use (GB/T 2260), named once for all questions that ask for one.
DIVISIONS = {"$ref": "#/$defs/division"}


#: Blanks with which no stored text begins or ends.
_BLANK = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
#: The signs that ``signs.refused_sign`` refuses, but for the line end: that is kept in some texts.
_REFUSED = (
    r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
)
_EDGE = f"[^\\t\\n{_BLANK}{_REFUSED}]"
#: Text as it is stored, on one line or several: neither blank nor ending in blanks, no refused sign.
LINE = f"{_EDGE}(?:[^\\n{_REFUSED}]*{_EDGE})?"
LINES = f"{_EDGE}(?:[^{_REFUSED}]*{_EDGE})?"


def whole(pattern: str) -> str:
    """A pattern for all of a text: in some languages ``$`` also stands before a last line end."""
    return f"^(?:{pattern})$(?!\\n)"


def both(words: Wording) -> Json:
    """A wording in both languages."""
    return {"zh": words.zh, "en": words.in_locale("en")}


def answer_schema(question: Question, options: Options, questions: Mapping[str, Question]) -> Json:
    """The schema of the stored answers to a question, with the words that people read."""
    if question.type == "computed":
        # It is worked out anew, whatever stands there: nothing is asked of it.
        schema: Json = {"readOnly": True, "x-type": computed_type(question, questions)}
    elif question.type == "table":
        schema = _table(question, options, questions)
    elif question.type in _CHOSEN:
        schema = _CHOSEN[question.type](question, options(question))
    else:
        schema = _PLAIN[question.type](question)
    told: Json = {"title": question.label.zh, "x-label": both(question.label)}
    if question.help:
        told |= {"description": question.help.zh, "x-help": both(question.help)}
    marks = {f"x-{name}": True for name in _MARKS if getattr(question, name)}
    return {**told, **schema, **marks}


_MARKS = ("confidential", "personal", "recommended")


def _text(question: Question) -> Json:
    schema = _words(one_line=question.type == "text", most=question.max, least=question.min)
    if question.shape:
        schema["allOf"] = [{"pattern": whole(question.shape.pattern)}]
        schema["x-pattern-message"] = both(question.shape.message)
    return schema


def _words(*, one_line: bool, most: int | None, least: int | None = None) -> Json:
    schema: Json = {"type": "string", "pattern": whole(LINE if one_line else LINES)}
    if least is not None:
        schema["minLength"] = least
    if most is not None:
        schema["maxLength"] = most
    return schema


def _number(question: Question) -> Json:
    per_unit = FEN_PER_UNIT[question.unit] if question.type == "money" else 1
    least, most = _bounds(question)
    schema: Json = {
        "type": "integer",
        "minimum": least if question.min is None else least * per_unit,
        "maximum": most if question.max is None else most * per_unit,
    }
    if question.type == "money":
        schema |= {"x-unit": "fen", "x-typed-in": question.unit}
    return schema


def _bounds(question: Question) -> tuple[int, int]:
    least, most = question.min, question.max
    if question.type in {"year", "year_range"}:
        return (
            max(shapes.FIRST_YEAR, least or shapes.FIRST_YEAR),
            min(shapes.LAST_YEAR, most or shapes.LAST_YEAR),
        )
    return (
        -shapes.LARGEST if least is None else least,
        shapes.LARGEST if most is None else most,
    )


def _decimal(question: Question) -> Json:
    pattern = decimals_between(question.min, question.max, question.places)
    return {"type": "string", "pattern": whole(pattern)}


def _shaped(shape: str, **more: Any) -> Callable[[Question], Json]:
    return lambda _question: {"type": "string", "pattern": whole(shape), **more}


def _year_range(question: Question) -> Json:
    return _object({"from": _number(question), "to": _number(question)}, ("from", "to"))


def _files(question: Question) -> Json:
    return _list(_id(), question.max, question.min)


def _id() -> Json:
    return {"type": "string", "pattern": whole(shapes.REFERENCE)}


def _reference(question: Question, offered: Sequence[Offered]) -> Json:
    one = _one_of(question, offered) if offered else _id()
    return _list(one, question.max, question.min) if question.several else one


def _url(question: Question) -> Json:
    most = min(question.max or shapes.URL_LENGTH, shapes.URL_LENGTH)
    return {"type": "string", "pattern": whole(shapes.URL), "maxLength": most, "format": "uri"}


def _signature(question: Question) -> Json:
    name = _words(one_line=True, most=shapes.SIGNED_NAME_LENGTH)
    return _object({"name": name, "date": _date(question)}, ("name", "date"))


_date = _shaped(shapes.DATE, format="date")
_PLAIN: Mapping[str, Callable[[Question], Json]] = {
    "text": _text,
    "longtext": _text,
    "integer": _number,
    "money": _number,
    "year": _number,
    "decimal": _decimal,
    "date": _date,
    "year_range": _year_range,
    "yes_no": lambda _question: {"type": "boolean"},
    "consent": lambda _question: {"const": True},
    "credit_code": _shaped(shapes.CREDIT_CODE),
    "division": lambda _question: dict(DIVISIONS),
    "phone": _shaped(shapes.PHONE),
    "email": _shaped(shapes.EMAIL, maxLength=shapes.EMAIL_LENGTH, format="email"),
    "url": _url,
    "files": _files,
    "signature": _signature,
}


def _one_of(_question: Question, offered: Sequence[Offered]) -> Json:
    if not offered:
        # There is nothing to choose at present; an empty enum is no schema to some.
        return {"not": {}}
    return {
        "enum": [one.code for one in offered],
        "x-enum-labels": {one.code: both(one.label) for one in offered},
    }


def _several_of(question: Question, offered: Sequence[Offered]) -> Json:
    return _list(_one_of(question, offered), question.max, question.min)


def _rating(question: Question, offered: Sequence[Offered]) -> Json:
    reason = _words(one_line=False, most=question.max or shapes.REASON_LENGTH)
    return _object({"rating": _one_of(question, offered), "reason": reason}, ("rating", "reason"))


def _industry(_question: Question, offered: Sequence[Offered]) -> Json:
    """A code of the list; where the list does not go so deep as GB/T 4754, any below one of it."""
    codes = [one.code for one in offered]
    deepest = max(map(len, codes), default=0)
    below = {0: shapes.INDUSTRY, 1: "(?:[0-9]{2,4})?", 3: "[0-9]{0,2}", 4: "[0-9]?", 5: ""}[deepest]
    ends = [one for one in codes if len(one) == deepest]
    above = [one for one in codes if len(one) < deepest]
    pattern = "|".join([*above, f"(?:{'|'.join(ends)}){below}"])
    return {"type": "string", "pattern": whole(pattern)}


_CHOSEN: Mapping[str, Callable[[Question, Sequence[Offered]], Json]] = {
    "one_of": _one_of,
    "several_of": _several_of,
    "rating": _rating,
    "industry": _industry,
    "reference": _reference,
}


def _table(question: Question, options: Options, questions: Mapping[str, Question]) -> Json:
    columns = {column.key: answer_schema(column, options, questions) for column in question.columns}
    needed = tuple(column.key for column in question.columns if column.required)
    row = _object(columns, needed)
    if not needed:
        # A row in which nothing stands is none.
        row["minProperties"] = 1
    return _list(row, question.max, question.min, unique=False)


def _object(properties: Json, required: Sequence[str]) -> Json:
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _list(items: Json, most: int | None, least: int | None = None, *, unique: bool = True) -> Json:
    schema: Json = {"type": "array", "items": items, "minItems": max(least or 1, 1)}
    if most is not None:
        schema["maxItems"] = most
    return {**schema, "uniqueItems": True} if unique else schema
