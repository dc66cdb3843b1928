"""The lines by which an export can be checked again: a check line for each quotation, and the seal over the whole text.

The check line names the source, the span and the SHA-256 of the source's text. The seal is a SHA-256 over the export itself, its
own digits left out. It shows that something was changed, by hand or on the way; it is not a signature: who rewrites an
export can seal it anew, but cannot make an altered quotation agree with the source.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote

from assistant.export.exact import normalised
from assistant.records import Citation
from assistant.text import content_hash

__all__ = [
    "CHECK",
    "Check",
    "Seal",
    "SealedFormat",
    "check_line",
    "digest_of",
    "find_checks",
    "find_seals",
    "form_of",
    "json_digest",
    "read_check",
    "seal_line",
    "sealed",
]

SealedFormat = Literal["md", "bbcode", "html"]

_BLANK: Final = "0" * 64
CHECK: Final = r"torgau-check \d+ \S+ \d+-\d+ sha256=[0-9a-f]{64}"
_CHECK: Final = re.compile(r"torgau-check (\d+) (\S+) (\d+)-(\d+) sha256=([0-9a-f]{64})")
# How each format wraps these lines; only at the start of a line, where no quotation can stand in the same format.
_SEAL_WRAP: Final = {
    "md": ("`", "`"),
    "bbcode": (r"\[ICODE\]", r"\[/ICODE\]"),
    "html": (r'<p><code class="seal">', "</code></p>"),
}
_CHECK_WRAP: Final = {**_SEAL_WRAP, "html": (r'<p><code class="check">', "</code></p></li>")}
_SEAL: Final = (
    r"torgau-export 1 {form} part (?P<part>\d{{1,6}})/(?P<parts>\d{{1,6}}) evidence (?P<evidence>\d{{1,9}})"
    r" sha256=(?P<digest>[0-9a-f]{{64}})"
)
_SEALS: Final = {
    form: re.compile(f"^{before}{_SEAL.format(form=form)}{after}$", re.MULTILINE)
    for form, (before, after) in _SEAL_WRAP.items()
}
_CHECKS: Final = {
    form: re.compile(f"^{before}({CHECK}){after}$", re.MULTILINE) for form, (before, after) in _CHECK_WRAP.items()
}
_OUTSIDE_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+', re.DOTALL)


class Check(NamedTuple):
    """What a check line says."""

    number: int
    source_id: str
    start: int
    end: int
    source_hash: str


class Seal(NamedTuple):
    """What a seal says, and where its line ends in the text."""

    part: int
    parts: int
    evidence: int
    digest: str
    digest_start: int
    end: int


def check_line(number: int, citation: Citation) -> str:
    """Return the check line of a numbered quotation, on one line and free of markup in every format."""
    source = quote(citation.source_id, safe="._-")
    return f"torgau-check {number} {source} {citation.start}-{citation.end} sha256={citation.source_hash}"


def read_check(line: str) -> Check | None:
    """Return what a check line says, or None if it is not one."""
    match = _CHECK.fullmatch(line)
    if match is None or max(len(match[1]), len(match[3]), len(match[4])) > 12:
        return None
    return Check(int(match[1]), unquote(match[2]), int(match[3]), int(match[4]), match[5])


def seal_line(kind: SealedFormat, evidence: int, part: int = 1, parts: int = 1) -> str:
    """Return the seal's line with its digits still blank; `sealed` fills them in."""
    return f"torgau-export 1 {kind} part {part}/{parts} evidence {evidence} sha256={_BLANK}"


def sealed(text: str) -> str:
    """Return the text, which ends with a blank seal, with the seal's digits in place."""
    at = max(seal.digest_start for form in _SEALS for seal in find_seals(text, form))
    return text[:at] + digest_of(text, at) + text[at + 64 :]


def form_of(text: str) -> str | None:
    """Return the format of a text that has a seal or a check line, or None.

    HTML comes first: a quotation within it may have lines that look like the other formats' own, but not the other way round.
    """
    return next(
        (form for form in ("html", "bbcode", "md") if _SEALS[form].search(text) or _CHECKS[form].search(text)), None
    )


def find_checks(text: str, form: str) -> list[Check]:
    """Return what all check lines of the text say, in order."""
    return [check for check in (read_check(match[1]) for match in _CHECKS[form].finditer(text)) if check]


def find_seals(text: str, form: str) -> list[Seal]:
    """Return all seals in the text, in order; a file of several forum posts has several."""
    return [
        Seal(
            int(match["part"]),
            int(match["parts"]),
            int(match["evidence"]),
            match["digest"],
            match.start("digest"),
            match.end(),
        )
        for match in _SEALS[form].finditer(text)
    ]


def digest_of(text: str, digest_start: int) -> str:
    """Return the digest of a text, without the 64 digits that stand at `digest_start`."""
    return content_hash(normalised(text[:digest_start] + text[digest_start + 64 :]))


def json_digest(text: str) -> str:
    """Return the digest of JSON text: white space between its tokens does not count, every other character does."""
    return content_hash(_OUTSIDE_STRINGS.sub(lambda match: match[1] or "", text))
