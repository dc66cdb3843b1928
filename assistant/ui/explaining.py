"""Why a figure of the world-lines is what it is: reasons, weights and the notes behind each, with links into Sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.export.wording import range_words
from assistant.ui.citations import Numbers, note_link
from assistant.ui.markup import Markup, inline, joined, tag
from assistant.ui.sentences import titled
from assistant.ui.verdicts import badge, range_bar
from assistant.workbench import Workbench
from assistant.worldlines.explain import Contribution, Explanation
from assistant.worldlines.model import Driver, Effect, Lever, Outcome
from assistant.writing.topics import Topic

__all__ = ["driver_card", "hinge_card", "lever_card", "notes", "outcome_card"]


def notes(bench: Workbench, names: Iterable[str]) -> Markup:
    """Return links to notes by their titles."""
    links = [note_link(name, bench.source(name).title) for name in dict.fromkeys(names)]
    return tag("span", "Notes: ", joined(links, " · "), class_="tg-small") if links else Markup("")


def lever_card(bench: Workbench, lever: Lever) -> Markup:
    """Return what a lever is, how plausible its premise, what it sets, and the case for and against it."""
    model = bench.worlds.model
    decided = [
        f"{model.hinge(name).title}: {model.hinge(name).outcome(to).title}" for name, to in lever.sets.hinges.items()
    ]
    ruled = [
        f"{model.hinge(name).title}: not {model.hinge(name).outcome(out).title}"
        for name, outs in lever.sets.excludes.items()
        for out in outs
    ]
    rows = [
        tag("div", inline(tag("b", lever.title), range_bar(lever.plausibility)), class_="tg-head"),
        tag("p", lever.statement),
        tag("p", tag("b", "Why this plausible: "), lever.reason),
        _list("It decides", [tag("li", text) for text in [*decided, *ruled]]),
        _list("It moves", [_effect(bench, move) for move in lever.sets.drivers]),
        _brief(bench.worlds.topics.get(lever.id)),
        notes(bench, lever.notes),
    ]
    return tag("div", joined(rows), class_="tg-finding")


def driver_card(bench: Workbench, driver: Driver) -> Markup:
    """Return what a driver means, where it starts and why, and the case for and against its statement."""
    rows = [
        tag("div", inline(tag("b", driver.title), badge(f"starts at {driver.start:+.2f}")), class_="tg-head"),
        tag("p", driver.definition),
        tag("p", tag("b", "+1: "), driver.plus),
        tag("p", tag("b", "−1: "), driver.minus),
        tag("p", tag("b", "Why it starts there: "), driver.reason),
        _brief(bench.worlds.topics.get(driver.id)),
        notes(bench, driver.notes),
    ]
    return tag("div", joined(rows), class_="tg-finding")


def outcome_card(bench: Workbench, outcome: Outcome) -> Markup:
    """Return what an outcome asserts, and why its test is as it is."""
    rows = [
        tag("div", tag("b", outcome.title), class_="tg-head"),
        tag("p", outcome.statement),
        tag("p", tag("b", "Why it is tested so: "), outcome.reason),
        tag(
            "details",
            tag("summary", "The test itself"),
            tag("pre", outcome.test.model_dump_json(indent=2, exclude_none=True)),
        ),
        notes(bench, outcome.notes),
    ]
    return tag("div", joined(rows), class_="tg-finding")


def hinge_card(bench: Workbench, explanations: Sequence[Explanation]) -> Markup:
    """Return each outcome of a hinge with its odds, and each driver's share in them with its reasons and notes."""
    if not explanations:
        return Markup("")
    hinge = bench.worlds.model.hinge(explanations[0].hinge)
    head = tag("div", inline(tag("b", hinge.title), badge(hinge.date)), class_="tg-head")
    return tag(
        "div",
        head,
        joined(_outcome(bench, item) for item in explanations),
        notes(bench, hinge.notes),
        class_="tg-finding",
    )


def _outcome(bench: Workbench, item: Explanation) -> Markup:
    outcome = bench.worlds.model.hinge(item.hinge).outcome(item.outcome)
    kind = {"otl": "our timeline", "documented": "considered at the time", "author": "the author's"}[outcome.kind]
    odds = f"at base {item.base:.0%}, here {item.probability:.0%}"
    parts = [_share(bench, part) for part in item.contributions if abs(part.change) >= 0.001]
    return joined(
        [
            tag("h5", inline(outcome.title, badge(kind), badge(odds))),
            tag("p", tag("b", "Why these base odds: "), outcome.reason, " ", notes(bench, outcome.notes)),
            _list("What moved them", parts)
            or tag("p", "Nothing moved them: the drivers stand where they stood.", class_="tg-small"),
        ]
    )


def _share(bench: Workbench, part: Contribution) -> Markup:
    title = bench.worlds.model.driver(part.driver).title
    moved = f"{title} at {part.state:+.2f} ({part.away:+.2f} from our timeline): {100 * part.change:+.1f} points"
    reasons = [
        tag(
            "div",
            f"weight {weight.weight:+.1f} ± {weight.spread:.1f}: {weight.reason} ",
            notes(bench, weight.notes),
            class_="tg-small",
        )
        for weight in part.weights
    ]
    return tag("li", tag("b", moved), joined(reasons))


def _effect(bench: Workbench, move: Effect) -> Markup:
    title = bench.worlds.model.driver(move.driver).title
    return tag("li", f"{title} by {move.by:+.2f}: {move.reason} ", notes(bench, move.notes))


def _list(title: str, items: Sequence[Markup]) -> Markup:
    return tag("div", tag("h5", title), tag("ul", joined(items))) if items else Markup("")


def _brief(topic: Topic | None) -> Markup:
    """Return the cited case for and against, folded; nothing where the scenario has none."""
    if topic is None:
        return Markup("")
    numbers = Numbers()
    odds = f"{topic.statement} ({range_words(topic.probability)})" if topic.probability else topic.statement
    rows = [
        tag("p", tag("i", odds)),
        titled("For:", topic.case_for, numbers),
        titled("Against:", topic.case_against, numbers),
        titled("What weighs most:", topic.judgement, numbers),
        titled("Considered at the time:", topic.alternatives, numbers),
        tag("p", tag("b", "What would change this: "), topic.would_change) if topic.would_change else "",
    ]
    return tag("details", tag("summary", "The case for and the case against, cited"), joined(rows))
