from __future__ import annotations

import pytest

from assistant.errors import InputError
from assistant.worldlines.canon import Canon
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.sensitivity import sensitivity


def test_every_weight_tried_puts_the_truly_heaviest_first(armada: ScenarioModel) -> None:
    """The first look may misorder; but what it puts on top must be among the heaviest of all when all are tried."""
    everything = sensitivity(armada, "landing", top=100)
    assert len(everything) == sum(len(hinge.weights) for hinge in armada.hinges)
    changes = [abs(entry.change) for entry in everything]
    assert changes == sorted(changes, reverse=True)
    few = sensitivity(armada, "landing", top=4)
    assert (few[0].hinge, few[0].weight.driver) == (everything[0].hinge, everything[0].weight.driver)
    assert few[0].hinge == "crossing-1588-08"


def test_a_weight_after_the_outcome_changes_nothing(armada: ScenarioModel) -> None:
    late = [entry for entry in sensitivity(armada, "landing", top=100) if entry.hinge == "peace-1589"]
    assert [entry.change for entry in late] == [0]


def test_levers_and_canon_count(armada: ScenarioModel) -> None:
    forced = sensitivity(armada, "landing", canon=Canon(outcomes={"crossing-1588-08": "lands-in-kent"}))
    assert all(entry.change == pytest.approx(0) for entry in forced)
    assert sensitivity(armada, "landing", levers=["deep-port"])[0].change != 0


def test_an_unknown_outcome_is_refused(armada: ScenarioModel) -> None:
    with pytest.raises(InputError, match="no outcome"):
        sensitivity(armada, "x")
