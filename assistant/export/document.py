"""A draft laid out for reading, before any markup: sections of blocks, and the numbered evidence.

Texts here are plain; each renderer escapes them for its own markup, so nothing from a source, a post or a model becomes any.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Literal

from assistant.records import Citation, Sentence, SentenceType

__all__ = [
    "Block",
    "Bullets",
    "Document",
    "Entry",
    "Heading",
    "Inline",
    "Marks",
    "Numbering",
    "Paragraph",
    "Quotation",
    "Run",
    "Section",
    "joined",
    "prose",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """A stretch of plain text in one style."""

    text: str
    style: Literal["plain", "strong", "italic"] = "plain"


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """Numbers of evidence behind a sentence; `basis` says how it rests on them."""

    numbers: tuple[int, ...]
    basis: SentenceType = SentenceType.DOCUMENTED

    @property
    def label(self) -> str:
        """The words before the numbers: nothing, an arrow for an inference, "opinion" for an opinion."""
        return {SentenceType.INFERENCE: "→ ", SentenceType.OPINION: "opinion "}.get(self.basis, "")


Inline = Run | Marks


@dataclasses.dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 for a part of the document, 3 below it."""

    text: str
    level: Literal[2, 3] = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `small` for notes beside the prose."""

    inlines: tuple[Inline, ...]
    small: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation of the text that is judged, with where it stands ("Post 2"), if that is known."""

    text: str
    label: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short items."""

    items: tuple[tuple[Inline, ...], ...]


Block = Heading | Paragraph | Quotation | Bullets


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """Blocks that are best kept together: a claim with its judgement, an event."""

    blocks: tuple[Block, ...]

    def numbers(self) -> set[int]:
        """Return the numbers of the evidence that the section refers to."""
        return {number for block in self.blocks for inline in _inlines(block) for number in _numbers(inline)}


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A numbered piece of evidence."""

    number: int
    citation: Citation


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A draft laid out: `byline` says in one line how it was drafted; the evidence stands between `body` and `closing`."""

    title: str
    byline: str
    body: tuple[Section, ...]
    entries: tuple[Entry, ...]
    closing: tuple[Section, ...]


class Numbering:
    """Numbers citations in the order in which the reader meets them; the same quotation keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._entries: list[Entry] = []

    def marks(self, citations: Iterable[Citation], basis: SentenceType = SentenceType.DOCUMENTED) -> Marks:
        """Return the marks for these citations."""
        return Marks(tuple(sorted({self._number(citation) for citation in citations})), basis)

    def entries(self) -> tuple[Entry, ...]:
        """Return the evidence numbered so far."""
        return tuple(self._entries)

    def _number(self, citation: Citation) -> int:
        key = citation.source_hash, citation.start, citation.end
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._entries.append(Entry(self._numbers[key], citation))
        return self._numbers[key]


def prose(sentences: Iterable[Sentence], numbering: Numbering) -> tuple[Inline, ...]:
    """Return the sentences as flowing prose: each with its marks, its flag in brackets, inventions in italics."""
    inlines: list[Inline] = []
    for sentence in sentences:
        invented = sentence.type is SentenceType.INVENTION
        piece: list[Inline] = [Run(sentence.text, "italic" if invented else "plain")]
        if sentence.citations:
            piece += [Run(" "), numbering.marks(sentence.citations, sentence.type)]
        if sentence.flag:
            piece.append(Run(f" (⚠ {sentence.flag})"))
        inlines += [Run(" "), *piece] if inlines else piece
    return tuple(inlines)


def joined(groups: Iterable[tuple[Inline, ...]], separator: str) -> tuple[Inline, ...]:
    """Return the groups that are not empty as one, with the separator between them."""
    inlines: list[Inline] = []
    for group in groups:
        if group:
            inlines += [Run(separator), *group] if inlines else group
    return tuple(inlines)


def _inlines(block: Block) -> Iterator[Inline]:
    if isinstance(block, Paragraph):
        yield from block.inlines
    elif isinstance(block, Bullets):
        for item in block.items:
            yield from item


def _numbers(inline: Inline) -> tuple[int, ...]:
    return inline.numbers if isinstance(inline, Marks) else ()
