"""Threads: posts as sources, one passage or more a post, and a source as a thread again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.errors import InputError
from assistant.library.binding import Piece, bind, date_span
from assistant.library.chunking import chunks, stripped
from assistant.records import PassageKind, Post, Source, SourceKind, Thread, Tier

__all__ = ["bind_thread", "own_spans", "thread_of"]


def bind_thread(source_id: str, title: str, text: str, posts: Sequence[Post], **fields: Any) -> Source:
    """Return a thread as a source of tier forum: each post's own words in passages that never leave it.

    Args:
        source_id: as `Source.id`.
        title: of the thread.
        text: the canonical text that the posts are spans of.
        posts: in order.
        fields: further fields of `Source`.
    """
    pieces = [
        Piece(low, high, PassageKind.POST, f"post {post.number}", date=post.date, author=post.author)
        for post in posts
        for start, end in own_spans(post, text)
        for low, high in chunks(text, start, end)
    ]
    if "date" not in fields:
        fields["date"], fields["date_end"] = date_span(post.date for post in posts if post.date)
    return bind(source_id, SourceKind.THREAD, title, Tier.FORUM, text, pieces, posts=list(posts), **fields)


def own_spans(post: Post, text: str) -> list[tuple[int, int]]:
    """Return the stretches of a post that are its author's own words, without white space at their ends."""
    spans: list[tuple[int, int]] = []
    at = post.start
    for low, high in [*((part.start, part.end) for part in post.apart), (post.end, post.end)]:
        own = stripped(text, at, low)
        if own:
            spans.append(own)
        at = high
    return spans


def thread_of(source: Source) -> Thread:
    """Return the thread that a source of kind thread was made from.

    Raises:
        InputError: the source is no thread.
    """
    if not source.posts:
        raise InputError(f"{source.title!r} is no thread", where=source.origin, hint="Give a pasted or saved thread")
    return Thread(title=source.title, text=source.text, posts=source.posts)
