"""The smallest changes of a premise that would bring an outcome about, and what they cost in plausibility.

Every set of up to three levers is tried (sets that contradict themselves or the canon are left out); sets of four grow from
the best triples, for there are too many to try. All sets meet the same luck, so their differences are theirs
alone. A first look at few worlds sorts out which sets could lie on the frontier; those are run again in full, and only
figures of the full runs are reported.

A premise of several levers is a conjunction: its plausibility is the product of theirs, never an average.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from assistant.errors import InputError
from assistant.records import Probability, Record
from assistant.worldlines.calibration import Prepared, prepare
from assistant.worldlines.canon import Canon
from assistant.worldlines.draws import Draws, draw
from assistant.worldlines.estimates import Estimate, from_worlds
from assistant.worldlines.goal import Test
from assistant.worldlines.model import Lever, ScenarioModel
from assistant.worldlines.outcomes import find_outcome, holds
from assistant.worldlines.plan import contradiction, plan, pulled
from assistant.worldlines.simulation import simulate

__all__ = ["LeverSet", "Progress", "RewriteSearch", "premise", "rewrite"]

Progress = Callable[[int, int], None]
"""Called with (done, total), counted in sets of levers, while the search goes on."""

SIDE_BY_SIDE = 64
"""Sets run in one block: enough to make NumPy's own cost small, few enough to stay in a core's cache."""
BEAM = 24
"""How many triples grow into sets of four."""
LARGEST = 4


class LeverSet(Record):
    """Levers pulled together: the plausibility of that premise, and the outcome's probability under it."""

    levers: list[str]
    premise: Probability
    outcome: Estimate


class RewriteSearch(Record):
    """What a search found.

    Attributes:
        outcome: id of the outcome wanted.
        unaided: its probability with no lever pulled.
        frontier: sets that no other set betters in both plausibility of the premise and probability of the outcome, the
            most plausible premise first, beginning with no lever at all.
        smallest: where a probability was asked for, sets of the least number of levers that reach it, the most plausible first.
        tried: how many sets were looked at.
        contradictory: how many were left out because they contradict themselves or the canon.
        notices: what a reader must know.
    """

    outcome: str
    unaided: Estimate
    frontier: list[LeverSet]
    smallest: list[LeverSet] = []
    tried: int
    contradictory: int
    notices: list[str] = []


@dataclass(frozen=True)
class _Candidate:
    levers: tuple[Lever, ...]
    premise: float
    first_look: float


def premise(levers: Sequence[Lever]) -> Probability:
    """Return the plausibility of pulling all these levers: low ends and high ends multiplied."""
    low = math.prod(lever.plausibility.low for lever in levers)
    high = math.prod(lever.plausibility.high for lever in levers)
    return Probability(low=low, high=high)


def _middle(levers: Sequence[Lever]) -> float:
    """Return the product of the middles of the levers' ranges, by which premises are ordered."""
    return math.prod((lever.plausibility.low + lever.plausibility.high) / 2 for lever in levers)


