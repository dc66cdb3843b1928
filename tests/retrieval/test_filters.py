from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.errors import InputError
from assistant.records import PassageKind, Source, Tier
from assistant.retrieval.catalogue import Catalogue, Change, Listing
from assistant.retrieval.entries import entries_of, fingerprint
from assistant.retrieval.filters import Query, passing


@pytest.fixture
def listing(tmp_path, make_source: Callable[..., Source]) -> Listing:
    sources = [
        make_source("oath", "An oath was sworn on 25 April 1945.", date="1945-04-25"),
        make_source("span", "A quarrel over the Straits.", date="1945-06", date_end="1946-10"),
        make_source("year", "A hard winter.", date="1946"),
        make_source("telegram", "A telegram said so.", date="1946-02-22", known_from="1947-07", tier=Tier.PRIMARY),
        make_source("hindsight", "The order of May 1945 cost trust until 1949.", date="1945-05-12"),
        make_source("undated", "Ideology was a condition.", date=None),
        make_source("post", "I doubt it.", date="2019-04-25", tier=Tier.FORUM, kind=PassageKind.POST),
    ]
    catalogue = Catalogue(tmp_path / "catalogue.sqlite3")
    entries = {source.id: entries_of(source, str) for source in sources}
    catalogue.apply(Change(add={source: (fingerprint(new), new) for source, new in entries.items()}))
    return catalogue.listing()


ALL = {"oath", "span", "year", "telegram", "hindsight", "undated", "post"}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, ALL),
        ({"tiers": [Tier.FORUM]}, {"post"}),
        ({"kinds": {PassageKind.STATEMENT}}, ALL - {"post"}),
        ({"exclude_sources": ["post", "oath", "unknown"]}, ALL - {"post", "oath"}),
        ({"since": "1946-03"}, {"span", "year", "post"}),
        ({"until": "1945-06"}, {"oath", "span", "hindsight"}),
        ({"since": "1945-05", "until": "1945-05-31"}, {"hindsight"}),
        ({"as_of": "1945-04-25"}, {"oath"}),
        ({"as_of": "1945-04-24"}, set()),
        ({"as_of": "1945-12"}, {"oath"}),
        ({"as_of": "1946-10-31"}, {"oath", "span"}),
        ({"as_of": "1946"}, {"oath", "span", "year"}),
        ({"as_of": "1947-07-31"}, {"oath", "span", "year", "telegram"}),
        ({"as_of": "1949-01-01"}, {"oath", "span", "year", "telegram", "hindsight"}),
        ({"as_of": "2020", "tiers": [Tier.FORUM]}, {"post"}),
    ],
)
def test_lets_through(listing: Listing, limits: dict[str, object], expected: set[str]) -> None:
    mask = passing(Query("anything", **limits), listing)
    assert set(listing.sources[mask]) == expected


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"k": 0}, "k"),
        ({"per_source_cap": 0}, "per_source_cap"),
        ({"since": "1945-02-30"}, "since"),
        ({"until": "May"}, "until"),
        ({"as_of": "45"}, "as_of"),
        ({"as_of": "1945-13"}, "as_of"),
    ],
)
def test_refuses_impossible_limits(limits: dict[str, object], name: str) -> None:
    with pytest.raises(InputError, match=name):
        Query("anything", **limits)
