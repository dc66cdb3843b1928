"""Why the odds of a hinge are what they are: which drivers moved them, by how much, and on whose authority.

The odds go from those at our timeline's state to those at the state asked about. Softmax is not additive, so what one driver
did depends on which others are already counted; the Shapley value averages over every order of counting, and its
parts add up to the whole change exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from assistant.records import Record
from assistant.worldlines.arithmetic import Floats64
from assistant.worldlines.calibration import Prepared, prepare
from assistant.worldlines.engine import Run
from assistant.worldlines.model import ScenarioModel, Weight
from assistant.worldlines.tables import HingeTable

__all__ = ["Contribution", "Explanation", "explain", "explain_run"]


class Contribution(Record):
    """What one driver did to one outcome's odds.

    Attributes:
        driver: its id.
        state: the value asked about; `away` is how far that lies from our timeline's on that day.
        log_odds: what it adds to this outcome's own logit.
        change: what it adds to this outcome's probability (Shapley value).
        weights: the weights behind it, each with its reason and notes; those on other outcomes act by drawing odds away.
    """

    driver: str
    state: float
    away: float
    log_odds: float
    change: float
    weights: list[Weight]


class Explanation(Record):
    """One outcome of a hinge: its base odds, its odds at our timeline's state, and at the state asked about.

    `contributions` explain the way from the second to the third, largest first, and sum to it.
    """

    hinge: str
    outcome: str
    base: float
    at_otl: float
    probability: float
    contributions: list[Contribution]


def explain(
    model: ScenarioModel, hinge: str, state: Mapping[str, float] | None = None, *, cache_dir: Path | None = None
) -> list[Explanation]:
    """Return an explanation of each outcome's odds, in the model's order, with weights at their stated means.

    Args:
        model: a checked scenario.
        hinge: its id.
        state: drivers' values; a driver that is left out stands where our timeline had it.
        cache_dir: a folder for calibrated offsets.

    Raises:
        InputError: the scenario has no such hinge or driver.
    """
    return _explain(model, prepare(model, cache_dir), hinge, state or {})


def explain_run(run: Run, hinge: str) -> list[Explanation]:
    """Return the same for the mean state of a run's worlds just before the hinge.

    Raises:
        InputError: the scenario has no such hinge, or it arises in none of the worlds.
    """
    return _explain(run.model, run.prepared, hinge, run.mean_state(hinge))


def _explain(model: ScenarioModel, prepared: Prepared, name: str, state: Mapping[str, float]) -> list[Explanation]:
    drivers = prepared.tables.drivers
    for driver in state:
        if driver not in drivers:
            raise InputError(f"{driver} is no driver of this scenario")
    try:
        table = prepared.tables.hinge(name)
    except KeyError:
        raise InputError(f"{name} is no hinge of this scenario") from None
    players = sorted({tilt.driver for tilt in table.tilts})
    ours = table.otl_state.astype(np.float64)
    away = {place: state.get(drivers[place], float(ours[place])) - float(ours[place]) for place in players}
    pushes = _pushes(table, players, away)
    odds = _odds_of_subsets(prepared.intercepts[table.place].astype(np.float64), pushes)
    changes = _shapley(odds, len(players))
    record = model.hinge(name)
    found = []
    for k, outcome in enumerate(record.outcomes):
        contributions = [
            Contribution(
                driver=drivers[place],
                state=float(ours[place]) + away[place],
                away=away[place],
                log_odds=float(pushes[number, k]),
                change=float(changes[number, k]),
                weights=[weight for weight in record.weights if weight.driver == drivers[place]],
            )
            for number, place in enumerate(players)
        ]
        contributions.sort(key=lambda part: (-abs(part.change), part.driver))
        found.append(
            Explanation(
                hinge=name,
                outcome=outcome.id,
                base=outcome.base,
                at_otl=float(odds[0, k]),
                probability=float(odds[-1, k]),
                contributions=contributions,
            )
        )
    return found


def _pushes(table: HingeTable, players: list[int], away: Mapping[int, float]) -> Floats64:
    """Return (drivers, K): what each driver adds to each outcome's logit."""
    pushes = np.zeros((len(players), len(table.outcomes)))
    for tilt in table.tilts:
        pushes[players.index(tilt.driver), tilt.outcome] += tilt.weight * away[tilt.driver]
    return pushes


def _odds_of_subsets(intercepts: Floats64, pushes: Floats64) -> Floats64:
    """Return (2**n, K): the odds with each subset of the n drivers counted, numbered by its bits."""
    members = (np.arange(2 ** len(pushes))[:, None] >> np.arange(len(pushes))) & 1
    logits = intercepts + members @ pushes
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _shapley(odds: Floats64, count: int) -> Floats64:
    """Return (drivers, K): each driver's change of the odds, averaged over all orders of counting."""
    values = np.zeros((count, odds.shape[1]))
    for player in range(count):
        others = [bit for bit in range(count) if bit != player]
        for size in range(count):
            share = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for chosen in combinations(others, size):
                subset = sum(1 << bit for bit in chosen)
                values[player] += share * (odds[subset | 1 << player] - odds[subset])
    return values
