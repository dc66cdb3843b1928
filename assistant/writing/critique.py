"""Critiques in archive mode: every claim judged, then the whole by the rubric, with the changes that would help most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.ranges import range_words
from assistant.records import (
    Criterion,
    Critique,
    Finding,
    Lean,
    Origin,
    Probability,
    Rejection,
    Rewrite,
    Sentence,
    SentenceType,
)
from assistant.writing.findings import Bundle, Used, compose
from assistant.writing.rubric import RubricEntry, Standing, judge
from assistant.writing.topics import Figures, Topic
from assistant.writing.verdicts import verdict_of

__all__ = ["Ground", "Progress", "compose_findings", "conclude", "foremost", "overall"]

_OPENERS = frozenset(
    "A An The It In On At By This That These Those There Ordinary People Merchant Pilots No Lasting".split()
)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(frozen=True)
class Ground:
    """What a critique is concluded from, however its findings were written.

    `topics` is every topic of the scenario by id; `figures` None where the causal model has nothing to say; `searched` how many
    passages the archive holds for this question; `notices` are warnings that the reader must see.
    """

    text: str
    title: str
    question: str
    origin: Origin
    topics: Mapping[str, Topic]
    rubric: Sequence[RubricEntry]
    figures: Figures | None
    searched: int
    notices: Sequence[str] = ()
    rejected: Sequence[Rejection] = ()


def compose_findings(bundles: Sequence[Bundle], used: Used, progress: Progress | None = None) -> list[Finding]:
    """Judge every claim from the archive alone, in the order of the text; `used` remembers what was said."""
    findings: list[Finding] = []
    for at, bundle in enumerate(bundles, start=1):
        findings.append(compose(bundle, used))
        if progress:
            progress("judging claims", at, len(bundles))
    return findings


def conclude(
    ground: Ground,
    bundles: Sequence[Bundle],
    findings: Sequence[Finding],
    said: set[str],
    *,
    summary: Sequence[Sentence] | None = None,
    criteria: Sequence[Criterion] | None = None,
) -> Critique:
    """Judge the whole by the findings, the rubric and the figures.

    Args:
        ground: what the critique rests on.
        bundles: the claims with their topics and evidence, in the order of the text.
        findings: one for each, archive's or model's.
        said: sentences that the findings used.
        summary: the opening, where a model wrote one.
        criteria: the rubric judged, where a model did.
    """
    matched = _matched(bundles)
    standing = Standing(findings=findings, proposed=matched, figures=ground.figures)
    probability = _whole(findings, ground.figures)
    opening = list(summary) if summary else overall(findings, matched, ground.figures, ground.rubric)
    judged = list(criteria) if criteria else judge(ground.rubric, standing, ground.topics, said)
    return Critique(
        title=ground.title,
        origin=ground.origin,
        notices=list(ground.notices),
        rejected=list(ground.rejected),
        text=ground.text,
        question=ground.question,
        verdict=verdict_of(probability),
        probability=probability,
        summary=opening,
        rubric=judged,
        claims=list(findings),
        rewrites=list(ground.figures.rewrites) if ground.figures else [],
        searched=ground.searched,
    )


def foremost(critique: Critique, count: int) -> Critique:
    """Return the critique with its most telling claims alone, in the order of the text, and a notice of what is left out.

    Telling are, in this order of weight: what the sources contest, what the causal model knows, what comes out far from even.
    """
    if count >= len(critique.claims):
        return critique
    kept = sorted(critique.claims, key=_telling, reverse=True)[:count]
    notice = f"{count} of {len(critique.claims)} claims are shown, the most telling ones; the full draft has them all."
    claims = [finding for finding in critique.claims if finding in kept]
    return critique.model_copy(update={"claims": claims, "notices": [*critique.notices, notice]})


def _telling(finding: Finding) -> float:
    lopsided = abs(_middle(finding) - 0.5) if finding.probability else 0.0
    known = finding.model_view is not None and finding.model_view.kind != "driver"
    return 2.0 * finding.contested + 1.0 * known + lopsided + 0.05 * len(finding.sentences)


def _matched(bundles: Sequence[Bundle]) -> list[Topic]:
    """Return the topics that the text's claims matched best, each once, in the order of the text."""
    return list({bundle.topics[0].id: bundle.topics[0] for bundle in bundles if bundle.topics}.values())


