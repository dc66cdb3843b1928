"""The shelf: a user's sources, each text kept under its hash, so that what was cited once can always be re-read.

On disk, under the shelf's root:

    catalogue.jsonl       one line for each addition and removal, only ever appended to: what counts is what it says
    sources/<hash>.txt    canonical texts, named by their own SHA-256
    records/<hash>.json   everything else about one version of a source, named by the SHA-256 of the file

A text and its record are on the disk before the catalogue names them; a line cut short by a crash was never reported as
added and is dropped by the next writer. Writers take turns by a lock file; readers need none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import Field, ValidationError

from assistant.errors import BusyError, ShelfError
from assistant.library.binding import rebind, short_hash
from assistant.library.files import append_durably, sync_folder, write_atomic
from assistant.records import Hash, Record, Source
from assistant.text import content_hash

__all__ = ["Added", "Shelf", "Version"]

_EMPTY = "0-empty"
_RESTORE = "Restore the file from a backup, or remove the source and add it again"


class Version(Record):
    """One version of a source: its number from 1, and the hash of its text."""

    number: int = Field(ge=1)
    hash: Hash


class Added(Record):
    """What adding a source did. `source` is as the shelf holds it: its id may have been made unique."""

    status: Literal["new", "unchanged", "new-version"]
    source: Source
    version: int = Field(ge=1)


class _Entry(Record):
    """A line of the catalogue."""

    op: Literal["add", "remove", "purge"]
    id: str
    version: int = 0
    hash: str = ""
    record: str = ""
    origin: str | None = None


@dataclass
class _State:
    """The catalogue as read: every version of each id, what is removed, and how far the whole lines reach."""

    versions: dict[str, list[_Entry]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    by_hash: dict[str, _Entry] = field(default_factory=dict)
    size: int = 0
    lines: int = 0
    generation: str = _EMPTY

    def apply(self, entry: _Entry) -> None:
        """Take one line of the catalogue into account."""
        self.lines += 1
        if entry.op == "add":
            self.versions.setdefault(entry.id, []).append(entry)
            self.removed.discard(entry.id)
            self.by_hash[entry.hash] = entry
            return
        if entry.op == "remove":
            self.removed.add(entry.id)
            return
        self.versions.pop(entry.id, None)
        self.by_hash = {kept.hash: kept for held in self.versions.values() for kept in held}

    def live(self, source_id: str) -> list[_Entry]:
        """Return the versions of a source that is on the shelf; none if it is not, or was removed."""
        return [] if source_id in self.removed else self.versions.get(source_id, [])


class Shelf:
    """A folder of sources that can be added to.

    Args:
        root: the folder; made when the first source is added.
        reserved: ids that belong to another shelf (the shipped corpus): a source that claims one gets another.
        lock_seconds: how long to wait for another process that is writing.
    """

    def __init__(self, root: Path, *, reserved: Collection[str] = (), lock_seconds: float = 30) -> None:
        self.root = root
        self._reserved = frozenset(reserved)
        self._catalogue = root / "catalogue.jsonl"
        self._lock_seconds = lock_seconds
        self._seen: tuple[int, int, int] | None = None
        self._state = _State()

    @property
    def generation(self) -> str:
        """A stamp that changes with every addition and removal, by whichever process."""
        return self._read().generation

    def ids(self) -> list[str]:
        """Return the ids on the shelf, in the order in which they first came."""
        state = self._read()
        return [source_id for source_id in state.versions if source_id not in state.removed]

    def holds(self, source_id: str) -> bool:
        """Tell whether a source of this id is on the shelf."""
        return bool(self._read().live(source_id))

    def holds_hash(self, digest: str) -> bool:
        """Tell whether a text is kept under this hash, in whatever version and even if its source was removed."""
        return digest in self._read().by_hash

    def versions(self, source_id: str) -> list[Version]:
        """Return the versions of a source, oldest first; empty if it is not on the shelf."""
        return [Version(number=entry.version, hash=entry.hash) for entry in self._read().live(source_id)]

    def get(self, source_id: str, version: int | None = None) -> Source:
        """Return a source, its latest version unless another is named.

        Raises:
            ShelfError: there is no such source or version, or its files are missing or altered.
        """
        held = self._read().live(source_id)
        wanted = [entry for entry in held if version in (None, entry.version)]
        if not wanted:
            what = f"There is no source {source_id!r}" if not held else f"{source_id!r} has no version {version}"
            raise ShelfError(what, where=str(self.root), hint="`torgau library` lists what there is")
        return self._load(wanted[-1])

    def by_hash(self, digest: str) -> Source:
        """Return the source version whose text has this hash, so that an old citation can be re-checked.

        Raises:
            ShelfError: no such text was ever kept, or it was purged, or its files are missing or altered.
        """
        entry = self._read().by_hash.get(digest)
        if entry is None:
            raise ShelfError(f"No source has a text with the hash {digest[:12]}…", where=str(self.root))
        return self._load(entry)

    def text(self, digest: str) -> str:
        """Return the canonical text kept under a hash.

        Raises:
            ShelfError: no such text is kept, or its file is missing or no longer has that hash.
        """
        if not self.holds_hash(digest):
            raise ShelfError(f"No text is kept under the hash {digest[:12]}…", where=str(self.root))
        return self._text(digest)

    def check(self) -> list[str]:
        """Read everything that the catalogue names and return what is wrong with it, one line each."""
        problems: list[str] = []
        for entry in self._read().by_hash.values():
            try:
                self._load(entry)
            except ShelfError as error:
                problems.append(str(error))
        return problems

    def add(self, source: Source) -> Added:
        """Add a source, or a new version of it; when this returns, it is on the disk.

        The same text with the same facts changes nothing. A different document that claims an id already taken (another
        origin) is given an id of its own.

        Raises:
            ShelfError: the source's spans do not fit its text, or the shelf cannot be written or read.
            BusyError: another process went on writing for too long.
        """
        return self.add_all([source])[0]

    def add_all(self, sources: Iterable[Source]) -> list[Added]:
        """Add several sources in one go; see `add`. All are checked before the first is written."""
        checked = [_checked(source) for source in sources]
        with self._writing() as state:
            results: list[Added] = []
            entries: list[_Entry] = []
            for source in checked:
                added, entry = self._add(source, state)
                results.append(added)
                if entry is not None:
                    entries.append(entry)
                    state.apply(entry)
            self._append(entries, state.size)
        return results

    def remove(self, source_id: str, *, purge: bool = False) -> None:
        """Take a source off the shelf. Its texts stay, for old citations, unless `purge` asks to delete them.

        Raises:
            ShelfError: there is no such source, or the shelf cannot be written.
            BusyError: another process went on writing for too long.
        """
        with self._writing() as state:
            gone = state.versions.get(source_id, []) if purge else state.live(source_id)
            if not gone:
                raise ShelfError(f"There is no source {source_id!r} to remove", where=str(self.root))
            entry = _Entry(op="purge" if purge else "remove", id=source_id)
            state.apply(entry)
            self._append([entry], state.size)
            if purge:
                self._delete(gone, state)

    def _add(self, source: Source, state: _State) -> tuple[Added, _Entry | None]:
        source = self._settled(source, state)
        held = state.live(source.id)
        if held and held[-1].hash == source.hash:
            self._store_text(source)  # mends a text that was damaged on the disk
            last = self._load(held[-1])
            if _same(last, source):
                return Added(status="unchanged", source=last, version=held[-1].version), None
        self._store_text(source)
        record = self._store_record(source)
        number = len(state.versions.get(source.id, [])) + 1
        entry = _Entry(op="add", id=source.id, version=number, hash=source.hash, record=record, origin=source.origin)
        return Added(status="new-version" if held else "new", source=source, version=number), entry

    def _settled(self, source: Source, state: _State) -> Source:
        """Return the source under an id that is its own: another document may have taken the one it claims."""
        other = f"{source.id[:100]}-{short_hash(source.origin or source.title)}"
        known = state.versions.get(source.id, [])
        taken = source.id in self._reserved or (bool(known) and known[-1].origin != source.origin)
        return rebind(source, other) if taken or other in state.versions else source

    def _store_text(self, source: Source) -> None:
        self._store("sources", f"{source.hash}.txt", source.text.encode("utf-8"))

    def _store_record(self, source: Source) -> str:
        data = source.model_dump_json(exclude={"text": True, "passages": {"__all__": {"text": True}}}).encode("utf-8")
        name = hashlib.sha256(data).hexdigest()
        self._store("records", f"{name}.json", data)
        return name

    def _store(self, folder: str, file: str, content: bytes) -> None:
        path = self.root / folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            write_atomic(path, content)

    def _delete(self, gone: list[_Entry], state: _State) -> None:
        """Delete the files that only the purged entries named."""
        records = {kept.record for held in state.versions.values() for kept in held}
        for entry in gone:
            if entry.hash not in state.by_hash:
                (self.root / "sources" / f"{entry.hash}.txt").unlink(missing_ok=True)
            if entry.record not in records:
                (self.root / "records" / f"{entry.record}.json").unlink(missing_ok=True)

    def _load(self, entry: _Entry) -> Source:
        path = self.root / "records" / f"{entry.record}.json"
        data = self._bytes(path)
        if hashlib.sha256(data).hexdigest() != entry.record:
            raise ShelfError(f"The record of {entry.id!r} was altered", where=str(path), hint=_RESTORE)
        fields = json.loads(data)
        text = self._text(entry.hash)
        for passage in fields["passages"]:
            passage["text"] = text[passage["start"] : passage["end"]]
        try:
            return Source.model_validate_json(json.dumps({**fields, "text": text}))
        except ValidationError as error:
            raise ShelfError(
                f"The record of {entry.id!r} is of another version of Torgau: {error.errors()[0]['msg']}",
                where=str(path),
                hint="Remove the source and add it again",
            ) from error

    def _text(self, digest: str) -> str:
        path = self.root / "sources" / f"{digest}.txt"
        data = self._bytes(path)
        if hashlib.sha256(data).hexdigest() != digest:
            raise ShelfError("A stored text was altered: it no longer has its hash", where=str(path), hint=_RESTORE)
        return data.decode("utf-8")

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise ShelfError(f"A stored file cannot be read: {error}", where=str(path), hint=_RESTORE) from error

    def _append(self, entries: list[_Entry], at: int) -> None:
        if entries:
            lines = "".join(entry.model_dump_json(exclude_defaults=True) + "\n" for entry in entries)
            append_durably(self._catalogue, lines.encode("utf-8"), at)

    @contextmanager
    def _writing(self) -> Iterator[_State]:
        """Hold the lock and yield a fresh state; the state that readers see changes only by what reaches the disk."""
        try:
            if not self.root.is_dir():
                self.root.mkdir(parents=True, exist_ok=True)
                sync_folder(self.root.parent)
            with FileLock(self.root / ".lock", timeout=self._lock_seconds):
                yield self._parsed()
        except Timeout as error:
            raise BusyError(
                "Another Torgau process is writing to the library",
                where=str(self.root),
                hint="Wait until it has finished and try again",
            ) from error
        except OSError as error:
            raise ShelfError(
                f"The library cannot be written: {error}", where=str(self.root), hint="Check the folder and the disk"
            ) from error

    def _read(self) -> _State:
        """Return the state of the catalogue, read again only if the file changed."""
        try:
            stat = self._catalogue.stat()
        except FileNotFoundError:
            return _State()
        seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen != self._seen:
            self._state = self._parsed()
            self._seen = seen
        return self._state

    def _parsed(self) -> _State:
        data = self._bytes(self._catalogue) if self._catalogue.is_file() else b""
        state = _State(size=data.rfind(b"\n") + 1)
        for number, line in enumerate(data[: state.size].splitlines(), 1):
            try:
                state.apply(_Entry.model_validate_json(line))
            except ValidationError as error:
                raise ShelfError(
                    "The catalogue of the library is damaged",
                    where=f"{self._catalogue}, line {number}",
                    hint="Move the file away and add your sources again; their texts are still in the folder sources",
                ) from error
        if state.lines:
            state.generation = f"{state.lines}-{hashlib.sha256(data[: state.size]).hexdigest()[:12]}"
        return state


def _checked(source: Source) -> Source:
    """Return the source if its hash and spans are those of its text.

    Raises:
        ShelfError: they are not; the reader that made it is at fault.
    """
    if content_hash(source.text) != source.hash:
        raise ShelfError(f"The text of {source.id!r} does not have the hash that it names")
    for passage in source.passages:
        fits = source.text[passage.start : passage.end] == passage.text
        if not fits or passage.source_hash != source.hash or passage.source_id != source.id:
            raise ShelfError(f"Passage {passage.id} does not stand in its source where it says")
    return source


def _same(held: Source, given: Source) -> bool:
    """Tell whether two sources are one; notices tell of the reading, not of the source."""
    return held.model_copy(update={"notices": []}) == given.model_copy(update={"notices": []})
