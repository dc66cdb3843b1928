"""The promise on retrieval, kept over the shipped archive with the default embedder."""

from __future__ import annotations

from assistant.workbench import Workbench
from assistant.workbench.measuring import measured


def test_hybrid_search_answers_nine_of_ten_questions_and_beats_each_of_its_parts(bench: Workbench) -> None:
    hybrid, _, words, meaning = measured(bench.archive, 5)
    assert hybrid.asked == 60
    assert hybrid.recall >= 0.9, [each.question for each, _ in hybrid.missed]
    assert hybrid.ndcg > max(words.ndcg, meaning.ndcg)
