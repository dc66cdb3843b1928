"""One world-line told step by step: a fixed course of outcomes, each with its odds given what came before, and its causes.

With every outcome of a course fixed, its state is one state; only the weights stay uncertain. So a course is followed
under many draws of the weights at once, each draw weighing as much as it made likely what has happened so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.dates import earliest
from assistant.worldlines.arithmetic import Floats, Floats64
from assistant.worldlines.calibration import Prepared
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import Draws
from assistant.worldlines.estimates import Estimate, from_groups
from assistant.worldlines.model import Lever
from assistant.worldlines.plan import Decision, Plan, Shift
from assistant.worldlines.simulation import Share, arisen, opening, shares, tilts
from assistant.worldlines.tables import HingeTable

__all__ = ["Cause", "Chooser", "Passed", "follow"]

Chooser = Callable[[HingeTable, Floats64], int]
"""Called with a hinge and the (K,) odds of what may still happen there; returns the outcome to take."""

FELT = 0.02
"""Log-odds below which a cause is not worth naming."""
MOST_CAUSES = 3


@dataclass(frozen=True)
class Cause:
    """What tilted a step: an earlier hinge, a lever or the canon's own hand, by how many log-odds, through which drivers.

    `course` is False where the cause set this world apart from our timeline, True where our timeline had it too.
    """

    kind: str
    id: str
    log_odds: float
    drivers: tuple[str, ...]
    course: bool = False


@dataclass(frozen=True)
class Passed:
    """A step of the course: hinge, outcome, day, odds given what came before, and what decided it (None: the odds)."""

    hinge: HingeTable
    outcome: int
    day: int
    probability: Estimate
    by_draw: Floats64
    before: Floats64
    given: str | None
    causes: tuple[Cause, ...]


@dataclass
class _Mover:
    """Something that has moved the drivers: how far it moved them, and how far beyond what our timeline had."""

    kind: str
    id: str
    moved: Floats64
    beyond: Floats64


@dataclass
class _Course:
    weights: Floats64
    movers: list[_Mover] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)


def follow(
    prepared: Prepared,
    plan: Plan,
    draws: Draws,
    levers: Sequence[Lever],
    canon: Canon,
    chooser: Chooser,
) -> list[Passed]:
    """Follow the course that the chooser takes; where a lever or the canon leaves one outcome, that one is taken.

    Args:
        prepared: the scenario's tables and odds.
        plan: steps for one set of levers.
        draws: G draws of the weights; their luck is not used.
        levers: the levers in the plan.
        canon: the canon in the plan.
        chooser: picks among the outcomes that are left.
    """
    groups = draws.shape[0]
    shape = (1, groups, 1)
    state = opening(prepared.tables, shape)
    outcomes = np.full((len(prepared.tables.hinges), *shape), -1, dtype=np.int8)
    course = _Course(np.ones(groups))
    hands = _hands(levers, canon)
    deciders = _deciders(levers)
    for step in plan.steps:
        before = state[:, 0, 0, 0].astype(np.float64)
        if isinstance(step, Shift):
            name = prepared.tables.drivers[step.driver]
            _by_hand(step, state, name, hands.get((step.day, name), []), before, course)
            continue
        hinge = step.hinge
        here = arisen(hinge, outcomes)
        ours = _moves(hinge, 0, len(before))
        if here is not None and not here.all():
            # That a question never came up is the doing of the hinge that closed it.
            parent = prepared.tables.hinges[hinge.arises[0][0]].id
            course.movers.append(_Mover("hinge", parent, np.zeros(len(before)), -ours))
            continue
        odds = shares(prepared.intercepts[hinge.place], tilts(hinge, state, draws.weights[hinge.place]))
        taken = _decide(step, odds, prepared, course, deciders.get(hinge.id, []), chooser)
        outcomes[hinge.place] = taken
        for driver, by in hinge.moves:
            state[driver] = np.clip(state[driver] + by[taken], np.float32(-1), np.float32(1))
        moved = state[:, 0, 0, 0].astype(np.float64) - before
        course.movers.append(_Mover("hinge", hinge.id, moved, _moves(hinge, taken, len(before)) - ours))
    return course.passed


def _decide(
    step: Decision,
    odds: Sequence[Share],
    prepared: Prepared,
    course: _Course,
    deciders: Sequence[str],
    chooser: Chooser,
) -> int:
    """Take an outcome, note its odds and causes, and let each draw weigh what it gave to it."""
    hinge = step.hinge
    groups = len(course.weights)
    rows = np.array([np.broadcast_to(np.asarray(share).reshape(-1), (groups,)) for share in odds], dtype=np.float64)
    if step.barred is not None:
        rows *= step.barred[:, 0, 0]
    rows /= rows.sum(axis=0)
    mean = (rows * course.weights).sum(axis=1) / course.weights.sum()
    forced = -1 if step.forced is None else int(step.forced[0, 0, 0])
    left = mean if step.allowed is None else mean * step.allowed
    given: str | None = None
    if forced >= 0:
        taken, given = forced, "lever"
    elif np.count_nonzero(left) == 1:
        taken, given = int(left.argmax()), "canon" if step.allowed is not None else "lever"
    else:
        taken = chooser(hinge, left)
    causes = _causes(prepared, hinge, taken, mean, course.movers)
    if given == "lever":
        causes = [*(Cause("lever", name, 0.0, ()) for name in deciders), *causes]
    probability = from_groups(rows[taken], course.weights, np.zeros(groups))
    weights = course.weights.copy()
    course.passed.append(
        Passed(hinge, taken, step.day, probability, rows[taken], weights, given, tuple(causes[:MOST_CAUSES]))
    )
    if given != "lever":
        course.weights *= rows[taken]
        # Only ratios count; held near 1, a long course cannot run out of digits.
        course.weights /= course.weights.max()
    return taken


def _moves(hinge: HingeTable, outcome: int, drivers: int) -> Floats64:
    moves = np.zeros(drivers)
    for driver, by in hinge.moves:
        moves[driver] = by[outcome]
    return moves


def _deciders(levers: Sequence[Lever]) -> dict[str, list[str]]:
    """Return which levers decide or bar outcomes at each hinge."""
    deciders: dict[str, list[str]] = {}
    for lever in levers:
        for hinge in {*lever.sets.hinges, *lever.sets.excludes}:
            deciders.setdefault(hinge, []).append(lever.id)
    return deciders


def _hands(levers: Sequence[Lever], canon: Canon) -> dict[tuple[int, str], list[tuple[str, str, float]]]:
    """Return, by day and driver, whose hand moves it there: kind, id and amount."""
    hands: dict[tuple[int, str], list[tuple[str, str, float]]] = {}
    for lever in levers:
        for move in lever.sets.drivers:
            hands.setdefault((earliest(lever.date).toordinal(), move.driver), []).append(("lever", lever.id, move.by))
    for setting in canon.drivers:
        if setting.by is not None:
            key = earliest(setting.date).toordinal(), setting.driver
            hands.setdefault(key, []).append(("canon", setting.driver, setting.by))
    return hands


def _by_hand(
    step: Shift, state: Floats, name: str, hands: Sequence[tuple[str, str, float]], before: Floats64, course: _Course
) -> None:
    value = before[step.driver] + float(step.by[0, 0, 0]) if step.by is not None else step.value
    state[step.driver] = np.clip(np.float32(value), np.float32(-1), np.float32(1))
    moved = np.zeros(len(before))
    moved[step.driver] = float(state[step.driver, 0, 0, 0]) - before[step.driver]
    if step.by is None:
        course.movers.append(_Mover("canon", name, moved, moved))
        return
    whole = sum(abs(by) for _, _, by in hands)
    for kind, hand, by in hands:
        share = moved * (abs(by) / whole)
        course.movers.append(_Mover(kind, hand, share, share))


def _causes(
    prepared: Prepared,
    hinge: HingeTable,
    taken: int,
    odds: Floats64,
    movers: Sequence[_Mover],
) -> list[Cause]:
    """Return what tilted the odds toward the outcome taken, strongest first.

    First come hinges without which the question would not have come up, then what set this world apart from our timeline;
    where nothing did, what moved the same drivers on the course that both share.
    """
    names = prepared.tables.drivers
    slope = np.zeros(len(names))
    for tilt in hinge.tilts:
        # The slope of log p(taken) on a driver: the taken outcome's own weight less the mean weight.
        slope[tilt.driver] += tilt.weight * (float(tilt.outcome == taken) - odds[tilt.outcome])
    needed = [Cause("hinge", prepared.tables.hinges[place].id, 0.0, ()) for place, _ in hinge.arises]
    for course in (False, True):
        sums: dict[tuple[str, str], Floats64] = {}
        for mover in movers:
            part = slope * (mover.moved if course else mover.beyond)
            sums[mover.kind, mover.id] = sums.get((mover.kind, mover.id), np.zeros(len(names))) + part
        felt = [
            Cause(kind, name, float(part.sum()), tuple(names[k] for k in np.argsort(-part) if part[k] > FELT), course)
            for (kind, name), part in sums.items()
            if part.sum() > FELT
        ]
        if felt:
            known = {cause.id for cause in needed}
            return needed + sorted(
                (c for c in felt if c.id not in known), key=lambda cause: (-cause.log_odds, cause.id)
            )
    return needed
