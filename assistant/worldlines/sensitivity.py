"""Which single weight, if it is wrong, changes an answer most.

Each of some thousands of worlds draws every weight for itself. The slope of "the outcome happened" on a weight's draw,
in units of its spread, says how much the answer leans on it; as draws of different weights are independent, each slope
can be read off by itself. The slopes only choose the candidates: each of those is then held one spread low and one spread
high in a full run that shares all its luck with the other, and the two probabilities are what is reported.

Offsets stay as calibrated: asked is what happens if this weight alone is wrong and all else in the model stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.records import Record
from assistant.worldlines.calibration import Prepared, prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import Draws, draw
from assistant.worldlines.engine import effective_worlds
from assistant.worldlines.estimates import Estimate, from_worlds
from assistant.worldlines.goal import Test
from assistant.worldlines.model import ScenarioModel, Weight
from assistant.worldlines.outcomes import find_outcome, holds
from assistant.worldlines.plan import Plan, plan, pulled
from assistant.worldlines.simulation import simulate

__all__ = ["Sensitivity", "sensitivity"]

SCREENING = 10_000


class Sensitivity(Record):
    """A weight of a hinge and the outcome's probability with it one spread lower and one spread higher."""

    hinge: str
    weight: Weight
    lower: Estimate
    higher: Estimate

    @property
    def change(self) -> float:
        """The probability with the weight high less that with it low."""
        return self.higher.value - self.lower.value


def sensitivity(
    model: ScenarioModel,
    outcome: str,
    *,
    levers: Sequence[str] = (),
    canon: Canon | None = None,
    top: int = 8,
    worlds: int = 10_000,
    seed: int = 1,
    draws: int = 100,
    cache_dir: Path | None = None,
) -> list[Sensitivity]:
    """Return the weights on which an outcome's probability leans most, the heaviest first.

    Args:
        model: a checked scenario.
        outcome: id of one of its outcomes.
        levers: levers pulled meanwhile.
        canon: accepted events.
        top: how many weights to try out; at most so many are returned.
        worlds: how many worlds each of the full runs has.
        seed: seed of the luck.
        draws: how many draws of the weights in the full runs.
        cache_dir: a folder for calibrated offsets.

    Raises:
        InputError: an unknown outcome or lever, or a canon that happens in none of the worlds.
    """
    test = find_outcome(model, outcome).test
    prepared = prepare(model, cache_dir)
    layout = plan(model, prepared.tables, [pulled(model, levers)], canon or Canon())
    groups = min(draws, max(1, worlds // 10))
    luck = draw(prepared.tables, seed, groups, -(-worlds // groups))
    found = []
    for hinge, row in _steepest(prepared, layout, test, seed, top):
        tilt = prepared.tables.hinges[hinge].tilts[row]
        ends = [
            _probability(prepared, layout, test, luck.with_weight(hinge, row, tilt.weight + side * tilt.spread))
            for side in (-1, 1)
        ]
        record = model.hinges[hinge]
        found.append(Sensitivity(hinge=record.id, weight=record.weights[row], lower=ends[0], higher=ends[1]))
    return sorted(found, key=lambda entry: -abs(entry.change))


def _steepest(prepared: Prepared, layout: Plan, test: Test, seed: int, top: int) -> list[tuple[int, int]]:
    """Return hinge and weight of the steepest slopes in a run in which each world draws for itself."""
    luck = draw(prepared.tables, seed, SCREENING, 1)
    block = simulate(prepared.tables, prepared.intercepts, luck, layout)
    happened = holds(block, test).reshape(-1).astype(np.float64)
    weights = np.ones(SCREENING) if block.weights is None else block.weights.reshape(-1)
    if effective_worlds(block) == 0:
        return []
    shares = weights / weights.sum()
    away = (happened - (shares * happened).sum()) * shares
    slopes = [
        (abs(float((away * score).sum())), hinge, row)
        for hinge, scores in enumerate(luck.scores)
        for row, score in enumerate(scores)
        if prepared.tables.hinges[hinge].tilts[row].spread > 0
    ]
    slopes.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    return [(hinge, row) for _, hinge, row in slopes[:top]]


def _probability(prepared: Prepared, layout: Plan, test: Test, luck: Draws) -> Estimate:
    block = simulate(prepared.tables, prepared.intercepts, luck, layout)
    return from_worlds(holds(block, test)[0], None if block.weights is None else block.weights[0])
