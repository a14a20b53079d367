"""Books of generated policies: rules, tables, parameters, references, values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from tests.fuzz.conditions import ConditionWriter, Scope
from tests.fuzz.words import BASED, DAYS_UNIT, DERIVED, FACTS, Kind, value_of
from tests.fuzz.writing import vocabulary, write_policy

Doc = dict[str, Any]
START, END = date(2019, 8, 5), date(2019, 12, 31)
#: The days on which is decided: in each period of the parameters, and outside.
DAYS: Final = (date(2019, 9, 1), date(2019, 10, 1), date(2019, 12, 31), date(2020, 1, 1))
CHANGES: Final = (date(2019, 9, 2), date(2019, 10, 1), date(2019, 12, 31))
#: The policy that others rest on.
BASE: Final = "base"
OUTPUTS: Final = {
    "amount": Kind("money", unit="万元"),
    "points": Kind("decimal"),
    "note": Kind("text"),
    "due": Kind("date"),
    "whole": Kind("integer"),
}
#: Values that may go undeclared: their formulas say what they are.
FREE: Final = {"amount": Kind("money", unit="元"), "points": Kind("decimal")}
HITS: Final = (
    "unique", "any", "first", "first", "priority", "collect sum", "collect list", "collect max",
    "collect min", "collect count",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A generated book: its policies as data, by id, and the text of its files."""

    docs: dict[str, Doc]
    files: dict[str, str]

    @classmethod
    def of(cls, docs: dict[str, Doc], chosen: Random) -> Written:
        """The book of some policies, written down."""
        files = {f"book/{name}.yaml": write_policy(doc, chosen) for name, doc in docs.items()}
        return cls(docs, {"vocabulary.yaml": vocabulary(values_of(docs.get(BASE))), **files})


def values_of(doc: Doc | None) -> frozenset[str]:
    """The names of the values that a policy may come to."""
    if doc is None:
        return frozenset()
    said = [doc.get("default", {}), *(said_of(doc, one) for one in rules_of(doc))]
    return frozenset(name for one in said for name in one if name in OUTPUTS)


def said_of(doc: Doc, rule: Doc) -> Doc:
    """What a rule says; of a row with cells, each under its column."""
    then = rule["then"]
    return then if isinstance(then, dict) else dict(zip(doc["table"]["outputs"], then, strict=True))


def rules_of(doc: Doc) -> list[Doc]:
    """The rules, or the rows of the table."""
    return doc["rules"] if "rules" in doc else doc["table"]["rows"]


def write_book(chosen: Random, *, policies: int = 3, simple: bool = False) -> Written:
    """A book whose later policies may rest on the earlier ones."""
    docs: dict[str, Doc] = {}
    for number in range(policies):
        name = f"p{number}" if number else BASE
        docs[name] = PolicyWriter(chosen, docs, simple=simple).policy(name)
    return Written.of(docs, chosen)


