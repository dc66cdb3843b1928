"""The writing side of the index: brings embeddings, words, vectors and the catalogue in line with the sources.

The order makes a kill at any moment harmless. Embeddings are kept first, each batch for good. New words and vectors are
then written beside the old ones, the catalogue changes in one transaction, and only after it is the old cleaned away. What
was left half done is found by comparing keys and finished by the next update; what does not open is rebuilt into a new
folder, to which the catalogue then points.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assistant.errors import EmbedderError, IndexDamagedError, InputError
from assistant.records import Source
from assistant.retrieval.catalogue import Catalogue, Change, Listing, State
from assistant.retrieval.database import set_aside
from assistant.retrieval.embedding import Embedder, Progress, embedding_key
from assistant.retrieval.entries import Entry, embedded_text, entries_of, fingerprint
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.lexical import LexicalIndex, WordEntry
from assistant.retrieval.store import EmbeddingStore
from assistant.retrieval.vectorfill import fill_vectors

__all__ = ["Synced", "Writer"]

_EMBED_AT_ONCE = 256
_SHORT = 4_000  # characters: twice the longest note


@dataclass(frozen=True)
class Synced:
    """What an update did. Counts are passages, but for `sources`; `missing` have no embedding and are found by words only."""

    sources: int
    passages: int
    added: int
    removed: int
    embedded: int
    missing: int
    generation: int
    rebuilt: bool
    notices: list[str] = field(default_factory=list)


@dataclass
class _Work:
    """One update under way: every passage that will be listed, by key, and what has come of it so far."""

    state: State
    words: dict[int, WordEntry]
    texts: dict[int, str]
    notices: list[str]
    rebuilt: bool = False
    embedded: int = 0
    vectors: dict[int, str] = field(default_factory=dict)
    clean: list[Callable[[], None]] = field(default_factory=list)


class Writer:
    """Updates an index folder. The caller holds the writer's lock."""

    def __init__(self, folder: Path, *, embedder: Embedder | None, glossary: Glossary, chroma: bool = True) -> None:
        self._folder, self._embedder, self._glossary, self._chroma = folder, embedder, glossary, chroma
        self._catalogue = Catalogue(folder / "catalogue.sqlite3")
        self._store = EmbeddingStore(folder / "embeddings.sqlite3")

    def sync(self, sources: Iterable[Source], progress: Progress | None = None, *, thorough: bool = True) -> Synced:
        """Make the index hold exactly these sources.

        `thorough` checks words and vectors even where no source has changed.

        Raises:
            InputError: two sources, or two passages, have one id.
            TorgauError: the index cannot be written at all.
        """
        wanted = _prepared(sources, self._glossary)
        notices: list[str] = []
        try:
            known, before = self._catalogue.fingerprints(), self._catalogue.listing()
        except IndexDamagedError as error:
            aside = set_aside(self._catalogue.path)
            notices.append(f"{error.what}; it was set aside as {aside.name} and rebuilt from the sources")
            known, before = {}, self._catalogue.listing()
        gone, new = [source for source in known if source not in wanted], _changed(wanted, known)
        if not (thorough or gone or new) and self._looks_complete(before):
            return Synced(len(known), len(before), 0, 0, 0, 0, before.state.generation, False)
        return self._update(before, gone, new, notices, progress)

    def change(self, add: Iterable[Source], remove: Sequence[str], progress: Progress | None = None) -> Synced:
        """Add or replace some sources and remove others; all the rest stays.

        Raises:
            InputError: two sources, or two passages, have one id.
            IndexDamagedError: the catalogue is damaged; only a full update can rebuild it.
        """
        wanted = _prepared(add, self._glossary)
        known, before = self._catalogue.fingerprints(), self._catalogue.listing()
        gone = [source for source in dict.fromkeys(remove) if source in known and source not in wanted]
        return self._update(before, gone, _changed(wanted, known), [], progress)

    def _looks_complete(self, before: Listing) -> bool:
        """Tell whether every part is there, as far as that shows without opening Chroma."""
        state, embedder = before.state, self._embedder
        if state.words is None or embedder is None or not (self._folder / state.words).is_dir():
            return False
        chroma = state.vectors is not None and state.embedder == embedder.name
        if self._chroma and not (chroma and (self._folder / str(state.vectors)).is_dir()):
            return False
        try:
            return not self._store.missing(before.embedding_keys(embedder.name, range(len(before))))
        except IndexDamagedError:
            return False

    def _update(
        self,
        before: Listing,
        gone: list[str],
        new: Mapping[str, list[Entry]],
        notices: list[str],
        progress: Progress | None,
    ) -> Synced:
        work = _Work(before.state, *_listed(before, {*gone, *new}, new), notices, rebuilt=bool(notices))
        self._sweep(before.state)
        self._embed(work, progress)
        state = self._fill_words(work, before.state)
        state = self._fill_vectors(work, state)
        # New embeddings alone are a new state too: open readers hold the vectors in memory.
        if gone or new or work.embedded or state != before.state:
            added = {source: (fingerprint(entries), entries) for source, entries in new.items()}
            state = self._catalogue.apply(Change(gone, added, state))
        self._clean(work)
        old = before.rows.keys()
        return Synced(
            sources=len(self._catalogue.fingerprints()),
            passages=len(work.words),
            added=len(work.words.keys() - old),
            removed=len(old - work.words.keys()),
            embedded=work.embedded,
            missing=len(work.words) - len(work.vectors),
            generation=state.generation,
            rebuilt=work.rebuilt,
            notices=work.notices,
        )

    def _embed(self, work: _Work, progress: Progress | None) -> None:
        """Embed what has no kept embedding, a few hundred at a time, each batch kept before the next is begun."""
        if self._embedder is None:
            work.notices.append("Nothing was embedded, for no embedder runs here: new passages are found by words only")
            return
        keys = {key: embedding_key(self._embedder.name, text) for key, text in work.texts.items()}
        texts = {keys[key]: text for key, text in work.texts.items()}
        missing = self._missing(list(texts), work)
        try:
            for start in range(0, len(missing), _EMBED_AT_ONCE):
                part = missing[start : start + _EMBED_AT_ONCE]
                report = _shifted(progress, start, len(missing))
                self._store.add(part, self._embedder.embed([texts[key] for key in part], report))
                work.embedded += len(part)
        except EmbedderError as error:
            left = len(missing) - work.embedded
            work.notices.append(f"{left} passages have no embedding yet and are found by words only. {error}")
        unembedded = set(missing[work.embedded :])
        work.vectors = {key: kept for key, kept in keys.items() if kept not in unembedded}

    def _missing(self, keys: list[str], work: _Work) -> list[str]:
        try:
            return self._store.missing(keys)
        except IndexDamagedError as error:
            aside = set_aside(self._store.path)
            work.rebuilt = True
            work.notices.append(f"{error.what}; it was set aside as {aside.name} and the passages were embedded again")
            return self._store.missing(keys)

    def _fill_words(self, work: _Work, state: State) -> State:
        """Make the word index hold every passage; return the state with the folder that holds it."""
        wanted = work.words.keys()
        if state.words is not None:
            try:
                index = LexicalIndex(self._folder / state.words)
                have = set(index.keys())
                if wanted - have:
                    index.add(work.words[key] for key in wanted - have)
            except IndexDamagedError as error:
                work.notices.append(f"{error.what}; it was rebuilt")
                work.rebuilt = True
            else:
                if have - wanted:
                    work.clean.append(lambda: index.delete(have - wanted))
                return state
        name = f"words-{uuid.uuid4().hex[:8]}"
        LexicalIndex(self._folder / name, create=True).add(work.words.values())
        return replace(state, words=name)

    def _fill_vectors(self, work: _Work, state: State) -> State:
        """Make Chroma hold every vector; without an embedder, or where Chroma is not wanted, leave it as it is."""
        if self._embedder is None or not self._chroma:
            return state
        filled = fill_vectors(self._folder, state, self._embedder.name, work.vectors, self._store)
        work.notices.extend(filled.notices)
        work.rebuilt = work.rebuilt or filled.rebuilt
        work.clean.extend(filled.clean)
        return filled.state

    def _clean(self, work: _Work) -> None:
        """Take away what is no longer listed. Left-overs are not found by any search, so a failure is told and no more."""
        for clean in work.clean:
            try:
                clean()
            except IndexDamagedError as error:
                work.notices.append(f"Old entries could not be taken away. {error}")

    def _sweep(self, state: State) -> None:
        """Remove folders that no state points to any more. Done before an update: readers had the time since the last."""
        for kind in ("words", "vectors"):
            for folder in self._folder.glob(f"{kind}-*"):
                if folder.name not in (state.words, state.vectors):
                    # On Windows an open file cannot be removed; the next update tries again.
                    shutil.rmtree(folder, ignore_errors=True)


