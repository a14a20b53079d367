"""Which regular expressions a form file may hold: those that mean the same everywhere and never run away."""

from __future__ import annotations

import importlib
import re
from typing import Any

#: How a pattern is taken apart; ``re`` offers it under no public name.
_parser: Any = importlib.import_module("re._parser")
#: The ways there may be to try a pattern on an answer; a million take less than a tenth of a second.
_WAYS = 1_000_000
#: A repetition without end counts as so many choices, and as so many times for what is inside it.
_ENDLESS = 1_000
_OFTEN = 30

_FORBIDDEN = {
    "AT": ("^ 和 $ 不用写：整个答案都要符合", "leave ^ and $ out: the whole answer has to fit"),
    "ASSERT": ("不能用前后断言", "no looking ahead or behind"),
    "ASSERT_NOT": ("不能用前后断言", "no looking ahead or behind"),
    "GROUPREF": ("不能引用前面的分组", "no reference to a group"),
    "GROUPREF_EXISTS": ("不能引用前面的分组", "no reference to a group"),
    "CATEGORY": (r"不能用 \d、\w、\s，请写 [0-9] 等", r"write [0-9] and the like, not \d, \w, \s"),
    "ATOMIC_GROUP": ("不能用原子分组", "no atomic group"),
    "POSSESSIVE_REPEAT": ("不能用占有量词", "no possessive repetition"),
    "MIN_REPEAT": ("不能用懒惰量词", "no lazy repetition"),
}


def fault(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, in Chinese and English."""
    try:
        re.compile(pattern)
        tree = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        place = getattr(error, "pos", None)
        zh = "表达式写错了" if place is None else f"表达式写错了：见第 {place + 1} 个字符处"
        return zh, f"not a regular expression: {error}"
    if tree.state.flags != re.UNICODE.value or tree.state.groupdict:
        return "不能带标志或命名分组", "no flags and no named groups"
    ways = _Ways()
    ways.walk(tree, times=1)
    if ways.fault is None and ways.number > _WAYS:
        return (
            "可变的重复太多，匹配会很慢；请写明次数",
            "so many free repetitions may take very long: say how often",
        )
    return ways.fault


class _Ways:
    """The first fault in a pattern, and in how many ways it may have to be tried."""

    def __init__(self) -> None:
        self.fault: tuple[str, str] | None = None
        self.number = 1

    def walk(self, tree: Any, *, times: int) -> None:
        """Look at every part of what may stand there so many ``times``."""
        for operation, argument in tree:
            name = str(operation)
            if name in _FORBIDDEN:
                self.fault = self.fault or _FORBIDDEN[name]
            elif name == "MAX_REPEAT":
                least, most, inside = argument
                self.number *= min(int(most) - int(least) + 1, _ENDLESS) ** times
                self.walk(inside, times=min(times * int(most), _OFTEN))
            elif name == "BRANCH":
                self.number *= len(argument[1]) ** times
                for branch in argument[1]:
                    self.walk(branch, times=times)
            elif name == "SUBPATTERN":
                self.walk(argument[-1], times=times)
            elif name == "IN":
                self.walk(argument, times=times)