@dataclass
class PolicyWriter:
    """Writes one policy that may rest on ``before``."""

    chosen: Random
    before: dict[str, Doc]
    simple: bool = False
    parameters: dict[str, Doc] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)

    def policy(self, name: str) -> Doc:
        """A policy of rules, or a table."""
        facts = dict(FACTS)
        if self.simple:
            facts = {one: kind for one, kind in FACTS.items() if not kind.many}
        else:
            facts |= DERIVED
        known = values_of(self.before.get(BASE))
        for one, (kind, value) in BASED.items():
            if self.before and not self.simple and (not value or value in known):
                facts[one] = kind
        others = [] if self.simple else list(self.before)
        self.write = ConditionWriter(self.chosen, facts, self.param, others, simple=self.simple)
        until = {"until": END} if self.chosen.random() < 0.5 else {}
        doc: Doc = {
            "policy": name,
            "title": f"试验 {name}",
            "source": {"document": "沪科合〔2019〕23号", "clause": "SH-3.1(1)", "quote": "原文"},
            "effective": {"from": START, **until},
        }
        declared = self.chosen.random() < 0.6
        self.outputs = OUTPUTS if declared else FREE
        self.said = [*self.outputs]
        table = self.chosen.random() < 0.35
        body: Doc = self._table() if table else {"rules": self._rules()}
        if not table or self.chosen.random() < 0.6:
            collects = table and body["table"]["hit"].startswith("collect")
            doc["default"] = self._default(collects=collects)
        if declared:
            doc["outputs"] = {
                one: {"type": kind.named, **({"unit": kind.unit} if kind.unit else {})}
                for one, kind in OUTPUTS.items()
            }
        return doc | ({"parameters": self.parameters} if self.parameters else {}) | body

    def param(self, kind: Kind) -> str:
        """The name of a parameter of a type, or of one that may stand for it."""
        fitting = [
            name
            for name, one in self.kinds.items()
            if (one.family, one.many) == (kind.family, kind.many)
            and (not kind.unit or one.scalar == kind.scalar)
            and (kind.unit != DAYS_UNIT or one.unit == DAYS_UNIT)
        ]
        if fitting and self.chosen.random() < 0.6:
            return self.chosen.choice(fitting)
        name = f"p{len(self.kinds)}_{kind.scalar}"
        self.kinds[name] = kind
        starts = [START, *self.chosen.sample(CHANGES, self.chosen.choice([0, 0, 1, 2]))]
        written = {"type": kind.named, **({"unit": kind.unit} if kind.unit else {})}
        self.parameters[name] = {**written, "values": [self._dated(kind, one) for one in starts]}
        return name

    def _dated(self, kind: Kind, start: date) -> Doc:
        if not self.simple and self.chosen.random() < 0.06:
            return {"from": start, "value": None}
        about = self.chosen.choice(["firm.kind", "firm.tags", "kind"])
        if not kind.many:
            return {"from": start, "value": value_of(kind, about, self.chosen)}
        fewest = 0 if self.chosen.random() < 0.1 else 1
        many = max(fewest, self.chosen.choice([0, 1, 2, 3, 5]))
        return {"from": start, "value": [value_of(kind, about, self.chosen) for _ in range(many)]}

    def _rules(self) -> list[Doc]:
        many = self.chosen.choice([1, 2, 3, 4])
        order = self.chosen.sample(range(many), many)
        rules: list[Doc] = []
        for number in range(many):
            rule: Doc = {"id": f"r{number}", "when": self.write.condition()}
            rule["then"] = self._outcome(number)
            # Later ones in a secret order override earlier ones, so that there is no circle.
            under = [f"r{other}" for other in range(many) if order[other] < order[number]]
            if under and self.chosen.random() < 0.35:
                rule["overrides"] = self.chosen.sample(under, self.chosen.randint(1, len(under)))
            if rule["then"].get("outcome") == "flag" and self.chosen.random() < 0.4:
                rule["force"] = "prefer"
            if self.chosen.random() < 0.2:
                rule["basis"] = self.chosen.choice(["interpretation", "unverified"])
            rules.append(rule)
        return rules

    def _outcome(self, number: int, verdicts: Sequence[str] = ("grant", "grant", "deny")) -> Doc:
        draw = self.chosen.random()
        if draw < 0.15 and not self.simple:
            return self._values(least=1)
        verdict = self.chosen.choice([*verdicts, *verdicts, "flag", "none"])
        code = f"C{number}" if self.chosen.random() < 0.7 else "SAME"
        said: Doc = {"outcome": verdict, "code": code, "say": "如此"}
        if self.chosen.random() < 0.3 and not self.simple:
            said |= self._values(least=0)
        if self.chosen.random() < 0.1:
            said["obligations"] = ["log_access", {"deadline": "5 working days"}]
        return said

    def _default(self, *, collects: bool) -> Doc:
        if collects and self.chosen.random() < 0.7:
            return self._values(least=1)
        said: Doc = {
            "outcome": self.chosen.choice(["deny", "deny", "none"]),
            "code": "ELSE",
            "say": "否则",
        }
        return said | (
            self._values(least=0) if self.chosen.random() < 0.3 and not self.simple else {}
        )

    def _values(self, least: int) -> Doc:
        many = self.chosen.randint(least, 2)
        return {name: self._value(name) for name in self.chosen.sample(self.said, many)}

    def _value(self, name: str) -> Any:
        kind, draw = self.outputs[name], self.chosen.random()
        declared = self.outputs is OUTPUTS
        if kind.scalar in {"text", "date"}:
            return {"param": self.param(kind)} if draw < 0.3 else value_of(kind, name, self.chosen)
        if draw < 0.2:
            return {"param": self.param(kind)}
        if draw < 0.35 and (declared or kind.scalar == "decimal"):
            return value_of(kind, name, self.chosen)
        formula = self.write.formulas.write(money=kind.scalar == "money")
        return {"formula": formula} if draw < 0.6 and declared else formula

    def _table(self) -> Doc:
        hit = self.chosen.choice(HITS[:5] if self.simple else HITS)
        pool = [name for name in self.write.scalars if name != "case.today"]
        inputs: list[Any] = self.chosen.sample(pool, self.chosen.choice([1, 2, 2, 3]))
        if self.write.others and self.chosen.random() < 0.3:
            inputs.append({"policy": self.chosen.choice(self.write.others)})
        known = [one for one in self.outputs if self.outputs[one].family in {"number", "money"}]
        columns = self.chosen.sample(known, self.chosen.choice([1, 2]))
        listed = hit.startswith("collect") and self.chosen.random() < 0.7
        if hit.split()[-1] in {"sum", "max", "min"}:
            # Texts and days have no sum; the parser says so.
            self.said = known
        rows: list[Doc] = []
        for number in range(self.chosen.choice([2, 3, 4, 6])):
            when = [self._cell(one) for one in inputs]
            if listed:
                then: Any = [self._value(name) for name in columns]
            elif hit == "any" and rows and self.chosen.random() < 0.7:
                then = rows[0]["then"]
            else:
                then = self._outcome(number)
            rows.append({"id": f"R{number}", "when": when, "then": then})
        if all(cell == "-" for row in rows for cell in row["when"]):
            rows[0]["when"][0] = self._cell(inputs[0], always=True)
        table: Doc = {"hit": hit, "inputs": inputs}
        if listed:
            table["outputs"] = columns
        if hit == "priority":
            codes = {one["then"].get("code") or one["id"] for one in rows}
            table["priority"] = self.chosen.sample(sorted(codes), len(codes))
        return {"table": {**table, "rows": rows}}

    def _cell(self, about: Any, *, always: bool = False) -> Any:
        if self.chosen.random() < 0.3 and not always:
            return "-"
        if isinstance(about, dict):
            verdicts = ["grant", "deny", "none", "value", "not_in_force"]
            return self.chosen.choice([self.chosen.choice(verdicts), {"in": verdicts[:2]}])
        kind = self.write.facts[about]
        if self.chosen.random() < 0.4:
            # A text that is a dash would be a cell that does not matter.
            found = value_of(kind, about, self.chosen)
            return {"is": found} if found == "-" else found
        cell = self.write.held(kind, about, Scope())
        if "days" not in cell and self.chosen.random() < 0.2:
            more = self.write.held(kind, about, Scope())
            cell |= {} if "days" in more else more
        return cell
