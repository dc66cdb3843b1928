"""What a browser session remembers. Only this file touches `st.session_state` (widgets keep their own values under their keys).

Nothing here is worth keeping: texts, drafts and the canon are on the desk, so a reload loses the place, never the work.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from assistant.errors import DeskError
from assistant.settings import load_settings
from assistant.workbench import Workbench

__all__ = [
    "ask_rewrite",
    "bench",
    "choose_project",
    "close_editor",
    "edited_event",
    "keep_problem",
    "open_editor",
    "own_bench",
    "project",
    "put",
    "revision",
    "rewrite_asked",
    "show_revision",
    "take_problems",
    "widget",
]

_BENCH, _PROJECT, _REVISION, _PROBLEMS, _EDITED, _REWRITES = (
    f"torgau-{name}" for name in ("bench", "project", "revision", "problems", "edited", "rewrites")
)


def bench() -> Workbench:
    """Return this session's workbench, opened anew where the settings have changed, by this page or any other process.

    Raises:
        SettingsError: a setting is not usable.
    """
    settings = load_settings()
    held = st.session_state.get(_BENCH)
    if held is None or held.settings != settings:
        held = Workbench(settings)
        st.session_state[_BENCH] = held
    return held


def own_bench(model: str | None) -> Workbench:
    """Return a workbench for one piece of work, which runs beside the page and shares nothing with it but the disk."""
    here = bench()
    return Workbench(here.settings.model_copy(update={"model": model or None}), here.data)


def project() -> int | None:
    """Return the project at hand: the one chosen here, else that of the address, else the one last worked on."""
    desk = bench().desk
    chosen = st.session_state.get(_PROJECT)
    if chosen is None and str(st.query_params.get("project", "")).isdigit():
        chosen = int(st.query_params["project"])
    known = desk.projects()
    if chosen not in [found.id for found in known]:
        chosen = known[0].id if known else None
    st.session_state[_PROJECT] = chosen
    if chosen is not None and st.query_params.get("project") != str(chosen):
        st.query_params["project"] = str(chosen)
    return chosen


def choose_project(project_id: int | None) -> None:
    """Turn to another project."""
    st.session_state[_PROJECT] = project_id
    st.session_state.pop(_EDITED, None)
    st.query_params.pop("project", None)


def revision(project_id: int, kind: str) -> int | None:
    """Return the number of the revision to show: the one chosen, else the newest of that kind, else None."""
    numbers = [found.number for found in bench().desk.revisions(project_id) if found.kind == kind]
    chosen = st.session_state.get(_REVISION, {}).get((project_id, kind))
    if chosen in numbers:
        return int(chosen)
    return numbers[-1] if numbers else None


def show_revision(project_id: int, kind: str, number: int | None) -> None:
    """Choose the revision to show; None for the newest."""
    chosen = dict(st.session_state.get(_REVISION, {}))
    chosen[(project_id, kind)] = number
    st.session_state[_REVISION] = chosen


def keep_problem(text: str) -> None:
    """Keep an error for the head of the next page."""
    st.session_state[_PROBLEMS] = [*st.session_state.get(_PROBLEMS, []), text]


def take_problems() -> list[str]:
    """Return the errors kept, and forget them."""
    return list(st.session_state.pop(_PROBLEMS, []))


def open_editor(event_id: str) -> None:
    """Open the editor of one event of the timeline."""
    st.session_state[_EDITED] = event_id


def close_editor() -> None:
    """Close it."""
    st.session_state.pop(_EDITED, None)


def edited_event() -> str | None:
    """Return the id of the event that is being edited."""
    found = st.session_state.get(_EDITED)
    return None if found is None else str(found)


def ask_rewrite(outcome: str) -> None:
    """Remember that the rewrites of this outcome were asked for."""
    st.session_state[_REWRITES] = {*st.session_state.get(_REWRITES, set()), outcome}


def rewrite_asked(outcome: str) -> bool:
    """Tell whether they were."""
    return outcome in st.session_state.get(_REWRITES, set())


def widget(key: str) -> Any:
    """Return what a widget holds; for callbacks.

    Raises:
        DeskError: the widget is gone, as when a page was changed meanwhile.
    """
    if key not in st.session_state:
        raise DeskError("the field is no longer on the page", where=key, hint="Try again")
    return st.session_state[key]


def put(key: str, value: object) -> None:
    """Set what a widget will hold; before the widget is made."""
    st.session_state[key] = value
