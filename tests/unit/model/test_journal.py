from datetime import UTC, datetime

from jiebang.model.journal import Journal

AT = datetime(2019, 9, 1, 9, 30, tzinfo=UTC)


def journal_of_three() -> Journal:
    journal = Journal()
    journal.write(at=AT, actor="a", act="file", form="pre-registration")
    journal.write(at=AT, actor="b", act="claim")
    journal.write(at=AT, actor="b", act="release")
    return journal


def test_a_journal_as_written_has_no_broken_link() -> None:
    assert list(journal_of_three().broken_links()) == []


def test_a_changed_entry_shows() -> None:
    journal = journal_of_three()
    object.__setattr__(journal[2], "actor", "c")
    assert list(journal.broken_links()) == [2]


def test_an_entry_taken_out_shows() -> None:
    journal = journal_of_three()
    del journal._items[2]
    assert list(journal.broken_links()) == [3]


def test_an_entry_rewritten_with_its_digest_breaks_the_next() -> None:
    journal, other = journal_of_three(), Journal()
    other.write(at=AT, actor="a", act="file", form="pre-registration")
    other.write(at=AT, actor="z", act="claim")
    journal._items[2] = other[2]
    assert list(journal.broken_links()) == [3]
