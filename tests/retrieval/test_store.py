from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexDamagedError
from assistant.retrieval.embedding import embedding_key, unit_rows
from assistant.retrieval.store import EmbeddingStore


@pytest.fixture
def store(tmp_path: Path) -> EmbeddingStore:
    return EmbeddingStore(tmp_path / "embeddings.sqlite3")


def test_keeps_vectors_exactly(store: EmbeddingStore) -> None:
    vectors = unit_rows(np.random.default_rng(1).normal(size=(1200, 8)), source="test")
    keys = [embedding_key("e", str(number)) for number in range(1200)]
    store.add(keys, vectors)
    kept = EmbeddingStore(store.path).get(keys)
    assert np.array_equal(np.stack([kept[key] for key in keys]), vectors)


def test_tells_what_is_missing_in_order_and_once(store: EmbeddingStore) -> None:
    assert store.missing(["b", "a", "b"]) == ["b", "a"]
    store.add(["a"], np.ones((1, 2), dtype=np.float32))
    assert store.missing(["b", "a", "c", "b"]) == ["b", "c"]
    assert store.get(["b"]) == {}


def test_what_is_there_stays(store: EmbeddingStore) -> None:
    store.add(["a"], np.ones((1, 2), dtype=np.float32))
    store.add(["a"], np.zeros((1, 2), dtype=np.float32))
    assert store.get(["a"])["a"].tolist() == [1, 1]


def test_names_a_damaged_file(store: EmbeddingStore) -> None:
    store.path.write_bytes(b"this is no database, and it is longer than one page's header " * 20)
    with pytest.raises(IndexDamagedError, match=r"embeddings\.sqlite3"):
        store.missing(["a"])


def test_the_key_depends_on_embedder_and_text() -> None:
    keys = {embedding_key(embedder, text) for embedder in ("a", "b") for text in ("x", "y")}
    assert len(keys) == 4