def rewrite(
    model: ScenarioModel,
    outcome: str,
    *,
    levers: Sequence[str] | None = None,
    largest: int = 3,
    target: float | None = None,
    canon: Canon | None = None,
    seed: int = 1,
    worlds: int = 10_000,
    draws: int = 100,
    screening: int = 300,
    refined: int = 60,
    workers: int = 2,
    progress: Progress | None = None,
    cache_dir: Path | None = None,
) -> RewriteSearch:
    """Search for the smallest sets of levers that bring an outcome about.

    Args:
        model: a checked scenario.
        outcome: id of the outcome wanted.
        levers: ids of the levers that may be pulled; None for all.
        largest: the most levers in a set, 1 to 4.
        target: a probability to reach; None to show the frontier only.
        canon: accepted events; levers that go against them are left out.
        seed: seed of the luck that all sets share.
        worlds: how many worlds a full run has.
        draws: how many draws of the weights in a full run.
        screening: how many worlds the first look at a set takes.
        refined: how many sets at most are run in full for the frontier.
        workers: threads; NumPy works outside Python's lock. The result does not depend on it.
        progress: called with sets looked at and sets in all.
        cache_dir: a folder for calibrated offsets.

    Raises:
        InputError: an unknown outcome or lever, a size that is not 1 to 4, a target that is no probability.
    """
    if not 1 <= largest <= LARGEST:
        raise InputError(f"Sets of levers have 1 to {LARGEST} levers, not {largest}")
    if target is not None and not 0 < target <= 1:
        raise InputError(f"The probability to reach lies above 0 and at most at 1, not at {target}")
    search = _Search(model, outcome, canon or Canon(), seed, (worlds, draws, screening), workers, progress, cache_dir)
    chosen = pulled(model, [lever.id for lever in model.levers] if levers is None else levers)
    candidates = search.look_at(_all_sets(chosen, min(largest, 3)))
    if largest == LARGEST:
        candidates += search.look_at(_grown(candidates, chosen))
    unaided = search.in_full([_Candidate((), 1.0, 0.0)])[0]
    near = _near_frontier(candidates, unaided.outcome.value, refined)
    full = [unaided, *search.in_full(near)]
    smallest = search.reaching(candidates, target) if target is not None else []
    notices = [] if candidates else ["No lever can be pulled, so there is nothing to search"]
    if target is not None and not smallest:
        notices.append(f"No set of up to {largest} levers reaches a probability of {target:g}")
    return RewriteSearch(
        outcome=outcome,
        unaided=unaided.outcome,
        frontier=_frontier(full + smallest, model),
        smallest=smallest,
        tried=len(candidates) + 1,
        contradictory=search.contradictory,
        notices=notices,
    )


def _all_sets(levers: Sequence[Lever], largest: int) -> Iterator[tuple[Lever, ...]]:
    for size in range(1, largest + 1):
        yield from combinations(levers, size)


def _grown(candidates: Sequence[_Candidate], levers: Sequence[Lever]) -> Iterator[tuple[Lever, ...]]:
    """Yield each of the best triples with each further lever, once."""
    triples = [candidate for candidate in candidates if len(candidate.levers) == LARGEST - 1]
    likely = sorted(triples, key=lambda entry: -entry.first_look)[:BEAM]
    joint = sorted(triples, key=lambda entry: -entry.first_look * entry.premise)[:BEAM]
    seen: set[frozenset[str]] = set()
    for candidate in [*likely, *joint]:
        for lever in levers:
            names = frozenset({lever.id, *(known.id for known in candidate.levers)})
            if len(names) == LARGEST and names not in seen:
                seen.add(names)
                yield tuple(known for known in levers if known.id in names)


