"""Model mode for timelines and answers: the model drafts, the checks decide what stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from assistant.checks.continuity import Register, check_order, check_people
from assistant.checks.divergence import check_divergence
from assistant.dates import earliest, latest, parse_partial, precision_of
from assistant.errors import ModelOutputError
from assistant.llm.answers import ContinuationAnswer, DraftEvent, QuestionAnswer, faults
from assistant.llm.chat import ChatModel, OnToken, structured
from assistant.llm.listing import list_evidence
from assistant.llm.prompting import Prompt
from assistant.records import Counterpart, Event, Evidence, Rejection, Sentence, Timeline
from assistant.writing.rendering import Numbered, cited, failures_of, number, rendered

__all__ = ["ModelTimeline", "Told", "model_answer"]


@dataclass
class Told:
    """What the model wrote and the checks let stand, and what they rejected."""

    introduction: list[Sentence] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModelTimeline:
    """A continuation to be written by a model.

    `figures` is what the causal model says of the turning points ahead; `register` knows who lives and holds office.
    """

    model: ChatModel
    prompts: Mapping[str, Prompt]
    scenario: str
    timeline: Timeline
    register: Register
    start: str
    end: str
    least: int
    on_token: OnToken | None = None

    def write(self, evidence: Sequence[Evidence], figures: str) -> Told:
        """Ask for the stretch and keep what holds.

        Raises:
            ModelError: the model cannot be had, or gave no usable answer; also where no event of it can stand.
        """
        numbered = number(evidence)
        shown: Numbered = {item.number: item.passage for item in numbered}
        canon = "\n".join(f"{event.id}: {event.date} {event.title}" for event in self.timeline.events)
        messages = self.prompts["continue"].render(
            scenario=self.scenario,
            canon=canon,
            evidence=list_evidence(numbered),
            figures=figures,
            start=self.start,
            end=self.end,
            least=self.least,
        )
        answer = structured(
            self.model, messages, ContinuationAnswer, lambda found: self._failures(found, shown), on_token=self.on_token
        )
        told = Told(notices=list(answer.notices))
        for draft in answer.value.introduction:
            sentence, rejected = rendered(draft, shown)
            told.rejected += rejected
            told.introduction += [sentence] if sentence else []
        for event in answer.value.events:
            self._take(event, shown, told)
        if not told.events:
            reasons = "; ".join(dict.fromkeys(item.reason for item in told.rejected[:3]))
            raise ModelOutputError(f"No event of the model's answer can stand: {reasons}", where=self.model.name)
        return told

    def _take(self, draft: DraftEvent, shown: Numbered, told: Told) -> None:
        """Add the event to what is told, if it holds; what does not is listed."""
        what = f"{draft.date} {draft.title}"
        event, problems, rejected = self._event(draft, shown)
        told.rejected += rejected
        if event is not None:
            problems += check_order([event], self.timeline.premises, [*self.timeline.events, *told.events])
        if event is None or problems:
            told.rejected.append(Rejection(what=what, reason="; ".join(problems) or "no sentence of it can stand"))
            return
        told.events.append(event)

    def _event(self, draft: DraftEvent, shown: Numbered) -> tuple[Event | None, list[str], list[Rejection]]:
        problems = self._date_problems(draft)
        rejected: list[Rejection] = []
        sentences: list[Sentence] = []
        for given in draft.sentences:
            sentence, refused = rendered(given, shown)
            rejected += refused
            sentences += [sentence] if sentence else []
        if problems or not sentences:
            return None, problems, rejected
        text = " ".join([draft.title, *(sentence.text for sentence in sentences)])
        problems += check_people(text, draft.date, self.register)
        otl = None
        if draft.otl is not None:
            citations, wrong = cited(draft.otl.cites, shown)
            rejected += [Rejection(what=draft.otl.text, reason=reason, outcome="flagged") for reason in wrong]
            otl = Counterpart(text=draft.otl.text, citations=citations) if citations else None
        try:
            event = Event(
                id=draft.id,
                date=draft.date,
                precision=precision_of(draft.date),
                title=draft.title,
                sentences=sentences,
                causes=list(dict.fromkeys(draft.causes)),
                otl=otl,
                probability=draft.probability,
                diverges=True,
            )
        except ValidationError as error:
            return None, [*problems, error.errors()[0]["msg"]], rejected
        return event.model_copy(update={"flags": check_divergence(event, self.timeline.pod)}), problems, rejected

    def _date_problems(self, draft: DraftEvent) -> list[str]:
        try:
            date = parse_partial(draft.date)
        except ValueError as error:
            return [str(error)]
        if latest(date) < earliest(self.start) or earliest(date) > latest(self.end):
            return [f"{date} lies outside the stretch from {self.start} to {self.end}"]
        return []

    def _failures(self, answer: ContinuationAnswer, shown: Numbered) -> list[str]:
        failures = faults(answer)
        if len(answer.events) < self.least:
            failures.append(f"there are {len(answer.events)} events, at least {self.least} are wanted")
        probe = Told()
        for event in answer.events:
            failures += failures_of(event.sentences, shown, f"event {event.id}")
            before = len(probe.rejected)
            self._take(event, shown, probe)
            failures += [
                f"event {event.id}: {item.reason}"
                for item in probe.rejected[before:]
                if item.what.startswith(event.date)
            ]
        return failures


def model_answer(
    model: ChatModel,
    prompts: Mapping[str, Prompt],
    question: str,
    evidence: Sequence[Evidence],
    on_token: OnToken | None = None,
) -> tuple[list[Sentence], list[Evidence], list[Rejection], list[str]]:
    """Answer a question with a model: sentences that stand, the evidence as numbered, rejections, notices.

    Raises:
        ModelError: the model cannot be had, or gave no usable answer.
    """
    numbered = number(evidence)
    shown: Numbered = {item.number: item.passage for item in numbered}
    messages = prompts["answer"].render(question=question, evidence=list_evidence(numbered))
    found = structured(
        model,
        messages,
        QuestionAnswer,
        lambda answer: [*faults(answer), *failures_of(answer.sentences, shown, "the answer")],
        on_token=on_token,
    )
    rejected: list[Rejection] = []
    sentences: list[Sentence] = []
    for draft in found.value.sentences:
        sentence, refused = rendered(draft, shown)
        rejected += refused
        sentences += [sentence] if sentence else []
    return sentences, numbered, rejected, found.notices
