"""Whether forms and rules agree (表单与规则一致): what either names is there, and of the right type.

The forms of a site serve all its editions, so each edition is asked by itself, and a fact that only
another edition's vocabulary has is no fault of a form.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from jiebang.casework.paper.layouts import LAYOUTS, check_layouts
from jiebang.casework.policies.choices import choices_of
from jiebang.casework.policies.naming import WORKFLOW, named
from jiebang.casework.policies.stating import Stated, stated
from jiebang.clauses import FILE as CLAUSES
from jiebang.clauses import load_clauses
from jiebang.edition.definition import Edition
from jiebang.edition.loading import load_edition
from jiebang.forms import Form, FormBook, Question
from jiebang.forms.book import Choices
from jiebang.forms.reading.places import Place
from jiebang.model.permissions import ROLES, STAFF, TABLE
from jiebang.policy import Book, Vocabulary
from jiebang.policy.book import VOCABULARY
from jiebang.policy.language.vocabulary import FormField, RecordField, load_vocabulary
from jiebang.workflow.definition import Definition
from jiebang.yamlfile import BadFile, Finding, Source, decode, load, nearest

_Path = tuple[str | int, ...]
#: Who may file besides those who hold a role: anybody who signed in.
SIGNED_IN = "signed_in"
#: Who may bring in workbooks: a role beside these would never reach the page.
IMPORTERS = next(row.who for row in TABLE if (row.kind, row.permission) == ("site", "import_forms"))


@dataclass(frozen=True)
class Ground:
    """What one edition brings: the phases, clauses and lists of options that a form may name.

    Without a ``vocabulary`` nothing is said of facts. ``words`` are the files it was read from,
    ``elsewhere`` the facts that other editions add.
    """

    phases: Collection[str]
    clauses: Collection[str]
    choices: Choices
    vocabulary: Vocabulary | None = None
    words: Sequence[Source] = ()
    elsewhere: Collection[str] = frozenset()


class _Place(NamedTuple):
    """Where a form's file asks a question: by itself, or through a block of several forms."""

    path: _Path
    in_block: bool


@dataclass(frozen=True)
class _File:
    """A form, its file, and the place of every question in it."""

    form: Form
    source: Source
    places: Mapping[str, _Place]


def disagreements(
    *, folder: Path, forms: FormBook, ground: Ground, only: Collection[str] | None = None
) -> list[Finding]:
    """Everything in which the forms of ``folder`` and an edition disagree; of ``only`` these forms."""
    files = {
        name: _file(folder, form)
        for name, form in forms.forms.items()
        if only is None or name in only
    }
    found: list[Finding] = []
    for file in files.values():
        found += _standing(folder, file, ground)
        found += _offering(file, forms, ground)
    if ground.vocabulary is not None:
        facts = _Facts(forms, ground, ground.vocabulary)
        for file in files.values():
            found += facts.stated_by(file)
        found += facts.expected(files, only)
    return found


def _file(folder: Path, form: Form) -> _File:
    """The form's file once more, for its places. It was read before: what was parsed is kept."""
    source = _load(folder, f"{form.id}.yaml")
    places: dict[str, _Place] = {}
    for at, section in enumerate(source.data["sections"]):
        for index, entry in enumerate(section.get("fields", ())):
            path = ("sections", at, "fields", index)
            if "block" in entry:
                block = _load(folder, f"blocks/{entry['block']}.yaml")
                for asked in block.data["fields"]:
                    key = f"{entry.get('prefix', '')}{asked['key']}"
                    places[key] = _Place(path, in_block=True)
            else:
                places[entry["key"]] = _Place(path, in_block=False)
    return _File(form, source, places)


def _load(folder: Path, name: str) -> Source:
    return load(folder / name, f"{folder.name}/{name}")


def _standing(folder: Path, file: _File, ground: Ground) -> Iterator[Finding]:
    """What a form needs besides its questions: a print layout, roles, a phase, lists, clauses."""
    form, source = file.form, file.source
    layouts = {path.stem for path in (folder / LAYOUTS).glob("*.typ")}
    if form.print not in layouts and not (folder / f"{form.id}.typ").is_file():
        yield Place(source, ("print",)).unknown("版式", "print layout", form.print, layouts)
    for path, role, roles in _roles(form):
        if role not in roles:
            yield Place(source, path).unknown("角色", "role", role, roles)
    if form.batch and form.filing and form.filing.about == "demand":
        yield Place(source, ("batch",)).says(
            "batch",
            "挂在需求上的表不能成批报送：工作簿里没有它所挂的需求",
            "a form about a demand cannot be brought in by a workbook: no row says which demand",
        )
    closes = form.filing.closes if form.filing else ""
    if closes and closes not in ground.phases:
        yield Place(source, ("filing", "closes")).unknown("阶段", "phase", closes, ground.phases)
    for path, clause in _clauses(file):
        if clause not in ground.clauses:
            yield Place(source, path).unknown("条款", "clause", clause, ground.clauses)


