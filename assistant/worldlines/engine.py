"""Runs a scenario: many sampled world-lines, and what can be read off them.

Worlds are arranged as a number of draws of the uncertain weights (100 by default) with an equal number of worlds
for each, so that every figure comes with the range that the weights' uncertainty leaves it (see `estimates`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.dates import earliest, latest
from assistant.errors import InputError
from assistant.records import Record
from assistant.worldlines.arithmetic import Floats, Floats64, Outcomes
from assistant.worldlines.calibration import Prepared, prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import draw
from assistant.worldlines.estimates import Estimate, certain, from_sums, from_worlds, weighted_quantiles
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.plan import plan, pulled
from assistant.worldlines.simulation import Block, simulate
from assistant.worldlines.tables import HingeTable, clip

__all__ = ["Fan", "HingeOdds", "Run", "effective_worlds", "quarters", "run"]

QUANTILES = (10, 25, 50, 75, 90)
THIN = 300
"""With fewer effective worlds than this a conditioned run says how few they are."""


class HingeOdds(Record):
    """How a hinge comes out: how often it arises, and the odds of each outcome given that it does."""

    hinge: str
    arises: Estimate
    outcomes: dict[str, Estimate]


class Fan(Record):
    """A driver over time: `otl` is our timeline's value, `quantiles` the worlds' percentile by percentile, at each date."""

    driver: str
    dates: list[str]
    otl: list[float]
    quantiles: dict[int, list[float]]


@dataclass(frozen=True)
class Run:
    """Sampled worlds of a scenario.

    Attributes:
        model: what was run.
        prepared: its tables and calibrated odds.
        block: the worlds, outcomes shaped (H, 1, G, P).
        seed: what the luck was drawn from.
        levers: ids of the levers pulled, in the model's order.
        canon: what was conditioned on.
        notices: what a reader of the figures must know.
    """

    model: ScenarioModel
    prepared: Prepared
    block: Block
    seed: int
    levers: tuple[str, ...]
    canon: Canon
    notices: list[str] = field(default_factory=list)

    @property
    def outcomes(self) -> Outcomes:
        """(H, N) outcome of each hinge in each world, by the position of both in the model; -1 where it did not arise."""
        return self.block.outcomes.reshape(len(self.block.outcomes), -1)

    @property
    def weights(self) -> Floats64 | None:
        """(N,) importance weight of each world; None where all are equal."""
        return None if self.block.weights is None else self.block.weights.reshape(-1)

    @property
    def effective(self) -> float:
        """How many equally weighted worlds these are worth."""
        return effective_worlds(self.block)

    def table(self, hinge: str) -> HingeTable:
        """Return the table of a hinge.

        Raises:
            InputError: the scenario has no such hinge.
        """
        try:
            return self.prepared.tables.hinge(hinge)
        except KeyError:
            raise InputError(f"{hinge} is no hinge of this scenario") from None

    def outcome_odds(self, hinge: str) -> HingeOdds:
        """Return how the hinge comes out in these worlds, given everything that the canon says, before and after it.

        Without a canon the figures are means of the probabilities that the worlds gave, which scatter less than counts.
        """
        table = self.table(hinge)
        if self.block.weights is not None or self._forced(table):
            return self._counted(table)
        tally = self.block.tallies[table.place]
        arises = certain(1.0)
        if table.arises:
            here = self.block.outcomes[table.place, 0] >= 0
            arises = from_worlds(here, None)
        if not tally.arose.sum():
            return HingeOdds(hinge=hinge, arises=arises, outcomes={})
        odds = {
            name: from_sums(tally.arose, tally.arose_squared, tally.first[k], tally.first[k], tally.second[k])
            for k, name in enumerate(table.outcomes)
        }
        return HingeOdds(hinge=hinge, arises=arises, outcomes=odds)

    def _forced(self, table: HingeTable) -> bool:
        pulled_here = (self.model.lever(name).sets.hinges for name in self.levers)
        return any(table.id in hinges for hinges in pulled_here)

    def _counted(self, table: HingeTable) -> HingeOdds:
        results = self.block.outcomes[table.place, 0]
        weights = None if self.block.weights is None else self.block.weights[0]
        here = results >= 0
        arises = from_worlds(here, weights) if table.arises else certain(1.0)
        came_up = here.astype(np.float64) if weights is None else weights * here
        if not came_up.sum():
            return HingeOdds(hinge=table.id, arises=arises, outcomes={})
        odds = {}
        for k, name in enumerate(table.outcomes):
            chosen = results == k
            share = float((came_up * chosen).sum() / came_up.sum())
            # All worlds or none: decided by a lever, by the canon or by the odds themselves.
            odds[name] = certain(round(share)) if share in (0.0, 1.0) else from_worlds(chosen, came_up)
        return HingeOdds(hinge=table.id, arises=arises, outcomes=odds)

    def state(self, driver: str, day: dt.date) -> Floats:
        """Return (N,) values of a driver at the end of a day."""
        return self.block.state(self._driver(driver), day.toordinal()).reshape(-1)

    def mean_state(self, hinge: str) -> dict[str, float]:
        """Return each driver's weighted mean just before the hinge, over the worlds in which it arises.

        Raises:
            InputError: the scenario has no such hinge, or it arises in no world.
        """
        table = self.table(hinge)
        here = (self.block.outcomes[table.place] >= 0).reshape(-1).astype(np.float64)
        if self.weights is not None:
            here *= self.weights
        if not here.sum():
            raise InputError(f"{hinge} arises in none of these worlds")
        end = latest(self.model.scenario.end).toordinal()
        means = {}
        for place, name in enumerate(self.prepared.tables.drivers):
            values = self.block.state(place, end, strictly_before=table.place).reshape(-1)
            means[name] = float((values * here).sum() / here.sum())
        return means

    def driver_fan(self, driver: str) -> Fan:
        """Return the driver's percentiles at the start, at each quarter and at the end of the scenario."""
        place = self._driver(driver)
        days = quarters(self.model)
        paths = self.block.path(place, [day.toordinal() for day in days])
        weights = self.weights
        at = [quantile / 100 for quantile in QUANTILES]
        rows = [weighted_quantiles(path.reshape(-1).astype(np.float64), weights, at) for path in paths]
        quantiles = {quantile: [row[column] for row in rows] for column, quantile in enumerate(QUANTILES)}
        return Fan(
            driver=driver, dates=[day.isoformat() for day in days], otl=self._otl(place, days), quantiles=quantiles
        )

    def _otl(self, place: int, days: Sequence[dt.date]) -> list[float]:
        value = self.prepared.tables.start[place : place + 1].copy()
        steps = [
            (hinge.day, by[0]) for hinge in self.prepared.tables.hinges for moved, by in hinge.moves if moved == place
        ]
        values: list[float] = []
        for day in days:
            while steps and steps[0][0] <= day.toordinal():
                value += steps.pop(0)[1]
                clip(value)
            values.append(float(value[0]))
        return values

    def _driver(self, name: str) -> int:
        if name not in self.prepared.tables.drivers:
            raise InputError(f"{name} is no driver of this scenario")
        return self.prepared.tables.drivers.index(name)


