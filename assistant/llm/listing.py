"""Evidence and claims as a model reads them: one JSON object a line, so that no text can pass itself off as another entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from assistant.records import Claim, Evidence

__all__ = ["list_claims", "list_evidence"]


def list_evidence(items: Sequence[Evidence]) -> str:
    """Return the evidence, one piece a line, under the numbers that it has; which side it stands on is left to the model."""
    return "\n".join(_line(_piece(item)) for item in items)


def list_claims(claims: Sequence[Claim], first: int = 1) -> str:
    """Return the claims, one a line, numbered from `first`."""
    return "\n".join(
        _line({"claim": at, "type": claim.type, "text": claim.text, "says": claim.gist, "post": claim.post})
        for at, claim in enumerate(claims, start=first)
    )


def _piece(item: Evidence) -> dict[str, object]:
    passage = item.passage
    return {
        "evidence": item.number,
        "tier": passage.tier,
        "kind": passage.kind,
        "date": passage.date,
        "date_end": passage.date_end,
        "title": passage.title,
        "where": passage.locator,
        "author": passage.author,
        "text": passage.text,
    }


def _line(entry: Mapping[str, object]) -> str:
    return json.dumps({key: value for key, value in entry.items() if value not in (None, "")}, ensure_ascii=False)
