"""Bringing Chroma's folder in line with the kept embeddings: adding what it lacks, checking it, rebuilding it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexDamagedError
from assistant.retrieval.catalogue import State
from assistant.retrieval.store import EmbeddingStore

if TYPE_CHECKING:
    from assistant.retrieval.vectors import VectorIndex

__all__ = ["Filled", "fill_vectors"]

_AT_ONCE = 2_000
_SAMPLE = 20


@dataclass
class Filled:
    """The state with the folder that now holds the vectors (None where Chroma cannot be used), and what was done."""

    state: State
    notices: list[str] = field(default_factory=list)
    rebuilt: bool = False
    clean: list[Callable[[], None]] = field(default_factory=list)


def fill_vectors(
    folder: Path, state: State, embedder: str, vectors: Mapping[int, str], store: EmbeddingStore
) -> Filled:
    """Make Chroma hold a vector for every key in `vectors`, which gives each key's name in the store.

    Where Chroma cannot be used at all the index works without it, by exact search, and a notice says so.
    """
    try:
        # Imported only here, for it takes more than a second and searching a small index never needs it.
        from assistant.retrieval.vectors import VectorIndex
    except (ImportError, RuntimeError) as error:  # RuntimeError: Chroma refuses an old SQLite when it is imported
        notice = f"Chroma cannot be used here ({error}): vectors are searched one by one"
        return Filled(replace(state, vectors=None, embedder=None, vector_count=0), [notice])
    filled = Filled(state)
    # A stamp of its own makes Chroma open its files afresh: another process may have been killed while it wrote to them.
    stamp = f"writing-{uuid.uuid4().hex}"
    if state.vectors is not None and state.embedder == embedder:
        try:
            index = VectorIndex(folder / state.vectors, stamp=stamp)
            extra = _bring_in_line(index, vectors, store)
        except IndexDamagedError as error:
            filled.notices.append(f"{error.what}; it was rebuilt from the kept embeddings")
            filled.rebuilt = True
        else:
            filled.state = replace(state, vector_count=len(vectors))
            if extra:
                filled.clean.append(lambda: index.delete(extra))
            return filled
    name = f"vectors-{uuid.uuid4().hex[:8]}"
    try:
        _bring_in_line(VectorIndex(folder / name, stamp=stamp, create=True), vectors, store)
    except IndexDamagedError as error:
        filled.notices.append(f"{error.what}: vectors are searched one by one until it can be rebuilt")
        filled.state = replace(state, vectors=None, embedder=None, vector_count=0)
    else:
        filled.state = replace(state, vectors=name, embedder=embedder, vector_count=len(vectors))
    return filled


def _bring_in_line(index: VectorIndex, vectors: Mapping[int, str], store: EmbeddingStore) -> list[str]:
    """Add what is missing, ask for a sample, and return the keys that are there but not wanted."""
    have = set(index.keys())
    lacking = [key for key in vectors if str(key) not in have]
    for start in range(0, len(lacking), _AT_ONCE):
        part = lacking[start : start + _AT_ONCE]
        kept = store.get([vectors[key] for key in part])
        index.add([str(key) for key in part], np.stack([kept[vectors[key]] for key in part]))
    # The newest and some of all: a vector that was written beside another writer is counted and yet never found.
    sample = [*lacking[-_SAMPLE:], *list(vectors)[:: max(1, len(vectors) // _SAMPLE)]]
    kept = store.get([vectors[key] for key in sample])
    if sample:
        rows = np.stack([kept[vectors[key]] for key in sample])
        index.check([str(key) for key in sample], rows, at_least=len(vectors))
    wanted = {str(key) for key in vectors}
    return [key for key in have if key not in wanted]
