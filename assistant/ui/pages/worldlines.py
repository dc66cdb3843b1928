"""World-lines: levers to pull, and what the causal model makes of them, with the reasons for every figure."""

from __future__ import annotations

import streamlit as st

from assistant.ui import state
from assistant.ui.explaining import lever_card
from assistant.ui.leverlist import lever_picker
from assistant.ui.markup import joined, plain, show
from assistant.ui.problems import notices
from assistant.ui.rewriting import rare, rewrites, sensitivity
from assistant.ui.worldtabs import drivers, hinges, outcomes
from assistant.workbench.lab import RunSummary
from assistant.worldlines import NOT_A_FORECAST
from assistant.worldlines.rewrite import premise

__all__ = ["page"]

_WORLDS = (2_000, 10_000, 50_000)


def page() -> None:
    """Show the page."""
    bench = state.bench()
    st.header("World-lines", anchor=False)
    st.caption(NOT_A_FORECAST)
    with st.expander("Levers to pull", expanded=True, icon=":material/tune:"):
        levers = lever_picker("Pull", [], key="levers")
        worlds, seed, _ = st.columns([2, 1, 3], vertical_alignment="bottom")
        count = worlds.select_slider("Worlds", sorted({*_WORLDS, bench.settings.worlds}), value=bench.settings.worlds)
        luck = seed.number_input("Seed", min_value=0, value=bench.settings.seed, help="The luck that all worlds share.")
    pulled = [lever for lever in bench.worlds.model.levers if lever.id in levers]
    if pulled:
        together = f" Together the premise is worth {rare(premise(pulled))}." if len(pulled) > 1 else ""
        st.write(plain(f"Pulled: {' + '.join(lever.title for lever in pulled)}.{together}"))
    with st.spinner("Running the worlds", show_time=False):
        found = _run(bench.worlds.model.model_hash, tuple(levers), count, int(luck))
    notices(found.notices)
    tabs = st.tabs(["Outcomes", "Drivers over time", "Turning points", "Rewrites", "Sensitivity", "The levers pulled"])
    for tab, draw in zip(tabs, (outcomes, drivers, hinges), strict=False):
        with tab:
            draw(found)
    with tabs[3]:
        rewrites()
    with tabs[4]:
        sensitivity(levers)
    with tabs[5]:
        if pulled:
            show(joined(lever_card(bench, lever) for lever in pulled))
        else:
            st.info("No lever is pulled. Pull one above: its reasons, its plausibility and what it sets are told here.")


@st.cache_data(max_entries=20, show_spinner=False)
def _run(model_hash: str, levers: tuple[str, ...], worlds: int, seed: int) -> RunSummary:
    """Run the model once for the same question: the same arguments give the same worlds, whoever asks."""
    return state.bench().lab.run(levers, worlds=worlds, seed=seed)
