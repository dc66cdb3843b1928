"""Chroma: approximate nearest neighbours for large libraries, and its own default embedder. Imported nowhere else.

Chroma holds ids and vectors, no texts. It is an index and never the truth: two writers lose vectors silently, an open reader
does not see another process's additions, and a kill may leave a folder that does not open. Hence the callers hold a lock while
writing, give a stamp while reading, check what they opened, and rebuild into a new folder.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings
from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

from assistant.errors import EmbedderError, IndexDamagedError
from assistant.retrieval.embedding import Progress, Vectors32, unit_rows

__all__ = ["ChromaDefault", "VectorIndex"]

_COLLECTION = "passages"
_EF_SEARCH = 400  # recall 1.00 at 100,000 vectors for half a millisecond more than the default
_AT_ONCE = 1000
_T = TypeVar("_T")

_clients: dict[Path, tuple[str, Client]] = {}
_lock = threading.RLock()


class VectorIndex:
    """A Chroma collection in a folder, cosine distance. All of this process's use of Chroma goes through one lock."""

    def __init__(self, folder: Path, *, stamp: str, create: bool = False) -> None:
        """Open the collection, or make a new one.

        Args:
            folder: Chroma's folder.
            stamp: the state of the index that the caller goes by; another one than last time makes Chroma open its files
                afresh, without which it would not find what other processes have added.
            create: make the folder and the collection.

        Raises:
            IndexDamagedError: there is none, or Chroma cannot open it.
        """
        self.folder, self._stamp = folder.resolve(), stamp
        if not create and not (folder / "chroma.sqlite3").is_file():
            raise self._damaged("there is no collection in the folder")
        self._call(
            lambda client: _make(client) if create else client.get_collection(_COLLECTION, embedding_function=None)
        )

    def add(self, keys: Sequence[str], vectors: Vectors32, progress: Progress | None = None) -> None:
        """Add or replace unit vectors (len(keys), dimensions).

        Raises:
            IndexDamagedError: Chroma cannot write.
        """
        for start in range(0, len(keys), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            self._call(_upsert(list(keys[part]), vectors[part]))
            if progress is not None:
                progress(min(start + _AT_ONCE, len(keys)), len(keys))

    def delete(self, keys: Sequence[str]) -> None:
        """Delete the vectors with these keys.

        Raises:
            IndexDamagedError: Chroma cannot write.
        """
        for start in range(0, len(keys), _AT_ONCE):
            part = list(keys[start : start + _AT_ONCE])
            self._call(_delete(part))

    def keys(self) -> list[str]:
        """Return all keys, in no order.

        Raises:
            IndexDamagedError: Chroma cannot read.
        """
        return list(self._call(lambda client: _open(client).get(include=[])["ids"]))

    def nearest(self, vector: Vectors32, limit: int) -> list[tuple[str, float]]:
        """Return at most `limit` (key, cosine) pairs, nearest first.

        Args:
            vector: a unit vector (dimensions,).
            limit: how many at most, 1 or more.

        Raises:
            IndexDamagedError: Chroma cannot search.
        """

        def ask(client: Client) -> list[tuple[str, float]]:
            found = _open(client).query(query_embeddings=vector[None, :], n_results=limit, include=["distances"])
            distances = found["distances"] or [[]]
            return [(key, 1 - float(far)) for key, far in zip(found["ids"][0], distances[0], strict=True)]

        return self._call(ask)

    def check(self, keys: Sequence[str], vectors: Vectors32, at_least: int = 0) -> None:
        """Count, and ask for vectors that are in the collection and see that each is found.

        Raises:
            IndexDamagedError: one of them is not found, or there are fewer than `at_least` in all.
        """
        count = self._call(lambda client: _open(client).count())
        if count < at_least:
            raise self._damaged(f"it holds {count} vectors and should hold {at_least}")
        lost = [key for key, vector in zip(keys, vectors, strict=True) if not self._finds(key, vector)]
        if lost:
            raise self._damaged(f"{len(lost)} of {len(keys)} sampled vectors are not found by a query")

    def _finds(self, key: str, vector: Vectors32) -> bool:
        near = self.nearest(vector, 10)
        # Equal texts have equal vectors: any of them may come first.
        return any(found == key or cosine > 0.9999 for found, cosine in near)

    def _call(self, work: Callable[[Client], _T]) -> _T:
        with _lock:
            try:
                return work(self._client())
            except Exception as error:  # Chroma and its Rust core raise errors of many unrelated types
                _close(self.folder)
                raise self._damaged(str(error)) from error

    def _client(self) -> Client:
        stamp, open_already = _clients.get(self.folder, ("", None))
        if open_already is not None and stamp == self._stamp:
            return open_already
        _close(self.folder)
        client = chromadb.PersistentClient(str(self.folder), settings=Settings(anonymized_telemetry=False))
        assert isinstance(client, Client)  # its declared type has no close()
        _clients[self.folder] = (self._stamp, client)
        return client

    def _damaged(self, why: str) -> IndexDamagedError:
        return IndexDamagedError(
            f"The vector index cannot be used: {why}",
            where=str(self.folder),
            hint="It is rebuilt by the next update of the index",
        )


def _make(client: Client) -> chromadb.Collection:
    return client.get_or_create_collection(
        _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}}
    )


def _open(client: Client) -> chromadb.Collection:
    return client.get_collection(_COLLECTION, embedding_function=None)


def _upsert(keys: list[str], vectors: Vectors32) -> Callable[[Client], None]:
    return lambda client: _open(client).upsert(ids=keys, embeddings=vectors)


def _delete(keys: list[str]) -> Callable[[Client], object]:
    return lambda client: _open(client).delete(ids=keys)


def _close(folder: Path) -> None:
    """Let go of a folder: Chroma forgets what it holds of it with its last client."""
    _, client = _clients.pop(folder, ("", None))
    if client is not None:
        client.close()


class ChromaDefault:
    """Chroma's own default embedder: the same model in float32, which Chroma downloads on its first use."""

    def __init__(self) -> None:
        self._function = DefaultEmbeddingFunction()

    @property
    def name(self) -> str:
        """Model and maker."""
        return "chroma-default-minilm-l6-v2"

    @property
    def dimensions(self) -> int:
        """Always 384."""
        return 384

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors32:
        """Return unit rows for the texts, in their order.

        Raises:
            EmbedderError: the model could not be downloaded or run.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        try:
            rows = self._function(list(texts))
        except Exception as error:  # a download, an archive and onnxruntime can each fail in their own way
            raise EmbedderError(
                f"Chroma's default embedder cannot run: {error}",
                where=self.name,
                hint="It downloads its model once and needs the network for that; the embedder `minilm` does not",
            ) from error
        if progress is not None:
            progress(len(texts), len(texts))
        return unit_rows(np.asarray(rows, dtype=np.float32), source=self.name)
