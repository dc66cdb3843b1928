"""Search by words: a tantivy index, English stems and stop words, BM25.

A document is a passage's key, its wording, its title and its dates; nothing is stored, hits are keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tantivy

from assistant.errors import IndexDamagedError

__all__ = ["LexicalIndex", "WordEntry"]

_ANALYZER = "torgau_english"
# Chosen on benchmarks/tuning.yaml and on the scenario's cues: the words of the passages around lift recall there by a few in a hundred.
_TITLE_WEIGHT = 0.3
_AROUND_WEIGHT = 1.0
_HEAP = 30_000_000
_MOST_TERMS = 200  # a pasted page as a query: its first words decide
_DELETE_AT_ONCE = 1000


@dataclass(frozen=True)
class WordEntry:
    """What is indexed of a passage.

    `around` is the text of the whole source where that is short, so that a question whose words lie in several of its paragraphs
    finds it. `first` and `last` are proleptic ordinals of the days that the passage may speak of.
    """

    key: int
    text: str
    title: str
    first: int | None = None
    last: int | None = None
    around: str = ""


class LexicalIndex:
    """A tantivy index in a folder. One process writes at a time; readers see each commit after `refresh`."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the index, or make a new one.

        Raises:
            IndexDamagedError: there is none, or its files are damaged.
        """
        self.folder = folder
        self._schema = _schema()
        self._analyzer = _analyzer()
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            elif not tantivy.Index.exists(str(folder)):
                raise ValueError("no index there")
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._index.register_tokenizer(_ANALYZER, self._analyzer)
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error

    def add(self, entries: Iterable[WordEntry]) -> None:
        """Add the entries in one commit: after a kill all of them are there, or none.

        Raises:
            IndexDamagedError: the index cannot be written.
        """
        try:
            writer = self._index.writer(_HEAP, 1)
            for entry in entries:
                writer.add_document(_document(entry))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error

    def delete(self, keys: Iterable[int]) -> None:
        """Delete the entries with these keys in one commit.

        Raises:
            IndexDamagedError: the index cannot be written.
        """
        doomed = list(keys)
        try:
            writer = self._index.writer(_HEAP, 1)
            for start in range(0, len(doomed), _DELETE_AT_ONCE):
                # By query: tantivy 0.27's delete by term finds nothing in an unsigned field, and does not say so.
                part = doomed[start : start + _DELETE_AT_ONCE]
                writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "key", part))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error

    def refresh(self) -> None:
        """See what has been committed since, by any process.

        Raises:
            IndexDamagedError: the files are damaged or gone.
        """
        try:
            self._index.reload()
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._index.searcher().num_docs)

    def keys(self) -> list[int]:
        """Return the keys of all entries, in no order."""
        return [key for key, _ in self._search(tantivy.Query.all_query(), max(1, self.count()))]

    def search(
        self, text: str, limit: int, *, since: int | None = None, until: int | None = None
    ) -> list[tuple[int, float]]:
        """Return at most `limit` (key, BM25 score) pairs, best first.

        The text is only ever taken as words: no character in it has a meaning of its own.

        Args:
            text: any text.
            limit: how many at most, 1 or more.
            since: only entries that reach this day or a later one (ordinal).
            until: only entries that begin on this day or an earlier one (ordinal).

        Raises:
            IndexDamagedError: the index cannot be read.
        """
        query = self._query(text)
        if query is None:
            return []
        for field, low, high in (("last", since, None), ("first", None, until)):
            if low is not None or high is not None:
                within = tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)
                # Scored as nothing, so that the scores stay those of the words.
                query = query.and_must_match(tantivy.Query.const_score_query(within, 0.0))
        return self._search(query, limit)

    def _query(self, text: str) -> tantivy.Query | None:
        # Lone surrogates cannot cross into UTF-8.
        terms = list(dict.fromkeys(self._analyzer.analyze(text.encode("utf-8", "replace").decode())))[:_MOST_TERMS]
        if not terms:
            return None
        here = self._any_of(terms, {"text": 1.0, "title": _TITLE_WEIGHT})
        # What stands around a passage lifts it, but does not find it: a hit shares a word with the query itself.
        around = self._any_of(terms, {"around": _AROUND_WEIGHT})
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, here), (tantivy.Occur.Should, around)])

    def _any_of(self, terms: list[str], weights: dict[str, float]) -> tantivy.Query:
        wanted = []
        for term in terms:
            for field, weight in weights.items():
                there = tantivy.Query.term_query(self._schema, field, term)
                wanted.append((tantivy.Occur.Should, tantivy.Query.boost_query(there, weight)))
        return tantivy.Query.boolean_query(wanted)

    def _search(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        try:
            searcher = self._index.searcher()
            hits = searcher.search(query, limit, count=False).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
        except (ValueError, OSError) as error:
            raise self._damaged(error) from error
        return [(int(key or 0), float(score or 0.0)) for (score, _), key in zip(hits, keys, strict=True)]

    def _damaged(self, error: Exception) -> IndexDamagedError:
        return IndexDamagedError(
            f"The word index cannot be used: {error}",
            where=str(self.folder),
            hint="It is rebuilt by the next update of the index",
        )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("around", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_integer_field("first", indexed=True, fast=True)
    builder.add_integer_field("last", indexed=True, fast=True)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _document(entry: WordEntry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("key", entry.key)
    document.add_text("text", entry.text)
    document.add_text("title", entry.title)
    document.add_text("around", entry.around)
    if entry.first is not None and entry.last is not None:
        document.add_integer("first", entry.first)
        document.add_integer("last", entry.last)
    return document
