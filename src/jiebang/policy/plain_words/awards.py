"""A whole award in plain Chinese or English: who qualifies, how entries rank, how many, who pays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from jiebang.policy.binding import bind
from jiebang.policy.language.award import Award, Flag, Rank, WeightedSum
from jiebang.policy.language.terms import ParamRef
from jiebang.policy.language.tree import Operand
from jiebang.policy.language.types import Type
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.plain_words.policies import Line, ParameterRead, Reader, RuleRead, Said
from jiebang.policy.plain_words.words import pick, spoken

_COUNT = Type("integer")


@dataclass(frozen=True)
class AwardReading:
    """An award in words, as its parameters stand on a day. ``facts`` are its terms, name by name."""

    sentence: str
    facts: tuple[tuple[str, str], ...]
    qualify: Line | None
    pay: tuple[RuleRead, ...]
    must_hold: str
    parameters: tuple[ParameterRead, ...]


def read_award(award: Award, vocabulary: Vocabulary, day: date, locale: str) -> AwardReading:
    """An award in ``zh`` or ``en`` with the parameters of a day; before its first day, of that."""
    reader = _AwardReader(award, vocabulary, max(day, award.start), locale)
    return AwardReading(
        sentence=reader.summary(),
        facts=tuple(reader.terms()),
        qualify=reader.qualify(),
        pay=reader.pay(),
        must_hold=reader.must_hold(),
        parameters=tuple(reader.parameters()),
    )


def payer(award: Award, name: str, locale: str) -> str:
    """What a payer is called in ``zh`` or ``en``."""
    known = award.pay.outputs.get(name) if award.pay else None
    return known.label.in_locale(locale) if known else name


class _AwardReader(Reader):
    """Puts the parts of one award into words."""

    def __init__(self, award: Award, vocabulary: Vocabulary, day: date, locale: str) -> None:
        super().__init__(award.parameters, vocabulary, day, locale)
        self._award, self._known = award, vocabulary

    def summary(self) -> str:
        """What an award is, in one sentence."""
        rank, quota = self._award.rank, self._award.quota
        parts = [
            self.say(("合格的参评者", "Entries that qualify"))
            if self._award.qualify
            else self.say(("全部参评者", "All entries"))
        ]
        if rank:
            parts.append(
                self.say((f"按{self._score(rank)}排序", f"are ranked by {self._score(rank)}"))
            )
        places = self.say((f"名额：{self._places()}", f"places: {self._places()}"))
        parts.append(places if quota else self.say(("逐项评定", "are judged one by one")))
        if self._award.must_hold:
            amount = self._operand(self._award.must_hold.equals, Type("money", unit="元"))
            parts.append(self.say((f"每项 {amount}", f"{amount} each")))
        elif not self._award.pay:
            parts.append(self.say(("只授称号", "a title without money")))
        if rank and self.locale == "en":
            parts[:2] = [" ".join(parts[:2])]
        return self.say(("，", "; ")).join(parts) + self.say(("。", "."))

    def terms(self) -> list[tuple[str, str]]:
        """Every term of the award that is not a table."""
        award, quota = self._award, self._award.quota
        found = [(self.say(("授予", "Goes to")), self._recipients())]
        if award.rank:
            found.append((self.say(("排序依据", "Ranked by")), self._ranking(award.rank)))
        for fact, descending in award.tie_break:
            way = self._way(descending=descending)
            told = self.say((f"{self.label(fact)}（{way}）", f"{self.label(fact)} ({way})"))
            found.append((self.say(("同分时", "Ties")), told))
        found.append((self.say(("名额", "Places")), self._places()))
        if quota:
            found += self._flags(quota.short, ("不足时", "When short"))
            found += self._flags(quota.tied, ("末位并列时", "Tied for the last place"))
        if award.scope:
            name = self.label(award.scope)
            found.append(
                (
                    self.say(("分组", "Groups")),
                    self.say((f"按{name}分别评定", f"judged for each {name}")),
                )
            )
        found.append((self.say(("可否兼得", "With other awards")), self._cumulative()))
        return found

    def qualify(self) -> Line | None:
        """The condition to take part."""
        if self._award.qualify is None:
            return None
        bound = bind(self._award.qualify, self.day, self._known)
        return self.line(bound.rules[0].when)

    def pay(self) -> tuple[RuleRead, ...]:
        """The rows of the table of who pays how much."""
        pay = self._award.pay
        rows = self.rules(bind(pay, self.day, self._known)) if pay else ()
        return tuple(replace(row, said=self._paid(row.said)) for row in rows)

    def _paid(self, said: Said) -> Said:
        values = tuple(
            (payer(self._award, name, self.locale), amount) for name, amount in said.values
        )
        return replace(said, verdict=self.say(("出资", "Pays")), text="", values=values)

    def must_hold(self) -> str:
        """What the payers pay must add up to."""
        held = self._award.must_hold
        if held is None:
            return ""
        total = self._operand(held.equals, Type("money", unit="元"))
        names = self.listed([payer(self._award, one, self.locale) for one in held.outputs])
        return self.say((f"{names} 合计为 {total}", f"{names} add up to {total}"))

    def _operand(self, one: Operand | None, typed: Type) -> str:
        return self.operand(one, typed) if one else ""

    def _recipients(self) -> str:
        return self.listed(
            [
                self.named(one.role) + (f" {one.share * 100:g}%" if 0 < one.share < 1 else "")
                for one in self._award.recipients
            ]
        )

    def _score(self, rank: Rank) -> str:
        if isinstance(rank.score, WeightedSum):
            name = self.parameter(rank.score.parameter)
            return self.say((f"“{name}”加权平均分", f"the mean weighted by “{name}”"))
        return self.operand(rank.score, Type("decimal"))

    def _ranking(self, rank: Rank) -> str:
        way = self._way(descending=rank.descending)
        return self.say(
            (
                f"{self._score(rank)}（{way}，保留 {rank.places} 位小数）",
                f"{self._score(rank)} ({way}, to {rank.places} places)",
            )
        )

    def _way(self, *, descending: bool) -> str:
        if descending:
            return self.say(("从高到低", "highest first"))
        return self.say(("从低到高", "lowest first"))

    def _places(self) -> str:
        quota = self._award.quota
        least = self._operand(quota.minimum, _COUNT) if quota else ""
        most = self._operand(quota.maximum, _COUNT) if quota else ""
        if quota and self._open(quota.minimum) and self._open(quota.maximum):
            words = self.say(("通知没有规定", "not stated in the notice"))
        elif least == most:
            words = most or self.say(("不限", "no limit"))
        elif least and most:
            words = self.say((f"{least} 至 {most}", f"{least} to {most}"))
        elif least:
            words = self.say((f"至少 {least}", f"at least {least}"))
        else:
            words = self.say((f"至多 {most}", f"at most {most}"))
        if quota and quota.per:
            group, each = self.label(quota.per), self._operand(quota.per_group, _COUNT)
            words += self.say((f"；每个{group}至多 {each}", f"; at most {each} for each {group}"))
        return words

    def _open(self, one: Operand | None) -> bool:
        """Whether the notice sets no such number."""
        if not isinstance(one, ParamRef):
            return one is None
        dated = self._award.parameters[one.name].on(self.day)
        return dated is None or dated.value is None

    def _flags(self, flag: Flag | None, name: tuple[str, str]) -> list[tuple[str, str]]:
        return [(pick(name, self.locale), spoken(flag.say, self.locale))] if flag else []

    def _cumulative(self) -> str:
        return {
            True: self.say(("可以", "may be won with others")),
            False: self.say(("不可以", "not with others")),
            None: self.say(("通知没有写明", "the notice does not say")),
        }[self._award.cumulative]
