"""Checks a scenario and the engine against each other, and lists what each lever does to each outcome for a human to read.

Each check compares two ways to one figure. Where both are sampled, the difference is measured in its own standard errors and
must stay below a limit that chance alone would cross about once in ten thousand checks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.dates import earliest
from assistant.records import Record
from assistant.worldlines.calibration import GROUPS, Prepared, prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.engine import Run, run
from assistant.worldlines.enumeration import Enumeration, enumerate_worlds
from assistant.worldlines.estimates import Estimate
from assistant.worldlines.model import Hinge, Lever, ScenarioModel
from assistant.worldlines.outcomes import outcome_probabilities
from assistant.worldlines.plan import Decision, plan

__all__ = ["Check", "Elasticity", "Report", "reduced", "validate"]

LIMIT = 5.0
"""Standard errors by which two ways to a figure may differ; some hundred figures are compared."""
LEAVES = 4_096


class Check(Record):
    """One check: what was measured, the limit it must keep, and what was compared."""

    name: str
    passed: bool
    measured: float
    limit: float
    detail: str


class Elasticity(Record):
    """What pulling one lever does to one outcome; `log_odds` is the change of its log-odds (from half a world at least)."""

    lever: str
    outcome: str
    without: Estimate
    pulled: Estimate
    log_odds: float


class Report(Record):
    """All checks, the elasticity of every outcome to every lever, and what a human should look at."""

    checks: list[Check]
    elasticities: list[Elasticity]
    notices: list[str]

    @property
    def passed(self) -> bool:
        """Whether every check was passed."""
        return all(check.passed for check in self.checks)


def validate(
    model: ScenarioModel,
    *,
    worlds: int = 20_000,
    seed: int = 1,
    cache_dir: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Run every check on a checked model.

    Args:
        model: the scenario.
        worlds: worlds of each run.
        seed: seed of all runs.
        cache_dir: a folder for calibrated offsets.
        progress: called with steps done and steps in all (the checks, then one a lever).
    """
    base = run(model, worlds=worlds, seed=seed, cache_dir=cache_dir)
    exact = _exact(model)
    small, enumeration = exact
    steps: list[Callable[[], Check]] = [
        lambda: _base_odds(base),
        lambda: _sums(base),
        lambda: _monotony(model, base.prepared),
        lambda: _order(model, seed),
        lambda: _enumerated(small, enumeration, worlds, seed),
        lambda: _conditioned_exactly(small, worlds, seed),
        lambda: _rejected(model, base, worlds, seed),
    ]
    total = len(steps) + len(model.levers)
    checks: list[Check] = []
    for step in steps:
        checks.append(step())
        if progress:
            progress(len(checks), total)
    without = outcome_probabilities(base)
    elasticities: list[Elasticity] = []
    for number, lever in enumerate(model.levers, start=1):
        elasticities += _elasticities(model, lever, without, worlds, seed)
        if progress:
            progress(len(checks) + number, total)
    return Report(checks=checks, elasticities=elasticities, notices=_notices(model, base))


def _check(name: str, measured: float, limit: float, detail: str) -> Check:
    return Check(name=name, passed=bool(measured <= limit), measured=measured, limit=limit, detail=detail)


def _base_odds(base: Run) -> Check:
    """Compare the mean odds of each hinge without levers with its base odds, in standard errors of both samples."""
    worst, where = 0.0, ""
    largest = 0.0
    for hinge in base.model.hinges:
        tally = base.block.tallies[base.table(hinge.id).place]
        if not tally.arose.sum():
            continue
        shares = tally.arose / tally.arose.sum()
        for k, outcome in enumerate(hinge.outcomes):
            means = tally.first[k] / np.maximum(tally.arose, 1e-9)
            mean = float((shares * means).sum())
            error = math.sqrt(float((shares**2 * (means - mean) ** 2).sum()))
            # The offsets were found from a sample too: of more draws, so with a smaller error of the same kind.
            error *= math.sqrt(1 + len(shares) / GROUPS)
            away = abs(mean - outcome.base)
            largest = max(largest, away)
            # Where no weight speaks the odds are the base to the last bit but float32's.
            score = away / max(error, 1e-6)
            if score > worst:
                worst, where = score, f"{hinge.id}: {outcome.id} {mean:.4f} for {outcome.base:g}"
    detail = f"largest difference {largest:.4f}; most standard errors at {where}"
    return _check("no lever reproduces the base odds", worst, LIMIT, detail)


def _sums(base: Run) -> Check:
    worst = 0.0
    for hinge in base.model.hinges:
        odds = base.outcome_odds(hinge.id).outcomes
        if odds:
            worst = max(worst, abs(sum(estimate.value for estimate in odds.values()) - 1))
    return _check("odds of one hinge sum to 1", worst, 1e-6, f"{len(base.model.hinges)} hinges")


