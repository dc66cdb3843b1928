"""From what the user brings to a critique: claims, the topics and evidence of each, the model's figures, the draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.dates import latest
from assistant.library.reading import read_bytes
from assistant.records import Citation, Claim, ClaimType, Critique, Evidence, Hit, Lean, Origin, Post, Sentence
from assistant.retrieval.entries import last_named_day
from assistant.retrieval.index import Query
from assistant.retrieval.matching import Match
from assistant.workbench.archive import Archive, Report, silent
from assistant.workbench.worlds import Worlds
from assistant.workbench.writer import Writer
from assistant.writing.claims import split_claims
from assistant.writing.critique import Ground, compose_findings, conclude
from assistant.writing.findings import Bundle, Used
from assistant.writing.gathering import opposite, sort_sides
from assistant.writing.topics import Topic

__all__ = ["Brought", "Critic", "bring", "digested"]

SHIPPED_THREAD = "elbe-day-thread"
MATCHES = 0.66  # a topic this near is the claim's own; measured on the seed thread and on paraphrases of it
ALSO_MATCHES = 0.72  # a second topic must be nearer still to be heard beside the first
NEARLY = 0.06  # two topics nearer to each other than this are told apart by the type of the claim
VOTED = 0.45  # a topic less near than MATCHES is still the claim's own where the passages found for it are the topic's notes
VOTES = 0.5  # the share of those passages that it takes
NEAR = {True: 0.40, False: 0.52}  # cosine below which a passage does not testify: with a topic to steer by, and without
PER_SEARCH = 8


@dataclass(frozen=True)
class Brought:
    """What is to be judged: text, title, posts, claims already made, warnings, and sources that must not testify in it."""

    text: str
    title: str
    posts: list[Post] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)


def bring(name: str, data: bytes) -> Brought:
    """Read what the user gave: a pasted thread, a saved page, a scenario or a draft.

    Raises:
        InputError: it cannot be read.
    """
    source = read_bytes(data, Path(name).name, origin=name)[0]
    return Brought(
        source.text,
        _headline(source.text) or Path(source.title).name,
        list(source.posts),
        notices=list(source.notices),
        barred=[source.id],
    )


def _headline(text: str) -> str | None:
    """Return the text's own first line where it reads like a title: short, and ending like no sentence."""
    first = text.lstrip().split("\n", 1)[0].strip().lstrip("#").strip()
    alone = "\n" in text.strip()
    return first if alone and 3 <= len(first) <= 120 and first[-1] not in ".!,;:)" else None


def digested(archive: Archive, thread_id: str = SHIPPED_THREAD) -> Brought:
    """Return the shipped thread, post by post in our own words; its statements are the claims, typed by hand."""
    source = archive.source(thread_id)
    statements = archive.digest(thread_id).statements()
    numbers = {statement.id: post.number for post in archive.digest(thread_id).posts for statement in post.statements}
    claims = [
        Claim(
            start=passage.start,
            end=passage.end,
            text=passage.text,
            gist=passage.text,
            type=statement.type,
            lean=_lean(statement.type),
            post=numbers[statement.id],
        )
        for passage, statement in zip(source.passages, statements, strict=True)
    ]
    return Brought(source.text, source.title, claims=claims, barred=[source.id])


def _lean(kind: ClaimType) -> Lean:
    return {ClaimType.OBJECTION: Lean.NO, ClaimType.FACT: Lean.NEITHER}.get(kind, Lean.YES)


