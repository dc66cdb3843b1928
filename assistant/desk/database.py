"""The desk's SQLite file: opening it, its schema and migrations, and transactions whose errors a user can read.

Every transaction has a connection of its own, so that threads and processes can share one desk: readers never wait (WAL), and
writers wait their turn for `patience` seconds.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tenacity

from assistant.errors import BusyError, DeskError

__all__ = ["MIGRATIONS", "Database"]

# One script a schema version; a script that was shipped is never changed, a new one is added behind it.
MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE projects (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL,
        trashed TEXT
    );
    CREATE TABLE inputs (
        project_id INTEGER NOT NULL REFERENCES projects (id),
        number INTEGER NOT NULL,
        saved TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (project_id, number)
    );
    CREATE TABLE revisions (
        project_id INTEGER NOT NULL REFERENCES projects (id),
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        saved TEXT NOT NULL,
        trashed TEXT,
        input INTEGER,
        body TEXT NOT NULL,
        PRIMARY KEY (project_id, number),
        FOREIGN KEY (project_id, input) REFERENCES inputs (project_id, number)
    );
    CREATE TABLE canon (
        project_id INTEGER NOT NULL REFERENCES projects (id),
        number INTEGER NOT NULL,
        parent INTEGER,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        saved TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (project_id, number),
        FOREIGN KEY (project_id, parent) REFERENCES canon (project_id, number)
    );
    CREATE TABLE canon_now (
        project_id INTEGER PRIMARY KEY REFERENCES projects (id),
        number INTEGER NOT NULL,
        FOREIGN KEY (project_id, number) REFERENCES canon (project_id, number)
    );
    CREATE TABLE progress (
        project_id INTEGER NOT NULL REFERENCES projects (id),
        key TEXT NOT NULL,
        saved TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (project_id, key)
    );
    """,
)

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _is_busy(error: BaseException) -> bool:
    # The extended codes (SQLITE_BUSY_RECOVERY, ...) carry the plain one in their low byte.
    return isinstance(error, sqlite3.OperationalError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


class Database:
    """The file, brought to the newest schema when opened.

    Args:
        path: the SQLite file; it and its folder are made if they do not exist.
        patience: seconds to wait for another process that is writing.

    Raises:
        DeskError: the file is not a desk, is damaged, or was written by a newer version.
        BusyError: another process kept writing for all of `patience`.
    """

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        self.path, self._patience = path, patience
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._prepare()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the desk throughout."""
        with self._explained(), self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one transaction: all of it is kept, on the disk when this returns, or none of it."""
        with self._explained(), self._connection() as connection:
            # IMMEDIATE takes the writer's turn before anything is read, so nothing read here can be overtaken.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
        finally:
            connection.close()

    def _prepare(self) -> None:
        # The change to WAL does not wait for a lock as other statements do; it is tried again here.
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_busy),
            wait=tenacity.wait_random(0.01, 0.05),
            stop=tenacity.stop_after_delay(self._patience),
            reraise=True,
        ):
            with attempt, self._connection() as connection:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    connection.execute("PRAGMA journal_mode = WAL")
        with self._connection() as connection:
            self._migrate(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) == len(MIGRATIONS):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again: another process may have migrated while this one waited.
            for step in range(self._version(connection), len(MIGRATIONS)):
                for statement in MIGRATIONS[step].split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {step + 1}")
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def _version(self, connection: sqlite3.Connection) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise DeskError(
                f"the desk has schema version {version}, this Torgau knows up to {len(MIGRATIONS)}",
                where=str(self.path),
                hint="Open it with the newer Torgau that wrote it",
            )
        return version

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if _is_busy(error):
                raise BusyError(
                    "another Torgau process is writing to the desk", where=str(self.path), hint="Try again in a moment"
                ) from error
            raise DeskError(
                f"the desk cannot be read or written: {error}",
                where=str(self.path),
                hint="Check the file and the free space; what was saved before is still in it",
            ) from error
