"""Figures with their ranges.

Worlds come in groups that share one draw of the uncertain weights. The spread of the groups' means therefore has two
parts: what the weights' uncertainty does, and the luck of the few worlds in each group. The second is no uncertainty
about history; its size is known from the scatter within the groups, and it is taken out before the range from the 10th
to the 90th percentile is read off. The range is never narrower than one standard error of the whole sample either side.
"""

from __future__ import annotations

import numpy as np

from assistant.records import Probability, Record
from assistant.worldlines.arithmetic import Bools, Floats64

__all__ = ["Estimate", "certain", "from_groups", "from_sums", "from_worlds", "weighted_quantiles"]

LOW, HIGH = 0.1, 0.9


class Estimate(Record):
    """A probability with the range that uncertain weights and a finite sample leave it."""

    value: float
    low: float
    high: float

    @property
    def range(self) -> Probability:
        """The range alone, as drafts carry it."""
        return Probability(low=self.low, high=self.high)


def certain(value: float) -> Estimate:
    """Return a figure that nothing leaves open, such as that of a forced outcome."""
    return Estimate(value=value, low=value, high=value)


def from_worlds(values: Bools, weights: Floats64 | None) -> Estimate:
    """Return the weighted share of worlds for which `values` holds.

    Args:
        values: (G, P), G draws of the weights with P worlds each.
        weights: (G, P) importance weights, or None where all are 1; their sum must not be 0.
    """
    weigh = np.ones(values.shape) if weights is None else weights
    total, squared = weigh.sum(axis=1), (weigh * weigh).sum(axis=1)
    first = np.where(values, weigh, 0.0).sum(axis=1)
    second = np.where(values, weigh * weigh, 0.0).sum(axis=1)
    effective = float(total.sum() ** 2 / squared.sum())
    # A share of 0 or 1 in n worlds still leaves about one world in n open.
    return from_sums(total, squared, first, second, second, floor=1 / effective)


def from_sums(
    total: Floats64, squared: Floats64, first: Floats64, mixed: Floats64, second: Floats64, *, floor: float = 0.0
) -> Estimate:
    """Return the mean of y from each group's sums of w, w², w y, w² y and (w y)², all (G,).

    `floor` is the least standard error. The sum of `total` must not be 0.
    """
    some = total > 0
    total, squared, first = total[some], squared[some], first[some]
    mixed, second = mixed[some], second[some]
    means = first / total
    scatter = np.maximum(second - 2 * means * mixed + means**2 * squared, 0) / total**2
    effective = total**2 / squared
    scatter *= effective / np.maximum(effective - 1, 0.5)
    return from_groups(means, total, scatter, floor=floor)


def from_groups(means: Floats64, weights: Floats64, scatter: Floats64, *, floor: float = 0.0) -> Estimate:
    """Return the overall mean and range of groups.

    Args:
        means: (G,) mean of each group.
        weights: (G,) weight of each group, not all 0.
        scatter: (G,) variance of each group's mean by the luck within it; 0 where the means are exact.
        floor: the least standard error.
    """
    shares = weights / weights.sum()
    mean = float((weights * means).sum() / weights.sum())
    away = means - mean
    between = float((shares * away**2).sum())
    noise = float((shares * scatter).sum())
    kept = np.sqrt(max(0.0, 1 - noise / between)) if between > 0 else 0.0
    low, high = weighted_quantiles(mean + away * kept, shares, [LOW, HIGH])
    error = max(float(np.sqrt((shares**2 * away**2).sum())), floor)
    low, high = min(low, mean - error), max(high, mean + error)
    mean = min(max(mean, 0.0), 1.0)
    return Estimate(value=mean, low=min(max(low, 0.0), mean), high=max(min(high, 1.0), mean))


def weighted_quantiles(values: Floats64, weights: Floats64 | None, at: list[float]) -> list[float]:
    """Return the quantiles of weighted values; with equal weights, NumPy's own."""
    if weights is None:
        return [float(value) for value in np.quantile(values, at)]
    order = np.argsort(values, kind="stable")
    ranked, reached = values[order], np.cumsum(weights[order])
    total = reached[-1]
    # Each value stands in the middle of the stretch of weight that it covers.
    middles = reached - weights[order] / 2
    return [float(value) for value in np.interp(np.array(at) * total, middles, ranked)]
