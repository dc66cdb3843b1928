"""The probability of a whole timeline, step by step: each event given all before it, their product, the weakest link."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from assistant.records import Record
from assistant.worldlines.calibration import prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import draw
from assistant.worldlines.estimates import Estimate, certain, from_groups, from_sums
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import Decision, plan, pulled
from assistant.worldlines.simulation import Tally, simulate

__all__ = ["Chain", "ChainStep", "chain"]


class ChainStep(Record):
    """One event: its probability given all steps and canon before it; None where what comes before cannot happen."""

    hinge: str
    outcome: str
    date: str
    probability: Estimate | None


class Chain(Record):
    """A timeline's steps in date order and the probability of all of them together; `weakest` is a hinge's id."""

    steps: list[ChainStep]
    product: Estimate
    weakest: str | None
    notices: list[str] = []


def chain(
    model: ScenarioModel,
    steps: Sequence[tuple[str, str]],
    *,
    levers: Sequence[str] = (),
    canon: Canon | None = None,
    worlds: int = 10_000,
    seed: int = 1,
    draws: int = 100,
    cache_dir: Path | None = None,
) -> Chain:
    """Return how likely each of the steps is, given the steps and the canon dated before it, and all of them together.

    A step's probability counts worlds in which its hinge does not arise as worlds in which it does not happen. The product
    multiplies the steps' probabilities; its range is that of the product under single draws of the weights, not the
    product of the ranges, for a weight that favours one step may hinder another.

    Args:
        model: a checked scenario.
        steps: (hinge, outcome) in any order; each hinge once.
        levers: levers pulled; a step that a lever decides is certain where its hinge arises.
        canon: accepted events, which condition but are no steps; a step that it holds already counts as certain.
        worlds: how many worlds are sampled.
        seed: seed of the luck.
        draws: how many draws of the weights.
        cache_dir: a folder for calibrated offsets.

    Raises:
        InputError: an unknown or doubled hinge, a step against the canon or the levers.
    """
    canon = canon or Canon()
    wanted = _wanted(steps, canon)
    prepared = prepare(model, cache_dir)
    accepted = canon.model_copy(update={"outcomes": {**canon.outcomes, **wanted}})
    layout = plan(model, prepared.tables, [pulled(model, levers)], accepted)
    groups = min(draws, max(1, worlds // 10))
    luck = draw(prepared.tables, seed, groups, -(-worlds // groups))
    block = simulate(prepared.tables, prepared.intercepts, luck, layout, tallied=True)
    forced = {name for lever in pulled(model, levers) for name in lever.sets.hinges}

    found: list[ChainStep] = []
    free: list[tuple[Tally, int]] = []
    for place in [step.hinge.place for step in layout.steps if isinstance(step, Decision)]:
        hinge = model.hinges[place]
        if hinge.id not in wanted:
            continue
        number = prepared.tables.hinges[place].outcomes.index(wanted[hinge.id])
        tally = block.tallies[place]
        given = hinge.id in canon.outcomes
        probability = certain(1.0) if given else _probability(tally, number, forced=hinge.id in forced)
        found.append(ChainStep(hinge=hinge.id, outcome=wanted[hinge.id], date=hinge.date, probability=probability))
        if not given and hinge.id not in forced:
            free.append((tally, number))
    return _concluded(found, free)


def _wanted(steps: Sequence[tuple[str, str]], canon: Canon) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for hinge, outcome in steps:
        if hinge in wanted:
            raise InputError(f"The hinge {hinge} stands twice among the steps; it comes out once")
        if canon.outcomes.get(hinge, outcome) != outcome:
            raise InputError(f"The canon has {hinge} come out as {canon.outcomes[hinge]}, the step as {outcome}")
        wanted[hinge] = outcome
    return wanted


def _probability(tally: Tally, number: int, *, forced: bool) -> Estimate | None:
    if not tally.all.sum():
        return None
    if forced:
        return from_sums(tally.all, tally.all_squared, tally.arose, tally.arose_squared, tally.arose_squared)
    return from_sums(tally.all, tally.all_squared, tally.first[number], tally.mixed[number], tally.second[number])


def _concluded(found: list[ChainStep], free: list[tuple[Tally, int]]) -> Chain:
    notices: list[str] = []
    for step in found:
        if step.probability is None or step.probability.value == 0:
            notices.append(f"{step.hinge} cannot come out as {step.outcome} after what comes before it")
            break
    weighed = [step for step in found if step.probability is not None]
    weakest = min(weighed, key=lambda step: step.probability.value if step.probability else 0.0, default=None)
    return Chain(
        steps=found, product=_product(found, free), weakest=weakest.hinge if weakest else None, notices=notices
    )


def _product(found: list[ChainStep], free: list[tuple[Tally, int]]) -> Estimate:
    value = 1.0
    for step in found:
        value *= step.probability.value if step.probability else 0.0
    if not free or not value:
        return certain(value)
    product = np.ones(len(free[0][0].all))
    relative = np.zeros(len(product))
    for tally, number in free:
        some = tally.all > 0
        total, first = np.where(some, tally.all, 1.0), tally.first[number]
        mean = np.where(some, first / total, 0.0)
        scatter = tally.second[number] - 2 * mean * tally.mixed[number] + mean**2 * tally.all_squared
        product *= mean
        relative += np.maximum(scatter, 0) / total**2 / np.maximum(mean, 1e-9) ** 2
    range_ = from_groups(product, np.maximum(free[0][0].all, 0), product**2 * relative)
    # Each draw's product and the product of the means differ by what the forced steps' odds of arising add.
    share = value / range_.value if range_.value else 0.0
    return Estimate(value=value, low=min(range_.low * share, value), high=max(min(range_.high * share, 1.0), value))
