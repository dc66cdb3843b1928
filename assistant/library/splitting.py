"""Splitting a copied forum page into posts by the cues that its lines give, and saying which splits are doubtful."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from assistant.library.cues import Cue, Line, handle, labels_next, modern_date, nameable, offline_name, quoted_author

__all__ = ["Start", "quotations", "signs_off", "starts_of"]

_HEADER = {Cue.RANK, Cue.STAMP, Cue.DATE, Cue.PROFILE}
_FOOTER = {Cue.BLANK, Cue.GAP, Cue.EDIT, Cue.BUTTON}
_TITLE_WORDS = 25
_VALUE_LENGTH = 60
_QUOTE_LINES = 300


@dataclass
class Start:
    """Where a post begins: its first line, who heads it, the line behind its header, and on what signs the split rests."""

    line: int
    author: str | None = None
    body: int = 0
    signs: set[str] = field(default_factory=set)
    doubt: str | None = None
    date: str | None = None


def starts_of(lines: list[Line]) -> list[Start]:
    """Return where posts begin, in order; the first at the first line with words.

    A header (a name with a rank, a date, a number) is sure; so are a gap and an edit note together, and a name known from
    elsewhere in the paste. One of the weaker signs alone leaves the split doubtful, and `Start.doubt` says why.
    """
    first = next((at for at, line in enumerate(lines) if line.words), 0)
    quoted = {at for low, high in quotations(lines) for at in range(low, high)}
    starts = {start.line: start for start in _headers(lines) if start.line not in quoted}
    for at, signs, doubt in _breaks(lines, quoted):
        start = starts.setdefault(at, Start(at, body=at))
        start.signs |= signs
        start.doubt = start.doubt or doubt
    known = {start.author for start in starts.values()} | {
        quoted_author(line.words) for line in lines if line.cue is Cue.SAID
    }
    if starts or known:
        headed = {at for start in starts.values() for at in range(start.line, start.body)}
        for start in _lone_names(lines, known, quoted | headed):
            starts.setdefault(start.line, start)
    ordered = [starts[at] for at in sorted(starts) if at > first]
    opener = starts.get(first, Start(first, body=first, signs={"first"}))
    return _settled(lines, [opener, *ordered])


def _settled(lines: list[Line], starts: list[Start]) -> list[Start]:
    """Join what is no post by itself to its neighbour, and say of each remaining split what makes it doubtful."""
    headed = len(starts) > 1 and "header" in starts[1].signs and "header" not in starts[0].signs
    if headed and _preamble(lines[starts[0].line : starts[1].line]):
        starts[1].line, starts[1].signs = starts[0].line, starts[1].signs | {"first"}
        starts = starts[1:]
    bodies = [
        _words(lines, start, starts[at + 1].line if at + 1 < len(starts) else len(lines))
        for at, start in enumerate(starts)
    ]
    times = Counter(bodies)
    kept: list[Start] = []
    for start, body in zip(starts, bodies, strict=True):
        # The same words again and again without a header are a signature of the post above them.
        if kept and times[body] > 1 and "header" not in start.signs:
            continue
        kept.append(start)
    for start in kept[1:]:
        start.doubt = start.doubt or _doubt(start)
    return kept


def _preamble(lines: list[Line]) -> bool:
    """Tell whether the lines above the first header are the top of the page: a title, paths, page numbers, no sentences."""
    words = [line.words for line in lines if line.words]
    return len(words) <= 12 and all(len(line.split()) <= _TITLE_WORDS and line[-1] not in ".!…" for line in words)


def _words(lines: list[Line], start: Start, end: int) -> str:
    return " ".join(line.words for line in lines[start.line : end] if line.cue is Cue.TEXT)


def _doubt(start: Start) -> str | None:
    if "header" in start.signs or len(start.signs) > 1:
        return None
    if "gap" in start.signs:
        return "no author line heads it; split at an empty line that the page left, so it may belong to the post before"
    if "edit" in start.signs:
        return "no author line heads it; split after an edit note, so it may belong to the post before"
    if "known" in start.signs:
        return None
    return "split at a line that looks like a user's name, without any other sign"


def _headers(lines: list[Line]) -> list[Start]:
    """Return the post headers: runs of user title, date, number and profile lines, with a name before or among them."""
    found: list[Start] = []
    at = 0
    while at < len(lines):
        if lines[at].cue not in _HEADER:
            at += 1
            continue
        end, inside = _run(lines, at)
        name = _name_before(lines, at) if inside is None else inside
        begin = min(at, name) if name is not None else at
        run = [lines[i] for i in range(begin, end) if lines[i].cue in _HEADER]
        if _is_header(run, lines[name].words if name is not None else None):
            author = lines[name].words if name is not None else _offline(run)
            found.append(Start(begin, author, end, {"header"}, date=_date(lines[begin:end])))
        at = end
    return found


def _run(lines: list[Line], at: int) -> tuple[int, int | None]:
    """Return where a run of header lines from `at` ends, and which line in it is a name between two of them."""
    end, name, label = at, None, False
    for i in range(at, len(lines)):
        line = lines[i]
        if line.cue in _HEADER | {Cue.BUTTON} or (label and line.words and len(line.words) <= _VALUE_LENGTH):
            end, label = i + 1, labels_next(line.words)
        elif line.cue is Cue.TEXT and name is None and nameable(line.words) and _header_follows(lines, i):
            name = i
        elif line.cue is not Cue.BLANK or i - end >= 2:
            break
    return end, name


def _offline(run: list[Line]) -> str | None:
    return next((name for line in run if (name := offline_name(line.words))), None)


def _date(header: list[Line]) -> str | None:
    """Return the day of a post: the last date of its header that is not the day on which its author joined."""
    dates = [
        modern_date(line.words)
        for before, line in zip([None, *header], header, strict=False)
        if line.cue in {Cue.STAMP, Cue.DATE} and not (before and labels_next(before.words))
    ]
    return next((day for day in reversed(dates) if day), None)


def _header_follows(lines: list[Line], at: int) -> bool:
    following = next((line for line in lines[at + 1 : at + 3] if line.words), None)
    return following is not None and following.cue in {Cue.RANK, Cue.PROFILE}


def _name_before(lines: list[Line], at: int) -> int | None:
    """Return the line of a name that stands by itself right before a header, at most one empty line between."""
    for name in (at - 1, at - 2):
        if name < 0 or lines[name].cue not in {Cue.TEXT, Cue.BLANK}:
            return None
        if lines[name].cue is Cue.TEXT:
            words = lines[name].words
            alone = name == 0 or lines[name - 1].cue in _FOOTER or handle(words)
            return name if alone and nameable(words) else None
    return None


def _is_header(run: list[Line], name: str | None) -> bool:
    """Tell a post's header from a heading of a timeline: a bare date or a lone word needs more beside it."""
    cues = {line.cue for line in run}
    if Cue.STAMP in cues:
        return True
    if Cue.RANK in cues:
        return name is not None
    dated = any(modern_date(line.words) for line in run if line.cue is Cue.DATE)
    return dated and name is not None and (handle(name) or Cue.PROFILE in cues)


