"""The list of originals: where the full text of the documents that notes rest on lies, and the notes that rest on each."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from assistant.errors import CorpusError
from assistant.records import Record, Source, Tier

__all__ = ["Original", "document_id", "index_originals", "load_originals", "to_toml"]

_SITE = "https://history.state.gov/historicaldocuments"
_DOCUMENT = re.compile(r"/historicaldocuments/(?P<volume>frus[\w-]+)/(?P<number>d\d+[a-z]?(?:-\d+)?)(?=[/?#]|\Z)", re.I)
_MEND = "`torgau originals index` prints the list anew from the notes"
_HEADER = """\
# Originals: documents of Foreign Relations of the United States (FRUS) that the notes name with their address, and where the
# full text of each lies. Made from the notes by `torgau originals index`; do not edit it by hand.
#
# id       of the source that a fetched document becomes in the user's library
# volume   as the Office of the Historian names it
# number   of the document in that volume, as its address has it
# title    the citation of the first note, by id, that names the document
# address  the page of the document, as the notes have it: <volume>/<number> under history.state.gov/historicaldocuments
# notes    the notes that rest on it
#
# Unverified: none of these addresses was requested when the list was made, so that a page may have moved, and nothing here says
# how the site answers programs. That a page holds the document is checked only in so far as it must name its volume.
# References to whole volumes, introductions and compilations are not listed: they name no one document.
"""


class Original(Record):
    """A document whose full text can be fetched; the fields are explained at the head of `corpus/originals.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
    volume: Annotated[str, Field(min_length=1)]
    number: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1)]
    address: Annotated[str, Field(pattern=r"^https?://[^\s/]+/\S+$")]
    notes: Annotated[list[str], Field(min_length=1)]


class _File(Record):
    originals: list[Original]


def load_originals(path: Path) -> list[Original]:
    """Return the originals that a file lists, in its order.

    Raises:
        CorpusError: the file cannot be read, a field is missing, unknown or impossible, or two entries have one id.
    """
    where = str(path)
    try:
        found = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).originals
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"The list of originals cannot be read: {error}", where=where, hint=_MEND) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise CorpusError(f"{field}: {first['msg']}", where=where, hint=_MEND) from error
    seen: set[str] = set()
    for original in found:
        if original.id in seen:
            raise CorpusError(f"Two originals have the id {original.id!r}", where=where, hint=_MEND)
        seen.add(original.id)
    return found


def document_id(address: str | None) -> str | None:
    """Return the id of the FRUS document that an address names, such as `frus1945v05-d750`; None where it names none."""
    match = _DOCUMENT.search(address or "")
    return f"{match['volume']}-{match['number']}".lower() if match else None


def index_originals(notes: Iterable[Source]) -> list[Original]:
    """Return the FRUS documents of tier primary that notes name with an address, by volume and number."""
    found: dict[str, Original] = {}
    for note in sorted(notes, key=lambda note: note.id):
        for reference in (reference for passage in note.passages for reference in passage.references):
            match = _DOCUMENT.search(reference.url or "")
            key = document_id(reference.url)
            if match is None or key is None or reference.tier is not Tier.PRIMARY:
                continue
            known = found.get(key)
            if known is None:
                found[key] = Original(
                    id=key,
                    volume=match["volume"],
                    number=match["number"],
                    title=reference.cite,
                    address=f"{_SITE}/{match['volume']}/{match['number']}",
                    notes=[note.id],
                )
            elif note.id not in known.notes:
                found[key] = known.model_copy(update={"notes": [*known.notes, note.id]})
    return sorted(found.values(), key=_place)


def to_toml(originals: Iterable[Original]) -> str:
    """Return the text of a list of originals; the same originals always give the same text."""
    blocks = [_HEADER]
    for original in originals:
        lines = [f"{name} = {_toml(value)}" for name, value in original.model_dump().items()]
        blocks.append("\n".join(["[[originals]]", *lines, ""]))
    return "\n".join(blocks)


def _place(original: Original) -> tuple[str, list[int], str]:
    return original.volume, [int(digits) for digits in re.findall(r"\d+", original.number)], original.number


def _toml(value: str | list[str]) -> str:
    """Return a TOML string or array; the escapes of JSON are those of TOML, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