def _whole(findings: Sequence[Finding], figures: Figures | None) -> Probability | None:
    """Return the range for the whole: the model's where it speaks, else the middle of what was found for the judged claims."""
    if figures is not None:
        return figures.together or figures.alone
    judged = [finding.probability for finding in findings if finding.probability]
    if not judged:
        return None
    lows, highs = sorted(p.low for p in judged), sorted(p.high for p in judged)
    return Probability(low=lows[len(lows) // 2], high=max(lows[len(lows) // 2], highs[len(highs) // 2]))


def overall(
    findings: Sequence[Finding], matched: Sequence[Topic], figures: Figures | None, rubric: Sequence[RubricEntry] = ()
) -> list[Sentence]:
    """Return the critique's opening: the figure, the best thing to be said for the premise, the hardest thing against it."""
    summary: list[Sentence] = []
    helping = [topic for topic in matched if topic.lean is Lean.YES and topic.case_for]
    hindering = [topic for topic in matched if topic.lean is Lean.NO and topic.case_for and _holds(topic)]
    best, worst = _foremost(helping, rubric, "best case"), _foremost(hindering, rubric, "hardest objection")
    premises = [citation for topic in (best, worst) if topic for citation in topic.case_for[0].citations[:1]]
    if figures is not None and premises:
        summary.append(Sentence(text=_figure_sentence(figures), type=SentenceType.INFERENCE, citations=premises))
    if premises:
        summary.append(Sentence(text=_two_sides(best, worst), type=SentenceType.INFERENCE, citations=premises))
    summary += [sentence for topic in (best, worst) if topic for sentence in topic.judgement[:1]]
    contested = [finding for finding in findings if finding.contested and (finding.for_ or finding.against)]
    if contested:
        summary.append(_contested_sentence(contested))
    if figures is not None and figures.rewrites:
        summary += _rewrite_sentence(figures.rewrites[0], figures.outcome)
    return summary


def _rewrite_sentence(rewrite: Rewrite, outcome: str) -> list[Sentence]:
    citations = [citation for sentence in rewrite.sentences for citation in sentence.citations[:1]]
    text = (
        f"The change that would help most for its price is {rewrite.title}: a premise of {range_words(rewrite.premise)}, under which "
        f"“{outcome}” comes out in {range_words(rewrite.outcome)} of the runs."
    )
    return [Sentence(text=text, type=SentenceType.INFERENCE, citations=citations)] if citations else []


def _holds(topic: Topic) -> bool:
    """Tell whether an objection is more than half true: one that the sources refute is no hard thing in anybody's way."""
    return topic.probability is None or topic.probability.low + topic.probability.high >= 1.0


def _foremost(topics: Sequence[Topic], rubric: Sequence[RubricEntry], name: str) -> Topic | None:
    """Return the topic that the scenario itself puts first, else the one that holds best."""
    order = [id_ for entry in rubric if entry.criterion == name for id_ in entry.topics]
    ranked = sorted((topic for topic in topics if topic.id in order), key=lambda topic: order.index(topic.id))
    return ranked[0] if ranked else max(topics, key=_strength, default=None)


def _strength(topic: Topic) -> float:
    middle = (topic.probability.low + topic.probability.high) / 2 if topic.probability else 0.3
    return middle + 0.05 * len(topic.case_for)


def _two_sides(best: Topic | None, worst: Topic | None) -> str:
    """Name the strongest point on either side with its range; at least one of them is given."""
    parts: list[str] = []
    for lead, topic in (
        ("the best thing to be said for it is that", best),
        ("the hardest thing in its way is that", worst),
    ):
        if topic:
            held = f", which comes out at {range_words(topic.probability)}" if topic.probability else ""
            parts.append(f"{lead} {_inner(topic.statement)}{held}")
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def _inner(statement: str) -> str:
    """Fit a statement into a sentence: no final stop, an article or pronoun in front in lower case."""
    bare = statement.rstrip(".")
    first = bare.split(maxsplit=1)[0]
    return bare[0].lower() + bare[1:] if first in _OPENERS else bare


def _figure_sentence(figures: Figures) -> str:
    share = range_words(figures.alone)
    alone = f"Granted nothing but the handshake, the model's world ends with “{figures.outcome}” in {share} of its runs"
    if figures.together is None or not figures.levers:
        return alone + "."
    what = "the one change" if len(figures.levers) == 1 else f"all {len(figures.levers)} changes"
    return f"{alone}; granted {what} that the text proposes, in {range_words(figures.together)}."


def _contested_sentence(contested: Sequence[Finding]) -> Sentence:
    """Name the statements that hold least, the worst first."""
    worst = sorted(contested, key=_middle)[:3]
    quotes = "; ".join(f"“{' '.join(finding.text.split()[:12]).rstrip('.,;')} …”" for finding in worst)
    citations = [(finding.against or finding.for_)[0] for finding in worst]
    count = "One statement in the text does" if len(contested) == 1 else f"{len(contested)} statements in the text do"
    text = f"{count} not hold against the sources as made, these least of all: {quotes}."
    if len(contested) == 1:
        text = text.replace(", these least of all", "")
    return Sentence(text=text, type=SentenceType.INFERENCE, citations=citations)


def _middle(finding: Finding) -> float:
    return (finding.probability.low + finding.probability.high) / 2 if finding.probability else 1.0
