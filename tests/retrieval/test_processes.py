"""What several real processes do to one index folder, and what a kill leaves of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import BusyError
from assistant.records import Source
from assistant.retrieval.filters import Query
from assistant.retrieval.index import Index
from assistant.retrieval.lock import holder, writing
from assistant.retrieval.vectors import VectorIndex

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def worker(folder: Path, way: str, task: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(WORKER), str(folder), way, task, *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return (line.strip() for line in process.stdout)


def every_vector_is_found(index: Index, numbers: range, passages: int = 3) -> bool:
    """Ask for each passage in words that only the embedder knows and see that it is the nearest."""
    return all(
        index.search(Query(f"Thema{number} Stoff{part}", k=1)).hits[0].passage.id == f"source-{number}#{part + 1}"
        for number in numbers
        for part in range(passages)
    )


@pytest.mark.parametrize("way", ["exact", "chroma"])
def test_two_processes_that_add_at_once_both_end_well(tmp_path, make_embedder, way: str) -> None:
    with worker(tmp_path, way, "add", *range(30)) as one, worker(tmp_path, way, "add", *range(30, 60)) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    index = Index.open(tmp_path, make_embedder(), nearest=way)
    assert len(index.source_ids()) == 60
    assert index.check() == []
    assert every_vector_is_found(index, range(60))


@pytest.mark.parametrize("way", ["exact", "chroma"])
def test_an_open_reader_finds_what_another_process_adds(tmp_path, make_embedder, way: str) -> None:
    reader = Index.open(tmp_path, make_embedder(), nearest=way)
    for turn in range(2):
        numbers = range(turn * 20, turn * 20 + 20)
        with worker(tmp_path, way, "add", *numbers) as process:
            assert process.wait(60) == 0
        found = reader.search(Query(f"Subject{numbers[5]} matter1"))
        assert found.searched == (turn + 1) * 60
        assert found.notices == []
        assert every_vector_is_found(reader, numbers)


def test_a_new_stamp_makes_chroma_see_another_process(tmp_path, make_embedder) -> None:
    old, new = [f"old{number}" for number in range(20)], [f"new{number}" for number in range(20)]
    embed = make_embedder().embed
    chroma = VectorIndex(tmp_path, stamp="1", create=True)
    chroma.add(old, embed(old))
    chroma.check(old, embed(old))
    with worker(tmp_path, "chroma", "add-vectors", *new) as process:
        assert process.wait(60) == 0
    VectorIndex(tmp_path, stamp="2").check([*old, *new], embed([*old, *new]))


@pytest.mark.parametrize(("way", "kills"), [("exact", (1, 2, 4)), ("chroma", (1, 3))])
def test_a_kill_loses_nothing_that_was_reported_added(tmp_path, make_embedder, numbered, way, kills) -> None:
    reported = 0
    for after in kills:
        with worker(tmp_path, way, "add-each", reported, 1000) as process:
            for number in lines(process):
                reported = int(number) + 1
                if reported % after == 0:
                    process.kill()  # in the midst of the next update
    index = Index.open(tmp_path, make_embedder(), nearest=way)
    assert reported >= len(kills)
    assert every_vector_is_found(index, range(reported), passages=20)
    done = index.sync([numbered(number, 20) for number in range(reported + 5)])
    assert done.sources == reported + 5
    assert index.check() == []
    assert every_vector_is_found(index, range(reported + 5), passages=20)


def test_a_writer_that_waits_in_vain_is_told_who_holds_the_lock(tmp_path, make_embedder, numbered) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="exact")
    said: list[str] = []
    with worker(tmp_path, "exact", "hold") as process:
        assert next(lines(process)) == "holding"
        with pytest.raises(BusyError, match=f"process {process.pid} .worker.py"):
            index.add([numbered(1)], wait=0.2, waiting=said.append)
        assert len(said) == 1
        assert f"process {process.pid}" in said[0]
        assert index.search(Query("anything")).hits == []
    assert index.add([numbered(1)], wait=5).added == 3  # a killed holder holds nothing


def test_two_threads_take_turns(tmp_path: Path) -> None:
    inside, order = threading.Event(), list[str]()

    def first() -> None:
        with writing(tmp_path, wait=5):
            inside.set()
            order.append("first in")
            order.append("first out")

    with writing(tmp_path, wait=5):
        thread = threading.Thread(target=first)
        thread.start()
        assert not inside.wait(0.3)
        order.append("main out")
    thread.join(10)
    assert order == ["main out", "first in", "first out"]


def test_the_holder_is_another_process_where_it_has_not_signed(tmp_path: Path) -> None:
    assert holder(tmp_path) == "another process"


def test_threads_search_while_another_writes(tmp_path, make_embedder, numbered: Callable[[int], Source]) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="exact")
    index.sync([numbered(0)])
    stop, faults, seen = threading.Event(), list[BaseException](), list[int]()

    def search() -> None:
        try:
            while not stop.is_set():
                found = index.search(Query("Subject0 has matter1"))
                assert found.hits[0].passage.id == "source-0#2"
                seen.append(found.searched)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 6):
        index.add([numbered(number)])
        index.remove([f"source-{number - 1}"] if number > 1 else [])
    stop.set()
    for thread in threads:
        thread.join(10)
    assert faults == []
    assert set(seen) <= {3, 6, 9}
