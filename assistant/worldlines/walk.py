"""Walks one world-line through a stretch of time: what a continuation of a timeline is built from.

- `likely` takes at each hinge the most probable outcome, given everything before it.
- `median` takes the sampled world whose end lies nearest to the median of all of them.
- `seed N` takes one sampled world, as good as any other that fits the canon.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.dates import PartialDate, earliest, latest
from assistant.errors import InputError
from assistant.records import Record
from assistant.worldlines.arithmetic import Floats64, Outcomes, uniforms
from assistant.worldlines.calibration import prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import draw
from assistant.worldlines.engine import Run, run
from assistant.worldlines.estimates import Estimate, certain, from_groups, weighted_quantiles
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.path import Chooser, Passed, follow
from assistant.worldlines.plan import plan, pulled
from assistant.worldlines.tables import HingeTable

__all__ = ["Step", "StepCause", "Walk", "walk"]

SAMPLED = 4_000
DRAWS = 200
_SEED = re.compile(r"seed\s+(\d+)")


class StepCause(Record):
    """What tilted a step: an earlier hinge, a lever, or a driver that the canon set by hand.

    `log_odds` is how far it moved this outcome's odds (0 where it decided the matter or only let the question arise),
    `drivers` through which drivers, most first; `shared` where our timeline had that cause as well.
    """

    kind: Literal["hinge", "lever", "canon"]
    id: str
    log_odds: float
    drivers: list[str] = []
    shared: bool = False


class Step(Record):
    """One event of the walk.

    Attributes:
        hinge: its id.
        outcome: id of what happened.
        date: the hinge's date, or the day to which the canon moved it.
        probability: given all that came before on this walk.
        given: `lever` or `canon` where one of them left no choice; None where the odds decided.
        diverges: whether our timeline went another way.
        causes: at most three, those that decided first.
        telling: which of the outcome's tellings to use.
    """

    hinge: str
    outcome: str
    date: PartialDate
    probability: Estimate
    given: Literal["lever", "canon"] | None
    diverges: bool
    causes: list[StepCause]
    telling: int


class Walk(Record):
    """A stretch of one world-line.

    Attributes:
        path: as asked for.
        steps: the events from start to end.
        background: what the walk took to have happened before its start, accepted or not.
        chain: the probability of all steps together that neither a lever nor the canon decided.
        weakest: hinge of the least probable of these steps.
        notices: what a reader must know.
    """

    path: str
    steps: list[Step]
    background: list[Step]
    chain: Estimate
    weakest: str | None
    notices: list[str] = []


def walk(
    model: ScenarioModel,
    start: PartialDate,
    end: PartialDate,
    *,
    canon: Canon | None = None,
    levers: Sequence[str] = (),
    path: str = "likely",
    seed: int = 1,
    cache_dir: Path | None = None,
) -> Walk:
    """Walk one world-line from a date to a date.

    Hinges before the start that the canon does not decide are taken on the same path and listed as background. `likely` looks
    back only: a canon event forces its hinge but does not change the steps before it; the sampled paths fit it throughout.

    Args:
        model: a checked scenario.
        start: first date of the stretch.
        end: last date of the stretch.
        canon: accepted events.
        levers: levers pulled.
        path: `likely`, `median` or `seed N`.
        seed: seed of the draws of the weights, and of the worlds of which `median` is one.
        cache_dir: a folder for calibrated offsets.

    Raises:
        InputError: an unknown path, an end before the start, or what `run` raises.
    """
    if earliest(start) > latest(end):
        raise InputError(f"The walk's end {end} lies before its start {start}")
    canon = canon or Canon()
    prepared = prepare(model, cache_dir)
    chosen = pulled(model, levers)
    names = [lever.id for lever in chosen]
    chooser, notices = _chooser(model, canon, names, path, seed, cache_dir)
    draws = draw(prepared.tables, seed, DRAWS, 1)
    layout = plan(model, prepared.tables, [chosen], canon)
    passed = follow(prepared, layout, draws, chosen, canon, chooser)
    first, last = earliest(start).toordinal(), latest(end).toordinal()
    window = [step for step in passed if first <= _reach(model, step) and step.day <= last]
    background = [step for step in passed if _reach(model, step) < first]
    free = [step for step in window if step.given is None]
    weakest = min(free, key=lambda step: step.probability.value, default=None)
    return Walk(
        path=path,
        steps=[_step(model, step, path) for step in window],
        background=[_step(model, step, path) for step in background],
        chain=_together(free),
        weakest=weakest.hinge.id if weakest else None,
        notices=notices,
    )


def _reach(model: ScenarioModel, step: Passed) -> int:
    """Return the last day that a step's date can mean: an event of April still belongs to a walk from 26 April."""
    if step.day != step.hinge.day:
        return step.day
    return latest(model.hinges[step.hinge.place].date).toordinal()


