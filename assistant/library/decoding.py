"""Decoding: from the bytes of a file to its text, or to a clear word on why it is none."""

from __future__ import annotations

import codecs
import re

from assistant.errors import InputError

__all__ = ["READABLE", "decode"]

READABLE = "Torgau reads plain text, Markdown, saved web pages (HTML), TEI (XML), pasted threads and notes"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMATS = (
    (b"%PDF", "a PDF", "Copy its text into a .txt file"),
    (b"PK\x03\x04", "a zip archive (or a Word or EPUB file)", "Save it as plain text or HTML"),
    (b"\xd0\xcf\x11\xe0", "an old Word file", "Save it as plain text or HTML"),
    (b"{\\rtf", "a rich text file", "Save it as plain text or HTML"),
    (b"\x89PNG", "a picture", "Type or copy its text"),
    (b"\xff\xd8\xff", "a picture", "Type or copy its text"),
    (b"GIF8", "a picture", "Type or copy its text"),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first"),
    (b"SQLite format 3", "a database", "Export its text"),
    (b"From: <Saved by", "a web archive (MHTML)", "Save the page as HTML only"),
)
_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._-]+)""", re.I)
_HEAD = 4096
_CONTROL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D})


def decode(data: bytes, where: str) -> tuple[str, list[str]]:
    """Return the text of a file and what had to be guessed about it.

    A byte order mark is believed first, then the encoding that an HTML or XML head declares, then UTF-8, then
    Windows-1252 (said in a notice).

    Raises:
        InputError: the file is of a binary format, or its bytes are text in none of these encodings; the position of the
            first wrong byte is named.
    """
    for mark, name, advice in _FORMATS:
        if data.startswith(mark):
            raise InputError(f"This is {name}, which Torgau does not read", where=where, hint=f"{advice}. {READABLE}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, where), []
    if b"\0" in data:
        raise InputError(f"This is a binary file: there is a NUL at byte {data.index(0)}", where=where, hint=READABLE)
    declared = _DECLARED.search(data, 0, _HEAD)
    if declared:
        return _declared(data, declared[1].decode("ascii"), where)
    return _guessed(data, where)


def _guessed(data: bytes, where: str) -> tuple[str, list[str]]:
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        wrong = error.start
    text = _windows(data)
    if text is None:
        raise InputError(
            f"This is no text in UTF-8 (byte {wrong} is wrong), nor in Windows-1252", where=where, hint=READABLE
        )
    return text, [
        f"{where}: read as Windows-1252, because byte {wrong} is not UTF-8; check accented letters and quotes"
    ]


def _windows(data: bytes) -> str | None:
    """Return the bytes as Windows-1252, unless too many of them are control characters for a text."""
    controls = len(data) - len(data.translate(None, _CONTROL))
    if controls * 200 > len(data):
        return None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _declared(data: bytes, name: str, where: str) -> tuple[str, list[str]]:
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        text, notices = _guessed(data, where)
        return text, [*notices, f"{where}: it declares the unknown encoding {name!r}, which was not believed"]
    if codec in ("ascii", "iso8859-1"):  # what says so is Windows-1252 on the web, or UTF-8 by now
        return _guessed(data, where)
    if codec.startswith(("utf-16", "utf-32")):  # its bytes could not be searched for a declaration if it were
        return _guessed(data, where)
    return _strict(data, codec, where), []


def _strict(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        place = f"byte {error.start} is wrong" if isinstance(error, UnicodeDecodeError) else "that is no text encoding"
        raise InputError(
            f"The file says that it is {encoding.removesuffix('-sig').upper()}, but {place}",
            where=where,
            hint="Save it again as UTF-8",
        ) from error
