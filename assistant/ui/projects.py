"""Choosing, making, renaming and putting away projects: the row at the head of Desk and Timeline."""

from __future__ import annotations

import streamlit as st

from assistant.desk.entries import Inputs
from assistant.ui import state
from assistant.ui.markup import plain
from assistant.ui.problems import guarded

__all__ = ["chooser"]

SHIPPED = "Elbe Day"


def chooser() -> int | None:
    """Show the row and return the project at hand; where there is none yet, say what to do and return None."""
    desk = state.bench().desk
    at_hand = state.project()
    if at_hand is None:
        _welcome()
        return None
    known = {found.id: found for found in desk.projects()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"project-{at_hand}-{len(known)}"
        st.selectbox(
            "Project",
            list(known),
            index=list(known).index(at_hand),
            format_func=lambda number: known[number].title if number in known else "",
            key=key,
            on_change=lambda: state.choose_project(state.widget(key)),
            width=420,
        )
        with st.popover("New", icon=":material/add:"):
            _new()
        with st.popover("Change", icon=":material/edit:"):
            _change(at_hand, known[at_hand].title)
    return at_hand


def _welcome() -> None:
    st.header("Bring a timeline, or begin with the shipped one")
    st.write(
        "Torgau finds what the sources say for and against every claim in a scenario, a thread or a draft, judges how plausible "
        "it is and what would make it work, and drafts the next stretch of the timeline. Every quotation can be opened at its place."
    )
    with st.container(horizontal=True):
        st.button(
            "Begin with the Elbe Day thread", type="primary", icon=":material/handshake:", on_click=_begin_shipped
        )
        st.button("Begin with a text of your own", icon=":material/edit_note:", on_click=_begin_own)
    _trash()


@guarded
def _begin_shipped() -> None:
    _create(SHIPPED, "shipped")


@guarded
def _begin_own() -> None:
    _create("My timeline", "text")


def _create(title: str, origin: str) -> None:
    made = state.bench().desk.create_project(title, Inputs(text="", settings={"from": origin}))
    state.choose_project(made.id)


def _new() -> None:
    @guarded
    def make() -> None:
        _create(str(state.widget("new-title")).strip() or "Untitled", "text")
        state.put("new-title", "")

    st.text_input("Title of the new project", key="new-title")
    st.button("Make it", type="primary", on_click=make, key="new-make")
    _trash()


def _change(project_id: int, title: str) -> None:
    key = f"title-{project_id}"

    @guarded
    def rename() -> None:
        given = str(state.widget(key)).strip()
        if given and given != title:
            state.bench().desk.rename_project(project_id, given)

    @guarded
    def trash() -> None:
        state.bench().desk.trash_project(project_id)
        state.choose_project(None)

    st.text_input("Title", value=title, key=key)
    st.button("Rename", on_click=rename, key="rename")
    st.button("Put into the trash", icon=":material/delete:", on_click=trash, key="trash", help="It can be restored.")


def _trash() -> None:
    gone = state.bench().desk.projects(trashed=True)
    if not gone:
        return
    st.caption("In the trash")
    for found in gone:
        st.button(plain(f"Restore {found.title}"), on_click=_restore, args=(found.id,), key=f"restore-{found.id}")


@guarded
def _restore(project_id: int) -> None:
    state.bench().desk.restore_project(project_id)
    state.choose_project(project_id)
