"""Embeddings kept by content hash beside the texts, so that a rebuild of any index embeds nothing again.

One SQLite file, only ever added to. A key names the embedder and the text; a value is a float32 vector, little-endian.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.retrieval.database import connected
from assistant.retrieval.embedding import Vectors32

__all__ = ["EmbeddingStore"]

_AT_ONCE = 500  # below SQLite's smallest limit of parameters
_SCHEMA = "CREATE TABLE IF NOT EXISTS embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"


class EmbeddingStore:
    """Vectors by key. Safe for several readers and one writer; what `add` returned from survives a killed process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, keys: Sequence[str], vectors: Vectors32) -> None:
        """Keep the vectors (len(keys), dimensions) under the keys; keys already there stay as they are.

        Raises:
            IndexDamagedError: the file is no database.
        """
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        with self._connection() as connection:
            connection.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?)", rows)

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys under which nothing is kept, in their order, each once.

        Raises:
            IndexDamagedError: the file is no database.
        """
        if not self.path.exists():
            return list(dict.fromkeys(keys))
        there: set[str] = set()
        with self._connection() as connection:
            for part, marks in _parts(keys):
                there.update(
                    key for (key,) in connection.execute(f"SELECT key FROM embeddings WHERE key IN ({marks})", part)
                )
        return [key for key in dict.fromkeys(keys) if key not in there]

    def get(self, keys: Sequence[str]) -> dict[str, Vectors32]:
        """Return the vectors that are kept under the keys; those that are not are left out.

        Raises:
            IndexDamagedError: the file is no database.
        """
        if not self.path.exists():
            return {}
        found: dict[str, Vectors32] = {}
        with self._connection() as connection:
            for part, marks in _parts(keys):
                rows = connection.execute(f"SELECT key, vector FROM embeddings WHERE key IN ({marks})", part)
                found.update((key, np.frombuffer(vector, dtype="<f4")) for key, vector in rows)
        return found

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        hint = "They are made again from the source texts by the next update of the index"
        with connected(self.path, "The store of embeddings", hint=hint) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_SCHEMA)
            yield connection


def _parts(keys: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        yield part, ",".join("?" * len(part))
