"""Markdown (CommonMark, as GitHub and most editors read it). Every text is escaped; no HTML is written."""

from __future__ import annotations

import re
from typing import Final

from assistant.export.document import Block, Bullets, Document, Entry, Heading, Inline, Marks, Paragraph, Quotation
from assistant.export.exact import on_one_line, restored, visible
from assistant.export.seal import CHECK, check_line, seal_line, sealed
from assistant.export.wording import described

__all__ = ["ENTRY", "quote_of", "render_markdown"]

# One piece of evidence. Inside the quotation every line but the last ends with a backslash, so the first that does not ends it.
ENTRY: Final = re.compile(
    rf"^\*\*\[(?P<number>\d+)\]\*\* [^\n]*\n\n> (?P<quote>(?:[^\n]*\\\n> )*[^\n]*)\n\n`(?P<check>{CHECK})`$",
    re.MULTILINE,
)
_BREAK: Final = "\\\n> "
_ALWAYS: Final = re.compile(r"[\\`*_\[\]<>&~|$@]")
_LINKS: Final = re.compile(r"(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
_LINE_START: Final = re.compile(r"^([#+\-=:])")
_ORDINAL: Final = re.compile(r"^(\d+)([.)])")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def render_markdown(document: Document) -> str:
    """Return the document as one sealed Markdown text."""
    blocks = [f"# {_escaped(on_one_line(document.title))}"]
    blocks += [_block(block) for section in document.body for block in section.blocks]
    if document.entries:
        blocks.append("## Evidence")
        blocks += [_entry(entry) for entry in document.entries]
    blocks += [_block(block) for section in document.closing for block in section.blocks]
    blocks.append(f"`{seal_line('md', len(document.entries))}`")
    return sealed("\n\n".join(blocks) + "\n")


def quote_of(shown: str) -> str:
    """Return the quotation that an evidence entry shows, without its escapes."""
    return restored("\n".join(_ESCAPED.sub(r"\1", line) for line in shown.split(_BREAK)))


def _entry(entry: Entry) -> str:
    citation = entry.citation
    title = f"*{_escaped(on_one_line(citation.title))}*"
    where = _escaped(on_one_line(described(citation)))
    quote = _BREAK.join(_escaped(line) for line in visible(citation.quote).split("\n"))
    return f"**[{entry.number}]** {title}, {where}\n\n> {quote}\n\n`{check_line(entry.number, citation)}`"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escaped(on_one_line(block.text))}"
        case Quotation():
            label = f"**{_escaped(block.label)}:** " if block.label else ""
            return f"> {label}{_escaped(on_one_line(block.text))}"
        case Bullets():
            return "\n".join(f"- {_line(item)}" for item in block.items)
        case Paragraph():
            return _line(block.inlines)


def _line(inlines: tuple[Inline, ...]) -> str:
    return "".join(map(_inline, inlines)).strip()


def _inline(inline: Inline) -> str:
    if isinstance(inline, Marks):
        return f"[{inline.label}{', '.join(map(str, inline.numbers))}]"
    before, core, after = _padded(inline.text)
    fence = {"strong": "**", "italic": "*", "plain": ""}[inline.style] if core else ""
    return f"{before}{fence}{_escaped(core)}{fence}{after}"


def _padded(text: str) -> tuple[str, str, str]:
    """Part the text on one line from the blanks around it: emphasis may not begin or end with a blank."""
    before, after = text[:1].isspace(), len(text) > 1 and text[-1:].isspace()
    return " " * before, on_one_line(text), " " * after


def _escaped(text: str) -> str:
    text = _ALWAYS.sub(r"\\\g<0>", text)
    text = _LINKS.sub(lambda match: f"\\{match[0]}", text)
    text = _LINE_START.sub(r"\\\1", text)
    return _ORDINAL.sub(r"\1\\\2", text)
