from __future__ import annotations

import pytest

from assistant.dates import earliest
from assistant.records import Counterpart, Event, Probability, Sentence, SentenceType
from assistant.ui.charts import fan_chart, fan_rows, frontier_chart, pair_chart, pair_rows, swing_chart
from assistant.ui.rewriting import frontier_rows
from assistant.ui.timeline_chart import rows_of, timeline_chart
from assistant.worldlines.engine import Fan
from assistant.worldlines.estimates import Estimate
from assistant.worldlines.rewrite import LeverSet, RewriteSearch

FAN = Fan(
    driver="trust",
    dates=["1945-04-22", "1945-07-01"],
    otl=[0.3, 0.1],
    quantiles={10: [0.3, 0.0], 25: [0.3, 0.1], 50: [0.3, 0.2], 75: [0.3, 0.3], 90: [0.3, 0.4]},
)


def half(low: float, high: float) -> Probability:
    return Probability(low=low, high=high)


def event(name: str, date: str, *, diverges: bool = True) -> Event:
    return Event(
        id=name,
        date=date,
        precision="day",
        title=f"What happens in {name}, told at some length",
        sentences=[Sentence(text="It happens.", type=SentenceType.INVENTION)],
        causes=[],
        otl=Counterpart(text="It did not."),
        probability=None,
        diverges=diverges,
    )


def test_a_fan_shows_every_day_of_our_timeline_and_of_the_worlds() -> None:
    rows = fan_rows([FAN], {"trust": "Trust"})
    assert [(row["day"], row["ours"], row["p10"], row["p90"]) for row in rows] == [
        ("1945-04-22", 0.3, 0.3, 0.3),
        ("1945-07-01", 0.1, 0.0, 0.4),
    ]
    for single in (True, False):
        assert fan_chart(rows, single=single).to_dict()


def test_pairs_show_before_and_after_and_say_what_a_lever_decides() -> None:
    names = [("a", "First"), ("b", "Second"), ("gone", "Never arises")]
    before = {"a": half(0.1, 0.2), "b": half(0.6, 0.6)}
    rows = pair_rows(names, before, {"a": half(0.3, 0.5), "b": half(0.0, 0.0)}, {"b"})
    assert [(row["id"], row["series"], row["words"]) for row in rows] == [
        ("a", "nothing pulled", "10–20 %"),
        ("a", "levers pulled", "30–50 %"),
        ("b", "nothing pulled", "about 60 %"),
        ("b", "levers pulled", "decided by a lever"),
    ]
    assert {row["series"] for row in pair_rows(names, before, None)} == {"nothing pulled"}
    assert pair_chart(rows).to_dict()


def test_a_frontier_is_numbered_and_says_how_rare_a_premise_is() -> None:
    def found(*levers: str, premise: Probability) -> LeverSet:
        return LeverSet(levers=list(levers), premise=premise, outcome=Estimate(value=0.3, low=0.2, high=0.4))

    search = RewriteSearch(
        outcome="peace",
        unaided=Estimate(value=0.1, low=0.0, high=0.2),
        frontier=[
            found(premise=half(1, 1)),
            found("x", premise=half(0.2, 0.4)),
            found("x", "y", premise=half(0, 0.002)),
        ],
        tried=3,
        contradictory=0,
    )
    rows = frontier_rows(search, {"x": "X", "y": "Y"})
    assert [(row["number"], row["title"], row["premise_words"], row["size"]) for row in rows] == [
        (1, "nothing pulled", "about 100 %", 0),
        (2, "X", "20–40 %", 1),
        (3, "X + Y", "about 1 in 1,000", 2),
    ]
    assert all(float(str(row["premise_low"])) > 0 for row in rows), "the axis is logarithmic"
    assert frontier_chart(rows).to_dict()


def test_a_swing_is_drawn_from_low_to_high() -> None:
    assert swing_chart([{"title": "A weight", "lower": 0.2, "higher": 0.4}]).to_dict()


def test_the_timeline_shows_ours_below_and_the_other_above() -> None:
    accepted, proposed = event("a", "1945-05-12"), event("b", "1946-01", diverges=False)
    rows = rows_of([accepted], [proposed])
    assert [(row["kind"], int(str(row["lane"])) > 0) for row in rows] == [
        ("accepted, parts from ours", True),
        ("our timeline", False),
        ("proposed, as in ours", True),
    ]
    assert rows[2]["day"] == earliest("1946-01").isoformat()
    assert timeline_chart(rows).to_dict()


@pytest.mark.parametrize("count", [2, 7])
def test_events_of_one_week_do_not_share_a_lane_while_there_is_room(count: int) -> None:
    events = [event(f"e{number}", f"1945-05-{number + 1:02d}") for number in range(count)]
    events.append(event("last", "1949-12-31"))
    lanes = [row["lane"] for row in rows_of([], events) if int(str(row["lane"])) > 0][:count]
    assert len(set(lanes)) == min(count, 6)


def test_no_events_are_no_rows() -> None:
    assert rows_of([], []) == []
