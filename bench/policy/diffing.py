"""``jiebang policy diff`` of two books over a million cases: how long, and with how much memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from bench.policy.book import write_files
from bench.policy.cases import SEED
from bench.policy.results import Figure

CASES: Final = 1_000_000
SECONDS: Final = 10.0
GIGABYTES: Final = 2.0
LONGEST: Final = 90.0
_DAY: Final = date(2019, 9, 1)
_PROVINCES: Final = ("上海市", "江苏省", "浙江省", "安徽省", "北京市")
_SERVICES: Final = ("demand_mining", "technology_transfer", "testing", "consulting")
_KINDS: Final = ("enterprise", "startup_team", "startup_company", "university")
_COVERED: Final = _SERVICES[:2]


@dataclass(frozen=True)
class Terms:
    """What the two books differ in: the most that is paid, and the days a contract may be old."""

    cap: int
    days: int | None


BEFORE: Final = Terms(cap=100_000, days=None)
AFTER: Final = Terms(cap=99_500, days=358)

_FACTS: Final[dict[str, dict[str, Any]]] = {
    "applicant.kind": {"type": "code", "options": _KINDS},
    "applicant.is_tech_sme": {"type": "boolean"},
    "applicant.employees": {"type": "integer", "unit": "人"},
    "applicant.used": {"type": "money", "unit": "元"},
    "demand.raised_by_applicant": {"type": "boolean"},
    "contract.agency_province": {"type": "code", "options": _PROVINCES},
    "contract.service": {"type": "code", "options": _SERVICES},
    "contract.amount": {"type": "money", "unit": "元"},
    "contract.signed_on": {"type": "date"},
    "newco.formed_by_both": {"type": "boolean"},
}


def write_cases(path: Path, count: int) -> pl.DataFrame:
    """Cases as Parquet: a column for each fact, money in 元, about one value in fifty missing."""
    rows = pl.select(pl.int_range(count, dtype=pl.UInt64).alias("n")).lazy()
    columns = [
        _pick(_KINDS, (70, 15, 10, 5), 0).alias("applicant.kind"),
        (_dice(1) < 80).alias("applicant.is_tech_sme"),
        (_dice(2, 400) + 1).cast(pl.Int64).alias("applicant.employees"),
        (_dice(3, 60) * 1000).cast(pl.Int64).alias("applicant.used"),
        (_dice(4) < 90).alias("demand.raised_by_applicant"),
        _pick(_PROVINCES, (80, 8, 6, 3, 3), 5).alias("contract.agency_province"),
        _pick(_SERVICES, (45, 35, 15, 5), 6).alias("contract.service"),
        (_dice(7, 257) * 1000 + 1000).cast(pl.Int64).alias("contract.amount"),
        (pl.lit(_DAY) - pl.duration(days=_dice(8, 360))).cast(pl.Date).alias("contract.signed_on"),
        (_dice(9) < 30).alias("newco.formed_by_both"),
    ]
    known = [
        pl.when(_dice(20 + place, 50) > 0).then(one).alias(name)
        for place, (name, one) in enumerate(zip(_FACTS, columns, strict=True))
    ]
    frame = rows.select(known).collect()
    frame.write_parquet(path)
    return frame


def _dice(salt: int, sides: int = 100) -> pl.Expr:
    return pl.col("n").hash(seed=SEED + salt) % sides


def _pick(words: tuple[str, ...], shares: tuple[int, ...], salt: int) -> pl.Expr:
    dice, edge = _dice(salt), 0
    picked = pl.lit(words[-1])
    edges = []
    for word, share in zip(words, shares, strict=True):
        edge += share
        edges.append((word, edge))
    for word, end in reversed(edges):
        picked = pl.when(dice < end).then(pl.lit(word)).otherwise(picked)
    return picked


def write_voucher(folder: Path, name: str, terms: Terms) -> Path:
    """A policy of eligibility and amount under these terms, as the book ``name``."""
    bought: list[dict[str, Any]] = [
        {"fact": "applicant.kind", "is": "enterprise", "unmet": "须为企业"},
        {"fact": "applicant.is_tech_sme", "is": "是", "unmet": "须为科技型中小企业"},
        {"fact": "applicant.employees", "at_most": 500, "unmet": "人数超过上限"},
        {"fact": "demand.raised_by_applicant", "is": "是", "unmet": "本届未提出技术需求"},
        {"fact": "contract.agency_province", "is": "上海市", "unmet": "服务机构不在本市"},
        {"fact": "contract.service", "in": list(_COVERED), "unmet": "不属支持的服务"},
        {"fact": "contract.amount", "at_least": 5000, "unmet": "合同金额过小"},
    ]
    if terms.days is not None:
        day = date.fromordinal(_DAY.toordinal() - terms.days).isoformat()
        bought.append({"fact": "contract.signed_on", "on_or_after": day, "unmet": "合同签订过早"})
    formed = [
        {"fact": "applicant.kind", "in": ["startup_team", "startup_company"]},
        {"fact": "newco.formed_by_both", "is": "是", "unmet": "未成立新公司"},
    ]
    share = "max(0, min(contract.amount * 40%, cap) - applicant.used)"
    policy = {
        "policy": "voucher",
        "title": {"zh": "科技创新券", "en": "Innovation voucher"},
        "source": {"document": "沪科合〔2019〕23号", "clause": "SH-3.5.1(5)", "quote": "……"},
        "effective": {"from": "2019-08-05"},
        "parameters": {
            "cap": {
                "type": "money",
                "unit": "元",
                "values": [{"from": "2019-08-05", "value": terms.cap}],
            }
        },
        "outputs": {"amount": {"type": "money", "unit": "元", "label": {"zh": "金额"}}},
        "default": {"outcome": "deny", "code": "NOT_QUALIFIED", "say": "不符合使用条件"},
        "rules": [
            {
                "id": "bought",
                "when": {"all": bought},
                "then": {"outcome": "grant", "code": "BOUGHT", "say": "购买服务", "amount": share},
            },
            {
                "id": "formed",
                "when": {"all": formed},
                "then": {"outcome": "grant", "code": "FORMED", "say": "成立公司", "amount": 50_000},
            },
        ],
    }
    facts = {fact: _described(fact, told) for fact, told in _FACTS.items()}
    write_files(folder, facts, policy, book=name)
    return folder / name


def _described(name: str, told: dict[str, Any]) -> dict[str, Any]:
    label = name.rpartition(".")[2]
    described = {**told, "label": {"zh": label, "en": label}, "source": {"case": label}}
    if "options" in told:
        described["options"] = {one: {"zh": one, "en": one} for one in told["options"]}
    return described


def count_changed(cases: pl.DataFrame) -> int:
    """How many cases change in outcome, amount, or in being decided, worked out by polars alone."""
    told = [_decided(terms) for terms in (BEFORE, AFTER)]
    differs = pl.any_horizontal(one.ne_missing(other) for one, other in zip(*told, strict=True))
    return int(cases.select(differs.sum()).item())


def _decided(terms: Terms) -> tuple[pl.Expr, pl.Expr]:
    """The outcome, missing where it is open, and the amount in 元. ``&`` and ``|`` are Kleene's."""
    col = pl.col
    amount = col("contract.amount")
    bought = (
        (col("applicant.kind") == "enterprise")
        & col("applicant.is_tech_sme")
        & (col("applicant.employees") <= 500)
        & col("demand.raised_by_applicant")
        & (col("contract.agency_province") == "上海市")
        & col("contract.service").is_in(_COVERED)
        & (amount >= 5000)
    )
    if terms.days is not None:
        first = date.fromordinal(_DAY.toordinal() - terms.days)
        bought &= col("contract.signed_on") >= first
    formed = col("applicant.kind").is_in(_KINDS[1:3]) & col("newco.formed_by_both")
    # max_horizontal and min_horizontal pass over what is missing; the amount must not.
    capped = (
        pl.when(amount * 2 <= terms.cap * 5)
        .then(amount * 2 / 5)
        .when(amount.is_not_null())
        .then(pl.lit(float(terms.cap)))
    )
    paid = (capped - col("applicant.used")).clip(lower_bound=0)
    # Both cannot hold at once, for the kinds differ: the order of the two rules does not matter.
    open_ = bought.is_null() | (bought.not_() & formed.is_null()) | (bought & paid.is_null())
    outcome = (
        pl.when(open_.fill_null(value=True))
        .then(pl.lit("undetermined"))
        .when(bought | formed)
        .then(pl.lit("grant"))
        .otherwise(pl.lit("deny"))
    )
    granted = outcome == "grant"
    value = pl.when(granted & bought).then(paid).when(granted).then(pl.lit(50_000.0))
    return outcome, value


