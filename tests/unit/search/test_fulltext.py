from pathlib import Path

from jiebang.search.fulltext import Fulltext


def test_words_are_found_where_they_stand(tmp_path: Path) -> None:
    index = Fulltext(tmp_path)
    index.write(
        [("/a", "高温合金薄壁件焊接变形"), ("/b", "燃料电池电堆低温启动 SH2019-0002")], {3: 2}
    )
    assert index.find("焊接") == {"/a"}
    assert index.find("低温 电堆") == {"/b"}
    assert index.find("焊接 电堆") == set()
    assert index.find("sh2019-0002") == {"/b"}
    assert index.find("  ") == set()


def test_nothing_typed_is_an_operator(tmp_path: Path) -> None:
    index = Fulltext(tmp_path)
    index.write([("/a", "焊接")], {})
    for typed in ('path:"/a"', "*", "焊接 OR 电堆", "(", "-焊接", "words:焊接~9", "\x00"):
        assert index.find(typed) <= {"/a"}
    assert index.find("*") == set()


def test_a_text_written_again_replaces_the_old_one(tmp_path: Path) -> None:
    index = Fulltext(tmp_path)
    index.write([("/a", "焊接")], {1: 1})
    index.write([("/a", "铸造")], {1: 2})
    again = Fulltext(tmp_path)
    assert (again.find("焊接"), again.find("铸造")) == (set(), {"/a"})
    assert again.cursor() == {1: 2}


def test_all_hits_are_told_however_many(tmp_path: Path) -> None:
    index = Fulltext(tmp_path)
    paths = {f"/{number}" for number in range(6000)}
    index.write([(path, "焊接") for path in paths], {})
    assert index.find("焊接") == paths


def test_replacing_leaves_nothing_of_before(tmp_path: Path) -> None:
    index = Fulltext(tmp_path)
    index.write([("/a", "焊接"), ("/b", "焊接")], {1: 9})
    index.replace([("/b", "铸造")], {1: 2})
    assert (index.find("焊接"), index.find("铸造"), index.cursor()) == (set(), {"/b"}, {1: 2})
