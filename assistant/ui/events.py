"""Events of a timeline as cards: date, title, what happened and what it rests on, its causes, and what happened in ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.export.wording import dated
from assistant.records import Event, Timeline
from assistant.ui.citations import Numbers, marks
from assistant.ui.markup import Markup, inline, joined, tag
from assistant.ui.sentences import prose
from assistant.ui.verdicts import badge, range_bar

__all__ = ["event_card", "names_of"]


def names_of(timeline: Timeline, proposed: Iterable[Event]) -> dict[str, str]:
    """Return what to call each premise and event that may be named as a cause."""
    names = {key: f"the premise “{text.rstrip('. ')}”" for key, text in timeline.premises.items()}
    for event in [*timeline.events, *proposed]:
        names[event.id] = f"“{event.title.rstrip('.')}” ({dated(event.date, event.precision)})"
    return names


def event_card(event: Event, names: Mapping[str, str], numbers: Numbers, state: str) -> Markup:
    """Return the card of one event; `state` is `canon`, `proposed` or `rejected`, and is said in words too."""
    head = tag(
        "div",
        inline(
            tag("span", dated(event.date, event.precision), class_="tg-date"),
            tag("b", event.title),
            badge({"canon": "✓ canon", "rejected": "✕ turned down"}.get(state, "proposed")),
            badge("≠ parts from our timeline") if event.diverges else badge("= as in our timeline"),
            range_bar(event.probability),
        ),
        class_="tg-head",
    )
    causes = "; ".join(names.get(cause, cause) for cause in event.causes)
    return tag(
        "div",
        head,
        tag("p", prose(event.sentences, numbers)),
        joined(tag("p", f"⚠ {flag}", class_="tg-flagged") for flag in event.flags),
        tag("p", tag("b", "Because of: "), causes, class_="tg-small") if causes else "",
        tag("p", tag("b", "In our timeline: "), _counterpart(event, numbers), class_="tg-small"),
        class_=f"tg-finding tg-event tg-{state}",
    )


def _counterpart(event: Event, numbers: Numbers) -> Markup:
    if event.otl is None:
        return Markup("nothing that corresponds.")
    return inline(event.otl.text, marks(event.otl.citations, numbers))
