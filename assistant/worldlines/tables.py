"""A scenario as arrays: what the simulation needs of each hinge, by position instead of by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.dates import earliest
from assistant.worldlines.arithmetic import Bools, Floats, Floats64
from assistant.worldlines.model import Hinge, ScenarioModel

__all__ = ["HingeTable", "Tables", "Tilt", "clip", "tabulate"]

_LEAST, _MOST = np.float32(-1), np.float32(1)


@dataclass(frozen=True)
class Tilt:
    """One weight: positions of its driver and outcome, mean and spread in log-odds, and the name of its random stream."""

    driver: int
    outcome: int
    weight: float
    spread: float
    name: str


@dataclass(frozen=True)
class HingeTable:
    """One hinge.

    Outcomes are numbered in the record's order, our timeline's first; a hinge that did not arise has the outcome -1, which
    as an index means the last column of each table.

    Attributes:
        place: its position among the hinges in date order.
        day: ordinal of the first day that its date can mean.
        base: (K,) base odds.
        tilts: its weights.
        moves: position of each driver that it moves, with a (K + 1,) table of the move by outcome, the last one 0.
        arises: place of each earlier hinge that it depends on, with a (K' + 1,) table of which outcomes let it arise.
        otl_state: (D,) our timeline's state when the question comes up.
    """

    id: str
    place: int
    day: int
    outcomes: tuple[str, ...]
    base: Floats64
    tilts: tuple[Tilt, ...]
    moves: tuple[tuple[int, Floats], ...]
    arises: tuple[tuple[int, Bools], ...]
    otl_state: Floats


@dataclass(frozen=True)
class Tables:
    """A whole scenario: driver names in order with their start, and the hinges in date order."""

    drivers: tuple[str, ...]
    start: Floats
    hinges: tuple[HingeTable, ...]

    def hinge(self, name: str) -> HingeTable:
        """Return the table of the hinge with this id (KeyError where there is none)."""
        for hinge in self.hinges:
            if hinge.id == name:
                return hinge
        raise KeyError(name)


def clip(state: Floats) -> Floats:
    """Hold driver values within -1..1, in place, and return them."""
    return np.clip(state, _LEAST, _MOST, out=state)


def tabulate(model: ScenarioModel) -> Tables:
    """Return the tables of a checked model, with our timeline's state carried from hinge to hinge."""
    drivers = {driver.id: place for place, driver in enumerate(model.drivers)}
    places = {hinge.id: place for place, hinge in enumerate(model.hinges)}
    start = np.array([driver.start for driver in model.drivers], dtype=np.float32)
    state = start.copy()
    tables: list[HingeTable] = []
    for place, hinge in enumerate(model.hinges):
        table = _table(hinge, place, drivers, places, tables, state.copy())
        tables.append(table)
        for driver, by in table.moves:
            state[driver] += by[0]
        clip(state)
    return Tables(tuple(drivers), start, tuple(tables))


def _table(
    hinge: Hinge,
    place: int,
    drivers: dict[str, int],
    places: dict[str, int],
    earlier: list[HingeTable],
    otl_state: Floats,
) -> HingeTable:
    names = tuple(outcome.id for outcome in hinge.outcomes)
    moved = sorted({effect.driver for outcome in hinge.outcomes for effect in outcome.effects})
    moves = {name: np.zeros(len(names) + 1, dtype=np.float32) for name in moved}
    for number, outcome in enumerate(hinge.outcomes):
        for effect in outcome.effects:
            moves[effect.driver][number] = effect.by
    arises = []
    for name, wanted in sorted(hinge.arises.items()):
        parent = earlier[places[name]]
        arises.append((parent.place, np.array([*(known in wanted for known in parent.outcomes), False])))
    tilts = tuple(
        Tilt(
            drivers[weight.driver],
            names.index(weight.outcome),
            weight.weight,
            weight.spread,
            f"weight {hinge.id} {weight.driver} {weight.outcome}",
        )
        for weight in hinge.weights
    )
    return HingeTable(
        id=hinge.id,
        place=place,
        day=earliest(hinge.date).toordinal(),
        outcomes=names,
        base=np.array([outcome.base for outcome in hinge.outcomes], dtype=np.float64),
        tilts=tilts,
        moves=tuple((drivers[name], moves[name]) for name in moved),
        arises=tuple(arises),
        otl_state=otl_state,
    )
