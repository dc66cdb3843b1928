from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.worldlines.calibration import Prepared, prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import draw
from assistant.worldlines.engine import Run, quarters, run
from assistant.worldlines.enumeration import Enumeration, enumerate_worlds
from assistant.worldlines.estimates import from_groups, from_worlds, weighted_quantiles
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import plan, pulled


def enumerated(model: ScenarioModel, levers: tuple[str, ...] = (), canon: Canon | None = None) -> Enumeration:
    prepared = prepare(model)
    return enumerate_worlds(prepared, plan(model, prepared.tables, [pulled(model, levers)], canon or Canon()))


def assert_agrees(sampled: Run, exact: Enumeration, sigmas: float = 4.5) -> None:
    for hinge in sampled.model.hinges:
        results = sampled.outcomes[sampled.table(hinge.id).place]
        for k, share in zip((*range(len(hinge.outcomes)), -1), exact.odds(hinge.id), strict=True):
            found = np.average(results == k, weights=sampled.weights)
            error = np.sqrt(max(share * (1 - share), 1 / sampled.effective) / sampled.effective)
            assert abs(found - share) < sigmas * error, (hinge.id, k, found, share)


def test_the_same_seed_gives_the_same_worlds_and_another_does_not(armada: ScenarioModel) -> None:
    one, again, other = (run(armada, worlds=2_000, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.outcomes, again.outcomes)
    assert not np.array_equal(one.outcomes, other.outcomes)


def test_the_worlds_of_a_seed_are_the_same_on_every_machine(armada: ScenarioModel) -> None:
    # Written down once: it must hold on every processor and system.
    digest = hashlib.sha256(run(armada, worlds=10_000, seed=1).outcomes.tobytes()).hexdigest()
    assert digest == PINNED


def test_without_levers_the_base_odds_come_out(armada: ScenarioModel) -> None:
    sampled = run(armada, worlds=40_000)
    for hinge in armada.hinges:
        for outcome in hinge.outcomes:
            assert sampled.outcome_odds(hinge.id).outcomes[outcome.id].value == pytest.approx(outcome.base, abs=0.01)


def test_uncalibrated_odds_would_not(armada: ScenarioModel) -> None:
    """The offsets do something: with log(base) alone the crossing is likelier than stated."""
    prepared = prepare(armada)
    place = prepared.tables.hinge("crossing-1588-08").place
    assert abs(prepared.intercepts[place][1] - np.log(0.15)) > 0.05


def test_odds_of_a_hinge_sum_to_one(armada: ScenarioModel) -> None:
    for sampled in (
        run(armada, worlds=2_000),
        run(armada, worlds=2_000, canon=Canon(outcomes={"storm-1588-06": "holds-course"})),
    ):
        for hinge in armada.hinges:
            odds = sampled.outcome_odds(hinge.id).outcomes
            assert sum(estimate.value for estimate in odds.values()) == pytest.approx(1, abs=1e-6)
            assert all(0 <= entry.low <= entry.value <= entry.high <= 1 for entry in odds.values())


@pytest.mark.parametrize("levers", [(), ("deep-port",), ("harbour-attack", "santa-cruz-lives")])
def test_a_hundred_thousand_worlds_agree_with_enumeration(
    certain_armada: ScenarioModel, levers: tuple[str, ...]
) -> None:
    sampled = run(certain_armada, worlds=100_000, seed=11, levers=levers)
    assert_agrees(sampled, enumerated(certain_armada, levers))


def test_enumeration_is_a_product_of_odds_told_by_hand(certain_armada: ScenarioModel) -> None:
    """Two hinges by hand, in plain Python: the storm, then Plymouth in each of its two states."""
    exact = enumerated(certain_armada)
    prepared = prepare(certain_armada)
    names = prepared.tables.drivers
    table = prepared.tables.hinge("plymouth-1588-07")
    caught = 0.0
    for share, fleet, ready in ((0.6, 0.0, 0.2), (0.4, 0.3, 0.1)):
        away_ready = ready - float(table.otl_state[names.index("english-readiness")])
        away_fleet = fleet - float(table.otl_state[names.index("fleet-strength")])
        logit = float(prepared.intercepts[table.place][1]) - 2.0 * away_ready + 1.5 * away_fleet
        ours = float(prepared.intercepts[table.place][0])
        caught += share * np.exp(logit) / (np.exp(logit) + np.exp(ours))
    assert exact.odds("plymouth-1588-07")[1] == pytest.approx(caught, abs=1e-6)
    assert exact.chances.sum() == pytest.approx(1)


def test_levers_share_their_luck(armada: ScenarioModel) -> None:
    """What lies before a lever's date is the same in every world, with it and without."""
    free, attacked = run(armada, worlds=2_000), run(armada, worlds=2_000, levers=["harbour-attack"])
    storm, harbour = free.table("storm-1588-06").place, free.table("plymouth-1588-07").place
    assert np.array_equal(free.outcomes[storm], attacked.outcomes[storm])
    assert (attacked.outcomes[harbour] == 1).all()
    changed = (free.outcomes != attacked.outcomes).any(axis=0)
    already = free.outcomes[harbour] == 1
    assert not changed[already].any()


def test_an_excluded_outcome_never_happens(armada: ScenarioModel) -> None:
    opened = run(armada, worlds=5_000, levers=["deep-port"])
    assert not (opened.outcomes[opened.table("calais-1588-08").place] == 0).any()
    odds = opened.outcome_odds("calais-1588-08").outcomes
    assert odds["broken"].value == 0
    assert odds["anchors-hold"].value + odds["fireships-towed-off"].value == pytest.approx(1)


def test_a_question_arises_only_where_its_parents_let_it(armada: ScenarioModel) -> None:
    sampled = run(armada, worlds=5_000)
    calais = sampled.outcomes[sampled.table("calais-1588-08").place]
    gravelines = sampled.outcomes[sampled.table("gravelines-1588-08").place]
    towed = armada.hinge("calais-1588-08").outcomes.index(armada.hinge("calais-1588-08").outcome("fireships-towed-off"))
    assert np.array_equal(gravelines == -1, calais == towed)
    assert sampled.outcome_odds("gravelines-1588-08").arises.value == pytest.approx(0.85, abs=0.02)


def test_states_follow_from_outcomes(armada: ScenarioModel) -> None:
    """One driver replayed in plain Python, world by world."""
    sampled = run(armada, worlds=300, levers=["santa-cruz-lives"])
    end = quarters(armada)[-1]
    values = sampled.state("fleet-strength", end)
    for world in range(0, 300, 7):
        value = 0.2 + 0.2
        for hinge in armada.hinges:
            k = sampled.outcomes[sampled.table(hinge.id).place, world]
            moves = {effect.driver: effect.by for effect in hinge.outcomes[k].effects} if k >= 0 else {}
            value = min(1, max(-1, value + moves.get("fleet-strength", 0)))
        assert values[world] == pytest.approx(value, abs=1e-6)


def test_a_fan_has_ordered_quantiles_and_our_timeline(armada: ScenarioModel) -> None:
    fan = run(armada, worlds=2_000).driver_fan("fleet-strength")
    rows = np.array([fan.quantiles[q] for q in (10, 25, 50, 75, 90)])
    assert (np.diff(rows, axis=0) >= 0).all()
    assert fan.dates[0] == "1588-05-28"
    assert fan.dates[-1] == "1590-12-31"
    assert "1588-07-01" in fan.dates
    assert rows[:, 0].tolist() == pytest.approx([0.2] * 5)
    assert fan.otl[-1] == pytest.approx(0.2 - 0.2 - 0.3 - 0.2)


def test_a_weighted_fan_equals_the_one_of_the_worlds_kept(armada: ScenarioModel) -> None:
    canon = Canon(outcomes={"crossing-1588-08": "lands-in-kent"})
    weighed = run(armada, worlds=40_000, canon=canon).driver_fan("fleet-strength")
    free = run(armada, worlds=40_000, seed=9)
    kept = free.outcomes[free.table("crossing-1588-08").place] == 1
    values = free.state("fleet-strength", quarters(armada)[-1])[kept]
    assert np.median(values) == pytest.approx(weighed.quantiles[50][-1], abs=0.06)


def test_ranges_narrow_where_weights_are_certain(armada: ScenarioModel, certain_armada: ScenarioModel) -> None:
    wide = run(armada, worlds=20_000).outcome_odds("crossing-1588-08").outcomes["lands-in-kent"]
    narrow = run(certain_armada, worlds=20_000).outcome_odds("crossing-1588-08").outcomes["lands-in-kent"]
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_luck_within_groups_is_no_range() -> None:
    luck = np.random.default_rng(1).random((100, 100)) < 0.4
    found = from_worlds(luck, None)
    raw = np.quantile(luck.mean(axis=1), [0.1, 0.9])
    assert found.high - found.low < 0.4 * (raw[1] - raw[0])
    apart = np.random.default_rng(1).random((100, 100)) < np.linspace(0.2, 0.6, 100)[:, None]
    found = from_worlds(apart, None)
    assert found.low == pytest.approx(0.24, abs=0.02)
    assert found.high == pytest.approx(0.56, abs=0.02)


def test_equal_weights_give_plain_quantiles() -> None:
    values = np.arange(101, dtype=np.float64)
    assert weighted_quantiles(values, np.ones(101), [0.1, 0.5]) == pytest.approx([9.6, 50.0])
    assert from_groups(np.array([0.2, 0.4]), np.array([3.0, 1.0]), np.zeros(2)).value == pytest.approx(0.25)


def test_calibration_is_kept_on_disk_and_a_damaged_file_is_made_anew(armada: ScenarioModel, tmp_path: Path) -> None:
    data = armada.model_dump(mode="json")
    data["scenario"]["title"] = "Another hash"
    model = ScenarioModel.model_validate(data)
    first = prepare(model, tmp_path / "cache")
    (saved,) = (tmp_path / "cache").iterdir()
    offsets = json.loads(saved.read_text("utf-8"))
    assert len(offsets) == len(model.hinges)
    assert same(first, prepare(armada))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / saved.name).write_text("[[0.0", "utf-8")
    assert same(prepare(model, broken), first)
    assert json.loads((broken / saved.name).read_text("utf-8")) == offsets


