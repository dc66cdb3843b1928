"""Runs worlds through a plan: odds, luck, outcome, effects, hinge after hinge, all worlds at once.

Arrays of worlds are shaped (S, G, P): S sets of levers, G draws of the weights, P worlds that share a draw. A driver's
value and every logit are float32; what an outcome hangs on is computed in a fixed order by operations that IEEE 754
fixes to the bit (see `arithmetic`), never by a matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from assistant.worldlines.arithmetic import LARGEST_LOGIT, Bools, Floats, Floats64, Outcomes, exponential
from assistant.worldlines.draws import Draws
from assistant.worldlines.plan import Decision, Plan, Shift
from assistant.worldlines.tables import HingeTable, Tables, clip

__all__ = ["Block", "Tally", "advance", "arisen", "choose", "opening", "shares", "simulate", "tilts"]

Share: TypeAlias = "Floats | np.float32"


@dataclass(frozen=True)
class Tally:
    """Sums over the worlds of each draw of the weights, taken when a hinge came up, before it was decided.

    With w a world's weight until then, a 1 where the hinge arose and p the probability of an outcome: `all` is the sum of w,
    `arose` of w a, `all_squared` of w², `arose_squared` of (w a)², each (G,); `first` is the sum of w a p, `mixed` of
    w² a p and `second` of (w a p)², each (K, G).
    """

    all: Floats64
    arose: Floats64
    all_squared: Floats64
    arose_squared: Floats64
    first: Floats64
    mixed: Floats64
    second: Floats64


@dataclass(frozen=True)
class Block:
    """Finished worlds: (H, S, G, P) outcomes by place of the hinge, -1 where it did not arise; weights None where all are 1."""

    tables: Tables
    plan: Plan
    outcomes: Outcomes
    weights: Floats64 | None
    tallies: tuple[Tally, ...]

    def state(self, driver: int, day: int, *, strictly_before: int | None = None) -> Floats:
        """Return the (S, G, P) values of a driver at the end of a day.

        States are not stored: they follow from the outcomes, so the driver's moves are gone through again.

        Args:
            driver: its position.
            day: ordinal of the day.
            strictly_before: stop before the hinge of this place is decided.
        """
        return self.path(driver, [day], strictly_before=strictly_before)[0]

    def path(self, driver: int, days: Sequence[int], *, strictly_before: int | None = None) -> list[Floats]:
        """Return the (S, G, P) values of a driver at the end of each of the days, which must ascend."""
        value = np.full(self.outcomes.shape[1:], self.tables.start[driver], dtype=np.float32)
        waiting = list(days)
        seen: list[Floats] = []
        for step in self.plan.steps:
            while waiting and step.day > waiting[0]:
                seen.append(value.copy())
                waiting.pop(0)
            if not waiting or (isinstance(step, Decision) and step.hinge.place == strictly_before):
                break
            _replay(step, driver, value, self.outcomes)
        return seen + [value] * len(waiting)


def _replay(step: Shift | Decision, driver: int, value: Floats, outcomes: Outcomes) -> None:
    if isinstance(step, Shift):
        if step.driver == driver:
            _shift(step, value)
        return
    for moved, by in step.hinge.moves:
        if moved == driver:
            result = outcomes[step.hinge.place]
            _move(value, by, [(result == k).astype(np.float32) for k in range(len(by) - 1)])


def simulate(tables: Tables, intercepts: Sequence[Floats], draws: Draws, plan: Plan, *, tallied: bool = False) -> Block:
    """Run the plan.

    Args:
        tables: the scenario.
        intercepts: for each hinge, (K,) log-odds at our timeline's state (see `calibration`).
        draws: the luck, for G x P worlds; every set of levers meets the same luck.
        plan: what happens when.
        tallied: keep sums of the odds at each hinge; only for a plan of one set.
    """
    shape = (plan.sets, *draws.shape)
    state = opening(tables, shape)
    outcomes = np.empty((len(tables.hinges), *shape), dtype=np.int8)
    weights: Floats64 | None = np.ones(shape) if plan.conditioned else None
    tallies: list[Tally | None] = [None] * len(tables.hinges)
    for step in plan.steps:
        if isinstance(step, Shift):
            _shift(step, state[step.driver])
            continue
        hinge = step.hinge
        here = arisen(hinge, outcomes)
        odds = shares(intercepts[hinge.place], tilts(hinge, state, draws.weights[hinge.place]))
        if step.barred is not None:
            odds = [share * left for share, left in zip(odds, step.barred, strict=True)]
        if tallied:
            tallies[hinge.place] = _tally(odds, here, weights, shape)
        if step.allowed is not None and weights is not None:
            odds = _condition(step, odds, here, weights)
        result = choose(odds, draws.luck[hinge.place], shape)
        if step.forced is not None:
            result = np.where(step.forced >= 0, step.forced, result)
        if here is not None:
            result[~here] = -1
        outcomes[hinge.place] = result
        advance(hinge, result, state)
    return Block(tables, plan, outcomes, weights, tuple(tally for tally in tallies if tally is not None))


def opening(tables: Tables, shape: tuple[int, ...]) -> Floats:
    """Return the (D, ...) state at the point of divergence."""
    state = np.empty((len(tables.drivers), *shape), dtype=np.float32)
    state[:] = tables.start.reshape(-1, *(1 for _ in shape))
    return state


def arisen(hinge: HingeTable, outcomes: Outcomes) -> Bools | None:
    """Return in which worlds the hinge comes up; None for all."""
    here: Bools | None = None
    for place, table in hinge.arises:
        so = table.take(outcomes[place], mode="wrap")
        here = so if here is None else here & so
    return here


def tilts(hinge: HingeTable, state: Floats, weights: Floats) -> list[Floats | None]:
    """Return for each outcome the (S, G, P) log-odds that the state adds, None where no weight speaks of it.

    Args:
        hinge: its table.
        state: (D, S, G, P) values of the drivers.
        weights: (weights, G) drawn weights.
    """
    away: dict[int, Floats] = {}
    sums: list[Floats | None] = [None] * len(hinge.outcomes)
    for row, tilt in enumerate(hinge.tilts):
        if tilt.driver not in away:
            away[tilt.driver] = state[tilt.driver] - hinge.otl_state[tilt.driver]
        part = away[tilt.driver] * weights[row][:, None]
        known = sums[tilt.outcome]
        if known is None:
            sums[tilt.outcome] = part
        else:
            known += part
    return sums


def shares(intercepts: Floats, tilted: Sequence[Floats | None]) -> list[Share]:
    """Return each outcome's unnormalised odds, e to the power of its logit; a plain number where no weight speaks of it."""
    found: list[Share] = []
    for intercept, tilt in zip(intercepts, tilted, strict=True):
        if tilt is None:
            found.append(exponential(np.array([intercept], dtype=np.float32))[0])
        else:
            logit = tilt + intercept
            np.clip(logit, np.float32(-LARGEST_LOGIT), np.float32(LARGEST_LOGIT), out=logit)
            found.append(exponential(logit))
    return found