def run(
    model: ScenarioModel,
    *,
    worlds: int = 10_000,
    seed: int = 1,
    levers: Sequence[str] = (),
    canon: Canon | None = None,
    draws: int = 100,
    cache_dir: Path | None = None,
) -> Run:
    """Sample worlds. The same arguments give the same worlds on every machine.

    Args:
        model: a checked scenario.
        worlds: how many; rounded up to fill the draws, of which there are fewer where there are under ten worlds for each.
        seed: what the luck is drawn from; runs that share it share all their luck, whatever levers are pulled.
        levers: ids of levers pulled. A hinge that a lever decides must still arise to be decided.
        canon: accepted events to condition on.
        draws: how many draws of the uncertain weights.
        cache_dir: a folder in which calibrated offsets are kept between processes.

    Raises:
        InputError: an unknown lever, levers that contradict each other or the canon, a canon that does not fit the
            model or that happens in none of the worlds.
    """
    if worlds < 1 or draws < 1:
        raise InputError(f"A run needs at least one world and one draw, not {worlds} and {draws}")
    canon = canon or Canon()
    prepared = prepare(model, cache_dir)
    chosen = pulled(model, levers)
    groups = min(draws, max(1, worlds // 10))
    luck = draw(prepared.tables, seed, groups, -(-worlds // groups))
    block = simulate(
        prepared.tables, prepared.intercepts, luck, plan(model, prepared.tables, [chosen], canon), tallied=True
    )
    return Run(model, prepared, block, seed, tuple(lever.id for lever in chosen), canon, _notices(block))


def _notices(block: Block) -> list[str]:
    if block.weights is None:
        return []
    effective = effective_worlds(block)
    if effective == 0:
        what = f"The canon happens in none of {block.weights.size} worlds"
        raise InputError(
            what, hint="Pull the lever that makes it possible, or leave out the event that excludes another"
        )
    if effective < THIN:
        return [
            f"The canon is so unlikely that {block.weights.size} worlds are worth only {effective:.0f}; "
            "the figures are rough. More worlds help."
        ]
    return []


def effective_worlds(block: Block) -> float:
    """Return how many equally weighted worlds a block of one set is worth; 0 where no world fits the canon."""
    if block.weights is None:
        return float(block.outcomes[0].size)
    squared = float((block.weights**2).sum())
    return float(block.weights.sum() ** 2 / squared) if squared > 0 else 0.0


def quarters(model: ScenarioModel) -> list[dt.date]:
    """Return the first day of the scenario, the first of each quarter after it, and the last day."""
    first, last = earliest(model.scenario.start), latest(model.scenario.end)
    starts = (dt.date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10))
    return [first, *(day for day in starts if first < day < last), last]
