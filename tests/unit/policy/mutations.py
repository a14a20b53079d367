"""Ways to break a policy file, each wrong by construction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

#: Names that people choose: what stands under these is not a word of the language.
_CHOSEN: Final = frozenset(
    {"given", "facts", "parameters", "outputs", "value", "values", "totals", "then", "default"}
)
_OPERATORS: Final = frozenset(
    {
        "is", "is_not", "in", "not_in", "at_least", "at_most", "more_than", "less_than",
        "on_or_before", "on_or_after", "within_days_of", "matches", "known",
    }
)  # fmt: skip
#: What must stand under a path.
_REQUIRED: Final = tuple(
    (re.compile(path), frozenset(keys.split()))
    for path, keys in (
        (r"", "title source effective"),
        (r"source", "document clause quote"),
        (r"effective", "from"),
        (r"parameters\.\w+", "type values"),
        (r"parameters\.\w+\.values\.\d+", "from value"),
        (r"rules\.\d+|(table|pay)\.rows\.\d+", "id when then"),
        (r"table|pay", "hit inputs rows"),
        (r"examples\.\d+", "name as_of expect"),
    )
)


@dataclass(frozen=True)
class Spot:
    """A value in a file, with its path, its key (or none, in a list) and what it stands in."""

    path: str
    key: ScalarNode | None
    value: Node
    flow: bool

    @property
    def name(self) -> str:
        """The last word of the path."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The path of what it stands in."""
        return self.path.rpartition(".")[0]

    @property
    def plain(self) -> bool:
        """Whether it is a word without quotes."""
        return isinstance(self.value, ScalarNode) and self.value.style is None


def spots(text: str) -> list[Spot]:
    """Every value of a file."""
    return list(_spots(YAML(typ="safe", pure=True).compose(text), ""))


def _spots(node: Node, path: str) -> Iterator[Spot]:
    entries: list[tuple[str, ScalarNode | None, Node]] = []
    if isinstance(node, MappingNode):
        entries = [(key.value, key, value) for key, value in node.value]
    elif isinstance(node, SequenceNode):
        entries = [(str(index), None, value) for index, value in enumerate(node.value)]
    for name, key, value in entries:
        inner = f"{path}.{name.replace('.', '/')}" if path else name
        yield Spot(inner, key, value, bool(node.flow_style))
        yield from _spots(value, inner)


Mutation = Callable[[str, Spot, Random], str | None]


