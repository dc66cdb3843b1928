"""The catalogue: which passages the index holds, what they are, and which folders hold their words and vectors.

One SQLite file, and the one truth about the index's state. A change is one transaction with a new stamp: a reader sees all
of it or nothing. Words and vectors are written before it and cleaned after it, so they always cover what it lists.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexDamagedError
from assistant.records import Passage
from assistant.retrieval.database import connected
from assistant.retrieval.embedding import embedding_key
from assistant.retrieval.entries import Entry, embedded_text

__all__ = ["Catalogue", "Change", "Listing", "State"]

_AT_ONCE = 500
_VERSION = 1
_HINT = "It is rebuilt from the source texts by the next full update of the index"
_UNKNOWN = -1
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sources (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY, source_id TEXT NOT NULL, tier TEXT NOT NULL, kind TEXT NOT NULL,
    first INTEGER, last INTEGER, known INTEGER, named INTEGER, title TEXT NOT NULL, wording TEXT NOT NULL, passage TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_source ON passages (source_id);
"""


@dataclass(frozen=True)
class State:
    """Which state of the index this is, and where its parts lie: folder names beside the catalogue."""

    generation: int = 0
    stamp: str = ""
    words: str | None = None
    vectors: str | None = None
    embedder: str | None = None
    """The embedder whose vectors lie in `vectors`."""
    vector_count: int = 0


@dataclass(frozen=True)
class Change:
    """One transaction: sources whose entries go, sources that come with theirs, and the folders from then on."""

    remove: Sequence[str] = ()
    add: Mapping[str, tuple[str, Sequence[Entry]]] = field(default_factory=dict)
    """Source id to its fingerprint and entries."""
    parts: State = State()
    """Where words and vectors lie from then on; its generation and stamp do not matter."""


@dataclass(frozen=True)
class Listing:
    """All passages of one state as columns, row by row: small enough to filter in memory. Unknown days are -1."""

    state: State
    keys: NDArray[np.int64]
    sources: NDArray[np.object_]
    tiers: NDArray[np.object_]
    kinds: NDArray[np.object_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    known: NDArray[np.int64]
    named: NDArray[np.int64]
    titles: list[str]
    wordings: list[str]

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def rows(self) -> dict[int, int]:
        """Row by key."""
        return {int(key): row for row, key in enumerate(self.keys)}

    def embedded_text(self, row: int) -> str:
        """Return what is embedded of the passage in this row."""
        return embedded_text(self.kinds[row], self.titles[row], self.wordings[row])

    def embedding_keys(self, embedder: str, rows: Sequence[int]) -> list[str]:
        """Return the keys under which the embeddings of these rows by the embedder so named are kept."""
        return [embedding_key(embedder, self.embedded_text(row)) for row in rows]


class Catalogue:
    """The SQLite file. Connections are short, so any thread and any process may use one object's path at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Tell whether there is a catalogue yet."""
        return self.path.exists()

    def state(self) -> State:
        """Return the present state; the empty one where nothing has been indexed.

        Raises:
            IndexDamagedError: the file is no catalogue.
        """
        if not self.exists():
            return State()
        with self._connection() as connection:
            return _state(connection)

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each source that is listed.

        Raises:
            IndexDamagedError: the file is no catalogue.
        """
        if not self.exists():
            return {}
        with self._connection() as connection:
            return dict(connection.execute("SELECT id, fingerprint FROM sources"))

    def listing(self) -> Listing:
        """Return the columns of all passages, with the state they belong to.

        Raises:
            IndexDamagedError: the file is no catalogue.
        """
        state, rows = State(), []
        if self.exists():
            with self._connection() as connection:
                connection.execute("BEGIN")
                state = _state(connection)
                rows = connection.execute(
                    "SELECT key, source_id, tier, kind, first, last, known, named, title, wording FROM passages ORDER BY key"
                ).fetchall()
        columns = list(zip(*rows, strict=True)) if rows else [()] * 10
        keys, sources, tiers, kinds, first, last, known, named, titles, wordings = columns
        return Listing(
            state=state,
            keys=np.array(keys, dtype=np.int64),
            sources=np.array(sources, dtype=object),
            tiers=np.array(tiers, dtype=object),
            kinds=np.array(kinds, dtype=object),
            first=_days(first),
            last=_days(last),
            known=_days(known),
            named=_days(named),
            titles=list(titles),
            wordings=list(wordings),
        )

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages with these keys; those that are no longer listed are left out.

        Raises:
            IndexDamagedError: the file is no catalogue, or a passage in it cannot be read.
        """
        found: dict[int, Passage] = {}
        with self._connection() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                part = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(part))
                rows = connection.execute(f"SELECT key, passage FROM passages WHERE key IN ({marks})", part)
                found.update((key, Passage.model_validate_json(text)) for key, text in rows)
        return found

    def apply(self, change: Change) -> State:
        """Make the change in one transaction and return the new state.

        Raises:
            IndexDamagedError: the file is no catalogue or cannot be written.
        """
        with self._connection() as connection:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            old = _state(connection)
            gone = [(source,) for source in (*change.remove, *change.add)]
            connection.executemany("DELETE FROM passages WHERE source_id = ?", gone)
            connection.executemany("DELETE FROM sources WHERE id = ?", gone)
            connection.executemany(
                "INSERT INTO sources VALUES (?, ?)", [(id_, new[0]) for id_, new in change.add.items()]
            )
            rows = _rows(entry for _, entries in change.add.values() for entry in entries)
            connection.executemany(f"INSERT INTO passages VALUES ({','.join('?' * 11)})", rows)
            stamp = f"{old.generation + 1}-{uuid.uuid4().hex[:12]}"
            new = replace(change.parts, generation=old.generation + 1, stamp=stamp)
            connection.execute("INSERT OR REPLACE INTO state VALUES (1, ?)", (json.dumps(new.__dict__),))
        return new

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with connected(self.path, "The index's catalogue", hint=_HINT) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise IndexDamagedError(
                    f"The index's catalogue was made by another version of Torgau (format {version})",
                    where=str(self.path),
                    hint=_HINT,
                )
            yield connection


def _state(connection: sqlite3.Connection) -> State:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
        return State()
    row = connection.execute("SELECT value FROM state").fetchone()
    return State(**json.loads(row[0])) if row else State()


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    for entry in entries:
        passage = entry.passage
        days = (entry.first, entry.last, entry.known, entry.named)
        text = passage.model_dump_json()
        yield (
            entry.key,
            entry.source_id,
            passage.tier.value,
            passage.kind.value,
            *days,
            passage.title,
            entry.wording,
            text,
        )


def _days(column: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([_UNKNOWN if day is None else day for day in column], dtype=np.int64)
