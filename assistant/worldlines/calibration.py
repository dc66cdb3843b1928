"""Finds the constant in each hinge's odds by which worlds without levers reproduce its base odds.

Base odds are stated as seen from the point of divergence: how often, over all the courses that the world might have
taken until then, would this have happened, given that the question came up? Weights act on how far a world's state lies
from our timeline's. But worlds without levers do not sit on our timeline: the first hinge already scatters them, mostly to
one side of it (our timeline is one corner of what could have been), and the mean of a softmax is not the softmax of the mean. So
softmax over log(base) + weights . (state - otl_state) alone would give other mean odds than those stated.

Hinge by hinge in date order, Newton's method therefore finds the offsets for which the mean over worlds of the
probability of each outcome, given that the hinge arises, equals its base. The worlds at a hinge depend only on earlier hinges,
whose offsets stand by then, so one pass does. It is done with its own fixed seed and more worlds than a usual run
has, so offsets belong to the model, not to a run; they are rounded to a millionth, far below what they can be known to,
so that no machine's last bits show in them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.errors import ScenarioError
from assistant.worldlines.arithmetic import Bools, Floats, Floats64
from assistant.worldlines.draws import draw
from assistant.worldlines.model import ScenarioModel
from assistant.worldlines.simulation import advance, arisen, choose, opening, shares, tilts
from assistant.worldlines.tables import HingeTable, Tables, tabulate

__all__ = ["Prepared", "prepare"]

SEED = 0x70726761  # the calibration's own, so that a run's seed cannot meet it by chance
GROUPS, WORLDS = 500, 40
ROUNDS = 50
CLOSE_ENOUGH = 1e-7
FORMAT = 1
"""Raise when the calibration itself changes, so that offsets saved by an earlier version are found anew."""


class Prepared:
    """A model made ready to run: its tables and, for each hinge, the (K,) intercepts log(base) + offset."""

    def __init__(self, tables: Tables, intercepts: Sequence[Floats]) -> None:
        self.tables = tables
        self.intercepts = tuple(intercepts)


class _Ready:
    """A model seen only by its hash, so that equal models share one preparation."""

    def __init__(self, model: ScenarioModel) -> None:
        self.model = model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ready) and self.model.model_hash == other.model.model_hash

    def __hash__(self) -> int:
        return hash(self.model.model_hash)


def prepare(model: ScenarioModel, cache_dir: Path | None = None) -> Prepared:
    """Return the model ready to run; a preparation is kept in memory and, where a folder is given, on disk.

    Args:
        model: a checked scenario.
        cache_dir: a folder to keep offsets in, by the model's hash; made if missing.

    Raises:
        ScenarioError: no offset can make a hinge reproduce its base odds.
    """
    return _prepare(_Ready(model), cache_dir)


@lru_cache(maxsize=16)
def _prepare(ready: _Ready, cache_dir: Path | None) -> Prepared:
    model = ready.model
    tables = tabulate(model)
    path = cache_dir / f"offsets-{FORMAT}-{model.model_hash[:24]}.json" if cache_dir else None
    offsets = _saved(path, tables) if path else None
    if offsets is None:
        offsets = _calibrate(tables)
        if path:
            _save(path, offsets)
    return Prepared(tables, [_intercepts(hinge, offset) for hinge, offset in zip(tables.hinges, offsets, strict=True)])


def _intercepts(hinge: HingeTable, offset: Sequence[float]) -> Floats:
    return np.array(np.round(np.log(hinge.base), 6) + np.array(offset), dtype=np.float32)


def _calibrate(tables: Tables) -> list[list[float]]:
    draws = draw(tables, SEED, GROUPS, WORLDS)
    shape = (1, GROUPS, WORLDS)
    state = opening(tables, shape)
    outcomes = np.empty((len(tables.hinges), *shape), dtype=np.int8)
    offsets: list[list[float]] = []
    for hinge in tables.hinges:
        here = arisen(hinge, outcomes)
        tilted = tilts(hinge, state, draws.weights[hinge.place])
        offset = _solve(hinge, tilted, here)
        offsets.append(offset)
        result = choose(shares(_intercepts(hinge, offset), tilted), draws.luck[hinge.place], shape)
        if here is not None:
            result[~here] = -1
        outcomes[hinge.place] = result
        advance(hinge, result, state)
    return offsets


def _solve(hinge: HingeTable, tilted: Sequence[Floats | None], here: Bools | None) -> list[float]:
    """Return the offsets of one hinge; that of our timeline's outcome is 0."""
    if not any(tilt is not None for tilt in tilted) or (here is not None and not here.any()):
        return [0.0] * len(hinge.outcomes)
    factors = _factors(tilted, here)
    offset = np.zeros(len(hinge.outcomes))
    for _ in range(ROUNDS):
        chance = factors * (hinge.base * np.exp(offset))[:, None]
        chance /= chance.sum(axis=0)
        mean = chance.mean(axis=1)
        miss = hinge.base - mean
        if np.abs(miss).max() < CLOSE_ENOUGH:
            return [round(float(value), 6) for value in offset]
        slope = np.diag(mean) - np.einsum("iw,jw->ij", chance, chance) / chance.shape[1]
        step = np.linalg.solve(slope[1:, 1:] + 1e-12 * np.eye(len(offset) - 1), miss[1:])
        # Newton may overshoot where the odds are nearly settled; a bounded step still gets there.
        offset[1:] += np.clip(step, -2, 2)
    raise ScenarioError(
        f"No offset makes the hinge {hinge.id} reproduce its base odds",
        where=hinge.id,
        hint="Its weights are too large for its base odds; lower them",
    )


def _factors(tilted: Sequence[Floats | None], here: Bools | None) -> Floats64:
    """Return (K, worlds) e to the power of what the state adds, in the worlds where the hinge arises."""
    size = next(tilt.size for tilt in tilted if tilt is not None)
    rows = np.zeros((len(tilted), size))
    for row, tilt in zip(rows, tilted, strict=True):
        if tilt is not None:
            row[:] = tilt.ravel()
    if here is not None:
        rows = rows[:, here.ravel()]
    return np.asarray(np.exp(rows - rows.max(axis=0)))


def _saved(path: Path, tables: Tables) -> list[list[float]] | None:
    """Return offsets kept on disk; None where there are none that fit, for they can always be found again."""
    try:
        offsets = json.loads(path.read_text("utf-8"))
        fits = [len(offset) for offset in offsets] == [len(hinge.outcomes) for hinge in tables.hinges]
        return [[float(value) for value in offset] for offset in offsets] if fits else None
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _save(path: Path, offsets: list[list[float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(offsets, file)
    Path(file.name).replace(path)
