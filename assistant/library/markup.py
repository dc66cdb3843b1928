"""Markup: from parsed HTML to the text that a reader sees, tags dropped, blocks kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import Declaration, Doctype, NavigableString, ProcessingInstruction

from assistant.errors import InputError

__all__ = ["classes", "one_line", "parse_html", "readable"]

# Every tag may be asked: None reads on, a text stands for all of it ("" drops it).
Instead = Callable[[Tag], str | None]

_UNSEEN = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "head",
    "select",
    "textarea",
    "audio",
    "video",
}
_PARTED = {"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "hr", "figure", "section",
           "article", "main", "details"}  # fmt: skip
_LINED = {"div", "li", "tr", "dt", "dd", "br", "figcaption", "summary", "header", "footer", "aside", "nav", "form",
          "fieldset", "caption", "thead", "tbody", "center", "address"}  # fmt: skip
_NO_TEXT = (Comment, Declaration, Doctype, ProcessingInstruction)
_DEPTH = 600
_OPENED = re.compile(r"<(/?)(?:div|span|article|section|blockquote|table|ul|ol|b|i|em|strong|font)\b", re.I)
# White space in HTML is one space; a no-break space is not white space to it.
_SPACE = re.compile(r"[ \t\n\r\f]+")


def parse_html(text: str, where: str) -> BeautifulSoup:
    """Return the page as a tree. Broken markup is mended as browsers do; nothing is fetched or run.

    Raises:
        InputError: it is nested deeper than any browser shows (Chrome stops at 512).
    """
    _shallow_enough(text, where)
    # An XML declaration makes the parser believe that XHTML is XML; what it says of the encoding is known by now.
    page = BeautifulSoup(re.sub(r"\A\s*<\?xml[^>]*\?>", "", text), "lxml")
    level: list[Tag] = [page]
    for _ in range(_DEPTH):
        level = [child for tag in level for child in tag.contents if isinstance(child, Tag)]
        if not level:
            return page
    raise _too_deep(where)


def _shallow_enough(text: str, where: str) -> None:
    """Refuse a page whose tags are opened thousands deep before the parser spends minutes on it."""
    depth = 0
    for tag in _OPENED.finditer(text):
        depth += -1 if tag[1] else 1
        if depth > 10 * _DEPTH:
            raise _too_deep(where)


def _too_deep(where: str) -> InputError:
    return InputError(
        f"The page is nested more than {_DEPTH} tags deep", where=where, hint="Save its text as a .txt file"
    )


def classes(tag: Tag) -> set[str]:
    """Return the class names of a tag."""
    return set(tag.get_attribute_list("class")) - {None}


def one_line(text: str) -> str:
    """Return a text on one line, as a title or a name is shown."""
    return " ".join(text.split())


def readable(root: Tag, instead: Instead = lambda tag: None) -> str:
    """Return the text under a tag: paragraphs parted by an empty line, list items and table rows on lines of their own.

    Args:
        root: where to begin; its own tag is not asked.
        instead: asked of each tag below; a text takes the place of the tag and all that is in it.
    """
    writer = _Writer()
    preformatted = 0
    for event, node in _walk(root, instead):
        if event == "instead":
            writer.text(str(node), kept=True)
        elif isinstance(node, Tag):
            preformatted += (node.name == "pre") * (1 if event == "open" else -1)
            _part(writer, node, opening=event == "open")
        else:
            writer.text(str(node), kept=preformatted > 0)
    return writer.result()


def _walk(root: Tag, instead: Instead) -> Iterator[tuple[str, Tag | NavigableString]]:
    """Yield what is under `root` in order. A loop and not a recursion: a hostile page can be nested without end."""
    stack: list[tuple[str, Tag | NavigableString]] = [("enter", child) for child in reversed(_children(root))]
    while stack:
        event, node = stack.pop()
        if event == "close":
            yield "close", node
        elif isinstance(node, Tag):
            if node.name in _UNSEEN:
                continue
            other = instead(node)
            if other is not None:
                yield "instead", NavigableString(other)
                continue
            yield "open", node
            stack.append(("close", node))
            stack.extend(("enter", child) for child in reversed(_children(node)))
        elif not isinstance(node, _NO_TEXT):
            yield "text", node


def _children(tag: Tag) -> list[Tag | NavigableString]:
    return [child for child in tag.contents if isinstance(child, Tag | NavigableString)]


def _part(writer: _Writer, tag: Tag, *, opening: bool) -> None:
    if tag.name in _PARTED:
        writer.part(2)
    elif tag.name == "br":
        writer.line_break(opening)
    elif tag.name in _LINED:
        writer.part(1)
    elif tag.name in {"td", "th"} and not opening:
        writer.text(" ", kept=False)
    if tag.name == "li" and opening:
        writer.text("- ", kept=True)


class _Writer:
    """Gathers text, one space for any white space, and remembers how many newlines are due before the next word."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._due = 0
        self._spaced = True

    def text(self, words: str, *, kept: bool) -> None:
        """Add words; `kept` keeps their own white space, as in <pre>."""
        words = words if kept else _SPACE.sub(" ", words)
        if not kept and (self._spaced or self._due):
            words = words.lstrip(" ")
        if not words:
            return
        self._settle()
        self._parts.append(words)
        self._spaced = words.endswith((" ", "\n"))

    def part(self, newlines: int) -> None:
        """See to it that the next words stand `newlines` newlines below."""
        self._due = max(self._due, newlines)

    def line_break(self, opening: bool) -> None:
        """Add one newline: two in a row leave an empty line, more leave no more."""
        if opening:
            self._due = min(self._due + 1, 2)

    def result(self) -> str:
        """Return everything, without white space at the ends of lines and of the text."""
        lines = (line.rstrip(" \t") for line in "".join(self._parts).split("\n"))
        return "\n".join(lines).strip()

    def _settle(self) -> None:
        if self._due and self._parts:
            self._parts.append("\n" * self._due)
        self._due = 0
