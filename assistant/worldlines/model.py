"""A scenario as its files state it: drivers, hinges, levers, outcomes and theses, strict and in one order.

The files may list their entries in any order; the records sort them (hinges and levers by date, then id; a hinge's
outcomes with our timeline first), so that nothing downstream can depend on it. Dates are partial dates; drivers and
their moves are numbers on a scale from -1 to 1; weights are log-odds for one unit of a driver.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from assistant.dates import earliest, latest
from assistant.records import Probability, Record, Scenario, SentenceType
from assistant.worldlines.fields import FileDate, Finite, Id, Leaning, Line, Paragraph
from assistant.worldlines.goal import Test

__all__ = [
    "Brief",
    "BriefSentence",
    "Conditions",
    "Driver",
    "Effect",
    "Hinge",
    "HingeOutcome",
    "Lever",
    "LeverSets",
    "Outcome",
    "Premise",
    "ScenarioModel",
    "Telling",
    "Thesis",
    "ThreadPlace",
    "Weight",
]

BASE_TOLERANCE = 1e-6
"""How far the base odds of a hinge may be from 1 in sum."""
MOST_DRIVERS = 8
"""How many drivers may tilt one hinge: explanations weigh every subset of them."""


class BriefSentence(Record):
    """One typed sentence; `rests_on` names paragraphs of notes (`note-id#2`), empty for an invention only."""

    text: Line
    type: Annotated[SentenceType, Field(strict=False)]
    rests_on: list[Paragraph] = []

    @model_validator(mode="after")
    def _rests(self) -> Self:
        if self.type is not SentenceType.INVENTION and not self.rests_on:
            raise ValueError(f"a sentence of type {self.type} must rest on a paragraph: {self.text[:60]!r}")
        return self


class Brief(Record):
    """The case for and the case against a statement, what weighs most, and what would change the verdict."""

    for_: Annotated[list[BriefSentence], Field(alias="for", min_length=2, max_length=5)]
    against: Annotated[list[BriefSentence], Field(min_length=2, max_length=5)]
    judgement: Annotated[list[BriefSentence], Field(min_length=1, max_length=3)]
    would_change: Line
    alternatives: list[BriefSentence] = []

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class Driver(Record):
    """A number that the hinges move and that tilts them: +1 is what `plus` says, -1 what `minus` says."""

    id: Id
    title: Line
    definition: Line
    plus: Line
    minus: Line
    start: Annotated[float, Field(ge=-1, le=1)]
    reason: Line
    notes: list[Id] = []
    statement: Line
    cues: list[Line] = []
    lean: Leaning
    brief: Brief


class Effect(Record):
    """A move of one driver, by -2..2 on its scale, with its reason."""

    driver: Id
    by: Annotated[float, Field(ge=-2, le=2)]
    reason: Line
    notes: list[Id] = []


class Weight(Record):
    """How one unit of a driver tilts an outcome: log-odds, drawn for each world from a normal of this spread."""

    driver: Id
    outcome: Id
    weight: Finite
    spread: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    reason: Line
    notes: list[Id] = []


class Conditions(Record):
    """Levers, and outcomes of hinges, on which it depends whether a telling can be true."""

    lever: list[Id] = []
    hinge: dict[Id, Annotated[list[Id], Field(min_length=1)]] = {}

    def any_of(self, levers: Collection[str], outcomes: Mapping[str, str]) -> bool:
        """Tell whether one of the levers is pulled or one of the hinges came out so."""
        came_out = any(outcomes.get(hinge) in names for hinge, names in self.hinge.items())
        return came_out or any(lever in levers for lever in self.lever)

    def all_of(self, levers: Collection[str], outcomes: Mapping[str, str]) -> bool:
        """Tell whether one of the levers is pulled (where any is named) and every hinge came out so."""
        came_out = all(outcomes.get(hinge) in names for hinge, names in self.hinge.items())
        return came_out and (not self.lever or any(lever in levers for lever in self.lever))


class Telling(Record):
    """One way of telling an outcome as a timeline entry.

    `unless` names what it cannot stand beside (any of it), `needs` what it cannot do without (a lever of those named, and every
    hinge): in another timeline it would be false, and is not used.
    """

    title: Line
    sentences: Annotated[list[BriefSentence], Field(min_length=2, max_length=4)]
    unless: Conditions | None = None
    needs: Conditions | None = None

    def fits(self, levers: Collection[str], outcomes: Mapping[str, str]) -> bool:
        """Tell whether the telling can be true where these levers are pulled and the hinges came out so."""
        barred = self.unless is not None and self.unless.any_of(levers, outcomes)
        return not barred and (self.needs is None or self.needs.all_of(levers, outcomes))


class HingeOutcome(Record):
    """One way a hinge can come out: `base` is its probability seen from the POD, in a world without levers."""

    id: Id
    title: Line
    kind: Literal["otl", "documented", "author"]
    base: Annotated[float, Field(gt=0, lt=1)]
    reason: Line
    notes: list[Id] = []
    effects: list[Effect] = []
    tellings: Annotated[list[Telling], Field(min_length=2)]

    @field_validator("effects", mode="after")
    @classmethod
    def _sorted_effects(cls, effects: list[Effect]) -> list[Effect]:
        _refuse_doubles([effect.driver for effect in effects], "effect on the driver")
        return sorted(effects, key=lambda effect: effect.driver)


_KINDS = ("otl", "documented", "author")


class Hinge(Record):
    """A dated decision with two to four exclusive outcomes; `arises` says in which worlds the question comes up."""

    id: Id
    title: Line
    date: FileDate
    notes: list[Id] = []
    arises: dict[Id, Annotated[list[Id], Field(min_length=1)]] = {}
    cues: list[Line] = []
    outcomes: Annotated[list[HingeOutcome], Field(min_length=2, max_length=4)]
    weights: list[Weight] = []

    @field_validator("outcomes", mode="after")
    @classmethod
    def _sorted_outcomes(cls, outcomes: list[HingeOutcome]) -> list[HingeOutcome]:
        _refuse_doubles([outcome.id for outcome in outcomes], "outcome")
        total = sum(sorted(outcome.base for outcome in outcomes))
        if abs(total - 1) > BASE_TOLERANCE:
            raise ValueError(f"the base odds of the outcomes sum to {total:g}, not to 1")
        ours = sum(outcome.kind == "otl" for outcome in outcomes)
        if ours != 1:
            raise ValueError(f"exactly one outcome must be of kind otl (what happened); here are {ours}")
        return sorted(outcomes, key=lambda outcome: (_KINDS.index(outcome.kind), outcome.id))

    @field_validator("weights", mode="after")
    @classmethod
    def _sorted_weights(cls, weights: list[Weight]) -> list[Weight]:
        _refuse_doubles([f"{weight.driver} on {weight.outcome}" for weight in weights], "weight of")
        count = len({weight.driver for weight in weights})
        if count > MOST_DRIVERS:
            raise ValueError(f"{count} drivers tilt this hinge; at most {MOST_DRIVERS} can be explained")
        return sorted(weights, key=lambda weight: (weight.driver, weight.outcome))

    @property
    def otl(self) -> HingeOutcome:
        """What happened in our timeline."""
        return self.outcomes[0]

    def outcome(self, name: str) -> HingeOutcome:
        """Return the outcome with this id (KeyError where there is none)."""
        return _by_id(self.outcomes, name)


class LeverSets(Record):
    """What pulling a lever does: hinges that it decides, outcomes that it rules out, drivers that it moves on its date."""

    hinges: dict[Id, Id] = {}
    excludes: dict[Id, Annotated[list[Id], Field(min_length=1)]] = {}
    drivers: list[Effect] = []

    @field_validator("drivers", mode="after")
    @classmethod
    def _sorted_drivers(cls, moves: list[Effect]) -> list[Effect]:
        _refuse_doubles([move.driver for move in moves], "move of the driver")
        return sorted(moves, key=lambda move: move.driver)


class ThreadPlace(Record):
    """Where the seed thread proposes a lever: the post's number and the proposal in a few words."""

    post: Annotated[int, Field(ge=1)]
    text: Line


