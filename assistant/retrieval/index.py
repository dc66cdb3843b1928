"""The search index: one folder, made from sources, searched by words and by meaning.

It holds nothing that cannot be made again from the source texts. Any number of threads and processes may search while one
writes; each search sees the last finished update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from assistant.errors import IndexDamagedError, TorgauError
from assistant.records import Source
from assistant.retrieval.catalogue import Catalogue, Listing
from assistant.retrieval.embedding import Embedder, Progress
from assistant.retrieval.filters import Query
from assistant.retrieval.glossary import Glossary
from assistant.retrieval.hybrid import Found
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.lock import writing
from assistant.retrieval.nearness import EXACT_LIMIT, Nearest
from assistant.retrieval.searching import Reader
from assistant.retrieval.store import EmbeddingStore
from assistant.retrieval.syncing import Synced, Writer

__all__ = ["Found", "Index", "Query", "Synced"]

_WAIT_SECONDS = 300.0
_SAMPLE = 50

Sources = Iterable[Source] | Callable[[], Iterable[Source]]


class Index:
    """An index folder with the embedder and the glossary it is used with."""

    def __init__(
        self,
        folder: Path,
        *,
        embedder: Embedder | None,
        glossary: Glossary,
        nearest: Nearest,
        exact_limit: int,
    ) -> None:
        self.folder, self.embedder, self.glossary = folder, embedder, glossary
        self._reader = Reader(folder, embedder=embedder, glossary=glossary, way=nearest, exact_limit=exact_limit)
        self._writer = Writer(folder, embedder=embedder, glossary=glossary, chroma=nearest != "exact")
        self._catalogue = Catalogue(folder / "catalogue.sqlite3")

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder | None,
        *,
        glossary: Glossary | None = None,
        nearest: Nearest = "auto",
        exact_limit: int = EXACT_LIMIT,
    ) -> Index:
        """Open an index folder, made if it is not there. Cheap: files are read by the first search.

        Args:
            folder: where the index lies or will lie.
            embedder: the embedder; None where none can run, which leaves search by words.
            glossary: abbreviations to expand in passages and queries.
            nearest: how the nearest vectors are found: by size of the index (`auto`), always exactly (`exact`, which keeps no
                Chroma folder either), or by Chroma (`chroma`).
            exact_limit: the number of passages up to which `auto` is exact.

        Raises:
            TorgauError: the folder cannot be made.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TorgauError(f"The index's folder cannot be made: {error.strerror}", where=str(folder)) from error
        return cls(folder, embedder=embedder, glossary=glossary or Glossary(), nearest=nearest, exact_limit=exact_limit)

    def search(self, query: Query) -> Found:
        """Return hits for the query in the last finished state of the index, whichever process wrote it.

        Raises:
            IndexDamagedError: the index cannot be read; an update rebuilds it.
        """
        return self._reader.search(query)

    def sync(
        self,
        sources: Sources,
        progress: Progress | None = None,
        *,
        thorough: bool = True,
        wait: float = _WAIT_SECONDS,
        waiting: Callable[[str], None] | None = None,
    ) -> Synced:
        """Make the index hold exactly these sources, and repair whatever is damaged.

        Give a callable where other processes add sources too: it is called once the lock is held, so that it sees what they
        added and their passages are not taken out again.

        Args:
            sources: all sources, or what returns them.
            progress: told (done, total) passages while embedding.
            thorough: where no source has changed, check words and vectors all the same; without it that takes a tenth of a
                second and does not import Chroma, fit for every start of a program.
            wait: seconds to wait for another writer.
            waiting: told once who is being waited for.

        Raises:
            BusyError: another process was writing all that time; it is named.
            InputError: an id is given twice.
            TorgauError: the folder cannot be written.
        """
        with writing(self.folder, wait=wait, waiting=waiting):
            return self._writer.sync(sources() if callable(sources) else sources, progress, thorough=thorough)

    def add(
        self,
        sources: Iterable[Source],
        progress: Progress | None = None,
        *,
        wait: float = _WAIT_SECONDS,
        waiting: Callable[[str], None] | None = None,
    ) -> Synced:
        """Add or replace these sources and leave all others. When it returns they are found, and survive a killed process.

        Raises:
            BusyError, InputError, TorgauError: as `sync`.
            IndexDamagedError: the catalogue is damaged; `sync` over all sources rebuilds it.
        """
        with writing(self.folder, wait=wait, waiting=waiting):
            return self._writer.change(sources, (), progress)

    def remove(
        self,
        source_ids: Sequence[str],
        *,
        wait: float = _WAIT_SECONDS,
        waiting: Callable[[str], None] | None = None,
    ) -> Synced:
        """Take these sources out; ids that are not there change nothing.

        Raises:
            As `add`.
        """
        with writing(self.folder, wait=wait, waiting=waiting):
            return self._writer.change((), source_ids)

    def source_ids(self) -> list[str]:
        """Return the ids of the sources that are indexed, sorted.

        Raises:
            IndexDamagedError: the catalogue cannot be read.
        """
        return sorted(self._catalogue.fingerprints())

    def check(self) -> list[str]:
        """Compare the parts of the index with its catalogue and return what is wrong, one sentence each; empty if sound.

        Nothing is changed: `sync` repairs. While another process writes, words and vectors may hold more than is listed,
        which is not wrong.
        """
        try:
            listing = self._catalogue.listing()
        except IndexDamagedError as error:
            return [str(error)]
        return [*self._check_words(listing), *self._check_vectors(listing)]

    def _check_words(self, listing: Listing) -> list[str]:
        if listing.state.words is None:
            return []
        try:
            have = set(LexicalIndex(self.folder / listing.state.words).keys())
        except IndexDamagedError as error:
            return [str(error)]
        lacking = len(listing.rows.keys() - have)
        return [f"{lacking} of {len(listing)} passages are not in the word index"] if lacking else []

    def _check_vectors(self, listing: Listing) -> list[str]:
        state = listing.state
        if self.embedder is None or not len(listing):
            return []
        store = EmbeddingStore(self.folder / "embeddings.sqlite3")
        keys = listing.embedding_keys(self.embedder.name, range(len(listing)))
        try:
            lacking = len(store.missing(keys))
            problems = [f"{lacking} passages have no embedding by {self.embedder.name}"] if lacking else []
            if state.vectors is None or state.embedder != self.embedder.name:
                return problems
            from assistant.retrieval.vectors import VectorIndex  # more than a second to import, and needed only here

            index = VectorIndex(self.folder / state.vectors, stamp=state.stamp)
            wanted = {str(int(key)): kept for key, kept in zip(listing.keys, keys, strict=True)}
            lost = len(wanted.keys() - set(index.keys())) - lacking
            if lost > 0:
                return [*problems, f"{lost} of {len(wanted)} vectors are not in Chroma"]
            sample = list(wanted)[:: max(1, len(wanted) // _SAMPLE)]
            kept = store.get([wanted[key] for key in sample])
            sample = [key for key in sample if wanted[key] in kept]
            if sample:
                index.check(sample, np.stack([kept[wanted[key]] for key in sample]))
        except IndexDamagedError as error:
            return [str(error)]
        return problems
