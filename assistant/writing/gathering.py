"""Gathering evidence in archive mode: which side of a claim a passage stands on, and why.

The side follows from what the note says of itself (its `bearing` and `why`) and from what the claim says of the scenario's
question. A passage about amity helps a claim that the friendship could have lasted and tells against one that it could not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.records import Bearing, Claim, Evidence, Hit, Lean, Passage, PassageKind, Side, Tier

__all__ = ["opposite", "sort_sides"]

_HELPS = {Lean.YES: Bearing.AMITY, Lean.NO: Bearing.RIVALRY}
_OPPOSED = {Bearing.AMITY: Bearing.RIVALRY, Bearing.RIVALRY: Bearing.AMITY}
_OPPOSITES = {
    Lean.YES: "refused, distrusted, failed, quarrel, suspicion, hostility over",
    Lean.NO: "agreement, cooperation, compromise, friendship, concession on",
    Lean.NEITHER: "on the contrary, disputed, exception, did not",
}


def opposite(claim: Claim) -> str:
    """Return the search for what speaks against the claim: its subject with the words of the other side."""
    return f"{_OPPOSITES[claim.lean]} {claim.gist}"


def sort_sides(claim: Claim, hits: Iterable[Hit], lean: Lean | None = None) -> list[Evidence]:
    """Number the passages found and give each a side and the reason for it.

    Args:
        claim: the claim; its own lean counts unless `lean` is given.
        hits: what was found for the claim and for its opposite, best first; each passage once.
    """
    found = list(hits)
    helping = _helping(lean or claim.lean, [hit.passage for hit in found])
    evidence: list[Evidence] = []
    for number, hit in enumerate(found, start=1):
        side, reason = _side(hit.passage, helping)
        evidence.append(Evidence(number=number, side=side, reason=reason, score=hit.score, passage=hit.passage))
    return evidence


def _helping(lean: Lean, passages: Sequence[Passage]) -> Bearing | None:
    """Return the bearing that helps the claim; for a plain statement of fact, that of the passages nearest to it."""
    if lean in _HELPS:
        return _HELPS[lean]
    return next((passage.bearing for passage in passages[:3] if passage.bearing in _OPPOSED), None)


def _side(passage: Passage, helping: Bearing | None) -> tuple[Side, str]:
    if passage.tier is Tier.FORUM:
        return Side.CONTEXT, f"argued in a thread ({passage.locator})"
    if passage.bearing is None or helping is None:
        return Side.CONTEXT, "bears on the matter without taking a side"
    why = passage.why or passage.title
    if passage.kind is PassageKind.ALTERNATIVE:
        # A road that was considered and not taken speaks for those who say that it could have gone otherwise.
        side = Side.FOR if helping is Bearing.AMITY else Side.CONTEXT
        return side, f"a road that was considered at the time: {passage.title}"
    if passage.kind is PassageKind.DISPUTE or passage.bearing not in _OPPOSED:
        return Side.CONTEXT, f"pushed both ways: {why}" if passage.bearing is Bearing.BOTH else f"disputed: {why}"
    side = Side.FOR if passage.bearing is helping else Side.AGAINST
    return side, f"pushed toward {passage.bearing}: {why}"
