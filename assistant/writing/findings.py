"""Findings in archive mode: one claim judged from the archive alone, in cited sentences.

Where the scenario knows the claim (a topic), its brief speaks; elsewhere the passages themselves do, each quoted in full with
what it did to East-West relations. Nothing is said twice in one critique: a claim that comes back is sent to the place
where it was judged, with what is left to add.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.dates import spoken
from assistant.ranges import range_words
from assistant.records import (
    Citation,
    Claim,
    ClaimType,
    Evidence,
    Finding,
    Probability,
    Sentence,
    SentenceType,
    Side,
    Tier,
    Verdict,
)
from assistant.writing.citing import cite
from assistant.writing.topics import Topic
from assistant.writing.verdicts import verdict_of, weigh

__all__ = ["Bundle", "Used", "compose"]

PER_SIDE = 2  # citations of a brief listed on each side; the search adds to them
SAID_PER_SIDE = 2  # sentences said on the stronger side; the weaker one gets one less
RETRIEVED_PER_SIDE = 1  # citations that the search adds on each side where a brief speaks too
CONTEXT = 1  # passages listed that take no side
ROADS = 1  # roads not taken that are told


@dataclass(frozen=True)
class Bundle:
    """A claim with all that is known of it: topics that match it, best first, and the evidence found for it."""

    claim: Claim
    topics: Sequence[Topic]
    evidence: Sequence[Evidence]
    searched: int


@dataclass
class Used:
    """What a critique has said so far: sentences, quoted passages, and where each topic was judged."""

    sentences: set[str] = field(default_factory=set)
    spans: set[tuple[str, int]] = field(default_factory=set)
    topics: dict[str, str] = field(default_factory=dict)

    def fresh(self, sentences: Sequence[Sentence], limit: int) -> list[Sentence]:
        """Return the first sentences that were not said yet, and note them as said."""
        new = [sentence for sentence in sentences if sentence.text not in self.sentences][:limit]
        self.sentences.update(sentence.text for sentence in new)
        return new


def compose(bundle: Bundle, used: Used) -> Finding:
    """Judge one claim from its topics and evidence; `not judged` where there is neither."""
    topic = bundle.topics[0] if bundle.topics else None
    sides = _sides(bundle)
    probability = _probability(topic, bundle.evidence) if sides[Side.FOR] or sides[Side.AGAINST] else None
    verdict = verdict_of(probability)
    if verdict is Verdict.NOT_JUDGED:
        said = []  # the faces say that nothing was found and how many passages were searched
    elif topic and (topic.case_for or topic.case_against or topic.judgement):
        said = _of_topics(bundle, used, probability)
    else:
        said = _of_passages(bundle, used, probability)
    return Finding(
        start=bundle.claim.start,
        end=bundle.claim.end,
        text=bundle.claim.text,
        type=bundle.claim.type,
        post=bundle.claim.post,
        verdict=verdict,
        probability=probability,
        for_=sides[Side.FOR],
        against=sides[Side.AGAINST],
        context=sides[Side.CONTEXT],
        searched=bundle.searched,
        would_change=_would_change(bundle, topic),
        sentences=said,
        alternatives=_alternatives(bundle, used),
        contested=_contested(bundle.claim, topic, probability),
        model_view=topic.view if topic else None,
    )


def _probability(topic: Topic | None, evidence: Sequence[Evidence]) -> Probability | None:
    if topic and topic.probability:
        return topic.probability
    return weigh(evidence)


def _contested(claim: Claim, topic: Topic | None, probability: Probability | None) -> bool:
    """Tell whether the sources speak against what the claim states as fact; a proposal states none."""
    states = claim.type in (ClaimType.FACT, ClaimType.REASON, ClaimType.OBJECTION)
    doubtful = probability is not None and (probability.low + probability.high) / 2 < 0.5
    return bool(topic and topic.contested and states and doubtful)


def _sides(bundle: Bundle) -> dict[Side, list[Citation]]:
    """Return the citations of each side: the briefs' own first, then what the search found."""
    briefed: dict[Side, list[Citation]] = {Side.FOR: [], Side.AGAINST: [], Side.CONTEXT: []}
    for topic in bundle.topics:
        briefed[Side.FOR] += [citation for sentence in topic.case_for for citation in sentence.citations]
        briefed[Side.AGAINST] += [citation for sentence in topic.case_against for citation in sentence.citations]
    taken: set[tuple[str, int]] = set()
    sides: dict[Side, list[Citation]] = {}
    for side, citations in briefed.items():
        found = [cite(item.passage) for item in bundle.evidence if item.side is side]
        if citations:
            found = found[:RETRIEVED_PER_SIDE]
        limit = CONTEXT if side is Side.CONTEXT else PER_SIDE + RETRIEVED_PER_SIDE
        sides[side] = _distinct([*citations[:PER_SIDE], *found], taken)[:limit]
    return sides


def _distinct(citations: Sequence[Citation], taken: set[tuple[str, int]]) -> list[Citation]:
    kept: list[Citation] = []
    for citation in citations:
        key = (citation.source_hash, citation.start)
        if key not in taken:
            taken.add(key)
            kept.append(citation)
    return kept


def _of_topics(bundle: Bundle, used: Used, probability: Probability | None) -> list[Sentence]:
    """Say what the best topic's brief says, the losing side first so that the judgement follows from what stands before it."""
    topic = bundle.topics[0]
    earlier = used.topics.get(topic.id)
    used.topics.setdefault(topic.id, bundle.claim.text)
    favoured = probability is not None and (probability.low + probability.high) / 2 >= 0.5
    stronger, weaker = (topic.case_for, topic.case_against) if favoured else (topic.case_against, topic.case_for)
    said = [*used.fresh(weaker, SAID_PER_SIDE - 1), *used.fresh(stronger, SAID_PER_SIDE)]
    said += used.fresh(topic.judgement, 1)
    if earlier:
        said = [_refer_back(topic, earlier), *said[:SAID_PER_SIDE]]
    return said


