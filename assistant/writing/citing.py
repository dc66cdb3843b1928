"""Citing: exact citations made from passages, and typed sentences made from prose that names the paragraphs it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.records import Citation, Passage, Sentence, SentenceType
from assistant.text import Span, locate

__all__ = ["PassageOf", "cite", "cite_all", "quote_from", "typed"]

PassageOf = Callable[[str], Passage]


def cite(passage: Passage, span: Span | None = None) -> Citation:
    """Return the citation of a whole passage, or of `span` (offsets into the source's text) inside it."""
    start, end = span or (passage.start, passage.end)
    return Citation(
        source_id=passage.source_id,
        source_hash=passage.source_hash,
        title=passage.title,
        tier=passage.tier,
        locator=passage.locator,
        date=passage.date,
        start=start,
        end=end,
        quote=passage.text[start - passage.start : end - passage.start],
    )


def quote_from(passage: Passage, quote: str) -> Citation | None:
    """Return the citation of words claimed to stand in the passage, re-anchored to its true characters; None if they do not."""
    span = locate(quote, passage.text)
    if span is None:
        return None
    return cite(passage, (span[0] + passage.start, span[1] + passage.start))


def cite_all(refs: Sequence[str], passage_of: PassageOf) -> list[Citation]:
    """Return the citations of the paragraphs named by `refs` ("note-id#2"), each once, in order.

    Raises:
        CorpusError: by `passage_of`, where a paragraph does not exist.
    """
    return [cite(passage_of(ref)) for ref in dict.fromkeys(refs)]


def typed(text: str, kind: SentenceType, refs: Sequence[str], passage_of: PassageOf) -> Sentence:
    """Return a sentence of our own prose with the citations that it rests on."""
    return Sentence(text=text, type=kind, citations=cite_all(refs, passage_of))
