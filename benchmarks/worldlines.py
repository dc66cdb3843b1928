"""Times the world-lines engine on a synthetic scenario of full size: `python benchmarks/worldlines.py [--folder SCENARIO]`.

Prints medians of several repetitions, and the run as a multiple of what its random numbers alone cost: a ratio means more
than seconds on a busy machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from synthetic import synthetic

from assistant.worldlines.calibration import prepare
from assistant.worldlines.draws import draw
from assistant.worldlines.engine import run
from assistant.worldlines.explain import explain_run
from assistant.worldlines.loading import load_model
from assistant.worldlines.outcomes import outcome_probability
from assistant.worldlines.rewrite import rewrite
from assistant.worldlines.sensitivity import sensitivity
from assistant.worldlines.walk import walk

SEED = 1
WORLDS = 10_000


def main() -> None:
    """Time each part and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a scenario's folder; without it a synthetic scenario is made")
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    model = load_model(options.folder) if options.folder else synthetic(SEED)
    outcome = model.outcomes[0].id
    started = time.perf_counter()
    prepared = prepare(model)
    rows = [("calibration, once a scenario", time.perf_counter() - started)]
    numbers = median(lambda: draw(prepared.tables, SEED, 100, WORLDS // 100), options.repeat)
    whole = median(lambda: run(model, worlds=WORLDS, seed=SEED), options.repeat)
    sampled = run(model, worlds=WORLDS, seed=SEED)
    hinge = next(entry.id for entry in reversed(model.hinges) if entry.weights and not entry.arises)
    start, end = model.scenario.start, model.scenario.end
    rows += [
        ("random numbers of a run alone", numbers),
        ("run", whole),
        ("probability of one outcome", median(lambda: outcome_probability(sampled, outcome), options.repeat)),
        ("fan of one driver", median(lambda: sampled.driver_fan(model.drivers[0].id), options.repeat)),
        ("explain one hinge", median(lambda: explain_run(sampled, hinge), options.repeat)),
        ("walk, likely", median(lambda: walk(model, start, end), options.repeat)),
        ("sensitivity, 8 weights", median(lambda: sensitivity(model, outcome), 3)),
    ]
    for largest in (2, 3, 4):
        began = time.perf_counter()
        found = rewrite(model, outcome, largest=largest, seed=SEED)
        rows.append((f"rewrite, up to {largest} levers, {found.tried} sets", time.perf_counter() - began))
    shape = f"{len(model.hinges)} hinges, {len(model.drivers)} drivers, {len(model.levers)} levers"
    lines = [f"{model.scenario.id}: {shape}, {WORLDS} worlds, seed {SEED}, medians of {options.repeat}"]
    lines += [f"{name:45s} {seconds:9.4f} s" for name, seconds in rows]
    lines.append(f"a run costs {whole / numbers:.1f} times its random numbers")
    sys.stdout.write("\n".join(lines) + "\n")


def median(work: Callable[[], object], repeat: int) -> float:
    """Return the median seconds of several repetitions, after one that does not count."""
    work()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