def _offering(file: _File, forms: FormBook, ground: Ground) -> Iterator[Finding]:
    """Each list of options that a form takes from elsewhere is brought."""
    for path, question in _lists(file):
        try:
            forms.options(question, ground.choices)
        except KeyError:
            name = question.options_from
            yield Place(file.source, path).unknown(
                "选项来源", "list of options", name, ground.choices
            )


def _lists(file: _File) -> Iterator[tuple[_Path, Question]]:
    """The questions and columns that take their options from elsewhere, each with its place."""
    for question in file.form.questions:
        path = file.places[question.key].path
        if question.options_from:
            yield (*path, "options_from"), question
        for at, column in enumerate(question.columns):
            if column.options_from:
                yield (*path, "columns", at, "options_from"), column


def _roles(form: Form) -> Iterator[tuple[_Path, str, Collection[str]]]:
    """The roles that a form names, each with its place and those it may be."""
    named: list[tuple[_Path, Sequence[str], Collection[str]]] = []
    if form.filing:
        named.append((("filing", "by"), form.filing.by, (*ROLES, SIGNED_IN)))
        # Whoever handles what others filed is of the office, and passed the second factor.
        named.append((("filing", "handled_by"), form.filing.handled_by, STAFF))
    if form.batch:
        # Who brings in many files each of them: by itself, where the form can be.
        own = form.filing.by if form.filing else (SIGNED_IN,)
        importers = [one for one in IMPORTERS if one in own or SIGNED_IN in own]
        named.append((("batch", "by"), form.batch.by, importers))
    for path, roles, known in named:
        for at, role in enumerate(roles):
            yield (*path, at), role, known


def _clauses(file: _File) -> Iterator[tuple[_Path, str]]:
    for question in file.form.questions:
        if question.clause:
            yield (*file.places[question.key].path, "clause"), question.clause
    for at, check in enumerate(file.form.checks):
        if check.clause:
            yield ("checks", at, "clause"), check.clause


@dataclass(frozen=True)
class _Facts:
    """The facts of an edition beside those that forms state."""

    forms: FormBook
    ground: Ground
    vocabulary: Vocabulary

    def stated_by(self, file: _File) -> Iterator[Finding]:
        """Each fact that a form names is in the vocabulary, and of the type that the answer gives."""
        for question in file.form.questions:
            place = file.places[question.key]
            at = (*place.path, "party" if place.in_block else "fact")
            for name, part in question.facts.items():
                if name in self.vocabulary.facts:
                    yield from self._fits(file, question, at, name, part)
                elif not (name in self.ground.elsewhere or (place.in_block and self._party(name))):
                    known = self.vocabulary.facts
                    yield Place(file.source, at).unknown("事实", "fact", name, known)

    def expected(
        self, files: Mapping[str, _File], only: Collection[str] | None
    ) -> Iterator[Finding]:
        """Each fact that the vocabulary takes from a form is stated by that form."""
        for name, fact in self.vocabulary.facts.items():
            wanted = fact.source
            if not isinstance(wanted, FormField) or (only is not None and wanted.form not in only):
                continue
            words = next(one for one in self.ground.words if name in one.data["facts"])
            path = ("facts", name, "source")
            if wanted.form not in files:
                yield Place(words, (*path, "form")).unknown(
                    "表单", "form", wanted.form, self.forms.forms
                )
                continue
            yield from _answered(files[wanted.form], name, wanted, words, path)

    def _party(self, name: str) -> bool:
        """Whether the vocabulary knows whom a block's fact is about; it need not know all of it."""
        party = name.rpartition(".")[0]
        return any(one.startswith(f"{party}.") for one in self.vocabulary.facts)

    def _codes(self, question: Question) -> tuple[str, ...] | None:
        try:
            return tuple(one.code for one in self.forms.options(question, self.ground.choices))
        except KeyError:
            # A list that nobody brings is told by itself.
            return None

    def _fits(
        self, file: _File, question: Question, at: _Path, name: str, part: str
    ) -> Iterator[Finding]:
        told, fact = stated(file.form, question, part, self._codes), self.vocabulary.facts[name]
        if told is None:
            zh = f"“{question.key}”整个不能作为事实，请写明取哪一部分，如 fact: {{{name}: …}}"
            en = f'"{question.key}" as a whole is no fact: name the part, as fact: {{{name}: …}}'
            yield file.source.finding(at, "fact_type", zh, en)
            return
        yield from _alike(file.source, at, (question.key, told), (name, fact))
        for key, described in fact.fields.items():
            column = told.columns.get(key)
            if column is None:
                path = (*at[:-1], "columns")
                yield Place(file.source, path).unknown(
                    f"事实“{name}”所需的列", "column", key, told.columns
                )
            else:
                answer, record = (f"{question.key}.{key}", column), (f"{name}.{key}", described)
                yield from _alike(file.source, at, answer, record)


