"""Ranges of probability in words: the same everywhere, in a draft's prose and in an export's headings."""

from __future__ import annotations

from assistant.records import Probability

__all__ = ["range_words"]


def range_words(probability: Probability) -> str:
    """Return a range as `10–25 %`; `under 1 %`, `up to 2 %`, `over 95 %` at the edges; `about 10 %` where both ends round to one."""
    low, high = round(100 * probability.low), round(100 * probability.high)
    if 0 < probability.high < 0.01:
        return "under 1 %"
    if 0.99 < probability.low < 1:
        return "over 99 %"
    if low == high:
        return f"about {low} %"
    # A bare 0 or 100 would say impossible or certain, which the range does not.
    if low == 0:
        return f"up to {high} %"
    return f"over {low} %" if high == 100 else f"{low}–{high} %"
