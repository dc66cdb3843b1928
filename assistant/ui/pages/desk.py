"""Desk: a scenario, a thread or a draft in, its critique out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from pydantic import JsonValue

from assistant.records import Critique, Finding
from assistant.ui import drafts, jobs, projects, state
from assistant.ui.critique import show_critique
from assistant.ui.markup import plain
from assistant.ui.problems import guarded
from assistant.ui.request import ORIGINS, Origin, Request, checked_date
from assistant.workbench import Workbench

__all__ = ["page"]

KIND = "critique"


def page() -> None:
    """Show the page."""
    project_id = projects.chooser()
    if project_id is None:
        return
    number = state.revision(project_id, KIND)
    key = jobs.key_of(KIND, project_id)
    running = jobs.watch(key)
    if not running:
        _interrupted(project_id)
    request = Request.of(state.bench().desk.inputs(project_id), state.bench().settings.model)
    with st.expander("What is judged", expanded=number is None, icon=":material/description:"):
        _form(project_id, request, running)
    if number is None:
        if not running:
            st.info("Choose what is to be judged, then press **Draft the critique**.", icon=":material/arrow_upward:")
        return
    _revision(project_id, number)


def _revision(project_id: int, number: int) -> None:
    desk = state.bench().desk
    draft = desk.draft(project_id, number)
    if not isinstance(draft, Critique):
        return
    title, chooser = st.columns([3, 1], vertical_alignment="bottom")
    with title:
        st.header(plain(draft.title), anchor=False)
    with chooser:
        drafts.revisions(project_id, KIND)
    made_of = desk.inputs(project_id, number)
    drafts.fallback(draft, made_of.settings.get("model") if made_of else None)
    show_critique(draft, f"critique-{project_id}-{number}")


def _interrupted(project_id: int) -> None:
    if state.bench().desk.progress(project_id).get(KIND):
        st.info(
            "A critique was being drafted when Torgau was closed. What it is to be made of is kept: press Draft again.",
            icon=":material/history:",
        )


def _form(project_id: int, request: Request, running: bool) -> None:
    keep = _keeper(project_id, request)
    origins: list[Origin] = list(ORIGINS)
    st.segmented_control(
        "What is to be judged",
        origins,
        default=request.origin,
        required=True,
        format_func=lambda name: ORIGINS[name],
        key=f"origin-{project_id}",
        on_change=keep,
        label_visibility="collapsed",
    )
    if request.origin == "text":
        st.text_area(
            "Scenario, thread or draft",
            value=request.text,
            height=260,
            key=f"text-{project_id}",
            on_change=keep,
            placeholder="Paste a forum thread as it is copied from the page, a scenario, or a draft of your own.",
        )
        st.caption("Kept on the desk whenever you leave the field.")
    elif request.origin == "file":
        st.file_uploader(
            "A saved forum page (HTML), a text or a Markdown file",
            type=["html", "htm", "mhtml", "txt", "md", "xml", "json"],
            key=f"file-{project_id}",
            on_change=keep,
        )
        if request.data:
            st.caption(plain(f"Kept: {request.name}, {len(request.data):,} bytes"))
    else:
        st.caption("“AHC: Elbe Day leads to a new era…”, told post by post in our own words.")
    _wishes(project_id, request, keep)
    st.button(
        "Draft the critique",
        type="primary",
        icon=":material/gavel:",
        disabled=running,
        on_click=_start,
        args=(project_id,),
        key="draft-critique",
    )


def _wishes(project_id: int, request: Request, keep: Callable[[], None]) -> None:
    as_of, model = st.columns(2)
    with as_of:
        st.text_input(
            "As of (only evidence that could be known on this day)",
            value=request.as_of,
            key=f"as-of-{project_id}",
            on_change=keep,
            placeholder="YYYY, YYYY-MM or YYYY-MM-DD; empty: all evidence",
        )
    with model:
        st.text_input(
            "Chat model (empty: archive mode, no model and no network)",
            value=request.model or "",
            key=f"model-{project_id}",
            on_change=keep,
            placeholder="such as openai:gpt-5; its address and key are in Settings",
        )


def _keeper(project_id: int, before: Request) -> Callable[[], None]:
    """Return what keeps the form on the desk as it stands."""

    @guarded
    def keep() -> None:
        changes: dict[str, object] = {"origin": state.widget(f"origin-{project_id}") or before.origin}
        if before.origin == "text":
            changes["text"] = str(state.widget(f"text-{project_id}"))
        if before.origin == "file" and (file := state.widget(f"file-{project_id}")) is not None:
            changes |= {"name": str(file.name), "data": bytes(file.getvalue())}
        changes["as_of"] = str(state.widget(f"as-of-{project_id}")).strip()
        changes["model"] = str(state.widget(f"model-{project_id}")).strip() or None
        state.bench().desk.save_inputs(project_id, before.model_copy(update=changes).inputs())

    return keep


@guarded
def _start(project_id: int) -> None:
    bench = state.bench()
    request = Request.of(bench.desk.inputs(project_id), bench.settings.model)
    given, as_of = request.given(), checked_date(request.as_of, "As of")
    bench.desk.save_inputs(project_id, request.inputs())
    work = _work(state.own_bench(request.model), project_id, given, as_of)
    if jobs.jobs().start(jobs.key_of(KIND, project_id), "Drafting the critique", work):
        state.show_revision(project_id, KIND, None)


def _work(
    bench: Workbench, project_id: int, given: tuple[str, bytes] | None, as_of: str | None
) -> Callable[[jobs.Report], None]:
    def keep(findings: Sequence[Finding]) -> None:
        pieces: list[JsonValue] = [finding.model_dump(mode="json") for finding in findings]
        bench.desk.save_progress(project_id, "findings", pieces)

    def work(report: jobs.Report) -> None:
        bench.desk.save_progress(project_id, KIND, value=True)
        try:
            draft = bench.critique(given, as_of=as_of, report=report, keep=keep)
        except Exception:
            bench.desk.save_progress(project_id, KIND, value=False)
            raise
        bench.desk.save_draft(project_id, draft, finished=[KIND, "findings"])

    return work
