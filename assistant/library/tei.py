"""TEI documents as the Office of the Historian publishes them: volumes of FRUS, and its articles.

A volume holds hundreds of documents; `part` picks one by its xml:id. Paragraphs become the canonical text, footnotes follow at
the end of the section they belong to, and each section's passages carry its title and its date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from assistant.dates import parse_partial
from assistant.errors import InputError
from assistant.library.binding import Piece, bind, canonical, date_span, name_title, slug
from assistant.library.chunking import chunks
from assistant.records import PassageKind, Source, SourceKind, Tier

__all__ = ["looks_like_tei", "read_tei"]

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_BLOCKS = {
    "ab", "byline", "closer", "dateline", "item", "l", "label", "lg", "list", "opener", "p", "postscript", "quote", "row",
    "salute", "signed", "table",
}  # fmt: skip
_DROPPED = {"figure", "graphic", "pb", "fw", "teiHeader", "listBibl"}
_SECTIONS = {"div", "div1", "div2", "div3", "front", "body", "back", "text", "group", "attachment", "floatingText"}
_ROOT = re.compile(r"<(?:\w+:)?TEI(?:\.2)?[\s>]")
_ENTITY = re.compile(r"<!ENTITY", re.I)
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass
class _Section:
    """A stretch of a document under one head."""

    title: str | None
    number: str | None
    is_document: bool
    date: str | None = None
    date_end: str | None = None
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def looks_like_tei(text: str) -> bool:
    """Tell whether a text is TEI by its first tag."""
    return _ROOT.search(text, 0, 5000) is not None


def read_tei(
    text: str,
    name: str,
    *,
    part: str | None = None,
    source_id: str | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier | None = None,
    origin: str | None = None,
    notices: list[str] | None = None,
) -> Source:
    """Return a TEI document as a source.

    Args:
        text: the XML. No entity is expanded and nothing is fetched, whatever it asks for.
        name: the file, for messages.
        part: the xml:id of one document or section to read instead of the whole.
        source_id: by default a slug of the title.
        title: by default that of the header, or of the part.
        date: by default that of the documents in it.
        tier: by default primary where it holds documents, reference where it does not (articles of the editors).
        origin: where it came from.
        notices: what the user should know of how it was read.

    Raises:
        InputError: it is not well formed, declares entities, has no such part or no text.
    """
    root = _parse(canonical(text, name), name)
    scope = root if part is None else _part(root, part, name)
    sections: list[_Section] = []
    for top in [scope] if part is not None else [child for child in _children(scope) if _name(child) in _SECTIONS]:
        _gather(top, None, sections)
    sections = [section for section in sections if section.blocks or section.notes]
    if not sections:
        raise InputError("There is no text in this TEI document", where=name)
    whole = _header_title(root) or name_title(name)
    head = sections[0].title if part is not None else None
    title = title or (f"{head} ({whole})" if head else whole)
    body, pieces = _laid_out(sections, title if part is None else None)
    first, last = date_span(day for section in sections for day in (section.date, section.date_end) if day)
    documents = any(section.is_document for section in sections)
    return bind(
        source_id or slug(title),
        SourceKind.DOCUMENT,
        title,
        tier or (Tier.PRIMARY if documents else Tier.REFERENCE),
        body,
        pieces,
        date=date or first,
        date_end=None if date else last,
        origin=origin,
        notices=notices or [],
    )


def _parse(text: str, name: str) -> etree._Element:
    """Parse with entities, network and DTDs off; what declares entities is refused, since its text could not be whole."""
    if _ENTITY.search(text):
        raise InputError(
            "The XML declares entities, which are not expanded", where=name, hint="Save it without its DTD"
        )
    plain = re.sub(r"\A\ufeff?\s*<\?xml[^>]*\?>", "", text)  # its encoding is that of the file, which is decoded by now
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
        remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(plain.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise InputError(f"The XML is not well formed: {error}", where=name, hint="Download the file again") from error
    if root is None or _name(root) not in {"TEI", "TEI.2", "teiCorpus"}:
        raise InputError("This XML is no TEI document", where=name, hint="Save its text as a .txt file")
    return root


def _part(root: etree._Element, part: str, name: str) -> etree._Element:
    found = next((tag for tag in root.iter() if tag.get(_XML_ID) == part), None)
    if found is None:
        raise InputError(
            f"There is no part {part!r} in it", where=name, hint="Name the xml:id of a document, such as d351"
        )
    return found


def _gather(tag: etree._Element, above: _Section | None, sections: list[_Section]) -> None:
    """Add the sections under `tag` in the order of the text; what stands behind an inner section goes on under its own head.

    The parser refuses more than 256 levels, so that recursion is safe here.
    """
    own = _section(tag, above)
    sections.append(own)
    current: _Section | None = own
    for child in _children(tag):
        kind = _name(child)
        if kind in _SECTIONS:
            _gather(child, own, sections)
            current = None
        elif kind not in _DROPPED and kind != "head":
            if current is None:
                current = replace(own, blocks=[], notes=[])
                sections.append(current)
            _block(child, current)


def _section(tag: etree._Element, above: _Section | None = None) -> _Section:
    document = tag.get("type") == "document"
    head = next((child for child in _children(tag) if _name(child) == "head"), None)
    title = _inline(head, []) if head is not None else None
    first, last = _section_dates(tag, head, document)
    section = _Section(
        title or (above.title if above else None),
        tag.get("n") if document else (above.number if above else None),
        document or (above is not None and above.is_document),
        first or (above.date if above else None),
        last if first else (above.date_end if above else None),
    )
    for note in [note for note in (head.iter() if head is not None else ()) if _name(note) == "note"]:
        _note(note, section)
    return section


def _section_dates(tag: etree._Element, head: etree._Element | None, document: bool) -> tuple[str | None, str | None]:
    """Return the dates of a section: of a document its dateline's, else those in its head; not those that prose mentions."""
    given = [day for name, value in tag.attrib.items() if "doc-dateTime" in str(name) for day in _days([str(value)])]
    if not given and document:
        lines = [line for line in tag.iter() if _name(line) in {"dateline", "opener"}]
        given = [day for line in lines[:1] for date in line.iter() if _name(date) == "date" for day in _tagged(date)]
    if not given and head is not None:
        given = [day for date in head.iter() if _name(date) == "date" for day in _tagged(date)]
    return date_span(given)


