"""A list of events with what can be done with each: accept, reject, edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from assistant.records import Event
from assistant.ui import state
from assistant.ui.citations import Numbers
from assistant.ui.editing import body_of, edited
from assistant.ui.events import event_card
from assistant.ui.markup import show
from assistant.ui.problems import guarded

__all__ = ["list_events"]

_EMPTY = {
    "proposed": "Nothing is proposed. Draft a continuation above, or look into the canon.",
    "canon": "Nothing is accepted yet. Accept events under “Proposed”: the next continuation builds on them.",
    "rejected": "Nothing was turned down.",
}


def list_events(
    project_id: int, events: Sequence[Event], names: Mapping[str, str], numbers: Numbers, standing: str
) -> None:
    """Show the events; `standing` is `proposed`, `canon` or `rejected`."""
    if not events:
        st.info(_EMPTY[standing])
        return
    if standing == "proposed":
        st.button(
            f"Accept all {len(events)}",
            on_click=_accept,
            args=(project_id, list(events)),
            key="accept-all",
            icon=":material/done_all:",
        )
    for event in events:
        with st.container(key=f"{standing}-{event.id}", gap="xxsmall"):
            show(event_card(event, names, numbers, standing))
            if state.edited_event() == event.id:
                _editor(project_id, event, standing)
            else:
                _buttons(project_id, event, events, standing)


def _buttons(project_id: int, event: Event, events: Sequence[Event], standing: str) -> None:
    with st.container(horizontal=True, gap="small"):
        if standing != "canon":
            needed = _with_causes(event, events) if standing == "proposed" else [event]
            more = f" with {len(needed) - 1} before it" if len(needed) > 1 else ""
            st.button(
                f"Accept{more}",
                on_click=_accept,
                args=(project_id, needed),
                key=f"accept-{event.id}",
                icon=":material/check:",
                help="It follows from events that are not accepted yet; they are accepted with it." if more else None,
            )
        if standing != "rejected":
            st.button(
                "Reject",
                on_click=_reject,
                args=(project_id, event.id),
                key=f"reject-{event.id}",
                icon=":material/close:",
            )
            st.button(
                "Edit", on_click=state.open_editor, args=(event.id,), key=f"edit-{event.id}", icon=":material/edit:"
            )


def _with_causes(event: Event, proposed: Sequence[Event]) -> list[Event]:
    """Return the event with all proposed events that it follows from, in order."""
    by_id = {found.id: found for found in proposed}
    wanted = {event.id}
    waiting = [event]
    while waiting:
        for cause in waiting.pop().causes:
            if cause in by_id and cause not in wanted:
                wanted.add(cause)
                waiting.append(by_id[cause])
    return [found for found in proposed if found.id in wanted]


def _editor(project_id: int, event: Event, standing: str) -> None:
    title, date, text = (f"{part}-{event.id}" for part in ("title", "date", "text"))

    @guarded
    def save() -> None:
        changed = edited(event, title=state.widget(title), date=state.widget(date), text=state.widget(text))
        history = state.bench().desk.canon(project_id)
        if standing == "canon":
            history.edit(changed)
        else:
            history.accept(changed)
        state.close_editor()

    with st.container(border=True):
        left, right = st.columns([3, 1])
        left.text_input("Title", value=event.title, key=title)
        right.text_input("Date", value=event.date, key=date, help="YYYY, YYYY-MM or YYYY-MM-DD")
        st.text_area("Text", value=body_of(event), key=text, height=140)
        st.caption("A sentence that is left as it stands keeps its evidence; what is changed counts as your invention.")
        with st.container(horizontal=True):
            label = "Save" if standing == "canon" else "Save and accept"
            st.button(label, type="primary", on_click=save, key=f"save-{event.id}")
            st.button("Leave it as it was", on_click=state.close_editor, key=f"leave-{event.id}")


@guarded
def _accept(project_id: int, events: Sequence[Event]) -> None:
    history = state.bench().desk.canon(project_id)
    for event in events:
        history.accept(event)


@guarded
def _reject(project_id: int, event_id: str) -> None:
    state.bench().desk.canon(project_id).reject(event_id)
