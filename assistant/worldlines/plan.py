"""What happens in which order in a run, or in many runs at once that differ only in the levers pulled.

A plan holds S sets of levers side by side: numbers that differ between the sets have S as their first axis, shaped
(S, 1, 1) to meet worlds shaped (S, G, P).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.dates import earliest
from assistant.errors import InputError
from assistant.worldlines.arithmetic import Bools, Floats, Outcomes
from assistant.worldlines.canon import Canon, Conditions, conditions
from assistant.worldlines.model import Lever, ScenarioModel
from assistant.worldlines.tables import HingeTable, Tables

__all__ = ["Decision", "Plan", "Shift", "contradiction", "plan", "pulled"]


@dataclass(frozen=True)
class Shift:
    """Drivers moved or set on a day; a set value comes before the moves of the same day."""

    day: int
    driver: int
    by: Floats | None
    value: float | None = None


@dataclass(frozen=True)
class Decision:
    """A hinge that comes up on a day.

    Attributes:
        forced: (S, 1, 1) outcome that a lever decides, -1 where none does; None where none does in any set.
        barred: (K, S, 1, 1) 0 where a lever rules the outcome out, else 1; None where none does in any set.
        allowed: (K,) outcomes that fit the canon; None where the canon says nothing.
    """

    day: int
    hinge: HingeTable
    forced: Outcomes | None
    barred: Floats | None
    allowed: Bools | None


@dataclass(frozen=True)
class Plan:
    """Steps in order, for `sets` sets of levers."""

    sets: int
    steps: tuple[Shift | Decision, ...]

    @property
    def conditioned(self) -> bool:
        """Whether any hinge is conditioned on, so that worlds carry weights."""
        return any(isinstance(step, Decision) and step.allowed is not None for step in self.steps)


def pulled(model: ScenarioModel, names: Sequence[str]) -> tuple[Lever, ...]:
    """Return the levers of these names in the model's order.

    Raises:
        InputError: a name is unknown.
    """
    known = {lever.id for lever in model.levers}
    for name in names:
        if name not in known:
            raise InputError(f"{name} is no lever of this scenario", hint="`torgau worldlines` lists the levers")
    return tuple(lever for lever in model.levers if lever.id in set(names))


def contradiction(model: ScenarioModel, levers: Sequence[Lever], canon: Canon | None = None) -> str | None:
    """Say why these levers cannot be pulled together (or against the canon), or None where they can."""
    given = conditions(model, canon or Canon())
    return _clash(model, levers, given)


def _clash(model: ScenarioModel, levers: Sequence[Lever], given: Conditions) -> str | None:
    forced: dict[str, tuple[str, str]] = {}
    barred: dict[str, set[str]] = defaultdict(set)
    together = {lever.id for lever in levers}
    for lever in levers:
        if against := together & set(lever.contradicts):
            return f"{lever.id} and {min(against)} cannot both be true"
        for name, outcome in lever.sets.hinges.items():
            other, known = forced.setdefault(name, (lever.id, outcome))
            if known != outcome:
                return f"{other} and {lever.id} decide {name} in different ways"
        for name, outcomes in lever.sets.excludes.items():
            barred[name].update(outcomes)
    for place, hinge in enumerate(model.hinges):
        if hinge.id not in forced and hinge.id not in barred:
            continue
        left = [
            outcome.id
            for number, outcome in enumerate(hinge.outcomes)
            if outcome.id not in barred[hinge.id] and (place not in given.allowed or given.allowed[place][number])
        ]
        wanted = forced.get(hinge.id)
        who = "the levers and the canon" if place in given.allowed else "the levers"
        if wanted and wanted[1] not in left:
            return f"{who} rule out that {wanted[0]} decides {hinge.id}"
        if not left:
            return f"{who} leave {hinge.id} no outcome"
    return None


def plan(model: ScenarioModel, tables: Tables, sets: Sequence[Sequence[Lever]], canon: Canon) -> Plan:
    """Lay out the steps for these sets of levers under one canon.

    Raises:
        InputError: the canon does not fit the model, or a set of levers contradicts itself or the canon.
    """
    given = conditions(model, canon)
    for levers in sets:
        clash = _clash(model, levers, given)
        if clash:
            raise InputError(f"These levers cannot be pulled together: {clash}")
    steps: list[tuple[tuple[int, int, int], Shift | Decision]] = []
    for shift in _shifts(model, sets, canon):
        # On one day drivers are set first, then moved, and only then are hinges decided.
        steps.append(((shift.day, 0 if shift.value is not None else 1, shift.driver), shift))
    for hinge in tables.hinges:
        day = given.days.get(hinge.place, hinge.day)
        step = Decision(day, hinge, _forced(hinge, sets), _barred(hinge, sets), given.allowed.get(hinge.place))
        steps.append(((day, 2, hinge.place), step))
    steps.sort(key=lambda step: step[0])
    return Plan(len(sets), tuple(step for _, step in steps))


def _shifts(model: ScenarioModel, sets: Sequence[Sequence[Lever]], canon: Canon) -> list[Shift]:
    places = {driver.id: place for place, driver in enumerate(model.drivers)}
    # All moves of one driver on one day are added before the state is clipped, so that their order does not matter.
    moves: dict[tuple[int, int], Floats] = defaultdict(lambda: np.zeros((len(sets), 1, 1), dtype=np.float32))
    found: list[Shift] = []
    for number, levers in enumerate(sets):
        for lever in sorted(levers, key=lambda lever: lever.id):
            for move in lever.sets.drivers:
                moves[earliest(lever.date).toordinal(), places[move.driver]][number] += np.float32(move.by)
    settings = sorted(canon.drivers, key=lambda setting: (setting.driver, earliest(setting.date), setting.by or 0))
    for setting in settings:
        day = earliest(setting.date).toordinal()
        if setting.by is not None:
            moves[day, places[setting.driver]] += np.float32(setting.by)
        else:
            found.append(Shift(day, places[setting.driver], None, setting.value))
    return found + [Shift(day, driver, by) for (day, driver), by in moves.items()]


def _forced(hinge: HingeTable, sets: Sequence[Sequence[Lever]]) -> Outcomes | None:
    wanted = {number: lever for number, levers in enumerate(sets) for lever in levers if hinge.id in lever.sets.hinges}
    if not wanted:
        return None
    forced = np.full((len(sets), 1, 1), -1, dtype=np.int8)
    for number, lever in wanted.items():
        forced[number] = hinge.outcomes.index(lever.sets.hinges[hinge.id])
    return forced


def _barred(hinge: HingeTable, sets: Sequence[Sequence[Lever]]) -> Floats | None:
    wanted = [
        (number, lever) for number, levers in enumerate(sets) for lever in levers if hinge.id in lever.sets.excludes
    ]
    if not wanted:
        return None
    left = np.ones((len(hinge.outcomes), len(sets), 1, 1), dtype=np.float32)
    for number, lever in wanted:
        for outcome in lever.sets.excludes[hinge.id]:
            left[hinge.outcomes.index(outcome), number] = 0
    return left
