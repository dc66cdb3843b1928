from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.worldlines.canon import Canon, DateBound, DriverSetting
from assistant.worldlines.chain import chain
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.walk import Walk, walk


def course(found: Walk) -> dict[str, str]:
    return {step.hinge: step.outcome for step in [*found.background, *found.steps]}


def test_the_likely_path_takes_the_likeliest_outcome_each_time(armada: ScenarioModel) -> None:
    found = walk(armada, "1588", "1590")
    assert course(found) == {hinge.id: hinge.otl.id for hinge in armada.hinges}
    assert not any(step.diverges for step in found.steps)
    opened = walk(armada, "1588", "1590", levers=["deep-port"])
    assert course(opened)["calais-1588-08"] == "anchors-hold"
    for step in [*found.steps, *opened.steps]:
        if len(armada.hinge(step.hinge).outcomes) == 2 and step.given is None:
            assert step.probability.value >= 0.5, step


def test_each_step_has_the_odds_that_the_chain_gives_it(armada: ScenarioModel) -> None:
    found = walk(armada, "1588", "1590", path="seed 4")
    linked = chain(armada, [(step.hinge, step.outcome) for step in found.steps], worlds=40_000, draws=400)
    for step, link in zip(found.steps, linked.steps, strict=True):
        assert link.probability is not None
        assert step.probability.value == pytest.approx(link.probability.value, abs=0.02), step.hinge
    values = [step.probability.value for step in found.steps]
    assert found.chain.value == pytest.approx(float(np.prod(values)), rel=1e-6)
    assert found.weakest == min(found.steps, key=lambda step: step.probability.value).hinge


def test_the_same_seed_walks_the_same_way_and_seeds_differ(armada: ScenarioModel) -> None:
    assert walk(armada, "1588", "1590", path="seed 3") == walk(armada, "1588", "1590", path="seed 3")
    assert len({tuple(course(walk(armada, "1588", "1590", path=f"seed {n}")).items()) for n in range(12)}) > 3


def test_seeds_walk_as_often_as_worlds_go(armada: ScenarioModel) -> None:
    """Over many seeds the paths taken follow the odds, under a canon too."""
    canon = Canon(outcomes={"crossing-1588-08": "lands-in-kent"})
    walks = [course(walk(armada, "1588", "1590", path=f"seed {n}", canon=canon)) for n in range(60)]
    assert {found["crossing-1588-08"] for found in walks} == {"lands-in-kent"}
    assert all("peace-1589" not in found for found in walks)
    held = sum(found["storm-1588-06"] == "holds-course" for found in walks)
    assert 0.25 < held / 60 < 0.75


def test_the_median_path_is_a_possible_one(armada: ScenarioModel) -> None:
    found = walk(armada, "1588", "1590", path="median")
    assert all(step.probability.value > 0 for step in found.steps)
    assert found == walk(armada, "1588", "1590", path="median")


def test_what_lies_before_the_start_is_background(armada: ScenarioModel) -> None:
    found = walk(armada, "1588-08", "1588-12-31")
    assert [step.hinge for step in found.background] == ["storm-1588-06", "plymouth-1588-07"]
    assert [step.hinge for step in found.steps] == ["calais-1588-08", "gravelines-1588-08", "crossing-1588-08"]
    assert walk(armada, "1589-06", "1590").steps[0].hinge == "peace-1589"


def test_causes_lead_back_to_earlier_steps_or_levers(armada: ScenarioModel) -> None:
    found = walk(armada, "1588", "1590", levers=["harbour-attack", "santa-cruz-lives"], path="seed 2")
    order = [step.hinge for step in found.steps]
    for place, step in enumerate(found.steps):
        for cause in step.causes:
            assert (
                cause.id in order[:place]
                if cause.kind == "hinge"
                else cause.id in {"harbour-attack", "santa-cruz-lives"}
            )
    harbour = found.steps[1]
    assert (harbour.given, harbour.causes[0].kind, harbour.causes[0].id) == ("lever", "lever", "harbour-attack")
    assert harbour.diverges


def test_a_lever_that_tilts_a_step_is_its_cause(armada: ScenarioModel) -> None:
    canon = Canon(outcomes={"crossing-1588-08": "lands-in-kent"})
    found = walk(armada, "1588", "1590", levers=["deep-port"], canon=canon)
    crossing = next(step for step in found.steps if step.hinge == "crossing-1588-08")
    assert crossing.given == "canon"
    top = crossing.causes[0]
    assert (top.kind, top.id, top.drivers) == ("lever", "deep-port", ["parma-ready"])
    # Parma's readiness was raised by 0.6 at a weight of 2; the slope of log p is that times 1 - p.
    assert top.log_odds == pytest.approx(1.2 * (1 - crossing.probability.value), rel=0.1)


def test_a_question_that_arises_names_what_let_it(armada: ScenarioModel) -> None:
    found = walk(armada, "1588", "1590")
    gravelines = next(step for step in found.steps if step.hinge == "gravelines-1588-08")
    assert gravelines.causes[0].id == "calais-1588-08"


def test_a_canon_set_driver_is_a_cause(armada: ScenarioModel) -> None:
    canon = Canon(drivers=[DriverSetting(driver="parma-ready", date="1588-08-01", value=1.0)])
    forced = walk(
        armada, "1588", "1590", canon=canon.model_copy(update={"outcomes": {"crossing-1588-08": "lands-in-kent"}})
    )
    crossing = next(step for step in forced.steps if step.hinge == "crossing-1588-08")
    assert (crossing.causes[0].kind, crossing.causes[0].id) == ("canon", "parma-ready")


def test_a_moved_date_shows(armada: ScenarioModel) -> None:
    canon = Canon(bounds=[DateBound(hinge="crossing-1588-08", not_before="1588-09-03")])
    found = walk(armada, "1588", "1590", canon=canon)
    assert next(step.date for step in found.steps if step.hinge == "crossing-1588-08") == "1588-09-03"


def test_tellings_exist_and_vary(armada: ScenarioModel) -> None:
    walks = [walk(armada, "1588", "1590", path=f"seed {n}") for n in range(6)]
    assert {step.telling for found in walks for step in found.steps} == {0, 1}


def test_what_cannot_be_walked_is_named(armada: ScenarioModel) -> None:
    with pytest.raises(InputError, match="no path"):
        walk(armada, "1588", "1590", path="scenic")
    with pytest.raises(InputError, match="before its start"):
        walk(armada, "1590", "1588")
