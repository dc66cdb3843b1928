"""What critiques and continuations share: the legend, how the draft was made, warnings, and what was left out."""

from __future__ import annotations

from assistant.export.document import Block, Bullets, Heading, Paragraph, Run, Section
from assistant.export.wording import drafted
from assistant.records import Draft

__all__ = ["closing_sections", "fallback_lines", "legend"]

_OUTCOMES = {"removed": "Left out", "relabelled": "Relabelled", "flagged": "Flagged"}


def legend() -> Paragraph:
    """Return the one line that explains the marks."""
    return Paragraph(
        (
            Run("How to read this: ", "strong"),
            Run(
                "[3] the evidence under that number says so; [→ 3] follows from it; [opinion 3] somebody argues it there; "
            ),
            Run("italics", "italic"),
            Run(" the author's invention; ⚠ a warning. Each quotation is in full at the end."),
        ),
        small=True,
    )


def fallback_lines(draft: Draft) -> list[Block]:
    """Return the warning that a model was asked for and did not write this, if so; it belongs at the head."""
    if not draft.origin.fallback:
        return []
    return [Paragraph((Run(f"⚠ Fallback to the archive: {draft.origin.fallback}"),))]


def closing_sections(draft: Draft, searched: int | None = None) -> tuple[Section, ...]:
    """Return the sections behind the evidence."""
    lines = drafted(draft.origin, searched)
    sections = [Section((Heading("How this was drafted"), Paragraph((Run(" ".join(lines)),))))]
    if draft.notices:
        items = tuple((Run(f"⚠ {notice}"),) for notice in draft.notices)
        sections.append(Section((Heading("Warnings"), Bullets(items))))
    if draft.rejected:
        rejected = tuple(
            (Run(f"{_OUTCOMES[each.outcome]}: ", "strong"), Run(f"{each.what} — {each.reason}"))
            for each in draft.rejected
        )
        sections.append(Section((Heading("Left out or changed by the checks"), Bullets(rejected))))
    return tuple(sections)
