"""The explainer: the second of the two readers that compute every decision, and the one that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jiebang.clock import show_date
from jiebang.policy.blocking import Blocker, Blocking
from jiebang.policy.bound import BoundPolicy, Right, bound_leaves
from jiebang.policy.decision import Decision, stated
from jiebang.policy.language.tree import Literal, Obligation, Outcome, Policy
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.meaning import Settled, collects, lacking, open_parameters, outcome_of
from jiebang.policy.reading import Read, make_reader
from jiebang.policy.states import MET, UNKNOWN, UNMET, Facts, State
from jiebang.policy.tracing import Trace, Tracer, weakest
from jiebang.policy.words import Quantity, shown
from jiebang.wording import Wording

#: Codes of decisions that no rule words.
MISSING, NOT_STATED, NOT_IN_FORCE = "FACTS_MISSING", "NOT_STATED", "NOT_IN_FORCE"
NO_VALUE, TABLE_CONFLICT, DISAGREEMENT = "NO_VALUE", "TABLE_CONFLICT", "ENGINE_DISAGREES"
COLLECTED: Final = "COLLECTED"
_BY_HAND: Final = {
    DISAGREEMENT: (
        "两套计算结果不一致，须由人工处理",
        "The two computations disagree; a person must decide.",
    ),
    TABLE_CONFLICT: (
        "表中有互相冲突的行同时成立，须由人工处理",
        "Rows of the table that contradict each other apply; a person must decide.",
    ),
    NO_VALUE: (
        "公式在这一情形下没有结果（如除数为零），须由人工处理",
        "A formula has no value here, as in a division by zero; a person must decide.",
    ),
}
_NO_FACTS: Final[Mapping[str, tuple[str, ...]]] = {}


@dataclass(frozen=True)
class Reading:
    """A case as the explainer read it: the state of each rule, and its entry in the trace."""

    facts: Facts
    states: list[State]
    entries: list[Trace]


@dataclass
class Explainer:
    """Words the verdicts of one policy on one period."""

    bound: BoundPolicy
    vocabulary: Vocabulary
    _read: Read = field(init=False)
    _static: list[dict[str, Any]] = field(init=False)
    _flags: list[int] = field(init=False)
    _denying: list[int] = field(init=False)
    _blocked: list[tuple[int, Blocking]] = field(init=False)
    _worded: dict[int | None, Mapping[str, Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        rules = list(enumerate(self.bound.rules))
        self._static = [self._rule(number) for number, _ in rules]
        tracer = Tracer(self.bound.policy, self.vocabulary)
        self._read = make_reader(self.bound, tracer, self._static)
        self._flags = [number for number, one in rules if one.rule.then.outcome == "flag"]
        self._denying = [number for number, one in rules if one.rule.then.outcome == "deny"]
        clause = self.bound.policy.source.clause
        self._blocked = [
            (number, Blocking(one, clause, self.vocabulary))
            for number, one in rules
            if one.rule.then.outcome == "grant"
        ]

    def read(self, facts: Facts) -> Reading:
        """The states and traces of the rules on a case."""
        return Reading(facts, *self._read(facts))

    def decision(
        self,
        reading: Reading,
        settled: Settled,
        *,
        book: str,
        as_of: date,
        behind: Mapping[str, tuple[str, ...]] = _NO_FACTS,
    ) -> Decision:
        """The decision in full. ``behind`` names the facts behind a derived one that is missing."""
        policy = self.bound.policy
        flags = [number for number in self._flags if settled.applied[number] is MET]
        codes = tuple(dict.fromkeys(self.bound.rules[n].rule.then.code for n in flags))
        flagged = [self._reason(number) for number in flags]
        open_flags = tuple(self._open_flags(reading, settled, behind))
        trace = self._traced(reading, settled)
        if not settled.decided:
            code, reasons = self._open(reading, settled)
            missing = [one for name in settled.missing for one in behind.get(name, (name,))]
            return Decision(
                policy.id, book, as_of, "undetermined", code, {}, (*reasons, *flagged), (),
                tuple(dict.fromkeys(missing)), codes, (), trace, open_flags,
            )  # fmt: skip
        said = outcome_of(self.bound, settled.rule)
        reasons = self._reasons(settled, said)
        denied = said.outcome == "deny"
        return Decision(
            policy.id,
            book,
            as_of,
            said.outcome,
            COLLECTED if collects(self.bound) else said.code,
            {name: stated(one, self._typed(name)) for name, one in (settled.values or {}).items()},
            (*reasons, *flagged),
            self._blocking(reading) if denied else (),
            (),
            codes,
            tuple(self._duty(one) for one in said.obligations),
            trace,
            open_flags,
        )

    def _open_flags(
        self, reading: Reading, settled: Settled, behind: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Mapping[str, Any]]:
        """The flags that facts still missing could raise, each with these facts."""
        for number in self._flags:
            if settled.applied[number] is UNKNOWN:
                said = self.bound.rules[number].rule.then
                missing = lacking(self.bound, number, reading.facts)
                yield {
                    "code": said.code,
                    "text": said.say.zh,
                    "text_en": said.say.in_locale("en"),
                    "missing": list(
                        dict.fromkeys(one for name in missing for one in behind.get(name, (name,)))
                    ),
                }

    def by_hand(self, decision: Decision, code: str) -> Decision:
        """What is decided when nothing can be: nothing; a person must look."""
        return Decision(
            decision.policy, decision.book, decision.as_of, "undetermined", code,
            reasons=(self._told(code.lower(), "undetermined", *_BY_HAND[code], "", "unverified"),),
            trace=decision.trace,
        )  # fmt: skip

    def _open(self, reading: Reading, settled: Settled) -> tuple[str, list[Mapping[str, Any]]]:
        """Why nothing is decided: a person must, or facts are missing."""
        if settled.conflict or settled.no_value:
            code = TABLE_CONFLICT if settled.conflict else NO_VALUE
            words = _BY_HAND[code]
            return code, [self._told(code.lower(), "undetermined", *words, "", "unverified")]
        gaps = self._gaps(reading, settled)
        return (NOT_STATED if gaps else MISSING), gaps

    def _gaps(self, reading: Reading, settled: Settled) -> list[Mapping[str, Any]]:
        found = []
        for one in open_parameters(self.bound, reading.facts, settled):
            dated = self.bound.values[one.name]
            name = one.title.zh if one.title else one.name
            name_en = one.title.in_locale("en") if one.title else one.name
            zh = f"通知没有规定“{name}”，须由人工决定"
            en = f"The notice does not state “{name_en}”; a person must decide."
            clause = dated.clause if dated else ""
            found.append(self._told(one.name, "undetermined", zh, en, clause, one.basis))
        return found

    def _reasons(self, settled: Settled, said: Outcome) -> list[Mapping[str, Any]]:
        if collects(self.bound):
            met = [number for number, state in enumerate(settled.applied) if state is MET]
            return [self._reason(number, settled.values) for number in (met or (None,))]
        reasons = [self._reason(settled.rule, settled.values)]
        if said.outcome == "deny":
            reasons += [
                self._reason(number)
                for number in self._denying
                if settled.applied[number] is MET and number != settled.rule
            ]
        return reasons

    def _reason(
        self, number: int | None, values: Mapping[str, Value] | None = None
    ) -> Mapping[str, Any]:
        """The reason that a rule, or the default, gives. Where it holds no values it is kept."""
        if not values:
            kept = self._worded.get(number)
            if kept is None:
                kept = self._worded[number] = self._say(number, {})
            return kept
        return self._say(number, values)

    def _say(self, number: int | None, values: Mapping[str, Value]) -> Mapping[str, Any]:
        said = outcome_of(self.bound, number)
        zh, en = self._filled(said.say, values)
        if number is None:
            basis = weakest("text", *self._bases(self.bound.default_values.values()))
            return self._told("default", said.outcome, zh, en, "", basis)
        rule = self.bound.rules[number].rule
        basis = self._static[number]["basis"]
        return self._told(
            rule.id, said.outcome, zh, en, rule.clause, basis, quote=rule.quote, force=rule.force
        )

    def _filled(self, say: Wording, values: Mapping[str, Value]) -> tuple[str, str]:
        """The words of an outcome, with ``{name}`` replaced by what the value comes to."""
        zh, en = say.zh, say.in_locale("en")
        for name, value in values.items():
            about = Quantity(self._typed(name))
            zh = zh.replace(f"{{{name}}}", shown(value, about, "zh"))
            en = en.replace(f"{{{name}}}", shown(value, about, "en"))
        return zh, en

    def _told(
        self,
        rule: str,
        outcome: str,
        zh: str,
        en: str,
        clause: str,
        basis: str,
        *,
        quote: str = "",
        force: str = "must",
    ) -> Mapping[str, Any]:
        source = self.bound.policy.source
        return {
            "rule": rule,
            "outcome": outcome,
            "text": zh,
            "text_en": en,
            "clause": clause or source.clause,
            "quote": quote or (source.quote if clause in {"", source.clause} else ""),
            "document": source.document,
            "basis": basis,
            "force": force,
        }

    def _bases(self, rights: Iterator[Right] | Any) -> list[str]:
        """The bases of the parameters that were put in."""
        return [self.bound.policy.parameters[one].basis for right in rights for one in right.params]

    def _basis(self, number: int) -> str:
        """The weakest of the bases that a reason rests on, its parameters' among them."""
        one = self.bound.rules[number]
        rights = [leaf.right for leaf in bound_leaves(one.when)]
        return weakest(one.rule.basis, *self._bases([*rights, *one.values.values()]))

    def _typed(self, name: str) -> Type:
        """The type of a value: as declared, or as its formula has it."""
        declared = self.bound.policy.outputs.get(name)
        if declared:
            return declared.type
        rights = [one.values[name] for one in self.bound.rules if name in one.values]
        if name in self.bound.default_values:
            rights.append(self.bound.default_values[name])
        for right in rights:
            if right.formula:
                return right.formula.type
            if right.params:
                return self.bound.policy.parameters[right.params[0]].type
        return Type("decimal")

    def _duty(self, one: Obligation) -> str | dict[str, str]:
        """An obligation as it stands in the file, with the number of days put in."""
        if one.amount is None:
            return {one.name: one.detail} if one.detail else one.name
        dated = self.bound.values[one.amount.name]
        if dated is None or dated.value is None:
            return {one.name: "not stated"}
        unit = one.detail.removesuffix("s") if dated.value == 1 else one.detail
        return {one.name: f"{dated.value} {unit}"}

    def _blocking(self, reading: Reading) -> tuple[Mapping[str, Any], ...]:
        """Why not: the conditions that keep each granting rule from being met, each once."""
        found: list[Blocker] = []
        for number, blocking in self._blocked:
            if reading.states[number] is UNMET:
                blocking.walk(reading.entries[number]["when"], found)
        # The first of those that say the same, in the place of the last.
        return tuple(reversed(dict(reversed(found)).values()))

    def _rule(self, number: int) -> dict[str, Any]:
        rule = self.bound.rules[number].rule
        values = {
            name: (one.text if not isinstance(one, Literal) else None)
            for name, one in rule.then.values.items()
            if hasattr(one, "text")
        }
        return {
            "rule": rule.id,
            "title": {
                "zh": rule.title.zh if rule.title else rule.then.say.zh,
                "en": (rule.title or rule.then.say).in_locale("en"),
            },
            "outcome": rule.then.outcome,
            "code": rule.then.code,
            "basis": self._basis(number),
            **({"formulas": values} if values else {}),
            **dict.fromkeys(("state", "applied", "when")),
        }

    def _traced(self, reading: Reading, settled: Settled) -> tuple[Mapping[str, Any], ...]:
        if settled.applied != tuple(reading.states):
            for entry, applied in zip(reading.entries, settled.applied, strict=True):
                entry["applied"] = applied.value
        return tuple(reading.entries)


def not_in_force(policy: Policy, *, book: str, as_of: date) -> Decision:
    """What is decided on a day outside the policy's dates."""
    title = policy.title
    reason = {
        "rule": "effective",
        "outcome": "not_in_force",
        "text": f"{show_date(as_of, 'zh')}“{title.zh}”不在施行期内",
        "text_en": f"“{title.in_locale('en')}” is not in force on {show_date(as_of, 'en')}.",
        "clause": policy.source.clause,
        "basis": "text",
    }
    return Decision(policy.id, book, as_of, "not_in_force", NOT_IN_FORCE, reasons=(reason,))
