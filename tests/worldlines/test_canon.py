from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from assistant.errors import InputError
from assistant.worldlines.calibration import prepare
from assistant.worldlines.canon import Canon, DateBound, DriverSetting
from assistant.worldlines.engine import Run, quarters, run
from assistant.worldlines.enumeration import Enumeration, enumerate_worlds
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import plan, pulled

LANDED = Canon(outcomes={"crossing-1588-08": "lands-in-kent"})


def shares(sampled: Run, hinge: str) -> np.ndarray:
    results = sampled.outcomes[sampled.table(hinge).place]
    return np.array(
        [np.average(results == k, weights=sampled.weights) for k in (*range(len(sampled.table(hinge).outcomes)), -1)]
    )


def exact(model: ScenarioModel, canon: Canon, levers: tuple[str, ...] = ()) -> Enumeration:
    prepared = prepare(model)
    return enumerate_worlds(prepared, plan(model, prepared.tables, [pulled(model, levers)], canon))


@pytest.mark.parametrize(
    "canon",
    [
        LANDED,
        Canon(outcomes={"crossing-1588-08": "lands-in-kent", "plymouth-1588-07": "gets-out"}),
        Canon(excludes={"calais-1588-08": ["broken"]}),
        Canon(excludes={"calais-1588-08": ["anchors-hold"]}),
        Canon(outcomes={"gravelines-1588-08": "spanish-hold"}),
        Canon(outcomes={"peace-1589": "talks-at-bourbourg"}),
    ],
)
def test_conditioning_equals_enumeration(certain_armada: ScenarioModel, canon: Canon) -> None:
    sampled = run(certain_armada, worlds=60_000, canon=canon)
    true = exact(certain_armada, canon)
    for hinge in certain_armada.hinges:
        error = np.sqrt(0.25 / sampled.effective)
        assert np.abs(shares(sampled, hinge.id) - true.odds(hinge.id)).max() < 4.5 * error, hinge.id


def test_conditioning_equals_rejection(armada: ScenarioModel) -> None:
    """With uncertain weights: of free worlds keep those in which the landing happened."""
    weighed = run(armada, worlds=40_000, canon=LANDED)
    free = run(armada, worlds=200_000, seed=5, draws=2_000)
    kept = free.outcomes[free.table("crossing-1588-08").place] == 1
    for hinge in armada.hinges:
        results = free.outcomes[free.table(hinge.id).place][kept]
        for k in range(len(hinge.outcomes)):
            assert (results == k).mean() == pytest.approx(shares(weighed, hinge.id)[k], abs=0.025), hinge.id


def test_an_event_is_evidence_of_what_led_to_it_and_a_lever_is_not(armada: ScenarioModel) -> None:
    caught = Canon(outcomes={"plymouth-1588-07": "caught-in-harbour"})
    free, forced, given = run(armada), run(armada, levers=["harbour-attack"]), run(armada, canon=caught)
    assert shares(forced, "storm-1588-06").tolist() == shares(free, "storm-1588-06").tolist()
    # A fleet that held its course makes it likelier that the English are caught.
    assert shares(given, "storm-1588-06")[1] > shares(free, "storm-1588-06")[1] + 0.02


def test_a_lever_that_decides_a_canon_event_carries_no_weight(armada: ScenarioModel) -> None:
    caught = Canon(outcomes={"plymouth-1588-07": "caught-in-harbour"})
    both = run(armada, levers=["harbour-attack"], canon=caught)
    assert both.effective == pytest.approx(10_000)


def test_effective_worlds_fall_with_the_evidence(armada: ScenarioModel) -> None:
    free, landed = run(armada), run(armada, canon=LANDED)
    assert free.effective == 10_000
    assert 1_000 < landed.effective < 9_000
    assert landed.notices == []
    few = run(armada, worlds=200, canon=LANDED)
    assert "worth only" in few.notices[0]


def test_an_impossible_canon_is_said_so(armada: ScenarioModel) -> None:
    never = Canon(outcomes={"calais-1588-08": "fireships-towed-off", "gravelines-1588-08": "spanish-hold"})
    with pytest.raises(InputError, match="happens in none of"):
        run(armada, worlds=500, canon=never)


def test_a_driver_set_by_hand_stands_there_on_that_day(armada: ScenarioModel) -> None:
    setting = DriverSetting(driver="fleet-strength", date="1588-08-10", value=0.9)
    sampled = run(armada, worlds=500, canon=Canon(drivers=[setting]))
    assert np.allclose(sampled.state("fleet-strength", quarters(armada)[-1]), 0.9)
    moved = DriverSetting(driver="fleet-strength", date="1588-08-10", by=-0.1)
    both = run(armada, worlds=500, canon=Canon(drivers=[moved, setting]))
    assert np.allclose(both.state("fleet-strength", quarters(armada)[-1]), 0.8)


def test_a_bound_moves_the_question_to_its_day(certain_armada: ScenarioModel) -> None:
    """Decided before the storm, the crossing feels nothing of the Channel; its odds are those of the state in June."""
    early = Canon(bounds=[DateBound(hinge="crossing-1588-08", not_after="1588-06-01")])
    sampled = run(certain_armada, worlds=20_000, canon=early)
    table = sampled.table("crossing-1588-08")
    fleet = sampled.prepared.tables.drivers.index("fleet-strength")
    intercepts = sampled.prepared.intercepts[table.place].astype(float)
    logit = intercepts[1] - intercepts[0] + 1.8 * (0.2 - float(table.otl_state[fleet]))
    landed = sampled.outcome_odds("crossing-1588-08").outcomes["lands-in-kent"].value
    assert landed == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-4)
    assert landed != pytest.approx(
        run(certain_armada).outcome_odds("crossing-1588-08").outcomes["lands-in-kent"].value, abs=0.01
    )


def test_a_bound_that_the_date_keeps_changes_nothing(armada: ScenarioModel) -> None:
    kept = Canon(bounds=[DateBound(hinge="crossing-1588-08", not_before="1588-08", not_after="1588-08")])
    assert np.array_equal(run(armada, canon=kept).outcomes, run(armada).outcomes)


def test_a_bound_on_an_outcome_rules_it_out(armada: ScenarioModel) -> None:
    late = Canon(bounds=[DateBound(hinge="crossing-1588-08", outcome="lands-in-kent", not_before="1588-09")])
    sampled = run(armada, worlds=2_000, canon=late)
    assert shares(sampled, "crossing-1588-08").tolist() == [1, 0, 0]
    assert sampled.weights is not None
    assert sampled.weights.std() > 0


@pytest.mark.parametrize(
    ("canon", "said"),
    [
        (Canon(bounds=[DateBound(hinge="calais-1588-08", not_before="1588-10")]), "before calais-1588-08"),
        (Canon(bounds=[DateBound(hinge="peace-1589", not_before="1600")]), "after the end"),
        (Canon(excludes={"storm-1588-06": ["scattered", "holds-course"]}), "rules out every outcome"),
        (Canon(drivers=[DriverSetting(driver="x", date="1588", by=0.1)]), "no driver"),
    ],
)
def test_a_canon_that_does_not_fit_is_named(armada: ScenarioModel, canon: Canon, said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(armada, worlds=100, canon=canon)


def test_settings_and_bounds_say_one_thing() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        DriverSetting(driver="x", date="1588", by=0.1, value=0.1)
    with pytest.raises(ValidationError, match="not_before, not_after"):
        DateBound(hinge="x")
    with pytest.raises(ValidationError, match="cannot come"):
        DateBound(hinge="x", not_before="1589", not_after="1588")