def diffing(folder: Path, count: int = CASES) -> list[Figure]:
    """Seconds and peak memory of the command, and whether it counts the changes that there are."""
    books = [
        write_voucher(folder / "vouchers", name, terms)
        for name, terms in (("before", BEFORE), ("after", AFTER))
    ]
    path = folder / "cases.parquet"
    changed = count_changed(write_cases(path, count))
    jiebang = Path(sys.executable).with_name("jiebang")
    command = [str(jiebang), "policy", "diff", *map(str, books), "--cases", str(path), "--json"]
    answer = folder / "diff.json"
    seconds, gigabytes, status = _run(command, answer)
    agrees = changed in _numbers(answer)
    told = "found" if agrees else "NOT found in the answer"
    note = f"{changed:,} of {count:,} cases change: {told}; exit {status}"
    good = status in {0, 1} and agrees
    name = f"diff over {count:,} cases"
    quick, small = seconds <= SECONDS, gigabytes <= GIGABYTES
    return [
        Figure(name, seconds, "s", bar=f"at most {SECONDS:g} s", met=good and quick, note=note),
        Figure(
            f"{name}: peak memory",
            gigabytes,
            "GB",
            bar=f"at most {GIGABYTES:g} GB",
            met=good and small,
        ),
    ]


def _run(command: list[str], answer: Path) -> tuple[float, float, int | str]:
    """Seconds, the most memory that the processes held together, and how it ended."""
    most, begun = 0, time.perf_counter()
    with answer.open("wb") as output, subprocess.Popen(command, stdout=output) as process:
        while process.poll() is None:
            most = max(most, sum(map(_kilobytes, _family(process.pid))))
            if time.perf_counter() - begun > LONGEST:
                process.kill()
                process.wait()
                return LONGEST, most / 2**20, "late"
            time.sleep(0.02)
        return time.perf_counter() - begun, most / 2**20, process.returncode


def _family(pid: int) -> Iterator[int]:
    """A process and all that it started, as the kernel lists them."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = tasks.read_text("utf-8").split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _kilobytes(pid: int) -> int:
    """The most that a process has held so far: VmHWM, which a new program starts from nothing."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _numbers(answer: Path) -> set[int]:
    """Every whole number in the answer, whatever its shape."""
    try:
        told = json.loads(answer.read_text("utf-8"))
    except ValueError:
        return set()
    queue, found = [told], set()
    for one in queue:
        if isinstance(one, dict | list):
            queue += one.values() if isinstance(one, dict) else one
        elif isinstance(one, int) and not isinstance(one, bool):
            found.add(one)
    return found
