"""Continuations in archive mode: a walk through the causal model told as dated, caused and cited events.

The seam to the causal model is the walk: whatever makes steps (a hinge, its outcome, what tilted it, its odds) can be told here.
Each telling is written by hand in the scenario's files; nothing is made up at run time but the choice between tellings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.checks.continuity import Register, check_displaced, check_people
from assistant.checks.divergence import check_divergence
from assistant.dates import PartialDate, precision_of, spoken
from assistant.errors import ScenarioError
from assistant.records import Counterpart, Event, Probability, Record, Rejection, Sentence, SentenceType
from assistant.worldlines.model import Hinge, HingeOutcome, ScenarioModel
from assistant.worldlines.model import Telling as Wording
from assistant.worldlines.walk import Step, Walk
from assistant.writing.briefs import resolve
from assistant.writing.citing import PassageOf

__all__ = [
    "CHANCE",
    "CHANCE_TEXT",
    "COURSE",
    "COURSE_TEXT",
    "POD",
    "Fate",
    "Telling",
    "changed_lives",
    "displaced",
    "event_id",
    "load_fates",
    "outcome_of",
    "tell",
]

POD = "pod"
"""The id of the premise that every timeline has: the point of divergence itself."""
COURSE = "otl"
"""The id of the premise that lets our timeline's own course go on where nothing in this one has moved it."""
COURSE_TEXT = "What nothing in this timeline moves falls as it did in ours."
CHANCE = "chance"
"""The id of the premise that lets a turning point fall otherwise although nothing in this timeline tilted it."""
CHANCE_TEXT = "What hung in the balance may fall otherwise with nothing to push it."
FAINT = 0.08  # log-odds below which a cause is too weak to name
SAYS_LESS = "How it came about is left to the author."
NOT_TOLD = "what this archive can tell of this turning point does not fit what this timeline has changed: only the outcome is given"
FAINT_OURS = 0.04  # the same for a cause that our own timeline had as well


class Fate(Record):
    """A life that a lever or an outcome changes.

    `died` is when the person dies then, None where the person lives on. With `out` the death is untouched, but from `since` on
    the person does not do what our timeline had them do; `out` says why, in a clause.
    """

    person: str
    died: PartialDate | None = None
    since: PartialDate | None = None
    out: str | None = None
    lever: str | None = None
    hinge: str | None = None
    outcome: str | None = None


def load_fates(path: Path) -> list[Fate]:
    """Read a scenario's `fates.yaml`; none where there is no such file.

    Raises:
        ScenarioError: the file has another form.
    """
    if not path.is_file():
        return []
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        plain = [{key: None if value in ("null", "") else value for key, value in row.items()} for row in rows]
        return TypeAdapter(list[Fate]).validate_python(plain)
    except (OSError, yaml.YAMLError, ValidationError, AttributeError, TypeError) as error:
        raise ScenarioError("The fates cannot be read", where=str(path), hint=str(error)) from error


def event_id(hinge: str, outcome: str) -> str:
    """Return the id of the event that a hinge's outcome makes: a timeline that carries it can be conditioned on it again."""
    return f"{hinge}.{outcome}"


def outcome_of(event: str, model: ScenarioModel) -> tuple[str, str] | None:
    """Return the hinge and outcome that an event's id names; None where it names none."""
    for hinge in model.hinges:
        for outcome in hinge.outcomes:
            if event == event_id(hinge.id, outcome.id):
                return hinge.id, outcome.id
    return None


@dataclass(frozen=True)
class Telling:
    """What is needed to tell a walk.

    `premises` are the ids that causes may name beside events: the POD and the levers granted. `canon` are ids of events accepted
    before. `register` says whose life was changed by when the telling begins; `levers` and `outcomes` what else may make a
    wording false.
    """

    model: ScenarioModel
    passage_of: PassageOf
    premises: Mapping[str, str]
    canon: Sequence[Event]
    register: Register
    levers: Collection[str] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


def tell(walk: Walk, telling: Telling) -> tuple[list[Event], list[Rejection]]:
    """Tell each step of the walk as an event, in order; its causes are events told before it, canon, or premises.

    A step that cannot even be named in this timeline is left out, and listed with the reason.
    """
    known = {event.id for event in telling.canon}
    events: list[Event] = []
    rejected: list[Rejection] = []
    for step in walk.steps:
        event = _event(step, telling, known | {event.id for event in events})
        if isinstance(event, Rejection):
            rejected.append(event)
        else:
            events.append(event)
    return events, rejected


