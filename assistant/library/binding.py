"""Binding: from a canonical text and the pieces it falls into to a `Source` with exact passages."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.dates import earliest, latest
from assistant.errors import InputError
from assistant.records import Bearing, Passage, PassageKind, Reference, Source, SourceKind, Tier
from assistant.text import content_hash, excerpt

__all__ = ["Piece", "bind", "canonical", "date_span", "name_title", "rebind", "short_hash", "slug", "title_line"]

_TITLE_LENGTH = 200
_SLUG_LENGTH = 80
# Control characters that copying out of a PDF or a word processor leaves behind: they would break XML and HTML later.
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Piece:
    """A stretch of a canonical text that becomes a passage; None takes the source's own title, tier and dates."""

    start: int
    end: int
    kind: PassageKind
    locator: str
    title: str | None = None
    tier: Tier | None = None
    date: str | None = None
    date_end: str | None = None
    author: str | None = None
    bearing: Bearing | None = None
    why: str = ""
    references: list[Reference] = field(default_factory=list)


def canonical(text: str, where: str) -> str:
    """Return the text with every newline as `\\n`, without a byte order mark, a space for each control character.

    Raises:
        InputError: there is nothing in it, or it holds what no text holds (NUL, lone surrogates).
    """
    text = _CONTROL.sub(" ", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if "\x00" in text:
        raise InputError(
            f"This is no plain text: character {text.index(chr(0))} is a NUL",
            where=where,
            hint="Save it as plain text, Markdown or HTML and add that",
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"Character {error.start} is half of a surrogate pair and stands for nothing",
            where=where,
            hint="Save the text again as UTF-8",
        ) from error
    if not text.strip():
        raise InputError("There is no text in it", where=where, hint="Check that the file or the paste is complete")
    return text


def slug(name: str) -> str:
    """Return a source id made of a title or a file name: lower-case ASCII words joined by hyphens, at most 80 long."""
    spaced = re.sub(r"\W+", " ", name)  # a dash parts words, though ASCII has no room for it
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_LENGTH].strip("-")
    # A title in another script leaves nothing that names it, so a hash of it does.
    lost = sum(char.isalnum() for char in name) > 2 * sum(char.isalnum() for char in plain)
    return f"{words}-{short_hash(name)}".lstrip("-") if lost or not words else words


def short_hash(text: str) -> str:
    """Return eight hex digits of the text's SHA-256, to tell apart what shares a name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def name_title(name: str) -> str:
    """Return a title made of a file's name: its ending and underscores gone."""
    return (
        re.sub(r"\.(?:txt|text|md|markdown|html?|xhtml|xml)\Z", "", name, flags=re.I).replace("_", " ").strip() or name
    )


def title_line(title: str) -> str:
    """Return a title on one line and of readable length."""
    return excerpt(title, _TITLE_LENGTH) or "Untitled"


def date_span(dates: Iterable[str]) -> tuple[str | None, str | None]:
    """Return the first and the last of some partial dates, the last as None where it says nothing more."""
    given = list(dates)
    if not given:
        return None, None
    first, last = min(given, key=earliest), max(given, key=latest)
    return first, last if last != first else None


def bind(
    source_id: str, kind: SourceKind, title: str, tier: Tier, text: str, pieces: Sequence[Piece], **fields: Any
) -> Source:
    """Return a source whose passages are the pieces, numbered from 1 in the order given.

    Args:
        source_id: lower-case letters, digits, `.`, `_` and `-`.
        kind: what the source is.
        title: one line.
        tier: of the source, and of each piece that names none.
        text: the canonical text; each passage's text is exactly its span of it.
        pieces: not overlapping; empty ones are an error of the reader.
        fields: further fields of `Source`.
    """
    digest = content_hash(text)
    title = title_line(title)
    passages = [
        Passage(
            id=f"{source_id}#{number}",
            source_id=source_id,
            source_hash=digest,
            number=number,
            kind=piece.kind,
            title=title_line(piece.title or title),
            start=piece.start,
            end=piece.end,
            text=text[piece.start : piece.end],
            tier=piece.tier or tier,
            date=piece.date or fields.get("date"),
            date_end=piece.date_end if piece.date else fields.get("date_end"),
            locator=piece.locator,
            author=piece.author,
            bearing=piece.bearing,
            why=piece.why,
            references=piece.references,
        )
        for number, piece in enumerate(pieces, 1)
    ]
    return Source(id=source_id, hash=digest, kind=kind, title=title, tier=tier, text=text, passages=passages, **fields)


def rebind(source: Source, source_id: str) -> Source:
    """Return the same source under another id, its passages too."""
    passages = [
        passage.model_copy(update={"id": f"{source_id}#{passage.number}", "source_id": source_id})
        for passage in source.passages
    ]
    return source.model_copy(update={"id": source_id, "passages": passages})
