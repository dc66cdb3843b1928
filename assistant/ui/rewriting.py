"""The search for the smallest changes that help an outcome, and the weights that the answer leans on most."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.export.wording import range_words
from assistant.records import Probability
from assistant.text import excerpt
from assistant.ui import jobs, state
from assistant.ui.charts import Row, frontier_chart, swing_chart
from assistant.ui.explaining import lever_card, notes
from assistant.ui.markup import inline, joined, show, tag
from assistant.ui.problems import guarded
from assistant.ui.worldtabs import select_mark
from assistant.worldlines.rewrite import LeverSet, RewriteSearch
from assistant.worldlines.sensitivity import Sensitivity

__all__ = ["frontier_rows", "rare", "rewrites", "sensitivity", "swing_rows"]

_LARGEST = 3
_LEAST = 1e-5  # a premise rarer than this is drawn at the edge


def rewrites() -> None:
    """Draw the frontier of premises for the chosen outcome, once it has been searched."""
    bench = state.bench()
    outcome = _outcome("For which outcome", "rewrite-outcome")
    key = jobs.key_of(f"rewrite {outcome}")
    running = jobs.watch(key)

    @guarded
    def begin() -> None:
        own = state.own_bench(None)

        def work(report: jobs.Report) -> list[str]:
            found = own.worlds.rewrites(report, outcome, _LARGEST)
            return [f"{found.tried:,} sets of levers were tried, {found.contradictory:,} contradict themselves."]

        state.ask_rewrite(outcome)
        jobs.jobs().start(key, "Searching the smallest changes", work)

    st.button(
        "Search the smallest changes", icon=":material/search:", on_click=begin, disabled=running, key="rewrite-begin"
    )
    if running or not state.rewrite_asked(outcome):
        st.caption(f"Every set of up to {_LARGEST} levers is tried. What was searched once is kept.")
        return
    _frontier(bench.worlds.rewrites(outcome=outcome, largest=_LARGEST))


def _frontier(found: RewriteSearch) -> None:
    bench = state.bench()
    clicked = select_mark(frontier_chart(frontier_rows(found, _titles())), "frontier", "Premise against outcome")
    st.caption(
        "Each point is a set of levers that no other set betters in both respects; its number is that of the list. "
        "Click one for its reasons."
    )
    for entry in found.smallest[:1]:
        show(
            tag(
                "p",
                tag("b", "The smallest that makes it plausible: "),
                _named(entry),
                f" ({range_words(entry.outcome.range)})",
            )
        )
    chosen = next((entry for entry in found.frontier if "+".join(entry.levers) == clicked), None)
    if chosen and chosen.levers:
        show(joined(lever_card(bench, bench.worlds.model.lever(name)) for name in chosen.levers))
        return
    rows = [
        tag(
            "li",
            tag("b", _named(entry)),
            f": premise {rare(entry.premise)}, outcome {range_words(entry.outcome.range)}",
        )
        for entry in found.frontier
    ]
    show(tag("ol", joined(rows)))


def frontier_rows(found: RewriteSearch, titles: dict[str, str]) -> list[Row]:
    """Return a row for each set of the frontier."""
    return [
        {
            "id": "+".join(entry.levers),
            "title": " + ".join(titles[name] for name in entry.levers) or "nothing pulled",
            "number": number,
            "size": len(entry.levers),
            "premise": max(_LEAST, (entry.premise.low + entry.premise.high) / 2),
            "premise_low": max(_LEAST, entry.premise.low),
            "premise_high": max(_LEAST, entry.premise.high),
            "premise_words": rare(entry.premise),
            "outcome": entry.outcome.value,
            "outcome_low": entry.outcome.low,
            "outcome_high": entry.outcome.high,
            "outcome_words": range_words(entry.outcome.range),
        }
        for number, entry in enumerate(found.frontier, 1)
    ]


def rare(premise: Probability) -> str:
    """Return a premise's plausibility in words; a rare one as one in so many."""
    middle = (premise.low + premise.high) / 2
    return f"about 1 in {round(1 / middle):,}" if 0 < middle < 0.01 else range_words(premise)


def _titles() -> dict[str, str]:
    return {lever.id: lever.title for lever in state.bench().worlds.model.levers}


def _named(entry: LeverSet) -> str:
    titles = _titles()
    return " + ".join(titles[name] for name in entry.levers) or "nothing pulled"


def sensitivity(levers: Sequence[str]) -> None:
    """Draw which weights, if wrong, change the chosen outcome most, and give their reasons."""
    outcome = _outcome("Of which outcome", "sensitivity-outcome")
    if not st.toggle(
        "Work it out", key="sensitivity-on", help="Some seconds: each weight is held low and high in a run of its own."
    ):
        st.caption("Which single weight, if it is wrong, changes the answer most?")
        return
    bench = state.bench()
    with st.spinner("Trying out the weights"):
        found = _sensitivity(
            bench.worlds.model.model_hash, outcome, tuple(levers), bench.settings.worlds, bench.settings.seed
        )
    if not found:
        st.info("No weight changes this outcome.")
        return
    st.altair_chart(swing_chart(swing_rows(found)), alt="Where the outcome lies with each weight lower and higher")
    st.caption("◀ one spread lower, ▶ one spread higher; all else stands.")
    model = bench.worlds.model
    for row in found:
        hinge, weight = model.hinge(row.hinge), row.weight
        head = f"{hinge.title}: {model.driver(weight.driver).title}"
        said = f"— weight {weight.weight:+.1f} ± {weight.spread:.1f} on “{hinge.outcome(weight.outcome).title}”."
        show(tag("p", inline(tag("b", head), said, weight.reason, notes(bench, weight.notes))))


def swing_rows(found: Sequence[Sensitivity]) -> list[Row]:
    """Return a row for each weight."""
    model = state.bench().worlds.model
    return [
        {
            "title": f"{excerpt(model.hinge(row.hinge).title, 40)}: {excerpt(model.driver(row.weight.driver).title, 30)}",
            "lower": row.lower.value,
            "higher": row.higher.value,
        }
        for row in found
    ]


@st.cache_data(max_entries=20, show_spinner=False)
def _sensitivity(model_hash: str, outcome: str, levers: tuple[str, ...], worlds: int, seed: int) -> list[Sensitivity]:
    return state.bench().lab.sensitivity(outcome, levers)


def _outcome(label: str, key: str) -> str:
    """Offer the outcomes, the scenario's own question first."""
    worlds = state.bench().worlds
    titles = {outcome.id: outcome.title for outcome in worlds.model.outcomes}
    names = sorted(titles, key=lambda name: name != worlds.headline)
    chosen = st.selectbox(label, names, format_func=lambda name: titles[name], key=key, persist_state="session")
    return chosen or worlds.headline
