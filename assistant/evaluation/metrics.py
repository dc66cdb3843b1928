"""Ranking metrics over binary relevance.

A ranking is the list of note ids of the passages that a search returned, best first; a note may stand there several times and
counts once, at its first place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

__all__ = ["first_rank", "ndcg_at", "reciprocal_rank", "success_at"]


def first_rank(ranking: Sequence[str], relevant: Collection[str]) -> int | None:
    """Return the place, from 1, of the first relevant id; None where there is none."""
    return next((rank for rank, found in enumerate(ranking, start=1) if found in relevant), None)


def success_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return 1.0 where a relevant id stands among the first `k`, else 0.0.

    Its mean over questions is what is called success@k, or recall@k where each question has one answer (Manning, Raghavan and
    Schütze, Introduction to Information Retrieval, 2008, section 8.4).
    """
    return float(first_rank(ranking[:k], relevant) is not None)


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / rank of the first relevant id, 0 where there is none.

    Its mean over questions is the mean reciprocal rank (Voorhees, The TREC-8 Question Answering Track Report, 1999).
    """
    rank = first_rank(ranking, relevant)
    return 1 / rank if rank else 0.0


def ndcg_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k` places, in 0..1.

    A relevant id at place r gains 1 / log2(r + 1), the first time that it stands there; the sum is divided by that of the best
    possible ranking (Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20:4, 2002, in the
    usual form with log2(r + 1)). 0 where nothing is relevant.
    """
    wanted, seen, gain = set(relevant), set[str](), 0.0
    for rank, found in enumerate(ranking[:k], start=1):
        if found in wanted and found not in seen:
            gain += 1 / math.log2(rank + 1)
            seen.add(found)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), k) + 1))
    return gain / best if best else 0.0
