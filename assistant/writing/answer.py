"""Answers in archive mode: the brief of the topic that a question asks after, then what the nearest passages say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.errors import InputError
from assistant.records import Answer, Evidence, Origin, Sentence, SentenceType, Tier
from assistant.writing.citing import cite
from assistant.writing.topics import Topic

__all__ = ["compose_answer"]

FROM_PASSAGES = 4
FROM_BRIEF = 3


def compose_answer(
    question: str,
    topics: Sequence[Topic],
    evidence: Sequence[Evidence],
    *,
    searched: int,
    origin: Origin,
    notices: Iterable[str] = (),
) -> Answer:
    """Answer a question from a topic's brief, where one is near, and from the passages found.

    Args:
        question: as asked.
        topics: topics near to the question, best first.
        evidence: what the archive was found to say, best first.
        searched: how many passages were looked at.
        origin: how the draft is made.
        notices: warnings for the reader.

    Raises:
        InputError: the question is empty.
    """
    if not question.strip():
        raise InputError("The question is empty", hint="Ask in a sentence of your own")
    said: list[Sentence] = []
    for topic in topics[:1]:
        said += [*topic.case_for[:FROM_BRIEF], *topic.case_against[:FROM_BRIEF], *topic.judgement[:1]]
    quoted = {citation.quote for sentence in said for citation in sentence.citations}
    found = [item for item in evidence if item.passage.text not in quoted][
        : FROM_PASSAGES if said else 2 * FROM_PASSAGES
    ]
    said += [_told(item) for item in found]
    warnings = list(notices)
    if not said:
        warnings.append(f"None of the {searched} passages searched answers this.")
    return Answer(
        title=f"Answer: {question}",
        origin=origin,
        notices=warnings,
        question=question,
        sentences=said,
        evidence=list(evidence),
        searched=searched,
    )


def _told(item: Evidence) -> Sentence:
    passage = item.passage
    if passage.tier is Tier.FORUM:
        text = f"{passage.author or passage.locator} argued: “{passage.text}”"
        return Sentence(text=text, type=SentenceType.OPINION, citations=[cite(passage)])
    return Sentence(text=passage.text, type=SentenceType.DOCUMENTED, citations=[cite(passage)])
