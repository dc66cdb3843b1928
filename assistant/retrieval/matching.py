"""Matching a claim to the statements that a scenario knows, by meaning and by words.

Each statement comes with several wordings; the nearest wording counts. The score is in 0..1 and, unlike a search's, means the
same for every claim: it can be held against one threshold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, utils

from assistant.retrieval.embedding import Embedder, Progress, Vectors32, embedding_key
from assistant.retrieval.store import EmbeddingStore

__all__ = ["Match", "Matcher"]

MEANING = 0.75  # the share of meaning in the score; the rest is shared words


@dataclass(frozen=True)
class Match:
    """A statement near a claim: its id, the score in 0..1, and the wording that was nearest."""

    id: str
    score: float
    wording: str


class Matcher:
    """Holds the wordings of all statements.

    Args:
        phrases: wordings by statement id, each statement with at least one.
        embedder: for nearness in meaning; None leaves shared words alone.
        store: keeps embeddings by content, so that the wordings are embedded once.
        progress: told (done, total) while wordings are embedded.
    """

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        embedder: Embedder | None,
        store: EmbeddingStore | None = None,
        progress: Progress | None = None,
    ) -> None:
        rows = [(id_, wording) for id_, wordings in phrases.items() for wording in wordings]
        self._ids = [id_ for id_, _ in rows]
        self._wordings = [wording for _, wording in rows]
        self._embedder, self._store = embedder, store
        self._vectors = self._embed(self._wordings, progress) if embedder and rows else None

    def match(self, texts: Sequence[str], limit: int = 3) -> list[list[Match]]:
        """Return for each text the statements nearest to it, best first, at most `limit`."""
        if not self._wordings or not texts:
            return [[] for _ in texts]
        shared = np.array(
            [
                [
                    fuzz.token_set_ratio(text, wording, processor=utils.default_process) / 100
                    for wording in self._wordings
                ]
                for text in texts
            ]
        )
        scores = shared
        if self._vectors is not None:
            meaning = np.clip(self._embed(list(texts), None) @ self._vectors.T, 0, 1)
            scores = MEANING * meaning + (1 - MEANING) * shared
        return [self._best(row, limit) for row in scores]

    def _best(self, row: np.ndarray[tuple[int, ...], np.dtype[np.floating]], limit: int) -> list[Match]:
        best: dict[str, Match] = {}
        for at in np.argsort(-row, kind="stable"):
            id_ = self._ids[at]
            if id_ not in best:
                best[id_] = Match(id_, float(row[at]), self._wordings[at])
            if len(best) == limit:
                break
        return list(best.values())

    def _embed(self, texts: Sequence[str], progress: Progress | None) -> Vectors32:
        assert self._embedder is not None  # callers look first
        keys = [embedding_key(self._embedder.name, text) for text in texts]
        kept = self._store.get(keys) if self._store else {}
        lacking = [at for at, key in enumerate(keys) if key not in kept]
        if lacking:
            new = self._embedder.embed([texts[at] for at in lacking], progress)
            if self._store:
                self._store.add([keys[at] for at in lacking], new)
            kept |= {keys[at]: new[place] for place, at in enumerate(lacking)}
        return np.stack([kept[key] for key in keys])
