"""One source as it stands on the shelf, opened at the quotation that a citation points to."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from assistant.dates import spoken
from assistant.records import NoteFacts, Reference, Source
from assistant.ui import state
from assistant.ui.markup import Markup, inline, joined, plain, show, tag
from assistant.ui.verdicts import badge

__all__ = ["cited_text", "linked", "show_source"]

AROUND = 1500
"""Characters shown on either side of a quotation in a long source."""
_BEARING = {"amity": "towards amity", "rivalry": "towards rivalry", "both": "both ways", "neutral": "neither way"}


def show_source(source: Source, start: int | None, end: int | None) -> None:
    """Show the source with the span `start`..`end` of its text marked, if that is a span of it."""
    st.header(plain(source.title), anchor=False)
    dates = " to ".join(spoken(day) for day in (source.date, source.date_end) if day)
    show(inline(badge(source.tier), badge(source.kind), badge(dates) if dates else "", badge(source.id)))
    current = state.bench().archive.shelves
    if current.holds(source.id) and current.get(source.id).hash != source.hash:
        st.warning(
            "This is an earlier version of the source: the one that the citation quotes.", icon=":material/history:"
        )
    span = (start, end) if start is not None and end is not None and 0 <= start < end <= len(source.text) else None
    if span is None and (start is not None or end is not None):
        st.warning("The citation points to no place in this text: it is shown whole.", icon=":material/link_off:")
    text, facts = st.columns([3, 2], gap="large") if source.note else (st.container(), None)
    with text:
        _text(source, span)
        for notice in source.notices:
            st.caption(plain(notice))
    if source.note and facts is not None:
        with facts:
            show(_note(source.note))


def _text(source: Source, span: tuple[int, int] | None) -> None:
    whole = len(source.text) <= 4 * AROUND or span is None
    if not whole:
        whole = st.toggle(f"Show all {len(source.text):,} characters", key=f"whole-{source.hash[:12]}")
    low, high = (0, len(source.text)) if whole or span is None else _window(source.text, span)
    show(cited_text(source.text, span, low, high))


def _window(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a stretch around the span that begins and ends at a line."""
    low = max(0, text.rfind("\n", 0, max(0, span[0] - AROUND)) + 1)
    high = text.find("\n", min(len(text), span[1] + AROUND))
    return low, high if high >= 0 else len(text)


def cited_text(text: str, span: tuple[int, int] | None, low: int, high: int) -> Markup:
    """Return `text[low:high]`, exactly, with the span marked; dots where something is left out."""
    before, after = ("…\n" if low else ""), ("\n…" if high < len(text) else "")
    if span is None:
        return tag("div", before, text[low:high], after, class_="tg-text")
    start, end = span
    mark = tag("mark", text[start:end], id="cited")
    return tag("div", before, text[low:start], mark, text[end:high], after, class_="tg-text")


def _note(note: NoteFacts) -> Markup:
    """Return what a note says of itself: which way it bears and why, its works, the roads not taken."""
    rows = [
        tag("p", tag("b", f"It pushed {_BEARING[note.bearing]}: "), note.why),
        _line("Contingency", f"{note.contingency:.0%} (0 forced by structure, 100 a coin toss)")
        if note.contingency is not None
        else "",
        _line("People", ", ".join(note.people)),
        _line("Places", ", ".join(note.places)),
        _line("Themes", ", ".join(note.themes)),
        tag("h5", "Works that it rests on"),
        tag("ul", *(tag("li", _work(reference)) for reference in note.references)),
    ]
    if note.roads:
        rows += [
            tag("h5", "Roads not taken, considered at the time"),
            tag("ul", *(tag("li", road.text) for road in note.roads)),
        ]
    return tag("div", joined(rows), class_="tg-finding")


def _line(title: str, text: str) -> Markup:
    return tag("p", tag("b", f"{title}: "), text, class_="tg-small") if text else Markup("")


def _work(reference: Reference) -> Markup:
    checked = "checked against the text" if reference.checked else "not yet checked against the text"
    return inline(linked(reference.cite, reference.url), badge(reference.tier), tag("span", checked, class_="tg-small"))


def linked(text: str, address: str | None) -> Markup:
    """Return the text, as a link where the address is one of the web; any other address is shown and not linked."""
    if not address:
        return Markup("{}").format(text)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return inline(text, tag("span", f"({address})", class_="tg-small"))
    return tag("a", text, href=address, target="_blank", rel="noopener noreferrer")
