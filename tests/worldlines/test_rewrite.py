from __future__ import annotations

from itertools import combinations

import pytest

from assistant.errors import InputError
from assistant.worldlines.canon import Canon
from assistant.worldlines.engine import run
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.outcomes import outcome_probability
from assistant.worldlines.rewrite import RewriteSearch, premise, rewrite


def brute(model: ScenarioModel, outcome: str) -> list[tuple[float, float, list[str]]]:
    """Every set of levers in full, as (middle of the premise, probability, levers) on the frontier."""
    rows = []
    for size in range(4):
        for levers in combinations(model.levers, size):
            names = [lever.id for lever in levers]
            middle = 1.0
            for lever in levers:
                middle *= (lever.plausibility.low + lever.plausibility.high) / 2
            rows.append((middle, outcome_probability(run(model, levers=names), outcome).value, names))
    return [row for row in rows if not any(_betters(other, row) for other in rows)]


def _betters(one: tuple[float, float, list[str]], other: tuple[float, float, list[str]]) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[:2] != other[:2]


@pytest.mark.parametrize("outcome", ["landing", "fleet-in-being"])
def test_the_frontier_is_the_true_one(armada: ScenarioModel, outcome: str) -> None:
    found = rewrite(armada, outcome)
    assert [entry.levers for entry in found.frontier] == [
        row[2] for row in sorted(brute(armada, outcome), key=lambda r: -r[0])
    ]
    assert found.tried == 8
    assert found.frontier[0].levers == []
    assert found.frontier[0].outcome == found.unaided


def test_along_the_frontier_the_outcome_gets_likelier_as_the_premise_gets_rarer(armada: ScenarioModel) -> None:
    found = rewrite(armada, "landing").frontier
    assert [entry.outcome.value for entry in found] == sorted(entry.outcome.value for entry in found)
    assert [entry.premise.high for entry in found] == sorted((entry.premise.high for entry in found), reverse=True)


def test_plausibilities_are_multiplied(armada: ScenarioModel) -> None:
    both = premise([armada.lever("santa-cruz-lives"), armada.lever("deep-port")])
    assert both.low == pytest.approx(0.3 * 0.05)
    assert both.high == pytest.approx(0.6 * 0.2)
    assert premise([]).low == 1


def test_the_smallest_set_that_reaches_a_target(armada: ScenarioModel) -> None:
    one = rewrite(armada, "landing", target=0.2)
    assert [entry.levers for entry in one.smallest] == [["santa-cruz-lives"], ["deep-port"]]
    two = rewrite(armada, "landing", target=0.5)
    assert {len(entry.levers) for entry in two.smallest} == {2}
    assert all(entry.outcome.value >= 0.5 for entry in two.smallest)
    none = rewrite(armada, "landing", target=0.99)
    assert none.smallest == []
    assert "No set of up to 3 levers reaches a probability of 0.99" in none.notices


def test_levers_that_contradict_are_left_out(armada: ScenarioModel) -> None:
    data = armada.model_dump(mode="json")
    other = {**data["levers"][-1], "id": "open-sea"}
    other["sets"] = {"hinges": {"plymouth-1588-07": "gets-out"}}
    data["levers"].append(other)
    found = rewrite(ScenarioModel.model_validate(data), "landing", largest=4)
    assert found.contradictory > 0
    assert found.tried + found.contradictory == 16
    assert all(not {"harbour-attack", "open-sea"} <= set(entry.levers) for entry in found.frontier)
    against = rewrite(armada, "landing", canon=Canon(outcomes={"plymouth-1588-07": "gets-out"}))
    assert against.tried == 4
    assert against.contradictory == 4


def test_four_levers_are_tried_when_asked_for(armada: ScenarioModel) -> None:
    data = armada.model_dump(mode="json")
    fourth = {**data["levers"][-1], "id": "more-ships", "sets": {"drivers": data["levers"][0]["sets"]["drivers"]}}
    data["levers"].append(fourth)
    model = ScenarioModel.model_validate(data)
    assert rewrite(model, "landing").tried == 15
    four = rewrite(model, "landing", largest=4)
    assert four.tried == 16
    assert len(four.frontier[-1].levers) == 4


def test_neither_threads_nor_a_chosen_subset_change_a_figure(armada: ScenarioModel) -> None:
    one, two = (rewrite(armada, "landing", workers=workers) for workers in (1, 2))
    assert one == two
    few = rewrite(armada, "landing", levers=["deep-port"])
    assert _figure(few, ["deep-port"]) == outcome_probability(run(armada, levers=["deep-port"]), "landing").value


def _figure(found: RewriteSearch, levers: list[str]) -> float:
    return next(entry.outcome.value for entry in found.frontier if entry.levers == levers)


def test_progress_is_told_to_the_end(armada: ScenarioModel) -> None:
    told: list[tuple[int, int]] = []
    rewrite(armada, "landing", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (7, 7)


def test_under_a_canon_the_figures_are_conditioned(armada: ScenarioModel) -> None:
    canon = Canon(outcomes={"storm-1588-06": "holds-course"})
    found = rewrite(armada, "landing", canon=canon)
    assert found.unaided == outcome_probability(run(armada, canon=canon), "landing")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"largest": 5}, "1 to 4"), ({"target": 0.0}, "above 0"), ({"levers": ["x"]}, "no lever")],
)
def test_what_cannot_be_searched_is_named(armada: ScenarioModel, arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        rewrite(armada, "landing", **arguments)  # type: ignore[arg-type]
