"""Fusing search by words with search by meaning, and choosing hits: no near-duplicates, no source with too large a share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from assistant.records import Hit, Passage, Tier
from assistant.retrieval.embedding import Vectors32
from assistant.retrieval.filters import Fusion, Query

__all__ = ["Candidate", "Found", "Fusion", "Query", "choose", "fuse", "is_duplicate"]

DENSE_WEIGHT = 0.45  # chosen on benchmarks/tuning.yaml; from 0.4 to 0.5 it hardly matters
_RRF_K = 60
_NEAR = 100
_NEGATION = re.compile(r"\b(?:not|no|never|none|nor|neither|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_SAME_WORDS, _LIKE_WORDS, _SAME_MEANING = 95.0, 80.0, 0.97
_TIERS = {tier: place for place, tier in enumerate(Tier)}


@dataclass(frozen=True)
class Candidate:
    """A passage that may become a hit, with its fused score, its cosine and its vector, where there are any."""

    passage: Passage
    score: float
    cosine: float | None = None
    vector: Vectors32 | None = None


@dataclass(frozen=True)
class Found:
    """What a search found.

    `searched` counts the passages that passed the filters. Scores are comparable within one search only; `cosines`, hit by
    hit, tell how near in meaning a hit is at all (None where it has no embedding).
    """

    hits: list[Hit]
    searched: int
    notices: list[str] = field(default_factory=list)
    cosines: list[float | None] = field(default_factory=list)


def fuse(words: Mapping[int, float], meaning: Mapping[int, float], fusion: Fusion) -> dict[int, float]:
    """Return a score in 0..1 for every key in either mapping.

    `weighted` scales the cosines to 0..1 between the hundredth and the most, so that far passages that were found by words alone
    do not press the near ones together; the BM25 scores between nothing and the most, and
    takes 0.45 of the first and 0.55 of the second. `rrf` adds 1 / (60 + rank) in each list, as a share of the best possible.
    Where one of the two found nothing, the other counts alone.
    """
    if fusion == "rrf":
        return _reciprocal_ranks([ranking for ranking in (words, meaning) if ranking])
    weight = DENSE_WEIGHT if words and meaning else float(bool(meaning))
    dense = _scaled(meaning, min(sorted(meaning.values())[-_NEAR:], default=0.0))
    lexical = _scaled(words, 0.0)
    return {key: weight * dense.get(key, 0) + (1 - weight) * lexical.get(key, 0) for key in {**words, **meaning}}


def _scaled(scores: Mapping[int, float], floor: float) -> dict[int, float]:
    width = max(scores.values(), default=0.0) - floor
    return {key: max(0.0, score - floor) / width if width > 0 else 1.0 for key, score in scores.items()}


def _reciprocal_ranks(rankings: list[Mapping[int, float]]) -> dict[int, float]:
    best = len(rankings) / (_RRF_K + 1)
    fused: Counter[int] = Counter()
    for scores in rankings:
        order = sorted(scores, key=lambda key: (-scores[key], key))
        for rank, key in enumerate(order, start=1):
            # mypy takes the Counter's values for integers; these are shares.
            fused[key] += 1 / (_RRF_K + rank) / best  # type: ignore[assignment]
    return dict(fused)


def choose(candidates: Iterable[Candidate], k: int, per_source_cap: int | None) -> list[Candidate]:
    """Return at most `k` candidates in their order, without near-duplicates, at most the cap of one source.

    Of two near-duplicates the one of the better tier is kept, in the better place: a forum's copy of a document does not
    hide the document.
    """
    chosen: list[Candidate] = []
    shares: Counter[str] = Counter()
    for candidate in candidates:
        twin = next((at for at, kept in enumerate(chosen) if is_duplicate(candidate, kept)), None)
        if twin is not None:
            _prefer(chosen, twin, candidate, shares, per_source_cap)
            continue
        if per_source_cap is not None and shares[candidate.passage.source_id] >= per_source_cap:
            continue
        if len(chosen) == k:
            break
        chosen.append(candidate)
        shares[candidate.passage.source_id] += 1
    return chosen


def _prefer(chosen: list[Candidate], at: int, new: Candidate, shares: Counter[str], cap: int | None) -> None:
    """Put `new` in its twin's place if its tier is better and its source has room."""
    kept = chosen[at]
    full = cap is not None and shares[new.passage.source_id] >= cap
    if full or _TIERS[new.passage.tier] >= _TIERS[kept.passage.tier]:
        return
    shares[kept.passage.source_id] -= 1
    shares[new.passage.source_id] += 1
    chosen[at] = Candidate(new.passage, kept.score, new.cosine, new.vector)


def is_duplicate(one: Candidate, other: Candidate) -> bool:
    """Tell whether two passages say the same in nearly the same words.

    Passages with different figures or negations are never the same, however alike: "300 ships in 1944" is not "400 ships in
    1945", and for and against often differ by one "not".
    """
    left, right = one.passage.text, other.passage.text
    alike = fuzz.ratio(left.casefold(), right.casefold(), score_cutoff=_LIKE_WORDS)
    if not alike or _marks(left) != _marks(right):
        return False
    if alike >= _SAME_WORDS:
        return True
    if one.vector is None or other.vector is None:
        return False
    return float(one.vector @ other.vector) > _SAME_MEANING


def _marks(text: str) -> tuple[list[str], int]:
    """The figures of a text and the number of its negations."""
    return sorted(_FIGURE.findall(text)), len(_NEGATION.findall(text))
