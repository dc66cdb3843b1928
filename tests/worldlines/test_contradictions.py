"""Levers that no hinge shows to exclude each other, but that cannot both be true."""

import pytest

from assistant.errors import InputError
from assistant.worldlines.crosscheck import problems
from assistant.worldlines.engine import run
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import contradiction
from assistant.worldlines.rewrite import rewrite


def contradicting(model: ScenarioModel, one: str, *others: str) -> ScenarioModel:
    levers = [
        lever.model_copy(update={"contradicts": list(others)}) if lever.id == one else lever for lever in model.levers
    ]
    return model.model_copy(update={"levers": levers})


def test_they_are_not_pulled_together_nor_searched(armada: ScenarioModel) -> None:
    first, second = armada.levers[0], armada.levers[1]
    model = contradicting(armada, first.id, second.id)
    found = [model.lever(first.id), model.lever(second.id)]
    assert contradiction(model, found) is not None
    with pytest.raises(InputError, match="cannot both be true"):
        run(model, levers=[first.id, second.id], worlds=200)
    search = rewrite(model, model.outcomes[0].id, worlds=200, screening=50, refined=5)
    assert not any({first.id, second.id} <= set(row.levers) for row in search.frontier)
    assert search.contradictory > 0


def test_a_contradiction_of_nothing_is_a_fault(armada: ScenarioModel) -> None:
    model = contradicting(armada, armada.levers[0].id, "no-such-lever")
    assert any("no other lever" in what for _, _, what in problems(model))
