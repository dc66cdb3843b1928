"""Divergence: a sentence set after the POD may not lean on our timeline's later history without saying why it still happened."""

from __future__ import annotations

from assistant.dates import earliest, latest
from assistant.records import Citation, Event, Sentence, SentenceType

__all__ = ["check_divergence", "leans_on"]


def leans_on(sentence: Sentence, pod: str, date: str) -> list[Citation]:
    """Return the citations of a sentence that tell of our timeline between the POD and the date of the entry.

    What happened on the day of the POD itself, or before, is common to both timelines.
    """
    if sentence.type is SentenceType.INVENTION:
        return []
    return [
        citation
        for citation in sentence.citations
        if citation.date and latest(pod) < earliest(citation.date) <= latest(date)
    ]


def check_divergence(event: Event, pod: str) -> list[str]:
    """Return a flag for each sentence of an event that takes over something of our timeline without a cause for it.

    An event that follows from others (`causes`), or is told as our timeline's own (`diverges` false: the hinge came out as it
    did), gives that cause; a bare one does not.
    """
    if event.causes or not event.diverges:
        return []
    flags: list[str] = []
    for sentence in event.sentences:
        leaning = leans_on(sentence, pod, event.date)
        if leaning and sentence.type is SentenceType.DOCUMENTED:
            titles = ", ".join(dict.fromkeys(citation.title for citation in leaning))
            flags.append(f"it leans on what happened in our timeline after the POD ({titles}) and gives no cause")
    return flags
