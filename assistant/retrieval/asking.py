"""A question as it is searched for: short years and months written out, as sources write them, and the years that it names.

"Feb '46" finds nothing in a text that says "22 February 1946", and a question about 1947 means what happened in 1947.
"""

from __future__ import annotations

import datetime as dt
import re

from assistant.dates import MONTHS

__all__ = ["Days", "spelled_dates", "years_named"]

Days = tuple[int, int]
"""First and last day of a span, as proleptic ordinals."""

_SHORT = {name[:3].casefold(): name for name in MONTHS[1:] if name != "May"} | {"sept": "September"}
_MONTH = re.compile(rf"\b({'|'.join(sorted(_SHORT, key=len, reverse=True))})\b\.?(?=\s*['’\d])", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<!\w)['’](\d\d)(?!\d)(?:[-–/]['’]?(\d\d)(?!\d))?")
_BARE_SPAN = re.compile(r"(?<![\w.,$£€'’/–-])(\d\d)[-–/](\d\d)(?![\w%.,/–-])")
_YEAR = re.compile(r"(?<![\w.,$£€])(1\d{3}|20\d{2})(?![\d%]|[.,]\d)")
# A two-figure year is of the century that this archive is about.
_CENTURY = "19"


def spelled_dates(text: str) -> str:
    """Return the text with `'45` as 1945, `'48-49` and `46-47` as both years, and `Feb '46` with its month in full."""
    text = _MONTH.sub(lambda match: _SHORT[match[1].casefold()], text)
    text = _APOSTROPHE.sub(_years, text)
    return _BARE_SPAN.sub(lambda match: _years(match) if int(match[2]) == int(match[1]) + 1 else match[0], text)


def _years(match: re.Match[str]) -> str:
    return " ".join(_CENTURY + part for part in match.groups() if part)


def years_named(text: str) -> list[Days]:
    """Return the years that a text names, each as its first and last day; figures ("1,945 tons", "$1946") are none."""
    years = dict.fromkeys(int(match[1]) for match in _YEAR.finditer(text))
    return [(dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()) for year in years]
