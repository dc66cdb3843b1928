"""Chunking: a long text falls into passages of whole sentences, each an exact span of it.

A passage is about 120 words: long enough to be understood alone, short enough that the embedder (256 tokens) reads all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from assistant.text import paragraphs, sentences

__all__ = ["chunks", "stripped"]

Span = tuple[int, int]

TARGET = 120
LIMIT = 200
# A paragraph a little over the target is left whole rather than torn.
_WHOLE = 150
# What is shorter than this (a heading, a last half sentence) never stands alone where it has a neighbour.
_FLOOR = 25
# Text without spaces (Chinese, a long address) is weighed by its characters: ten of them are taken for a word.
_CHARS_PER_WORD = 10
_CLAUSE_END = re.compile(r"[;:,.!?)\]—–]\s+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+")
_WINDOW = 5000
_SPACE = re.compile(r"\s+")


class _Unit(NamedTuple):
    start: int
    end: int
    weight: int


def chunks(
    text: str, start: int = 0, end: int | None = None, *, target: int = TARGET, limit: int = LIMIT
) -> list[Span]:
    """Return the spans of the passages of `text[start:end]`, in order and not overlapping.

    Together they cover everything but white space between them. Each holds whole sentences, about `target` words and never
    more than `limit`; only a sentence longer than `limit` is split, at a clause, else at a space, else anywhere.
    """
    done: list[_Unit] = []
    held: _Unit | None = None
    for low, high in paragraphs(text[start:end]):
        for unit in _paragraph(text, start + low, start + high, target, limit):
            if held is None:
                held = unit
            elif _joins(held, unit, target, limit):
                held = _joined(held, unit)
            else:
                done.append(held)
                held = unit
    if held is not None:
        done.append(held)
    return [(unit.start, unit.end) for unit in _without_crumbs(done, limit)]


def stripped(text: str, start: int, end: int) -> Span | None:
    """Return the span without the white space at its ends; None where nothing is left."""
    part = text[start:end]
    body = part.strip()
    if not body:
        return None
    low = start + len(part) - len(part.lstrip())
    return low, low + len(body)


def _joins(held: _Unit, unit: _Unit, target: int, limit: int) -> bool:
    together = held.weight + unit.weight
    return together <= target or (held.weight < _FLOOR and together <= limit)


def _joined(first: _Unit, second: _Unit) -> _Unit:
    return _Unit(first.start, second.end, first.weight + second.weight)


def _without_crumbs(units: list[_Unit], limit: int) -> list[_Unit]:
    """Join each passage that is too short to stand alone to the one before it, where there is room."""
    kept: list[_Unit] = []
    for unit in units:
        if kept and unit.weight < _FLOOR and kept[-1].weight + unit.weight <= limit:
            kept[-1] = _joined(kept[-1], unit)
        else:
            kept.append(unit)
    return kept


def _paragraph(text: str, start: int, end: int, target: int, limit: int) -> Iterator[_Unit]:
    """Yield the paragraph whole if it is short, else its sentences, else pieces of these."""
    whole = _unit(text, start, end)
    if whole.weight <= min(_WHOLE, limit):
        yield whole
        return
    for low, high in _sentences(text, start, end):
        sentence = _unit(text, low, high)
        if sentence.weight <= limit:
            yield sentence
        else:
            yield from _pieces(text, low, high, min(target, limit))


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield sentences that follow each other without a gap, so that no character is lost between two of them."""
    bounds = sorted({start, end} | {low for low in _beginnings(text, start, end) if start < low < end})
    for low, high in pairwise(bounds):
        span = stripped(text, low, high)
        if span:
            yield span


def _beginnings(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where sentences begin. The segmenter's time grows with the square of what it is given, so it is given windows."""
    while start < end:
        cut = end
        if end - start > _WINDOW:
            ends = [match.end() for match in _SENTENCE_END.finditer(text, start + _WINDOW // 2, start + _WINDOW)]
            cut = ends[-1] if ends else _cut(text, start, start + _WINDOW)
        yield start
        yield from (low for low, _ in sentences(text[start:cut], start))
        start = cut


def _pieces(text: str, start: int, end: int, size: int) -> Iterator[_Unit]:
    while start < end:
        reach = _reach(text, start, end, size)
        cut = end if reach >= end else _cut(text, start, reach)
        span = stripped(text, start, cut)
        if span:
            yield _unit(text, *span)
        start = cut


def _reach(text: str, start: int, end: int, size: int) -> int:
    """Return how far from `start` a piece of `size` words may reach."""
    far = min(end, start + size * _CHARS_PER_WORD)
    last = next(islice(_SPACE.finditer(text, start, far), size - 1, None), None)
    return last.start() if last else far


def _cut(text: str, start: int, reach: int) -> int:
    """Return the best place to cut before `reach`: the last clause end in the second half, the last space, or `reach`."""
    middle = start + (reach - start) // 2
    clause = [match.end() for match in _CLAUSE_END.finditer(text, middle, reach)]
    if clause:
        return clause[-1]
    space = [match.end() for match in _SPACE.finditer(text, start + 1, reach)]
    if not space or (reach < len(text) and text[reach].isspace()):
        return reach
    return space[-1]


def _unit(text: str, start: int, end: int) -> _Unit:
    length = end - start
    return _Unit(start, end, max(len(text[start:end].split()), -(-length // _CHARS_PER_WORD)))
