"""The records that everything passes on: strict, typed, without behaviour beyond their own validity.

Spans are code-point offsets into the canonical text of a source, which is kept under its SHA-256 (`source_hash`);
`text[start:end] == quote`. Dates are partial dates (`assistant.dates`). Probabilities are ranges, never bare points.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.dates import PartialDate, Precision

__all__ = [
    "Answer",
    "Bearing",
    "Citation",
    "Claim",
    "ClaimType",
    "Continuation",
    "Counterpart",
    "Criterion",
    "Critique",
    "Divergence",
    "Draft",
    "Event",
    "Evidence",
    "Finding",
    "Hit",
    "Lean",
    "ModelView",
    "NoteFacts",
    "Office",
    "Origin",
    "Passage",
    "PassageKind",
    "Person",
    "Post",
    "Probability",
    "Quote",
    "Record",
    "Reference",
    "Rejection",
    "Rewrite",
    "Road",
    "Scenario",
    "Sentence",
    "SentenceType",
    "Side",
    "Source",
    "SourceKind",
    "Thread",
    "Tier",
    "Timeline",
    "Usage",
    "Verdict",
]


class Record(BaseModel):
    """Base of all records: unknown keys are refused, nothing is coerced, values do not change once made."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Tier(StrEnum):
    """How near a source stands to what it tells, best first."""

    PRIMARY = "primary"
    SCHOLARSHIP = "scholarship"
    MEMOIR = "memoir"
    PRESS = "press"
    REFERENCE = "reference"
    FORUM = "forum"


class Verdict(StrEnum):
    """How plausible a claim is, worst to best; `NOT_JUDGED` where nothing was found to judge it by."""

    ASB = "asb"
    IMPLAUSIBLE = "implausible"
    STRAINED = "strained"
    PLAUSIBLE = "plausible"
    LIKELY = "likely"
    NOT_JUDGED = "not judged"


class SentenceType(StrEnum):
    """What a drafted sentence claims to be."""

    DOCUMENTED = "documented"
    OPINION = "opinion"
    INFERENCE = "inference"
    INVENTION = "invention"


class ClaimType(StrEnum):
    """What a claim in the user's text is: a statement of fact, a reason, a proposal, an objection, another POD."""

    FACT = "fact"
    REASON = "reason"
    PROPOSAL = "proposal"
    OBJECTION = "objection"
    POD = "alternative-pod"


class Side(StrEnum):
    """Which side of a claim a passage stands on."""

    FOR = "for"
    AGAINST = "against"
    CONTEXT = "context"


class Bearing(StrEnum):
    """Which way an event pushed East-West relations."""

    AMITY = "amity"
    RIVALRY = "rivalry"
    BOTH = "both"
    NEUTRAL = "neutral"


class Lean(StrEnum):
    """What a claim says of the question of its scenario: it could have gone well, it could not, or neither."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


class SourceKind(StrEnum):
    """What a source is."""

    NOTE = "note"
    THREAD = "thread"
    DIGEST = "digest"
    DOCUMENT = "document"


class PassageKind(StrEnum):
    """What a passage is within its source: a statement of a note, a dispute, a road not taken, a post, prose."""

    STATEMENT = "statement"
    DISPUTE = "dispute"
    ALTERNATIVE = "alternative"
    POST = "post"
    PROSE = "prose"


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the canonical text, hex")]
Offset = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Span(Record):
    """A stretch of a text: offsets in code points, `start < end`."""

    start: Offset
    end: Offset

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"a span must not be empty or reversed: {self.start}..{self.end}")
        return self


class Probability(Record):
    """A range of probability, both ends in 0..1."""

    low: Share
    high: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"the low end {self.low} lies above the high end {self.high}")
        return self


class Reference(Record):
    """A work that a note rests on. `checked` only where the text itself was seen to say it."""

    key: Annotated[str, Field(pattern=r"^[a-z]\w*$")]
    cite: Annotated[str, Field(min_length=1)]
    url: str | None = None
    tier: Tier
    checked: bool = False


class Road(Record):
    """A road not taken that contemporaries are documented to have considered; `sources` are reference keys."""

    text: Annotated[str, Field(min_length=1)]
    sources: list[str] = []


class NoteFacts(Record):
    """What a corpus note says of itself beyond its text."""

    people: list[str] = []
    places: list[str] = []
    themes: Annotated[list[str], Field(min_length=1)]
    bearing: Bearing
    why: str
    contingency: Share | None = None
    references: list[Reference] = []
    roads: list[Road] = []


class Passage(Span):
    """A stretch of a source that is indexed and cited as one.

    `number` counts from 1 within the source; `id` is `source_id#number`. `tier` is that of the best reference it rests on.
    `locator` says where it stands for a human reader ("post 2", "para. 3: FRUS 1945, vol. V, doc. 351").
    """

    id: str
    source_id: str
    source_hash: Hash
    number: Annotated[int, Field(ge=1)]
    kind: PassageKind
    title: str
    text: Annotated[str, Field(min_length=1)]
    tier: Tier
    date: PartialDate | None = None
    date_end: PartialDate | None = None
    locator: str = ""
    author: str | None = None
    bearing: Bearing | None = None
    why: str = ""
    references: list[Reference] = []

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(f"passage {self.id}: the span is {self.end - self.start} long, its text {len(self.text)}")
        return self


class Post(Span):
    """One post of a thread; `start`, `end` in the thread's canonical text. `doubtful` says why its bounds are not sure.

    `apart` are the stretches of it, in order, that are not its author's own words: names, dates and buttons of the page that
    was copied, and quotations of others.
    """

    number: Annotated[int, Field(ge=1)]
    author: str | None = None
    date: PartialDate | None = None
    doubtful: str | None = None
    quotes: list[Quote] = []
    threadmark: str | None = None
    edited: str | None = None
    apart: list[Span] = []


class Quote(Record):
    """What a post quotes of another: given to its original author, kept out of the quoting post's own text."""

    author: str | None = None
    post: int | None = None
    text: str


