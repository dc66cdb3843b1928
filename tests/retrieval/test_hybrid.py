from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Source, Tier
from assistant.retrieval.hybrid import Candidate, choose, fuse, is_duplicate

SCORES = st.dictionaries(st.integers(0, 30), st.floats(0, 50), max_size=20)
COSINES = st.dictionaries(st.integers(0, 30), st.floats(-1, 1), max_size=20)


@given(SCORES, COSINES, st.sampled_from(["weighted", "rrf"]))
def test_every_key_gets_a_score_from_nothing_to_one(words, meaning, fusion) -> None:
    fused = fuse(words, meaning, fusion)
    assert fused.keys() == words.keys() | meaning.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@pytest.mark.parametrize("fusion", ["weighted", "rrf"])
def test_best_in_both_is_best_of_all(fusion) -> None:
    fused = fuse({1: 9.0, 2: 5.0, 3: 1.0}, {1: 0.8, 3: 0.7, 4: 0.1}, fusion)
    assert fused[1] == pytest.approx(1.0)
    assert max(fused, key=lambda key: fused[key]) == 1


def test_weights_meaning_with_six_tenths() -> None:
    assert fuse({1: 4.0, 2: 2.0}, {1: 0.0, 2: 1.0}, "weighted") == pytest.approx({1: 0.55, 2: 0.725})


@pytest.mark.parametrize("fusion", ["weighted", "rrf"])
def test_one_side_alone_counts_in_full(fusion) -> None:
    assert fuse({1: 4.0, 2: 2.0}, {}, fusion)[1] == pytest.approx(1.0)
    assert fuse({}, {1: 0.4, 2: 0.2}, fusion)[1] == pytest.approx(1.0)


@pytest.fixture
def candidate(make_source: Callable[..., Source]) -> Callable[..., Candidate]:
    def build(text: str, source: str = "a", score: float = 0.5, tier: Tier = Tier.PRIMARY, vector=None) -> Candidate:
        return Candidate(make_source(source, text, tier=tier).passages[0], score, vector=vector)

    return build


ORDER = "In May 1945 Truman signed an order to cut the supplies that went to the Soviet Union by sea."


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (ORDER, True),
        (ORDER.upper(), True),
        (ORDER.replace("signed", "did sign"), True),
        (ORDER.replace("1945", "1946"), False),
        (ORDER.replace("signed", "never signed"), False),
        (ORDER.replace("signed", "didn’t sign"), False),
        ("In May 1945 Stalin received Harry Hopkins.", False),
    ],
)
def test_near_duplicates_are_the_same_words_figures_and_negations(candidate, other: str, same: bool) -> None:
    assert is_duplicate(candidate(ORDER), candidate(other)) is same


def test_a_like_wording_is_a_duplicate_only_with_the_same_meaning(candidate) -> None:
    other = ORDER.replace("an order to cut the", "a paper that cut")
    near, far = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
    assert is_duplicate(candidate(ORDER, vector=near), candidate(other, vector=near))
    assert not is_duplicate(candidate(ORDER, vector=near), candidate(other, vector=far))
    assert not is_duplicate(candidate(ORDER), candidate(other))


def test_the_better_tier_of_two_duplicates_is_kept_in_the_better_place(candidate) -> None:
    copy = candidate(ORDER, "forum-copy", 0.9, Tier.FORUM)
    other = candidate("Something else was said of Poland.", "b", 0.8)
    document = candidate(ORDER, "document", 0.3)
    chosen = choose([copy, other, document], 10, None)
    assert [(one.passage.source_id, one.score) for one in chosen] == [("document", 0.9), ("b", 0.8)]


def test_one_source_has_no_more_than_its_share(candidate) -> None:
    texts = ["Trains ran late.", "Ships were sunk.", "Wheat was scarce.", "Miners struck."]
    same = [candidate(text, "a", 0.9) for text in texts]
    other = candidate("A choir sang in Torgau.", "b", 0.1)
    assert [one.passage.source_id for one in choose([*same, other], 10, 2)] == ["a", "a", "b"]
    assert len(choose([*same, other], 10, None)) == 5
    assert len(choose([*same, other], 3, None)) == 3


def test_a_full_source_does_not_get_in_by_a_duplicate(candidate) -> None:
    full = candidate("Trains ran late.", "a", 0.9)
    copy = candidate(ORDER, "forum", 0.8, Tier.FORUM)
    twin = replace(candidate(ORDER, "a", 0.7))
    chosen = choose([full, copy, twin], 10, 1)
    assert [one.passage.source_id for one in chosen] == ["a", "forum"]
