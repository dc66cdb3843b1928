"""Reading whatever a user brings: what kind it is, is found out from its content, and its reader does the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from assistant.dates import parse_partial
from assistant.errors import InputError
from assistant.library.binding import name_title, slug
from assistant.library.decoding import READABLE, decode
from assistant.library.notes import looks_like_note, parse_note
from assistant.library.page import read_page
from assistant.library.paste import looks_like_thread, read_paste
from assistant.library.plain import read_plain
from assistant.library.tei import looks_like_tei, read_tei
from assistant.library.xenforo import looks_like_xenforo, read_xenforo
from assistant.records import Source, Tier

__all__ = ["LIMIT", "Form", "read_bytes", "read_path", "read_text", "sniff"]

Form = Literal["note", "xenforo", "page", "tei", "thread", "plain"]

# 20 MB: a volume of FRUS has five, and what is larger takes minutes to cut into sentences.
LIMIT = 20_000_000
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|div|table|p|h1)\b", re.I)
_XML = re.compile(r"\s*<\?xml\b")
_HEAD = 5000


def read_path(
    path: Path,
    *,
    form: Form | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier | None = None,
    limit: int = LIMIT,
) -> list[Source]:
    """Read a file of any form that the library knows.

    The source's id is made of the file's name, its origin is the file's full path: the same file read again is the same
    source, or a new version of it.

    Args:
        path: the file.
        form: what it is, where that should not be guessed.
        title, date, tier: of a document, where the user knows better; a note says its own, a thread is always of tier forum.
        limit: the largest size in bytes.

    Raises:
        InputError: there is no such file, it is too large, or nothing in it can be read; what can be is said.
        CorpusError: it is a note and breaks the rules for notes.
    """
    where = str(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if path.is_file() and size <= limit else b""
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror or error}", where=where, hint="Check its name"
        ) from error
    if not path.is_file():
        raise InputError("This is no file", where=where, hint="Name the files in it one by one")
    _small_enough(size, limit, where)
    return read_bytes(
        data, path.name, form=form, title=title, date=date, tier=tier, origin=str(path.resolve()), limit=limit
    )


def read_bytes(
    data: bytes,
    name: str,
    *,
    form: Form | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier | None = None,
    origin: str | None = None,
    limit: int = LIMIT,
) -> list[Source]:
    """Read the bytes of a file (an upload, say) called `name`; the arguments and errors are those of `read_path`."""
    _small_enough(len(data), limit, name)
    text, notices = decode(data, name)
    sources = _read(text, name, form, slug(name_title(name)), title, date, tier, origin)
    return [source.model_copy(update={"notices": [*notices, *source.notices]}) for source in sources]


def read_text(
    text: str,
    name: str | None = None,
    *,
    form: Form | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier | None = None,
    limit: int = LIMIT,
) -> list[Source]:
    """Read a text that was pasted or comes from standard input.

    Its id is made of `name`, else of its title: the same title again is the same source, or a new version of it. The other
    arguments and the errors are those of `read_path`.
    """
    _small_enough(len(text), limit, name or "the pasted text")
    return _read(text, name or "Pasted text", form, slug(name) if name else None, title, date, tier, None)


def sniff(text: str) -> Form:
    """Return what a text is, by its content.

    Raises:
        InputError: it is XML, but neither TEI nor a web page.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if looks_like_note(start.replace("\r\n", "\n")):
        return "note"
    if start.startswith("<"):
        if looks_like_tei(start):
            return "tei"
        if _HTML.search(start, 0, _HEAD):
            return "xenforo" if looks_like_xenforo(text) else "page"
        if _XML.match(start):
            raise InputError("This XML is neither TEI nor a web page", hint=READABLE)
    if looks_like_xenforo(text):
        return "xenforo"
    return "thread" if looks_like_thread(text.replace("\r\n", "\n").replace("\r", "\n")) else "plain"


def _read(
    text: str,
    where: str,
    form: Form | None,
    source_id: str | None,
    title: str | None,
    date: str | None,
    tier: Tier | None,
    origin: str | None,
) -> list[Source]:
    if "\0" in text:
        raise InputError(
            f"This is binary: there is a NUL at character {text.index(chr(0))}", where=where, hint=READABLE
        )
    _possible(date)
    form = form or sniff(text)
    if form == "note":
        note = parse_note(text.replace("\r\n", "\n").lstrip("\ufeff \t\n"), where)
        return [note.model_copy(update={"origin": origin})]
    if form in ("thread", "xenforo"):
        reader = read_paste if form == "thread" else read_xenforo
        thread = reader(text, where, source_id=source_id, title=title, origin=origin)
        told = (
            [*thread.notices, "A thread is always of tier forum"] if tier not in (None, Tier.FORUM) else thread.notices
        )
        return [thread.model_copy(update={"notices": told})]
    if form == "tei":
        return [read_tei(text, where, source_id=source_id, title=title, date=date, tier=tier, origin=origin)]
    document = read_page if form == "page" else read_plain
    return [
        document(text, where, source_id=source_id, title=title, date=date, tier=tier or Tier.REFERENCE, origin=origin)
    ]


def _possible(date: str | None) -> None:
    try:
        parse_partial(date) if date else None
    except ValueError as error:
        raise InputError(str(error), hint="Give the date as 1945, 1945-04 or 1945-04-25") from error


def _small_enough(size: int, limit: int, where: str) -> None:
    if size > limit:
        raise InputError(
            f"This is too large: {size / 1e6:.1f} MB, where {limit / 1e6:g} MB are read",
            where=where,
            hint="Split it, or keep the part that matters",
        )