class Thread(Record):
    """A forum thread as read: canonical text, posts in order."""

    title: str
    text: str
    posts: Annotated[list[Post], Field(min_length=1)]


class Source(Record):
    """A source as the shelf holds it: canonical text, what it is, and its passages.

    The text is the truth; every index is made from it. `known_from` is the day from which contemporaries at large could know
    what it says (for `as_of`); None where only `date` tells.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=120)]
    hash: Hash
    kind: SourceKind
    title: Annotated[str, Field(min_length=1)]
    tier: Tier
    date: PartialDate | None = None
    date_end: PartialDate | None = None
    known_from: PartialDate | None = None
    origin: str | None = None
    text: Annotated[str, Field(min_length=1)]
    note: NoteFacts | None = None
    posts: list[Post] = []
    passages: list[Passage] = []
    notices: list[str] = []


class Hit(Record):
    """A passage as a search found it; `rank` from 1, `score` in 0..1 comparable within one search only."""

    rank: Annotated[int, Field(ge=1)]
    score: float
    passage: Passage


class Scenario(Record):
    """A premise to judge or continue: what diverges, when, and what is asked."""

    id: str
    title: str
    premise: str
    question: str
    pod: PartialDate
    statements: list[str] = []


class Citation(Span):
    """An exact quotation of a source: `text[start:end] == quote` in the text with hash `source_hash`."""

    source_id: str
    source_hash: Hash
    title: str
    tier: Tier
    locator: str
    date: PartialDate | None = None
    quote: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"the span is {self.end - self.start} long, the quotation {len(self.quote)}")
        return self


class Evidence(Record):
    """A numbered passage with the side of a claim that it stands on, and why."""

    number: Annotated[int, Field(ge=1)]
    side: Side
    reason: str
    score: float
    passage: Passage


class Sentence(Record):
    """One drafted sentence, typed by what it rests on (rule of trust 2).

    A `documented` sentence needs a citation that is not a forum post; an `inference` needs cited premises; an `opinion` needs the
    post that it reports. `flag` carries a warning shown beside it.
    """

    text: Annotated[str, Field(min_length=1)]
    type: SentenceType
    citations: list[Citation] = []
    flag: str | None = None

    @model_validator(mode="after")
    def _rests(self) -> Self:
        if self.type is not SentenceType.INVENTION and not self.citations:
            raise ValueError(f"a sentence of type {self.type} needs a citation: {self.text[:80]!r}")
        forum_only = all(citation.tier is Tier.FORUM for citation in self.citations)
        if self.type is SentenceType.DOCUMENTED and forum_only:
            raise ValueError(f"a documented sentence cannot rest on a forum post alone: {self.text[:80]!r}")
        return self


class Claim(Span):
    """A claim in the user's own text: `text` is that text's `[start:end]`.

    `gist` is the claim as it is searched for: abbreviations spelled out, its lead-in completed. `post` is the post number it stands in.
    """

    text: str
    gist: str
    type: ClaimType
    lean: Lean = Lean.NEITHER
    post: int | None = None


class Rejection(Record):
    """Something that was taken out or relabelled, and why: listed in the draft, never silent."""

    what: str
    reason: str
    outcome: Literal["removed", "relabelled", "flagged"] = "removed"


class ModelView(Record):
    """What the causal model says of a claim: the lever, hinge or outcome that it matches, its range and main causes."""

    subject: str
    kind: Literal["lever", "hinge", "driver", "outcome"]
    statement: str
    probability: Probability | None = None
    sentences: list[Sentence] = []
    rewrite: str | None = None


class Finding(Span):
    """A judged claim. `searched` counts the passages that were looked at for it."""

    text: str
    type: ClaimType
    post: int | None = None
    verdict: Verdict
    probability: Probability | None
    for_: Annotated[list[Citation], Field(alias="for")]
    against: list[Citation]
    context: list[Citation] = []
    searched: Annotated[int, Field(ge=0)]
    would_change: str
    sentences: list[Sentence] = []
    alternatives: list[Sentence] = []
    contested: bool = False
    model_view: ModelView | None = None

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _judged_by_something(self) -> Self:
        judged = self.verdict is not Verdict.NOT_JUDGED
        if judged and not (self.for_ or self.against):
            raise ValueError("a verdict needs evidence on at least one side; without any the claim is not judged")
        if judged != (self.probability is not None):
            raise ValueError("a judged claim has a probability range, an unjudged one has none")
        return self


class Criterion(Record):
    """One criterion of the rubric, judged."""

    name: str
    verdict: Verdict
    sentences: list[Sentence]
    would_change: str


class Rewrite(Record):
    """A change to the premise that would help: what it costs in plausibility and what it brings."""

    title: str
    premise: Probability
    outcome: Probability
    levers: list[str] = []
    sentences: list[Sentence] = []


class Usage(Record):
    """Tokens and cost of a model's work; `cost` in US dollars, None where the price is not known."""

    requests: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class Origin(Record):
    """How a draft was made: said on screen and in every export."""

    mode: Literal["archive", "model"]
    model: str | None = None
    fallback: str | None = None
    search: str
    as_of: PartialDate | None = None
    seed: int | None = None
    version: str
    usage: Usage | None = None