def _put(text: str, node: Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _misspelt(word: str, chosen: Random) -> str:
    at = chosen.randint(1, len(word))
    return word[:at] + chosen.choice("qxz") + word[at:]


def _key(text: str, spot: Spot, chosen: Random) -> str | None:
    """A key with a letter too many."""
    if spot.key is None or spot.parent.rpartition(".")[2] in _CHOSEN:
        return None
    return _put(text, spot.key, _misspelt(spot.key.value, chosen))


def _operator(text: str, spot: Spot, chosen: Random) -> str | None:
    if spot.key is None or spot.name not in _OPERATORS or not re.search("rules|rows", spot.path):
        return None
    return _put(text, spot.key, _misspelt(spot.name, chosen))


def _fact(text: str, spot: Spot, chosen: Random) -> str | None:
    column = re.fullmatch(r"(table|pay)\.inputs\.\d+", spot.path)
    if not (spot.plain and (spot.name == "fact" or column)):
        return None
    return _put(text, spot.value, _misspelt(spot.value.value, chosen))


def _given(text: str, spot: Spot, chosen: Random) -> str | None:
    """A fact of an example that nobody knows."""
    if spot.key is None or spot.parent.rpartition(".")[2] not in {"given", "facts"}:
        return None
    return _put(text, spot.key, _misspelt(spot.key.value, chosen))


def _parameter(text: str, spot: Spot, chosen: Random) -> str | None:
    if spot.name != "param" or not spot.plain:
        return None
    return _put(text, spot.value, _misspelt(spot.value.value, chosen))


def _clause(text: str, spot: Spot, _chosen: Random) -> str | None:
    return _put(text, spot.value, "SH-9.9.9(9)") if spot.name == "clause" else None


def _code(text: str, spot: Spot, _chosen: Random) -> str | None:
    said = spot.parent.rpartition(".")[2] in {"then", "default"}
    return (
        _put(text, spot.value, spot.value.value.lower()) if said and spot.name == "code" else None
    )


def _word(text: str, spot: Spot, chosen: Random) -> str | None:
    """A word that is not one of those that may stand there."""
    told = re.fullmatch(r".*\.(then|default|expect)\.outcome|.*\.(basis|force|hit)", spot.path)
    typed = re.fullmatch(r"parameters\.\w+\.type", spot.path)
    if not (spot.plain and (told or typed)):
        return None
    return _put(text, spot.value, _misspelt(spot.value.value.split()[0], chosen))


def _removed(text: str, spot: Spot, _chosen: Random) -> str | None:
    """A key that must be there, taken away with its value."""
    required = any(
        path.fullmatch(spot.parent) and spot.name in keys for path, keys in _REQUIRED
    ) or (spot.name in {"code", "say"} and spot.parent == "default")
    block = isinstance(spot.value, MappingNode | SequenceNode) and not spot.value.flow_style
    if spot.key is None or not required or block:
        return None
    rest = text[spot.value.end_mark.index :]
    return text[: spot.key.start_mark.index] + (re.sub(r"\A,\s*", "", rest) if spot.flow else rest)


def _doubled(text: str, spot: Spot, _chosen: Random) -> str | None:
    if spot.key is None or not spot.flow:
        return None
    at, end = spot.key.start_mark.index, spot.value.end_mark.index
    return f"{text[:at]}{text[at:end]}, {text[at:]}"


def _tab(text: str, spot: Spot, _chosen: Random) -> str | None:
    if spot.key is None or spot.flow or not spot.parent:
        return None
    line = text.rfind("\n", 0, spot.key.start_mark.index) + 1
    return f"{text[:line]}\t{text[line:].lstrip(' ')}"


def _bare(text: str, spot: Spot, chosen: Random) -> str | None:
    """A word that may or may not be a boolean."""
    return _put(text, spot.value, chosen.choice(["yes", "no", "on", "Off"])) if spot.plain else None


def _day(text: str, spot: Spot, chosen: Random) -> str | None:
    if spot.name not in {"from", "until", "as_of"}:
        return None
    return _put(text, spot.value, chosen.choice(["2019-13-40", "八月五日", "20190805", "[2019]"]))


def _type(text: str, spot: Spot, chosen: Random) -> str | None:
    """A list, a mapping or a number where none may stand."""
    if re.fullmatch(r"title|rules|table\.rows|examples|(rules|table\.rows)\.\d+\.when", spot.path):
        return _replaced(text, spot, chosen.choice(["12", "{odd: 1}", "[[]]"]))
    return None


def _unit(text: str, spot: Spot, _chosen: Random) -> str | None:
    """元 added to a count, where an amount is said."""
    cell = re.fullmatch(r"(table|pay)\.rows\.\d+\.then\.\d+", spot.path)
    said = re.fullmatch(r"(rules|table\.rows)\.\d+\.then\.outcome", spot.path)
    if cell:
        return _put(text, spot.value, '"1 + 100元"')
    if said is None or spot.key is None or not spot.flow:
        return None
    at = spot.key.start_mark.index
    return f'{text[:at]}odd: "1 + 100元", {text[at:]}'


def _policy(text: str, spot: Spot, _chosen: Random) -> str | None:
    """A rule that rests on a policy that there is not."""
    if not re.fullmatch(r"rules\.\d+\.when|qualify", spot.path):
        return None
    return _replaced(text, spot, "{policy: no-such-policy, is: grant}")


def _replaced(text: str, spot: Spot, new: str) -> str:
    block = not isinstance(spot.value, ScalarNode) and not spot.value.flow_style
    end = spot.value.end_mark.index
    if not block:
        return _put(text, spot.value, new)
    # What follows a block stands on a line of its own, as far in as it was.
    line = text.rfind("\n", 0, end) + 1
    return f"{text[: spot.value.start_mark.index]}{new}\n{text[line:]}"


def _group(text: str, spot: Spot, _chosen: Random) -> str | None:
    """A group of no conditions."""
    if spot.name not in {"all", "any"} or not re.match("rules|qualify", spot.path):
        return None
    return _replaced(text, spot, "[]")


def _bracket(text: str, spot: Spot, chosen: Random) -> str | None:
    """A bracket that is not closed, or one too many."""
    if isinstance(spot.value, ScalarNode) or not spot.value.flow_style:
        return None
    end = spot.value.end_mark.index
    return text[: end - 1] + chosen.choice(["", ")", "]}", "}]"]) + text[end:]


def _anchor(text: str, spot: Spot, _chosen: Random) -> str | None:
    at = spot.value.start_mark.index
    return f"{text[:at]}&one {text[at:]}" if spot.plain else None


def _quote(text: str, spot: Spot, _chosen: Random) -> str | None:
    """A quotation mark that is not closed."""
    at = spot.value.start_mark.index
    return f'{text[:at]}"{text[at:]}' if spot.plain and '"' not in text[at:] else None


MUTATIONS: Final[Mapping[str, Mutation]] = {
    "key": _key,
    "operator": _operator,
    "fact": _fact,
    "given": _given,
    "parameter": _parameter,
    "clause": _clause,
    "code": _code,
    "word": _word,
    "removed": _removed,
    "doubled": _doubled,
    "tab": _tab,
    "bare": _bare,
    "day": _day,
    "type": _type,
    "unit": _unit,
    "policy": _policy,
    "group": _group,
    "bracket": _bracket,
    "anchor": _anchor,
    "quote": _quote,
}


def mutations(text: str, chosen: Random) -> list[tuple[str, str]]:
    """Every kind of mutation that a file allows, once, in random order: what it is, and the file."""
    found = spots(text)
    made = []
    for name in chosen.sample([*MUTATIONS], len(MUTATIONS)):
        for spot in chosen.sample(found, len(found)):
            broken = MUTATIONS[name](text, spot, chosen)
            if broken is not None:
                made.append((f"{name} at {spot.path}", broken))
                break
    return made
