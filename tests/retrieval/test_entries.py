from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import PassageKind, Source
from assistant.retrieval.entries import embedded_text, entries_of, fingerprint, last_named_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("On 11 May 1945 an order was signed.", "1945-05-11"),
        ("On May 11, 1945 an order was signed.", "1945-05-11"),
        ("In May 1945 and in 1944", "1945-05-01"),
        ("in 1947", "1947-01-01"),
        ("from 1945-46", "1946-01-01"),
        ("from 1945–6", "1946-01-01"),
        ("from 1941 to 1953", "1953-01-01"),
        ("in the 1940s", "1949-01-01"),
        ("on 31 June 1945", "1945-06-01"),
        ("1,945 tons, $1990, 1999.5, 1960%", None),
        ("11950 men, 20 ships", None),
        ("no date", None),
    ],
)
def test_finds_the_latest_day_that_is_named(text: str, day: str | None) -> None:
    expected = dt.date.fromisoformat(day).toordinal() if day else None
    assert last_named_day(text) == expected


@given(st.text(alphabet="0123456789 -–/.,s%$May June31"))
def test_any_text_can_be_looked_through(text: str) -> None:
    last_named_day(text)


def test_known_is_the_end_of_the_span_unless_the_source_says(make_source: Callable[..., Source]) -> None:
    def known(**facts: str) -> int | None:
        return entries_of(make_source("a", "Text.", **facts), str)[0].known

    assert known(date="1945") == dt.date(1945, 12, 31).toordinal()
    assert known(date="1944-05-01", date_end="1946-02") == dt.date(1946, 2, 28).toordinal()
    assert known(date="1944-05-01", known_from="1991") == dt.date(1991, 12, 31).toordinal()
    assert known(date=None) is None


def test_the_fingerprint_changes_with_words_facts_and_glossary(make_source: Callable[..., Source]) -> None:
    base = make_source("a", "LL ended.")
    prints = [
        fingerprint(entries_of(base, str)),
        fingerprint(entries_of(make_source("a", "LL began."), str)),
        fingerprint(entries_of(make_source("a", "LL ended.", date="1946"), str)),
        fingerprint(entries_of(make_source("a", "LL ended.", known_from="1950"), str)),
        fingerprint(entries_of(base, lambda text: text.replace("LL", "LL (Lend-Lease)"))),
    ]
    assert len(set(prints)) == len(prints)
    assert prints[0] == fingerprint(entries_of(make_source("a", "LL ended."), str))


def test_a_post_is_embedded_without_its_threads_title() -> None:
    assert embedded_text(PassageKind.POST, "Title", "Words.") == "Words."
    assert embedded_text(PassageKind.STATEMENT, "Title", "Words.") == "Title. Words."
