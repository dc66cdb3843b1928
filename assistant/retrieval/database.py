"""Short SQLite connections whose faults are told apart: damaged, busy, or not to be read and written at all."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import BusyError, IndexDamagedError, TorgauError

__all__ = ["connected", "set_aside"]

_WAIT_SECONDS = 30


@contextlib.contextmanager
def connected(path: Path, what: str, *, hint: str) -> Iterator[sqlite3.Connection]:
    """Open the file for the length of a `with` block; commit at its end, roll back if it raises.

    Args:
        path: the SQLite file, made if it is not there.
        what: how a message names it: "The catalogue".
        hint: what helps if it is damaged.

    Raises:
        IndexDamagedError: the file is no database, or its pages are damaged.
        BusyError: another process held it for half a minute.
        TorgauError: it cannot be opened or written: rights, a full disk.
    """
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as connection, connection:
            yield connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BusyError(f"{what} is in use by another process", where=str(path), hint="Try again") from error
        raise TorgauError(
            f"{what} cannot be read or written: {error}",
            where=str(path),
            hint="Check that the folder can be written and that the disk has room",
        ) from error
    except sqlite3.Error as error:
        raise IndexDamagedError(f"{what} is damaged: {error}", where=str(path), hint=hint) from error


def set_aside(path: Path) -> Path:
    """Rename a damaged file out of the way and return its new path; its journals go, or they would be played into the next."""
    for tail in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    return path.rename(path.with_name(f"{path.name}.damaged-{uuid.uuid4().hex[:6]}"))