class Lever(Record):
    """A change that an author may make; `plausibility` is that of the premise itself.

    `contradicts` names levers that cannot be true beside it, though no hinge shows it (a dead man who lives).
    """

    id: Id
    title: Line
    statement: Line
    cues: list[Line] = []
    lean: Leaning
    date: FileDate
    plausibility: Probability
    reason: Line
    notes: list[Id] = []
    sets: LeverSets
    contradicts: list[Id] = []
    thread: list[ThreadPlace] = []
    brief: Brief


class Thesis(Record):
    """A recurring statement of the debate; `truth` is how likely it is true of our timeline as worded."""

    id: Id
    statement: Line
    cues: list[Line] = []
    lean: Leaning
    driver: Id
    truth: Probability
    reason: Line
    notes: list[Id] = []
    contested: bool = False
    brief: Brief


class Outcome(Record):
    """A stated test on a run, such as "no Cold War by 1955"."""

    id: Id
    title: Line
    statement: Line
    cues: list[Line] = []
    lean: Leaning
    reason: Line
    notes: list[Id] = []
    test: Test


class Premise(Scenario):
    """What `scenario.yaml` says: the premise and the days within which the hinges lie."""

    pod: FileDate
    start: FileDate
    end: FileDate

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if earliest(self.start) > latest(self.end):
            raise ValueError(f"the start {self.start} lies after the end {self.end}")
        return self


