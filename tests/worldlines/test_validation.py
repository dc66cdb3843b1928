from __future__ import annotations

import numpy as np
import pytest

from assistant.worldlines import simulation
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.validation import validate


def test_a_sound_scenario_passes(armada: ScenarioModel) -> None:
    told: list[tuple[int, int]] = []
    report = validate(armada, worlds=10_000, progress=lambda done, total: told.append((done, total)))
    assert report.passed, [check for check in report.checks if not check.passed]
    assert len(report.checks) == 7
    assert told[-1] == (10, 10)
    assert {(entry.lever, entry.outcome) for entry in report.elasticities} == {
        (lever.id, outcome.id) for lever in armada.levers for outcome in armada.outcomes
    }
    deep = next(entry for entry in report.elasticities if (entry.lever, entry.outcome) == ("deep-port", "landing"))
    assert deep.log_odds > 1
    assert report.notices == []


@pytest.mark.parametrize("fault", ["luck", "weights"])
def test_a_broken_engine_does_not_pass(armada: ScenarioModel, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    if fault == "luck":
        monkeypatch.setattr(simulation, "choose", lambda odds, luck, shape: np.zeros(shape, dtype=np.int8))
    else:
        monkeypatch.setattr(simulation, "_condition", lambda step, odds, here, weights: list(odds))
    failed = {check.name for check in validate(armada, worlds=5_000).checks if not check.passed}
    expected = "sampling agrees with enumeration" if fault == "luck" else "conditioning agrees with enumeration"
    assert expected in failed


def test_a_lever_that_pulls_both_ways_is_pointed_out(armada: ScenarioModel) -> None:
    data = armada.model_dump(mode="json")
    lever = next(entry for entry in data["levers"] if entry["id"] == "harbour-attack")
    lever["sets"]["drivers"] = [{"driver": "english-readiness", "by": 0.2, "reason": "It stung them."}]
    report = validate(ScenarioModel.model_validate(data), worlds=2_000)
    assert any("harbour-attack moves english-readiness by +0.2" in notice for notice in report.notices)