class Draft(Record):
    """What critiques and continuations share: a title, how it was made, warnings, and everything that was rejected."""

    title: str
    origin: Origin
    notices: list[str] = []
    rejected: list[Rejection] = []


class Critique(Draft):
    """A plausibility critique of a scenario, a thread or a draft. `text` is what was judged; claims point into it."""

    kind: Literal["critique"] = "critique"
    text: str
    question: str
    verdict: Verdict
    probability: Probability | None
    summary: list[Sentence]
    rubric: list[Criterion]
    claims: list[Finding]
    rewrites: list[Rewrite] = []
    searched: Annotated[int, Field(ge=0)]


class Office(Record):
    """An office or command that somebody held, with its dates; `end` None where it was held beyond 1955."""

    title: str
    start: PartialDate | None = None
    end: PartialDate | None = None


class Person(Record):
    """Somebody in the people register. `aliases` are other names in use ("Uncle Joe", "Monty", other spellings)."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: str
    aliases: list[str] = []
    born: PartialDate | None = None
    died: PartialDate | None = None
    side: str
    offices: list[Office] = []


class Counterpart(Record):
    """What happened in our timeline in an event's place; no citation where the sources tell of none."""

    text: str
    citations: list[Citation] = []


class Divergence(Record):
    """Where an event leans on something after the POD: what, and the cause that the draft gives, or none."""

    on: str
    cause: str | None = None


class Event(Record):
    """A dated event of a timeline.

    `causes` are ids of earlier events or of premises; `otl` is its counterpart in our timeline or None; `probability` is that of
    this step given what came before.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    date: PartialDate
    precision: Precision
    title: Annotated[str, Field(min_length=1)]
    sentences: Annotated[list[Sentence], Field(min_length=1)]
    causes: list[str]
    otl: Counterpart | None
    probability: Probability | None
    flags: list[str] = []
    diverges: bool = False


class Timeline(Record):
    """A timeline as given or accepted: its premises (id and text) and its canon, dated events in order."""

    title: str
    pod: PartialDate
    premises: dict[str, str]
    events: list[Event] = []


class Continuation(Draft):
    """A continuation of a timeline from a date to a date. `chain` is the probability of all its steps together."""

    kind: Literal["continuation"] = "continuation"
    start: PartialDate
    end: PartialDate
    timeline: Timeline
    introduction: list[Sentence] = []
    events: list[Event]
    chain: Probability | None = None
    weakest: str | None = None


class Answer(Draft):
    """An answer to a question, in cited sentences, with the evidence numbered as it was found."""

    kind: Literal["answer"] = "answer"
    question: str
    sentences: list[Sentence]
    evidence: list[Evidence]
    searched: Annotated[int, Field(ge=0)]


Post.model_rebuild()
