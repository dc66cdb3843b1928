"""Continuations in archive mode: a walk through the causal model told as dated, caused and cited events.

The seam to the causal model is the walk: whatever makes steps (a hinge, its outcome, what tilted it, its odds) can be told here.
Each telling is written by hand in the scenario's files; nothing is made up at run time but the choice between tellings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.checks.continuity import Register, check_people
from assistant.checks.divergence import check_divergence
from assistant.dates import PartialDate, precision_of
from assistant.errors import ScenarioError
from assistant.records import Counterpart, Event, Probability, Record, Sentence, SentenceType
from assistant.worldlines.model import Hinge, HingeOutcome, ScenarioModel
from assistant.worldlines.walk import Step, Walk
from assistant.writing.briefs import resolve
from assistant.writing.citing import PassageOf

__all__ = [
    "COURSE",
    "COURSE_TEXT",
    "POD",
    "Fate",
    "Telling",
    "changed_lives",
    "event_id",
    "load_fates",
    "outcome_of",
    "tell",
]

POD = "pod"
"""The id of the premise that every timeline has: the point of divergence itself."""
COURSE = "otl"
"""The id of the premise that lets our timeline's own course go on where nothing in this one has moved it."""
COURSE_TEXT = "What nothing in this timeline moves falls as it did in ours"


class Fate(Record):
    """A life that a lever or an outcome changes: `died` None where the person lives on."""

    person: str
    died: PartialDate | None
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
    before. `fates` says whose life was changed by when the telling begins.
    """

    model: ScenarioModel
    passage_of: PassageOf
    premises: Mapping[str, str]
    canon: Sequence[Event]
    register: Register


def tell(walk: Walk, telling: Telling) -> list[Event]:
    """Tell each step of the walk as an event, in order; its causes are events told before it, canon, or premises."""
    known = {event.id for event in telling.canon}
    events: list[Event] = []
    for step in walk.steps:
        event = _event(step, telling, known | {event.id for event in events})
        events.append(event)
    return events


def _event(step: Step, telling: Telling, known: set[str]) -> Event:
    hinge = telling.model.hinge(step.hinge)
    outcome = hinge.outcome(step.outcome)
    title, sentences, problems = _best_telling(outcome, step, telling)
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


def _best_telling(outcome: HingeOutcome, step: Step, telling: Telling) -> tuple[str, list[Sentence], list[str]]:
    """Return the chosen telling, or another one where the first names somebody who is dead or out of office by then."""
    best: tuple[str, list[Sentence], list[str]] | None = None
    for shift in range(len(outcome.tellings)):
        told = outcome.tellings[(step.telling + shift) % len(outcome.tellings)]
        sentences = resolve(told.sentences, telling.passage_of)
        text = " ".join([told.title, *(sentence.text for sentence in sentences)])
        problems = check_people(text, step.date, telling.register)
        if best is None or len(problems) < len(best[2]):
            best = (told.title, sentences, problems)
        if not problems:
            break
    if best is None:
        raise ScenarioError("An outcome has no telling", where=f"{step.hinge}: {step.outcome}")
    return best


def _causes(step: Step, telling: Telling, known: set[str]) -> list[str]:
    """Return the ids of what tilted or decided the step, of those that this timeline has told.

    Where there are none, a step that parts from our timeline goes back to the POD itself, any other to our timeline's course.
    """
    found: list[str] = []
    for cause in step.causes:
        if cause.kind == "lever" and cause.id in telling.premises:
            found.append(cause.id)
        elif cause.kind == "hinge":
            found += [id_ for id_ in known if id_.startswith(f"{cause.id}.")]
    return list(dict.fromkeys(found)) or [POD if step.diverges else COURSE]


def _counterpart(hinge: Hinge, passage_of: PassageOf) -> Counterpart | None:
    """Return what happened in our timeline: the first documented sentence told of it, with all that it rests on."""
    for told in hinge.otl.tellings:
        for sentence in resolve(told.sentences, passage_of):
            if sentence.type is SentenceType.DOCUMENTED:
                return Counterpart(text=sentence.text, citations=sentence.citations)
    return None


def _range(step: Step) -> Probability | None:
    """Return the range of a step that the odds decided; None where a premise or the canon did."""
    if step.given:
        return None
    low, high = max(0.0, step.probability.low), min(1.0, step.probability.high)
    return Probability(low=round(low, 3), high=round(max(low, high), 3))


def changed_lives(fates: Iterable[Fate], levers: Iterable[str], outcomes: Mapping[str, str]) -> dict[str, str | None]:
    """Return whose death these levers and outcomes move, and to when."""
    pulled = set(levers)
    return {
        fate.person: fate.died
        for fate in fates
        if (fate.lever and fate.lever in pulled) or (fate.hinge and outcomes.get(fate.hinge) == fate.outcome)
    }
