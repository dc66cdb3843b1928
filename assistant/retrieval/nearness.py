"""The nearest passages in meaning: exactly, for a small index or a narrow filter; by Chroma, for a large one.

Up to `EXACT_LIMIT` passages one NumPy pass over all vectors takes less time than a Chroma query, a filter costs it nothing,
and a fresh process is spared Chroma's import of one to two seconds. Beyond that the vectors no longer belong in every
process's memory: Chroma finds them, and only where a filter leaves few of them are those passed over one by one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexDamagedError
from assistant.retrieval.catalogue import Listing
from assistant.retrieval.embedding import Vectors32
from assistant.retrieval.filters import Mask
from assistant.retrieval.store import EmbeddingStore

if TYPE_CHECKING:
    from assistant.retrieval.vectors import VectorIndex

__all__ = ["EXACT_LIMIT", "Nearest", "Nearness"]

Nearest = Literal["auto", "exact", "chroma"]
EXACT_LIMIT = 20_000
_CHUNK = 5_000
_MOST_ASKED = 4_000  # a longer list takes Chroma longer than passing over the vectors
_SELECTIVE = 20
_SAMPLE = 10

Rows = NDArray[np.int64]


class Nearness:
    """The vectors of one state of the index by one embedder. Rows are those of its listing."""

    def __init__(
        self,
        listing: Listing,
        store: EmbeddingStore,
        embedder: str,
        folder: Path,
        *,
        way: Nearest = "auto",
        limit: int = EXACT_LIMIT,
    ) -> None:
        """Take the vectors into memory if they are few.

        Args:
            listing: the passages.
            store: where their vectors are kept.
            embedder: name of the embedder.
            folder: the index's folder, in which the listing names Chroma's.
            way: `auto` decides by size; `exact` never asks Chroma and holds all vectors in memory; `chroma` asks it always,
                but for narrow filters.
            limit: the size up to which `auto` is exact.

        Raises:
            IndexDamagedError: the kept vectors cannot be read.
        """
        self._listing, self._store, self._embedder, self._folder, self._way = listing, store, embedder, folder, way
        self._all: tuple[Rows, Vectors32] | None = None
        self._chroma: VectorIndex | None = None
        if way == "exact" or (way == "auto" and len(listing) <= limit):
            self._all = self._load(np.arange(len(listing)))

    def nearest(self, vector: Vectors32, mask: Mask, wanted: int) -> tuple[list[int], list[str]]:
        """Return the rows nearest to a unit vector among those in the mask, nearest first, at most `wanted`; and notices.

        Raises:
            IndexDamagedError: the kept vectors cannot be read.
        """
        if self._all is not None:
            rows, matrix = self._all
            kept = mask[rows]
            # All products and then a choice: copying the chosen vectors out would take longer than their products.
            near = _best([(rows[kept], (matrix @ vector)[kept])] if len(rows) else [], wanted)
            return near, self._lacking(int(mask.sum()) - int(kept.sum()))
        found, notices = self._by_chroma(vector, mask, wanted)
        if found is not None and len(found) >= min(wanted, int(mask.sum())):
            return found, notices
        near, more = self._scan(vector, mask, wanted)
        return near, list(dict.fromkeys([*notices, *more]))

    def vectors(self, rows: list[int]) -> dict[int, Vectors32]:
        """Return the vectors of these rows; rows without one are left out.

        Raises:
            IndexDamagedError: the kept vectors cannot be read.
        """
        there, matrix = self._load(np.array(rows, dtype=np.int64)) if self._all is None else self._all
        places = np.searchsorted(there, rows)
        pairs = zip(rows, places.tolist(), strict=True)
        return {row: matrix[at] for row, at in pairs if at < len(there) and there[at] == row}

    def _load(self, rows: Rows) -> tuple[Rows, Vectors32]:
        """Return those of the rows that have a kept vector, in rising order, and the vectors."""
        rows = np.sort(rows)
        keys = self._listing.embedding_keys(self._embedder, rows.tolist())
        kept = self._store.get(keys)
        there = [at for at, key in enumerate(keys) if key in kept]
        if not there:
            return np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32)
        return rows[there], np.stack([kept[keys[at]] for at in there])

    def _by_chroma(self, vector: Vectors32, mask: Mask, wanted: int) -> tuple[list[int] | None, list[str]]:
        """Ask Chroma for more than is wanted and filter; None where that is not worth while, or Chroma cannot answer."""
        state, passed = self._listing.state, int(mask.sum())
        asked = min(len(mask), 2 * wanted * max(1, len(mask) // max(1, passed)))
        mine = state.vectors is not None and state.embedder == self._embedder
        if not mine or passed < len(mask) / _SELECTIVE or asked > _MOST_ASKED:
            return None, []
        try:
            self._chroma = self._chroma or self._open_chroma()
            hits = self._chroma.nearest(vector, asked)
        except IndexDamagedError as error:
            return None, [f"Searched the vectors one by one, which is slower. {error}"]
        known = self._listing.rows
        rows = [row for key, _ in hits if (row := known.get(int(key))) is not None and mask[row]]
        return rows[:wanted], self._lacking(len(mask) - state.vector_count)

    def _open_chroma(self) -> VectorIndex:
        """Open Chroma's folder and see that it holds what it should: once for each state of the index."""
        # Imported only here, where it is needed: see above.
        from assistant.retrieval.vectors import VectorIndex

        state = self._listing.state
        index = VectorIndex(self._folder / str(state.vectors), stamp=state.stamp)
        there, matrix = self._load(np.arange(0, len(self._listing), max(1, len(self._listing) // _SAMPLE)))
        index.check([str(int(key)) for key in self._listing.keys[there]], matrix, at_least=state.vector_count)
        return index

    def _scan(self, vector: Vectors32, mask: Mask, wanted: int) -> tuple[list[int], list[str]]:
        """Pass over the kept vectors of the rows in the mask, a few thousand in memory at a time."""
        rows = np.flatnonzero(mask)
        scored: list[tuple[Rows, NDArray[np.float32]]] = []
        seen = 0
        for start in range(0, len(rows), _CHUNK):
            there, matrix = self._load(rows[start : start + _CHUNK])
            if len(there):
                scored.append((there, matrix @ vector))
                seen += len(there)
        return _best(scored, wanted), self._lacking(len(rows) - seen)

    def _lacking(self, missing: int) -> list[str]:
        if missing <= 0:
            return []
        return [
            f"{missing} passages have no embedding by {self._embedder} yet and are found by words only; "
            "update the index to embed them"
        ]


def _best(scored: list[tuple[Rows, NDArray[np.float32]]], wanted: int) -> list[int]:
    if not scored:
        return []
    rows = np.concatenate([part for part, _ in scored])
    cosines = np.concatenate([part for _, part in scored])
    return [int(row) for row in rows[np.argsort(-cosines, kind="stable")[:wanted]]]
