"""From a timeline to its continuation: the canon becomes conditions on the causal model, a walk through it becomes events."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from assistant.checks.continuity import Register, check_order
from assistant.dates import MONTHS, earliest, latest, parse_partial, precision_of, spoken
from assistant.errors import InputError
from assistant.library.people import load_people
from assistant.library.reading import read_bytes
from assistant.ranges import range_words
from assistant.records import (
    Continuation,
    Event,
    Origin,
    Probability,
    Rejection,
    Sentence,
    SentenceType,
    Timeline,
)
from assistant.workbench.archive import Archive, Report, silent
from assistant.workbench.worlds import Worlds
from assistant.workbench.writer import Writer
from assistant.worldlines.canon import Canon
from assistant.worldlines.chain import chain
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.walk import Step, Walk, walk
from assistant.writing.citing import cite
from assistant.writing.continuation import (
    CHANCE,
    CHANCE_TEXT,
    COURSE,
    COURSE_TEXT,
    POD,
    Telling,
    changed_lives,
    displaced,
    event_id,
    load_fates,
    outcome_of,
    tell,
)

__all__ = ["Continuer", "bring_timeline", "opening"]

DEFAULT_END = "1949-12-31"
UNTOLD_NAMED = 4  # of the turning points that are left untold
SHOWN_UNCHANGED = 12  # of the steps that came out as in our timeline, how many are told; the rest are counted by name
_DATED = re.compile(
    rf"^\W*(?:(?P<day>\d{{1,2}})\s+)?(?:(?P<month>{'|'.join(MONTHS[1:])})\s+)?(?P<year>1[89]\d\d)\b(?P<iso>(?:-\d\d){{0,2}})"
    r"\s*[\W_]*\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"^\W*(?P<month>{'|'.join(MONTHS[1:])})\s+(?P<day>\d{{1,2}}),\s+(?P<year>1[89]\d\d)\W+(?P<rest>.*)$", re.I
)
_SLUG = re.compile(r"[^a-z0-9]+")


def opening(model: ScenarioModel) -> Timeline:
    """Return the shipped scenario as a timeline: its premise, and the changes that its thread's first post asks for."""
    granted = [lever for lever in model.levers if any(place.post == 1 for place in lever.thread)]
    premises = {POD: model.scenario.premise, **{lever.id: lever.statement for lever in granted}}
    return Timeline(title=model.scenario.title, pod=model.scenario.pod, premises=premises)


def bring_timeline(name: str, data: bytes, model: ScenarioModel) -> Timeline:
    """Read a timeline: JSON of a continuation or a timeline, or text with dated entries, one a line or paragraph.

    Raises:
        InputError: it is neither.
    """
    text = data.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("{"):
        return _from_json(name, text)
    source = read_bytes(data, Path(name).name)[0]
    events: list[Event] = []
    for line in source.text.splitlines():
        dated = _dated(line)
        if dated:
            date, said = dated
            events.append(_given_event(date, said, len(events) + 1))
    if not events:
        raise InputError(
            "No dated entry was found in the timeline",
            where=name,
            hint="Begin each entry with its date: 12 May 1945 — ...",
        )
    premises = {POD: model.scenario.premise}
    return Timeline(title=source.title, pod=model.scenario.pod, premises=premises, events=events)


def _from_json(name: str, text: str) -> Timeline:
    try:
        found = json.loads(text)
        if "timeline" in found:
            canon = Timeline.model_validate_json(json.dumps(found["timeline"]))
            events = [Event.model_validate_json(json.dumps(event)) for event in found.get("events", [])]
            return canon.model_copy(update={"events": [*canon.events, *events]})
        return Timeline.model_validate_json(text)
    except (ValueError, ValidationError, TypeError) as error:
        raise InputError(
            f"This is no timeline: {error}", where=name, hint="`torgau schema Timeline` shows its form"
        ) from error


