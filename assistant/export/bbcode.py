"""BBCode as XenForo reads it, in as many posts as the forum's limit asks for; each post can be checked alone.

Texts that could be read as a tag, a smiley, a mention or a link stand between [PLAIN] tags, within which XenForo reads nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Final

from assistant.errors import ExportError
from assistant.export.document import (
    Block,
    Bullets,
    Document,
    Entry,
    Heading,
    Inline,
    Marks,
    Paragraph,
    Quotation,
    Section,
)
from assistant.export.exact import on_one_line, restored, visible
from assistant.export.seal import CHECK, check_line, seal_line, sealed
from assistant.export.wording import described

__all__ = ["DEFAULT_POST_LENGTH", "ENTRY", "quote_of", "render_bbcode"]

# Forums set their own limit. A post over it is refused, not cut.
DEFAULT_POST_LENGTH: Final = 30_000
# Room for "(12/34)" and longer numbers in the seal than those a part is measured with.
_MARGIN: Final = 24

# [/PLAIN] never stands inside a quotation but at the ends of its lines.
ENTRY: Final = re.compile(
    rf"^\[B\]\[(?P<number>\d+)\]\[/B\] [^\n]*\n“\[PLAIN\](?P<quote>(?:(?!\[/PLAIN\]”).)*)\[/PLAIN\]”\n"
    rf"\[ICODE\](?P<check>{CHECK})\[/ICODE\]$",
    re.MULTILINE | re.DOTALL,
)
_BREAK: Final = "[/PLAIN]\n[PLAIN]"
# Words and plain punctuation, where no smiley, mention, link or tag can begin: a colon or stop only before a blank.
_HARMLESS: Final = re.compile(r"(?:[^\W_]|[ ,'’‘“”\"!?%–—·→⚠$-]|[.:;](?!\S)|\((?=[^\W_]{2})|(?<=[^\W_]{2})\)(?!\S))*")
_END: Final = re.compile(r"\[(\\*)(/plain\])", re.IGNORECASE)
_ESCAPED_END: Final = re.compile(r"\[\\(\\*)(/plain\])", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class _Piece:
    """Rendered text that is not parted, and the evidence that it refers to."""

    text: str
    numbers: frozenset[int]


def render_bbcode(document: Document, post_length: int = DEFAULT_POST_LENGTH) -> list[str]:
    """Return the document as sealed posts of at most `post_length` characters, parted between claims or events.

    Raises:
        ExportError: one claim or event with its evidence does not fit into a post.
    """
    entries = {entry.number: entry for entry in document.entries}
    parts = _parted(document, entries, post_length)
    total = len(parts)
    return [_post(document, pieces, entries, number, total) for number, pieces in enumerate(parts, 1)]


def quote_of(shown: str) -> str:
    """Return the quotation that an evidence entry shows, without its escapes."""
    return restored("\n".join(_ESCAPED_END.sub(r"[\1\2", line) for line in shown.split(_BREAK)))


def _parted(document: Document, entries: dict[int, Entry], limit: int) -> list[list[_Piece]]:
    """Share the sections out over posts, in order; a section is parted only if it alone fills more than a post."""
    parts: list[list[_Piece]] = [[]]
    for section in [*document.body, *document.closing]:
        whole = _piece(section.blocks)
        if _fits(document, [*parts[-1], whole], entries, limit):
            parts[-1].append(whole)
        elif _fits(document, [whole], entries, limit):
            parts.append([whole])
        else:
            _share(document, section, entries, limit, parts)
    return parts


def _share(
    document: Document, section: Section, entries: dict[int, Entry], limit: int, parts: list[list[_Piece]]
) -> None:
    """Share one long section out by its blocks, and a long list by its items; headings stay with what follows them."""
    for piece in _crumbs(section):
        if _fits(document, [*parts[-1], piece], entries, limit):
            parts[-1].append(piece)
            continue
        if not _fits(document, [piece], entries, limit):
            raise ExportError(
                f"a paragraph with its evidence does not fit into a post of {limit:,} characters",
                where=document.title,
                hint="Allow longer posts, or export as Markdown or HTML",
            )
        parts.append([piece])


def _crumbs(section: Section) -> Iterable[_Piece]:
    waiting: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Heading | Quotation):
            waiting.append(block)
        elif isinstance(block, Bullets):
            for item in block.items:
                yield _piece([*waiting, Bullets((item,))])
                waiting = []
        else:
            yield _piece([*waiting, block])
            waiting = []
    if waiting:
        yield _piece(waiting)


def _piece(blocks: Sequence[Block]) -> _Piece:
    return _Piece("\n\n".join(map(_block, blocks)), frozenset(Section(tuple(blocks)).numbers()))


def _fits(document: Document, pieces: list[_Piece], entries: dict[int, Entry], limit: int) -> bool:
    return len(_post(document, pieces, entries, 2, 2)) + _MARGIN <= limit


def _post(document: Document, pieces: list[_Piece], entries: dict[int, Entry], part: int, parts: int) -> str:
    count = f" ({part}/{parts})" if parts > 1 else ""
    blocks = [f"[B][SIZE=6]{_safe(document.title)}{count}[/SIZE][/B]"]
    if part > 1:
        blocks.append(f"[SIZE=3]{_safe(document.byline)}[/SIZE]")
    blocks += [piece.text for piece in pieces]
    cited = sorted(frozenset[int]().union(*(piece.numbers for piece in pieces)))
    if cited:
        evidence = "\n\n".join(_entry(entries[number]) for number in cited)
        blocks.append(f'[SPOILER="Evidence: every quotation in full"]\n{evidence}\n[/SPOILER]')
    blocks.append(f"[ICODE]{seal_line('bbcode', len(cited), part, parts)}[/ICODE]")
    return sealed("\n\n".join(blocks) + "\n")


def _entry(entry: Entry) -> str:
    citation = entry.citation
    quote = _BREAK.join(_END.sub(r"[\\\1\2", line) for line in visible(citation.quote).split("\n"))
    head = f"[B][{entry.number}][/B] [I]{_safe(citation.title)}[/I], {_safe(described(citation))}"
    return f"{head}\n“[PLAIN]{quote}[/PLAIN]”\n[ICODE]{check_line(entry.number, citation)}[/ICODE]"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"[B][SIZE={7 - block.level}]{_safe(block.text)}[/SIZE][/B]"
        case Quotation():
            label = f'="{block.label}"' if block.label else ""
            return f"[QUOTE{label}]{_safe(block.text)}[/QUOTE]"
        case Bullets():
            items = "\n".join(f"[*]{_line(item)}" for item in block.items)
            return f"[LIST]\n{items}\n[/LIST]"
        case Paragraph():
            return f"[SIZE=3]{_line(block.inlines)}[/SIZE]" if block.small else _line(block.inlines)


def _line(inlines: tuple[Inline, ...]) -> str:
    return "".join(map(_inline, inlines)).strip()


def _inline(inline: Inline) -> str:
    if isinstance(inline, Marks):
        return f"[SIZE=2][{inline.label}{', '.join(map(str, inline.numbers))}][/SIZE]"
    before, after = inline.text[:1].isspace(), len(inline.text) > 1 and inline.text[-1:].isspace()
    core = _safe(inline.text)
    if core and inline.style != "plain":
        tag = "B" if inline.style == "strong" else "I"
        core = f"[{tag}]{core}[/{tag}]"
    return f"{' ' * before}{core}{' ' * after}"


def _safe(text: str) -> str:
    """Return prose on one line; between [PLAIN] tags unless it is plainly nothing but words."""
    line = on_one_line(text)
    if _HARMLESS.fullmatch(line):
        return line
    return f"[PLAIN]{_END.sub(lambda match: f'[{chr(92)}{match[1]}{match[2]}', line)}[/PLAIN]"