class Critic:
    """Judges what is brought by one scenario, in archive mode.

    Args:
        archive: the sources and their index.
        worlds: the scenario.
        as_of: only evidence that could be known on this day.
        report: progress.
    """

    def __init__(self, archive: Archive, worlds: Worlds, *, as_of: str | None = None, report: Report = silent) -> None:
        self.archive, self.worlds, self.as_of, self.report = archive, worlds, as_of, report
        self.notices: list[str] = []
        self.searched = 0

    def judge(self, brought: Brought, origin: Origin, writer: Writer | None = None) -> Critique:
        """Return the critique: from the archive, or by a chat model on the same evidence, held to the same checks."""
        bundles = self.bundles(brought)
        figures = self.worlds.figures(_proposed(bundles), self.report)
        if not bundles:
            self.notices.append("No claim was found in the text: it asks, greets or jokes, but asserts nothing.")
        ground = Ground(
            text=brought.text,
            title=f"Plausibility critique: {brought.title}",
            question=self.worlds.model.scenario.question,
            origin=origin,
            topics=self.worlds.topics,
            rubric=self.worlds.rubric,
            figures=figures,
            searched=self.searched,
            notices=[*brought.notices, *self.archive.notices, *dict.fromkeys(self.notices)],
        )
        if writer is not None and bundles:
            return writer.critique(ground, bundles)
        used = Used()
        findings = compose_findings(bundles, used, self.report)
        return conclude(ground, bundles, findings, used.sentences)

    def claims(self, brought: Brought) -> list[Claim]:
        """Return the claims of the text, split here unless they came with it."""
        return brought.claims or split_claims(brought.text, brought.posts, spell_out=self.archive.glossary.spell_out)

    def bundles(self, brought: Brought) -> list[Bundle]:
        """Return each claim with its topics and its evidence."""
        claims = self.claims(brought)
        matches = self.worlds.matcher(self.report).match([claim.gist for claim in claims], limit=6)
        barred = [*brought.barred, *self.archive.digest_ids()]
        bundles: list[Bundle] = []
        for at, (claim, near) in enumerate(zip(claims, matches, strict=True), start=1):
            topics = self._ready(claim, near)
            lean = topics[0].lean if topics else None
            evidence, searched = self.evidence(claim, lean, barred, near=NEAR[bool(topics)])
            if not topics and (voted := self._voted(near, evidence)):
                topics = [self._known(self.worlds.viewed(voted))]
                evidence, searched = self.evidence(claim, voted.lean, barred, near=NEAR[True])
            bundles.append(Bundle(_retyped(claim, topics), topics, evidence, searched))
            self.searched = max(self.searched, searched)
            self.report("gathering evidence", at, len(claims))
        return bundles

    def topics_for(self, claim: Claim) -> list[Topic]:
        """Return the topics of one claim or question, with the model's view of each."""
        return self._ready(claim, self.worlds.matcher(self.report).match([claim.gist], limit=6)[0])

    def _ready(self, claim: Claim, near: Sequence[Match]) -> list[Topic]:
        return [self._known(self.worlds.viewed(topic)) for topic in self._topics(claim, near)]

    def evidence(
        self, claim: Claim, lean: Lean | None, barred: Sequence[str], *, near: float = NEAR[True]
    ) -> tuple[list[Evidence], int]:
        """Search for the claim and for its opposite.

        Args:
            claim: the claim.
            lean: the lean of its topic, which is surer than the claim's own; None where it has no topic.
            barred: sources that must not testify.
            near: the least nearness in meaning to the claim; where there is no embedder, all that was found counts.

        Returns:
            The evidence with sides, nearest first, its score the nearness in meaning; and how many passages were searched.
        """
        leaning = claim.model_copy(update={"lean": lean}) if lean else claim
        found: dict[str, Hit] = {}
        searched = 0
        for text in (claim.gist, opposite(leaning)):
            query = Query(text, k=PER_SEARCH, exclude_sources=barred, as_of=self.as_of, per_source_cap=2)
            result = self.archive.search(query, self.report)
            self.notices += result.notices
            searched = max(searched, result.searched)
            for hit, cosine in zip(result.hits, result.cosines, strict=True):
                score = hit.score if cosine is None else cosine
                if (cosine is None or cosine >= near) and hit.passage.id not in found:
                    found[hit.passage.id] = hit.model_copy(update={"score": round(score, 4)})
        ranked = sorted(found.values(), key=lambda hit: -hit.score)
        return sort_sides(leaning, ranked), searched

    def _voted(self, near: Sequence[Match], evidence: Sequence[Evidence]) -> Topic | None:
        """Return a topic that is fairly near and on whose notes the evidence falls; None where there is none."""
        sources = [item.passage.source_id for item in evidence[:PER_SEARCH]]
        for match in near:
            topic = self.worlds.topics[match.id]
            sentences = [*topic.case_for, *topic.case_against, *topic.judgement]
            notes = {citation.source_id for sentence in sentences for citation in sentence.citations}
            share = sum(source in notes for source in sources) / max(1, len(sources))
            if match.score >= VOTED and len(sources) >= 3 and share >= VOTES:
                return topic
        return None

    def _topics(self, claim: Claim, near: Sequence[Match]) -> list[Topic]:
        """Return the topics near enough to speak for the claim, the fitting kind first where two are nearly as near."""
        close = [match for match in near if match.score >= MATCHES]
        if not close:
            return []
        wants_lever = claim.type in (ClaimType.PROPOSAL, ClaimType.POD)
        rivals = [match for match in close if close[0].score - match.score <= NEARLY]
        fitting = [match for match in rivals if (self.worlds.topics[match.id].kind == "lever") == wants_lever]
        first = (fitting or close)[0]
        others = [match for match in close if match is not first and match.score >= ALSO_MATCHES]
        return [self.worlds.topics[match.id] for match in (first, *others[:1])]

    def _known(self, topic: Topic) -> Topic:
        """Leave out of a brief what could not be known on the day asked for."""
        if self.as_of is None:
            return topic
        sides = ("case_for", "case_against", "judgement", "alternatives")
        kept = {side: [s for s in getattr(topic, side) if self._knowable(s)] for side in sides}
        return topic.model_copy(update=kept)

    def _knowable(self, sentence: Sentence) -> bool:
        return all(self._could_know(citation) for citation in sentence.citations)

    def _could_know(self, citation: Citation) -> bool:
        day = latest(self.as_of) if self.as_of else None
        source = self.archive.source(citation.source_id)
        since = source.known_from or source.date_end or citation.date
        named = last_named_day(citation.quote)
        return day is None or (
            since is not None and latest(since) <= day and (named is None or named <= day.toordinal())
        )


def _retyped(claim: Claim, topics: Sequence[Topic]) -> Claim:
    """A reason of the opener's that names a change to be made is a proposal, whatever its wording."""
    if topics and topics[0].kind == "lever" and claim.type is ClaimType.REASON:
        return claim.model_copy(update={"type": ClaimType.PROPOSAL})
    return claim


def _proposed(bundles: Iterable[Bundle]) -> list[str]:
    """Return the levers that the text itself proposes, in order; other posters' own PODs are judged one by one."""
    levers = [
        bundle.topics[0].id
        for bundle in bundles
        if bundle.topics and bundle.topics[0].kind == "lever" and bundle.claim.type is ClaimType.PROPOSAL
    ]
    return list(dict.fromkeys(levers))
