"""Every possible world of a small scenario with its exact probability: what sampling is checked against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.errors import InputError
from assistant.worldlines.arithmetic import Floats, Floats64, Outcomes
from assistant.worldlines.calibration import Prepared
from assistant.worldlines.goal import Test
from assistant.worldlines.outcomes import holds
from assistant.worldlines.plan import Decision, Plan, Shift
from assistant.worldlines.simulation import Block, advance, arisen, opening, shares, tilts

__all__ = ["Enumeration", "enumerate_worlds"]

MOST = 200_000


@dataclass(frozen=True)
class Enumeration:
    """All worlds: (M,) probabilities that sum to 1, given the canon, and the worlds as a block with G = M draws of one world."""

    chances: Floats64
    block: Block

    def odds(self, hinge: str) -> Floats64:
        """Return (K + 1,) probabilities of the hinge's outcomes and, last, of its not arising."""
        table = self.block.tables.hinge(hinge)
        results = self.block.outcomes[table.place].reshape(-1)
        return np.array([self.chances[results == k].sum() for k in (*range(len(table.outcomes)), -1)])

    def probability(self, test: Test) -> float:
        """Return the probability that the test is true."""
        return float(self.chances[holds(self.block, test).reshape(-1)].sum())


def enumerate_worlds(prepared: Prepared, plan: Plan) -> Enumeration:
    """Split the one world at each hinge into as many as there are outcomes, with every weight at its mean.

    Raises:
        InputError: there are more worlds than can be gone through, or the canon fits none of them.
    """
    tables = prepared.tables
    state = opening(tables, (1, 1, 1))
    outcomes: Outcomes = np.full((len(tables.hinges), 1, 1, 1), -1, dtype=np.int8)
    chances: Floats64 = np.ones(1)
    for step in plan.steps:
        if isinstance(step, Shift):
            value = state[step.driver] + step.by if step.by is not None else np.float32(step.value or 0)
            state[step.driver] = np.clip(value, np.float32(-1), np.float32(1))
            continue
        results, parents, parts = _split(prepared, step, state, outcomes)
        some = parts > 0
        results, parents = results[some], parents[some]
        chances = chances[parents] * parts[some]
        if len(chances) > MOST:
            raise InputError(f"The scenario has more than {MOST} possible worlds, too many to go through one by one")
        state, outcomes = state[:, :, parents], outcomes[:, :, parents]
        outcomes[step.hinge.place, 0, :, 0] = results
        advance(step.hinge, outcomes[step.hinge.place], state)
    if not chances.sum():
        raise InputError("The canon happens in none of the possible worlds")
    return Enumeration(chances / chances.sum(), Block(tables, plan, outcomes, None, ()))


def _split(
    prepared: Prepared, step: Decision, state: Floats, outcomes: Outcomes
) -> tuple[Outcomes, np.ndarray[tuple[int], np.dtype[np.intp]], Floats64]:
    """Return for each new world its outcome, the world it comes from, and the share of it that it takes."""
    hinge = step.hinge
    worlds = state.shape[2]
    means = np.array([[tilt.weight] for tilt in hinge.tilts], dtype=np.float32) * np.ones((1, worlds), dtype=np.float32)
    odds = shares(prepared.intercepts[hinge.place], tilts(hinge, state, means))
    rows = np.array([np.broadcast_to(np.asarray(share).reshape(-1), (worlds,)) for share in odds], dtype=np.float64)
    if step.barred is not None:
        rows *= step.barred[:, 0, 0]
    rows /= rows.sum(axis=0)
    if step.forced is not None and step.forced[0, 0, 0] >= 0:
        rows = np.zeros_like(rows)
        rows[step.forced[0, 0, 0]] = 1
    if step.allowed is not None:
        rows *= step.allowed[:, None]
    here = arisen(hinge, outcomes)
    elsewhere = np.zeros(worlds) if here is None else 1.0 - here.reshape(-1)
    rows *= 1 - elsewhere
    if step.allowed is not None:
        # What the canon says happened must have come up.
        elsewhere = np.zeros(worlds)
    rows = np.vstack([rows, elsewhere])
    results = np.repeat(np.array([*range(len(odds)), -1], dtype=np.int8), worlds)
    parents = np.tile(np.arange(worlds), len(rows))
    return results, parents, rows.reshape(-1)