def same(one: Prepared, other: Prepared) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.intercepts, other.intercepts, strict=True))


def test_draws_of_a_weight_are_mirrored_and_have_its_spread(armada: ScenarioModel) -> None:
    tables = prepare(armada).tables
    luck = draw(tables, 5, 4_000, 1)
    place = tables.hinge("plymouth-1588-07").place
    for tilt, row in zip(tables.hinges[place].tilts, luck.weights[place], strict=True):
        assert row.mean() == pytest.approx(tilt.weight, abs=1e-4)
        assert row.std() == pytest.approx(tilt.spread, rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"levers": ["horse"]}, "horse is no lever"),
        ({"worlds": 0}, "at least one world"),
        ({"canon": Canon(outcomes={"x": "y"})}, "x, which is no hinge"),
        ({"canon": Canon(outcomes={"storm-1588-06": "y"})}, "no outcome of storm"),
        ({"levers": ["harbour-attack"], "canon": Canon(outcomes={"plymouth-1588-07": "gets-out"})}, "rule out"),
    ],
)
def test_what_cannot_be_run_is_named(armada: ScenarioModel, arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(armada, **arguments)  # type: ignore[arg-type]


def test_unknown_names_are_refused(armada: ScenarioModel) -> None:
    sampled = run(armada, worlds=100)
    with pytest.raises(InputError, match="no hinge"):
        sampled.outcome_odds("nowhere")
    with pytest.raises(InputError, match="no driver"):
        sampled.driver_fan("weather")


PINNED = "da0622070ee035c26e2147991e03f5bb8663fc1cbb76aa7400be3e895dedea06"
