"""Sources: search the archive, keep a library of one's own, and open a citation at its place."""

from __future__ import annotations

import streamlit as st

from assistant.dates import spoken
from assistant.records import Hit, PassageKind, Tier
from assistant.ui import library, state
from assistant.ui.citations import link_to
from assistant.ui.markup import Markup, inline, show, tag
from assistant.ui.problems import notices
from assistant.ui.reporting import counted
from assistant.ui.request import checked_date
from assistant.ui.verdicts import badge
from assistant.ui.viewer import show_source

__all__ = ["page"]

_SUGGESTIONS = "Such as: Lend-Lease cut off · GIs with Soviet wives · Bohr and Churchill · Poltava bases"


def page() -> None:
    """Show the page: the source that the address names, or search and library."""
    wanted = st.query_params.get("source")
    if wanted:
        st.button("All sources", icon=":material/arrow_back:", on_click=_close, key="all-sources")
        source = state.bench().source(wanted, st.query_params.get("text"))
        show_source(source, _number("start"), _number("end"))
        return
    search, own, add, shipped = st.tabs(["Search", "Your library", "Add", "Shipped notes"])
    with search:
        _search()
    with own:
        library.own_sources()
    with add:
        library.add_sources()
    with shipped:
        library.shipped_notes()


def _close() -> None:
    st.query_params.clear()


def _number(name: str) -> int | None:
    """Return a number of the address, None where it is not there; what is no number is no place in any text."""
    given = st.query_params.get(name)
    if given is None:
        return None
    return int(given) if given.isdecimal() and len(given) < 12 else -1


def _search() -> None:
    text = st.text_input(
        "Search by words and meaning",
        key="search-text",
        persist_state="session",
        icon=":material/search:",
        placeholder="A claim, a name, a question, a forum abbreviation",
    )
    with st.expander("Limit the search", icon=":material/filter_alt:"):
        tiers, kinds, count = st.columns([3, 3, 1])
        tier = tiers.pills("Tier", list(Tier), selection_mode="multi", key="search-tiers", persist_state="session")
        kind = kinds.pills(
            "Kind", list(PassageKind), selection_mode="multi", key="search-kinds", persist_state="session"
        )
        k = count.number_input("How many", 1, 100, 10, key="search-k", persist_state="session")
        dates = {
            name: column.text_input(label, key=f"search-{name}", placeholder="YYYY-MM-DD", persist_state="session")
            for (name, label), column in zip(_DATES.items(), st.columns(3), strict=True)
        }
    if not text:
        st.info(f"Ask the archive. {_SUGGESTIONS}", icon=":material/lightbulb:")
        return
    with counted() as report:
        found = state.bench().search(
            text,
            k=int(k),
            tiers_=list(tier),
            kinds_=list(kind),
            since=checked_date(dates["since"], _DATES["since"]),
            until=checked_date(dates["until"], _DATES["until"]),
            as_of=checked_date(dates["as-of"], _DATES["as-of"]),
            report=report,
        )
    notices(found.notices)
    st.caption(f"{len(found.hits)} of {found.searched:,} passages searched.")
    if not found.hits:
        st.info("Nothing was found. Use fewer words, or lift the limits.")
    for hit in found.hits:
        show(_hit(hit))


_DATES = {"since": "Happened since", "until": "Happened until", "as-of": "Could be known on"}


def _hit(hit: Hit) -> Markup:
    passage = hit.passage
    address = link_to(passage.source_id, passage.start, passage.end, passage.source_hash)
    head = inline(
        tag("b", f"{hit.rank}."),
        tag("a", tag("b", passage.title), href=address, target="_blank"),
        badge(passage.tier),
        tag("span", spoken(passage.date) if passage.date else "undated", class_="tg-small"),
    )
    body = tag("blockquote", passage.text, class_="tg-claim tg-plain")
    return tag(
        "div",
        tag("div", head, class_="tg-head"),
        body,
        tag("span", passage.locator, class_="tg-small"),
        class_="tg-finding",
    )
