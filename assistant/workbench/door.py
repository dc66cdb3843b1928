"""What the faces call: one object with everything a user can do."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.desk.desk import Desk
from assistant.errors import ExportError, ShelfError
from assistant.export.exporting import FORMATS, SUFFIXES, export
from assistant.export.verify import Report as Verification
from assistant.export.verify import verify
from assistant.library.files import write_atomic
from assistant.records import Answer, Citation, Continuation, Critique, Origin, Passage, Source, Timeline
from assistant.retrieval.index import Found, Query
from assistant.settings import Settings, data_folder, load_settings, save_secret, save_settings
from assistant.workbench.answering import Answerer
from assistant.workbench.archive import AddedAll, Archive, Report, kinds, silent, tiers
from assistant.workbench.checking import Checked, check_corpus
from assistant.workbench.continuing import Continuer, bring_timeline, opening
from assistant.workbench.critiquing import Critic, bring, digested
from assistant.workbench.lab import Lab
from assistant.workbench.measuring import measured, told
from assistant.workbench.originals import Originals
from assistant.workbench.worlds import Worlds
from assistant.workbench.writer import Keep, Writer
from assistant.worldlines.validation import validate
from assistant.writing.citing import cite
from assistant.writing.critique import foremost

__all__ = ["Demonstration", "Workbench"]

SCENARIO = "elbe-day"
FORUM_CLAIMS = 10
"""The demo's forum version shows so many claims: nobody posts all of them."""
Given = tuple[str, bytes]
"""A name and the bytes of what the user gave."""


@dataclass(frozen=True)
class Demonstration:
    """What the demo made: lines to show, files written, quotations checked, what did not hold."""

    summary: list[str]
    files: list[Path]
    checked: int
    problems: list[str] = field(default_factory=list)


