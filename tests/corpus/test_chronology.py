"""The chronology: its form, its order, and that it tells no date otherwise than the notes do."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.dates import MONTHS, earliest, latest, overlaps, parse_partial, precision_of
from assistant.library.notes import read_corpus
from assistant.library.yamltext import load_yaml
from assistant.records import Source

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    path = CORPUS / "chronology.yaml"
    rows = load_yaml(path.read_text("utf-8"), str(path))
    assert isinstance(rows, list)
    return rows


@pytest.fixture(scope="module")
def notes() -> dict[str, Source]:
    return {source.id: source for source in read_corpus(CORPUS / "notes")}


def borne_out(date: str, note: Source) -> bool:
    """Tell whether a note is of that date, spans it, or says it in a paragraph."""
    if note.date and overlaps(note.date, note.date_end, earliest(date), latest(date)):
        return True
    return any(says(date, paragraph) for paragraph in note.text.split("\n\n"))


def says(date: str, paragraph: str) -> bool:
    year, month, day = (int(part) for part in (date + "-0-0").split("-")[:3])
    if not re.search(rf"\b{year}\b", paragraph):
        return False
    if precision_of(date) == "year":
        return True
    if precision_of(date) == "month":
        return MONTHS[month] in paragraph
    # The day may be the first of a range or a pair: "24 and 25 October 1945", "from 16 to 26 December 1945".
    return re.search(rf"(?<!\d){day}(?!\d)[^.;:]{{0,20}}\b{MONTHS[month]}\b", paragraph) is not None


@pytest.mark.parametrize(
    ("date", "paragraph", "said"),
    [
        ("1945-10-24", "They met at Gagra on 24 and 25 October 1945.", True),
        ("1945-12-16", "He negotiated from 16 to 26 December 1945.", True),
        ("1945-10-04", "They met at Gagra on 24 October 1945.", False),
        ("1945-10-24", "They met at Gagra on 24 October 1946.", False),
        ("1945-10", "They met at Gagra in October 1945.", True),
        ("1945-11", "They met at Gagra in October 1945.", False),
        ("1945", "They met at Gagra in October 1945.", True),
    ],
)
def test_a_date_is_found_in_prose(date: str, paragraph: str, said: bool) -> None:
    assert says(date, paragraph) is said


def test_every_event_has_the_form(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert set(event) == {"date", "title", "note", "source"}, event
        title = event["title"]
        assert title == " ".join(title.split()), f"more than one line, or loose blanks: {title}"
        assert title.endswith("."), title
        assert len(title.split()) <= 25, title
        assert (event["note"] is None) != (event["source"] is None), f"a note or a source, not both: {title}"


def test_every_date_is_possible_and_of_the_period(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert parse_partial(event["date"]) == event["date"]
        assert 1939 <= earliest(event["date"]).year <= 1955, event


def test_the_events_stand_in_order(events: list[dict[str, Any]]) -> None:
    dates = [event["date"] for event in events]
    assert dates == sorted(dates)


def test_no_event_stands_twice(events: list[dict[str, Any]]) -> None:
    titles = Counter(event["title"].casefold() for event in events)
    assert [title for title, count in titles.items() if count > 1] == []
    words = [(event["date"], set(re.findall(r"\w{4,}", event["title"].casefold()))) for event in events]
    near = [
        (date, first, second)
        for position, (date, first) in enumerate(words)
        for other, second in words[position + 1 :]
        if other == date and len(first & second) > 0.8 * min(len(first), len(second))
    ]
    assert near == []


def test_every_note_exists_and_bears_the_date_out(events: list[dict[str, Any]], notes: dict[str, Source]) -> None:
    linked = [event for event in events if event["note"]]
    assert [event["note"] for event in linked if event["note"] not in notes] == []
    astray = [(event["date"], event["note"]) for event in linked if not borne_out(event["date"], notes[event["note"]])]
    assert astray == []


def test_it_is_as_full_as_promised(events: list[dict[str, Any]]) -> None:
    assert len(events) >= 420
    assert sum(event["note"] is not None for event in events) >= 230
    years = {earliest(event["date"]).year for event in events}
    assert years == set(range(1939, 1956))


def test_the_chronology_knows_elbe_day(events: list[dict[str, Any]]) -> None:
    told = {event["note"] for event in events if event["date"] == "1945-04-25"}
    assert {"elbe-first-contact-strehla-1945-04-25", "torgau-handshake-1945-04-26"} <= told
