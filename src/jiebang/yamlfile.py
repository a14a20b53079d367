"""Reading YAML that people own: strictly, and with findings that say where and what to do.

Every file under ``rules/`` and ``forms/`` comes in through here. YAML 1.2; duplicate keys, tabs and
the bare words that older YAML took for booleans are findings, never guesses.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from jiebang.yamlproblems import WIDE_KEY, in_chinese

Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]

#: Plain words that YAML 1.1 read as booleans: a reader cannot tell what was meant.
AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n"})
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a file: where (1-based line and column), what, in both languages.

    ``case`` is a case that shows it, and ``paste`` text that mends it, both as the file writes them.
    """

    file: str
    line: int
    column: int
    code: str
    zh: str
    en: str
    suggestion: str = ""
    case: str = ""
    paste: str = ""

    def as_dict(self) -> dict[str, object]:
        """The finding as plain data for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.zh} / {self.en}"


class BadFile(Exception):
    """A file that cannot be used; ``findings`` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True)
class Source:
    """A parsed file: its plain data, and the place of every key and value in it."""

    name: str
    data: Any
    places: Mapping[Path_, tuple[int, int]]

    def written(self, path: Iterable[str | int]) -> Path_:
        """The parts of ``path`` that exist, each within the one before."""
        here: Path_ = ()
        for part in path:
            deeper = (*here, part)
            if deeper in self.places:
                here = deeper
        return here

    def place(self, path: Iterable[str | int]) -> tuple[int, int]:
        """Line and column (1-based) of the deepest part of ``path`` that exists."""
        return self.places.get(self.written(path), (1, 1))

    def finding(
        self, path: Iterable[str | int], code: str, zh: str, en: str, suggestion: str = ""
    ) -> Finding:
        """A finding at the place of ``path``."""
        line, column = self.place(path)
        return Finding(self.name, line, column, code, zh, en, suggestion)


def said(zh: str, en: str) -> PydanticCustomError:
    """What a validator raises to word its own finding."""
    return PydanticCustomError("said", "{zh}", {"zh": zh, "en": en})


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, or an empty string."""
    found = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.5)
    return found[0] if found else ""


@lru_cache(maxsize=512)
def parse(text: str, name: str) -> Source:
    """Read YAML text strictly. Raises ``BadFile``. The answer is kept: it is only to be read."""
    if "\t" in text:
        raise BadFile([_tab(text, name)])
    yaml = YAML(typ="safe", pure=True)
    places: dict[Path_, tuple[int, int]] = {}
    findings: list[Finding] = []
    try:
        root = yaml.compose(text)
        if root is None:
            raise BadFile([Finding(name, 1, 1, "empty", "文件是空的", "the file is empty")])
        _survey(root, (), name, places, findings)
        if findings:
            raise BadFile(findings)
        data = yaml.constructor.construct_document(root)
    except MarkedYAMLError as error:
        line, column = _place_of(error, text)
        problem = (error.problem or str(error)).splitlines()[0]
        zh, remedy = in_chinese(problem, "".join(text.splitlines()[line - 1 : line]))
        en = f"YAML: {problem}"
        raise BadFile([Finding(name, line, column, "yaml", zh, en, remedy)]) from error
    except RecursionError as error:
        zh, en = "嵌套太深，读不下去", "nested too deeply to be read"
        raise BadFile([Finding(name, 1, 1, "yaml", zh, en)]) from error
    except (YAMLError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        zh, _remedy = in_chinese(first, "")
        raise BadFile([Finding(name, 1, 1, "yaml", zh, f"YAML: {first}")]) from error
    return Source(name, data, places)


def _tab(text: str, name: str) -> Finding:
    before = text[: text.index("\t")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    zh, en = "文件里有制表符，请改用空格", "the file holds a tab: use spaces"
    return Finding(name, line, column, "yaml", zh, en)


def _place_of(error: MarkedYAMLError, text: str) -> tuple[int, int]:
    """Where to look. What is missed only afterwards, such as a colon, is looked for where it began."""
    mark = error.problem_mark or error.context_mark
    unended = mark and (not text[mark.index :].strip() or "find expected ':'" in str(error.problem))
    if unended and error.context_mark:
        mark = error.context_mark
    if mark is None:
        return 1, 1
    lines = text.splitlines()
    above = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    if "mapping values are not allowed" in str(error.problem) and WIDE_KEY.search(above):
        # With a full-width colon a line is text, which only the next line does not go with.
        return mark.line, 1
    # The end of a file is on its last line, not on one after it.
    return min(mark.line + 1, max(len(lines), 1)), mark.column + 1


def load(path: Path, name: str | None = None) -> Source:
    """Read a YAML file strictly. Raises ``BadFile``, also when it cannot be read."""
    label = name or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        zh, en = unreadable(error)
        raise BadFile([Finding(label, 1, 1, "unreadable", zh, en)]) from error
    return decode(content, label)


def decode(content: bytes, name: str) -> Source:
    """Read the bytes of a YAML file strictly. Raises ``BadFile``."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile([Finding(name, line, 1, "unreadable", *unreadable(error))]) from error
    return parse(text, name)


