"""Thread digests: what each post of a thread argued, in our own words, by post number and without names."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import Field, ValidationError

from assistant.dates import PartialDate
from assistant.errors import CorpusError
from assistant.library.binding import Piece, bind, date_span
from assistant.library.yamltext import describe, load_yaml, plain_dates
from assistant.records import ClaimType, PassageKind, Record, Source, SourceKind, Tier

__all__ = ["Digest", "DigestPost", "DigestStatement", "load_digest", "read_digest", "read_digests"]


class DigestStatement(Record):
    """One thing that a post argued; `bears_out` and `contradicts` are ids of notes."""

    id: str = Field(min_length=1)
    type: ClaimType
    text: str = Field(min_length=1)
    bears_out: list[str] = Field(default_factory=list)
    contradicts: list[str] = Field(default_factory=list)


class DigestPost(Record):
    """A post by its number in the thread."""

    number: int = Field(ge=1)
    date: PartialDate | None = None
    statements: list[DigestStatement]


class Digest(Record):
    """A thread in our own words. Statement n, counted over all posts, is passage n of the digest's source."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=120)
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    posts: list[DigestPost] = Field(min_length=1)

    def statements(self) -> list[DigestStatement]:
        """Return all statements in order, as the passages of the source are numbered."""
        return [statement for post in self.posts for statement in post.statements]


def load_digest(path: Path) -> Digest:
    """Return a digest file as it stands, with its ties to notes.

    Raises:
        CorpusError: it cannot be read or breaks the form; the field is named.
    """
    where = str(path)
    try:
        fields = load_yaml(path.read_text("utf-8-sig"), where)
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"The digest cannot be read: {error}", where=where) from error
    try:
        digest = Digest.model_validate_json(json.dumps(plain_dates(fields), default=str))
    except ValidationError as error:
        raise CorpusError(describe(error), where=where) from error
    ids = [statement.id for statement in digest.statements()]
    if not ids or len(set(ids)) != len(ids):
        raise CorpusError("posts: statements are missing, or two have one id", where=where)
    return digest


def read_digest(path: Path) -> Source:
    """Return a digest as a source of tier forum, one passage a statement, located by its post.

    Raises:
        CorpusError: it cannot be read or breaks the form; the field is named.
    """
    digest = load_digest(path)
    texts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for post in digest.posts:
        for statement in post.statements:
            words = " ".join(statement.text.split())
            texts.append(words)
            pieces.append(Piece(at, at + len(words), PassageKind.STATEMENT, f"post {post.number}", date=post.date))
            at += len(words) + 2
    first, last = date_span(post.date for post in digest.posts if post.date)
    return bind(
        digest.id,
        SourceKind.DIGEST,
        digest.title,
        Tier.FORUM,
        "\n\n".join(texts),
        pieces,
        date=first,
        date_end=last,
        origin=str(path),
    )


def read_digests(folder: Path) -> list[Source]:
    """Return all digests of a folder (`*.yaml`), by name; none if there is no such folder."""
    return [read_digest(path) for path in sorted(folder.glob("*.yaml"))]
