"""A critique laid out: the verdict first, the rubric, claim by claim, then the changes that would help."""

from __future__ import annotations

from assistant.export.closing import closing_sections, fallback_lines, legend
from assistant.export.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Inline,
    Numbering,
    Paragraph,
    Quotation,
    Run,
    Section,
    joined,
    prose,
)
from assistant.export.wording import byline, capital, claim_words, range_words, verdict_words
from assistant.records import Citation, Criterion, Critique, Finding, ModelView, Rewrite

__all__ = ["critique_document"]


def critique_document(critique: Critique) -> Document:
    """Return the critique laid out for reading, its citations numbered in the order of the text."""
    numbering = Numbering()
    body = [_verdict(critique, numbering)]
    if critique.rubric:
        items = tuple(_criterion(criterion, numbering) for criterion in critique.rubric)
        body.append(Section((Heading("By the rubric"), Bullets(items))))
    for number, finding in enumerate(critique.claims, 1):
        heading = (Heading("Claim by claim"),) if number == 1 else ()
        body.append(Section((*heading, *_claim(number, finding, numbering))))
    if critique.rewrites:
        rewrites = tuple(_rewrite(rewrite, numbering) for rewrite in critique.rewrites)
        body.append(Section((Heading("The smallest changes that would help most"), Bullets(rewrites))))
    return Document(
        title=critique.title,
        byline=byline(critique.origin),
        body=tuple(body),
        entries=numbering.entries(),
        closing=closing_sections(critique, critique.searched),
    )


def _verdict(critique: Critique, numbering: Numbering) -> Section:
    words = verdict_words(critique.verdict, critique.probability)
    summary = joined([(Run(f"Verdict: {words}.", "strong"),), prose(critique.summary, numbering)], " ")
    return Section(
        (
            Paragraph((Run(critique.question, "italic"),)),
            *fallback_lines(critique),
            Paragraph(summary),
            legend(),
        )
    )


def _criterion(criterion: Criterion, numbering: Numbering) -> tuple[Inline, ...]:
    label = (Run(f"{capital(criterion.name)}: {verdict_words(criterion.verdict, None)}.", "strong"),)
    return joined([label, prose(criterion.sentences, numbering), _would_change(criterion.would_change)], " ")


def _claim(number: int, finding: Finding, numbering: Numbering) -> list[Block]:
    verdict = verdict_words(finding.verdict, finding.probability)
    blocks: list[Block] = [
        Heading(f"Claim {number}, {claim_words(finding.type)}: {verdict}", 3),
        Quotation(finding.text, f"Post {finding.post}" if finding.post else ""),
    ]
    if finding.contested:
        blocks.append(Paragraph((Run("⚠ The sources contest this.", "strong"),)))
    if finding.sentences:
        blocks.append(Paragraph(prose(finding.sentences, numbering)))
    blocks.append(Paragraph(_sides(finding, numbering)))
    if finding.would_change:
        blocks.append(Paragraph(_would_change(finding.would_change)))
    if finding.alternatives:
        blocks.append(Paragraph((Run("Considered at the time: ", "italic"), *prose(finding.alternatives, numbering))))
    if finding.model_view:
        blocks.append(Paragraph(_model_view(finding.model_view, numbering)))
    return blocks


def _sides(finding: Finding, numbering: Numbering) -> tuple[Inline, ...]:
    groups = [
        (Run("For: ", "strong"), *_side(finding.for_, numbering)),
        (Run("Against: ", "strong"), *_side(finding.against, numbering)),
    ]
    if finding.context:
        groups.append((Run("Context: ", "strong"), *_side(finding.context, numbering)))
    searched = "1 passage" if finding.searched == 1 else f"{finding.searched:,} passages"
    return (*joined(groups, " — "), Run(f" ({searched} searched)"))


def _side(citations: list[Citation], numbering: Numbering) -> tuple[Inline, ...]:
    return (numbering.marks(citations),) if citations else (Run("none found"),)


def _would_change(text: str) -> tuple[Inline, ...]:
    return (Run("What would change this: ", "italic"), Run(text)) if text else ()


def _model_view(view: ModelView, numbering: Numbering) -> tuple[Inline, ...]:
    head = (Run("In the world-lines model: ", "strong"), Run(view.statement))
    rewrite = (Run(view.rewrite),) if view.rewrite else ()
    return joined([head, prose(view.sentences, numbering), rewrite], " ")


def _rewrite(rewrite: Rewrite, numbering: Numbering) -> tuple[Inline, ...]:
    odds = f"The premise: {range_words(rewrite.premise)}; the outcome then: {range_words(rewrite.outcome)}."
    return joined([(Run(f"{rewrite.title}.", "strong"),), (Run(odds),), prose(rewrite.sentences, numbering)], " ")
