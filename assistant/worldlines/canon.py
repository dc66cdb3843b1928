"""What an author has accepted, as conditions on a run.

An accepted event is evidence: had another state of the world led up to it, it would have been less likely. So a
run is not only forced through the event, each world is also weighted by the probability that it gave to it, and every
statistic is weighted: that equals keeping, of freely run worlds, only those in which the event happened. (A lever is the
author's hand, not evidence; it forces without a weight.) Likewise for an outcome that canon rules out.

A bound on a hinge's date moves the question: one that cannot be decided before a day is decided on it, in the state
that the world has by then. A bound on one outcome's date rules the outcome out where the hinge lies beyond the bound.
A canon event that matches no hinge may set or move drivers by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from assistant.dates import earliest, latest
from assistant.errors import InputError
from assistant.records import Record
from assistant.worldlines.arithmetic import Bools
from assistant.worldlines.fields import FileDate
from assistant.worldlines.model import Hinge, ScenarioModel

__all__ = ["Canon", "Conditions", "DateBound", "DriverSetting", "conditions"]


class DateBound(Record):
    """A hinge, or one outcome of it, that comes not before or not after a date."""

    hinge: str
    outcome: str | None = None
    not_before: FileDate | None = None
    not_after: FileDate | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.not_before is None and self.not_after is None:
            raise ValueError(f"a bound on {self.hinge} needs not_before, not_after or both")
        if self.not_before and self.not_after and earliest(self.not_before) > latest(self.not_after):
            raise ValueError(f"{self.hinge} cannot come not before {self.not_before} and not after {self.not_after}")
        return self


class DriverSetting(Record):
    """A driver put at a value, or moved by an amount, by hand on a date."""

    driver: str
    date: FileDate
    value: Annotated[float, Field(ge=-1, le=1)] | None = None
    by: Annotated[float, Field(ge=-2, le=2)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.value is None) == (self.by is None):
            raise ValueError(f"the setting of {self.driver} needs exactly one of value and by")
        return self


class Canon(Record):
    """Accepted events: `outcomes` and `excludes` by hinge, bounds on dates, drivers set by hand."""

    outcomes: dict[str, str] = {}
    excludes: dict[str, list[str]] = {}
    bounds: list[DateBound] = []
    drivers: list[DriverSetting] = []


@dataclass(frozen=True)
class Conditions:
    """A canon by position: which outcomes are allowed, by place of the hinge, and days of hinges that it moved."""

    allowed: dict[int, Bools]
    days: dict[int, int]


def conditions(model: ScenarioModel, canon: Canon) -> Conditions:
    """Return the canon's conditions on the model's hinges.

    Raises:
        InputError: the canon names a hinge, an outcome or a driver that the model does not have, rules out every outcome
            of a hinge, or moves a hinge past one that depends on it or past the end.
    """
    places = {hinge.id: place for place, hinge in enumerate(model.hinges)}
    allowed: dict[int, Bools] = {}
    days: dict[int, int] = {}
    for name, outcome in sorted(canon.outcomes.items()):
        _restrict(model, places, allowed, name, [outcome], keep=True)
    for name, outcomes in sorted(canon.excludes.items()):
        _restrict(model, places, allowed, name, outcomes, keep=False)
    for bound in canon.bounds:
        hinge = _hinge(model, places, bound.hinge)
        moved = _moved(hinge, bound)
        if moved is None:
            continue
        if bound.outcome is not None:
            _restrict(model, places, allowed, bound.hinge, [bound.outcome], keep=False)
        else:
            days[places[bound.hinge]] = moved
    for setting in canon.drivers:
        if setting.driver not in {driver.id for driver in model.drivers}:
            raise InputError(f"The canon sets {setting.driver}, which is no driver of this scenario")
    _check_order(model, places, days)
    return Conditions(allowed, days)


def _hinge(model: ScenarioModel, places: dict[str, int], name: str) -> Hinge:
    if name not in places:
        raise InputError(f"The canon names {name}, which is no hinge of this scenario")
    return model.hinges[places[name]]


def _restrict(
    model: ScenarioModel,
    places: dict[str, int],
    allowed: dict[int, Bools],
    name: str,
    outcomes: list[str],
    *,
    keep: bool,
) -> None:
    hinge = _hinge(model, places, name)
    known = [outcome.id for outcome in hinge.outcomes]
    for outcome in outcomes:
        if outcome not in known:
            raise InputError(f"The canon names {outcome}, which is no outcome of {name}")
    mask = np.array([(outcome in outcomes) == keep for outcome in known])
    mask &= allowed.get(places[name], True)
    if not mask.any():
        raise InputError(f"The canon rules out every outcome of {name}")
    allowed[places[name]] = mask


def _moved(hinge: Hinge, bound: DateBound) -> int | None:
    """Return the day to which the bound moves the hinge; None where the hinge lies within it."""
    if bound.not_before is not None and latest(hinge.date) < earliest(bound.not_before):
        return earliest(bound.not_before).toordinal()
    if bound.not_after is not None and earliest(hinge.date) > latest(bound.not_after):
        return latest(bound.not_after).toordinal()
    return None


def _check_order(model: ScenarioModel, places: dict[str, int], days: dict[int, int]) -> None:
    def key(place: int) -> tuple[int, int]:
        return days.get(place, earliest(model.hinges[place].date).toordinal()), place

    end = latest(model.scenario.end).toordinal()
    for place, hinge in enumerate(model.hinges):
        for parent in hinge.arises:
            if key(places[parent]) > key(place):
                what = f"The canon's dates put {hinge.id} before {parent}, which it depends on"
                raise InputError(what, hint=f"Bound the date of {hinge.id} too")
        if days.get(place, end) > end:
            raise InputError(f"The canon's dates put {hinge.id} after the end of the scenario")
