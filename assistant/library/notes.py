"""Corpus notes: Markdown with a YAML front matter, one statement a paragraph (the rules: `corpus/README.md`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from assistant.dates import PartialDate
from assistant.errors import CorpusError
from assistant.library.binding import Piece, bind
from assistant.library.yamltext import describe, load_yaml, plain_dates
from assistant.records import Bearing, NoteFacts, PassageKind, Record, Reference, Road, Source, SourceKind, Tier
from assistant.text import excerpt

__all__ = [
    "NoteHead",
    "best_tier",
    "load_yaml",
    "looks_like_note",
    "parse_note",
    "read_corpus",
    "read_note",
    "short_cite",
]

_NOTE = re.compile(r"\A---[ \t]*\n(?P<head>.*?\n)---[ \t]*(?:\n(?P<body>.*))?\Z", re.DOTALL)
_MARKER = re.compile(r"\s*\[\^(\w+)\]")
_CITE_LENGTH = 90


class NoteHead(Record):
    """The front matter of a note; see `corpus/README.md` for each field."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=120)
    title: str = Field(min_length=1)
    date: PartialDate
    date_end: PartialDate | None = None
    known_from: PartialDate | None = None
    people: list[str] = Field(default_factory=list)
    places: list[str] = Field(default_factory=list)
    themes: list[str] = Field(min_length=1)
    bearing: Bearing
    why: str = Field(min_length=1)
    contingency: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    sources: list[Reference] = Field(min_length=1)
    alternatives: list[Road] = Field(default_factory=list)


def read_corpus(folder: Path) -> list[Source]:
    """Return all notes under a folder (`<theme>/<id>.md`), by path.

    Raises:
        CorpusError: notes break the rules; all of them are named, not only the first.
    """
    if not folder.is_dir():
        raise CorpusError("There is no folder of notes", where=str(folder), hint="Reinstall Torgau or name the folder")
    sources: list[Source] = []
    problems: list[str] = []
    seen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.md")):
        try:
            source = read_note(path)
        except CorpusError as error:
            problems.append(str(error))
            continue
        if source.id in seen:
            problems.append(f"Two notes have the id {source.id!r} ({seen[source.id]} and {path})")
        seen[source.id] = path
        sources.append(source)
    if problems:
        raise CorpusError("\n".join(problems))
    return sources


