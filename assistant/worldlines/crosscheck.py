"""Checks across a scenario's entries: what each refers to exists, in the right order and at a possible date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import chain

from assistant.dates import earliest, latest, overlaps
from assistant.worldlines.goal import AllOf, AnyOf, CountOf, DriverTest, HingeTest, Not, Test
from assistant.worldlines.model import BriefSentence, Hinge, Lever, ScenarioModel

__all__ = ["Fault", "problems"]

Fault = tuple[str, str, str]
"""The kind of the entry (`hinges`, `levers`, ...), its id, and what is wrong."""


def problems(model: ScenarioModel, paragraphs: Collection[str] | None = None) -> list[Fault]:
    """Return everything that does not fit together in the model, in a fixed order; empty where all fits.

    Args:
        model: the scenario.
        paragraphs: ids of all paragraphs of notes; None leaves what sentences rest on unchecked.
    """
    checks: tuple[Callable[[ScenarioModel], Iterator[Fault]], ...] = (
        _doubles, _hinges, _arises, _tellings, _levers, _outcomes, _theses,
    )  # fmt: skip
    found = list(chain.from_iterable(check(model) for check in checks))
    if paragraphs is not None:
        known = frozenset(paragraphs)
        found += [
            (kind, name, f"rests on the paragraph {place}, which no note has")
            for kind, name, sentence in _sentences(model)
            for place in sentence.rests_on
            if place not in known
        ]
    return found


def _doubles(model: ScenarioModel) -> Iterator[Fault]:
    groups = {
        "drivers": [entry.id for entry in model.drivers],
        "hinges": [entry.id for entry in model.hinges],
        "levers": [entry.id for entry in model.levers],
        "outcomes": [entry.id for entry in model.outcomes],
        "theses": [entry.id for entry in model.theses],
    }
    for kind, names in groups.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield kind, name, f"the id stands {count} times; ids are unique"


def _hinges(model: ScenarioModel) -> Iterator[Fault]:
    drivers = {driver.id for driver in model.drivers}
    low, high = earliest(model.scenario.start), latest(model.scenario.end)
    for hinge in model.hinges:
        outcomes = {outcome.id for outcome in hinge.outcomes}
        if not overlaps(hinge.date, None, low, high):
            span = f"{model.scenario.start} to {model.scenario.end}"
            yield "hinges", hinge.id, f"the date {hinge.date} lies outside the scenario, {span}"
        for outcome in hinge.outcomes:
            for effect in outcome.effects:
                if effect.driver not in drivers:
                    yield "hinges", hinge.id, f"{outcome.id} moves {effect.driver}, which is no driver"
        for weight in hinge.weights:
            if weight.driver not in drivers:
                yield "hinges", hinge.id, f"a weight names {weight.driver}, which is no driver"
            if weight.outcome not in outcomes:
                yield "hinges", hinge.id, f"a weight names {weight.outcome}, which is no outcome of this hinge"


def _arises(model: ScenarioModel) -> Iterator[Fault]:
    places = {hinge.id: place for place, hinge in enumerate(model.hinges)}
    # `happened` holds the hinges that came up in our timeline, as far as the list has been read.
    happened: set[str] = set()
    for place, hinge in enumerate(model.hinges):
        ours = True
        for name, wanted in hinge.arises.items():
            if places.get(name, place) >= place:
                said = "is not an earlier hinge" if name in places else "is no hinge"
                yield "hinges", hinge.id, f"arises from {name}, which {said}"
                continue
            parent = model.hinges[places[name]]
            yield from (("hinges", hinge.id, what) for what in _unknown_outcomes(parent, wanted))
            ours &= name in happened and parent.otl.id in wanted
        if ours:
            happened.add(hinge.id)
        else:
            what = f"has the outcome {hinge.otl.id} of our timeline, but by `arises` it did not come up there"
            yield "hinges", hinge.id, what


def _tellings(model: ScenarioModel) -> Iterator[Fault]:
    hinges = {hinge.id: hinge for hinge in model.hinges}
    levers = {lever.id for lever in model.levers}
    for hinge in model.hinges:
        for outcome in hinge.outcomes:
            if all(telling.needs for telling in outcome.tellings):
                yield "hinges", hinge.id, f"every telling of {outcome.id} needs something; one must stand alone"
            for conditions in (c for telling in outcome.tellings for c in (telling.unless, telling.needs) if c):
                for name in conditions.lever:
                    if name not in levers:
                        yield "hinges", hinge.id, f"a telling depends on {name}, which is no lever"
                for name, wanted in conditions.hinge.items():
                    if name == hinge.id or name not in hinges:
                        said = "is its own hinge" if name == hinge.id else "is no hinge"
                        yield "hinges", hinge.id, f"a telling depends on {name}, which {said}"
                        continue
                    yield from (("hinges", hinge.id, what) for what in _unknown_outcomes(hinges[name], wanted))


def _unknown_outcomes(hinge: Hinge, names: Collection[str]) -> Iterator[str]:
    known = {outcome.id for outcome in hinge.outcomes}
    for name in names:
        if name not in known:
            yield f"names {name}, which is no outcome of {hinge.id}"


def _levers(model: ScenarioModel) -> Iterator[Fault]:
    drivers = {driver.id for driver in model.drivers}
    hinges = {hinge.id: hinge for hinge in model.hinges}
    names = {lever.id for lever in model.levers}
    for lever in model.levers:
        sets = lever.sets
        if not (sets.hinges or sets.excludes or sets.drivers):
            yield "levers", lever.id, "sets nothing: no hinge, no exclusion, no driver"
        if earliest(lever.date) > latest(model.scenario.end):
            yield "levers", lever.id, f"the date {lever.date} lies after the end of the scenario"
        for move in sets.drivers:
            if move.driver not in drivers:
                yield "levers", lever.id, f"moves {move.driver}, which is no driver"
        for other in lever.contradicts:
            if other == lever.id or other not in names:
                yield "levers", lever.id, f"contradicts {other}, which is no other lever"
        named = [(name, [outcome]) for name, outcome in sets.hinges.items()]
        for name, outcomes in [*named, *sets.excludes.items()]:
            yield from (("levers", lever.id, what) for what in _lever_on(lever, hinges.get(name), name, outcomes))


def _lever_on(lever: Lever, hinge: Hinge | None, name: str, outcomes: list[str]) -> Iterator[str]:
    if hinge is None:
        yield f"sets {name}, which is no hinge"
        return
    yield from _unknown_outcomes(hinge, outcomes)
    if earliest(lever.date) > latest(hinge.date):
        yield f"is dated {lever.date}, after the hinge {name} of {hinge.date} that it sets: a cause after its effect"
    excluded = lever.sets.excludes.get(name, [])
    if lever.sets.hinges.get(name) in excluded:
        yield f"both sets and excludes {lever.sets.hinges[name]} of {name}"
    if len(set(excluded)) >= len(hinge.outcomes):
        yield f"excludes every outcome of {name}"


def _outcomes(model: ScenarioModel) -> Iterator[Fault]:
    drivers = {driver.id for driver in model.drivers}
    hinges = {hinge.id: hinge for hinge in model.hinges}
    low, high = earliest(model.scenario.start), latest(model.scenario.end)
    for outcome in model.outcomes:
        for test in _leaves(outcome.test):
            if isinstance(test, DriverTest):
                if test.driver not in drivers:
                    yield "outcomes", outcome.id, f"tests {test.driver}, which is no driver"
                if not overlaps(test.at, None, low, high):
                    yield "outcomes", outcome.id, f"tests {test.driver} at {test.at}, outside the scenario"
            elif test.hinge not in hinges:
                yield "outcomes", outcome.id, f"tests {test.hinge}, which is no hinge"
            else:
                yield from (
                    ("outcomes", outcome.id, what) for what in _unknown_outcomes(hinges[test.hinge], test.names)
                )


def _leaves(test: Test) -> Iterator[HingeTest | DriverTest]:
    match test:
        case AllOf(all=parts) | AnyOf(any=parts) | CountOf(count=parts):
            for part in parts:
                yield from _leaves(part)
        case Not(not_=part):
            yield from _leaves(part)
        case HingeTest() | DriverTest():
            yield test


def _theses(model: ScenarioModel) -> Iterator[Fault]:
    drivers = {driver.id for driver in model.drivers}
    for thesis in model.theses:
        if thesis.driver not in drivers:
            yield "theses", thesis.id, f"speaks of {thesis.driver}, which is no driver"


def _sentences(model: ScenarioModel) -> Iterator[tuple[str, str, BriefSentence]]:
    for hinge in model.hinges:
        for outcome in hinge.outcomes:
            for telling in outcome.tellings:
                yield from (("hinges", hinge.id, sentence) for sentence in telling.sentences)
    briefs = [("drivers", entry.id, entry.brief) for entry in model.drivers]
    briefs += [("levers", entry.id, entry.brief) for entry in model.levers]
    briefs += [("theses", entry.id, entry.brief) for entry in model.theses]
    for kind, name, brief in briefs:
        for sentence in (*brief.for_, *brief.against, *brief.judgement, *brief.alternatives):
            yield kind, name, sentence
