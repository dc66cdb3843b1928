from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.asking import spelled_dates, years_named


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ships turned back in May '45", "ships turned back in May 1945"),
        ("Feb '46 cable", "February 1946 cable"),
        ("Sept ’44, Nov. 1945", "September 1944, November 1945"),
        ("the airlift of '48-49", "the airlift of 1948 1949"),
        ("starved in 46-47", "starved in 1946 1947"),
        # Not dates, or none that can be told.
        ("a 90-10 split, 25-30 per cent", "a 90-10 split, 25-30 per cent"),
        ("C-47s and B-17s", "C-47s and B-17s"),
        ("$46-47 million", "$46-47 million"),
        ("mar the decor", "mar the decor"),
        ("the '45ers", "the 1945ers"),
        ("Truman's 48 hours", "Truman's 48 hours"),
        ("May 1945", "May 1945"),
    ],
)
def test_short_dates_are_written_out_and_other_figures_left(written: str, meant: str) -> None:
    assert spelled_dates(written) == meant


@given(st.text())
def test_written_out_dates_stay_as_they_are(text: str) -> None:
    once = spelled_dates(text)
    assert spelled_dates(once) == once


def test_years_are_named_once_and_figures_are_none() -> None:
    assert years_named("In 1946, again in 1946 and in 1947: 1,945 tons, $1948, 1949.5, 1950%") == [
        (dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()) for year in (1946, 1947)
    ]
