"""Text and spans: hashing, sentence spans, and finding a quotation's exact place in a source.

A span is a pair of offsets `(start, end)` in code points of a canonical text, so that `text[start:end]` is the quotation.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

import syntok.segmenter

__all__ = ["Span", "content_hash", "excerpt", "fold", "locate", "paragraphs", "sentences", "words"]

Span = tuple[int, int]

# Typography that differs between a source and a copy of it without changing a word.
_SAME = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    }
)  # fmt: skip
_INVISIBLE = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"}
_WORD = re.compile(r"\w+(?:['’]\w+)?")


def content_hash(text: str) -> str:
    """Return the SHA-256 of the text in UTF-8, 64 hex digits: the name under which a canonical text is kept."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fold(text: str) -> str:
    """Return the text in the form in which quotations are compared: NFKC, plain quotes and dashes, single spaces."""
    return _folded(text)[0].strip()


def locate(quote: str, text: str, within: Span | None = None) -> Span | None:
    """Return where `quote` stands in `text`, exactly, as offsets into `text`; None where it does not.

    Unicode composition, typographic quotes and dashes and runs of white space may differ; words, case and punctuation may
    not. The span is cut to the true characters: `text[start:end]` is the source's own wording.

    Args:
        quote: the words claimed to stand in the text; not empty after folding.
        text: the canonical source text.
        within: look only inside this span of the text.
    """
    low, high = within or (0, len(text))
    folded, starts, ends = _folded(text[low:high])
    wanted = fold(quote)
    if not wanted:
        return None
    at = folded.find(wanted)
    while at >= 0:
        if _whole_words(folded, at, at + len(wanted)):
            return low + starts[at], low + ends[at + len(wanted) - 1]
        at = folded.find(wanted, at + 1)
    return None


def _whole_words(text: str, start: int, end: int) -> bool:
    """Tell whether no word is cut at either end: "art" is not a quotation of "party"."""
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not (cut_before or cut_after)


def _folded(text: str) -> tuple[str, list[int], list[int]]:
    """Fold `text` and map each folded character to the source characters that it came from."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        raw = text[start:end]
        if raw in _INVISIBLE:
            continue
        piece = unicodedata.normalize("NFKC", raw).translate(_SAME)
        for char in piece:
            char = " " if char.isspace() else char
            if char == " " and out and out[-1] == " ":
                ends[-1] = end
                continue
            out.append(char)
            starts.append(start)
            ends.append(end)
    return "".join(out), starts, ends


def _clusters(text: str) -> Iterator[Span]:
    """Yield spans of a base character with the combining marks behind it, so that composition can be folded."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def sentences(text: str, offset: int = 0) -> list[Span]:
    """Return the spans of the sentences in `text`, each shifted by `offset`; abbreviations and initials do not end one."""
    spans: list[Span] = []
    for paragraph in syntok.segmenter.analyze(text):
        for sentence in paragraph:
            tokens = list(sentence)
            last = tokens[-1]
            spans.append((tokens[0].offset + offset, last.offset + len(last.value) + offset))
    return spans


def paragraphs(text: str) -> list[Span]:
    """Return the spans of the blocks between blank lines, without the white space around them."""
    spans: list[Span] = []
    for match in re.finditer(r"\S(?:.*?\S)?(?=[ \t]*(?:\n[ \t]*)*\n[ \t]*\n|\s*\Z)", text, re.DOTALL):
        spans.append(match.span())
    return spans


def words(text: str) -> list[str]:
    """Return the words of the text, lower case."""
    return [word.casefold() for word in _WORD.findall(text)]


def excerpt(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text on one line, cut at a word, an ellipsis marking the cut."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