def _tagged(date: etree._Element) -> list[str]:
    return _days([date.get(name, "") for name in ("when", "from", "to", "notBefore", "notAfter")])


def _days(values: list[str]) -> list[str]:
    """Return the values that begin with a possible date, as partial dates."""
    days: list[str] = []
    for value in values:
        match = _DATE.match(value)
        try:
            days.extend([parse_partial(match[0])] if match else [])
        except ValueError:
            continue  # a date attribute like 1945-00-00: the passage simply has no date from it
    return days


def _block(tag: etree._Element, section: _Section) -> None:
    """Add the text of a block, or of the blocks in it (a list, a table, an opener), to the section."""
    if _name(tag) == "note":
        _note(tag, section)
        return
    if _only_blocks(tag):
        for child in _children(tag):
            if _name(child) not in _DROPPED:
                _block(child, section)
        return
    notes: list[etree._Element] = []
    words = _inline(tag, notes)
    if words:
        dates = [day for date in tag.iter() if _name(date) == "date" for day in _tagged(date)]
        section.blocks.append((words, dates))
    for note in notes:
        _note(note, section)


def _only_blocks(tag: etree._Element) -> bool:
    """Tell whether a block holds blocks and no words of its own beside them."""
    children = _children(tag)
    loose = (tag.text or "") + "".join(child.tail or "" for child in children)
    return not loose.strip() and any(_name(child) in _BLOCKS for child in children)


def _note(tag: etree._Element, section: _Section) -> None:
    words = _inline(tag, [])
    number = tag.get("n")
    if words:
        section.notes.append(f"[{number}] {words}" if number else words)


def _inline(tag: etree._Element, notes: list[etree._Element]) -> str:
    """Return the words in a block on one line; footnotes in it are put into `notes` instead."""
    parts: list[str] = [tag.text or ""]
    stack = [iter(list(tag))]
    tails: list[str] = []
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            parts.append(tails.pop() if tails else "")
            continue
        kind = _name(child)
        tails.append(child.tail or "")
        if kind == "note":
            notes.append(child)
        parts.append(" " if kind in {"lb", "cell", "item", "row", "p"} else "")
        skipped = kind == "note" or kind in _DROPPED
        parts.append("" if skipped else child.text or "")
        stack.append(iter([] if skipped else list(child)))
    return " ".join("".join(parts).replace("\ufeff", "").split())


def _laid_out(sections: list[_Section], whole: str | None) -> tuple[str, list[Piece]]:
    """Return the canonical text and its passages; no passage crosses from one section into the next."""
    texts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for section in sections:
        blocks = [*section.blocks, *((note, []) for note in section.notes)]
        text = "\n\n".join(words for words, _ in blocks)
        bounds: list[tuple[int, int, list[str]]] = []
        low = 0
        for words, dates in blocks:
            bounds.append((low, low + len(words), dates))
            low += len(words) + 2
        title = f"{whole}, {section.title}" if whole and section.title else section.title or whole
        for start, end in chunks(text):
            pieces.append(_piece(section, title, bounds, start, end, at))
        texts.append(text)
        at += len(text) + 2
    return "\n\n".join(texts), pieces


def _piece(
    section: _Section, title: str | None, bounds: list[tuple[int, int, list[str]]], start: int, end: int, at: int
) -> Piece:
    touched = [number for number, (low, high, _) in enumerate(bounds) if low < end and start < high]
    first, last = touched[0] + 1, touched[-1] + 1
    place = f"para. {first}" if first == last else f"paras. {first}–{last}"
    said = date_span(day for number in touched for day in bounds[number][2])
    # A document is of its own day, whatever days it speaks of; an article is about the days that it names.
    date, date_end = (section.date, section.date_end) if section.is_document or not said[0] else said
    return Piece(
        at + start,
        at + end,
        PassageKind.PROSE,
        f"doc. {section.number}, {place}" if section.number else place,
        title=title,
        date=date,
        date_end=date_end,
    )


def _header_title(root: etree._Element) -> str | None:
    titles = [tag for tag in root.iter() if _name(tag) == "title" and _name(tag.getparent()) == "titleStmt"]
    best = next((tag for tag in titles if tag.get("type") == "complete"), titles[0] if titles else None)
    return _inline(best, []) or None if best is not None else None


def _children(tag: etree._Element) -> list[etree._Element]:
    return [child for child in tag if isinstance(child.tag, str)]


def _name(tag: etree._Element | None) -> str:
    """Return a tag's name without its namespace."""
    return tag.tag.rpartition("}")[2] if tag is not None and isinstance(tag.tag, str) else ""
