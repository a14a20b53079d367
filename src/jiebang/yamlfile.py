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
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]

#: Plain words that YAML 1.1 read as booleans: a reader cannot tell what was meant.
AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n"})
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


#: What the YAML library says, as found in its messages, and how it is put in Chinese.
_PROBLEMS = {
    "mapping values are not allowed": "这里不能再写冒号：检查缩进，或给含冒号的文字加引号",
    "could not find expected ':'": "键后面少了冒号和空格",
    "expected <block end>": "缩进与上下不一致",
    "expected ',' or": "括号里少了逗号，或括号没有闭合",
    "expected the node content": "这里缺内容：括号没有闭合，或多了符号",
    "while scanning a quoted scalar": "引号没有闭合",
    "found unexpected end of stream": "引号或括号没有闭合",
    "cannot start any token": "这里的符号要放在引号里",
    "found undefined alias": "不能引用别处（* 开头的文字要加引号）",
    "could not determine a constructor": "不能写类型标记（! 开头的文字要加引号）",
    "sequence entries are not allowed": "“- ”的缩进不对，或上一行没有写完",
    "found character": "有 YAML 不允许的字符",
}


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

    def place(self, path: Iterable[str | int]) -> tuple[int, int]:
        """Line and column (1-based) of the deepest part of ``path`` that exists."""
        here: Path_ = ()
        for part in path:
            deeper = (*here, part)
            if deeper in self.places:
                here = deeper
        return self.places.get(here, (1, 1))

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
        zh, remedy = _in_chinese(problem, text.splitlines()[line - 1 : line])
        en = f"YAML: {problem}"
        raise BadFile([Finding(name, line, column, "yaml", zh, en, remedy)]) from error
    except RecursionError as error:
        zh, en = "嵌套太深，读不下去", "nested too deeply to be read"
        raise BadFile([Finding(name, 1, 1, "yaml", zh, en)]) from error
    except (YAMLError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadFile(
            [Finding(name, 1, 1, "yaml", f"YAML 写法有误：{first}", f"YAML: {first}")]
        ) from error
    return Source(name, data, places)


def _in_chinese(problem: str, lines: list[str]) -> tuple[str, str]:
    """What the YAML library found, in Chinese, and what to do about it where that is plain."""
    found = re.search(r'duplicate key "([^"]*)"', problem)
    if found:
        return f"同一层有重复的键“{found[1]}”", "删去一个 / delete one of them"
    told = next((zh for en, zh in _PROBLEMS.items() if en in problem), f"写法有误（{problem}）")
    wide = any("：" in line for line in lines)
    remedy = (
        "键后面的冒号要用半角“: ”，不是全角“：” / a key ends with “: ”, not with “：”"
        if wide
        else ""
    )
    return f"YAML {told}", remedy


def _tab(text: str, name: str) -> Finding:
    before = text[: text.index("\t")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    zh, en = "文件里有制表符，请改用空格", "the file holds a tab: use spaces"
    return Finding(name, line, column, "yaml", zh, en)


def _place_of(error: MarkedYAMLError, text: str) -> tuple[int, int]:
    """Where to look. What is missed only at the end of the file is looked for where it began."""
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and not text[mark.index :].strip():
        mark = error.context_mark
    # The end of a file is on its last line, not on one after it.
    last = max(len(text.splitlines()), 1)
    return (min(mark.line + 1, last), mark.column + 1) if mark else (1, 1)


def load(path: Path, name: str | None = None) -> Source:
    """Read a YAML file strictly. Raises ``BadFile``, also when it cannot be read."""
    label = name or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(
            [Finding(label, 1, 1, "unreadable", f"文件读不出来：{error}", f"unreadable: {error}")]
        ) from error
    return decode(content, label)


def decode(content: bytes, name: str) -> Source:
    """Read the bytes of a YAML file strictly. Raises ``BadFile``."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(
            [Finding(name, line, 1, "unreadable", f"不是 UTF-8：{error}", f"not UTF-8: {error}")]
        ) from error
    return parse(text, name)


def read(path: Path, model: type[Model], name: str | None = None) -> Model:
    """Read a YAML file into a pydantic model. Raises ``BadFile`` with every finding."""
    return fit(load(path, name), model)


def fit(source: Source, model: type[Model]) -> Model:
    """Validate parsed data against a pydantic model. Raises ``BadFile`` with every finding."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise BadFile(
            [_explain(source, model, dict(detail)) for detail in error.errors()]
        ) from error


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
}


def _explain(source: Source, model: type[BaseModel], detail: dict[str, Any]) -> Finding:
    path, kind = tuple(detail["loc"]), detail["type"]
    key = str(path[-1]) if path else ""
    context = detail.get("ctx", {})
    if kind == "missing":
        zh, en, hint = f"缺少“{key}”", f'"{key}" is missing', f"{key}: …"
    elif kind == "extra_forbidden":
        hint = nearest(key, _fields_at(model, path[:-1]))
        zh = f"不认识的键“{key}”" + (f"，是否想写“{hint}”？" if hint else "")
        en = f'unknown key "{key}"' + (f', did you mean "{hint}"?' if hint else "")
    elif kind in {"literal_error", "enum"}:
        allowed = str(context["expected"])
        hint = nearest(
            str(detail["input"]), allowed.replace("'", "").replace(" or ", ", ").split(", ")
        )
        zh = f"“{key}”不能是“{detail['input']}”，可用：{allowed}"
        en = f'"{key}" cannot be "{detail["input"]}", use one of {allowed}'
    elif kind == "said":
        zh, en, hint = context["zh"], context["en"], ""
    else:
        words = _WORDS.get(kind, (detail["msg"], detail["msg"]))
        zh, en, hint = f"“{key}”{words[0]}", f'"{key}" {words[1]}', ""
    return source.finding(path, kind, zh, en, hint)


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
