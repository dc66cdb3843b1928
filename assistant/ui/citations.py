"""Citations on the page: their numbers, links that open the source at the quotation, and the quotations in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from assistant.export.continuation import continuation_document
from assistant.export.critique import critique_document
from assistant.export.wording import described
from assistant.records import Citation, Continuation, Critique, Draft
from assistant.ui.markup import Markup, inline, joined, tag

__all__ = ["Numbers", "cards", "link_to", "marks", "note_link", "numbers_of"]

Key = tuple[str, int, int]


class Numbers:
    """The number of each citation. A citation that is not known yet gets the next one."""

    def __init__(self, known: Mapping[Key, int] | None = None) -> None:
        self._known = dict(known or {})

    def of(self, citation: Citation) -> int:
        """Return the citation's number."""
        return self._known.setdefault(_key(citation), len(self._known) + 1)


def numbers_of(draft: Draft) -> Numbers:
    """Return the numbers that every export of the draft gives its evidence, so that page and post agree."""
    if isinstance(draft, Critique):
        entries = critique_document(draft).entries
    elif isinstance(draft, Continuation):
        entries = continuation_document(draft).entries
    else:
        return Numbers()
    return Numbers({_key(entry.citation): entry.number for entry in entries})


def link_to(source_id: str, start: int | None = None, end: int | None = None, digest: str | None = None) -> str:
    """Return the address, relative to any page, that opens a source, at a span if one is given."""
    given = {"source": source_id, "start": start, "end": end, "text": digest}
    return "sources?" + urlencode({key: value for key, value in given.items() if value is not None})


def marks(citations: Iterable[Citation], numbers: Numbers, label: str = "") -> Markup:
    """Return the numbers in brackets, each a link to its quotation in its source."""
    links = [
        tag("a", str(numbers.of(citation)), href=_address(citation), target="_blank", title=citation.quote)
        for citation in sorted(citations, key=numbers.of)
    ]
    return tag("span", "[", label, joined(links, ", "), "]", class_="tg-marks") if links else Markup("")


def cards(citations: Iterable[Citation], numbers: Numbers) -> Markup:
    """Return the quotations in full, each with its number, title, place, tier and date."""
    return joined(_card(citation, numbers) for citation in citations)


def note_link(source_id: str, title: str) -> Markup:
    """Return a link to a whole source by its title."""
    return tag("a", title, href=link_to(source_id), target="_blank")


def _card(citation: Citation, numbers: Numbers) -> Markup:
    number = f"[{numbers.of(citation)}]"
    head = inline(
        tag("a", number, href=_address(citation), target="_blank"),
        tag("b", citation.title),
        tag("span", described(citation), class_="tg-small"),
    )
    return tag("div", head, tag("blockquote", citation.quote), class_="tg-card")


def _address(citation: Citation) -> str:
    return link_to(citation.source_id, citation.start, citation.end, citation.source_hash)


def _key(citation: Citation) -> Key:
    return citation.source_hash, citation.start, citation.end
