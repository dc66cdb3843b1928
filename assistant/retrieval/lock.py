"""One writer at a time: a lock file that names its holder.

The lock is the operating system's, so that it ends with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import BusyError, TorgauError

__all__ = ["holder", "writing"]

_LOCK, _HOLDER = "writer.lock", "writer.json"
_POLL_SECONDS = 0.1


@contextlib.contextmanager
def writing(folder: Path, *, wait: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the folder's writer lock for the length of a `with` block.

    Args:
        folder: the folder that is written to; it exists.
        wait: seconds to wait for another writer.
        waiting: called once, with a sentence that names the other writer, when there is one to wait for.

    Raises:
        BusyError: the other writer was not done in time; it is named.
        TorgauError: the folder cannot be written.
    """
    # A lock object of its own each time: two threads of one process exclude each other as two processes do.
    lock = FileLock(folder / _LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _wait(lock, folder, wait, waiting)
    except OSError as error:
        raise TorgauError(
            f"The index cannot be locked for writing: {error.strerror}",
            where=str(folder),
            hint="Check that the folder can be written",
        ) from error
    try:
        _sign(folder)
        yield
    finally:
        (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def holder(folder: Path) -> str:
    """Return who holds the lock, as far as it says: `process 4711 (torgau add), since 14:05:09`."""
    try:
        known = json.loads((folder / _HOLDER).read_text(encoding="utf-8"))
        return f"process {known['pid']} ({known['command']}), since {known['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"  # between taking the lock and signing, or just done


def _wait(lock: FileLock, folder: Path, wait: float, waiting: Callable[[str], None] | None) -> None:
    if waiting is not None:
        waiting(f"Waiting for {holder(folder)}, which is writing to the index")
    try:
        lock.acquire(timeout=wait, poll_interval=_POLL_SECONDS)
    except Timeout as error:
        raise BusyError(
            f"The index is being written by {holder(folder)}",
            where=str(folder),
            hint="Wait until it is done and try again",
        ) from error


def _sign(folder: Path) -> None:
    """Write the holder's name beside the lock: on Windows the lock file itself cannot be read while it is held."""
    # The program and its first word only: the rest of a command line may hold a secret.
    words = [Path(sys.argv[0]).name, *(word for word in sys.argv[1:2] if not word.startswith("-"))]
    signed = {"pid": os.getpid(), "command": " ".join(words), "since": dt.datetime.now().strftime("%H:%M:%S")}
    fresh = folder / f"{_HOLDER}.{os.getpid()}"
    fresh.write_text(json.dumps(signed), encoding="utf-8")
    fresh.replace(folder / _HOLDER)
