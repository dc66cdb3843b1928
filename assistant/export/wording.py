"""Plain words for verdicts, ranges, dates, tiers and for how a draft was made."""

from __future__ import annotations

from assistant.dates import Precision, spoken
from assistant.ranges import range_words
from assistant.records import Citation, ClaimType, Origin, Probability, Tier, Usage, Verdict

__all__ = ["byline", "capital", "claim_words", "dated", "described", "drafted", "range_words", "verdict_words"]

_CLAIMS = {
    ClaimType.FACT: "statement of fact",
    ClaimType.REASON: "reason",
    ClaimType.PROPOSAL: "proposal",
    ClaimType.OBJECTION: "objection",
    ClaimType.POD: "another point of divergence",
}
_TIERS = {
    Tier.PRIMARY: "primary source",
    Tier.SCHOLARSHIP: "scholarship",
    Tier.MEMOIR: "memoir",
    Tier.PRESS: "press",
    Tier.REFERENCE: "reference work",
    Tier.FORUM: "forum post",
}


def verdict_words(verdict: Verdict, probability: Probability | None) -> str:
    """Return a verdict with its range: `strained, 10–25 %`."""
    word = "ASB (impossible without magic)" if verdict is Verdict.ASB else str(verdict)
    return f"{word}, {range_words(probability)}" if probability else word


def claim_words(kind: ClaimType) -> str:
    """Return what a claim is in plain words."""
    return _CLAIMS[kind]


def capital(text: str) -> str:
    """Return the text with its first letter large."""
    return text[:1].upper() + text[1:]


def dated(date: str, precision: Precision) -> str:
    """Return an event's date as prose has it: `12 May 1945`, `about May 1945`."""
    return f"about {spoken(date)}" if precision == "circa" else spoken(date)


def described(citation: Citation) -> str:
    """Return what a reader wants to know of a quotation beside its title: where it stands, its tier, its date."""
    parts = [citation.locator, _TIERS[citation.tier], spoken(citation.date) if citation.date else ""]
    return " · ".join(part for part in parts if part)


def byline(origin: Origin) -> str:
    """Return how a draft was made in one short line."""
    if origin.mode == "archive":
        return f"Drafted with Torgau {origin.version} in archive mode: no language model took part."
    return f"Drafted with Torgau {origin.version} by the language model {origin.model or '(not named)'}."


def drafted(origin: Origin, searched: int | None) -> list[str]:
    """Return how a draft was made, in full, one sentence an item.

    Args:
        origin: how it was made.
        searched: how many passages were looked at, if that was counted.
    """
    lines = [byline(origin)]
    if origin.mode == "archive":
        lines.append("It is composed from the archive and the world-lines model; every quotation is exact.")
    else:
        lines.append("It read the archive's evidence; every quotation was checked against its source and is exact.")
    if origin.fallback:
        lines.append(f"⚠ Fallback to the archive: {origin.fallback.rstrip('.')}.")
    count = f" {searched:,} passages were looked at." if searched is not None else ""
    lines.append(f"Search: {origin.search.rstrip('.')}.{count}")
    if origin.as_of:
        lines.append(f"Only evidence that could be known on {spoken(origin.as_of)} was used.")
    if origin.seed is not None:
        lines.append(f"Random seed: {origin.seed}.")
    if origin.usage:
        lines.append(_spent(origin.usage))
    lines.append("Probabilities are a device for arguing, not measurements.")
    return lines


def _spent(usage: Usage) -> str:
    cost = "cost not known" if usage.cost is None else f"about ${usage.cost:.2f}"
    return (
        f"Requests to the model: {usage.requests}, of which {usage.cached} answered from the cache; "
        f"tokens: {usage.input_tokens:,} in, {usage.output_tokens:,} out; {cost}."
    )
