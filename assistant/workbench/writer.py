"""Model mode at the workbench: the model, the prompts and the checks wired; falling back to the archive is always said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from assistant.checks.continuity import Register
from assistant.errors import CorpusError, ModelError
from assistant.llm.chat import ChatModel
from assistant.llm.cost import Meter
from assistant.llm.prompting import Prompt, load_prompt
from assistant.ranges import range_words
from assistant.records import Answer, Citation, Continuation, Critique, Event, Evidence, Finding, Origin, Passage, Side
from assistant.text import excerpt
from assistant.workbench.archive import Archive, Report, silent
from assistant.workbench.models import open_model
from assistant.workbench.worlds import Worlds
from assistant.writing.critique import Ground, compose_findings, conclude
from assistant.writing.findings import Bundle, Used
from assistant.writing.modelled import ModelCritic, Overall
from assistant.writing.modelled_timeline import ModelTimeline, model_answer
from assistant.writing.topics import Figures, Topic

__all__ = ["Keep", "Writer"]

Keep = Callable[[Sequence[Finding]], None]
LEAST_EVENTS = 15
_PROMPTS = ("critique-claim", "critique-overall", "continue", "answer")
_OVERALL_EVIDENCE = 40  # passages that the overall judgement is shown: those that the findings cite most


class Writer:
    """Drafts with the model that the settings ask for.

    Args:
        archive: gives passages and settings.
        worlds: the scenario.
        prompts: the folder of prompts.
        report: progress.
        keep: told a critique's findings as they are made.
    """

    def __init__(
        self, archive: Archive, worlds: Worlds, prompts: Path, *, report: Report = silent, keep: Keep | None = None
    ) -> None:
        self.archive, self.worlds, self.report, self.keep = archive, worlds, report, keep
        self.meter = Meter()
        self.notices: list[str] = []
        self._folder = prompts
        self._pieces = 0

    @cached_property
    def model(self) -> ChatModel:
        """The model (ModelError where it cannot be opened)."""
        model = open_model(self.archive.settings, self.meter, self.notices.append)
        if model is None:
            raise ModelError("No chat model is named", hint="Set model (TORGAU_MODEL), or draft in archive mode")
        return model

    @cached_property
    def prompts(self) -> Mapping[str, Prompt]:
        """The shipped prompts by name."""
        return {name: load_prompt(self._folder, name) for name in _PROMPTS}

    @property
    def scenario(self) -> str:
        """The scenario in words, with the ids of its premises."""
        scenario = self.worlds.model.scenario
        return f"{scenario.title}\n{scenario.question}\nPoint of divergence: {scenario.pod}\nPremise (id pod): {scenario.premise}"

    def on_token(self, piece: str) -> None:
        """Count what streams in and say so now and then."""
        self._pieces += 1
        if self._pieces % 50 == 0:
            self.report("tokens from the model", self._pieces, self._pieces + 1)

    def origin(self, origin: Origin, fallback: str | None) -> Origin:
        """Return how the draft was made, with what the model took."""
        usage = self.meter.usage
        name = self.archive.settings.model
        return origin.model_copy(update={"mode": "model", "model": name, "fallback": fallback, "usage": usage})

    def critique(self, ground: Ground, bundles: Sequence[Bundle]) -> Critique:
        """Judge by the model, claim by claim and as a whole; what it cannot do, the archive does, and the draft says so."""
        try:
            critic = ModelCritic(
                self.model, self.prompts, self.scenario, self.passage_at, on_token=self.on_token, keep=self.keep
            )
        except ModelError as error:
            return self._by_archive(ground, bundles, str(error))
        drafted = critic.findings(bundles, lambda done, total: self.report("claims judged by the model", done, total))
        fallback = list(drafted.fallback)
        overall: Overall | None = None
        rejected = list(drafted.rejected)
        if len(fallback) < (len(bundles) + 3) // 4:
            try:
                evidence = self._most_cited(drafted.findings)
                overall, refused = critic.overall(ground.text, drafted.findings, evidence, _told(ground.figures))
                rejected += refused
            except ModelError as error:
                fallback.append(f"the overall judgement: {error}")
        said = {sentence.text for finding in drafted.findings for sentence in finding.sentences}
        whole = Ground(
            **{
                **ground.__dict__,
                "origin": self.origin(ground.origin, "; ".join(fallback) or None),
                "notices": [*ground.notices, *drafted.notices, *self.notices],
                "rejected": rejected,
            }
        )
        return conclude(
            whole,
            bundles,
            drafted.findings,
            said,
            summary=overall.summary if overall else None,
            criteria=overall.rubric if overall else None,
        )

    def continuation(self, archived: Continuation, register: Register) -> Continuation:
        """Write the stretch that the archive has drafted with the model instead; the archive's draft is its evidence and figures.

        Where the model cannot be had, or no event of it can stand, the archive's own draft is returned, saying so.
        """
        citations = dict.fromkeys(
            citation
            for event in archived.events
            for citation in [
                *(citation for sentence in event.sentences for citation in sentence.citations),
                *(event.otl.citations if event.otl else []),
            ]
        )
        evidence = [
            Evidence(
                number=1, side=Side.CONTEXT, reason="told of this stretch", score=1.0, passage=self.passage_at(citation)
            )
            for citation in citations
        ]
        premises = "\n".join(f"{name}: {text}" for name, text in archived.timeline.premises.items())
        try:
            told = ModelTimeline(
                model=self.model,
                prompts=self.prompts,
                scenario=f"{self.scenario}\n{premises}",
                timeline=archived.timeline,
                register=register,
                start=archived.start,
                end=archived.end,
                least=min(LEAST_EVENTS, max(1, len(archived.events))),
                on_token=self.on_token,
            ).write(evidence, "\n".join(_event_figures(event) for event in archived.events))
        except ModelError as error:
            return archived.model_copy(update={"origin": self.origin(archived.origin, str(error))})
        changes = {
            "origin": self.origin(archived.origin, None),
            "introduction": told.introduction,
            "events": told.events,
            "rejected": told.rejected,
            "notices": [*archived.notices, *told.notices, *self.notices],
            "chain": None,
            "weakest": None,
        }
        return archived.model_copy(update=changes)

    def answer(self, archived: Answer, topics: Sequence[Topic]) -> Answer:
        """Answer by the model on the archive's evidence; the archive's own answer where it cannot, saying so."""
        cited = dict.fromkeys(
            citation for topic in topics[:1] for s in [*topic.case_for, *topic.case_against] for citation in s.citations
        )
        briefed = [
            Evidence(number=1, side=Side.CONTEXT, reason="in a brief", score=1.0, passage=self.passage_at(citation))
            for citation in cited
        ]
        try:
            sentences, evidence, rejected, notices = model_answer(
                self.model, self.prompts, archived.question, [*briefed, *archived.evidence], self.on_token
            )
        except ModelError as error:
            return archived.model_copy(update={"origin": self.origin(archived.origin, str(error))})
        changes = {
            "origin": self.origin(archived.origin, None),
            "sentences": sentences,
            "evidence": evidence,
            "rejected": rejected,
            "notices": [*archived.notices, *notices, *self.notices],
        }
        return archived.model_copy(update=changes)

    def passage_at(self, citation: Citation) -> Passage:
        """Return the passage that a brief's citation quotes whole.

        Raises:
            CorpusError: there is none at that place.
        """
        source = self.archive.shelves.by_hash(citation.source_hash)
        for passage in source.passages:
            if passage.start <= citation.start and citation.end <= passage.end:
                return passage
        raise CorpusError("A citation lies in no passage of its source", where=f"{citation.source_id} {citation.start}")

    def _by_archive(self, ground: Ground, bundles: Sequence[Bundle], reason: str) -> Critique:
        used = Used()
        findings = compose_findings(bundles, used, self.report)
        whole = Ground(**{**ground.__dict__, "origin": self.origin(ground.origin, reason)})
        return conclude(whole, bundles, findings, used.sentences)

    def _most_cited(self, findings: Sequence[Finding]) -> list[Evidence]:
        counts: dict[Citation, int] = {}
        for finding in findings:
            for citation in [*finding.for_, *finding.against]:
                counts[citation] = counts.get(citation, 0) + 1
        ranked = sorted(counts, key=lambda citation: -counts[citation])[:_OVERALL_EVIDENCE]
        return [
            Evidence(
                number=1, side=Side.CONTEXT, reason="cited by a finding", score=1.0, passage=self.passage_at(citation)
            )
            for citation in ranked
        ]


def _event_figures(event: Event) -> str:
    held = range_words(event.probability) if event.probability else "granted"
    what = "parts from our timeline" if event.diverges else "as in our timeline"
    return f"{event.date} {event.title}: {held}, {what}; because of {', '.join(event.causes)}"


def _told(figures: Figures | None) -> str:
    if figures is None:
        return ""
    lines = [f"“{figures.outcome}” with nothing changed: {range_words(figures.alone)}"]
    if figures.together:
        lines.append(f"with everything that the text proposes: {range_words(figures.together)}")
    if figures.premise:
        lines.append(f"all its premises together, chances multiplied: {range_words(figures.premise)}")
    for rewrite in figures.rewrites:
        held = f"premise {range_words(rewrite.premise)}, outcome {range_words(rewrite.outcome)}"
        lines.append(f"{excerpt(rewrite.title, 200)}: {held}")
    return "\n".join(lines)