class _Search:
    """One search: the luck of the first look and of the full runs, and what has been counted so far."""

    def __init__(
        self,
        model: ScenarioModel,
        outcome: str,
        canon: Canon,
        seed: int,
        sizes: tuple[int, int, int],
        workers: int,
        progress: Progress | None,
        cache_dir: Path | None,
    ) -> None:
        worlds, draws, screening = sizes
        self.model, self.canon, self.progress = model, canon, progress
        self.workers = max(1, workers)
        self.test: Test = find_outcome(model, outcome).test
        self.prepared: Prepared = prepare(model, cache_dir)
        # In the first look each world draws its own weights: that tells most about the mean, which is all it is for.
        self.quick = draw(self.prepared.tables, seed, screening, 1)
        groups = min(draws, max(1, worlds // 10))
        self.full = draw(self.prepared.tables, seed, groups, -(-worlds // groups))
        self.screening = screening
        self.contradictory = 0
        self.done = 0
        self._pairs: dict[frozenset[str], bool] = {}

    def look_at(self, sets: Iterator[tuple[Lever, ...]]) -> list[_Candidate]:
        """Return every set that can be pulled, with its probability at a first look."""
        possible = [levers for levers in sets if self._possible(levers)]
        chunks = [possible[at : at + SIDE_BY_SIDE] for at in range(0, len(possible), SIDE_BY_SIDE)]
        total = self.done + len(possible)
        found: list[_Candidate] = []
        with ThreadPoolExecutor(self.workers) as pool:
            for chunk, values in zip(chunks, pool.map(lambda chunk: self._run(chunk, self.quick), chunks), strict=True):
                found += [
                    _Candidate(levers, _middle(levers), value.value)
                    for levers, value in zip(chunk, values, strict=True)
                ]
                self.done += len(chunk)
                if self.progress:
                    self.progress(self.done, total)
        return found

    def in_full(self, candidates: Sequence[_Candidate]) -> list[LeverSet]:
        """Run the candidates with all worlds."""
        with ThreadPoolExecutor(self.workers) as pool:
            values = pool.map(lambda candidate: self._run([candidate.levers], self.full)[0], candidates)
            return [
                LeverSet(levers=[lever.id for lever in entry.levers], premise=premise(entry.levers), outcome=value)
                for entry, value in zip(candidates, values, strict=True)
            ]

    def reaching(
        self, candidates: Sequence[_Candidate], target: float, enough: int = 3, most: int = 36
    ) -> list[LeverSet]:
        """Return sets of the least size whose full run reaches the target, the most plausible premise first."""
        slack = 2 * math.sqrt(max(target * (1 - target), 0.01) / self.screening)
        for size in range(1, LARGEST + 1):
            hopeful = [
                entry for entry in candidates if len(entry.levers) == size and entry.first_look >= target - slack
            ]
            hopeful.sort(key=lambda entry: (-entry.premise, [lever.id for lever in entry.levers]))
            reached: list[LeverSet] = []
            for at in range(0, min(most, len(hopeful)), 12):
                reached += [entry for entry in self.in_full(hopeful[at : at + 12]) if entry.outcome.value >= target]
                if len(reached) >= enough:
                    break
            if reached:
                return reached[:enough]
        return []

    def _possible(self, levers: tuple[Lever, ...]) -> bool:
        """Tell whether the levers fit each other and the canon; a set whose parts clash is known by them."""
        names = frozenset(lever.id for lever in levers)
        if len(levers) > 1:
            parts = [frozenset(pair) for pair in combinations(sorted(names), 2)]
            singles = [frozenset((name,)) for name in names]
            if not all(self._pairs.get(part, True) for part in [*parts, *singles]):
                self.contradictory += 1
                return False
        # Exclusions may clash only three together, so larger sets with exclusions are asked about too.
        fits = True
        if len(levers) <= 2 or any(lever.sets.excludes for lever in levers):
            fits = contradiction(self.model, levers, self.canon) is None
            self._pairs[names] = fits
            self.contradictory += not fits
        return fits

    def _run(self, sets: Sequence[tuple[Lever, ...]], luck: Draws) -> list[Estimate]:
        layout = plan(self.model, self.prepared.tables, sets, self.canon)
        block = simulate(self.prepared.tables, self.prepared.intercepts, luck, layout)
        true = holds(block, self.test)
        if block.weights is None:
            return [from_worlds(worlds, None) for worlds in true]
        return [
            from_worlds(worlds, weights) if weights.sum() else Estimate(value=0, low=0, high=0)
            for worlds, weights in zip(true, block.weights, strict=True)
        ]


def _near_frontier(candidates: Sequence[_Candidate], unaided: float, most: int) -> list[_Candidate]:
    """Return the sets that a first look puts nearest to the frontier, or on it."""
    ordered = sorted(
        candidates, key=lambda entry: (-entry.premise, len(entry.levers), [lever.id for lever in entry.levers])
    )
    best = unaided
    margins: list[tuple[float, int]] = []
    for number, entry in enumerate(ordered):
        margins.append((entry.first_look - best, number))
        best = max(best, entry.first_look)
    margins.sort(key=lambda pair: (-pair[0], pair[1]))
    return [ordered[number] for _, number in sorted(margins[:most], key=lambda pair: pair[1])]


def _frontier(sets: Sequence[LeverSet], model: ScenarioModel) -> list[LeverSet]:
    """Return the sets that no other betters in both respects; of equals the one with fewer levers."""
    middles = {tuple(entry.levers): _middle(pulled(model, entry.levers)) for entry in sets}
    ordered = sorted(
        {tuple(entry.levers): entry for entry in sets}.values(),
        key=lambda entry: (-middles[tuple(entry.levers)], -entry.outcome.value, len(entry.levers), entry.levers),
    )
    kept: list[LeverSet] = []
    for entry in ordered:
        if not kept or entry.outcome.value > kept[-1].outcome.value:
            kept.append(entry)
    return kept
