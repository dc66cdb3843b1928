"""Choosing levers: grouped by who proposes them, each with the plausibility of its premise."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.export.wording import range_words
from assistant.ui import state
from assistant.ui.markup import plain
from assistant.worldlines.model import Lever

__all__ = ["lever_picker"]


def lever_picker(label: str, chosen: Sequence[str], key: str) -> list[str]:
    """Show the levers, those of the thread apart from those of the literature, and return the ids of those chosen."""
    levers = state.bench().worlds.model.levers
    groups = {
        "proposed in the thread": [lever for lever in levers if lever.thread],
        "from the literature": [lever for lever in levers if not lever.thread],
    }
    found: list[str] = []
    for name, members in groups.items():
        if members:
            found += _group(f"{label}: {name}", members, chosen, f"{key}-{name}")
    return found


def _group(label: str, members: Sequence[Lever], chosen: Sequence[str], key: str) -> list[str]:
    titles = {lever.id: f"{plain(lever.title)} · {plain(range_words(lever.plausibility))}" for lever in members}
    picked = st.pills(
        label,
        list(titles),
        selection_mode="multi",
        default=[name for name in chosen if name in titles],
        format_func=lambda name: titles[name],
        key=key,
        persist_state="session",
        help="The range is the plausibility of the premise itself.",
    )
    return list(picked)
