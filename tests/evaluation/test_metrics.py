from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import first_rank, ndcg_at, reciprocal_rank, success_at

names = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def test_a_worked_example() -> None:
    ranking = ["x", "a", "x", "a", "b"]
    assert first_rank(ranking, {"a", "b"}) == 2
    assert reciprocal_rank(ranking, {"a", "b"}) == 0.5
    assert success_at(ranking, {"b"}, 4) == 0.0
    assert success_at(ranking, {"b"}, 5) == 1.0
    # "a" gains once, at place 2; "b" at place 5; the best would be places 1 and 2.
    gained = 1 / math.log2(3) + 1 / math.log2(6)
    assert ndcg_at(ranking, {"a", "b"}, 10) == pytest.approx(gained / (1 + 1 / math.log2(3)))
    assert ndcg_at(ranking, {"a", "b"}, 1) == 0.0


def test_nothing_found_and_nothing_relevant_score_nothing() -> None:
    assert (reciprocal_rank([], {"a"}), ndcg_at([], {"a"}, 10), success_at([], {"a"}, 5)) == (0.0, 0.0, 0.0)
    assert ndcg_at(["a"], set(), 10) == 0.0


@given(names, st.sets(st.sampled_from("abcdefgh"), min_size=1), st.integers(1, 12))
def test_metrics_lie_in_bounds_and_agree(ranking: list[str], relevant: set[str], k: int) -> None:
    gain = ndcg_at(ranking, relevant, k)
    assert 0 <= gain <= 1 + 1e-12
    assert (gain > 0) == bool(success_at(ranking, relevant, k))
    assert success_at(ranking, relevant, k) <= success_at(ranking, relevant, k + 1)


@given(st.permutations("abcd"))
def test_the_best_ranking_scores_one(order: list[str]) -> None:
    assert ndcg_at(order, set(order), 4) == pytest.approx(1)
