"""Cues: what each line of a copied forum page looks like, a poster's words or furniture of the page.

A copy keeps no markup, so labels have to be recognised by their words; those of the common forum programs are listed, in the
languages that copies were seen in. What is not recognised stays the poster's own words: nothing is lost by that.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import NamedTuple

from assistant.dates import MONTHS

__all__ = [
    "Cue",
    "Line",
    "handle",
    "labels_next",
    "modern_date",
    "nameable",
    "offline_name",
    "position",
    "quoted_author",
    "read_lines",
]


class Cue(StrEnum):
    """What a line is."""

    BLANK = "blank"
    GAP = "gap"  # nothing but no-break spaces: what XenForo puts behind a post's text
    EDIT = "edit"  # "Last edited: ..."
    RANK = "rank"  # a user title: "Banned", "Monthly Donor"
    STAMP = "stamp"  # a post's own date with a time or a number, or its number alone: "May 13, 2010 at 5:15 PM", "#12"
    DATE = "date"  # a date alone: a post's, or a heading of a timeline
    PROFILE = "profile"  # "Joined", "Messages 1,234", "Thread starter"
    BUTTON = "button"  # "Like", "Reply", "Top", "Reactions: ..."
    SAID = "said"  # "abc123 said:"
    EXPAND = "expand"  # "Click to expand..."
    RULE = "rule"  # a long underline: the signature follows
    TEXT = "text"


class Line(NamedTuple):
    """A line: its span without the newline, its words without white space at the ends, and what it looks like."""

    start: int
    end: int
    words: str
    cue: Cue


_RANKS = {
    "active member", "administrator", "banned", "contributor", "deleted member", "donor", "forum staff", "gone fishin'",
    "gone fishin", "guest", "junior member", "kicked", "member", "moderator", "monthly donor", "new member", "patron",
    "premium member", "registered", "registered user", "senior member", "staff", "staff member", "super moderator",
    "suspended", "threadmaster", "verified", "veteran member", "well-known member",
    "aktives mitglied", "bekanntes mitglied", "gesperrt", "mitglied", "neues mitglied",
}  # fmt: skip
_BUTTONS = {
    "add bookmark", "bookmark", "bottom", "delete", "edit", "like", "like reply", "likes", "multi-quote", "multiquote",
    "next", "next last", "prev", "prev next", "first prev", "+ quote", "quote", "quote reply", "reply", "report", "share",
    "show ignored content", "top", "unlike", "watch", "log in or register to reply here.",
    "you must log in or register to reply here.", "antworten", "gefällt mir", "melden", "teilen", "zitieren", "oben",
}  # fmt: skip
_PROFILES = {
    "joined", "location", "messages", "original poster", "op", "posts", "reaction score", "thread starter", "trophy points",
    "points", "website", "ort", "likes received", "new", "•", "·", "beiträge", "registriert", "themenstarter", "themenstarter/in",
}  # fmt: skip
# Labels whose value stands on the next line of a copy.
_LABELS = {
    "joined",
    "location",
    "messages",
    "reaction score",
    "points",
    "trophy points",
    "website",
    "registriert",
    "ort",
}
_EXPANDS = {"click to expand...", "click to expand…", "click to shrink...", "zum vergrößern anklicken....",
            "zum vergrößern anklicken...", "cliquez pour agrandir..."}  # fmt: skip
_EDIT = re.compile(
    r"(?:last edited|zuletzt bearbeitet|dernière édition|última edición|ultima modifica)"
    r"(?:\s*:.{0,80}|\s+(?:by|von|par|por|da)\b.{0,80}|\s+a moderator.{0,80})?",
    re.I,
)
_PROFILE_FIELD = re.compile(
    r"(?:joined|join date|registered|start date)\s*:?\s.{0,30}\d{4}"
    r"|(?:messages|posts|reaction score|points|beiträge)\s*:?\s*[\d.,]+\s?[KM]?"
    r"|location\s*:.{0,60}|thread starter\s*:?\s\S{1,40}|[\d.,]+\s?[KM]?",
    re.I,
)
_REACTIONS = re.compile(r"reactions\s*:.{0,200}|.{1,120} (?:and \d+ others?|gefällt das)\.?|likes\s*:.{0,200}", re.I)
_SAID = re.compile(
    r"(?P<name>[^\n:]{1,50}?) (?:said|wrote|schrieb|sagte|a écrit|a dit|dijo|ha scritto)\s?:"
    r"|originally posted by (?P<other>[^\n]{1,50}?)(?:\s+view post)?:?|quote:|zitat:",
    re.I,
)
_NUMBER = r"#\s?\d[\d.,\u00a0\u202f]*"
_MONTH = "|".join([*MONTHS[1:], *(month[:3] for month in MONTHS[1:])])
_DAY = (
    rf"(?:(?P<month1>{_MONTH})\.? (?P<day1>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year1>\d{{4}})"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\.? (?P<month2>{_MONTH})\.?,? (?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})"
    r"|(?P<day4>\d{1,2})\.(?P<month4>\d{1,2})\.(?P<year4>\d{4})"
    r"|\d{1,2}[/-]\d{1,2}[/-]\d{4}"  # day and month cannot be told apart: a stamp, but no date
    r"|today|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
_TIME = r"(?:,| at| um)? \d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: uhr)?"
_STAMP = re.compile(
    rf"(?:{_NUMBER}[\s·•|,]*)?(?:old |posted(?: on)?:? )?(?:[a-z]{{3,9}}day,? )?{_DAY}(?P<time>{_TIME})?"
    rf"(?P<rest>(?:[\s·•|,]|new|edited|add bookmark|{_NUMBER})*)|(?P<number>{_NUMBER})",
    re.I,
)
_OFFLINE = re.compile(r"(?P<name>\S.{0,40}) (?P=name) is (?:offline|online|(?:now )?invisible).{0,20}", re.I)
_RULE = re.compile(r"_{10,}")
_WORD_HANDLE = re.compile(r"(?=.*[a-z])(?=.*[A-Za-z]{3})(?=.*(?:\d|_|[a-z][A-Z]))[\w.'\-]{3,30}")


def read_lines(text: str) -> list[Line]:
    """Return the lines of a text with what each looks like by itself."""
    lines: list[Line] = []
    at = 0
    for raw in text.split("\n"):
        lines.append(Line(at, at + len(raw), raw.strip(), _cue(raw)))
        at += len(raw) + 1
    return lines


def _cue(raw: str) -> Cue:
    words = raw.strip()
    if not words:
        return Cue.GAP if "\u00a0" in raw else Cue.BLANK
    if len(words) > 250:
        return Cue.TEXT
    lower = words.lower().replace("’", "'")
    for cue, known in ((Cue.RANK, _RANKS), (Cue.EXPAND, _EXPANDS), (Cue.BUTTON, _BUTTONS), (Cue.PROFILE, _PROFILES)):
        if lower in known:
            return cue
    for cue, form in ((Cue.EDIT, _EDIT), (Cue.SAID, _SAID), (Cue.RULE, _RULE), (Cue.PROFILE, _OFFLINE)):
        if form.fullmatch(words):
            return cue
    stamp = _STAMP.fullmatch(words)
    if stamp:
        return Cue.STAMP if stamp["number"] or stamp["time"] or "#" in words else Cue.DATE
    for cue, form in ((Cue.PROFILE, _PROFILE_FIELD), (Cue.BUTTON, _REACTIONS)):
        if form.fullmatch(words):
            return cue
    return Cue.TEXT


def labels_next(words: str) -> bool:
    """Tell whether a line is a profile label whose value stands on the next line: "Location"."""
    return words.lower() in _LABELS


def modern_date(words: str) -> str | None:
    """Return the day that a stamp or date line names, if posts can be of that day (1990 or later); else None."""
    match = _STAMP.fullmatch(words)
    if match is None:
        return None
    for form in "1234":
        year, month, day = (match[f"{part}{form}"] for part in ("year", "month", "day"))
        if year and int(year) >= 1990:
            return _day(int(year), month, int(day))
    return None


def _day(year: int, month: str, day: int) -> str | None:
    number = int(month) if month.isdigit() else [name[:3].lower() for name in MONTHS].index(month[:3].lower())
    try:
        return dt.date(year, number, day).isoformat()
    except ValueError:
        return None


def position(words: str) -> int | None:
    """Return the post number in a stamp line: 12 of "#12" or "May 13, 2010 · #12"."""
    match = re.search(_NUMBER, words)
    digits = re.sub(r"\D", "", match[0]) if match else ""
    return int(digits) if digits and int(digits) > 0 else None


def quoted_author(words: str) -> str | None:
    """Return who a "said:" line gives the quotation to."""
    match = _SAID.fullmatch(words)
    name = match and (match["name"] or match["other"])
    return name.strip() if name else None


def offline_name(words: str) -> str | None:
    """Return the name in a line like "abc123 abc123 is offline", as vBulletin writes it."""
    match = _OFFLINE.fullmatch(words)
    return match["name"] if match else None


def nameable(words: str) -> bool:
    """Tell whether a line could be a user's name: one to four words, short, no sentence, no list item."""
    return (
        0 < len(words) <= 40
        and len(words.split()) <= 4
        and words[-1] not in '.,:;!?…"”)-'
        and words[0] not in '-–—*•>#(["“'
        and any(char.isalpha() for char in words)
    )


def handle(words: str) -> bool:
    """Tell whether a line has the look of a forum name by itself: one word with a digit, an underscore or inner capitals."""
    return _WORD_HANDLE.fullmatch(words) is not None
