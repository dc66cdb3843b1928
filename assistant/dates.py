"""Partial dates: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as sources give them.

History is dated with uneven precision. A partial date stays the string that was given, so nothing is made up, and is
compared by the first and the last day that it can mean.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator

__all__ = [
    "MONTHS",
    "PartialDate",
    "Precision",
    "earliest",
    "latest",
    "overlaps",
    "parse_partial",
    "precision_of",
    "spoken",
]

Precision = Literal["day", "month", "year", "circa"]

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
MONTHS = tuple(calendar.month_name)


def parse_partial(value: str) -> str:
    """Return `value` if it is a possible partial date.

    Raises:
        ValueError: the text has another form, or names a day that does not exist (1945-02-30).
    """
    match = _FORM.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        dt.date(year or 0, month or 1, day or 1)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a possible date: {error}") from error
    return value


PartialDate = Annotated[str, AfterValidator(parse_partial)]


def earliest(value: str) -> dt.date:
    """Return the first day that a partial date can mean: `1945-05` gives 1 May 1945."""
    year, month, day = _parts(value)
    return dt.date(year, month or 1, day or 1)


def latest(value: str) -> dt.date:
    """Return the last day that a partial date can mean: `1945-05` gives 31 May 1945."""
    year, month, day = _parts(value)
    month = month or 12
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def precision_of(value: str) -> Precision:
    """Return `day`, `month` or `year` by how much of the date is given."""
    precisions: dict[int, Precision] = {4: "year", 7: "month"}
    return precisions.get(len(value), "day")


def overlaps(start: str, end: str | None, low: dt.date | None, high: dt.date | None) -> bool:
    """Tell whether the span `start`..`end` (or `start` alone) touches the days `low`..`high`, either side open if None."""
    return (high is None or earliest(start) <= high) and (low is None or latest(end or start) >= low)


def spoken(value: str) -> str:
    """Return the date as prose has it: `25 April 1945`, `May 1945`, `1945`."""
    year, month, day = _parts(value)
    words = [str(day)] if day else []
    if month:
        words.append(MONTHS[month])
    return " ".join([*words, str(year)])


def _parts(value: str) -> tuple[int, int | None, int | None]:
    match = _FORM.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = match.groups()
    return int(year), int(month) if month else None, int(day) if day else None
