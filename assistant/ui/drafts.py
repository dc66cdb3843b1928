"""What critiques and continuations share on the page: the head, how it was drafted, what was left out, the downloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from assistant.export.exporting import FORMATS, SUFFIXES, Format
from assistant.export.wording import drafted, range_words
from assistant.records import Continuation, Critique, Draft, Rejection, Rewrite
from assistant.ui import state
from assistant.ui.citations import Numbers
from assistant.ui.markup import Markup, joined, plain, show, tag
from assistant.ui.sentences import prose
from assistant.ui.verdicts import range_bar

__all__ = ["account", "downloads", "fallback", "revisions", "rewrites"]

_NAMES: Final[dict[Format, str]] = {"md": "Markdown", "bbcode": "BBCode", "html": "HTML", "json": "JSON"}
_KINDS: Final[dict[Format, str]] = {
    "md": "text/markdown",
    "bbcode": "text/plain",
    "html": "text/html",
    "json": "application/json",
}
_OUTCOMES = {"removed": "Left out", "relabelled": "Relabelled", "flagged": "Flagged"}


def fallback(draft: Draft, asked: object) -> None:
    """Say that a model was asked for and did not write this, if so."""
    if draft.origin.fallback:
        st.warning(plain(f"Fallback to the archive: {draft.origin.fallback}"), icon=":material/swap_horiz:")
    elif asked and draft.origin.mode == "archive":
        said = f"The model {asked} was asked for; this draft was composed from the archive alone."
        st.warning(plain(said), icon=":material/swap_horiz:")


def account(draft: Draft, searched: int | None = None) -> None:
    """Show how the draft was made, its warnings, and everything that was left out or changed."""
    show(tag("p", " ".join(drafted(draft.origin, searched))))
    if draft.notices:
        show(joined([tag("h5", "Warnings"), tag("ul", *(tag("li", f"⚠ {text}") for text in draft.notices))]))
    if draft.rejected:
        items = tag("ul", *(_rejected(each) for each in draft.rejected))
        show(joined([tag("h5", "Left out or changed by the checks"), items]))
    else:
        show(tag("p", "The checks left nothing out and changed nothing.", class_="tg-small"))


def _rejected(each: Rejection) -> Markup:
    return tag("li", tag("b", f"{_OUTCOMES[each.outcome]}: "), f"{each.what} — {each.reason}")


def rewrites(found: Sequence[Rewrite], numbers: Numbers) -> None:
    """Show the changes that would help most, each with the price of its premise."""
    for rewrite in found:
        odds = f"Premise {range_words(rewrite.premise)}, outcome then {range_words(rewrite.outcome)}"
        head = tag("div", tag("b", rewrite.title), class_="tg-head")
        bars = tag("p", "Outcome: ", range_bar(rewrite.outcome), " · premise: ", range_bar(rewrite.premise), title=odds)
        show(tag("div", head, bars, tag("p", prose(rewrite.sentences, numbers)), class_="tg-finding"))


def downloads(draft: Critique | Continuation, name: str) -> None:
    """Offer the draft in every format; BBCode in as many parts as posts are needed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for form in FORMATS:
            parts = state.bench().export(draft, form)
            if len(parts) == 1:
                _download(_NAMES[form], parts[0], form, name)
                continue
            with st.popover(f"{_NAMES[form]}, {len(parts)} posts", icon=":material/download:"):
                st.caption(
                    f"Each fits into one post of {state.bench().settings.post_length:,} characters (see Settings)."
                )
                for at, text in enumerate(parts, 1):
                    _download(f"Post {at} of {len(parts)}", text, form, f"{name}-{at}")


def _download(label: str, text: str, form: Format, name: str) -> None:
    st.download_button(
        label,
        text,
        file_name=f"{name}{SUFFIXES[form]}",
        mime=_KINDS[form],
        key=f"{name}-{form}",
        on_click="ignore",
        icon=":material/download:",
    )


def revisions(project_id: int, kind: str) -> None:
    """Offer the older drafts of this kind, where there are any."""
    kept = [found for found in state.bench().desk.revisions(project_id) if found.kind == kind]
    if len(kept) < 2:
        return
    titles = {found.number: f"{found.number} · {found.saved:%Y-%m-%d %H:%M} UTC" for found in reversed(kept)}
    key = f"revision-{kind}-{project_id}-{kept[-1].number}"

    def chosen() -> None:
        state.show_revision(project_id, kind, state.widget(key))

    now = state.revision(project_id, kind)
    numbers = list(titles)
    st.selectbox(
        "Revision",
        numbers,
        index=numbers.index(now) if now in numbers else 0,
        format_func=lambda number: titles[number],
        key=key,
        on_change=chosen,
    )
