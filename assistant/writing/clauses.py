"""Clauses: where one long sentence of a forum post makes several claims, each with its exact span.

"They installed A, kept B, blockaded C and refused D" is four claims. There is no parser here, only cautious rules: a part is
split off where it has a verb near its beginning and words enough to be judged alone; otherwise it stays with its neighbour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Clause", "has_verb", "split_clauses"]

LONG_SENTENCE = 24  # words; shorter sentences are judged whole
SHORT_CLAUSE = 4  # words; shorter parts stay with their neighbour
VERB_WITHIN = 11  # words from a part's beginning in which its verb must come

_VERBS = frozenset(
    "is are was were be been being has have had do does did will would could should may might must can cannot "
    "became become becomes begin begins began bring brings brought came comes come did drove fell felt fought found gave "
    "get gets go goes got had happen happens heard held joined keep keeps kept killed knew know lead leads led left let "
    "lose lost made make makes meet meets met offer put ran refuse refuses remain remains rose said saw say see sees seen "
    "send sent set sets shot spoke stand stands stay stays stood support supports take takes taken tells think thinks "
    "thought told took want wants went win wins won write wrote leads dies lives builds agree agrees gives".split()
)
_AUXILIARY = frozenset(
    "is are was were be been being has have had do does did will would could should may might must can".split()
)
_ED = re.compile(r"[a-z]{2,}ed$")
_BREAK = re.compile(r"(?P<mark>[,;]\s+|\s+[-–—]\s+)(?:(?:and|but)\s+)?|\s+(?:and|but)\s+")
_SUBORDINATE = frozenset(
    "which who that whom whose where when because since though although so as if including such even especially particularly "
    "perhaps while rather or not nor at in on from to with for by of than like right after before until without".split()
)
_ADVERBIAL = frozenset("in on at by for with to from until during as if when while although though".split())
# What may open a part behind a bare "and" or "but": "and Soviet troops met" continues a noun, "and the attempts failed" does not.
_OPENERS = frozenset(
    "the a an this that these those it they he she we you i there his her its their our many most some all no nobody everyone "
    "still never also instead then later again".split()
)
_LEAD = re.compile(r"^(?:but|and|so|after|when|once|because|since|for example,?|likewise,?|also,?)\s+", re.IGNORECASE)
_TOKEN = re.compile(r"[\w'’.-]+")


@dataclass(frozen=True)
class Clause:
    """A part of a sentence: offsets into the whole text, and the sentence's subject where the part itself has none."""

    start: int
    end: int
    subject: str


def split_clauses(text: str, start: int, end: int) -> list[Clause]:
    """Split the sentence `text[start:end]` into the parts that can be judged alone; one part where that is unsafe.

    The spans do not overlap and leave out only the joints between parts (commas, "and", "but").
    """
    sentence = text[start:end]
    if len(_TOKEN.findall(sentence)) < LONG_SENTENCE:
        return [Clause(start, end, "")]
    clauses: list[Clause] = []
    subject = ""
    for low, high in _merge(sentence, _pieces(sentence)):
        piece = sentence[low:high]
        bare = _starts_with_verb(piece)
        subject = subject if bare else _subject(piece) or subject
        clauses.append(Clause(start + low, start + high, subject if bare and clauses else ""))
    return clauses


def has_verb(text: str) -> bool:
    """Tell whether any word of the text is known as a verb form."""
    return any(_is_verb(token.casefold()) or "'" in token or "’" in token for token in _TOKEN.findall(text))


def _pieces(sentence: str) -> list[tuple[int, int, bool]]:
    """Cut at every possible joint outside brackets: start, end, and whether a mark (not a bare "and") stands before."""
    inside = _brackets(sentence)
    pieces, at, marked = [], 0, True
    for match in _BREAK.finditer(sentence):
        if not inside[match.start()] and match.start() > at:
            pieces.append((at, match.start(), marked))
            at, marked = match.end(), match["mark"] is not None
    pieces.append((at, len(sentence), marked))
    return pieces


def _brackets(sentence: str) -> list[bool]:
    depth, inside = 0, []
    for char in sentence:
        depth += char in "(["
        inside.append(depth > 0)
        depth -= char in ")]" and depth > 0
    return inside


def _merge(sentence: str, pieces: list[tuple[int, int, bool]]) -> list[tuple[int, int]]:
    """Give back to its neighbour every piece that cannot stand alone."""
    merged: list[tuple[int, int]] = [pieces[0][:2]]
    for low, high, marked in pieces[1:]:
        previous, piece = sentence[slice(*merged[-1])], sentence[low:high]
        if _stands(piece) and (marked or _opens(piece)) and _stands(previous, first=len(merged) == 1):
            merged.append((low, high))
        else:
            merged[-1] = (merged[-1][0], high)
    return merged


def _stands(piece: str, *, first: bool = False) -> bool:
    tokens = [token.casefold() for token in _TOKEN.findall(piece)]
    active = (
        bool(tokens) and _is_verb(tokens[0]) and tokens[0] not in _AUXILIARY
    )  # "blockaded West Berlin" needs no more
    if len(tokens) < (SHORT_CLAUSE - 1 if active else SHORT_CLAUSE):
        return False
    opener = _LEAD.sub("", piece).split(maxsplit=1)[0].casefold() if first else tokens[0]
    if opener in (_ADVERBIAL if first else _SUBORDINATE) or "etc" in tokens[:VERB_WITHIN]:
        return False
    return any(_is_verb(token) for token in (tokens if first else tokens[:VERB_WITHIN]))


def _opens(piece: str) -> bool:
    token = _TOKEN.findall(piece)[0].casefold()
    return token in _OPENERS or _is_verb(token)


def _is_verb(token: str) -> bool:
    return token in _VERBS or bool(_ED.search(token))


def _starts_with_verb(piece: str) -> bool:
    tokens = [token.casefold() for token in _TOKEN.findall(piece)][:2]
    return _is_verb(tokens[0]) or tokens[0] in {"still", "never", "also"}


def _subject(first: str) -> str:
    """Return the words before the first verb of the sentence: what the later parts speak of."""
    bare = _LEAD.sub("", _LEAD.sub("", first))
    for match in _TOKEN.finditer(bare):
        if _is_verb(match.group().casefold()):
            return bare[: match.start()].strip().replace('"', "").strip("“”'")
    return ""
