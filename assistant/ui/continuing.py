"""Asking for a continuation: from when to when, on which path, with what granted, and from whose timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from assistant.dates import earliest, latest
from assistant.desk.entries import Canon
from assistant.records import Timeline
from assistant.ui import jobs, state
from assistant.ui.leverlist import lever_picker
from assistant.ui.problems import guarded
from assistant.ui.request import checked_date
from assistant.workbench import Workbench

__all__ = ["KIND", "form"]

KIND = "continuation"
_PATHS = {"likely": "Likely", "median": "Median", "seed": "By a seed"}
_LAST = "1949-12-31"


def form(project_id: int, canon: Canon | None, running: bool) -> None:
    """Show the form."""
    bench = state.bench()
    timeline = canon.timeline if canon else bench.opening()
    accepted = len(timeline.events)
    start, end, path, seed = st.columns(4, vertical_alignment="bottom")
    marks = f"{project_id}-{accepted}"
    start.text_input("From", value=_day_after(timeline), key=f"from-{marks}", help="YYYY, YYYY-MM or YYYY-MM-DD")
    end.text_input("To", value=_LAST, key=f"to-{project_id}", persist_state="session")
    chosen = path.segmented_control(
        "Path",
        list(_PATHS),
        default="likely",
        required=True,
        format_func=lambda name: _PATHS[name],
        key=f"path-{project_id}",
        persist_state="session",
        help="Likely takes the likeliest turn at every point; median a world-line from the middle; a seed draws one by lot.",
    )
    seed.number_input(
        "Seed", min_value=0, value=1, key=f"seed-{project_id}", disabled=chosen != "seed", persist_state="session"
    )
    known = {lever.id for lever in bench.worlds.model.levers}
    granted = [name for name in timeline.premises if name in known]
    levers = lever_picker("Granted", granted, key=f"granted-{project_id}")
    st.text_input(
        "Chat model (empty: archive mode, no model and no network)",
        value=bench.settings.model or "",
        key=f"continue-model-{project_id}",
        persist_state="session",
    )

    @guarded
    def begin() -> None:
        path_ = f"seed {int(state.widget(f'seed-{project_id}'))}" if chosen == "seed" else str(chosen)
        wanted = {"start": state.widget(f"from-{marks}"), "end": state.widget(f"to-{project_id}")}
        dates = {name: checked_date(str(value), name) for name, value in wanted.items()}
        model = str(state.widget(f"continue-model-{project_id}")).strip() or None
        _begin(project_id, dates, path_, levers, model)

    with st.container(horizontal=True):
        st.button(
            "Draft the continuation",
            type="primary",
            icon=":material/route:",
            disabled=running,
            on_click=begin,
            key="draft-continuation",
        )
        with st.popover("Begin from a timeline of your own", icon=":material/upload:"):
            _own(project_id)


def _own(project_id: int) -> None:
    key = f"own-{project_id}"

    @guarded
    def take() -> None:
        timeline = state.bench().read_timeline(("pasted timeline", str(state.widget(key)).encode("utf-8")))
        state.bench().desk.canon(project_id).begin(timeline)

    st.text_area(
        "Your entries, each on a line that begins with its date, or a continuation exported as JSON",
        key=key,
        height=220,
        placeholder="12 May 1945 — Ships bound for Soviet ports sail on.",
        persist_state="session",
    )
    st.button("Make it the canon", on_click=take, key=f"take-{project_id}", help="Undo brings back the one before.")


def _day_after(timeline: Timeline) -> str:
    last = max((latest(event.date) for event in timeline.events), default=earliest(timeline.pod))
    return (last + dt.timedelta(days=1)).isoformat()


def _begin(project_id: int, dates: dict[str, str | None], path: str, levers: list[str], model: str | None) -> None:
    bench = state.own_bench(model)

    def work(report: jobs.Report) -> None:
        _continue(bench, project_id, dates, path, levers, report)

    if jobs.jobs().start(jobs.key_of(KIND, project_id), "Drafting the continuation", work):
        state.show_revision(project_id, KIND, None)


def _continue(
    bench: Workbench,
    project_id: int,
    dates: dict[str, str | None],
    path: str,
    levers: list[str],
    report: Callable[[str, int, int], None],
) -> None:
    history = bench.desk.canon(project_id)
    canon = history.current() or history.begin(bench.opening())
    given = ("canon.json", canon.timeline.model_dump_json().encode("utf-8"))
    draft = bench.continue_timeline(
        given, start=dates["start"], end=dates["end"], path=path, levers=levers, report=report
    )
    now = history.current() or canon  # events may have been accepted while it was drafted
    if now.timeline.premises != draft.timeline.premises:
        history.begin(now.timeline.model_copy(update={"premises": draft.timeline.premises}))
    bench.desk.save_draft(project_id, draft)
