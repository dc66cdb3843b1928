"""Small hand-made sources and an embedder that needs no model. Also imported by the worker processes of the tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from assistant.errors import EmbedderError
from assistant.records import Passage, PassageKind, Source, SourceKind, Tier
from assistant.retrieval.embedding import Progress, Vectors32
from assistant.retrieval.index import Index
from assistant.text import content_hash, words


class HashEmbedder:
    """A bag of words: each word a random direction fixed by its hash. Remembers what it was asked to embed.

    It knows two words that search by words does not: "thema" means "subject" to it and "stoff" means "matter".
    """

    dimensions = 256

    def __init__(self, name: str = "hash", fails: bool = False) -> None:
        self.name, self.fails, self.texts = name, fails, list[str]()

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors32:
        if self.fails:
            raise EmbedderError("The test's embedder is out of order")
        self.texts += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row] = sum((self._direction(word) for word in words(text)), start=self._direction(""))
            if progress is not None:
                progress(row + 1, len(texts))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _direction(self, word: str) -> Vectors32:
        word = word.replace("thema", "subject").replace("stoff", "matter")
        seed = int.from_bytes(hashlib.sha256(f"{self.name} {word}".encode()).digest()[:8], "big")
        return np.random.default_rng(seed).normal(size=self.dimensions).astype(np.float32)


def build_source(
    source_id: str,
    *texts: str,
    title: str = "A note",
    tier: Tier = Tier.PRIMARY,
    kind: PassageKind = PassageKind.STATEMENT,
    date: str | None = "1945-05-12",
    date_end: str | None = None,
    known_from: str | None = None,
) -> Source:
    """A source whose passages are the texts, with true spans."""
    text = "\n\n".join(texts)
    digest, passages, at = content_hash(text), [], 0
    for number, part in enumerate(texts, start=1):
        start = text.index(part, at)
        at = start + len(part)
        passages.append(
            Passage(
                id=f"{source_id}#{number}",
                source_id=source_id,
                source_hash=digest,
                number=number,
                kind=kind,
                title=title,
                text=part,
                start=start,
                end=at,
                tier=tier,
                date=date,
                date_end=date_end,
                locator=f"para. {number}",
            )
        )
    return Source(
        id=source_id,
        hash=digest,
        kind=SourceKind.NOTE,
        title=title,
        tier=tier,
        date=date,
        date_end=date_end,
        known_from=known_from,
        text=text,
        passages=passages,
    )


def numbered_source(number: int, passages: int = 3) -> Source:
    """A source with words of its own: `subject17 matter1 ...`, so that each passage can be asked for."""
    return build_source(
        f"source-{number}", *(f"Subject{number} has matter{part} of its own, told in 1945." for part in range(passages))
    )


@pytest.fixture
def make_source() -> Callable[..., Source]:
    return build_source


@pytest.fixture
def numbered() -> Callable[..., Source]:
    return numbered_source


@pytest.fixture
def make_embedder() -> type[HashEmbedder]:
    return HashEmbedder


@pytest.fixture
def lend_lease() -> Source:
    return build_source(
        "lend-lease",
        "On 11 May 1945 Harry Truman signed an order to cut Lend-Lease to the Soviet Union.",
        "On 12 May 1945 ships bound for Soviet ports were stopped and some called back.",
        title="Lend-Lease to the Soviet Union cut back",
    )


@pytest.fixture
def poland() -> Source:
    return build_source(
        "poland",
        "In June 1945 Stanisław Mikołajczyk joined the Polish government in Warsaw.",
        "In January 1947 the Polish election was won by fraud.",
        title="The Polish settlement",
        tier=Tier.SCHOLARSHIP,
        date="1947-01-19",
    )


@pytest.fixture
def thread() -> Source:
    return build_source(
        "thread",
        "WAllies could keep LL going to the SU after the war.",
        "Uncle Joe would never allow free elections.",
        title="Elbe Day forever?",
        tier=Tier.FORUM,
        kind=PassageKind.POST,
        date="2019-04-25",
    )


@pytest.fixture
def index(tmp_path, lend_lease: Source, poland: Source, thread: Source) -> Index:
    """The three sources above, indexed without Chroma."""
    opened = Index.open(tmp_path / "index", HashEmbedder(), nearest="exact")
    opened.sync([lend_lease, poland, thread])
    return opened
