"""What a run shows: its outcomes, its drivers over time, its turning points. Each mark leads to its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from assistant.dates import spoken
from assistant.export.wording import range_words
from assistant.records import Probability
from assistant.text import excerpt
from assistant.ui import state
from assistant.ui.charts import MARK, Chart, fan_chart, fan_rows, pair_chart, pair_rows
from assistant.ui.explaining import driver_card, hinge_card, outcome_card
from assistant.ui.markup import plain, show
from assistant.workbench.lab import RunSummary
from assistant.worldlines.engine import HingeOdds

__all__ = ["drivers", "hinges", "outcomes", "select_mark"]

_SHOWN = 14
_ALL = "All drivers"


def select_mark(chart: Chart, key: str, alt: str) -> str | None:
    """Draw a chart whose marks can be clicked and return the id of the mark that is selected."""
    event: Any = st.altair_chart(chart, key=key, on_select="rerun", selection_mode=MARK, alt=alt)
    chosen = event["selection"].get(MARK) or [] if event else []
    return str(chosen[0]["id"]) if chosen else None


def outcomes(found: RunSummary) -> None:
    """Draw every outcome before and after, and explain the chosen one."""
    bench = state.bench()
    model = bench.worlds.model
    names = [(outcome.id, outcome.title) for outcome in model.outcomes]
    names.sort(key=lambda pair: pair[0] != bench.worlds.headline)
    rows = pair_rows(names, found.outcomes_before, found.outcomes if found.levers else None)
    clicked = select_mark(pair_chart(rows), "outcome-chart", "Probability of each outcome, before and after")
    st.caption(
        f"{found.worlds:,} worlds, seed {found.seed}. Bars end at the middle of the range, which the orange line spans."
    )
    chosen = _choose("Explain the outcome", [name for name, _ in names], dict(names), clicked, "outcome")
    words = range_words(found.outcomes_before[chosen])
    after = f", {range_words(found.outcomes[chosen])} with the levers pulled" if found.levers else ""
    st.write(plain(f"{words} with nothing pulled{after}."))
    show(outcome_card(bench, model.outcome(chosen)))


def drivers(found: RunSummary) -> None:
    """Draw the fans, all or one, and explain the chosen driver."""
    model = state.bench().worlds.model
    titles = {driver.id: driver.title for driver in model.drivers}
    options = [_ALL, *titles]
    chosen = st.selectbox(
        "Driver",
        options,
        format_func=lambda name: titles.get(name, _ALL),
        key="driver-chosen",
        persist_state="session",
    )
    st.caption(
        "Dashed: our timeline. Solid: the median of the world-lines; the bands hold every second and four in five of them. "
        "+1 is the side of amity."
    )
    fans = [fan for fan in found.fans if chosen in (_ALL, fan.driver)]
    chart = fan_chart(fan_rows(fans, titles), single=chosen != _ALL)
    st.altair_chart(chart, alt="The drivers from 1945 to 1955, our timeline and the fan of the world-lines")
    if chosen != _ALL and chosen:
        show(driver_card(state.bench(), model.driver(chosen)))
    else:
        st.info(
            "Choose one driver to see it large, with what it means, why it starts where it does, and the notes behind it."
        )


def hinges(found: RunSummary) -> None:
    """Draw the turning points that moved most, or that were most open, and explain the chosen one."""
    bench = state.bench()
    model = bench.worlds.model
    before, after = _ours(found.hinges_before), _ours(found.hinges)
    ranked = sorted(
        before, key=lambda name: -_moved(before[name], after.get(name)) if found.levers else _open(before[name])
    )
    shown = {hinge.id for hinge in model.hinges} & set(ranked[:_SHOWN])
    everything = st.toggle("All turning points", key="all-hinges")
    names = [
        (hinge.id, f"{spoken(hinge.date)}: {excerpt(hinge.otl.title, 58)}")
        for hinge in model.hinges
        if hinge.id in before and (everything or hinge.id in shown)
    ]
    said = "that moved most" if found.levers else "that were most open"
    st.caption(f"How often each came out as in our timeline{'' if everything else f': the {len(names)} {said}'}.")
    decided = {hinge: lever.title for lever in model.levers if lever.id in found.levers for hinge in lever.sets.hinges}
    rows = pair_rows(names, before, after if found.levers else None, decided)
    clicked = select_mark(pair_chart(rows, wide=430), "hinge-chart", "Odds of what happened, before and after")
    titles = {hinge.id: f"{spoken(hinge.date)}: {hinge.title}" for hinge in model.hinges}
    chosen = _choose("Explain the turning point", list(titles), titles, clicked or names[0][0], "hinge")
    if chosen in decided:
        st.info(plain(f"Here a lever decides it: {decided[chosen]}. Below are the odds that it would have without."))
    show(hinge_card(bench, bench.lab.explain(chosen, found.levers)))


def _choose(label: str, options: Sequence[str], titles: dict[str, str], clicked: str | None, key: str) -> str:
    """Offer what can be explained by name too; a click on a mark goes before."""
    at = options.index(clicked) if clicked in options else 0
    chosen = st.selectbox(
        label, options, index=at, format_func=lambda name: titles[name], key=f"{key}-{clicked or 'first'}"
    )
    return chosen or options[at]


def _ours(found: Sequence[HingeOdds]) -> dict[str, Probability]:
    """Return, hinge by hinge, how likely what happened in our timeline is; hinges that never arise are left out."""
    model = state.bench().worlds.model
    odds: dict[str, Probability] = {}
    for hinge in found:
        ours = hinge.outcomes.get(model.hinge(hinge.hinge).otl.id)
        if ours is not None:
            odds[hinge.hinge] = ours.range
    return odds


def _moved(before: Probability, after: Probability | None) -> float:
    return abs(before.low + before.high - after.low - after.high) if after else 0.0


def _open(found: Probability) -> float:
    return abs(found.low + found.high - 1)
