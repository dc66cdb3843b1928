"""The default embedder against an independent BERT written here in plain NumPy."""

from __future__ import annotations

import importlib.metadata
from math import erf
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.errors import EmbedderError
from assistant.retrieval import minilm
from assistant.retrieval.minilm import MiniLM, model_files

TEXTS = [
    "On 11 May 1945 Harry Truman signed an order to cut Lend-Lease to the Soviet Union.",
    "Would Stalin have let Poland hold free elections?",
    "Amity",
    "",
    "Élysée 中文 ½ — ‘quotes’ & <b>marks</b>",
    "American and Soviet soldiers met at Torgau on the Elbe. " * 12,
    "The veto in the Security Council was agreed at Yalta in February 1945, after long dispute over its reach.",
    "word " * 600,
]

Array = NDArray[np.float32]
_erf = np.vectorize(erf, otypes=[np.float32])


def reference(texts: list[str]) -> Array:
    """all-MiniLM-L6-v2 by its published description: text by text, no batches, no padding."""
    path, tokenizer_path = model_files()
    weights, tokenizer = load_file(path), Tokenizer.from_file(str(tokenizer_path))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    return np.stack([_sentence(weights, tokenizer.encode(text).ids) for text in texts])


def _sentence(weights: dict[str, Array], ids: list[int]) -> Array:
    base = "embeddings."
    hidden = weights[f"{base}word_embeddings.weight"][ids] + weights[f"{base}position_embeddings.weight"][: len(ids)]
    hidden = _norm(weights, f"{base}LayerNorm", hidden + weights[f"{base}token_type_embeddings.weight"][0])
    for layer in range(6):
        hidden = _layer(weights, f"encoder.layer.{layer}.", hidden)
    mean = hidden.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _layer(weights: dict[str, Array], base: str, hidden: Array) -> Array:
    query, key, value = (
        _dense(weights, f"{base}attention.self.{part}", hidden).reshape(-1, 12, 32).transpose(1, 0, 2)
        for part in ("query", "key", "value")
    )
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(32))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ value).transpose(1, 0, 2).reshape(-1, 384)
    mixed = _dense(weights, f"{base}attention.output.dense", mixed)
    first = _norm(weights, f"{base}attention.output.LayerNorm", hidden + mixed)
    wide = _dense(weights, f"{base}intermediate.dense", first)
    active = wide * 0.5 * (1 + _erf(wide / np.sqrt(2)))
    return _norm(weights, f"{base}output.LayerNorm", first + _dense(weights, f"{base}output.dense", active))


def _dense(weights: dict[str, Array], name: str, rows: Array) -> Array:
    return rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _norm(weights: dict[str, Array], name: str, rows: Array) -> Array:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def int8(cache: Path) -> MiniLM:
    return MiniLM(cache)


@pytest.fixture(scope="module")
def expected() -> Array:
    return reference(TEXTS)


def test_the_float_graph_is_the_published_model(cache: Path, expected: Array) -> None:
    cosines = (MiniLM(cache, precision="fp32").embed(TEXTS) * expected).sum(axis=1)
    assert cosines.min() > 0.9999


def test_the_int8_graph_is_near_to_it(int8: MiniLM, expected: Array) -> None:
    rows = int8.embed(TEXTS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    # One word, or one word repeated, has nothing to even the rounding out.
    assert (rows * expected).sum(axis=1).min() > 0.97
    assert (rows * expected).sum(axis=1)[[0, 1, 5, 6]].min() > 0.98


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("The United States stopped aid to Russia.", TEXTS[0], TEXTS[6]),
        ("Polish voters and the communists", TEXTS[1], TEXTS[0]),
        ("the link-up of the two armies in Germany", TEXTS[5], TEXTS[6]),
        ("big powers could block a decision of the United Nations", TEXTS[6], TEXTS[5]),
    ],
)
def test_what_means_the_same_is_nearer(int8: MiniLM, text: str, near: str, far: str) -> None:
    asked, one, other = int8.embed([text, near, far])
    assert asked @ one > asked @ other + 0.1


def test_rows_come_in_the_order_of_the_texts(int8: MiniLM) -> None:
    texts = [f"{number} {TEXTS[number % len(TEXTS)]}" for number in range(30)]
    alone = np.concatenate([int8.embed([text]) for text in texts])
    assert (int8.embed(texts) @ alone.T).argmax(axis=1).tolist() == list(range(30))


def test_only_the_first_256_tokens_count(int8: MiniLM) -> None:
    one, other = int8.embed(["word " * 300]), int8.embed(["word " * 300 + "entirely other matters"])
    assert np.array_equal(one, other)


def test_nothing_gives_no_rows(int8: MiniLM) -> None:
    assert int8.embed([]).shape == (0, 384)


def test_progress_counts_to_the_end(int8: MiniLM) -> None:
    seen: list[tuple[int, int]] = []
    int8.embed(["a"] * 20, lambda done, total: seen.append((done, total)))
    assert seen == [(8, 20), (16, 20), (20, 20)]


def test_the_graph_is_built_once_and_kept_whole(int8: MiniLM, cache: Path, monkeypatch) -> None:
    monkeypatch.setattr(minilm, "_keep_graph", lambda *given: pytest.fail("built again"))
    assert np.array_equal(MiniLM(cache).embed(["Elbe"]), int8.embed(["Elbe"]))
    assert not list(cache.glob(".building-*"))


def test_a_damaged_graph_is_built_again(int8: MiniLM, cache: Path, tmp_path: Path) -> None:
    (kept,) = cache.glob("*int8.onnx")
    (tmp_path / kept.name).write_bytes(kept.read_bytes()[:1000])
    assert np.array_equal(MiniLM(tmp_path).embed(["Elbe"]), int8.embed(["Elbe"]))


def test_weights_with_another_digest_are_not_used(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(minilm, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EmbedderError, match="not the published file"):
        MiniLM(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_tokenizer_with_another_digest_is_not_used(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(minilm, "TOKENIZER_SHA256", "0" * 64)
    with pytest.raises(EmbedderError, match=r"tokenizer\.json"):
        MiniLM(tmp_path)


def test_without_the_wheel_the_way_out_is_named(monkeypatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(EmbedderError, match=r"torgau\[minilm\]"):
        model_files()


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmbedderError, match="could not be built"):
        MiniLM(tmp_path / "file" / "cache")
