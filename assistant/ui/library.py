"""The user's own sources: adding, listing and removing them; and the shipped notes by theme."""

from __future__ import annotations

import streamlit as st

from assistant.dates import spoken
from assistant.records import Source, Tier
from assistant.ui import jobs, state
from assistant.ui.citations import note_link
from assistant.ui.markup import Markup, inline, show, tag
from assistant.ui.problems import guarded
from assistant.ui.request import checked_date
from assistant.ui.verdicts import badge

__all__ = ["add_sources", "own_sources", "shipped_notes"]

KIND = "add"
_TYPES = ["html", "htm", "mhtml", "txt", "md", "xml"]


def add_sources() -> None:
    """Show what adds files or a pasted text to the library."""
    running = jobs.watch(jobs.key_of(KIND))
    files = st.file_uploader(
        "Files: notes, text, Markdown, saved forum pages (HTML), TEI",
        type=_TYPES,
        accept_multiple_files=True,
        key="add-files",
    )
    text = st.text_area(
        "Or paste a text or a thread", height=160, key="add-text", persist_state="session", placeholder="Paste it here."
    )
    st.caption("Said of the source where it does not say it itself:")
    title, date, tier = st.columns([3, 2, 2])
    title.text_input("Title", key="add-title", persist_state="session")
    date.text_input("Date", key="add-date", placeholder="YYYY, YYYY-MM or YYYY-MM-DD", persist_state="session")
    tier.selectbox("Tier", [None, *Tier], format_func=lambda found: found or "as it says", key="add-tier")

    @guarded
    def begin() -> None:
        given = [(str(file.name), bytes(file.getvalue())) for file in files or []]
        name = str(state.widget("add-title")).strip()
        if text and text.strip():
            given.append((f"{name or 'pasted text'}.txt", text.encode("utf-8")))
        _begin(given, name or None, checked_date(str(state.widget("add-date")), "Date"), state.widget("add-tier"))

    empty = not files and not (text or "").strip()
    st.button(
        "Add to the library",
        type="primary",
        icon=":material/library_add:",
        disabled=running or empty,
        on_click=begin,
        key="add-begin",
    )


def _begin(given: list[tuple[str, bytes]], title: str | None, date: str | None, tier: Tier | None) -> None:
    bench = state.own_bench(None)

    def work(report: jobs.Report) -> list[str]:
        added = bench.add(given, title=title, date=date, tier=tier, report=report)
        told = [f"{item.status}: {item.source.title} ({len(item.source.passages)} passages)" for item in added.items]
        warned = [f"{item.source.title}: {notice}" for item in added.items for notice in item.source.notices]
        return [*told, *warned, *added.notices]

    jobs.jobs().start(jobs.key_of(KIND), "Adding sources", work)


def own_sources() -> None:
    """List the user's own sources, each with a button that takes it out."""
    sources = state.bench().own_sources()
    st.caption(f"{len(sources)} of your own, {state.bench().shipped_count()} shipped.")
    if not sources:
        st.info("Your library is empty. Add a document or a thread here, or with `torgau add FILE` in a terminal.")
    for source in sources:
        words, button = st.columns([8, 1], vertical_alignment="center")
        with words:
            show(_line(source))
        button.button(
            "Remove",
            key=f"remove-{source.id}",
            on_click=_remove,
            args=(source.id,),
            help="Its text stays for old citations.",
        )


@guarded
def _remove(source_id: str) -> None:
    state.bench().remove(source_id)


def shipped_notes() -> None:
    """List the shipped sources of one theme."""
    shipped = state.bench().shipped()
    themes: dict[str, list[Source]] = {}
    for source in shipped:
        themes.setdefault(source.note.themes[0] if source.note else "thread digests", []).append(source)
    chosen = st.selectbox(
        "Theme",
        sorted(themes),
        format_func=lambda name: f"{name.replace('-', ' ')} ({len(themes[name])})",
        key="shipped-theme",
        persist_state="session",
    )
    if chosen:
        listed = sorted(themes[chosen], key=lambda source: source.date or "")
        show(tag("ul", *(tag("li", _line(source)) for source in listed)))


def _line(source: Source) -> Markup:
    date = spoken(source.date) if source.date else ""
    return inline(note_link(source.id, source.title), badge(source.tier), tag("span", date, class_="tg-small"))
