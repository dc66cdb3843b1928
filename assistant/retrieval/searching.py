"""The reading side of the index: sees every new state that any process commits, and answers queries from it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.dates import earliest, latest
from assistant.errors import EmbedderError, IndexDamagedError
from assistant.records import Hit
from assistant.retrieval.asking import spelled_dates, years_named
from assistant.retrieval.catalogue import Catalogue, Listing
from assistant.retrieval.embedding import Embedder, Vectors32
from assistant.retrieval.filters import Mask, Query, passing
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.hybrid import Candidate, Found, choose, fuse
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.nearness import EXACT_LIMIT, Nearest, Nearness
from assistant.retrieval.store import EmbeddingStore

__all__ = ["Reader"]

_CANDIDATES = 100
_DATED = 0.2  # the part of a score that is for being of a year that the query names; chosen on benchmarks/tuning.yaml
_FURTHER = 0.5  # what each further passage of a source counts for; chosen as the former
_RETRIES = 2
_PASSAGES_AT_ONCE = 50


@dataclass(frozen=True)
class _View:
    """One state of the index, opened. A side that cannot be opened is None, and a notice says why."""

    listing: Listing
    words: LexicalIndex | None
    meaning: Nearness | None
    notices: list[str]


@dataclass
class _Scores:
    """What the two searches gave, by row."""

    words: dict[int, float] = field(default_factory=dict)
    meaning: dict[int, float] = field(default_factory=dict)
    vectors: dict[int, Vectors32] = field(default_factory=dict)


class Reader:
    """Answers queries. Threads may share one; each search first looks whether there is a new state."""

    def __init__(
        self,
        folder: Path,
        *,
        embedder: Embedder | None,
        glossary: Glossary,
        way: Nearest = "auto",
        exact_limit: int = EXACT_LIMIT,
    ) -> None:
        self._folder, self._embedder, self._glossary = folder, embedder, glossary
        self._way, self._exact_limit = way, exact_limit
        self._catalogue = Catalogue(folder / "catalogue.sqlite3")
        self._store = EmbeddingStore(folder / "embeddings.sqlite3")
        self._lock = threading.Lock()
        self._view: _View | None = None

    def search(self, query: Query) -> Found:
        """Return hits for the query, best first.

        Raises:
            IndexDamagedError: the catalogue cannot be read, or neither words nor vectors can.
        """
        for _ in range(_RETRIES):
            view = self._present()
            try:
                return self._search(query, view)
            except IndexDamagedError:
                # A writer may just have replaced what this view points to: open the present state anew.
                with self._lock:
                    self._view = None
        return self._search(query, self._present())

    def _present(self) -> _View:
        with self._lock:
            stamp = self._catalogue.state().stamp
            if self._view is None or self._view.listing.state.stamp != stamp:
                self._view = self._opened()
            return self._view

    def _opened(self) -> _View:
        listing = self._catalogue.listing()
        notices: list[str] = []
        words, meaning = None, None
        try:
            if listing.state.words is not None:
                words = LexicalIndex(self._folder / listing.state.words)
        except IndexDamagedError as error:
            notices.append(f"Searched by meaning only. {error}")
        if self._embedder is None:
            notices.append("Searched by words only: no embedder runs here")
            return _View(listing, words, meaning, notices)
        try:
            meaning = Nearness(
                listing, self._store, self._embedder.name, self._folder, way=self._way, limit=self._exact_limit
            )
        except IndexDamagedError as error:
            notices.append(f"Searched by words only. {error}")
        return _View(listing, words, meaning, notices)

    def _search(self, query: Query, view: _View) -> Found:
        notices = list(view.notices)
        mask = passing(query, view.listing)
        searched = int(mask.sum())
        # Lone surrogates, as a careless paste may hold, can be neither embedded nor looked up.
        asked = spelled_dates(query.text.encode("utf-8", "replace").decode())
        text = self._glossary.expand(asked).strip()
        if not text or not searched:
            notices.append(
                "No passage passes the filters" if text else "The query is empty: there is nothing to search for"
            )
            return Found([], searched, notices)
        scores = _Scores()
        wanted = max(_CANDIDATES, 5 * query.k)
        if query.fusion != "meaning":
            scores.words = _by_words(text, query, view, mask, wanted)
        if query.fusion != "words":
            # All senses of an abbreviation help the search by words; for its meaning the usual one says more alone.
            notices.extend(self._by_meaning(self._glossary.spell_out(asked), view, mask, wanted, scores))
        if view.words is None and not scores.meaning:
            raise IndexDamagedError(
                "Neither the words nor the vectors of the index can be read",
                where=str(self._folder),
                hint="Both are rebuilt by the next update of the index",
            )
        return self._found(query, view, scores, searched, notices)

    def _by_meaning(self, text: str, view: _View, mask: Mask, wanted: int, scores: _Scores) -> list[str]:
        """Fill in cosines and vectors of the nearest rows, and of those that were found by words; return notices."""
        if view.meaning is None or self._embedder is None:
            return []
        try:
            vector = self._embedder.embed([text])[0]
            near, notices = view.meaning.nearest(vector, mask, wanted)
            scores.vectors = view.meaning.vectors(sorted({*near, *scores.words}))
        except (EmbedderError, IndexDamagedError) as error:
            return [f"Searched by words only. {error}"]
        scores.meaning = {row: float(kept @ vector) for row, kept in scores.vectors.items()}
        return notices

    def _found(self, query: Query, view: _View, scores: _Scores, searched: int, notices: list[str]) -> Found:
        fused = _dated(query.text, fuse(scores.words, scores.meaning, query.fusion), view.listing)
        fused = _varied(fused, view.listing)
        floor = query.min_cosine
        near = [row for row in fused if floor is None or row in scores.words or scores.meaning[row] >= floor]
        order = sorted(near, key=lambda row: (-fused[row], row))
        chosen = choose(self._candidates(order, fused, view, scores), query.k, query.per_source_cap)
        hits = [Hit(rank=rank, score=one.score, passage=one.passage) for rank, one in enumerate(chosen, start=1)]
        return Found(hits, searched, notices, [one.cosine for one in chosen])

    def _candidates(
        self, order: list[int], fused: dict[int, float], view: _View, scores: _Scores
    ) -> Iterator[Candidate]:
        """Yield candidates in their order, their passages read a few dozen at a time."""
        for start in range(0, len(order), _PASSAGES_AT_ONCE):
            rows = order[start : start + _PASSAGES_AT_ONCE]
            keys = [int(view.listing.keys[row]) for row in rows]
            passages = self._catalogue.passages(keys)
            for row, key in zip(rows, keys, strict=True):
                if key not in passages:
                    raise IndexDamagedError("The index changed during the search", hint="Search again")
                yield Candidate(passages[key], min(1.0, fused[row]), scores.meaning.get(row), scores.vectors.get(row))


def _dated(text: str, fused: dict[int, float], listing: Listing) -> dict[int, float]:
    """Give a part of the score to passages of the years that the query names; without such years all stay as they are."""
    years = years_named(spelled_dates(text))
    if not years:
        return fused
    of_the_year = {
        row for row in fused if any(listing.first[row] <= last and listing.last[row] >= first for first, last in years)
    }
    return {row: (1 - _DATED) * score + (_DATED if row in of_the_year else 0) for row, score in fused.items()}


def _varied(fused: dict[int, float], listing: Listing) -> dict[int, float]:
    """Let each further passage of a source count for less than the one before it, so that the first places are not all one's."""
    seen: Counter[str] = Counter()
    varied: dict[int, float] = {}
    for row in sorted(fused, key=lambda row: (-fused[row], row)):
        source = str(listing.sources[row])
        varied[row] = fused[row] * _FURTHER ** seen[source]
        seen[source] += 1
    return varied


def _by_words(text: str, query: Query, view: _View, mask: Mask, wanted: int) -> dict[int, float]:
    """BM25 scores of at most `wanted` rows in the mask; asks for more as long as the mask takes too many away."""
    if view.words is None:
        return {}
    view.words.refresh()
    rows, limit = view.listing.rows, wanted
    since = earliest(query.since).toordinal() if query.since else None
    until = latest(query.until).toordinal() if query.until else None
    while True:
        hits = view.words.search(text, limit, since=since, until=until)
        # Unknown keys belong to a state that is being written, or to one that was just replaced.
        kept = {row: score for key, score in hits if (row := rows.get(key)) is not None and mask[row]}
        if len(kept) >= wanted or len(hits) < limit:
            return dict(list(kept.items())[:wanted])
        limit *= 8