def _breaks(lines: list[Line], quoted: set[int]) -> list[tuple[int, set[str], str | None]]:
    """Return the lines after a gap or an edit note: where, on which signs, and what name before them leaves in doubt."""
    found: list[tuple[int, set[str], str | None]] = []
    first = next((at for at, line in enumerate(lines) if line.words), 0)
    at = 0
    while at < len(lines):
        if lines[at].cue not in {Cue.GAP, Cue.EDIT} or at in quoted:
            at += 1
            continue
        end = next((i for i in range(at, len(lines)) if lines[i].cue not in _FOOTER), len(lines))
        signs = {line.cue.value for line in lines[at:end] if line.cue in {Cue.GAP, Cue.EDIT}}
        if first < at and end < len(lines):
            found.append((end, signs, _name_in_doubt(lines, at)))
        at = max(end, at + 1)
    return found


def _name_in_doubt(lines: list[Line], gap: int) -> str | None:
    """Return a doubt where a lone name stands right before a break: it may sign the post above or head the one below."""
    if not signs_off(lines, gap):
        return None
    return f"the name {lines[gap - 1].words} stands before the break: it may sign the post above or head this one"


def signs_off(lines: list[Line], gap: int) -> bool:
    """Tell whether a lone line with the look of a name stands right before the gap at line `gap`."""
    alone = gap >= 2 and lines[gap - 2].cue is Cue.BLANK
    return alone and lines[gap - 1].cue is Cue.TEXT and handle(lines[gap - 1].words)


def _lone_names(lines: list[Line], known: set[str | None], quoted: set[int]) -> list[Start]:
    """Return names that stand by themselves between empty lines: known ones, or such as have the look of one."""
    found: list[Start] = []
    for at, line in enumerate(lines):
        named = line.cue is Cue.TEXT and at not in quoted and (line.words in known or handle(line.words))
        if not named or at + 1 >= len(lines):
            continue
        before = at == 0 or lines[at - 1].cue in _FOOTER
        if before and lines[at + 1].cue is Cue.BLANK:
            found.append(Start(at, line.words, at + 1, {"known" if line.words in known else "name"}))
    return found


def quotations(lines: list[Line]) -> list[tuple[int, int]]:
    """Return the runs of lines that quote another post: from "X said:" to "Click to expand...", else to an empty line."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        if lines[at].cue is not Cue.SAID:
            at += 1
            continue
        end = _quotation_end(lines, at)
        found.append((at, end))
        at = end
    return found


def _quotation_end(lines: list[Line], at: int) -> int:
    for i in range(at + 1, min(at + _QUOTE_LINES, len(lines))):
        if lines[i].cue is Cue.EXPAND:
            return i + 1
        if lines[i].cue in {Cue.EDIT, Cue.RANK, Cue.STAMP}:
            break
    words = next((i for i in range(at + 1, len(lines)) if lines[i].words), len(lines))
    return next((i for i in range(words, len(lines)) if not lines[i].words), len(lines))
