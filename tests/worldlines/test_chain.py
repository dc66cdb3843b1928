from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.worldlines.calibration import prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.chain import chain
from assistant.worldlines.enumeration import enumerate_worlds
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import plan

STEPS = [
    ("crossing-1588-08", "lands-in-kent"),
    ("storm-1588-06", "holds-course"),
    ("calais-1588-08", "anchors-hold"),
    ("gravelines-1588-08", "spanish-hold"),
]


def test_the_product_is_the_share_of_worlds_with_all_steps(certain_armada: ScenarioModel) -> None:
    prepared = prepare(certain_armada)
    exact = enumerate_worlds(prepared, plan(certain_armada, prepared.tables, [[]], Canon()))
    all_true = np.ones(len(exact.chances), dtype=bool)
    reached = []
    for hinge, outcome in sorted(STEPS, key=lambda step: certain_armada.hinges.index(certain_armada.hinge(step[0]))):
        table = prepared.tables.hinge(hinge)
        all_true &= exact.block.outcomes[table.place].reshape(-1) == table.outcomes.index(outcome)
        reached.append(exact.chances[all_true].sum())
    found = chain(certain_armada, STEPS, worlds=20_000)
    assert found.product.value == pytest.approx(reached[-1], rel=0.03)
    conditional = np.array(reached) / np.array([1, *reached[:-1]])
    assert [step.probability.value for step in found.steps if step.probability] == pytest.approx(
        list(conditional), abs=0.01
    )


def test_steps_are_put_in_order_and_the_weakest_is_named(armada: ScenarioModel) -> None:
    found = chain(armada, STEPS)
    assert found.steps[0].hinge == "storm-1588-06"
    values = {step.hinge: step.probability.value for step in found.steps if step.probability}
    assert found.weakest == min(values, key=lambda name: values[name])
    assert found.product.value == pytest.approx(float(np.prod(list(values.values()))))
    assert found.product.low < found.product.value < found.product.high


def test_a_product_is_never_likelier_than_its_weakest_step(armada: ScenarioModel) -> None:
    found = chain(armada, STEPS)
    assert found.product.value <= min(step.probability.value for step in found.steps if step.probability)


def test_a_step_that_cannot_follow_is_said_so(armada: ScenarioModel) -> None:
    found = chain(
        armada,
        [
            ("calais-1588-08", "fireships-towed-off"),
            ("gravelines-1588-08", "spanish-hold"),
            ("peace-1589", "war-goes-on"),
        ],
    )
    assert found.product.value == 0
    assert found.steps[1].probability is not None
    assert found.steps[1].probability.value == 0
    assert found.steps[2].probability is None
    assert found.weakest == "gravelines-1588-08"
    assert "gravelines-1588-08 cannot come out as spanish-hold" in found.notices[0]


def test_what_levers_and_canon_decide_is_certain(armada: ScenarioModel) -> None:
    canon = Canon(outcomes={"storm-1588-06": "holds-course"})
    steps = [("storm-1588-06", "holds-course"), ("plymouth-1588-07", "caught-in-harbour")]
    found = chain(armada, steps, canon=canon, levers=["harbour-attack"])
    assert [step.probability.value for step in found.steps if step.probability] == [1, 1]
    assert found.product.value == 1


def test_canon_before_a_step_moves_its_odds(armada: ScenarioModel) -> None:
    canon = Canon(outcomes={"storm-1588-06": "holds-course"})
    steps = [("plymouth-1588-07", "caught-in-harbour")]
    assert chain(armada, steps, canon=canon).product.value > chain(armada, steps).product.value + 0.05


def test_steps_must_fit(armada: ScenarioModel) -> None:
    with pytest.raises(InputError, match="twice"):
        chain(armada, [STEPS[0], STEPS[0]])
    with pytest.raises(InputError, match="The canon has"):
        chain(armada, [STEPS[1]], canon=Canon(outcomes={"storm-1588-06": "scattered"}))
    with pytest.raises(InputError, match="no hinge"):
        chain(armada, [("nowhere", "x")])
    with pytest.raises(InputError, match="rule out"):
        chain(armada, [("plymouth-1588-07", "gets-out")], levers=["harbour-attack"])
