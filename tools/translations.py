"""Bring ``locales/`` up to date with the source; ``make translations`` calls this.

``jiebang`` is extracted from our own code and templates. ``colander`` and ``deform`` ship
incomplete Chinese, so their messages are translated here too, from the lists they carry.
English needs no catalog: the message ids are the English text.

Every argument is a ``.po`` file with translations to take over, whatever its domain.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "jiebang.pot"
LIBRARIES = ("colander", "deform")


def extract(target: Path) -> None:
    """Write every message of ``src`` to ``target``, sorted and without line numbers."""
    command = [sys.executable, "-m", "lingua.extract", "--domain", "jiebang", "--sort-output"]
    command += ["--no-linenumbers", "--package-name", "jiebang", "--output", str(target), "src"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 -- our own fixed command
    listing = polib.pofile(str(target))
    listing.header = "The messages of jiebang. Written by `make translations`."
    # Nothing that changes with the day or the version: an unchanged source gives an unchanged file.
    listing.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "en"}
    listing.metadata_is_fuzzy = False
    listing.save()


def template(domain: str) -> polib.POFile:
    """All messages of one gettext domain, untranslated."""
    if domain in LIBRARIES:
        # Found without importing it: deform warns about pkg_resources when imported.
        home = Path(find_spec(domain).submodule_search_locations[0])
        return polib.pofile(str(home / "locale" / f"{domain}.pot"))
    return polib.pofile(str(TEMPLATE))


def update(path: Path, words: dict[str, str]) -> list[str]:
    """Fit one catalog to its template, fill in ``words``; return what is still untranslated."""
    old = {e.msgid: e.msgstr for e in polib.pofile(str(path)) if not e.obsolete}
    known = old | words
    new = polib.POFile(wrapwidth=98)
    new.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": path.parent.parent.name,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for entry in template(path.stem):
        # Which release of a library a message stands in is no concern of ours.
        places = entry.occurrences if path.stem == "jiebang" else []
        text = known.get(entry.msgid, "")
        new.append(
            polib.POEntry(msgid=entry.msgid, msgstr=text, occurrences=places, comment=entry.comment)
        )
    new.save(str(path))
    return [entry.msgid for entry in new.untranslated_entries()]


def main(sources: list[str]) -> None:
    """Extract, update every catalog, and name what still lacks a translation."""
    extract(TEMPLATE)
    words = {e.msgid: e.msgstr for s in sources for e in polib.pofile(s) if e.msgstr}
    missing = 0
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        for msgid in update(path, words):
            missing += 1
            sys.stderr.write(f"{path.relative_to(ROOT)}: {msgid!r} has no translation\n")
    sys.stderr.write(f"{missing} messages without translation\n")


if __name__ == "__main__":
    main(sys.argv[1:])
