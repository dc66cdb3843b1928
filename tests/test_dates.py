import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import earliest, latest, overlaps, parse_partial, precision_of, spoken

DAYS = st.dates(min_value=dt.date(1000, 1, 1), max_value=dt.date(2100, 12, 31))


@pytest.mark.parametrize("text", ["1945", "1945-04", "1945-04-25", "1944-02-29"])
def test_possible_dates_stay_as_they_were_given(text: str) -> None:
    assert parse_partial(text) == text


@pytest.mark.parametrize(
    "text", ["", "45", "1945-13", "1945-02-30", "1945-4-25", "25 April 1945", "1945-04-25T10:00", "１９４５"]
)
def test_impossible_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month"):
        parse_partial(text)


@given(DAYS)
def test_a_day_means_itself_alone(day: dt.date) -> None:
    assert earliest(day.isoformat()) == latest(day.isoformat()) == day


@given(DAYS)
def test_a_month_and_a_year_hold_their_days(day: dt.date) -> None:
    for text in (day.isoformat()[:7], day.isoformat()[:4]):
        assert earliest(text) <= day <= latest(text)
        assert (latest(text) + dt.timedelta(days=1)).day == 1


def test_precision_and_speech() -> None:
    assert [precision_of(text) for text in ("1945-04-25", "1945-04", "1945")] == ["day", "month", "year"]
    assert [spoken(text) for text in ("1945-04-25", "1945-04", "1945")] == ["25 April 1945", "April 1945", "1945"]


def test_spans_touch_at_their_edges() -> None:
    april = dt.date(1945, 4, 30)
    assert overlaps("1945-04", None, april, None)
    assert not overlaps("1945-04", None, dt.date(1945, 5, 1), None)
    assert overlaps("1945-03", "1945-05", april, april)
