"""A critique on the page: the verdict first, then claim by claim beside the text, the rubric, and what would help."""

from __future__ import annotations

import streamlit as st

from assistant.export.wording import capital
from assistant.records import Criterion, Critique, Verdict
from assistant.ui import drafts
from assistant.ui.citations import Numbers, numbers_of
from assistant.ui.claims import card, marked_text
from assistant.ui.markup import Markup, inline, joined, show, tag
from assistant.ui.sentences import LEGEND, prose
from assistant.ui.verdicts import SHAPES, chip, range_bar

__all__ = ["show_critique"]

_HEIGHT = 900


def show_critique(critique: Critique, name: str) -> None:
    """Show the critique; `name` begins the names of its downloads."""
    numbers = numbers_of(critique)
    show(_verdict(critique, numbers))
    drafts.downloads(critique, name)
    labels = [f"Claim by claim ({len(critique.claims)})", "Rubric", "What would help", "How it was drafted"]
    claims, rubric, help_, account = st.tabs(labels)
    with claims:
        _claims(critique, numbers, name)
    with rubric:
        show(joined(_criterion(criterion, numbers) for criterion in critique.rubric) or _none("rubric"))
    with help_:
        drafts.rewrites(critique.rewrites, numbers)
        if not critique.rewrites:
            show(_none("smaller change"))
    with account:
        drafts.account(critique, critique.searched)


def _verdict(critique: Critique, numbers: Numbers) -> Markup:
    head = tag("div", inline(chip(critique.verdict), range_bar(critique.probability)), class_="tg-head tg-big")
    return tag(
        "div",
        tag("p", tag("i", critique.question)),
        head,
        tag("ul", *(tag("li", prose([sentence], numbers)) for sentence in critique.summary)),
        tag("p", LEGEND, class_="tg-small"),
        class_="tg-verdict",
    )


def _claims(critique: Critique, numbers: Numbers, name: str) -> None:
    if not critique.claims:
        st.info("No claim was found in the text: it asks, greets or jokes, but asserts nothing.")
        return
    counts = {verdict: sum(found.verdict is verdict for found in critique.claims) for verdict in Verdict}
    options = [str(verdict) for verdict, count in counts.items() if count]
    chosen = st.pills(
        "Show only",
        options,
        selection_mode="multi",
        format_func=lambda word: f"{SHAPES[Verdict(word)]} {word} ({counts[Verdict(word)]})",
        key=f"{name}-shown",
    )
    text, judged = st.columns([5, 7], gap="medium")
    with text, st.container(height=_HEIGHT, border=True):
        show(marked_text(critique.text, critique.claims))
    with judged, st.container(height=_HEIGHT, border=False):
        for number, finding in enumerate(critique.claims, 1):
            if not chosen or finding.verdict in chosen:
                show(card(number, finding, numbers))


def _criterion(criterion: Criterion, numbers: Numbers) -> Markup:
    head = tag("div", inline(tag("b", capital(criterion.name)), chip(criterion.verdict)), class_="tg-head")
    change = tag("p", tag("b", "What would change this: "), criterion.would_change) if criterion.would_change else ""
    return tag("div", head, tag("p", prose(criterion.sentences, numbers)), change, class_="tg-finding")


def _none(what: str) -> Markup:
    return tag("p", f"No {what} was found.", class_="tg-small")
