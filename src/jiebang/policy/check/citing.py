"""What policies cite: dates before the notice they rest on, and clauses that nothing rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from jiebang.clauses import FILE as CLAUSES
from jiebang.policy.book import Book
from jiebang.policy.coverage import KINDS, uncited
from jiebang.policy.language.award import Award
from jiebang.policy.language.tree import Place, Policy
from jiebang.yamlfile import Finding, decode


def find_early_dates(book: Book, one: Policy | Award) -> Iterator[Finding]:
    """Days from before the notice that is cited for them was issued."""
    source = decode(book.files[one.file], one.file)
    dates = [(one.start, one.source.clause, source.place(("effective", "from")))]
    for parameter in one.parameters.values():
        dates += [(dated.start, dated.clause, dated.place) for dated in parameter.values]
    for day, clause, place in dates:
        document = book.clauses.document_of(clause)
        if document and day < document.issued:
            yield _early(one.file, place, day, clause, document.number, document.issued)


def _early(file: str, place: Place, day: date, clause: str, number: str, issued: date) -> Finding:
    zh = f"{day} 早于所引 {clause} 的通知（{number}，{issued}）"
    en = f"{day} is before the notice of {clause} was issued ({number}, {issued})"
    hint = f"改为 {issued} 或以后，或改引别的条款 / {issued} or later, or cite another clause"
    return Finding(file, *place, "before_document", zh, en, hint, paste=f"from: {issued}")


def find_uncited(book: Book) -> Iterator[Finding]:
    """Clauses that decide something, and that no policy of the book cites."""
    names = sorted((n for n in book.files if PurePosixPath(n).name == CLAUSES), key=len)
    if not names:
        return
    source = decode(book.files[names[-1]], names[-1])
    for clause in uncited(book):
        one = book.clauses.clauses[clause]
        kind = KINDS[one.kind]
        yield source.finding(
            ("clauses", clause),
            "uncited_clause",
            f"没有政策引用 {clause}（{kind.zh}）：{one.zh}",
            f"no policy cites {clause} ({kind.in_locale('en')}): {one.en}",
            "写一个引用它的规则；不需要的，在这一条写 reason 说明"
            " / write a rule that cites it, or say under reason why none is needed",
        )
