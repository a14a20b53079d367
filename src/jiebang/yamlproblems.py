"""What the YAML library finds wrong with a text, in Chinese, and what to do about it."""

from __future__ import annotations

import re

#: What the YAML library says, as found in its messages, and how it is put in Chinese.
_PROBLEMS = {
    "mapping values are not allowed": "这里不能再写冒号：检查缩进，或给含冒号的文字加引号",
    "could not find expected ':'": "键后面少了冒号和空格",
    "expected <block end>": "缩进与上下不一致",
    "expected ',' or '}', but got '{'": "文字里有花括号的要加引号，或括号没有闭合",
    "expected ',' or '}', but got ':'": "文字里有冒号的要加引号，或括号没有闭合、少了逗号",
    "expected ',' or": "括号里少了逗号，或括号没有闭合",
    "expected the node content": "这里缺内容：括号没有闭合，或多了符号",
    "while scanning a quoted scalar": "引号没有闭合",
    "found unexpected end of stream": "引号或括号没有闭合",
    "cannot start any token": "这里的符号要放在引号里",
    "found undefined alias": "不能引用别处（* 开头的文字要加引号）",
    "could not determine a constructor": "不能写类型标记（! 开头的文字要加引号）",
    "sequence entries are not allowed": "“- ”的缩进不对，或上一行没有写完",
    "found character": "文件里有不允许的字符",
    "unacceptable character": "文件里有不允许的字符",
}
#: A key that ends with a full-width colon: no text that is meant has one right after a small letter.
WIDE_KEY = re.compile("[a-z_]：")
_COLON = "键后面的冒号要用半角“: ”，不是全角“：” / a key ends with “: ”, not with “：”"
_COMMA = "括号里的逗号要用半角“, ”，不是全角“，” / in brackets write “, ”, not “，”"


def in_chinese(problem: str, line: str) -> tuple[str, str]:
    """What the YAML library found on a line, in Chinese, and what to do about it where that is plain."""
    found = re.search(r'duplicate key "([^"]*)"', problem)
    if found:
        return f"同一层有重复的键“{found[1]}”", "删去一个 / delete one of them"
    told = next((zh for en, zh in _PROBLEMS.items() if en in problem), f"写法有误（{problem}）")
    remedy = _COMMA if "，" in line and "got ':'" in problem else ""
    return f"YAML {told}", _COLON if WIDE_KEY.search(line) else remedy
