"""Measuring retrieval over the shipped archive: hybrid by both fusions, words alone, meaning alone."""

from __future__ import annotations

from assistant.evaluation.questions import load_questions
from assistant.evaluation.retrieval import Score, measure, tell
from assistant.retrieval.filters import Fusion
from assistant.retrieval.index import Query
from assistant.workbench.archive import Archive, Report, silent

__all__ = ["measured", "told"]

_WAYS: tuple[tuple[str, Fusion], ...] = (
    ("hybrid, weighted sum", "weighted"),
    ("hybrid, RRF", "rrf"),
    ("BM25 alone", "words"),
    ("dense alone", "meaning"),
)


def measured(archive: Archive, k: int, report: Report = silent) -> list[Score]:
    """Ask the shipped questions in every way of searching.

    Args:
        archive: the archive, whose index is brought up to date first.
        k: passages within which a note must come.
        report: progress.
    """
    questions = load_questions(archive.file("questions.yaml"))
    index, barred = archive.current(report), archive.digest_ids()
    scores: list[Score] = []
    for name, fusion in _WAYS:

        def ask(question: str, depth: int, fusion: Fusion = fusion) -> list[str]:
            query = Query(question, k=depth, exclude_sources=barred, fusion=fusion)
            return [hit.passage.source_id for hit in index.search(query).hits]

        def tick(done: int, total: int, name: str = name) -> None:
            report(name, done, total)

        scores.append(measure(name, questions, ask, k, tick))
    return scores


def told(scores: list[Score]) -> list[str]:
    """Return the scores as lines to read."""
    return list(tell(scores))
