"""Where the commands find forms and rules, and the edition whose lists the forms offer."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

import plaster
from pyramid.i18n import Localizer, make_localizer

from jiebang.casework.policies.choices import choices_of
from jiebang.cli.saying import Unusable, known, no_such_folder
from jiebang.cli.site import environment
from jiebang.edition.loading import FILE as EDITION
from jiebang.edition.loading import load_edition
from jiebang.forms import Form, FormBook
from jiebang.forms.book import Choices
from jiebang.i18n import DEFAULT_LOCALE, LOCALES

#: How a language may be called: as the site calls it, or shortly.
_LANGUAGES = {**{one: one for one in LOCALES}, "zh": "zh_CN"}
_LOCALES = Path("locales")
_SITE = Path("development.ini")


def add_folders(command: argparse.ArgumentParser) -> None:
    """The options that say where forms and rules are: in the current folder, as in the repository."""
    command.add_argument("--forms", type=Path, default=Path("forms"), metavar="FOLDER")
    command.add_argument("--rules", type=Path, default=Path("rules"), metavar="FOLDER")


def add_edition(command: argparse.ArgumentParser) -> None:
    """The option that says whose lists (such as 专场) a form offers."""
    command.add_argument("--edition", default="", help="the site's own, unless told")


def add_language(command: argparse.ArgumentParser) -> None:
    """The option that says in which language to answer."""
    command.add_argument("--lang", choices=tuple(_LANGUAGES), default=DEFAULT_LOCALE)


def locale_of(args: argparse.Namespace) -> str:
    """The locale that ``--lang`` means."""
    return _LANGUAGES[args.lang]


def read_forms(args: argparse.Namespace) -> FormBook:
    """The forms of a folder. Raises ``BadFile`` with every finding, and ``Unusable``."""
    if not args.forms.is_dir():
        raise Unusable(no_such_folder(args.forms))
    return FormBook.load(args.forms.resolve(), translator=translate)


def read_form(args: argparse.Namespace) -> tuple[FormBook, Form]:
    """The form that ``args.form`` names, and all of them. Raises ``BadFile`` and ``Unusable``."""
    forms = read_forms(args)
    known(args.form, forms.forms, "表单", "form")
    return forms, forms[args.form]


def edition_folders(rules: Path) -> list[Path]:
    """The folders of editions, by their names. Raises ``Unusable`` where there is none."""
    found = [one.parent for one in sorted(rules.glob(f"*/{EDITION}"))] if rules.is_dir() else []
    if not found:
        raise Unusable(f"{no_such_folder(rules)}: {EDITION}")
    return found


def read_choices(args: argparse.Namespace, forms: FormBook) -> Choices:
    """The lists that an edition brings. Raises ``BadFile`` and ``Unusable``."""
    folders = {one.name: one for one in edition_folders(args.rules.resolve())}
    edition = args.edition or (next(iter(folders)) if len(folders) == 1 else _edition_of_site())
    known(edition, folders, "届次", "edition")
    return choices_of(load_edition(folders[edition]), forms)


def _edition_of_site() -> str:
    """The edition that the site here shows. Raises ``Unusable`` where there is no site."""
    if not _SITE.is_file():
        zh, en = "有几届赛事，请用 --edition 指明", "there are several editions: name one"
        raise Unusable(f"{zh} / {en} with --edition")
    loader = plaster.get_loader(str(_SITE), protocols=["wsgi"])
    return str(loader.get_wsgi_app_settings(defaults=environment())["jiebang.edition"])


@cache
def _localizer(locale: str) -> Localizer:
    return make_localizer(locale, [str(_LOCALES.resolve())])


def translate(message: object, locale: str) -> str:
    """A message in a language, by the catalogs here; in English where there are none."""
    return str(_localizer(locale).translate(message))
