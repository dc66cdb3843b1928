"""What an embedder is to the index: a name, a size, and unit vectors for texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EmbedderError

__all__ = ["Embedder", "Progress", "Vectors32", "embedding_key", "unit_rows"]

Vectors32 = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) while a long piece of work goes on."""


class Embedder(Protocol):
    """Turns texts into unit vectors; the same name must always mean the same vectors, for embeddings are kept by it."""

    @property
    def name(self) -> str:
        """Model, precision and version, such as `minilm-l6-v2-int8-g1`: part of every embedding's key."""

    @property
    def dimensions(self) -> int:
        """Length of each vector; an embedder behind a server may have to ask it first (raises EmbedderError)."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors32:
        """Return a float32 array (len(texts), dimensions) of unit rows, in the order given.

        Raises:
            EmbedderError: the model cannot run or cannot be reached.
        """


def embedding_key(embedder: str, text: str) -> str:
    """Return the name under which the embedding of `text` by the embedder so named is kept: 64 hex digits."""
    return hashlib.sha256(f"{embedder}\0{text}".encode()).hexdigest()


def unit_rows(rows: Sequence[Sequence[float]] | NDArray[np.floating], *, source: str) -> Vectors32:
    """Return the rows as float32 unit vectors.

    Raises:
        EmbedderError: rows of unequal length, a value that is not finite, or a row of zeros; `source` names who gave them.
    """
    try:
        array = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderError("The embeddings are not rows of numbers of one length", where=source) from error
    if array.ndim != 2 or not np.isfinite(array).all():
        raise EmbedderError("The embeddings are not rows of finite numbers of one length", where=source)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    if (lengths == 0).any():
        raise EmbedderError("An embedding is all zeros, so it has no direction to search by", where=source)
    return np.asarray(array / lengths, dtype=np.float32)