def read_note(path: Path) -> Source:
    """Return the note in a file.

    Raises:
        CorpusError: it cannot be read or breaks a rule; the file and the field are named.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"The note cannot be read: {error}", where=str(path)) from error
    source = parse_note(text, str(path))
    if source.id != path.stem:
        raise CorpusError(f"id: the note is called {source.id!r}, its file is not", where=str(path))
    return source


def looks_like_note(text: str) -> bool:
    """Tell whether a text has the front matter of a note, well made or not."""
    match = _NOTE.match(text)
    if match is None:
        return False
    return all(re.search(rf"^{key}:", match["head"], re.MULTILINE) for key in ("bearing", "sources"))


def parse_note(text: str, where: str) -> Source:
    """Return the note in a text.

    Args:
        text: front matter and paragraphs, newlines as `\\n`.
        where: the file, for messages and as the source's origin.

    Raises:
        CorpusError: it breaks a rule; the field is named.
    """
    match = _NOTE.match(text)
    if match is None:
        raise CorpusError("A note begins with front matter between two lines of ---", where=where)
    head = _head(match["head"], where)
    references = {reference.key: reference for reference in head.sources}
    if len(references) != len(head.sources):
        raise CorpusError("sources: two of them have one key", where=where)
    blocks = _blocks(head, match["body"] or "", references, where)
    pieces: list[Piece] = []
    at = 0
    for words, kind, label, resting in blocks:
        pieces.append(
            Piece(
                start=at,
                end=at + len(words),
                kind=kind,
                locator=_locator(label, resting),
                tier=best_tier(resting),
                bearing=head.bearing,
                why=head.why,
                references=resting,
            )
        )
        at += len(words) + 2
    return bind(
        head.id,
        SourceKind.NOTE,
        head.title,
        best_tier(head.sources),
        "\n\n".join(block[0] for block in blocks),
        pieces,
        date=head.date,
        date_end=head.date_end,
        known_from=head.known_from,
        origin=where,
        note=NoteFacts(
            people=head.people,
            places=head.places,
            themes=head.themes,
            bearing=head.bearing,
            why=head.why,
            contingency=head.contingency,
            references=head.sources,
            roads=head.alternatives,
        ),
    )


def short_cite(cite: str) -> str:
    """Return a citation as a locator has it: `FRUS 1945, vol. V, doc. 351`; others are cut at a word if they are long."""
    if not cite.startswith("FRUS"):
        return _cut(cite)
    plain = re.sub(r"^FRUS, (?=\d)", "FRUS ", cite.replace("Volume ", "vol. ").replace("document ", "doc. "))
    plain = re.sub(r"(doc\. \d+\w*)\b.*", r"\1", plain)
    return _cut(re.sub(r"(vol\. [IVXLC\d]+), .*(?=, doc\. )", r"\1", plain))


def _cut(cite: str) -> str:
    """Cut a long citation at a word, and before a bracket rather than inside it."""
    short = excerpt(cite, _CITE_LENGTH)
    before, bracket, inside = short.rpartition(" (")
    return before if bracket and ")" not in inside else short


def best_tier(references: list[Reference]) -> Tier:
    """Return the best tier of the references; `reference` where there are none."""
    order = list(Tier)
    return min((reference.tier for reference in references), key=order.index, default=Tier.REFERENCE)


def _head(text: str, where: str) -> NoteHead:
    fields = load_yaml(text, where)
    if not isinstance(fields, dict):
        raise CorpusError("The front matter is no list of fields", where=where)
    try:
        return NoteHead.model_validate_json(json.dumps(plain_dates(fields), default=str))
    except ValidationError as error:
        raise CorpusError(describe(error), where=where) from error


Block = tuple[str, PassageKind, str, list[Reference]]


def _blocks(head: NoteHead, body: str, references: dict[str, Reference], where: str) -> list[Block]:
    """Return the passages of a note: its paragraphs without markers, then its alternatives."""

    def resting(keys: list[str], what: str) -> list[Reference]:
        unknown = [key for key in keys if key not in references]
        if unknown:
            raise CorpusError(f"{what}: there is no source with the key {unknown[0]!r}", where=where)
        return [references[key] for key in dict.fromkeys(keys)]

    blocks = list(_paragraphs(body, resting, where))
    if not blocks:
        raise CorpusError("The note has no paragraph", where=where)
    for number, road in enumerate(head.alternatives, 1):
        words = " ".join(road.text.split())
        cited = resting(road.sources, f"alternatives.{number - 1}.sources")
        blocks.append((words, PassageKind.ALTERNATIVE, f"alternative {number}", cited))
    return blocks


def _paragraphs(body: str, resting: Callable[[list[str], str], list[Reference]], where: str) -> Iterator[Block]:
    for number, raw in enumerate((part for part in re.split(r"\n[ \t]*\n", body) if part.strip()), 1):
        keys = _MARKER.findall(raw)
        words = " ".join(_MARKER.sub("", raw).split())
        if not keys or not words:
            raise CorpusError(f"paragraph {number}: it needs words and the keys of its sources, as [^a]", where=where)
        kind = PassageKind.DISPUTE if words.startswith("Disputed:") else PassageKind.STATEMENT
        yield words, kind, f"para. {number}", resting(keys, f"paragraph {number}")


def _locator(label: str, references: list[Reference]) -> str:
    cites = dict.fromkeys(short_cite(reference.cite) for reference in references)
    return f"{label}: {'; '.join(cites)}" if cites else label
