"""Citations: is each quotation where it says, and does it carry the sentence that leans on it?

A citation that fails costs only itself. What is left decides what the sentence may still be: a documented sentence that
lost its support is relabelled or removed, and every such step is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import ValidationError

from assistant.checks.figures import unsupported
from assistant.records import Citation, Rejection, Sentence, SentenceType, Tier
from assistant.text import content_hash, excerpt

__all__ = ["TextOf", "check_citation", "check_sentence", "settle"]

TextOf = Callable[[str], str | None]
"""Gives the canonical text with a hash, or None where the shelf does not hold it."""


def check_citation(citation: Citation, text_of: TextOf) -> str | None:
    """Return what is wrong with a citation, or None: source known, hash right, quotation exact at its span."""
    text = text_of(citation.source_hash)
    if text is None:
        return f"the source {citation.source_id!r} with hash {citation.source_hash[:12]} is not on the shelf"
    if content_hash(text) != citation.source_hash:
        return f"the stored text of {citation.source_id!r} no longer has the hash {citation.source_hash[:12]}"
    if text[citation.start : citation.end] != citation.quote:
        return f"the source has other words at {citation.start}–{citation.end} than “{excerpt(citation.quote, 80)}”"
    return None


def check_sentence(sentence: Sentence, context: Iterable[str] = ()) -> str | None:
    """Return what a documented sentence says beyond what it cites (numbers, years, names), or None.

    Args:
        sentence: the drafted sentence; other types than `documented` are not held to this.
        context: further texts that count as cited, such as the titles of the sources.
    """
    if sentence.type is not SentenceType.DOCUMENTED:
        return None
    cited = [text for citation in sentence.citations for text in (citation.quote, citation.title)]
    missing = unsupported(sentence.text, [*cited, *context])
    if missing:
        return f"the cited words do not hold {', '.join(repr(word) for word in missing)}"
    return None


def settle(
    text: str, kind: SentenceType, citations: Sequence[Citation], problems: Sequence[str]
) -> tuple[Sentence | None, list[Rejection]]:
    """Make the best honest sentence of what is left after its citations were checked.

    A documented sentence whose only support is a forum post becomes an opinion; one that says more than its citations hold
    is removed, for another label would leave the unsupported figure standing.

    Args:
        text: the drafted words.
        kind: what the draft called the sentence.
        citations: those that hold.
        problems: what failed, in words.

    Returns:
        The sentence as it may stand, or None, and what was rejected.
    """
    shown = excerpt(text, 160)
    forum_only = bool(citations) and all(citation.tier is Tier.FORUM for citation in citations)
    became = SentenceType.OPINION if kind is SentenceType.DOCUMENTED and forum_only else kind
    try:
        sentence = Sentence(text=text, type=became, citations=list(citations))
    except ValidationError:
        reason = "; ".join([*problems, f"nothing is left that a sentence of type {kind} could rest on"])
        return None, [Rejection(what=shown, reason=reason, outcome="removed")]
    beyond = check_sentence(sentence)
    if beyond:
        return None, [Rejection(what=shown, reason="; ".join([*problems, beyond]), outcome="removed")]
    if became is not kind:
        return sentence, [
            Rejection(what=shown, reason="it rests on a forum post alone: now an opinion", outcome="relabelled")
        ]
    return sentence, [Rejection(what=shown, reason=problem, outcome="flagged") for problem in problems]
