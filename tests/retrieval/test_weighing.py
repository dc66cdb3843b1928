"""What lifts a passage beside its own words: the text around it, its note's judgement, the year asked for, other sources first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.records import Source
from assistant.retrieval.index import Index, Query

Make = Callable[..., Source]


def found(folder: Path, query: Query, *sources: Source) -> list[str]:
    index = Index.open(folder, None, nearest="exact")
    index.sync(list(sources))
    return [hit.passage.id for hit in index.search(query).hits]


def test_a_question_whose_words_lie_in_several_paragraphs_finds_their_note(tmp_path: Path, make_source: Make) -> None:
    told = make_source("told", "Zhukov signed for the harbour.", "The tariff was never published.", title="x")
    other = make_source("other", "Zhukov signed for the railway.", "The weather was fine.", title="y")
    assert found(tmp_path, Query("Zhukov tariff"), other, told)[0].startswith("told#")
    assert found(tmp_path, Query("Zhukov signed tariff", per_source_cap=1), other, told) == ["told#1", "other#1"]


def test_what_stands_around_a_passage_does_not_find_it(tmp_path: Path, make_source: Make) -> None:
    told = make_source("told", "Zhukov signed for the harbour.", "The tariff was never published.", title="x")
    assert found(tmp_path, Query("tariff"), told) == ["told#2"]


def test_a_long_source_lends_its_passages_nothing(tmp_path: Path, make_source: Make) -> None:
    filler = [f"Paragraph {number} of a long book speaks of matters that nobody asked for." for number in range(80)]
    long = make_source("long", "Zhukov signed for the harbour.", "The tariff was published.", *filler, title="x")
    short = make_source("short", "Zhukov signed for the harbour.", "The tariff was published.", title="x")
    index = Index.open(tmp_path, None, nearest="exact")
    index.sync([long, short])
    best = {hit.passage.id: hit.score for hit in index.search(Query("signed tariff")).hits}
    assert best["short#1"] > best.get("long#1", 0.0)


def test_the_year_that_is_asked_for_comes_first(tmp_path: Path, make_source: Make) -> None:
    early = make_source("early", "The council broke up over the treaty in London.", title="x", date="1945-09")
    late = make_source("late", "The council broke up over the treaty in London town.", title="x", date="1947-12")
    asked = Query("why did the council break up in {}?")
    for year, first in (("'47", "late#1"), ("1945", "early#1")):
        assert found(tmp_path / first[:4], Query(asked.text.format(year)), early, late)[0] == first


def test_an_undated_passage_is_still_found_when_a_year_is_asked_for(tmp_path: Path, make_source: Make) -> None:
    undated = make_source("undated", "The council broke up over the treaty.", title="x", date=None)
    assert found(tmp_path, Query("council treaty in 1947"), undated) == ["undated#1"]


def test_the_second_passage_of_a_source_waits_for_the_first_of_another(tmp_path: Path, make_source: Make) -> None:
    full = make_source(
        "full", "The loan to Moscow was talked over.", "A loan to Moscow was refused.", title="Loans to Moscow"
    )
    other = make_source("other", "A loan to Moscow, said Truman, needs time.", title="Loans to Moscow")
    hits = found(tmp_path, Query("loan to Moscow"), full, other)
    assert [hit.split("#")[0] for hit in hits] == ["full", "other", "full"]


@pytest.mark.parametrize("fusion", ["weighted", "rrf", "words", "meaning"])
def test_every_way_of_searching_gives_falling_scores_within_bounds(
    tmp_path: Path, make_source: Make, make_embedder, fusion: str
) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="exact")
    index.sync(
        [make_source("a", "The loan was refused.", "The loan of 1946 was asked for."), make_source("b", "A loan.")]
    )
    scores = [hit.score for hit in index.search(Query("loan of 1945", fusion=fusion)).hits]  # type: ignore[arg-type]
    assert scores
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
