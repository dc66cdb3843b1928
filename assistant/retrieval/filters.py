"""What is asked, and which passages may answer: tier, kind, dates, and what could be known on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.dates import earliest, latest
from assistant.errors import InputError
from assistant.records import PassageKind, Tier
from assistant.retrieval.catalogue import Listing

__all__ = ["Fusion", "Query", "passing"]

Fusion = Literal["weighted", "rrf", "words", "meaning"]
"""How the two searches are made one; `words` and `meaning` ask only one of them."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Query:
    """A search. Dates are partial dates; `None` and empty mean no limit.

    - `tiers`, `kinds`: only these. `exclude_sources`: not these, by source id.
    - `since`, `until`: only passages whose date touches these days; an undated passage does not.
    - `as_of`: only what was surely known by the end of that day (month, year): the source's `known_from`, or else the
      passage's date (its end, where it is a span), lies no later, and the text names no later date. An undated passage of a
      source without `known_from` is left out.
    - `per_source_cap`: at most so many hits of one source.
    - `min_cosine`: leave out what is less near in meaning than this and shares no word with the query.
    """

    text: str
    k: int = 10
    tiers: Collection[Tier] | None = None
    kinds: Collection[PassageKind] | None = None
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    exclude_sources: Collection[str] = ()
    per_source_cap: int | None = 2
    min_cosine: float | None = None
    fusion: Fusion = "weighted"

    def __post_init__(self) -> None:
        for name in ("k", "per_source_cap"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{value} is not a possible number of hits", where=name)
        for name in ("since", "until", "as_of"):
            _check_date(name, getattr(self, name))


def passing(query: Query, listing: Listing) -> Mask:
    """Return, row by row, whether a passage may answer the query."""
    mask = np.ones(len(listing), dtype=np.bool_)
    for wanted, column in ((query.tiers, listing.tiers), (query.kinds, listing.kinds)):
        if wanted:
            mask &= np.isin(column.astype(str), [str(value) for value in wanted])
    if query.exclude_sources:
        mask &= ~np.isin(listing.sources.astype(str), list(query.exclude_sources))
    if query.since:
        mask &= (listing.last >= earliest(query.since).toordinal()) & (listing.last > 0)
    if query.until:
        mask &= (listing.first <= latest(query.until).toordinal()) & (listing.first > 0)
    if query.as_of:
        day = latest(query.as_of).toordinal()
        # Where no date is named the column holds -1, which is never too late.
        mask &= (listing.known > 0) & (listing.known <= day) & (listing.named <= day)
    return mask


def _check_date(name: str, value: str | None) -> None:
    if value is None:
        return
    try:
        earliest(value)
    except ValueError as error:
        raise InputError(str(error), where=name) from error
