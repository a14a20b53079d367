"""Putting blocks into a form: keys prefixed, conditions renamed, wording changed, facts given a party."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiebang.forms.language.conditions import Computed, Condition
from jiebang.forms.language.definition import (
    BlockFile,
    BlockUse,
    Change,
    FormFile,
    Section,
    SectionFile,
)
from jiebang.forms.language.question import Question
from jiebang.forms.reading.places import Place
from jiebang.yamlfile import Finding, Source

Blocks = Mapping[str, tuple[Source, BlockFile]]


@dataclass(frozen=True)
class Asked:
    """A question of a form, and where its file asks it: itself, or a block that it ``uses``."""

    question: Question
    place: Place
    uses: BlockUse | None = None


@dataclass(frozen=True)
class Assembled:
    """The sections of a form with every block put in, and where each question stands."""

    sections: tuple[Section, ...]
    asked: tuple[Asked, ...]


def assemble(source: Source, file: FormFile, blocks: Blocks, findings: list[Finding]) -> Assembled:
    """Put the blocks in; what cannot be is told in ``findings`` and left out."""
    sections: list[Section] = []
    asked: list[Asked] = []
    for at, section in enumerate(file.sections):
        here = Place(source, ("sections", at))
        added = list(_section(here, section, blocks, findings))
        asked += added
        sections.append(
            Section(
                id=section.id,
                title=section.title,
                help=section.help,
                text=section.text,
                filled_by=section.filled_by,
                shown_when=section.shown_when,
                after=section.after,
                questions=tuple(one.question for one in added),
            )
        )
    return Assembled(tuple(sections), tuple(asked))


def _section(
    here: Place, section: SectionFile, blocks: Blocks, findings: list[Finding]
) -> Iterator[Asked]:
    for index, entry in enumerate(section.fields):
        place = here.at("fields", index)
        if isinstance(entry, Question):
            yield Asked(entry, place)
        else:
            for question in _from_block(place, entry, blocks, findings):
                yield Asked(question, place, entry)


def _from_block(
    place: Place, use: BlockUse, blocks: Blocks, findings: list[Finding]
) -> Iterator[Question]:
    if use.block not in blocks:
        findings.append(place.at("block").unknown("题组", "block", use.block, blocks))
        return
    asked = blocks[use.block][1].fields
    keys = [question.key for question in asked]
    for index, key in enumerate(use.omit):
        if key not in keys:
            findings.append(place.at("omit", index).unknown("字段", "field", key, keys))
    for key in use.change:
        if key not in keys or key in use.omit:
            kept = [one for one in keys if one not in use.omit]
            findings.append(place.at("change", key).unknown("字段", "field", key, kept))
    for question in asked:
        if question.key not in use.omit:
            yield _used(question, use)


def _used(question: Question, use: BlockUse) -> Question:
    """A question of a block as this use of it asks it."""
    change = use.change.get(question.key, Change())
    changed = {name: value for name, value in change if value is not None}
    facts = question.facts if use.party else {}
    own: dict[str, Any] = {
        "key": use.prefix + question.key,
        "fact": {f"{use.party}.{name}": part for name, part in facts.items()},
        "shown_when": (*use.shown_when, *_renamed(question.shown_when, use.prefix)),
        "required_when": _renamed(question.required_when, use.prefix),
        "computed": question.computed and _prefixed(question.computed, use.prefix),
    }
    return question.model_copy(update={**changed, **own})


def _renamed(conditions: tuple[Condition, ...], prefix: str) -> tuple[Condition, ...]:
    return tuple(one.model_copy(update={"field": prefix + one.field}) for one in conditions)


def _prefixed(computed: Computed, prefix: str) -> Computed:
    return Computed(
        sum=tuple(prefix + name for name in computed.sum),
        count=computed.count and prefix + computed.count,
        difference=tuple(prefix + name for name in computed.difference),
        weighted=tuple(prefix + name for name in computed.weighted),
    )