def _dated(line: str) -> tuple[str, str] | None:
    match = _AMERICAN.match(line) or _DATED.match(line)
    if match is None or not match["rest"].strip():
        return None
    parts = match.groupdict()
    date = parts["year"]
    if parts.get("iso"):
        date += parts["iso"]
    elif parts.get("month"):
        names = [month.casefold() for month in MONTHS]
        date += f"-{names.index(parts['month'].casefold()):02d}"
        date += f"-{int(parts['day']):02d}" if parts.get("day") else ""
    try:
        return parse_partial(date), match["rest"].strip()
    except ValueError as error:
        raise InputError(f"A dated entry has no possible date: {error}", where=line[:60]) from error


def _given_event(date: str, said: str, number: int) -> Event:
    title, _, rest = said.partition(". ")
    name = _SLUG.sub("-", title.casefold()).strip("-")[:40] or "entry"
    sentences = [Sentence(text=part, type=SentenceType.INVENTION) for part in (title, rest) if part]
    return Event(
        id=f"canon-{number}-{name}",
        date=date,
        precision=precision_of(date),
        title=title[:120].rstrip("."),
        sentences=sentences,
        causes=[POD],
        otl=None,
        probability=None,
        diverges=True,
    )


class Continuer:
    """Continues timelines by one scenario, in archive mode."""

    def __init__(self, archive: Archive, worlds: Worlds, *, report: Report = silent) -> None:
        self.archive, self.worlds, self.report = archive, worlds, report

    def go_on(
        self,
        timeline: Timeline,
        *,
        start: str | None,
        end: str | None,
        path: str,
        levers: Sequence[str] | None,
        origin: Origin,
        writer: Writer | None = None,
    ) -> Continuation:
        """Continue the timeline.

        Args:
            timeline: what is given and accepted; it is never contradicted.
            start: first date; None for the day after the canon ends.
            end: last date; None for the end of 1949.
            path: `likely`, `median` or `seed N`.
            levers: changes granted; None for those among the timeline's premises.
            origin: how the draft is made.
            writer: model mode: writes the events from the same evidence and figures.

        Raises:
            InputError: a date that is none, an unknown lever or path, an end before the start.
        """
        first, last = _date(start) or _day_after(timeline), _date(end) or DEFAULT_END
        granted = self._granted(timeline, levers)
        self.report("walking a world-line", 0, 1)
        outcomes, unmatched = self._accepted(timeline)
        found = walk(
            self.worlds.model,
            first,
            last,
            canon=Canon(outcomes=outcomes),
            levers=granted,
            path=path,
            seed=self.archive.settings.seed,
            cache_dir=self.archive.settings.cache,
        )
        self.report("walking a world-line", 1, 1)
        given = timeline.model_copy(update={"premises": self._premises(timeline, granted)})
        shown, unchanged = self._shown(found, timeline)
        told, unsaid = tell(found.model_copy(update={"steps": shown}), self._telling(given, granted, found))
        events, rejected = _sound(told, given)
        given = given.model_copy(update={"premises": _in_force(given.premises, [*timeline.events, *events])})
        continuation = Continuation(
            title=f"{timeline.title}: {spoken(first)} to {spoken(last)}",
            origin=origin,
            notices=[*found.notices, *unmatched, *self.archive.notices],
            rejected=[*unsaid, *rejected],
            start=first,
            end=last,
            timeline=given,
            introduction=self._introduction(granted, found, unchanged),
            events=events,
            chain=_chain(found),
            weakest=_weakest(events),
        )
        register = self._register(granted, found)
        return writer.continuation(continuation, register) if writer else continuation

    def _granted(self, timeline: Timeline, levers: Sequence[str] | None) -> list[str]:
        known = {lever.id for lever in self.worlds.model.levers}
        if levers is not None:
            unknown = [name for name in levers if name not in known]
            if unknown:
                raise InputError(f"There is no lever {unknown[0]!r}", hint="`torgau worldlines levers` lists them")
            return list(levers)
        return [name for name in timeline.premises if name in known]

    def _accepted(self, timeline: Timeline) -> tuple[dict[str, str], list[str]]:
        """Return which hinges the canon decides, and a notice for what it says that matches none."""
        outcomes: dict[str, str] = {}
        loose: list[Event] = []
        for event in timeline.events:
            named = outcome_of(event.id, self.worlds.model) or self._recognised(event)
            if named:
                outcomes[named[0]] = named[1]
            else:
                loose.append(event)
        if not loose:
            return outcomes, []
        titles = "; ".join(f"“{event.title}”" for event in loose[:3])
        more = f" and {len(loose) - 3} more" if len(loose) > 3 else ""
        return outcomes, [
            f"The causal model knows no turning point for {titles}{more}: kept as canon, without weight in the odds."
        ]

    def _recognised(self, event: Event) -> tuple[str, str] | None:
        """Match a canon event in the author's own words with an outcome of a hinge of about that date."""
        low, high = earliest(event.date) - dt.timedelta(days=200), latest(event.date) + dt.timedelta(days=200)
        near = [hinge for hinge in self.worlds.model.hinges if low <= earliest(hinge.date) <= high]
        wordings = {
            event_id(hinge.id, outcome.id): [outcome.title, *(told.title for told in outcome.tellings)]
            for hinge in near
            for outcome in hinge.outcomes
        }
        text = " ".join(sentence.text for sentence in event.sentences)
        best = self.worlds.matching(wordings).match([text], limit=1)[0]
        return outcome_of(best[0].id, self.worlds.model) if best and best[0].score >= RECOGNISED else None

    def _shown(self, found: Walk, timeline: Timeline) -> tuple[list[Step], list[Step]]:
        """Choose the steps to tell: all that diverge, and of the others those that moved the most."""
        accepted = {event.id for event in timeline.events}
        steps = [step for step in found.steps if event_id(step.hinge, step.outcome) not in accepted]
        same = [step for step in steps if not step.diverges]
        weighty = sorted(same, key=lambda step: (-self._weight(step), step.date))[:SHOWN_UNCHANGED]
        kept = [step for step in steps if step.diverges or step in weighty]
        return kept, [step for step in same if step not in weighty]

    def _weight(self, step: Step) -> float:
        outcome = self.worlds.model.hinge(step.hinge).outcome(step.outcome)
        return sum(abs(effect.by) for effect in outcome.effects)

    def _telling(self, timeline: Timeline, granted: Sequence[str], found: Walk) -> Telling:
        register, outcomes = self._register(granted, found), _came_out(found)
        model, passage = self.worlds.model, self.archive.passage
        return Telling(model, passage, timeline.premises, timeline.events, register, granted, outcomes)

    def _register(self, granted: Sequence[str], found: Walk) -> Register:
        fates, outcomes = load_fates(self.worlds.folder / "fates.yaml"), _came_out(found)
        lives, gone = changed_lives(fates, granted, outcomes), displaced(fates, granted, outcomes)
        return Register(load_people(self.archive.file("people.yaml")), lives, gone)

    def _premises(self, timeline: Timeline, granted: Sequence[str]) -> dict[str, str]:
        """Return what the timeline rests on: its own premises but for changes that are not granted, and those that are."""
        levers = {lever.id: lever.statement for lever in self.worlds.model.levers}
        used = {cause for event in timeline.events for cause in event.causes}
        own = {
            id_: text for id_, text in timeline.premises.items() if id_ not in levers or id_ in granted or id_ in used
        }
        pod = {POD: self.worlds.model.scenario.premise}
        return {**pod, **own, **{name: levers[name] for name in granted}, COURSE: COURSE_TEXT, CHANCE: CHANCE_TEXT}

    def _introduction(self, granted: Sequence[str], found: Walk, unchanged: Sequence[Step]) -> list[Sentence]:
        levers = [self.worlds.model.lever(name) for name in granted]
        citations = [cite(self.archive.passage(f"{note}#1")) for lever in levers for note in lever.notes[:1]]
        said: list[Sentence] = []
        if levers and citations:
            names = "; ".join(f"{lever.title} ({range_words(lever.plausibility)})" for lever in levers)
            text = f"This timeline grants what its premise asks for, and counts its price apart: {names}."
            said.append(Sentence(text=text, type=SentenceType.INFERENCE, citations=citations))
        diverging = [step for step in found.steps if step.diverges]
        text = (
            f"Of {len(found.steps)} turning points on this road {len(diverging)} come out otherwise than in our timeline; "
            f"the odds of all the others that no premise decides, multiplied, are about {_one_in(found.chain.value)}. Every "
            f"history is that unlikely in advance: our own over the same stretch comes to about {_one_in(self._our_own(found))}."
        )
        said += self._inferred(text, diverging or found.steps)
        if unchanged:
            hinges = [self.worlds.model.hinge(step.hinge) for step in unchanged]
            named = "; ".join(f"“{hinge.title}” ({hinge.otl.title})" for hinge in hinges[:UNTOLD_NAMED])
            one = len(hinges) == 1
            count = (
                "One turning point that fell as in our timeline is"
                if one
                else f"{len(hinges)} turning points that fell as in our timeline are"
            )
            text = f"{count} left untold{', among them' if len(hinges) > UNTOLD_NAMED else ''}: {named}."
            said += self._inferred(text, unchanged)
        return said

    def _our_own(self, found: Walk) -> float:
        """Return the odds of our own timeline at the same turning points, by the same model with no lever pulled."""
        model, settings = self.worlds.model, self.archive.settings
        pairs = [(step.hinge, model.hinge(step.hinge).otl.id) for step in found.steps]
        return chain(model, pairs, worlds=settings.worlds, seed=settings.seed, cache_dir=settings.cache).product.value

    def _inferred(self, text: str, steps: Sequence[Step]) -> list[Sentence]:
        """Return the sentence with the first paragraphs of the steps' notes as its premises; none where there are no notes."""
        notes = dict.fromkeys(note for step in steps[:6] for note in self.worlds.model.hinge(step.hinge).notes[:1])
        citations = [cite(self.archive.passage(f"{note}#1")) for note in notes]
        return [Sentence(text=text, type=SentenceType.INFERENCE, citations=citations)] if citations else []


