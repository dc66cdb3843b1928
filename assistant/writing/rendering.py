"""From a model's draft to sentences that stand: each quotation located, each failure named, nothing mended in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.checks.citations import check_sentence, settle
from assistant.llm.answers import DraftCite, DraftSentence
from assistant.records import Citation, Evidence, Passage, Rejection, Sentence, SentenceType
from assistant.text import excerpt
from assistant.writing.citing import quote_from

__all__ = ["Numbered", "cited", "failures_of", "number", "rendered"]

Numbered = Mapping[int, Passage]
"""Evidence by the number under which the model saw it."""


def number(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence with each passage once, numbered from 1: what a model is shown and cites by."""
    once = {(item.passage.source_hash, item.passage.start): item for item in reversed(evidence)}
    ordered = sorted(once.values(), key=evidence.index)
    return [item.model_copy(update={"number": at}) for at, item in enumerate(ordered, start=1)]


def cited(cites: Sequence[DraftCite], evidence: Numbered) -> tuple[list[Citation], list[str]]:
    """Return the citations that hold, re-anchored to the source's own characters, and what is wrong with the others."""
    found: list[Citation] = []
    problems: list[str] = []
    for cite in cites:
        passage = evidence.get(cite.evidence)
        if passage is None:
            problems.append(f"there is no evidence {cite.evidence}")
            continue
        citation = quote_from(passage, cite.quote)
        if citation is None:
            problems.append(f"the words “{excerpt(cite.quote, 80)}” do not stand in evidence {cite.evidence}")
        elif citation not in found:
            found.append(citation)
    return found, problems


def rendered(draft: DraftSentence, evidence: Numbered) -> tuple[Sentence | None, list[Rejection]]:
    """Return the sentence as it may stand, or None, and what was rejected of it."""
    citations, problems = cited(draft.cites, evidence)
    kind = draft.kind
    if kind is None:
        problems.append(f"{draft.type!r} is no type of sentence, so it is taken as inference")
        kind = SentenceType.INFERENCE
    if not draft.text.strip():
        return None, [Rejection(what="(an empty sentence)", reason="it says nothing")]
    return settle(draft.text.strip(), kind, citations, problems)


def failures_of(drafts: Sequence[DraftSentence], evidence: Numbered, where: str) -> list[str]:
    """Return what is wrong with drafted sentences, in words that a model can act on in its retry."""
    failures: list[str] = []
    for at, draft in enumerate(drafts, start=1):
        citations, problems = cited(draft.cites, evidence)
        failures += [f"{where}, sentence {at}: {problem}" for problem in problems]
        kind = draft.kind
        if kind in (None, SentenceType.INVENTION) or not draft.text.strip():
            continue
        if not citations:
            failures.append(f"{where}, sentence {at}: a sentence of type {kind} needs a citation that holds")
            continue
        if kind is SentenceType.DOCUMENTED and (beyond := _beyond(draft.text, citations)):
            failures.append(f"{where}, sentence {at}: {beyond}")
    return failures


def _beyond(text: str, citations: Sequence[Citation]) -> str | None:
    sentence = Sentence(text=text, type=SentenceType.INFERENCE, citations=list(citations))
    return check_sentence(sentence.model_copy(update={"type": SentenceType.DOCUMENTED}))
