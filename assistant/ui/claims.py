"""Judged claims: one card for each, and the text they stand in with each claim marked at its span."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.export.wording import capital, claim_words
from assistant.records import Citation, Finding, ModelView
from assistant.ui.citations import Numbers, cards
from assistant.ui.markup import Markup, inline, joined, tag
from assistant.ui.sentences import prose, titled
from assistant.ui.verdicts import SHAPES, badge, chip, range_bar, style_of

__all__ = ["card", "marked_text"]


def card(number: int, finding: Finding, numbers: Numbers) -> Markup:
    """Return the card of one claim; `number` counts from 1 and is its anchor."""
    where = f" · post {finding.post}" if finding.post else ""
    head = tag(
        "div",
        inline(
            tag("a", f"{number}", href=f"#text-{number}", class_="tg-number", title="Show it in the text"),
            chip(finding.verdict),
            range_bar(finding.probability),
            badge(capital(claim_words(finding.type)) + where),
            badge("⚠ contested by the sources", "tg-warn") if finding.contested else "",
        ),
        class_="tg-head",
    )
    body = joined(
        [
            tag("blockquote", finding.text, class_="tg-claim"),
            tag("p", prose(finding.sentences, numbers)) if finding.sentences else "",
            _sides(finding, numbers),
            _model(finding.model_view, numbers) if finding.model_view else "",
            tag("p", tag("b", "What would change this:"), " ", finding.would_change) if finding.would_change else "",
            titled("Considered at the time:", finding.alternatives, numbers),
        ]
    )
    return tag("div", head, body, class_=f"tg-finding {style_of(finding.verdict)}", id=f"claim-{number}")


def _sides(finding: Finding, numbers: Numbers) -> Markup:
    """Return evidence for and against side by side, folded; and how many passages were looked at."""
    counts = [("for", finding.for_), ("against", finding.against), ("context", finding.context)]
    told = ", ".join(f"{len(found) or 'none'} {side}" for side, found in counts if found or side != "context")
    summary = tag("summary", f"Evidence: {told} ({finding.searched:,} passages searched)")
    sides = tag(
        "div",
        _side("For", finding.for_, numbers, finding.searched),
        _side("Against", finding.against, numbers, finding.searched),
        class_="tg-sides",
    )
    context = _side("Context", finding.context, numbers, finding.searched) if finding.context else ""
    return tag("details", summary, sides, context)


def _side(title: str, found: Sequence[Citation], numbers: Numbers, searched: int) -> Markup:
    body = cards(found, numbers) if found else tag("p", f"None found in {searched:,} passages.", class_="tg-small")
    return tag("div", tag("h5", title), body)


def _model(view: ModelView, numbers: Numbers) -> Markup:
    text = inline(
        tag("b", "In the world-lines model:"), view.statement, prose(view.sentences, numbers), view.rewrite or ""
    )
    return tag("p", text, class_="tg-model")


def marked_text(text: str, findings: Sequence[Finding]) -> Markup:
    """Return the text as it was given, with each claim marked and linked to its card.

    Where claims overlap, the later one is marked from where the earlier ends.
    """
    pieces: list[object] = []
    at = 0
    for number, finding in sorted(enumerate(findings, 1), key=lambda pair: (pair[1].start, pair[1].end)):
        start = max(at, finding.start)
        pieces += [text[at:start], _mark(number, finding, text[start : finding.end])]
        at = max(start, finding.end)
    pieces.append(text[at:])
    return tag("div", *pieces, class_="tg-text")


def _mark(number: int, finding: Finding, words: str) -> Markup:
    label = tag("sup", f"{number}{SHAPES[finding.verdict]}")
    return tag(
        "a",
        words,
        label,
        href=f"#claim-{number}",
        id=f"text-{number}",
        class_=f"tg-mark {style_of(finding.verdict)}",
        title=f"Claim {number}: {finding.verdict}",
    )
