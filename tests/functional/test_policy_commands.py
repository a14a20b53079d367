"""``jiebang policy publish`` and ``replay`` as people type them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pyramid.paster import get_app

from jiebang import clock
from jiebang.cli import main
from jiebang.outbox.loop import transaction_on
from tests.functional.test_commands import ini

RULE = "shanghai-2019/eligibility/demander.yaml"
Output = pytest.CaptureFixture[str]


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The ini file of a site in production: published books decide."""
    path = Path(ini(tmp_path))
    text = path.read_text("utf-8")
    path.write_text(text.replace("reload_rules = true", "reload_rules = false"), "utf-8")
    return str(path)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the book, elsewhere, with its words and clauses beside it."""
    rules = Path(__file__).parents[2] / "rules"
    return Path(shutil.copytree(rules, tmp_path / "draft")) / "shanghai-2019"


def change(book: Path, was: str, now: str) -> None:
    file = book.parent / RULE
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now), "utf-8")


def publish(book: Path, day: str, address: str) -> int:
    return main(["policy", "publish", str(book), "--effective", day, address])


def publications(address: str) -> list[tuple[str, str]]:
    app = get_app(address)
    with transaction_on(app.registry.database) as site:
        made = site["policy"].books("shanghai-2019").publications
        found = [(one.version, one.effective.isoformat()) for one in made]
    app.registry.decider.close()
    app.registry.database.close()
    return found


def test_publishing_twice_is_said_and_done_once(address: str, book: Path, capsys: Output) -> None:
    today = clock.today().isoformat()
    change(book, "符合参赛条件", "符合参赛条件（新版）")
    assert publish(book, today, address) == 0
    assert "已发布 / published: shanghai-2019" in capsys.readouterr().out
    assert publish(book, today, address) == 0
    assert "nothing changed" in capsys.readouterr().out
    (first, since), (second, day) = publications(address)
    assert (since, day) == ("2019-08-05", today)
    assert first != second


def test_a_broken_book_is_refused_with_its_findings(
    address: str, book: Path, capsys: Output
) -> None:
    change(book, "when:", "wenn:")
    assert publish(book, clock.today().isoformat(), address) == 1
    said = capsys.readouterr().out
    assert "eligibility/demander.yaml:" in said
    assert "not published" in said
    assert len(publications(address)) == 1


def test_what_was_in_force_on_a_day_that_is_past_stays_so(
    address: str, book: Path, capsys: Output
) -> None:
    change(book, "符合参赛条件", "符合参赛条件（新版）")
    assert publish(book, "2020-01-01", address) == 1
    said = capsys.readouterr().out
    assert "最早自今日" in said
    assert "2020-01-01" in said
    assert len(publications(address)) == 1


@pytest.mark.parametrize("day", ["2020-13-01", "tomorrow"])
def test_a_day_is_a_date(address: str, book: Path, day: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        publish(book, day, address)
    assert stopped.value.code == 2


def test_a_book_of_no_edition_of_the_site_is_unusable(
    address: str, book: Path, capsys: Output
) -> None:
    (book / "edition.yaml").write_text("id: nanjing-2020\n", "utf-8")
    assert publish(book, clock.today().isoformat(), address) == 2
    assert "nanjing-2020" in capsys.readouterr().err
    assert publish(book.parent / "nothing", "2026-01-01", address) == 2


def test_all_decisions_of_a_site_are_replayed(address: str, book: Path, capsys: Output) -> None:
    assert main(["demo", address, "--cases", "12"]) == 0
    change(book, "符合参赛条件", "符合参赛条件（新版）")
    publish(book, clock.today().isoformat(), address)
    capsys.readouterr()
    assert main(["policy", "replay", "--json", address]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["same"] == counted["total"] >= 12
    assert counted["decisions"] == []


def test_what_is_not_reproduced_is_named(address: str, capsys: Output) -> None:
    main(["demo", address, "--cases", "3"])
    app = get_app(address)
    with transaction_on(app.registry.database) as site:
        cases = list(site.edition("shanghai-2019")["demands"].values())
        decision = cases[0].decisions[1]
        decision.answer = decision.answer.replace(b"undetermined", b"grant")
        tampered = cases[0].number
    app.registry.decider.close()
    app.registry.database.close()
    capsys.readouterr()
    assert main(["policy", "replay", address]) == 1
    assert f"{tampered} #1 demander-eligibility" in capsys.readouterr().out
    _lose_versions(address)
    capsys.readouterr()
    assert main(["policy", "replay", "--json", address]) == 1
    counted = json.loads(capsys.readouterr().out)
    assert (counted["altered"], counted["no_version"]) == (1, counted["total"] - 1)


def test_a_version_that_is_missing_makes_a_replay_unusable(address: str, capsys: Output) -> None:
    main(["demo", address, "--cases", "2"])
    _lose_versions(address)
    capsys.readouterr()
    assert main(["policy", "replay", address]) == 2
    assert "its version is not kept" in capsys.readouterr().out


def _lose_versions(address: str) -> None:
    app = get_app(address)
    with transaction_on(app.registry.database) as site:
        books = site["policy"].books("shanghai-2019")
        for version in list(books.keys()):
            books.remove(version)
    app.registry.decider.close()
    app.registry.database.close()
