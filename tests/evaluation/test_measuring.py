from __future__ import annotations

import pytest

from assistant.evaluation.questions import Question
from assistant.evaluation.retrieval import DEPTH, measure, tell

QUESTIONS = [Question(question=f"q{number}", notes=[f"n{number}"]) for number in range(4)]
# Found first, found in second place behind twice the same note, found too late, not found.
RANKINGS = {
    "q0": ["n0", "x"],
    "q1": ["x", "n1", "n1"],
    "q2": [*"abcdef", "n2"],
    "q3": [*"abcdefghij", "n3"],
}


def ask(question: str, depth: int) -> list[str]:
    return RANKINGS[question][: depth + 5]  # more than was asked for: what lies deeper must not count


def test_means_are_taken_over_all_questions() -> None:
    told: list[tuple[int, int]] = []
    score = measure("all", QUESTIONS, ask, k=5, progress=lambda done, total: told.append((done, total)))
    assert (score.asked, score.recall) == (4, 0.5)
    assert score.mrr == pytest.approx((1 + 1 / 2 + 1 / 7 + 0) / 4)
    assert [(each.question, rank) for each, rank in score.missed] == [("q2", 7), ("q3", None)]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_table_names_every_way_and_what_the_first_missed() -> None:
    scores = [measure("one", QUESTIONS, ask, k=5), measure("two", QUESTIONS[:2], ask, k=5)]
    lines = list(tell(scores))
    assert "4 questions" in lines[0]
    assert any(line.startswith("| one | 50.0% |") for line in lines)
    assert any(line.startswith("| two | 100.0% |") for line in lines)
    missed = "\n".join(lines)
    assert "q2 (n2: place 7)" in missed
    assert f"q3 (n3: not among the first {DEPTH})" in missed
