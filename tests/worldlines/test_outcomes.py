from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dates import latest
from assistant.errors import InputError
from assistant.worldlines.canon import Canon
from assistant.worldlines.engine import Run, run
from assistant.worldlines.goal import AllOf, AnyOf, CountOf, DriverTest, HingeTest, Not, Test
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.outcomes import holds, outcome_probabilities, outcome_probability


def true_in(sampled: Run, world: int, test: Test) -> bool:
    """The same tests in plain Python, one world at a time."""
    if isinstance(test, AllOf):
        return all(true_in(sampled, world, part) for part in test.all)
    if isinstance(test, AnyOf):
        return any(true_in(sampled, world, part) for part in test.any)
    if isinstance(test, Not):
        return not true_in(sampled, world, test.not_)
    if isinstance(test, CountOf):
        count = sum(true_in(sampled, world, part) for part in test.count)
        return (test.at_least is None or count >= test.at_least) and (test.at_most is None or count <= test.at_most)
    if isinstance(test, HingeTest):
        table = sampled.table(test.hinge)
        number = sampled.outcomes[table.place, world]
        came = number >= 0 and table.outcomes[number] in test.names
        return came if test.in_ is not None else not came
    value = sampled.state(test.driver, latest(test.at))[world]
    return (test.at_least is None or value >= test.at_least - 1e-6) and (
        test.at_most is None or value <= test.at_most + 1e-6
    )


LEAVES = st.one_of(
    st.sampled_from(
        [
            HingeTest(hinge="gravelines-1588-08", in_=["spanish-hold"]),
            HingeTest(hinge="gravelines-1588-08", unless=["spanish-hold"]),
            HingeTest(hinge="calais-1588-08", in_=["broken", "anchors-hold"]),
        ]
    ),
    st.builds(
        DriverTest,
        driver=st.sampled_from(["fleet-strength", "faith-in-victory"]),
        at=st.sampled_from(["1588-07", "1588", "1590"]),
        at_least=st.sampled_from([-0.2, 0.0, 0.2]),
    ),
)
TESTS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(AllOf, all=st.lists(parts, min_size=1, max_size=3)),
        st.builds(AnyOf, any=st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part: Not(not_=part), parts),
        st.builds(
            CountOf, count=st.lists(parts, min_size=1, max_size=3), at_least=st.just(1), at_most=st.integers(1, 3)
        ),
    ),
    max_leaves=6,
)


def test_any_test_is_what_it_says_world_by_world(armada: ScenarioModel) -> None:
    sampled = run(armada, worlds=60)

    @settings(max_examples=60, deadline=None)
    @given(TESTS)
    def agrees(test: Test) -> None:
        fast = holds(sampled.block, test).reshape(-1)
        assert fast.tolist() == [true_in(sampled, world, test) for world in range(60)]

    agrees()


def test_a_day_counts_to_its_end(armada: ScenarioModel) -> None:
    """`at: 1588` is the last day of 1588; a hinge of 30 July is in the state of 30 July."""
    sampled = run(armada, worlds=100, levers=["harbour-attack"])
    before, on = (sampled.state("english-readiness", dt.date(1588, 7, day)) for day in (29, 30))
    assert (on < before).all()


def test_probabilities_follow_the_canon(armada: ScenarioModel) -> None:
    landed = run(armada, canon=Canon(outcomes={"crossing-1588-08": "lands-in-kent"}))
    assert outcome_probability(landed, "landing").value == pytest.approx(1)
    assert set(outcome_probabilities(run(armada))) == {"landing", "fleet-in-being"}


def test_an_unknown_outcome_is_refused_and_those_known_are_named(armada: ScenarioModel) -> None:
    with pytest.raises(InputError, match="fleet-in-being, landing"):
        outcome_probability(run(armada, worlds=100), "peace")
