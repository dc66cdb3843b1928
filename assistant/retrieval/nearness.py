"""The nearest passages in meaning: exactly, for a small index or a narrow filter; by Chroma, for a large one.

Up to `EXACT_LIMIT` passages one NumPy pass over all vectors takes less time than a Chroma query, a filter costs it nothing,
and a fresh process is spared Chroma's import of one to two seconds. Beyond that the vectors no longer belong in every
process's memory: Chroma finds them, and only where a filter leaves few of them are those passed over one by one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexDamagedError
from assistant.retrieval.catalogue import Listing
from assistant.retrieval.embedding import Vectors32
from assistant.retrieval.filters import Mask
from assistant.retrieval.store import EmbeddingStore

__all__ = ["EXACT_LIMIT", "Nearest", "Nearness"]

Nearest = Literal["auto", "exact", "chroma"]
EXACT_LIMIT = 20_000
_CHUNK = 5_000
_MOST_ASKED = 4_000  # a longer list takes Chroma longer than passing over the vectors
_SELECTIVE = 20

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
            way: `auto` decides by size; `exact` never asks Chroma and holds all vectors in memory; `chroma` always does, but for narrow filters.
            limit: the size up to which `auto` is exact.

        Raises:
            IndexDamagedError: the kept vectors cannot be read.
        """
        self._listing, self._store, self._embedder, self._folder, self._way = listing, store, embedder, folder, way
        self._all: tuple[Rows, Vectors32] | None = None
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
            return _best([(rows[kept], (matrix @ vector)[kept])] if len(rows) else [], wanted), self._missing(mask, int(kept.sum()))
        near, notices = self._by_chroma(vector, mask, wanted)
        if near is not None and len(near) >= min(wanted, int(mask.sum())):
            return near, notices
        near, more = self._scan(vector, mask, wanted)
        return near, [*notices, *more]

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
        # Imported only here, where it is needed: see above.
        from assistant.retrieval.vectors import VectorIndex

        try:
            index = VectorIndex(self._folder / str(state.vectors), stamp=state.stamp)
            hits = index.nearest(vector, asked)
        except IndexDamagedError as error:
            return None, [f"Searched the vectors one by one, which is slower. {error}"]
        known = self._listing.rows
        rows = [row for key, _ in hits if (row := known.get(int(key))) is not None and mask[row]]
        return rows[:wanted], []

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
        return _best(scored, wanted), self._missing(mask, seen)

    def _missing(self, mask: Mask, seen: int) -> list[str]:
        missing = int(mask.sum()) - seen
        if not missing:
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
