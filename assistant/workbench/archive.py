"""The archive: the shipped corpus and the user's library, with one search index over both.

The texts are the truth. The index is brought up to date before a search whenever either has changed, by whichever process, and
says so with counted progress; where nothing changed, no text is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from assistant.errors import CorpusError, EmbedderError, InputError
from assistant.library.digest import Digest, load_digest, read_digests
from assistant.library.files import write_atomic
from assistant.library.notes import read_corpus
from assistant.library.people import load_people
from assistant.library.reading import read_bytes
from assistant.library.shelf import Added, Shelf
from assistant.library.shelves import FixedShelf, Shelves
from assistant.records import Passage, PassageKind, Source, Tier
from assistant.retrieval.embedding import Embedder
from assistant.retrieval.glossary import Glossary, load_glossary, nicknames
from assistant.retrieval.index import Found, Index, Query
from assistant.retrieval.store import EmbeddingStore
from assistant.settings import Settings

__all__ = ["AddedAll", "Archive", "Report", "silent"]

Report = Callable[[str, int, int], None]
"""Told what is being done, how many are done, how many there are."""

_READER_VERSION = "4"  # part of the stamp: a reader that makes other passages must index again


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class AddedAll:
    """What adding files did, file by file, with warnings."""

    items: list[Added]
    notices: list[str] = field(default_factory=list)


class Archive:
    """Sources, passages and search.

    Args:
        settings: the user's settings.
        data: the folder with the shipped `corpus/`.
    """

    def __init__(self, settings: Settings, data: Path) -> None:
        self.settings = settings
        self.notices: list[str] = []
        self._folder = data / "corpus"
        self._passages: dict[str, Passage] | None = None

    @cached_property
    def corpus(self) -> FixedShelf:
        """The shipped notes and thread digests."""
        return FixedShelf([*read_corpus(self._folder / "notes"), *read_digests(self._folder / "threads")])

    @cached_property
    def own(self) -> Shelf:
        """The user's own sources."""
        return Shelf(self.settings.library)

    @property
    def shelves(self) -> Shelves:
        """Both, the user's first."""
        return Shelves([self.own, self.corpus])

    @cached_property
    def glossary(self) -> Glossary:
        """Forum and period abbreviations."""
        return load_glossary(self._folder / "glossary.yaml")

    @cached_property
    def search_glossary(self) -> Glossary:
        """The abbreviations, and the nicknames of the people register: what passages and queries are expanded by."""
        register = self._folder / "people.yaml"
        terms = {entry.term for entry in self.glossary.entries}
        names = nicknames(load_people(register)) if register.is_file() else []
        return Glossary([*self.glossary.entries, *(name for name in names if name.term not in terms)])

    @cached_property
    def embedder(self) -> Embedder | None:
        """The embedder that the settings ask for; None, with a notice, where it cannot run here."""
        try:
            return _open_embedder(self.settings)
        except EmbedderError as error:
            self.notices.append(f"Search by words alone: {error}")
            return None

    @cached_property
    def index(self) -> Index:
        """The search index, not yet brought up to date; see `current`."""
        return Index.open(self.settings.index, self.embedder, glossary=self.search_glossary)

    @property
    def store(self) -> EmbeddingStore:
        """Embeddings by content."""
        return EmbeddingStore(self.settings.index / "embeddings.sqlite3")

    @property
    def search_mode(self) -> str:
        """How the archive is searched, in words for the draft's own account of itself."""
        return f"words and meaning ({self.embedder.name})" if self.embedder else "words alone"

    def current(self, report: Report = silent) -> Index:
        """Return the index, brought up to date where the corpus or the library has changed."""
        stamp_file = self.settings.index / "stamp.json"
        stamp = self._stamp()
        if _read_stamp(stamp_file) != stamp:
            synced = self.index.sync(
                self._everything,
                lambda done, total: report("indexing passages", done, total),
                waiting=lambda who: report(f"waiting for {who}", 0, 1),
            )
            self.notices += synced.notices
            write_atomic(stamp_file, json.dumps(stamp).encode())
        return self.index

    def search(self, query: Query, report: Report = silent) -> Found:
        """Search the archive."""
        return self.current(report).search(query)

    def rebuild(self, report: Report = silent) -> int:
        """Bring the index up to date whatever its stamp says, mend what is damaged, and return the number of passages."""
        (self.settings.index / "stamp.json").unlink(missing_ok=True)
        self.current(report)
        return sum(len(source.passages) for source in self._everything())

    def add(
        self,
        files: Sequence[tuple[str, bytes]],
        *,
        title: str | None = None,
        date: str | None = None,
        tier: str | None = None,
        report: Report = silent,
    ) -> AddedAll:
        """Read files into the user's library and index them. When this returns, they are kept and found.

        Args:
            files: names with their bytes.
            title, date, tier: said of the source where the file does not say it itself.
            report: progress.

        Raises:
            InputError: a file cannot be read as any kind of source; nothing is added then.
            BusyError: another process kept writing all the time.
        """
        sources: list[Source] = []
        for at, (name, data) in enumerate(files, start=1):
            # The same path is the same source, or a new version of it; its id is made of the file's name alone.
            sources.extend(read_bytes(data, Path(name).name, title=title, date=date, tier=_tier(tier), origin=name))
            report("reading files", at, len(files))
        return self.shelve(sources, report)

    def shelve(self, sources: Sequence[Source], report: Report = silent) -> AddedAll:
        """Put sources that are already read into the user's library and index them; see `add`."""
        self.current(report)  # the stamp that is written below says that everything is indexed
        shelf = Shelf(self.settings.library, reserved=self.corpus.ids())
        items = shelf.add_all(sources)
        synced = self.index.add(
            [item.source for item in items], lambda done, total: report("indexing passages", done, total)
        )
        self._passages = None
        write_atomic(self.settings.index / "stamp.json", json.dumps(self._stamp()).encode())
        return AddedAll(items, synced.notices)

    def remove(self, source_id: str) -> None:
        """Take one of the user's sources out of library and index; its text stays for old citations.

        Raises:
            ShelfError: there is no such source, or it is a shipped one.
        """
        self.own.remove(source_id)
        self.index.remove([source_id])
        self._passages = None
        write_atomic(self.settings.index / "stamp.json", json.dumps(self._stamp()).encode())

    def text_of(self, digest: str) -> str | None:
        """Return the canonical text with this hash, or None where no shelf keeps it."""
        return self.shelves.text(digest) if self.shelves.holds_hash(digest) else None

    def passage(self, ref: str) -> Passage:
        """Return the passage `source-id#number`.

        Raises:
            CorpusError: there is none.
        """
        if self._passages is None:
            self._passages = {passage.id: passage for source in self._everything() for passage in source.passages}
        try:
            return self._passages[ref]
        except KeyError:
            raise CorpusError("A sentence rests on a paragraph that does not exist", where=ref) from None

    def source(self, source_id: str) -> Source:
        """Return a source by its id (ShelfError where there is none)."""
        return self.shelves.get(source_id)

    def file(self, name: str) -> Path:
        """Return the path of a shipped data file, such as `people.yaml`."""
        return self._folder / name

    def digest(self, thread_id: str) -> Digest:
        """Return a shipped thread digest with its types.

        Raises:
            CorpusError: there is none of this name.
        """
        for path in sorted((self._folder / "threads").glob("*.yaml")):
            digest = load_digest(path)
            if digest.id == thread_id:
                return digest
        raise CorpusError("There is no shipped thread of this name", where=thread_id)

    def digest_ids(self) -> list[str]:
        """Return the ids of the shipped thread digests: kept out of the evidence for a critique of their thread."""
        return [source_id for source_id in self.corpus.ids() if self.corpus.get(source_id).kind == "digest"]

    def _everything(self) -> list[Source]:
        own = [self.own.get(source_id) for source_id in self.own.ids()]
        return [*(self.corpus.get(source_id) for source_id in self.corpus.ids()), *own]

    def _stamp(self) -> dict[str, str]:
        """What the index is made from, told without reading any text."""
        seen = hashlib.sha256()
        for folder in ("notes", "threads", "glossary.yaml", "people.yaml"):
            root = self._folder / folder
            for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
                if path.is_file():
                    facts = path.stat()
                    seen.update(f"{path.relative_to(self._folder)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
        return {
            "corpus": seen.hexdigest(),
            "own": self.own.generation,
            "embedder": self.embedder.name if self.embedder else "none",
            "reader": _READER_VERSION,
        }


def _open_embedder(settings: Settings) -> Embedder | None:
    """Open the embedder that is asked for. Each is imported only where it is used: they are heavy and exclude each other."""
    key = settings.key_for("openai")
    if settings.embedder == "none":
        return None
    if settings.embedder == "minilm":
        from assistant.retrieval.minilm import MiniLM

        return MiniLM(settings.cache)
    if settings.embedder == "chroma":
        from assistant.retrieval.vectors import ChromaDefault

        return ChromaDefault()
    from assistant.retrieval.openai_embedder import OpenAIEmbedder

    base_url = (settings.embedding_url or settings.base_url) if settings.embedder == "server" else None
    if settings.embedder == "server" and base_url is None:
        raise EmbedderError("The embedder `server` needs an address", hint="Set TORGAU_EMBEDDING_URL")
    return OpenAIEmbedder(settings.embedding_model, api_key=key, base_url=base_url)


def _tier(name: str | None) -> Tier | None:
    if name is None:
        return None
    try:
        return Tier(name)
    except ValueError:
        known = ", ".join(Tier)
        raise InputError(f"{name!r} is no tier", where="--tier", hint=f"Use one of {known}") from None


def _read_stamp(path: Path) -> dict[str, str] | None:
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # no stamp, or a torn one: the index is brought up to date, which is always safe
    return stamp if isinstance(stamp, dict) else None


def kinds(names: Iterable[str]) -> list[PassageKind] | None:
    """Return passage kinds by name, None for no limit.

    Raises:
        InputError: a name is no kind.
    """
    try:
        return [PassageKind(name) for name in names] or None
    except ValueError as error:
        raise InputError(str(error), where="--kind", hint=f"Use one of {', '.join(PassageKind)}") from error


def tiers(names: Iterable[str]) -> list[Tier] | None:
    """Return tiers by name, None for no limit (InputError for a name that is none)."""
    return [tier for name in names if (tier := _tier(name)) is not None] or None