def unreadable(error: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Why a file cannot be read, and what to do where that is plain, in both languages."""
    match error:
        case UnicodeDecodeError():
            return "不是 UTF-8 编码，请另存为 UTF-8", "not UTF-8: save the file as UTF-8"
        case FileNotFoundError():
            return "没有这个文件", "there is no such file"
        case IsADirectoryError():
            return "这是文件夹，不是文件", "this is a folder, not a file"
        case PermissionError():
            return "没有权限读这个文件", "there is no permission to read the file"
    return "文件读不出来", f"unreadable: {error.strerror}"


def read(path: Path, model: type[Model], name: str | None = None) -> Model:
    """Read a YAML file into a pydantic model. Raises ``BadFile`` with every finding."""
    return fit(load(path, name), model)


def fit(source: Source, model: type[Model]) -> Model:
    """Validate parsed data against a pydantic model. Raises ``BadFile`` with every finding."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        details: dict[Path_, dict[str, Any]] = {}
        for detail in error.errors():
            where = detail["loc"]
            if detail["type"] != "missing":
                # A value that may be one thing or another is told once for each: once is enough.
                where = (*source.written(where[:-1]), *source.written(where)[-1:])
            details.setdefault(where, dict(detail))
        found = (_explain(source, model, detail) for detail in details.values())
        raise BadFile(found) from error


def _survey(
    node: Node,
    path: Path_,
    name: str,
    places: dict[Path_, tuple[int, int]],
    findings: list[Finding],
) -> None:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    places.setdefault(path, (line, column))
    if node.anchor:
        # One text, one meaning where it stands; and an alias can hold itself.
        zh, en = (
            "不能使用锚点和别名（& 和 *），请直接写出内容",
            "anchors and aliases (& and *) cannot be used: write it out",
        )
        findings.append(Finding(name, line, column, "anchor", zh, en))
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            deeper = (*path, key.value)
            places[deeper] = (key.start_mark.line + 1, key.start_mark.column + 1)
            _survey(key, (*deeper, "(key)"), name, places, findings)
            _survey(value, deeper, name, places, findings)
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            _survey(value, (*path, index), name, places, findings)
    elif isinstance(node, ScalarNode) and node.style is None:
        findings += _word(node, name)


def _word(node: ScalarNode, name: str) -> Iterator[Finding]:
    """What is wrong with a word without quotes."""
    word, line, column = node.value, node.start_mark.line + 1, node.start_mark.column + 1
    if word.lower() in AMBIGUOUS:
        zh = f"“{word}”含义不明：布尔值请写 是/否 或 true/false，文字请加引号"
        en = f'"{word}" is ambiguous: write true/false (是/否), or quote it if it is text'
        yield Finding(name, line, column, "ambiguous", zh, en, f'"{word}"')
    elif node.tag == _TIMESTAMP and not _is_date(word):
        zh, en = f"没有“{word}”这一天（写如 2019-08-05）", f'"{word}" is no day such as 2019-08-05'
        yield Finding(name, line, column, "date", zh, en)


def _is_date(word: str) -> bool:
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True


_WORDS = {
    "string_type": ("应为文字", "must be text"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "int_parsing_size": ("数太大", "is too large a number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "list_type": ("应为列表", "must be a list"),
    "tuple_type": ("应为列表", "must be a list"),
    "dict_type": ("应为键值表", "must be a mapping"),
    "model_type": ("应为键值表", "must be a mapping"),
    "date_type": ("应为日期，如 2019-08-05", "must be a date such as 2019-08-05"),
    "date_parsing": ("应为日期，如 2019-08-05", "must be a date such as 2019-08-05"),
    "date_from_datetime_parsing": ("应为日期，如 2019-08-05", "must be a date such as 2019-08-05"),
    "decimal_parsing": ("应为数字", "must be a number"),
    "too_short": ("条目太少", "has too few entries"),
    "too_long": ("条目太多", "has too many entries"),
    "string_too_short": ("不能为空", "must not be empty"),
    "greater_than_equal": ("不能小于 {ge}", "must not be less than {ge}"),
    "less_than_equal": ("不能大于 {le}", "must not be greater than {le}"),
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
}
#: What may stand in a name or code, by the pattern that a model sets.
_SHAPES = {
    r"^[a-z][a-z0-9_]*$": (
        "只能用小写英文字母、数字和下划线，以字母开头",
        "may hold small letters, digits and underscores only, a letter first",
    ),
    r"^[a-z][a-z0-9-]*$": (
        "只能用小写英文字母、数字和连字符，以字母开头",
        "may hold small letters, digits and hyphens only, a letter first",
    ),
    r"^[a-z][a-z0-9_-]*$": (
        "只能用小写英文字母、数字、连字符和下划线，以字母开头",
        "may hold small letters, digits, hyphens and underscores only, a letter first",
    ),
    r"^([a-z][a-z0-9_]*_)?$": (
        "只能用小写英文字母、数字和下划线，以下划线结尾",
        "may hold small letters, digits and underscores only, an underscore last",
    ),
    r"^[a-z0-9]+$": ("只能用小写英文字母和数字", "may hold small letters and digits only"),
    r"^[A-Z]{2,4}$": ("应为 2 至 4 个大写英文字母", "must be two to four capital letters"),
    r"^[A-Z]{2}$": ("应为 2 个大写英文字母", "must be two capital letters"),
    r"^https?://": ("应以 https:// 开头", "must begin with https://"),
}
#: The most keys that are listed where none is near to what was written.
_FEW = 12
#: Types of values that YAML reads where a text needs quotes.
_BARE = (bool, int, float, date)


def _explain(source: Source, model: type[BaseModel], detail: dict[str, Any]) -> Finding:
    path, kind = tuple(detail["loc"]), detail["type"]
    # A part that is not written names one of the things that the value could have been.
    written = path if kind == "missing" else source.written(path)
    key = str(written[-1]) if written else ""
    context = detail.get("ctx", {})
    hint = ""
    if kind == "missing":
        zh, en, hint = f"缺少“{key}”", f'"{key}" is missing', f"{key}: …"
    elif kind == "extra_forbidden":
        zh, en, hint = _unknown_key(key, sorted(_fields_at(model, path[:-1])))
    elif kind in {"literal_error", "enum"}:
        allowed = [one.strip("'") for one in re.split(", | or ", str(context["expected"]))]
        given = str(detail["input"])
        hint = nearest(given.strip("“”‘’"), allowed)
        zh = f"“{key}”不能是“{given}”，可用：{'、'.join(allowed)}"
        en = f'"{key}" cannot be "{given}", use one of {", ".join(allowed)}'
    elif kind == "said":
        zh, en = context["zh"], context["en"]
    else:
        words = _words(kind, detail, context)
        zh = f"“{key}”{words[0]}" if written else f"整个文件{words[0]}"
        en = f'"{key}" {words[1]}' if written else f"the whole file {words[1]}"
    return source.finding(path, kind, zh, en, hint)


def _unknown_key(key: str, known: list[str]) -> tuple[str, str, str]:
    zh, en, hint = f"不认识的键“{key}”", f'unknown key "{key}"', nearest(key, known)
    if WIDE_KEY.search(key):
        return f"{zh}：键后面的冒号要用半角“: ”", f"{en}: a key ends with “: ”, not with “：”", ""
    if hint:
        return f"{zh}，是否想写“{hint}”？", f'{en}, did you mean "{hint}"?', hint
    if re.search(r"[\s?!.;，。]", key):
        return f"{zh}：文字里有逗号的要加引号", f"{en}: quote a text with commas in it", ""
    if len(known) > _FEW:
        return zh, en, ""
    return f"{zh}，可用：{'、'.join(known)}", f"{en}, use one of {', '.join(known)}", ""


def _words(kind: str, detail: dict[str, Any], context: dict[str, Any]) -> tuple[str, str]:
    """What is wrong with a value, as what follows the name of its key."""
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return _SHAPES.get(pattern, (f"应符合 {pattern}", f"must match {pattern}"))
    if kind == "string_type" and isinstance(detail["input"], _BARE):
        return "应为文字，请加引号", "must be text: quote it"
    if kind in {"tuple_type", "list_type"} and re.fullmatch(r"[\w.-]+", str(detail["input"])):
        entry = detail["input"]
        return f"应为列表：[{entry}]", f"must be a list: [{entry}]"
    zh, en = _WORDS.get(kind, ("写法不对", detail["msg"]))
    return zh.format(**context), en.format(**context)


def _fields_at(annotation: Any, path: Path_) -> set[str]:
    """The keys a model accepts at ``path``, found by walking its annotations."""
    if get_origin(annotation) is Annotated:
        return _fields_at(get_args(annotation)[0], path)
    if get_origin(annotation) in {Union, types.UnionType}:
        return set().union(*(_fields_at(one, path) for one in get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            return {info.alias or name for name, info in annotation.model_fields.items()}
        for name, info in annotation.model_fields.items():
            if path[0] in {name, info.alias}:
                return _fields_at(info.annotation, path[1:])
        return set()
    inner = get_args(annotation)
    return (
        _fields_at(inner[-1 if get_origin(annotation) is dict else 0], path[1:])
        if inner and path
        else set()
    )