def _alike(
    source: Source, at: _Path, answer: tuple[str, Stated], fact: tuple[str, RecordField]
) -> Iterator[Finding]:
    """That an answer is of the type of a fact, and its options among those of the fact."""
    (key, told), (name, wanted) = answer, fact
    if not told.fits(wanted.type):
        zh = f"“{key}”的答案是 {told.type}，而事实“{name}”是 {wanted.type}：类型不一致"
        en = f'the answer to "{key}" is {told.type}, but the fact "{name}" is {wanted.type}'
        yield source.finding(at, "fact_type", zh, en, wanted.type)
        return
    for code in told.codes or ():
        if wanted.options and code not in wanted.options:
            hint, listed = nearest(code, wanted.options), "、".join(wanted.options)
            zh = f"“{key}”的选项“{code}”不在事实“{name}”之列，可用：{listed}"
            en = f'"{key}" offers "{code}", which the fact "{name}" does not have, only: {listed}'
            yield source.finding(at, "fact_option", zh, en, hint)


def _answered(
    file: _File, name: str, wanted: FormField, words: Source, path: _Path
) -> Iterator[Finding]:
    """That the question from which the vocabulary takes a fact is there and states it."""
    questions = {one.key: one for one in file.form.questions}
    if wanted.field not in questions:
        place = (*path, "field")
        yield Place(words, place).unknown(
            f"字段（{wanted.form}）", "field", wanted.field, questions
        )
        return
    asked = questions[wanted.field]
    if wanted.part not in asked.parts:
        yield Place(words, (*path, "part")).unknown("部分", "part", wanted.part, asked.parts)
    elif name not in asked.facts:
        zh = f"词表从这里取事实“{name}”，请写明 fact"
        en = f'the vocabulary takes the fact "{name}" from here: say so with “fact”'
        paste = f"fact: {name}" if wanted.part == "value" else f"fact: {{{name}: {wanted.part}}}"
        line, column = file.source.place(file.places[asked.key].path)
        yield Finding(file.source.name, line, column, "fact_unstated", zh, en, paste=paste)


def check_forms(
    folder: Path, editions: Iterable[Path], *, only: Collection[str] | None = None
) -> list[Finding]:
    """What is wrong with forms: by themselves, on paper, and beside the rules of each edition."""
    try:
        forms = FormBook.load(folder)
    except BadFile as bad:
        return list(bad.findings)
    found: dict[Finding, None] = {}
    offered: Choices | None = None
    for edition in editions:
        try:
            ground = read_ground(edition, forms)
            offered = ground.choices
            workflow = Definition.load(edition / WORKFLOW, known_forms=forms.forms)
            told = [
                *named(
                    folder=edition,
                    edition=load_edition(edition),
                    workflow=workflow,
                    forms=forms,
                    only=only,
                ),
                *disagreements(folder=folder, forms=forms, ground=ground, only=only),
            ]
        except BadFile as bad:
            told = list(bad.findings)
        found |= dict.fromkeys(told)
    if offered is not None:
        layouts = check_layouts(folder=folder, forms=forms, choices=offered, only=only)
        found |= dict.fromkeys(layouts)
    return list(found)


def read_ground(folder: Path, forms: FormBook) -> Ground:
    """What the files of an edition bring, whether or not its policies are sound. Raises ``BadFile``."""
    files = {
        name: path
        for path, name in (
            (folder.with_name(VOCABULARY), VOCABULARY),
            (folder / VOCABULARY, f"{folder.name}/{VOCABULARY}"),
        )
        if path.is_file()
    }
    words = [load(path, name) for name, path in files.items()]
    ground = ground_of(folder, load_edition(folder), forms)
    return replace(ground, vocabulary=load_vocabulary(words), words=words)


def ground_of(
    folder: Path, edition: Edition, forms: FormBook, *, book: Book | None = None
) -> Ground:
    """What an edition brings; its facts where it comes with its book. Raises ``BadFile``."""
    files = book.files if book else {}
    return Ground(
        phases=[one.code for one in edition.phases],
        clauses=known_clauses(folder),
        choices=choices_of(edition, forms),
        vocabulary=book.vocabulary if book else None,
        words=[
            decode(content, name)
            for name, content in files.items()
            if PurePosixPath(name).name == VOCABULARY
        ],
        elsewhere=facts_elsewhere(folder),
    )


def known_clauses(folder: Path) -> frozenset[str]:
    """The clauses of an edition, and those that all editions share."""
    own = load_clauses(folder).keys()
    shared = folder.with_name(CLAUSES)
    return frozenset(own | (load_clauses(folder.parent).keys() if shared.is_file() else set()))


def facts_elsewhere(folder: Path) -> frozenset[str]:
    """The facts that the other editions beside this one add."""
    found: set[str] = set()
    for path in folder.parent.glob(f"*/{VOCABULARY}"):
        # What is wrong with another edition's file is told there.
        with suppress(BadFile, KeyError, TypeError):
            found |= set(load(path).data["facts"])
    return frozenset(found)
