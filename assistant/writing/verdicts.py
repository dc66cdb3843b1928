"""Verdicts: from evidence to a range of probability, and from a range to a word.

The words are bands of the middle of the range. A range made from evidence alone is kept wide: it says how the archive leans,
not how often the thing would happen.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Evidence, Probability, Side, Tier, Verdict

__all__ = ["verdict_of", "weigh"]

# Upper ends of the bands for the middle of a range, worst to best.
_BANDS = ((0.02, Verdict.ASB), (0.15, Verdict.IMPLAUSIBLE), (0.40, Verdict.STRAINED), (0.75, Verdict.PLAUSIBLE))
_TIER_WEIGHT = {
    Tier.PRIMARY: 1.0,
    Tier.SCHOLARSHIP: 0.9,
    Tier.MEMOIR: 0.7,
    Tier.PRESS: 0.6,
    Tier.REFERENCE: 0.5,
    Tier.FORUM: 0.2,
}
_PRIOR = 1.0  # one imagined passage on each side, so that a single one never settles anything
_HALF_WIDTH = 0.2


def verdict_of(probability: Probability | None) -> Verdict:
    """Return the word for a range by its middle; `not judged` for none."""
    if probability is None:
        return Verdict.NOT_JUDGED
    middle = (probability.low + probability.high) / 2
    return next((verdict for upper, verdict in _BANDS if middle < upper), Verdict.LIKELY)


def weigh(evidence: Iterable[Evidence]) -> Probability | None:
    """Return a range from the evidence for and against, weighed by tier and relevance; None where there is none."""
    weights = {Side.FOR: 0.0, Side.AGAINST: 0.0}
    for item in evidence:
        if item.side in weights:
            weights[item.side] += _TIER_WEIGHT[item.passage.tier] * max(item.score, 0.1)
    total = sum(weights.values())
    if not total:
        return None
    middle = (weights[Side.FOR] + _PRIOR) / (total + 2 * _PRIOR)
    width = _HALF_WIDTH / (1 + total / 4)
    return Probability(low=round(max(0.01, middle - width), 2), high=round(min(0.99, middle + width), 2))
