"""A user's plain text or Markdown document."""

from __future__ import annotations

import bisect
import re
from itertools import pairwise

from assistant.library.binding import Piece, bind, canonical, name_title, slug
from assistant.library.chunking import chunks
from assistant.records import PassageKind, Source, SourceKind, Tier
from assistant.text import excerpt, paragraphs

__all__ = ["read_plain"]

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<words>.*?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING_LENGTH = 60


def read_plain(
    text: str,
    name: str,
    *,
    source_id: str | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier = Tier.REFERENCE,
    origin: str | None = None,
    notices: list[str] | None = None,
) -> Source:
    """Return a document as a source: its text as it is, in passages of whole sentences that stay under one heading.

    Args:
        text: the document.
        name: what to call it where it has no heading, and in messages.
        source_id: by default a slug of the title.
        title: by default the first Markdown heading, else `name`.
        date: a partial date, of all its passages.
        tier: how near it stands to what it tells.
        origin: where it came from.
        notices: what the user should know of how it was read.

    Raises:
        InputError: there is no text in it, or what is there is no text.
    """
    text = canonical(text, name)
    headings = _headings(text)
    title = title or (headings[0][1] if headings else name_title(name))
    pieces: list[Piece] = []
    starts = [start for start, _ in paragraphs(text)]
    bounds = [(0, ""), *headings, (len(text), "")]
    for (start, heading), (end, _) in pairwise(bounds):
        for low, high in chunks(text, start, end):
            pieces.append(Piece(low, high, PassageKind.PROSE, _locator(starts, low, high, heading)))
    return bind(
        source_id or slug(title),
        SourceKind.DOCUMENT,
        title,
        tier,
        text,
        pieces,
        date=date,
        origin=origin,
        notices=notices or [],
    )


def _headings(text: str) -> list[tuple[int, str]]:
    """Return where Markdown headings stand and what they say; a # inside a fenced block is none."""
    fenced = [match.span() for match in _FENCE.finditer(text)]
    return [
        (match.start(), match["words"])
        for match in _HEADING.finditer(text)
        if match["words"] and not any(low <= match.start() < high for low, high in fenced)
    ]


def _locator(starts: list[int], low: int, high: int, heading: str) -> str:
    """Return which paragraphs of the document a passage stands in, and under what heading."""
    first = max(bisect.bisect_right(starts, low), 1)
    last = max(bisect.bisect_right(starts, high - 1), first)
    place = f"para. {first}" if first == last else f"paras. {first}–{last}"
    return f"{excerpt(heading, _HEADING_LENGTH)}, {place}" if heading else place