def _together(free: Sequence[Passed]) -> Estimate:
    if not free:
        return certain(1.0)
    product = np.prod([step.by_draw for step in free], axis=0)
    return from_groups(product, free[0].before, np.zeros(len(product)))


def _step(model: ScenarioModel, passed: Passed, path: str) -> Step:
    hinge = model.hinges[passed.hinge.place]
    outcome = hinge.outcomes[passed.outcome]
    moved = passed.day != passed.hinge.day
    given: Literal["lever", "canon"] | None = None
    if passed.given is not None:
        given = "lever" if passed.given == "lever" else "canon"
    mark = hashlib.blake2b(f"{path} {hinge.id} {outcome.id}".encode(), digest_size=4).digest()
    kinds: dict[str, Literal["hinge", "lever", "canon"]] = {"hinge": "hinge", "lever": "lever", "canon": "canon"}
    return Step(
        hinge=hinge.id,
        outcome=outcome.id,
        date=dt.date.fromordinal(passed.day).isoformat() if moved else hinge.date,
        probability=passed.probability,
        given=given,
        diverges=outcome.kind != "otl",
        causes=[
            StepCause(
                kind=kinds[cause.kind],
                id=cause.id,
                log_odds=cause.log_odds,
                drivers=list(cause.drivers),
                shared=cause.course,
            )
            for cause in passed.causes
        ],
        telling=int.from_bytes(mark, "little") % len(outcome.tellings),
    )


def _chooser(
    model: ScenarioModel, canon: Canon, levers: Sequence[str], path: str, seed: int, cache_dir: Path | None
) -> tuple[Chooser, list[str]]:
    if path == "likely":
        return _most_probable, []
    wanted = _SEED.fullmatch(path)
    if path != "median" and not wanted:
        raise InputError(f"{path!r} is no path", hint="Paths are likely, median and seed N, such as seed 7")
    sampled = run(
        model,
        worlds=SAMPLED,
        seed=int(wanted.group(1)) if wanted else seed,
        levers=levers,
        canon=canon,
        cache_dir=cache_dir,
    )
    world = _any(sampled) if wanted else _median(sampled)
    return _as_in(sampled.outcomes[:, world]), sampled.notices


def _most_probable(hinge: HingeTable, odds: Floats64) -> int:
    return int(odds.argmax())


def _as_in(outcomes: Outcomes) -> Chooser:
    def choose(hinge: HingeTable, odds: Floats64) -> int:
        return int(outcomes[hinge.place])

    return choose


def _any(sampled: Run) -> int:
    """Return a world by its weight."""
    weights = sampled.weights
    luck = float(uniforms(sampled.seed, "walk", (1,))[0])
    if weights is None:
        return int(luck * sampled.outcomes.shape[1])
    reached = np.cumsum(weights)
    return int(np.searchsorted(reached, luck * reached[-1], side="right"))


def _median(sampled: Run) -> int:
    """Return the world whose drivers end nearest to their medians."""
    end = latest(sampled.model.scenario.end).toordinal()
    weights = sampled.weights
    distance = np.zeros(sampled.outcomes.shape[1])
    for driver in range(len(sampled.prepared.tables.drivers)):
        values = sampled.block.state(driver, end).reshape(-1).astype(np.float64)
        distance += (values - weighted_quantiles(values, weights, [0.5])[0]) ** 2
    if weights is not None:
        distance[weights == 0] = np.inf
    return int(distance.argmin())
