"""An answer laid out: the question, what the archive says to it, and the evidence."""

from __future__ import annotations

from assistant.export.closing import closing_sections, fallback_lines, legend
from assistant.export.document import Block, Document, Numbering, Paragraph, Run, Section, prose
from assistant.export.wording import byline
from assistant.records import Answer

__all__ = ["answer_document"]


def answer_document(answer: Answer) -> Document:
    """Return the answer laid out for reading, its citations numbered in the order of the text."""
    numbering = Numbering()
    blocks: list[Block] = [Paragraph((Run(answer.question, "italic"),)), *fallback_lines(answer)]
    blocks += [Paragraph(prose([sentence], numbering)) for sentence in answer.sentences]
    if not answer.sentences:
        blocks.append(Paragraph((Run(f"None of the {answer.searched:,} passages searched answers this."),)))
    blocks.append(legend())
    return Document(
        title=answer.title,
        byline=byline(answer.origin),
        body=(Section(tuple(blocks)),),
        entries=numbering.entries(),
        closing=closing_sections(answer, answer.searched),
    )
