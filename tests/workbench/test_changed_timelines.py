"""Continuations under changes that make much of the archive false: they say less, and never the false thing."""

import re

import pytest

from assistant.records import Continuation, SentenceType
from assistant.workbench import Workbench
from assistant.writing.continuation import CHANCE, COURSE, POD

START, END = "1945-04-26", "1953-12-31"


def _told(draft: Continuation) -> str:
    return " ".join(text for event in draft.events for text in [event.title, *(s.text for s in event.sentences)])


@pytest.mark.parametrize(
    ("lever", "gone"),
    [
        ("wallace-vice-president", "Truman"),
        ("roosevelt-lives", "Truman"),
        ("stalin-dies-1945", "Stalin (?:told|said|gave|approved)"),
    ],
)
def test_nobody_acts_in_an_office_or_a_life_that_the_lever_took(bench: Workbench, lever: str, gone: str) -> None:
    draft = bench.continue_timeline(levers=[lever], start=START, end=END)
    late = draft.model_copy(update={"events": [event for event in draft.events if event.date > "1945-11"]})
    assert len(late.events) >= 10
    shared = "Truman had|of 1944|1944 "
    assert not [
        part for part in re.split(r"(?<=\.) ", _told(late)) if re.search(gone, part) and not re.search(shared, part)
    ]


def test_a_lever_s_own_telling_comes_first(bench: Workbench) -> None:
    draft = bench.continue_timeline(levers=["wallace-vice-president"], start=START, end=END)
    assert "The President at the Garden" in {event.title for event in draft.events}
    plain = bench.continue_timeline(start=START, end=END)
    assert "The President at the Garden" not in {event.title for event in plain.events}


def test_where_nothing_fits_only_the_outcome_is_given_and_flagged(bench: Workbench) -> None:
    draft = bench.continue_timeline(levers=["wallace-vice-president"], start=START, end=END)
    bare = [event for event in draft.events if event.flags]
    assert bare
    assert all(len(event.sentences) == 1 and event.sentences[0].type is SentenceType.INVENTION for event in bare)
    assert all("only the outcome is given" in event.flags[0] for event in bare)


def test_only_what_is_granted_stands_among_the_premises(bench: Workbench) -> None:
    draft = bench.continue_timeline(levers=["stalin-dies-1945"], start=START, end=END)
    assert set(draft.timeline.premises) <= {POD, "stalin-dies-1945", COURSE, CHANCE}


@pytest.mark.parametrize("path", ["likely", "median", "seed 1", "seed 7", "seed 11"])
def test_no_entry_leans_on_what_the_timeline_turned_aside(bench: Workbench, path: str) -> None:
    draft = bench.continue_timeline(path=path, start=START, end=END)
    ids, text = {event.id for event in draft.events}, _told(draft)
    told = {event.title: event for event in draft.events}
    if "prague-1948-02.coalition-survives" in ids:
        assert "Prague coup" not in text
        assert "Prague fell" not in text
    if "bizonia-1946-12.four-power-economy" in ids:
        assert "end to the fusion" not in text
    if "canada-spy-news-1946-02.kept-quiet" in ids:
        assert "royal commission on the spy ring was appointed" not in text
    assert draft.weakest is None or draft.weakest in ids
    assert all(told[event.title].causes for event in draft.events)