RECOGNISED = 0.68  # how near a canon entry in the author's words must come to a telling to count as that outcome


def _came_out(found: Walk) -> dict[str, str]:
    return {step.hinge: step.outcome for step in [*found.background, *found.steps]}


def _in_force(premises: Mapping[str, str], events: Sequence[Event]) -> dict[str, str]:
    """Leave out the course of our timeline and chance where nothing is owed to them."""
    causes = {cause for event in events for cause in event.causes}
    return {id_: text for id_, text in premises.items() if id_ not in (COURSE, CHANCE) or id_ in causes}


def _weakest(events: Sequence[Event]) -> str | None:
    """Return the least probable of the events told that the odds decided."""
    decided = [(event.probability.low + event.probability.high, event.id) for event in events if event.probability]
    return min(decided)[1] if decided else None


def _chain(found: Walk) -> Probability:
    low, high = max(0.0, found.chain.low), min(1.0, found.chain.high)
    return Probability(low=float(f"{low:.3g}"), high=float(f"{max(low, high):.3g}"))


def _one_in(probability: float) -> str:
    """Return a small probability as "1 in 130 million", to two figures."""
    if probability >= 0.2:
        return f"{probability:.0%}".replace("%", " %")
    count = 1 / max(probability, 1e-300)
    for size, name in ((1e12, "million million"), (1e9, "thousand million"), (1e6, "million"), (1e3, "thousand")):
        if count >= size:
            return f"1 in {float(f'{count / size:.2g}'):,.0f} {name}"
    return f"1 in {float(f'{count:.2g}'):.0f}"


def _date(text: str | None) -> str | None:
    try:
        return parse_partial(text) if text else None
    except ValueError as error:
        raise InputError(str(error), hint="Dates are YYYY, YYYY-MM or YYYY-MM-DD") from error


def _day_after(timeline: Timeline) -> str:
    last = max((latest(event.date) for event in timeline.events), default=earliest(timeline.pod))
    return (last + dt.timedelta(days=1)).isoformat()


def _sound(events: Sequence[Event], timeline: Timeline) -> tuple[list[Event], list[Rejection]]:
    """Leave out events whose order or causes do not hold, each listed with its reason."""
    kept: list[Event] = []
    rejected: list[Rejection] = []
    for event in events:
        problems = check_order([event], timeline.premises, [*timeline.events, *kept])
        if problems:
            rejected.append(Rejection(what=f"{event.date} {event.title}", reason="; ".join(problems)))
        else:
            kept.append(event)
    return kept, rejected
