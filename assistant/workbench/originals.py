"""The originals: full texts of the documents that notes rest on, fetched when the user asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path

from assistant.errors import FetchError, InputError, TorgauError
from assistant.library.binding import short_hash
from assistant.library.decoding import decode
from assistant.library.fetching import Fetcher
from assistant.library.originals import Original, document_id, index_originals, load_originals, to_toml
from assistant.library.page import read_page
from assistant.library.tei import looks_like_tei, read_tei
from assistant.records import Citation, Passage, Reference, Source, Tier
from assistant.workbench.archive import Archive, Report, silent

__all__ = ["Originals"]

_IN_A_ROW = 3
"""After so many failures one after the other the rest is not tried: the site, or the way to it, is out of order."""


class Originals:
    """What can be fetched, what is there already, and which note rests on which.

    Args:
        archive: the notes and the user's library.
        listed: the list of originals; by default the shipped one.
        fetcher: makes what downloads; by default one that waits a second between requests.
    """

    def __init__(
        self, archive: Archive, listed: Path | None = None, *, fetcher: Callable[[], Fetcher] = Fetcher
    ) -> None:
        self._archive = archive
        self._path = listed or archive.file("originals.toml")
        self._fetcher = fetcher

    @cached_property
    def all(self) -> list[Original]:
        """The originals listed (CorpusError where the list cannot be read)."""
        return load_originals(self._path)

    def told(self) -> list[str]:
        """Return a line for each original: its id, its title, and whether it is in the library."""
        here = self._here()
        return [f"{each.id}  {each.title}{'  (in your library)' if each.id in here else ''}" for each in self.all]

    def index(self) -> str:
        """Return the text of the list as the shipped notes make it."""
        corpus = self._archive.corpus
        notes = (corpus.get(source_id) for source_id in corpus.ids())
        return to_toml(index_originals(source for source in notes if source.note is not None))

    def fetch(
        self,
        ids: Collection[str] = (),
        *,
        notes: Collection[str] = (),
        everything: bool = False,
        report: Report = silent,
    ) -> list[str]:
        """Download documents, read them into the user's library and index them; return a line for each.

        What is in the library already is not asked for again, and what was downloaded whole but not yet read is read from the
        disk. Each document is kept as soon as it is there, whatever becomes of the next.

        Raises:
            InputError: nothing is asked for, or there is no original of this id or for this note.
            FetchError: some could not be fetched; each is named, and the others are in the library.
        """
        wanted = self._wanted(ids, notes, everything)
        here = self._here()
        lines: list[str] = []
        failed: list[str] = []
        row = 0
        with self._fetcher() as fetcher:
            for at, original in enumerate(wanted, start=1):
                try:
                    known = here.get(original.id)
                    lines.append(self._told(known, "already there") if known else self._fetched(original, fetcher))
                    row = 0
                except (FetchError, InputError) as error:
                    failed.append(f"{original.id}: {error}")
                    row += 1
                    if row == _IN_A_ROW:
                        break
                report("fetching documents", at, len(wanted))
        if failed:
            raise _failure(failed, len(lines), len(wanted))
        return lines

    def of(self, citation: Citation) -> list[Passage]:
        """Return the passages of the fetched originals that a citation of a note rests on; none for other sources.

        Where the citation stands in the note as it is now, only the documents that its paragraph names count, else all of the
        note's.
        """
        if not self._archive.shelves.holds(citation.source_id):
            return []
        note = self._archive.source(citation.source_id)
        if note.note is None:
            return []
        here = self._here()
        named = dict.fromkeys(document_id(reference.url) for reference in _references(note, citation))
        return [passage for key in named if key in here for passage in here[key].passages]

    def _wanted(self, ids: Collection[str], notes: Collection[str], everything: bool) -> list[Original]:
        if not (ids or notes or everything):
            raise InputError(
                "Nothing is asked for", hint="Name documents, a note with --note, or --all; `torgau originals list`"
            )
        known = {each.id for each in self.all}
        resting = {note for each in self.all for note in each.notes}
        strange = [f"document {each!r}" for each in ids if each.lower() not in known]
        strange += [f"document for the note {each!r}" for each in notes if each not in resting]
        if strange:
            raise InputError(f"There is no {strange[0]} to fetch", hint="`torgau originals list` shows what there is")
        lowered = {each.lower() for each in ids}
        return [each for each in self.all if everything or each.id in lowered or not set(notes).isdisjoint(each.notes)]

    def _here(self) -> dict[str, Source]:
        """Return the originals that are in the user's library, by their ids in the list."""
        own = self._archive.own
        held = set(own.ids())
        found: dict[str, Source] = {}
        for original in self.all:
            # A source of the user's may have had the id first; the shelf then made another of the address.
            for source_id in (original.id, f"{original.id}-{short_hash(original.address)}"):
                if source_id in held and (source := own.get(source_id)).origin == original.address:
                    found[original.id] = source
        return found

    def _fetched(self, original: Original, fetcher: Fetcher) -> str:
        path = self._archive.settings.home / "originals" / f"{original.id}.html"
        if not path.is_file():
            fetcher.fetch(original.address, path)
        try:
            source = _read(original, path.read_bytes())
        except TorgauError:
            path.unlink(missing_ok=True)  # kept, it would be taken for the document the next time
            raise
        added = self._archive.shelve([source])
        self._archive.notices += [*(f"{original.id}: {each}" for each in source.notices), *added.notices]
        return self._told(added.items[0].source, "fetched")

    @staticmethod
    def _told(source: Source, what: str) -> str:
        count = len(source.passages)
        return f"{source.id}: {source.title} ({what}, {count} passage{'' if count == 1 else 's'})"


def _read(original: Original, data: bytes) -> Source:
    """Return what was downloaded as a source of tier primary, under the title and the address of the list."""
    text, notices = decode(data, original.address)
    if re.search(rf"\b{re.escape(original.volume)}\b", text, re.I) is None:
        raise FetchError(
            f"The page does not name the volume {original.volume}: it may be a notice of the site",
            where=original.address,
            hint="Open the address in a browser",
        )
    tei = looks_like_tei(text.lstrip("\ufeff \t\r\n"))
    if tei:
        whole = re.search(rf"""xml:id=["']{re.escape(original.number)}["']""", text) is None
        source = read_tei(
            text,
            original.address,
            part=None if whole else original.number,
            source_id=original.id,
            title=original.title,
            tier=Tier.PRIMARY,
            origin=original.address,
            notices=notices,
        )
    else:
        source = read_page(
            text,
            original.address,
            source_id=original.id,
            title=original.title,
            tier=Tier.PRIMARY,
            origin=original.address,
            notices=notices,
        )
    return source


def _references(note: Source, citation: Citation) -> Iterable[Reference]:
    here = [
        passage
        for passage in note.passages
        if note.hash != citation.source_hash or (passage.start < citation.end and citation.start < passage.end)
    ]
    return (reference for passage in here for reference in passage.references)


def _failure(failed: list[str], done: int, wanted: int) -> FetchError:
    untried = wanted - done - len(failed)
    rest = f"\nAfter {_IN_A_ROW} failures one after the other {untried} more were not tried" if untried else ""
    return FetchError(
        f"{len(failed)} of {wanted} documents could not be fetched:\n" + "\n".join(failed) + rest,
        hint="What was fetched is in your library; fetch again for the rest",
    )
