import pytest

from jiebang.model.containers import (
    SHARDS,
    Folder,
    Located,
    Register,
    Sequence,
    ShardedFolder,
    shard_of,
)


@pytest.mark.parametrize("make", [Folder, ShardedFolder])
def test_a_child_knows_its_name_and_parent_and_keeps_its_place(make: type) -> None:
    folder, child = make(), Located()
    folder["SH2019-0001"] = child
    assert folder["SH2019-0001"] is child
    assert (child.__name__, child.__parent__) == ("SH2019-0001", folder)
    with pytest.raises(KeyError):
        folder["SH2019-0001"] = Located()
    assert folder["SH2019-0001"] is child


def test_keys_stay_in_the_shard_they_were_stored_in() -> None:
    # These values are stored in databases: another hash would lose every case.
    assert [shard_of("SH2019-0001"), shard_of("SH2019-0002"), SHARDS] == [58, 0, 64]


def test_a_register_gives_a_key_to_the_first_who_claims_it() -> None:
    register = Register()
    assert register.claim("a@b", "first")
    assert not register.claim("a@b", "second")
    assert register.get("a@b") == "first"
    register.release("a@b")
    assert register.get("a@b") is None


def test_a_sequence_numbers_from_one_and_reads_on_from_anywhere() -> None:
    sequence = Sequence()
    assert sequence.last == 0
    assert [sequence.append(one) for one in "abc"] == [1, 2, 3]
    assert list(sequence.after(1)) == [(2, "b"), (3, "c")]
    assert list(sequence.after(3)) == []
