"""Writing files so that a crash leaves the old content or the new, never half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["append_durably", "sync_folder", "write_atomic"]


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` by way of a temporary file beside it; on return it is on the disk.

    Raises:
        OSError: the folder cannot be written, or the disk is full; the old file is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append_durably(path: Path, data: bytes, at: int) -> None:
    """Write `data` at byte `at` of `path`, cutting off whatever stood behind it; on return it is on the disk.

    A writer that was killed may have left half a line at the end: `at` is where the last whole line ends.

    Raises:
        OSError: the file cannot be written.
    """
    created = not path.exists()
    with path.open("wb" if created else "r+b") as file:
        file.seek(at)
        file.truncate()
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if created:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk, so that a new name in it survives a power cut."""
    if os.name == "nt":  # Windows cannot open a folder for syncing; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
