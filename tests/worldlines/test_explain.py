from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import InputError
from assistant.worldlines.calibration import prepare
from assistant.worldlines.engine import run
from assistant.worldlines.explain import explain, explain_run
from assistant.worldlines.model import ScenarioModel

LEVEL = st.floats(-1, 1)


def test_contributions_add_up_and_odds_sum_to_one(armada: ScenarioModel) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.fixed_dictionaries({"fleet-strength": LEVEL, "english-readiness": LEVEL}))
    def adds_up(state: dict[str, float]) -> None:
        found = explain(armada, "calais-1588-08", state)
        assert sum(entry.probability for entry in found) == pytest.approx(1)
        for entry in found:
            change = sum(part.change for part in entry.contributions)
            assert change == pytest.approx(entry.probability - entry.at_otl, abs=1e-9)

    adds_up()


def test_the_odds_are_those_of_the_softmax(armada: ScenarioModel) -> None:
    prepared = prepare(armada)
    table = prepared.tables.hinge("crossing-1588-08")
    ours = float(table.otl_state[prepared.tables.drivers.index("parma-ready")])
    intercepts = prepared.intercepts[table.place].astype(float)
    logits = intercepts + np.array([0, 2.0 * (0.5 - ours)])
    (stays, lands) = explain(armada, "crossing-1588-08", {"parma-ready": 0.5})
    assert lands.probability == pytest.approx(float(np.exp(logits[1]) / np.exp(logits).sum()))
    assert stays.outcome == "stays-in-flanders"
    fleet, parma = sorted(lands.contributions, key=lambda part: part.driver)
    # Only Parma's readiness differs from our timeline, so all of the change is its doing.
    assert fleet.change == pytest.approx(0)
    assert parma.change == pytest.approx(lands.probability - lands.at_otl)
    assert parma.log_odds == pytest.approx(2.0 * (0.5 - ours), abs=1e-6)
    assert parma.weights[0].reason == "It bore on the choice."
    assert lands.contributions[0].driver == "parma-ready"


def test_our_timeline_needs_no_explaining(armada: ScenarioModel) -> None:
    for entry in explain(armada, "calais-1588-08"):
        assert entry.probability == pytest.approx(entry.at_otl)
        assert all(part.change == pytest.approx(0) for part in entry.contributions)


def test_a_run_is_explained_at_its_mean_state(armada: ScenarioModel) -> None:
    sampled = run(armada, levers=["deep-port"])
    entry = explain_run(sampled, "crossing-1588-08")[1]
    assert entry.contributions[0].driver in {"parma-ready", "fleet-strength"}
    assert entry.probability > entry.at_otl
    place = sampled.prepared.tables.drivers.index("parma-ready")
    crossing = sampled.table("crossing-1588-08").place
    values = sampled.block.state(place, 10**6, strictly_before=crossing)
    assert {part.driver: part.state for part in entry.contributions}["parma-ready"] == pytest.approx(
        float(values.mean()), abs=1e-4
    )


def test_unknown_names_are_refused(armada: ScenarioModel) -> None:
    with pytest.raises(InputError, match="no driver"):
        explain(armada, "calais-1588-08", {"weather": 1.0})
    with pytest.raises(InputError, match="no hinge"):
        explain(armada, "nowhere")