def _event(step: Step, telling: Telling, known: set[str]) -> Event | Rejection:
    hinge = telling.model.hinge(step.hinge)
    outcome = hinge.outcome(step.outcome)
    told = _sound_telling(outcome, step, telling)
    if told is None:
        bare = Sentence(text=f"{outcome.title}.", type=SentenceType.INVENTION)
        reasons = [
            *check_displaced(bare, step.date, telling.register),
            *check_people(bare.text, step.date, telling.register),
        ]
        if reasons:
            return Rejection(what=f"{spoken(step.date)}: {hinge.title}", reason="; ".join(reasons))
    title, sentences = told or (outcome.title, [Sentence(text=SAYS_LESS, type=SentenceType.INVENTION)])
    problems = [] if told else [NOT_TOLD]
    event = Event(
        id=event_id(hinge.id, outcome.id),
        date=step.date,
        precision=precision_of(step.date),
        title=title,
        sentences=sentences,
        causes=_causes(step, telling, known),
        otl=_counterpart(hinge, telling.passage_of),
        probability=_range(step),
        flags=problems,
        diverges=step.diverges,
    )
    flags = check_divergence(event, telling.model.scenario.pod)
    return event.model_copy(update={"flags": [*problems, *flags]}) if flags else event


def _sound_telling(outcome: HingeOutcome, step: Step, telling: Telling) -> tuple[str, list[Sentence]] | None:
    """Return the chosen telling, or another where that cannot be true in this timeline; None where none can.

    One that was written for what this timeline has changed comes before those that only do not contradict it.
    """
    count = len(outcome.tellings)
    turned = [outcome.tellings[(step.telling + shift) % count] for shift in range(count)]
    fitting = [told for told in turned if told.fits(telling.levers, telling.outcomes)]
    for told in sorted(fitting, key=lambda told: told.needs is None):
        sentences = resolve(told.sentences, telling.passage_of)
        if not _problems(told, sentences, step, telling):
            return told.title, sentences
    return None


def _problems(told: Wording, sentences: Sequence[Sentence], step: Step, telling: Telling) -> list[str]:
    """Return what is impossible about the persons whom the telling names."""
    text = " ".join([told.title, *(sentence.text for sentence in sentences)])
    problems = check_people(text, step.date, telling.register)
    if told.needs and any(lever in telling.levers for lever in told.needs.lever):
        return problems  # written for that change
    title = Sentence(text=f"{told.title}.", type=SentenceType.INVENTION)
    return problems + [why for s in (title, *sentences) for why in check_displaced(s, step.date, telling.register)]


def _causes(step: Step, telling: Telling, known: set[str]) -> list[str]:
    """Return the ids of what tilted or decided the step, of those that this timeline has told.

    What tilted it too little to be worth naming is left out. Where there are none, a step that parts from our timeline fell so by
    chance, any other by our timeline's course.
    """
    found: list[str] = []
    for cause in step.causes:
        if cause.kind == "lever" and cause.id in telling.premises:
            found.append(cause.id)
        elif cause.kind == "hinge" and not 0 < cause.log_odds < (FAINT_OURS if cause.shared else FAINT):
            found += [id_ for id_ in known if id_.startswith(f"{cause.id}.")]
    return list(dict.fromkeys(found)) or [CHANCE if step.diverges else COURSE]


def _counterpart(hinge: Hinge, passage_of: PassageOf) -> Counterpart | None:
    """Return what happened in our timeline, with all that it rests on: the documented sentence that names the day, else the first."""
    stated = [s for told in hinge.otl.tellings for s in told.sentences if s.type is SentenceType.DOCUMENTED]
    if not stated:
        return None
    day = spoken(hinge.date)
    chosen = next((s for s in stated if len(hinge.date) == len("1945-04-25") and day in s.text), stated[0])
    (sentence,) = resolve([chosen], passage_of)
    return Counterpart(text=sentence.text, citations=sentence.citations)


def _range(step: Step) -> Probability | None:
    """Return the range of a step that the odds decided; None where a premise or the canon did."""
    if step.given:
        return None
    low, high = max(0.0, step.probability.low), min(1.0, step.probability.high)
    return Probability(low=round(low, 3), high=round(max(low, high), 3))


def changed_lives(fates: Iterable[Fate], levers: Iterable[str], outcomes: Mapping[str, str]) -> dict[str, str | None]:
    """Return whose death these levers and outcomes move, and to when."""
    pulled = set(levers)
    return {fate.person: fate.died for fate in fates if not fate.out and _strikes(fate, pulled, outcomes)}


def displaced(fates: Iterable[Fate], levers: Iterable[str], outcomes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return who does not do what our timeline had them do: from when, and why."""
    pulled = set(levers)
    return {
        fate.person: (fate.since, fate.out)
        for fate in fates
        if fate.out and fate.since and _strikes(fate, pulled, outcomes)
    }


def _strikes(fate: Fate, pulled: set[str], outcomes: Mapping[str, str]) -> bool:
    return bool((fate.lever and fate.lever in pulled) or (fate.hinge and outcomes.get(fate.hinge) == fate.outcome))
