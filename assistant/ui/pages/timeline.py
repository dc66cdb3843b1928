"""Timeline: the continuation, event by event, and the canon that the author makes of it."""

from __future__ import annotations

import streamlit as st

from assistant.desk.entries import Canon
from assistant.export.wording import range_words
from assistant.records import Continuation
from assistant.ui import continuing, drafts, jobs, projects, state
from assistant.ui.citations import Numbers, numbers_of
from assistant.ui.eventlist import list_events
from assistant.ui.events import names_of
from assistant.ui.markup import plain, show, tag
from assistant.ui.problems import guarded
from assistant.ui.sentences import LEGEND, prose
from assistant.ui.timeline_chart import rows_of, timeline_chart

__all__ = ["page"]


def page() -> None:
    """Show the page."""
    project_id = projects.chooser()
    if project_id is None:
        return
    running = jobs.watch(jobs.key_of(continuing.KIND, project_id))
    canon = state.bench().desk.canon(project_id).current()
    number = state.revision(project_id, continuing.KIND)
    with st.expander("How it goes on", expanded=number is None, icon=":material/route:"):
        continuing.form(project_id, canon, running)
    if number is None and (canon is None or not canon.timeline.events):
        if not running:
            st.info("Say from when to when, then press **Draft the continuation**.", icon=":material/arrow_upward:")
        return
    draft = state.bench().desk.draft(project_id, number) if number is not None else None
    _timeline(project_id, canon, draft if isinstance(draft, Continuation) else None)


def _timeline(project_id: int, canon: Canon | None, draft: Continuation | None) -> None:
    accepted = list(canon.timeline.events) if canon else []
    known, turned_down = {event.id for event in accepted}, set(canon.rejected if canon else [])
    offered = [event for event in draft.events if event.id not in known] if draft else []
    proposed = [event for event in offered if event.id not in turned_down]
    numbers = numbers_of(draft) if draft else Numbers()
    if draft:
        _head(project_id, draft, numbers)
    rows = rows_of(accepted, proposed)
    if rows:
        st.altair_chart(timeline_chart(rows), alt="The alternate timeline above the line, ours below it")
    _steps(project_id)
    timeline = canon.timeline if canon else None
    names = names_of(timeline, offered) if timeline else names_of(draft.timeline, offered) if draft else {}
    rejected = [event for event in offered if event.id in turned_down]
    labels = [
        f"Proposed ({len(proposed)})",
        f"Canon ({len(accepted)})",
        f"Turned down ({len(rejected)})",
        "How it was drafted",
    ]
    new, kept, gone, account = st.tabs(labels)
    with new:
        list_events(project_id, proposed, names, numbers, "proposed")
    with kept:
        list_events(project_id, accepted, names, numbers, "canon")
    with gone:
        list_events(project_id, rejected, names, numbers, "rejected")
    with account:
        if draft:
            drafts.account(draft)


def _head(project_id: int, draft: Continuation, numbers: Numbers) -> None:
    title, chooser = st.columns([3, 1], vertical_alignment="bottom")
    with title:
        st.header(plain(draft.title), anchor=False)
    with chooser:
        drafts.revisions(project_id, continuing.KIND)
    drafts.fallback(draft, draft.origin.model)
    said = [tag("p", prose([sentence], numbers)) for sentence in draft.introduction]
    if draft.chain:
        weakest = next((event.title for event in draft.events if event.id == draft.weakest), None)
        link = f" The weakest step: “{weakest}”." if weakest else ""
        said.append(tag("p", tag("b", "All of these steps together: "), f"{range_words(draft.chain)}.{link}"))
    show(tag("div", *said, tag("p", LEGEND, class_="tg-small"), class_="tg-verdict"))
    drafts.downloads(draft, f"continuation-{project_id}-{state.revision(project_id, continuing.KIND)}")


def _steps(project_id: int) -> None:
    """Offer undo and redo over the canon's versions."""
    history = state.bench().desk.canon(project_id)
    versions = history.versions()
    if not versions:
        return
    now = next(version for version in versions if version.current)

    @guarded
    def undo() -> None:
        history.undo()

    @guarded
    def redo() -> None:
        history.redo()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Undo", icon=":material/undo:", on_click=undo, disabled=now.parent is None, key="undo")
        follows = any(version.parent == now.number for version in versions)
        st.button("Redo", icon=":material/redo:", on_click=redo, disabled=not follows, key="redo")
        st.caption(plain(f"Canon, version {now.number} of {len(versions)}: {now.action} {now.subject}"))
