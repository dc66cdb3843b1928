"""A scenario of full size made of random numbers: for timing the engine without any shipped data."""

from __future__ import annotations

import datetime as dt
import random

from assistant.worldlines.model import ScenarioModel

__all__ = ["synthetic"]


def synthetic(seed: int = 1, hinges: int = 75, drivers: int = 18, weights: int = 3, levers: int = 30) -> ScenarioModel:
    """Return a scenario with so many hinges (two or three outcomes each), drivers, weights a hinge, and levers."""
    dice = random.Random(seed)
    names = [f"driver-{number:02d}" for number in range(drivers)]
    first = dt.date(1945, 5, 1)
    made = [_hinge(dice, number, names, first + dt.timedelta(days=50 * number), weights) for number in range(hinges)]
    return ScenarioModel.model_validate(
        {
            "scenario": {
                "id": "synthetic", "title": "Synthetic", "question": "?", "premise": "!",
                "pod": "1945-04-25", "start": "1945-04-25", "end": "1955-12-31",
            },
            "drivers": [
                {
                    "id": name, "title": name, "definition": "d", "plus": "p", "minus": "m",
                    "start": round(dice.uniform(-0.2, 0.5), 2), "reason": "r", "statement": "s", "lean": "yes", "brief": _brief(),
                }
                for name in names
            ],
            "hinges": made,
            "levers": [_lever(dice, number, made, names) for number in range(levers)],
            "outcomes": [_goal(names, made)],
        }
    )  # fmt: skip


def _brief() -> dict[str, object]:
    sentence = {"text": "t", "type": "invention"}
    return {"for": [sentence] * 2, "against": [sentence] * 2, "judgement": [sentence], "would_change": "w"}


def _hinge(dice: random.Random, number: int, names: list[str], date: dt.date, weights: int) -> dict[str, object]:
    outcomes = ["ours", "other", "third"][: dice.choice([2, 2, 3])]
    base = dice.uniform(0.5, 0.9)
    odds = [base, *([(1 - base) / (len(outcomes) - 1)] * (len(outcomes) - 1))]
    sentence = {"text": "t", "type": "invention"}
    tilted = dice.sample(names, weights)
    return {
        "id": f"hinge-{number:02d}",
        "title": "t",
        "date": date.isoformat(),
        "outcomes": [
            {
                "id": outcome,
                "title": "t",
                "kind": "documented" if place else "otl",
                "base": odds[place],
                "reason": "r",
                "effects": [
                    {"driver": name, "by": round((0.04 if place else -0.06) * dice.uniform(0.5, 2), 3), "reason": "r"}
                    for name in dice.sample(names, 4)
                ],
                "tellings": [{"title": "t", "sentences": [sentence] * 2}] * 2,
            }
            for place, outcome in enumerate(outcomes)
        ],
        "weights": [
            {"driver": name, "outcome": dice.choice(outcomes[1:]), "weight": 1.2, "spread": 0.4, "reason": "r"}
            for name in tilted
        ],
    }


def _lever(dice: random.Random, number: int, hinges: list[dict[str, object]], names: list[str]) -> dict[str, object]:
    hinge = hinges[2 * number % len(hinges)]
    return {
        "id": f"lever-{number:02d}", "title": "t", "statement": "s", "lean": "yes", "date": hinge["date"], "reason": "r",
        "plausibility": {"low": round(dice.uniform(0.05, 0.2), 2), "high": round(dice.uniform(0.2, 0.5), 2)},
        "sets": {
            "hinges": {hinge["id"]: "other"},
            "drivers": [{"driver": name, "by": 0.15, "reason": "r"} for name in dice.sample(names, 2)],
        },
        "brief": _brief(),
    }  # fmt: skip


def _goal(names: list[str], hinges: list[dict[str, object]]) -> dict[str, object]:
    return {
        "id": "amity", "title": "t", "statement": "s", "lean": "yes", "reason": "r",
        "test": {
            "all": [
                {"driver": names[0], "at": 1955, "at_least": -0.2},
                {"count": [{"driver": name, "at": 1955, "at_least": -0.2} for name in names[1:5]], "at_least": 2},
                {"hinge": hinges[40]["id"], "in": ["other"]},
            ]
        },
    }  # fmt: skip