def _refer_back(topic: Topic, earlier: str) -> Sentence:
    opening = " ".join(earlier.split()[:8]).rstrip(",;:.")
    text = f"This is the ground of “{opening} …” above, and stands or falls with the same evidence."
    citations = [*topic.case_for, *topic.case_against][0].citations
    return Sentence(text=text, type=SentenceType.INFERENCE, citations=citations[:1])


def _of_passages(bundle: Bundle, used: Used, probability: Probability | None) -> list[Sentence]:
    """Let the best passages speak, each as the source has it, and say what they did to relations."""
    said: list[Sentence] = []
    counts = {side: sum(item.side is side for item in bundle.evidence) for side in Side}
    for side in (Side.FOR, Side.AGAINST):
        best = next(
            (
                e
                for e in bundle.evidence
                if e.side is side and (e.passage.source_hash, e.passage.start) not in used.spans
            ),
            None,
        )
        if best is None:
            continue
        used.spans.add((best.passage.source_hash, best.passage.start))
        said += _quoted(best)
    if said:
        said.append(_balance(bundle, counts, probability, said))
    elif probability:
        said.append(_said_above(bundle, probability))
    return said


def _said_above(bundle: Bundle, probability: Probability) -> Sentence:
    """Say that what bears on the claim has been quoted for another one already."""
    text = f"What the archive has on this is quoted above, and puts the claim at {range_words(probability)}."
    citations = [cite(item.passage) for item in bundle.evidence if item.side in (Side.FOR, Side.AGAINST)]
    return Sentence(text=text, type=SentenceType.INFERENCE, citations=citations[:1])


def _quoted(item: Evidence) -> list[Sentence]:
    citation = cite(item.passage)
    if item.passage.tier is Tier.FORUM:
        who = item.passage.author or item.passage.locator
        return [Sentence(text=f"{who} argued: “{item.passage.text}”", type=SentenceType.OPINION, citations=[citation])]
    sentences = [Sentence(text=item.passage.text, type=SentenceType.DOCUMENTED, citations=[citation])]
    if item.passage.why:
        why = item.passage.why.rstrip(".")
        text = f"That pushed toward {item.passage.bearing}: {_lower(why)}."
        sentences.append(Sentence(text=text, type=SentenceType.INFERENCE, citations=[citation]))
    return sentences


def _lower(text: str) -> str:
    """Lower the first letter of a sentence that goes on after a colon, unless its first word is a name or an acronym."""
    first = text.split(maxsplit=1)[0]
    common = {
        "A",
        "An",
        "The",
        "It",
        "In",
        "On",
        "At",
        "By",
        "This",
        "That",
        "These",
        "Those",
        "For",
        "With",
        "Within",
        "Each",
        "Both",
    }
    return text[0].lower() + text[1:] if first in common else text


_BALANCES = {
    (True, True): (
        "The archive pulls both ways here; its nearer passages put the claim at {range}.",
        "With evidence on either side the claim comes out at {range}, and no firmer.",
        "Neither side has the field to itself: {range}.",
    ),
    (True, False): (
        "Nothing nearer was found against it, so the claim stands at {range}, a lean rather than a proof.",
        "The nearest passages all pull the same way; call it {range} until somebody brings a counter-example.",
    ),
    (False, True): (
        "Nothing in the archive speaks up for it; {range} is what remains.",
        "Every near passage cuts the other way, which leaves {range}.",
    ),
}


def _balance(
    bundle: Bundle, counts: dict[Side, int], probability: Probability | None, said: Sequence[Sentence]
) -> Sentence:
    choices = _BALANCES[bool(counts[Side.FOR]), bool(counts[Side.AGAINST])]
    text = _choose(choices, bundle.claim.text).format(range=range_words(probability) if probability else "no figure")
    citations = _distinct([citation for sentence in said for citation in sentence.citations], set())
    return Sentence(text=text, type=SentenceType.INFERENCE, citations=citations[:2])


def _choose(choices: Sequence[str], key: str) -> str:
    """Pick one by the claim's own words: varied between claims, the same on every run."""
    return choices[hashlib.sha256(key.encode()).digest()[0] % len(choices)]


def _would_change(bundle: Bundle, topic: Topic | None) -> str:
    if topic and topic.would_change:
        return topic.would_change
    against = [item for item in bundle.evidence if item.side is Side.AGAINST]
    for_ = [item for item in bundle.evidence if item.side is Side.FOR]
    if against:
        return f"A source showing that “{against[0].passage.title}” was the exception, or could have been avoided."
    if for_:
        when = for_[0].passage.date
        return f"A source of {spoken(when) if when else 'the time'} that contradicts “{for_[0].passage.title}”."
    return "Any source on the matter: add one to the library and judge again."


def _alternatives(bundle: Bundle, used: Used) -> list[Sentence]:
    """Return the roads that contemporaries considered, from the briefs, else from the notes found."""
    from_briefs = [sentence for topic in bundle.topics for sentence in topic.alternatives]
    found = [
        Sentence(text=item.passage.text, type=SentenceType.DOCUMENTED, citations=[cite(item.passage)])
        for item in bundle.evidence
        if item.passage.kind == "alternative" and item.passage.tier is not Tier.FORUM
    ]
    return used.fresh([*from_briefs, *found], ROADS)