def _prepared(sources: Iterable[Source], glossary: Glossary) -> dict[str, list[Entry]]:
    """Make entries of every source, and refuse ids that are given twice."""
    prepared: dict[str, list[Entry]] = {}
    for source in sources:
        if source.id in prepared:
            raise InputError("Two sources have one id", where=source.id)
        entries = prepared[source.id] = entries_of(source, glossary.expand)
        if len({entry.passage.id for entry in entries}) < len(entries):
            raise InputError("Two passages of a source have one id", where=source.id)
        if any(entry.source_id != source.id for entry in entries):
            raise InputError("A passage names another source than the one it is given with", where=source.id)
    return prepared


def _changed(wanted: Mapping[str, list[Entry]], known: Mapping[str, str]) -> dict[str, list[Entry]]:
    return {source: entries for source, entries in wanted.items() if known.get(source) != fingerprint(entries)}


def _listed(
    before: Listing, touched: set[str], new: Mapping[str, list[Entry]]
) -> tuple[dict[int, WordEntry], dict[int, str]]:
    """Return what will be listed, the old entries of untouched sources and all new ones: word entries, and texts to embed."""
    words: dict[int, WordEntry] = {}
    texts: dict[int, str] = {}
    kept = [row for row, source in enumerate(before.sources) if source not in touched]
    around = _around((str(before.sources[row]), before.wordings[row]) for row in kept)
    for row in kept:
        days = (_or_none(before.first[row]), _or_none(before.last[row]))
        near = around[str(before.sources[row])]
        entry = WordEntry(int(before.keys[row]), before.wordings[row], before.titles[row], *days, near)
        words[entry.key], texts[entry.key] = entry, before.embedded_text(row)
    around = _around((source, one.wording) for source, entries in new.items() for one in entries)
    for source, entries in new.items():
        for one in entries:
            words[one.key] = WordEntry(one.key, one.wording, one.passage.title, one.first, one.last, around[source])
            texts[one.key] = embedded_text(one.passage.kind.value, one.passage.title, one.wording)
    return words, texts


def _around(wordings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the text of each source that is short enough to tell of one thing; nothing of longer ones."""
    parts: dict[str, list[str]] = {}
    for source, wording in wordings:
        parts.setdefault(source, []).append(wording)
    texts = {source: " ".join(each) for source, each in parts.items()}
    return {source: text if len(text) <= _SHORT else "" for source, text in texts.items()}


def _or_none(day: np.int64) -> int | None:
    return int(day) if day > 0 else None


def _shifted(progress: Progress | None, start: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(start + done, total)
