"""Model mode: a chat model reads the same evidence and figures and writes the findings; the same checks judge what it wrote.

Claims go in small batches, so that one bad answer costs little and progress shows. A batch that fails is drafted from the archive
instead, and says so. Nothing here knows which model it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.errors import ModelError
from assistant.llm.answers import DraftFinding, DraftSentence, JudgedAnswer, OverallAnswer, faults
from assistant.llm.chat import ChatModel, OnToken, structured
from assistant.llm.listing import list_claims, list_evidence
from assistant.llm.prompting import Prompt
from assistant.ranges import range_words
from assistant.records import (
    Citation,
    Criterion,
    Evidence,
    Finding,
    Passage,
    Rejection,
    Sentence,
    Side,
    Verdict,
)
from assistant.text import excerpt
from assistant.writing.citing import quote_from
from assistant.writing.findings import Bundle, Used, compose
from assistant.writing.rendering import Numbered, failures_of, number, rendered
from assistant.writing.verdicts import verdict_of

__all__ = ["BATCH", "Drafted", "ModelCritic", "Overall"]

BATCH = 4
"""Claims in one request."""
GIVE_UP = 2
"""After so many failed batches in a row the model is not asked again."""

PassageAt = Callable[[Citation], Passage]


@dataclass
class Drafted:
    """What model mode has made so far: findings in order, what the checks rejected, warnings, and why the archive took over."""

    findings: list[Finding] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    fallback: list[str] = field(default_factory=list)
    failed: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Overall:
    """The whole as the model judged it."""

    summary: list[Sentence]
    rubric: list[Criterion]


class ModelCritic:
    """Writes a critique's findings with a chat model.

    Args:
        model: whom to ask.
        prompts: by name; `critique-claim` and `critique-overall` are used.
        scenario: the scenario in words.
        passage_at: the passage that a brief's citation quotes, so that the model sees what the archive composer sees.
        on_token: told each piece of an answer.
        keep: told the findings after each batch, so that a crash loses none of them.
    """

    def __init__(
        self,
        model: ChatModel,
        prompts: Mapping[str, Prompt],
        scenario: str,
        passage_at: PassageAt,
        *,
        on_token: OnToken | None = None,
        keep: Callable[[Sequence[Finding]], None] | None = None,
    ) -> None:
        self.model, self.prompts, self.scenario, self.passage_at = model, prompts, scenario, passage_at
        self.on_token, self.keep = on_token, keep

    def findings(self, bundles: Sequence[Bundle], progress: Callable[[int, int], None] | None = None) -> Drafted:
        """Judge all claims. Never raises a `ModelError`: what the model cannot do, the archive does, and the result says so."""
        drafted, used = Drafted(), Used()
        for first in range(0, len(bundles), BATCH):
            batch = bundles[first : first + BATCH]
            try:
                if drafted.failed >= GIVE_UP:
                    raise ModelError("The model was not asked again after failing repeatedly")
                drafted.asked += 1
                self._batch(batch, first, drafted)
                drafted.failed = 0
            except ModelError as error:
                drafted.failed += 1
                drafted.fallback.append(f"claims {first + 1}–{first + len(batch)}: {error}")
                drafted.findings += [compose(bundle, used) for bundle in batch]
            if self.keep:
                self.keep(drafted.findings)
            if progress:
                progress(min(first + BATCH, len(bundles)), len(bundles))
        return drafted

    def _batch(self, batch: Sequence[Bundle], first: int, drafted: Drafted) -> None:
        evidence = number([item for bundle in batch for item in self._evidence(bundle)])
        shown: Numbered = {item.number: item.passage for item in evidence}
        wanted = list(range(first + 1, first + len(batch) + 1))
        messages = self.prompts["critique-claim"].render(
            scenario=self.scenario,
            claims=list_claims([bundle.claim for bundle in batch], first + 1),
            evidence=list_evidence(evidence),
            figures=_figures(batch, first),
        )
        answer = structured(
            self.model, messages, JudgedAnswer, lambda found: _failures(found, wanted, shown), on_token=self.on_token
        )
        drafted.notices += answer.notices
        by_claim = {finding.claim: finding for finding in reversed(answer.value.findings)}
        for at, bundle in zip(wanted, batch, strict=True):
            given = by_claim.get(at)
            if given is None:
                reason = "the model left this claim out, twice: it is drafted from the archive"
                drafted.rejected.append(
                    Rejection(what=excerpt(bundle.claim.text, 120), reason=reason, outcome="relabelled")
                )
                drafted.findings.append(compose(bundle, Used()))
                continue
            finding, rejected = _finding(given, bundle, shown)
            drafted.findings.append(finding)
            drafted.rejected += rejected

    def _evidence(self, bundle: Bundle) -> list[Evidence]:
        """Return what the archive composer has for a claim: the briefs' paragraphs, then what the search found."""
        found: list[Evidence] = []
        for topic in bundle.topics:
            for side, sentences in ((Side.FOR, topic.case_for), (Side.AGAINST, topic.case_against)):
                for citation in dict.fromkeys(citation for sentence in sentences for citation in sentence.citations):
                    passage = self.passage_at(citation)
                    found.append(Evidence(number=1, side=side, reason=topic.title, score=1.0, passage=passage))
        return [*found, *bundle.evidence]

    def overall(
        self, text: str, findings: Sequence[Finding], evidence: Sequence[Evidence], figures: str
    ) -> tuple[Overall, list[Rejection]]:
        """Judge the whole.

        Raises:
            ModelError: the model cannot be had, or gave no usable answer.
        """
        numbered = number(evidence)
        shown: Numbered = {item.number: item.passage for item in numbered}
        messages = self.prompts["critique-overall"].render(
            scenario=self.scenario,
            text=text,
            findings="\n".join(_told(at, finding) for at, finding in enumerate(findings, start=1)),
            evidence=list_evidence(numbered),
            figures=figures,
        )

        def check(found: OverallAnswer) -> list[str]:
            failures = [*faults(found), *failures_of(found.summary, shown, "summary")]
            for criterion in found.rubric:
                failures += failures_of(criterion.sentences, shown, criterion.name)
            return failures + ([] if found.summary else ["there is no summary"])

        answer = structured(self.model, messages, OverallAnswer, check, on_token=self.on_token)
        rejected: list[Rejection] = []
        summary = _sentences(answer.value.summary, shown, rejected)
        rubric: list[Criterion] = []
        for criterion in answer.value.rubric:
            said = _sentences(criterion.sentences, shown, rejected)
            if said:
                rubric.append(
                    Criterion(
                        name=criterion.name,
                        verdict=verdict_of(criterion.probability),
                        sentences=said,
                        would_change=criterion.would_change,
                    )
                )
        return Overall(summary, rubric), rejected


