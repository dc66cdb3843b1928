"""Evaluates a scenario's outcomes: stated tests on every world of a run at once."""

from __future__ import annotations

import numpy as np

from assistant.dates import latest
from assistant.errors import InputError
from assistant.worldlines.arithmetic import Bools
from assistant.worldlines.engine import Run
from assistant.worldlines.estimates import Estimate, from_worlds
from assistant.worldlines.goal import AllOf, AnyOf, CountOf, DriverTest, HingeTest, Not, Test
from assistant.worldlines.model import Outcome, ScenarioModel
from assistant.worldlines.simulation import Block

__all__ = ["find_outcome", "holds", "outcome_probabilities", "outcome_probability"]

HAIR = 1e-6
"""Drivers are float32: a value within a hair of a bound is on it."""


def find_outcome(model: ScenarioModel, name: str) -> Outcome:
    """Return the outcome with this id.

    Raises:
        InputError: the scenario has no such outcome; the error lists those it has.
    """
    try:
        return model.outcome(name)
    except KeyError:
        known = ", ".join(outcome.id for outcome in model.outcomes)
        raise InputError(f"{name} is no outcome of this scenario", hint=f"It has {known}") from None


def outcome_probability(run: Run, outcome: str) -> Estimate:
    """Return how likely the outcome is in a run, with its range."""
    weights = None if run.block.weights is None else run.block.weights[0]
    return from_worlds(holds(run.block, find_outcome(run.model, outcome).test)[0], weights)


def outcome_probabilities(run: Run) -> dict[str, Estimate]:
    """Return `outcome_probability` of every outcome of the scenario."""
    return {outcome.id: outcome_probability(run, outcome.id) for outcome in run.model.outcomes}


def holds(block: Block, test: Test) -> Bools:
    """Return (S, G, P): in which worlds the test is true."""
    match test:
        case AllOf(all=parts):
            return np.asarray(np.logical_and.reduce([holds(block, part) for part in parts]))
        case AnyOf(any=parts):
            return np.asarray(np.logical_or.reduce([holds(block, part) for part in parts]))
        case Not(not_=part):
            return ~holds(block, part)
        case CountOf():
            return _count(block, test)
        case HingeTest():
            return _hinge(block, test)
        case DriverTest():
            return _driver(block, test)


def _count(block: Block, test: CountOf) -> Bools:
    true = np.zeros(block.outcomes.shape[1:], dtype=np.int16)
    for part in test.count:
        true += holds(block, part)
    enough = np.ones(true.shape, dtype=np.bool_)
    if test.at_least is not None:
        enough &= true >= test.at_least
    if test.at_most is not None:
        enough &= true <= test.at_most
    return enough


def _hinge(block: Block, test: HingeTest) -> Bools:
    table = block.tables.hinge(test.hinge)
    named = np.array([*(outcome in test.names for outcome in table.outcomes), False])
    came_out: Bools = named.take(block.outcomes[table.place], mode="wrap")
    return came_out if test.in_ is not None else ~came_out


def _driver(block: Block, test: DriverTest) -> Bools:
    value = block.state(block.tables.drivers.index(test.driver), latest(test.at).toordinal())
    within = np.ones(value.shape, dtype=np.bool_)
    if test.at_least is not None:
        within &= value >= np.float32(test.at_least - HAIR)
    if test.at_most is not None:
        within &= value <= np.float32(test.at_most + HAIR)
    return within
