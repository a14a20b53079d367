"""Full text of cases for the office: tantivy over jieba's words. The public list never reads it.

The index lies in a folder of its own on each host. The cursor of its consumer stands beside it, written
after the commit: a crash between the two indexes a few cases again, which changes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jieba
import tantivy

#: Seconds to wait for another writer of the same folder to finish.
PATIENCE = 60.0
_CURSOR = "cursor.json"


class Fulltext:
    """The index in a folder; readable by many, written by one consumer at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("path", stored=True, tokenizer_name="raw")
        schema.add_text_field("words", tokenizer_name="whitespace")
        self._index = tantivy.Index(schema.build(), path=str(folder))

    def cursor(self) -> dict[int, int]:
        """How far the feed has been read into this index."""
        path = self._folder / _CURSOR
        if not path.exists():
            return {}
        return {int(shard): number for shard, number in json.loads(path.read_text()).items()}

    def write(self, texts: Iterable[tuple[str, str]], cursor: dict[int, int]) -> None:
        """Replace the text of each path, commit, and note how far the feed was read."""
        writer = self._writer()
        for path, text in texts:
            writer.delete_documents_by_term("path", path)
            _add(writer, path, text)
        self._commit(writer, cursor)

    def replace(self, texts: Iterable[tuple[str, str]], cursor: dict[int, int]) -> None:
        """Hold these texts and no others. Searches find the old ones until the new ones are in."""
        writer = self._writer()
        writer.delete_all_documents()
        for path, text in texts:
            _add(writer, path, text)
        self._commit(writer, cursor)

    def _writer(self) -> Any:
        begun = time.monotonic()
        while True:
            try:
                return self._index.writer()
            except ValueError as error:
                # tantivy has no exception of its own for this.
                if "LockBusy" not in str(error) or time.monotonic() - begun > PATIENCE:
                    raise
                time.sleep(0.1)

    def _commit(self, writer: Any, cursor: dict[int, int]) -> None:
        writer.commit()
        writer.wait_merging_threads()
        fresh = self._folder / f"{_CURSOR}.new"
        fresh.write_text(json.dumps(cursor))
        fresh.replace(self._folder / _CURSOR)

    def find(self, text: str) -> set[str]:
        """The paths of the cases that hold every word of a text; none for a text without words."""
        words = _words(text)
        if not words:
            return set()
        self._index.reload()
        searcher = self._index.searcher()
        # Terms, not the query language: nothing a person types is an operator.
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.term_query(self._index.schema, "words", word))
                for word in words
            ]
        )
        # All of them: who asks may be allowed to see only the last.
        hits = searcher.search(query, max(searcher.num_docs, 1)).hits
        return {searcher.doc(address)["path"][0] for _score, address in hits}


def _add(writer: Any, path: str, text: str) -> None:
    writer.add_document(tantivy.Document(path=path, words=" ".join(_words(text))))


def _words(text: str) -> list[str]:
    return [word for word in (one.strip().lower() for one in jieba.cut_for_search(text)) if word]
