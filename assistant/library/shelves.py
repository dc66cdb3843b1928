"""Several shelves side by side: the shipped corpus, which is read from its files, and the user's own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from assistant.errors import ShelfError
from assistant.library.shelf import Version
from assistant.records import Source

__all__ = ["FixedShelf", "Holding", "Shelves"]


class Holding(Protocol):
    """What can be asked of any shelf; see `Shelf` for each."""

    @property
    def generation(self) -> str:
        """A stamp that changes with the contents."""

    def ids(self) -> list[str]:
        """Return the ids held."""

    def holds(self, source_id: str) -> bool:
        """Tell whether a source is held."""

    def holds_hash(self, digest: str) -> bool:
        """Tell whether a text is kept."""

    def versions(self, source_id: str) -> list[Version]:
        """Return a source's versions."""

    def get(self, source_id: str, version: int | None = None) -> Source:
        """Return a source."""

    def by_hash(self, digest: str) -> Source:
        """Return the source with this text."""

    def text(self, digest: str) -> str:
        """Return a text."""


class FixedShelf:
    """A shelf that nobody adds to, held in memory: the shipped corpus.

    Args:
        sources: each id once.

    Raises:
        ShelfError: two sources have one id.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_id: dict[str, Source] = {}
        for source in sources:
            if source.id in self._by_id:
                first = self._by_id[source.id].origin
                raise ShelfError(f"Two sources have the id {source.id!r}", where=f"{first} and {source.origin}")
            self._by_id[source.id] = source
        self._by_hash = {source.hash: source for source in self._by_id.values()}
        stamp = hashlib.sha256("".join(f"{key} {source.hash}\n" for key, source in self._by_id.items()).encode())
        self._generation = f"{len(self._by_id)}-{stamp.hexdigest()[:12]}"

    @property
    def generation(self) -> str:
        """A stamp of the contents; it differs where another edition of them is shipped."""
        return self._generation

    def ids(self) -> list[str]:
        """Return the ids in the order given."""
        return list(self._by_id)

    def holds(self, source_id: str) -> bool:
        """Tell whether there is a source of this id."""
        return source_id in self._by_id

    def holds_hash(self, digest: str) -> bool:
        """Tell whether a source's text has this hash."""
        return digest in self._by_hash

    def versions(self, source_id: str) -> list[Version]:
        """Return the one version of a source; empty if there is none."""
        return [Version(number=1, hash=self._by_id[source_id].hash)] if self.holds(source_id) else []

    def get(self, source_id: str, version: int | None = None) -> Source:
        """Return a source.

        Raises:
            ShelfError: there is no such source or version.
        """
        if not self.holds(source_id) or version not in (None, 1):
            raise ShelfError(f"There is no source {source_id!r}" + (f", version {version}" if version else ""))
        return self._by_id[source_id]

    def by_hash(self, digest: str) -> Source:
        """Return the source whose text has this hash.

        Raises:
            ShelfError: there is none.
        """
        if digest not in self._by_hash:
            raise ShelfError(f"No source has a text with the hash {digest[:12]}…")
        return self._by_hash[digest]

    def text(self, digest: str) -> str:
        """Return the canonical text that has this hash.

        Raises:
            ShelfError: there is none.
        """
        return self.by_hash(digest).text


class Shelves:
    """Shelves asked one after the other: the first that holds an id or a hash answers."""

    def __init__(self, shelves: Sequence[Holding]) -> None:
        self._shelves = list(shelves)

    @property
    def generation(self) -> str:
        """A stamp that changes when any of the shelves changes."""
        return "+".join(shelf.generation for shelf in self._shelves)

    def ids(self) -> list[str]:
        """Return all ids, each once."""
        return list(dict.fromkeys(source_id for shelf in self._shelves for source_id in shelf.ids()))

    def holds(self, source_id: str) -> bool:
        """Tell whether any shelf has a source of this id."""
        return any(shelf.holds(source_id) for shelf in self._shelves)

    def holds_hash(self, digest: str) -> bool:
        """Tell whether any shelf keeps a text under this hash."""
        return any(shelf.holds_hash(digest) for shelf in self._shelves)

    def versions(self, source_id: str) -> list[Version]:
        """Return the versions of a source, oldest first; empty if no shelf has it."""
        return next((shelf.versions(source_id) for shelf in self._shelves if shelf.holds(source_id)), [])

    def get(self, source_id: str, version: int | None = None) -> Source:
        """Return a source.

        Raises:
            ShelfError: no shelf has such a source or version.
        """
        return self._first(f"source {source_id!r}", lambda shelf: shelf.holds(source_id)).get(source_id, version)

    def by_hash(self, digest: str) -> Source:
        """Return the source version whose text has this hash.

        Raises:
            ShelfError: no shelf keeps it.
        """
        return self._first(f"text with the hash {digest[:12]}…", lambda shelf: shelf.holds_hash(digest)).by_hash(digest)

    def text(self, digest: str) -> str:
        """Return the canonical text kept under a hash.

        Raises:
            ShelfError: no shelf keeps it.
        """
        return self._first(f"text with the hash {digest[:12]}…", lambda shelf: shelf.holds_hash(digest)).text(digest)

    def _first(self, what: str, holds: Callable[[Holding], bool]) -> Holding:
        for shelf in self._shelves:
            if holds(shelf):
                return shelf
        raise ShelfError(f"There is no {what} on any shelf", hint="`torgau library` lists what there is")