def _monotony(model: ScenarioModel, prepared: Prepared) -> Check:
    """Look how far any lever's own move takes its driver the wrong way, on its date, before anything else happens."""
    worst, where = 0.0, "no lever moves a driver against its own sign"
    moved = 0
    freely = run(model, worlds=1_000)
    for lever in model.levers:
        if not lever.sets.drivers:
            continue
        alone = run(model, worlds=1_000, levers=[lever.id])
        day = earliest(lever.date).toordinal()
        after = [step for step in alone.block.plan.steps if isinstance(step, Decision) and step.day >= day]
        stop = after[0].hinge.place if after else None
        for move in lever.sets.drivers:
            moved += 1
            place = prepared.tables.drivers.index(move.driver)
            change = alone.block.state(place, day, strictly_before=stop) - freely.block.state(
                place, day, strictly_before=stop
            )
            wrong = float((-change * np.sign(move.by)).max())
            if wrong > worst:
                worst, where = wrong, f"{lever.id} on {move.driver}"
    return _check("a lever moves its drivers its own way", worst, 1e-6, f"{moved} moves; {where}")


def _order(model: ScenarioModel, seed: int) -> Check:
    """Build the model again with every list reversed and compare the worlds."""
    turned = ScenarioModel.model_validate_json(_reversed(model).model_dump_json())
    one, other = (run(each, worlds=1_000, seed=seed).outcomes for each in (model, turned))
    different = float((one != other).sum()) + (model.model_hash != turned.model_hash)
    return _check("the order of entries does not matter", different, 0, "outcomes that differ with every list reversed")


def _reversed(model: ScenarioModel) -> ScenarioModel:
    hinges = [
        hinge.model_copy(update={"outcomes": hinge.outcomes[::-1], "weights": hinge.weights[::-1]})
        for hinge in model.hinges[::-1]
    ]
    others = {name: getattr(model, name)[::-1] for name in ("drivers", "levers", "outcomes", "theses")}
    return model.model_copy(update={"hinges": hinges, **others})


def reduced(model: ScenarioModel, leaves: int = LEAVES) -> ScenarioModel:
    """Return the scenario's first hinges, as many as have at most `leaves` worlds, with every weight certain and no levers."""
    kept: list[Hinge] = []
    count = 1
    for hinge in model.hinges:
        count *= len(hinge.outcomes)
        if count > leaves:
            break
        weights = [weight.model_copy(update={"spread": 0.0}) for weight in hinge.weights]
        kept.append(hinge.model_copy(update={"weights": weights}))
    return model.model_copy(update={"hinges": kept, "levers": [], "outcomes": [], "theses": []})


def _exact(model: ScenarioModel) -> tuple[ScenarioModel, Enumeration]:
    # Copied through JSON so that the hash is that of the small scenario.
    small = ScenarioModel.model_validate_json(reduced(model).model_dump_json())
    prepared = prepare(small)
    return small, enumerate_worlds(prepared, plan(small, prepared.tables, [[]], Canon()))


def _enumerated(small: ScenarioModel, exact: Enumeration, worlds: int, seed: int) -> Check:
    sampled = run(small, worlds=worlds, seed=seed)
    worst, where = _apart(sampled, exact)
    detail = f"{len(small.hinges)} hinges, {len(exact.chances)} possible worlds; most at {where}"
    return _check("sampling agrees with enumeration", worst, LIMIT, detail)


def _conditioned_exactly(small: ScenarioModel, worlds: int, seed: int) -> Check:
    """Condition on the last hinge's least likely outcome, and look back at all before it."""
    name, outcome = _late(small)
    canon = Canon(outcomes={name: outcome})
    prepared = prepare(small)
    exact = enumerate_worlds(prepared, plan(small, prepared.tables, [[]], canon))
    worst, where = _apart(run(small, worlds=worlds, seed=seed, canon=canon), exact)
    detail = f"given {name}: {outcome}; most at {where}"
    return _check("conditioning agrees with enumeration", worst, LIMIT, detail)


def _late(model: ScenarioModel) -> tuple[str, str]:
    """Return the last hinge that every world meets and that weights tilt, with its least likely outcome."""
    always = [hinge for hinge in model.hinges if not hinge.arises]
    hinge = next((hinge for hinge in reversed(always) if hinge.weights), always[-1])
    return hinge.id, min(hinge.outcomes, key=lambda outcome: (outcome.base, outcome.id)).id