def _sentences(drafts: Sequence[DraftSentence], evidence: Numbered, rejected: list[Rejection]) -> list[Sentence]:
    """Return the sentences that stand, adding to `rejected` what does not."""
    kept: list[Sentence] = []
    for draft in drafts:
        sentence, refused = rendered(draft, evidence)
        rejected += refused
        if sentence is not None:
            kept.append(sentence)
    return kept


def _failures(answer: JudgedAnswer, wanted: Sequence[int], evidence: Numbered) -> list[str]:
    given = [finding.claim for finding in answer.findings]
    failures = [f"claim {at} is not judged: judge every claim" for at in wanted if at not in given]
    failures += [f"there is no claim {at}" for at in given if at not in wanted]
    failures += faults(answer)
    for finding in answer.findings:
        where = f"claim {finding.claim}"
        failures += failures_of([*finding.sentences, *finding.alternatives], evidence, where)
        for side in finding.sides:
            passage = evidence.get(side.evidence)
            if passage is None:
                failures.append(f"{where}, sides: there is no evidence {side.evidence}")
            elif quote_from(passage, side.quote) is None:
                failures.append(
                    f"{where}, sides: “{excerpt(side.quote, 80)}” does not stand in evidence {side.evidence}"
                )
    return failures


def _finding(draft: DraftFinding, bundle: Bundle, evidence: Numbered) -> tuple[Finding, list[Rejection]]:
    rejected: list[Rejection] = []
    sides = _sides(draft, evidence, rejected)
    said = _sentences(draft.sentences, evidence, rejected)
    roads = _sentences(draft.alternatives, evidence, rejected)
    probability = draft.probability if sides[Side.FOR] or sides[Side.AGAINST] else None
    verdict = verdict_of(probability)
    claim = bundle.claim
    if draft.judged not in (None, verdict):
        reason = f"the verdict {draft.verdict!r} does not go with what it rests on: now {verdict!r}"
        rejected.append(Rejection(what=excerpt(claim.text, 120), reason=reason, outcome="relabelled"))
    finding = Finding(
        start=claim.start,
        end=claim.end,
        text=claim.text,
        type=claim.type,
        post=claim.post,
        verdict=verdict,
        probability=probability,
        for_=sides[Side.FOR],
        against=sides[Side.AGAINST],
        context=sides[Side.CONTEXT],
        searched=bundle.searched,
        would_change=draft.would_change,
        sentences=said if verdict is not Verdict.NOT_JUDGED else [],
        alternatives=roads,
        contested=draft.contested,
        model_view=bundle.topics[0].view if bundle.topics else None,
    )
    return finding, rejected


def _sides(draft: DraftFinding, evidence: Numbered, rejected: list[Rejection]) -> dict[Side, list[Citation]]:
    sides: dict[Side, list[Citation]] = {side: [] for side in Side}
    for given in draft.sides:
        passage = evidence.get(given.evidence)
        citation = quote_from(passage, given.quote) if passage else None
        if citation is None or given.stands is None:
            what = f"evidence {given.evidence}: “{excerpt(given.quote, 100)}”"
            reason = "it is on none of the three sides" if citation else "the words do not stand there"
            rejected.append(Rejection(what=what, reason=reason))
        else:
            sides[given.stands].append(citation)
    return sides


def _figures(batch: Sequence[Bundle], first: int) -> str:
    lines: list[str] = []
    for at, bundle in enumerate(batch, start=first + 1):
        for topic in bundle.topics[:1]:
            held = range_words(topic.probability) if topic.probability else "no figure"
            lines.append(f"claim {at}: “{topic.statement}” is put at {held}. {topic.reason}")
            if topic.view:
                lines.append(f"claim {at}: {topic.view.statement}")
    return "\n".join(lines)


def _told(at: int, finding: Finding) -> str:
    held = range_words(finding.probability) if finding.probability else "no figure"
    return f"{at}. {finding.text} — {finding.verdict}, {held}. {' '.join(sentence.text for sentence in finding.sentences[:2])}"
