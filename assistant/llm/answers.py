"""What a model must return: drafts that cite evidence by number and quotation, never by hash or offset.

These records are as forgiving as they can be without hiding anything. A citation that makes no sense costs only itself: its number
becomes 0, which no evidence has, and the checks list it. A label outside the lists or an impossible range stays as the model
wrote it and is named by `faults`. Whatever is missing altogether is a failure, so that nothing vanishes unseen.
The texts of this file reach the model: they are the descriptions in the JSON schema.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from assistant.records import ClaimType, Lean, Probability, SentenceType, Side, Verdict

__all__ = [
    "ClaimsAnswer",
    "ContinuationAnswer",
    "DraftChange",
    "DraftCite",
    "DraftClaim",
    "DraftCounterpart",
    "DraftCriterion",
    "DraftEvent",
    "DraftFinding",
    "DraftSentence",
    "DraftSide",
    "JudgedAnswer",
    "OverallAnswer",
    "QuestionAnswer",
    "faults",
]

E = TypeVar("E", bound=StrEnum)


def _whole_number(value: object) -> int:
    """Return the number given, 0 where there is none: 0 is the number of no evidence and of no claim."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10 else 0


def _words(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _label(kind: type[E], value: str) -> E | None:
    try:
        return kind(value.strip().casefold())
    except ValueError:
        return None


def _labels(kind: type[StrEnum]) -> Any:
    return Field(json_schema_extra={"enum": [str(label) for label in kind]})


Number = Annotated[int, BeforeValidator(_whole_number)]
Words = Annotated[str, BeforeValidator(_words)]


class Draft(BaseModel):
    """Base of what a model returns: every field is asked for, what was not asked for is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_extra={"additionalProperties": False})

    def own_faults(self) -> list[str]:
        """Return what is wrong with this record's own values, its parts apart."""
        return []


class DraftCite(Draft):
    """A quotation: the number of a piece of evidence, and words copied from its text exactly."""

    evidence: Number
    quote: Words

    @model_validator(mode="before")
    @classmethod
    def _costs_only_itself(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {"evidence": value.get("evidence"), "quote": value.get("quote")}
        if isinstance(value, cls):
            return value
        return {"evidence": value, "quote": ""} if isinstance(value, int) else {"evidence": 0, "quote": _words(value)}


class DraftSentence(Draft):
    """One sentence, what it claims to be, and the quotations that it rests on."""

    text: str
    type: Annotated[str, _labels(SentenceType)]
    cites: list[DraftCite]

    @property
    def kind(self) -> SentenceType | None:
        """The type; None where the model's word for it is none of the four."""
        return _label(SentenceType, self.type)

    def own_faults(self) -> list[str]:
        """Return what is wrong with the sentence's type or text."""
        found = [] if self.text.strip() else ["the sentence is empty"]
        return found if self.kind else [*found, _unknown("type", self.type, SentenceType)]


class _Ranged(Draft):
    """What has a verdict and a range of probability; both ends are null where nothing can be judged."""

    verdict: Annotated[str, _labels(Verdict)]
    low: float | None
    high: float | None

    @property
    def judged(self) -> Verdict | None:
        """The verdict; None where the model's word for it is none of the six."""
        return _label(Verdict, self.verdict)

    @property
    def probability(self) -> Probability | None:
        """The range; None where there is none or an impossible one."""
        return _range(self.low, self.high)

    def own_faults(self) -> list[str]:
        """Return what is wrong with the verdict or the range, or with the two together."""
        found = [] if self.judged else [_unknown("verdict", self.verdict, Verdict)]
        found += _range_faults(self.low, self.high)
        if not found and (self.judged is Verdict.NOT_JUDGED) != (self.probability is None):
            found.append(f"the verdict {self.verdict!r} does not go with the range {self.low}..{self.high}")
        return found


class DraftClaim(Draft):
    """A claim found in the text: its exact words there, and what it says on its own, in full."""

    quote: str
    gist: str
    type: Annotated[str, _labels(ClaimType)]
    lean: Annotated[str, _labels(Lean)]

    @property
    def kind(self) -> ClaimType | None:
        """The type; None where the model's word for it is none of the five."""
        return _label(ClaimType, self.type)

    @property
    def leaning(self) -> Lean | None:
        """The lean; None where the model's word for it is none of the three."""
        return _label(Lean, self.lean)

    def own_faults(self) -> list[str]:
        """Return what is wrong with the claim's labels or quotation."""
        found = [] if self.quote.strip() else ["the quotation is empty"]
        found += [] if self.kind else [_unknown("type", self.type, ClaimType)]
        return found if self.leaning else [*found, _unknown("lean", self.lean, Lean)]


class ClaimsAnswer(Draft):
    """All claims of a text, in the order in which they stand in it."""

    claims: list[DraftClaim]


class DraftSide(Draft):
    """On which side of the claim a piece of evidence stands, its decisive words copied exactly, and why."""

    evidence: Number
    quote: Words
    side: Annotated[str, _labels(Side)]
    reason: str

    @property
    def stands(self) -> Side | None:
        """The side; None where the model's word for it is none of the three."""
        return _label(Side, self.side)

    def own_faults(self) -> list[str]:
        """Return what is wrong with the side's label."""
        return [] if self.stands else [_unknown("side", self.side, Side)]


class DraftFinding(_Ranged):
    """One claim judged by the evidence, by the claim's number."""

    claim: Number
    sides: list[DraftSide]
    sentences: list[DraftSentence]
    would_change: str
    alternatives: list[DraftSentence]
    contested: bool


class JudgedAnswer(Draft):
    """Every claim that was given, judged."""

    findings: list[DraftFinding]


class DraftCriterion(_Ranged):
    """One criterion of the rubric, judged."""

    name: str
    sentences: list[DraftSentence]
    would_change: str


class DraftChange(Draft):
    """A small change to the premise that would help, and what it costs and brings."""

    title: str
    sentences: list[DraftSentence]


class OverallAnswer(_Ranged):
    """The whole text judged: a summary, the rubric, and the smallest changes that would help most."""

    summary: list[DraftSentence]
    rubric: list[DraftCriterion]
    changes: list[DraftChange]


class DraftCounterpart(Draft):
    """What happened in our timeline in the event's place."""

    text: str
    cites: list[DraftCite]


class DraftEvent(Draft):
    """A dated event: `causes` are ids of premises or earlier events, `otl` is null where our timeline has no counterpart."""

    id: str
    date: str
    precision: Annotated[str, Field(json_schema_extra={"enum": ["day", "month", "year", "circa"]})]
    title: str
    sentences: list[DraftSentence]
    causes: list[str]
    otl: DraftCounterpart | None
    low: float | None
    high: float | None

    @property
    def probability(self) -> Probability | None:
        """The range of this step given what came before; None where there is none or an impossible one."""
        return _range(self.low, self.high)

    def own_faults(self) -> list[str]:
        """Return what is wrong with the range, or that the event has no cause."""
        missing = [] if self.causes else ["the event has no cause"]
        return [*missing, *_range_faults(self.low, self.high)]


class ContinuationAnswer(Draft):
    """The next stretch of a timeline: an introduction and dated events in order."""

    introduction: list[DraftSentence]
    events: list[DraftEvent]


class QuestionAnswer(Draft):
    """An answer to a question; no sentence where the evidence does not answer it."""

    sentences: list[DraftSentence]


def faults(answer: BaseModel) -> list[str]:
    """Return what is wrong with the labels and ranges anywhere in an answer, each with its place, for a caller's check."""
    return _faults(answer, "")


def _faults(value: object, place: str) -> list[str]:
    if isinstance(value, list):
        return [fault for at, item in enumerate(value) for fault in _faults(item, f"{place}.{at}")]
    if not isinstance(value, Draft):
        return []
    found = [f"{place.lstrip('.') or 'the answer'}: {fault}" for fault in value.own_faults()]
    for name in type(value).model_fields:
        found += _faults(getattr(value, name), f"{place}.{name}")
    return found


def _range(low: float | None, high: float | None) -> Probability | None:
    if low is None or high is None:
        return None
    try:
        return Probability(low=low, high=high)
    except ValidationError:
        return None


def _range_faults(low: float | None, high: float | None) -> list[str]:
    if (low is None and high is None) or _range(low, high) is not None:
        return []
    return [f"{low}..{high} is no range of probability: both ends lie in 0..1, low not above high, or both are null"]


def _unknown(what: str, given: str, kind: type[StrEnum]) -> str:
    return f"the {what} {given!r} is none of {', '.join(kind)}"