class ScenarioModel(Record):
    """A whole scenario, its entries in canonical order. Cross references are checked by `loading.problems`."""

    scenario: Premise
    drivers: Annotated[list[Driver], Field(min_length=1)]
    hinges: Annotated[list[Hinge], Field(min_length=1)]
    levers: list[Lever] = []
    outcomes: list[Outcome] = []
    theses: list[Thesis] = []

    @field_validator("drivers", "outcomes", "theses", mode="after")
    @classmethod
    def _by_name(cls, entries: list[Entry]) -> list[Entry]:
        return sorted(entries, key=lambda entry: entry.id)

    @field_validator("hinges", "levers", mode="after")
    @classmethod
    def _by_date(cls, entries: list[Dated]) -> list[Dated]:
        return sorted(entries, key=lambda entry: (earliest(entry.date), entry.id))

    @cached_property
    def model_hash(self) -> str:
        """SHA-256 of the whole model in canonical order, 64 hex digits: what a figure was computed from."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def driver(self, name: str) -> Driver:
        """Return the driver with this id (KeyError where there is none)."""
        return _by_id(self.drivers, name)

    def hinge(self, name: str) -> Hinge:
        """Return the hinge with this id (KeyError where there is none)."""
        return _by_id(self.hinges, name)

    def lever(self, name: str) -> Lever:
        """Return the lever with this id (KeyError where there is none)."""
        return _by_id(self.levers, name)

    def outcome(self, name: str) -> Outcome:
        """Return the outcome with this id (KeyError where there is none)."""
        return _by_id(self.outcomes, name)


Entry = TypeVar("Entry", Driver, Outcome, Thesis)
Dated = TypeVar("Dated", Hinge, Lever)
Named = TypeVar("Named", Driver, Hinge, HingeOutcome, Lever, Outcome)


def _by_id(entries: list[Named], name: str) -> Named:
    for entry in entries:
        if entry.id == name:
            return entry
    raise KeyError(name)


def _refuse_doubles(names: list[str], what: str) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"{what} {doubled[0]} stands there twice")
