"""A pasted thread: the plain copy of a forum page, in which the bounds between posts are partly lost.

Nothing is dropped: the canonical text is the paste itself, the posts cover it, and what is furniture of the page or a quotation
stays in its post, marked `apart`. A split that rests on one sign alone is kept and says so (`Post.doubtful`).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from assistant.library.binding import canonical, name_title, slug
from assistant.library.chunking import stripped
from assistant.library.cues import Cue, Line, position, quoted_author, read_lines
from assistant.library.splitting import Start, quotations, signs_off, starts_of
from assistant.library.threads import bind_thread
from assistant.records import Post, Quote, Source, Span

__all__ = ["looks_like_thread", "read_paste"]

_FURNITURE = {Cue.EDIT, Cue.BUTTON, Cue.EXPAND}
_SIGNS = {Cue.EDIT, Cue.RANK, Cue.STAMP, Cue.SAID, Cue.EXPAND}
_TITLE_WORDS = 25


@dataclass(frozen=True)
class _Page:
    """A paste as read: its lines, which runs of them are quotations, and which line is the thread's title."""

    text: str
    lines: list[Line]
    quotations: list[tuple[int, int]]
    title: int | None


def looks_like_thread(text: str) -> bool:
    """Tell whether a text is a copy of a forum page: two posts or more, and signs of a forum beyond empty lines."""
    lines = read_lines(text)
    if not any(line.cue in _SIGNS for line in lines):
        return False
    starts = starts_of(lines)
    headed = sum("header" in start.signs for start in starts)
    signs = sum(line.cue in _SIGNS or line.cue is Cue.GAP for line in lines)
    return (len(starts) >= 2 and signs >= 2) or headed >= 1


def read_paste(
    text: str, name: str, *, source_id: str | None = None, title: str | None = None, origin: str | None = None
) -> Source:
    """Return a pasted thread as a source; a text without any sign of a thread is one post.

    Args:
        text: the paste.
        name: what to call it where it has no title line, and in messages.
        source_id: by default a slug of the title.
        title: by default the first line, if it reads like a title, else `name`.
        origin: where it came from.

    Raises:
        InputError: there is no text in it, or what is there is no text.
    """
    text = canonical(text, name)
    lines = read_lines(text)
    starts = starts_of(lines)
    page = _Page(text, lines, quotations(lines), _title(lines, starts[0]))
    title = title or (lines[page.title].words if page.title is not None else name_title(name))
    ends = [start.line for start in starts[1:]] + [len(lines)]
    posts = _numbered([_post(page, start, end) for start, end in zip(starts, ends, strict=True)], lines, starts)
    doubtful = sum(post.doubtful is not None for post in posts)
    notices = [f"{doubtful} of {len(posts)} posts have doubtful bounds; each says why"] if doubtful else []
    return bind_thread(source_id or slug(title), title, text, posts, origin=origin, notices=notices)


def _title(lines: list[Line], opener: Start) -> int | None:
    """Return the line of the thread's title: the first with words, if it stands alone and is no sentence."""
    first = next(at for at, line in enumerate(lines) if line.words)
    words = lines[first].words
    more = any(line.words for line in lines[first + 1 :])
    alone = more and lines[first + 1].cue in {Cue.BLANK, Cue.GAP, Cue.PROFILE} and opener.author != words
    title = alone and lines[first].cue is Cue.TEXT and words[-1] not in ".;:," and words[0] not in "-*>"
    return first if title and len(words.split()) <= _TITLE_WORDS else None


def _post(page: _Page, start: Start, end: int) -> Post:
    """Return the post in the lines from `start` to before `end`; its number is given later."""
    text, lines, inside = page.text, page.lines, range(start.line, end)
    span = stripped(text, lines[start.line].start, lines[end - 1].end)
    if span is None:
        raise AssertionError("a post begins at a line with words")
    within = slice(*(bisect_left(page.quotations, (line, 0)) for line in (start.line, end)))
    quoted = [(low, min(high, end)) for low, high in page.quotations[within]]
    signature = next((at for at in inside if lines[at].cue is Cue.RULE), end)
    signed = next((at - 1 for at in inside[1:] if lines[at].cue is Cue.GAP and signs_off(lines, at)), None)
    return Post(
        start=span[0],
        end=span[1],
        number=1,
        author=start.author,
        date=start.date,
        doubtful=start.doubt or _doubt(lines, quoted, signed),
        quotes=[_quote(lines[low:high]) for low, high in quoted],
        edited=next((lines[at].words for at in inside if lines[at].cue is Cue.EDIT), None),
        apart=_apart(
            page, start, end, [*quoted, (signature, end), *([(signed, signed + 1)] if signed is not None else [])]
        ),
    )


def _doubt(lines: list[Line], quoted: list[tuple[int, int]], signed: int | None) -> str | None:
    if signed is not None:
        return f"it ends with the name {lines[signed].words}, which may sign it or head the next post"
    if any(lines[high - 1].cue is not Cue.EXPAND for _, high in quoted):
        return "the end of a quotation in it is not marked"
    return None


def _quote(lines: list[Line]) -> Quote:
    author = next((name for line in lines[:2] if (name := quoted_author(line.words))), None)
    words = "\n".join(line.words for line in lines if line.cue not in {Cue.SAID, Cue.EXPAND}).strip()
    return Quote(author=author, text=words)


def _apart(page: _Page, start: Start, end: int, runs: list[tuple[int, int]]) -> list[Span]:
    """Return as spans, neighbours joined, the lines of a post that are not its author's words."""
    inside = range(start.line, end)
    apart = {at for at in inside if at < start.body or at == page.title or page.lines[at].cue in _FURNITURE}
    apart |= {at for low, high in runs for at in range(low, high)}
    spans: list[tuple[int, int]] = []
    for at in sorted(apart):
        span = stripped(page.text, page.lines[at].start, page.lines[at].end)
        if span is None:
            continue
        if spans and not page.text[spans[-1][1] : span[0]].strip():
            spans[-1] = spans[-1][0], span[1]
        else:
            spans.append(span)
    return [Span(start=low, end=high) for low, high in spans]


def _numbered(posts: list[Post], lines: list[Line], starts: list[Start]) -> list[Post]:
    """Number the posts as the page did, if every one shows its number and they rise; else from 1."""
    shown = [
        next((n for line in lines[start.line : start.body] if (n := position(line.words)) is not None), None)
        for start in starts
    ]
    given = [number for number in shown if number is not None]
    rising = len(given) == len(posts) and all(low < high for low, high in pairwise(given))
    numbers = given if rising else range(1, len(posts) + 1)
    return [post.model_copy(update={"number": number}) for post, number in zip(posts, numbers, strict=True)]
