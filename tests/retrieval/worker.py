"""Run by the tests as a process of its own: `worker.py FOLDER WAY TASK ARGUMENT...`; says on standard output what it did."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from conftest import HashEmbedder, numbered_source

from assistant.retrieval.index import Index
from assistant.retrieval.lock import writing
from assistant.retrieval.vectors import VectorIndex


def main(folder: str, way: str, task: str, *arguments: str) -> None:
    if task == "add-vectors":  # straight to Chroma's folder
        VectorIndex(Path(folder), stamp="worker").add(list(arguments), HashEmbedder().embed(arguments))
        return
    index = Index.open(Path(folder), HashEmbedder(), nearest=way)  # type: ignore[arg-type]
    if task == "add":  # add ARGUMENT sources in one go
        index.add([numbered_source(int(number)) for number in arguments])
        say("added")
    elif task == "add-each":  # from..to, one update each, until killed
        for number in range(int(arguments[0]), int(arguments[1])):
            index.add([numbered_source(number, passages=20)])
            say(str(number))
    elif task == "hold":  # the lock, for ever
        with writing(Path(folder), wait=0):
            say("holding")
            time.sleep(600)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
