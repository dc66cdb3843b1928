"""Times the search and measures it on questions: `python benchmarks/retrieval.py [--questions FILE] [--repeat N]`.

Builds the index over the shipped archive from nothing in a folder of its own, then times every question in every way of
searching. Seconds on a busy machine mean little; the ratios between the ways mean more. Settings of the search are chosen on
`benchmarks/tuning.yaml`, which is asked by default; `corpus/questions.yaml` is for measuring only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.retrieval import DEPTH, Score, measure, tell
from assistant.retrieval.filters import Fusion
from assistant.retrieval.index import Query
from assistant.settings import Settings
from assistant.workbench import Workbench
from assistant.workbench.archive import Archive

TUNING = Path(__file__).parent / "tuning.yaml"
WAYS: dict[str, Fusion] = {"weighted": "weighted", "rrf": "rrf", "BM25 alone": "words", "dense alone": "meaning"}


def main() -> None:
    """Build, ask, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=TUNING)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    sys.stdout.write("\n".join(report(load_questions(options.questions), options.repeat)) + "\n")


def report(questions: list[Question], repeat: int) -> Iterator[str]:
    """Yield the lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Workbench(Settings(home=Path(folder))).archive
        started = time.perf_counter()
        _ = archive.embedder
        prepared = time.perf_counter()
        yield f"embedder made ready: {prepared - started:.1f} s"
        passages = archive.rebuild()
        yield f"index of {passages} passages from nothing: {time.perf_counter() - prepared:.1f} s"
        scores: list[Score] = []
        times: dict[str, list[float]] = {}
        for name, fusion in WAYS.items():
            timed = Timed(archive, fusion)
            timed(questions[0].question, DEPTH)  # the first search opens the files
            timed.taken.clear()
            scores += [measure(name, questions, timed) for _ in range(repeat)][:1]
            times[name] = timed.taken
    yield from tell(scores)
    yield "| search | p50 ms | p95 ms |"
    yield "|---|---|---|"
    for name, taken in times.items():
        yield f"| {name} | {statistics.median(taken):.1f} | {statistics.quantiles(taken, n=20)[18]:.1f} |"


class Timed:
    """A search that notes how many milliseconds each question took."""

    def __init__(self, archive: Archive, fusion: Fusion) -> None:
        self.archive, self.fusion = archive, fusion
        self.barred, self.taken = archive.digest_ids(), list[float]()

    def __call__(self, question: str, depth: int) -> list[str]:
        """Ask one question."""
        begun = time.perf_counter()
        query = Query(question, k=depth, exclude_sources=self.barred, fusion=self.fusion)
        found = self.archive.index.search(query)
        self.taken.append(1000 * (time.perf_counter() - begun))
        return [hit.passage.source_id for hit in found.hits]


if __name__ == "__main__":
    main()