def _apart(sampled: Run, exact: Enumeration) -> tuple[float, str]:
    """Return the greatest difference between sampled and exact shares, in standard errors."""
    worst, where = 0.0, "none"
    for hinge in sampled.model.hinges:
        place = sampled.table(hinge.id).place
        results, weights = sampled.outcomes[place], sampled.weights
        for k, share in zip((*range(len(hinge.outcomes)), -1), exact.odds(hinge.id), strict=True):
            found = float(np.average(results == k, weights=weights))
            error = math.sqrt(max(share * (1 - share), 1 / sampled.effective) / sampled.effective)
            if abs(found - share) / error > worst:
                worst, where = abs(found - share) / error, f"{hinge.id}: {found:.4f} for {share:.4f}"
    return worst, where


def _rejected(model: ScenarioModel, base: Run, worlds: int, seed: int) -> Check:
    """Condition the whole scenario on one event, and keep of free worlds those in which it happened."""
    name, outcome = _middle(model)
    weighed = run(model, worlds=worlds, seed=seed, canon=Canon(outcomes={name: outcome}))
    free = run(model, worlds=4 * worlds, seed=seed + 1)
    table = free.table(name)
    kept = free.outcomes[table.place] == table.outcomes.index(outcome)
    count = int(kept.sum())
    title = "conditioning agrees with rejection"
    if not count:
        return _check(title, math.inf, LIMIT, f"{name} never came out as {outcome} in {4 * worlds} free worlds")
    worst, where = 0.0, "none"
    for hinge in model.hinges:
        place = free.table(hinge.id).place
        for k in range(len(hinge.outcomes)):
            there = float((free.outcomes[place][kept] == k).mean())
            here = float(np.average(weighed.outcomes[place] == k, weights=weighed.weights))
            share = max(there * (1 - there), 1 / count)
            # Both samples share few draws of the weights, so the worlds count for less than their number.
            error = math.sqrt(share * (2 / count + 2 / weighed.effective)) + _between(weighed, place, k)
            if abs(there - here) / error > worst:
                worst, where = abs(there - here) / error, f"{hinge.id}: {here:.4f} for {there:.4f}"
    detail = f"given {name}: {outcome}, {count} worlds kept; most at {where}"
    return _check(title, worst, LIMIT, detail)


def _between(weighed: Run, place: int, k: int) -> float:
    """Return the standard error that the draws of the weights alone leave a share."""
    values = weighed.block.outcomes[place, 0] == k
    weights = weighed.block.weights[0] if weighed.block.weights is not None else np.ones(values.shape)
    total = weights.sum(axis=1)
    means = (values * weights).sum(axis=1) / np.maximum(total, 1e-12)
    shares = total / total.sum()
    mean = float((shares * means).sum())
    return math.sqrt(float((shares**2 * (means - mean) ** 2).sum()))


def _middle(model: ScenarioModel) -> tuple[str, str]:
    """Return a hinge half way that every world meets, and the outcome other than ours that is likeliest there."""
    always = [hinge for hinge in model.hinges if not hinge.arises]
    tilted = [hinge for hinge in always if hinge.weights] or always
    hinge = tilted[len(tilted) // 2]
    return hinge.id, max(hinge.outcomes[1:], key=lambda outcome: (outcome.base, outcome.id)).id


def _elasticities(
    model: ScenarioModel, lever: Lever, without: dict[str, Estimate], worlds: int, seed: int
) -> list[Elasticity]:
    pulled = outcome_probabilities(run(model, worlds=worlds, seed=seed, levers=[lever.id]))
    half = 0.5 / worlds
    return [
        Elasticity(
            lever=lever.id,
            outcome=name,
            without=without[name],
            pulled=value,
            log_odds=_logit(value.value, half) - _logit(without[name].value, half),
        )
        for name, value in pulled.items()
    ]


def _logit(share: float, half: float) -> float:
    held = min(max(share, half), 1 - half)
    return math.log(held / (1 - held))


def _notices(model: ScenarioModel, base: Run) -> list[str]:
    """Name levers whose own moves and whose decided hinges pull one driver both ways, and hinges that never arise."""
    found = []
    for lever in model.levers:
        moves = {move.driver: move.by for move in lever.sets.drivers}
        for name, outcome in sorted(lever.sets.hinges.items()):
            for effect in model.hinge(name).outcome(outcome).effects:
                if moves.get(effect.driver, 0) * effect.by < 0:
                    what = f"{lever.id} moves {effect.driver} by {moves[effect.driver]:+g}"
                    found.append(f"{what}, but {name}: {outcome}, which it decides, by {effect.by:+g}")
    for hinge in model.hinges:
        if not (base.outcomes[base.table(hinge.id).place] >= 0).any():
            found.append(f"{hinge.id} arises in none of {base.outcomes.shape[1]} worlds without levers")
    return found
