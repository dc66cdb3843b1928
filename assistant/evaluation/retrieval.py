"""Measuring a search: every question is asked, and the notes of the passages that come back are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from assistant.evaluation.metrics import first_rank, ndcg_at, reciprocal_rank, success_at
from assistant.evaluation.questions import Question

__all__ = ["DEPTH", "Score", "measure", "tell"]

DEPTH = 10
"""Passages that are looked at for nDCG and the reciprocal rank."""

Ask = Callable[[str, int], Sequence[str]]
"""Given a question and how many passages are wanted, returns the ids of the notes that they stand in, best first."""


@dataclass(frozen=True)
class Score:
    """How one way of searching did: means over the questions, and those whose notes did not come within the first `k`.

    `missed` pairs each such question with the rank of its first note within `DEPTH`, None where it did not come at all.
    """

    name: str
    k: int
    asked: int
    recall: float
    ndcg: float
    mrr: float
    missed: list[tuple[Question, int | None]]


def measure(
    name: str,
    questions: Sequence[Question],
    ask: Ask,
    k: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> Score:
    """Ask every question and score what comes back.

    Args:
        name: of the way of searching.
        questions: at least one.
        ask: the search.
        k: passages within which a note must come.
        progress: called with questions asked and questions in all.
    """
    depth = max(k, DEPTH)
    rankings: list[Sequence[str]] = []
    for number, each in enumerate(questions, start=1):
        rankings.append(list(ask(each.question, depth))[:depth])
        if progress:
            progress(number, len(questions))
    pairs = list(zip(questions, rankings, strict=True))
    missed = [
        (each, first_rank(ranking, each.notes)) for each, ranking in pairs if not success_at(ranking, each.notes, k)
    ]
    return Score(
        name=name,
        k=k,
        asked=len(questions),
        recall=fmean(success_at(ranking, each.notes, k) for each, ranking in pairs),
        ndcg=fmean(ndcg_at(ranking, each.notes, DEPTH) for each, ranking in pairs),
        mrr=fmean(reciprocal_rank(ranking[:DEPTH], each.notes) for each, ranking in pairs),
        missed=missed,
    )


def tell(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the scores as a table in Markdown, then the questions that the first way of searching missed."""
    first = scores[0]
    yield f"{first.asked} questions; a note counts as found where one of its passages is among the first {first.k}."
    yield f"| search | recall@{first.k} | nDCG@{DEPTH} | MRR |"
    yield "|---|---|---|---|"
    for score in scores:
        yield f"| {score.name} | {score.recall:.1%} | {score.ndcg:.3f} | {score.mrr:.3f} |"
    if first.missed:
        yield f"Not among the first {first.k} of {first.name}:"
    for question, rank in first.missed:
        place = f"place {rank}" if rank else f"not among the first {max(first.k, DEPTH)}"
        yield f"  {question.question} ({', '.join(question.notes)}: {place})"
