"""Topics: what the scenario already knows of a claim.

A lever, driver, thesis or outcome of the scenario, with its brief (the case for and against in cited sentences) and the
causal model's figures for it, ready for the composer. The composer sees topics and evidence, never a store or an index.
"""

from __future__ import annotations

from typing import Literal

from assistant.records import Lean, ModelView, Probability, Record, Rewrite, Sentence

__all__ = ["Figures", "Topic", "TopicKind"]

TopicKind = Literal["lever", "driver", "thesis", "hinge", "outcome"]


class Topic(Record):
    """A recurring statement with its cited brief.

    `probability` is how likely the statement is to hold (a thesis), or the premise to have come about (a lever). `weight` in 0..1
    says how much it matters for the scenario's question. `considered` is true where contemporaries are documented to have
    considered it. `date` is when a lever would have been pulled, `decider` is not stored: the brief names people.
    """

    id: str
    kind: TopicKind
    title: str
    statement: str
    lean: Lean
    probability: Probability | None
    reason: str = ""
    contested: bool = False
    considered: bool = False
    date: str | None = None
    case_for: list[Sentence] = []
    case_against: list[Sentence] = []
    judgement: list[Sentence] = []
    alternatives: list[Sentence] = []
    would_change: str = ""
    view: ModelView | None = None


class Figures(Record):
    """What the causal model says of the whole text: the outcome asked for, alone and with all that the text proposes.

    `alone` is the outcome's range with no lever pulled; `together` with every lever that the text proposes; `premise` the
    product of those levers' plausibilities; `single` the outcome under each lever by itself.
    """

    outcome: str
    alone: Probability
    together: Probability | None = None
    premise: Probability | None = None
    levers: list[str] = []
    single: dict[str, Probability] = {}
    conflicts: list[tuple[str, str]] = []
    rewrites: list[Rewrite] = []
    worlds: int = 0
    seed: int = 0
