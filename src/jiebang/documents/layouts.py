"""What is wrong with a layout (版式文件), and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typst

#: A file or a package that a layout brings in, named in full.
_BRINGS = re.compile(r'\b(?:import|include)\s*\(?\s*"([^"\n]*)"')
#: A word that names a package, wherever it stands: typst would fetch it from the network.
_PACKAGE = re.compile(r'"(@[^"\n]*)"')
#: What nobody runs, with its line breaks: comments.
_COMMENT = re.compile(r"(?<![:\w])//[^\n]*")
#: Where typst says that a fault is; warnings may stand before it.
_PLACE = re.compile(r"^error: .*\n\s*┌─ (.+):(\d+):(\d+)$", re.MULTILINE)


class BadLayout(Exception):
    """A layout is missing, or cannot be set.

    ``path`` is the file at fault, the layout or one that it brings in; ``line`` and ``column`` are
    1-based; ``zh`` and ``en`` say what is wrong. The message is all of it.
    """

    def __init__(self, path: Path, zh: str, en: str = "", line: int = 1, column: int = 1) -> None:
        self.path, self.zh, self.en = path, zh, en or zh
        self.line, self.column = line, column
        said = zh if not en else f"{zh} / {en}"
        super().__init__(f"{path}:{line}:{column}: {said}")


def said_by_typst(error: typst.TypstError, layout: Path, root: Path) -> BadLayout:
    """The fault that typst found when it set a layout."""
    message = " ".join([error.message, *error.hints])
    place = _PLACE.search(error.diagnostic)
    if place is None:
        return BadLayout(layout, message)
    # Typst names files from the folder where the process runs, and counts columns from 0.
    named = Path(place[1]).resolve()
    path = named if named.is_relative_to(root.resolve()) else layout
    return BadLayout(path, message, line=int(place[2]), column=int(place[3]) + 1)


def refuse_packages(layout: Path, root: Path) -> None:
    """Raise ``BadLayout`` if a layout, or a file that it brings in, takes a package.

    Typst fetches packages from the network: a form would print or not as the network is.
    """
    for path, text in _brought(layout, root):
        found = _PACKAGE.search(text)
        if found:
            before = text[: found.start()]
            raise BadLayout(
                path,
                f"不能使用“{found[1]}”这样的外部程序包：打印不联网。请把需要的部件写进 forms/ 下的版式文件",
                f"“{found[1]}” is a package from the network, which printing never uses: write what "
                "you need of it into a layout below forms/",
                before.count("\n") + 1,
                len(before) - before.rfind("\n"),
            )


def _brought(layout: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """A layout and the files that it brings in, without their comments. What is not there is left out."""
    waiting, seen = [layout], set()
    while waiting:
        path = waiting.pop().resolve()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        text = _COMMENT.sub("", path.read_text("utf-8", errors="replace"))
        yield path, text
        for name in _BRINGS.findall(text):
            within = root / name.lstrip("/") if name.startswith("/") else path.parent / name
            waiting.append(within)