class Workbench:
    """Everything a face needs, wired from the settings. Opening is cheap; parts are made when they are first used.

    Args:
        settings: the user's settings.
        data: the folder with the shipped `corpus/` and `prompts/`.
    """

    def __init__(self, settings: Settings, data: Path | None = None) -> None:
        self.settings = settings
        self.data = data or data_folder()
        self.archive = Archive(settings, self.data)

    @classmethod
    def open(cls, **changes: Any) -> Workbench:
        """Open the workbench with the settings of the environment and the user's file, some changed for this call.

        Raises:
            SettingsError: a setting is not usable.
        """
        return cls(load_settings().model_copy(update=changes))

    @cached_property
    def worlds(self) -> Worlds:
        """The shipped scenario."""
        return Worlds(self.archive, self.data / "corpus" / "scenarios" / SCENARIO)

    @cached_property
    def lab(self) -> Lab:
        """The causal model of the shipped scenario, to be asked directly."""
        return Lab(self.worlds)

    @cached_property
    def originals(self) -> Originals:
        """The documents that the notes rest on, to be fetched."""
        return Originals(self.archive)

    @cached_property
    def desk(self) -> Desk:
        """Projects, drafts and revisions."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        return Desk(self.settings.desk)

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        tiers_: Iterable[str] = (),
        kinds_: Iterable[str] = (),
        since: str | None = None,
        until: str | None = None,
        as_of: str | None = None,
        report: Report = silent,
    ) -> Found:
        """Search the archive by words and meaning; dates are partial dates.

        Raises:
            InputError: an unknown tier or kind, or a date that is none.
        """
        query = Query(text, k=k, tiers=tiers(tiers_), kinds=kinds(kinds_), since=since, until=until, as_of=as_of)
        found = self.archive.search(query, report)
        return Found(found.hits, found.searched, [*self.archive.notices, *found.notices], found.cosines)

    def critique(
        self,
        given: Given | None = None,
        *,
        as_of: str | None = None,
        report: Report = silent,
        keep: Keep | None = None,
    ) -> Critique:
        """Judge a scenario, a thread or a draft; without one, the shipped thread.

        Args:
            given: what to judge.
            as_of: only evidence that could be known on this day.
            report: progress.
            keep: model mode: told the findings after each batch, so that a crash loses none.
        """
        self.archive.current(report)
        brought = bring(*given) if given else digested(self.archive)
        critic = Critic(self.archive, self.worlds, as_of=as_of, report=report)
        return critic.judge(brought, self._origin(as_of), self._writer(report, keep))

    def continue_timeline(
        self,
        given: Given | None = None,
        *,
        timeline: Timeline | None = None,
        start: str | None = None,
        end: str | None = None,
        path: str = "likely",
        levers: Sequence[str] | None = None,
        as_of: str | None = None,
        report: Report = silent,
    ) -> Continuation:
        """Continue a timeline from a date to a date: `timeline`, or what is `given`, or the shipped scenario."""
        self.archive.current(report)
        if timeline is None:
            timeline = bring_timeline(*given, self.worlds.model) if given else self.opening()
        continuer = Continuer(self.archive, self.worlds, report=report)
        return continuer.go_on(
            timeline,
            start=start,
            end=end,
            path=path,
            levers=levers,
            origin=self._origin(as_of),
            writer=self._writer(report),
        )

    def opening(self) -> Timeline:
        """Return the shipped scenario as a timeline without events: its premise and what its thread's first post asks for."""
        return opening(self.worlds.model)

    def read_timeline(self, given: Given) -> Timeline:
        """Read a timeline of the user's own (InputError where it is none); see `bring_timeline`."""
        return bring_timeline(*given, self.worlds.model)

    def ask(self, question: str, *, as_of: str | None = None, report: Report = silent) -> Answer:
        """Answer a question from the archive, both sides."""
        self.archive.current(report)
        answerer = Answerer(self.archive, self.worlds, as_of=as_of, report=report)
        return answerer.answer(question, self._origin(as_of), self._writer(report))

    def _writer(self, report: Report, keep: Keep | None = None) -> Writer | None:
        """Return the writer of model mode; None in archive mode."""
        if self.settings.model is None:
            return None
        return Writer(self.archive, self.worlds, self.data / "prompts", report=report, keep=keep)

    def add(
        self,
        files: Sequence[Given],
        *,
        title: str | None = None,
        date: str | None = None,
        tier: str | None = None,
        report: Report = silent,
    ) -> AddedAll:
        """Add files to the user's library; see `Archive.add`."""
        return self.archive.add(files, title=title, date=date, tier=tier, report=report)

    def own_sources(self) -> list[Source]:
        """Return the user's own sources."""
        return [self.archive.own.get(source_id) for source_id in self.archive.own.ids()]

    def source(self, source_id: str, digest: str | None = None) -> Source:
        """Return a source; with the hash of a text, the version that has it, so that an old citation can be opened.

        Raises:
            ShelfError: there is no such source, or no shelf keeps that text.
        """
        if digest is None or (self.archive.shelves.holds(source_id) and self.archive.source(source_id).hash == digest):
            return self.archive.source(source_id)
        return self.archive.shelves.by_hash(digest)

    def shipped(self) -> list[Source]:
        """Return the shipped sources."""
        return [self.archive.corpus.get(source_id) for source_id in self.archive.corpus.ids()]

    def shipped_count(self) -> int:
        """Return how many sources are shipped."""
        return len(self.archive.corpus.ids())

    def remove(self, source_id: str) -> None:
        """Take a source of the user's out of the library (ShelfError where there is none)."""
        if not self.archive.own.holds(source_id):
            raise ShelfError(f"There is no source {source_id!r} of your own", hint="`torgau library` lists them")
        self.archive.remove(source_id)

    def rebuild(self, report: Report = silent) -> int:
        """Make the indexes anew and return the number of passages."""
        return self.archive.rebuild(report)

    def verify(self, path: Path) -> Verification:
        """Re-check an exported draft against the sources."""
        return verify(path, self.archive.text_of)

    def export(self, draft: Critique | Continuation | Answer, form: str, *, top: int | None = None) -> list[str]:
        """Return the draft in a format, in parts where a forum post cannot hold it.

        Args:
            draft: what was drafted.
            form: one of the formats.
            top: of a critique, only so many of its most telling claims.
        """
        if top is not None and isinstance(draft, Critique):
            draft = foremost(draft, top)
        return export(draft, form, post_length=self.settings.post_length)

    def write(self, parts: Sequence[str], path: Path) -> list[Path]:
        """Write an export; several parts go into numbered files beside each other.

        Raises:
            ExportError: the place cannot be written.
        """
        names = [path]
        if len(parts) > 1:
            stem, _, suffix = path.name.partition(".")
            names = [
                path.with_name(f"{stem}-{at}.{suffix}" if suffix else f"{stem}-{at}") for at in range(1, len(parts) + 1)
            ]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for name, text in zip(names, parts, strict=True):
                write_atomic(name, text.encode("utf-8"))
        except OSError as error:
            raise ExportError(f"The draft cannot be written: {error.strerror}", where=str(path)) from error
        return names

    def demo(self, out: Path, report: Report = silent) -> Demonstration:
        """Draft the critique and the continuation of the shipped thread in every format, verify each, and sum up."""
        critique = self.critique(report=report)
        continuation = self.continue_timeline(start="1945-04-26", end="1949-12-31", report=report)
        files: list[Path] = []
        drafts: tuple[tuple[str, Critique | Continuation], ...] = (
            ("critique", critique),
            ("continuation", continuation),
        )
        for name, draft in drafts:
            for form in FORMATS:
                top = FORUM_CLAIMS if form == "bbcode" else None
                files += self.write(self.export(draft, form, top=top), out / f"{name}{SUFFIXES[form]}")
        checked, problems = 0, list[str]()
        for path in files:
            found = self.verify(path)
            checked += found.checked
            problems += [f"{path}: {problem.message}" for problem in found.problems]
        return Demonstration(_summary(critique, continuation), files, checked, problems)

    def check_corpus(self, folder: Path | None = None) -> Checked:
        """Check the shipped corpus, or another folder of its form."""
        return check_corpus(folder or self.data / "corpus")

    def list_originals(self) -> list[str]:
        """Return a line for each document that can be fetched."""
        return self.originals.told()

    def index_originals(self) -> str:
        """Return the list of originals as the shipped notes make it."""
        return self.originals.index()

    def fetch_originals(
        self, ids: Sequence[str], *, notes: Sequence[str] = (), everything: bool = False, report: Report = silent
    ) -> list[str]:
        """Download, read and index documents; see `Originals.fetch`."""
        return self.originals.fetch(ids, notes=notes, everything=everything, report=report)

    def originals_beside(self, paragraph: str) -> tuple[Passage, list[Passage]]:
        """Return a note's paragraph ("note-id#2") and the passages of the fetched originals that it rests on.

        Raises:
            CorpusError: there is no such paragraph.
        """
        passage = self.archive.passage(paragraph)
        return passage, self.originals_for(cite(passage))

    def originals_for(self, citation: Citation) -> list[Passage]:
        """Return the fetched originals' own words behind a citation of a note; see `Originals.of`."""
        return self.originals.of(citation)

    def validate_worldlines(self, report: Report = silent) -> tuple[bool, list[str]]:
        """Validate the engine on the shipped scenario; return whether all holds, and lines to read."""
        found = validate(
            self.worlds.model,
            progress=lambda done, total: report("validating", done, total),
            cache_dir=self.settings.cache,
        )
        return found.passed, list(self.lab.tell_validation(found))

    def evaluate_retrieval(self, k: int, report: Report = silent) -> list[str]:
        """Ask the shipped questions in every way of searching; return the scores as lines to read."""
        return told(measured(self.archive, k, report))

    def change_setting(self, name: str, value: str | None) -> None:
        """Change one setting in the user's file; the API key goes into its own.

        Raises:
            SettingsError: there is no such setting, or the value is impossible.
        """
        if name == "api_key":
            save_secret(self.settings.home, value)
        else:
            save_settings(self.settings.home, {name: value})

    def _origin(self, as_of: str | None) -> Origin:
        return Origin(
            mode="archive",
            search=self.archive.search_mode,
            as_of=as_of,
            seed=self.settings.seed,
            version=importlib.metadata.version("torgau"),
        )


def _summary(critique: Critique, continuation: Continuation) -> list[str]:
    judged = [finding for finding in critique.claims if finding.probability]
    lines = [critique.title, *(sentence.text for sentence in critique.summary[:3]), ""]
    lines.append(
        f"{len(critique.claims)} claims, {len(judged)} judged, {critique.searched} passages searched for each."
    )
    lines += ["", continuation.title]
    lines += [f"{event.date}  {event.title}" for event in continuation.events[:6]]
    lines.append(f"... and {max(0, len(continuation.events) - 6)} more entries to {continuation.end}.")
    return lines