def choose(odds: Sequence[Share], luck: Floats, shape: tuple[int, ...]) -> Outcomes:
    """Return each world's outcome: the one whose stretch of the cumulative odds its luck falls in."""
    steps = [odds[0]]
    for share in odds[1:]:
        steps.append(steps[-1] + share)
    total = steps[-1]
    mark = luck * total
    result = np.zeros(shape, dtype=np.int8)
    for step in steps[:-1]:
        # Rounding may put the mark on the very end, behind which only outcomes of no odds are left.
        result += (mark >= step) & (step < total)
    return result


def advance(hinge: HingeTable, result: Outcomes, state: Floats) -> None:
    """Move the drivers, in place, by what happened."""
    masks = [(result == k).astype(np.float32) for k in range(len(hinge.outcomes))] if hinge.moves else []
    for driver, by in hinge.moves:
        _move(state[driver], by, masks)


def _move(value: Floats, by: Floats, masks: Sequence[Floats]) -> None:
    """Add each world's move to a driver's values, in place; in each world at most one mask is 1, so the sum is exact."""
    for amount, mask in zip(by, masks, strict=False):
        if amount:
            value += mask * amount
    clip(value)


def _shift(step: Shift, value: Floats) -> None:
    if step.by is None:
        value[:] = step.value
    else:
        value += step.by
        clip(value)


def _condition(step: Decision, odds: list[Share], here: Bools | None, weights: Floats64) -> list[Share]:
    """Weigh each world by the probability it gave to what the canon allows, and leave only that to be chosen."""
    # `allowed` is given wherever a plan is conditioned: the caller looks first.
    left = [share * np.float32(ok) for share, ok in zip(odds, step.allowed, strict=True)]  # type: ignore[arg-type]
    fit = np.asarray(sum(left) / sum(odds), dtype=np.float64)
    if step.forced is not None:
        # A lever that decides the hinge is no evidence about the world.
        fit = np.where(step.forced >= 0, 1.0, fit)
    weights *= fit
    if here is not None:
        weights *= here
    return left


def _tally(odds: Sequence[Share], here: Bools | None, weights: Floats64 | None, shape: tuple[int, ...]) -> Tally:
    total = sum(odds[1:], start=odds[0])
    worlds = shape[-1]
    full = np.full(shape[1], float(worlds))
    weigh = None if weights is None else weights[0]
    everyone = full if weigh is None else weigh.sum(axis=-1)
    everyone_squared = full if weigh is None else (weigh * weigh).sum(axis=-1)
    come: Floats64 | Bools | None = weigh
    if here is not None:
        come = here[0] if weigh is None else weigh * here[0]
    arose, arose_squared = everyone, everyone_squared
    if here is not None and come is not None:
        arose = come.sum(axis=-1, dtype=np.float64)
        arose_squared = (come * come).sum(axis=-1, dtype=np.float64)
    first, mixed, second = [], [], []
    for share in odds:
        chance = np.broadcast_to(share / total, shape)[0]
        mass = chance if come is None else chance * come
        first.append(mass.sum(axis=-1, dtype=np.float64))
        second.append(np.einsum("gp,gp->g", mass, mass, dtype=np.float64))
        mixed.append(first[-1] if weigh is None else np.einsum("gp,gp->g", mass, weigh))
    return Tally(everyone, arose, everyone_squared, arose_squared, np.array(first), np.array(mixed), np.array(second))
