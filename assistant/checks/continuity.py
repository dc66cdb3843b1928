"""Continuity: who is alive and in office on a day, and whether events keep their order and their causes.

What the canon has changed counts: a president whom the timeline lets live is not dead, a marshal whom it kills is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from assistant.dates import earliest, latest, spoken
from assistant.records import Event, Person, Sentence, SentenceType

__all__ = ["Register", "check_displaced", "check_order", "check_people"]

_POSTHUMOUS = re.compile(
    r"\b(?:late|dead|death|died|dies|dying|funeral|memory|memorial|memoirs|legacy|grave|heirs?|successors?|widow|after|"
    r"without|posthumous\w*|mourn\w*|killed|murder\w*)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[A-Z][\w.'’-]*)*")
# What a living subject is followed by: a verb of its own, not "had", which looks back.
_DOES = re.compile(
    r"(?:,[^,]{1,60},|\s+(?:himself|herself|also|then|still|never|again|and\s+[A-Z]\w+(?:\s+[A-Z]\w+)?))*\s+"
    r"(?!(?:had|and|or|but|of|in|on|at|by|for|with|to|from|as|than|that|who|whose|whom|which|under|against|over|into|through|"
    r"about|after|before|since|until|would\s+have|might\s+have|could\s+have|was\s+(?:once|dead))\b)[a-z]"
)
_SPOKEN_OF = re.compile(
    r"\b(?:of|by|under|with|to|from|for|beside|than|since|that|which|whom|like|on|about|after|against)\s+$", re.I
)
_TITLES = re.compile(
    r"\b(president|prime minister|secretary of state|foreign minister|foreign secretary)\s+", re.IGNORECASE
)


class Register:
    """The people register, found by name in running text.

    Args:
        people: the persons.
        fates: what the timeline has changed: id to a date of death, or None for one who lives on.
        displaced: who does not do here what our timeline had them do: id to the day from which, and why.
    """

    def __init__(
        self,
        people: Iterable[Person],
        fates: Mapping[str, str | None] | None = None,
        displaced: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.people = {person.id: person for person in people}
        self._fates = dict(fates or {})
        self._displaced = dict(displaced or {})
        self._names = _name_index(self.people.values())
        names = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)") if names else None

    def find(self, text: str) -> list[tuple[Person, int]]:
        """Return the persons named in the text with the offset of the first mention; ambiguous surnames are left out."""
        found: dict[str, int] = {}
        if self._pattern is not None:
            for match in self._pattern.finditer(_plain(text)):
                found.setdefault(self._names[match.group()], match.start())
        return [(self.people[id_], at) for id_, at in found.items()]

    def died(self, person: Person) -> str | None:
        """Return the date of death in this timeline, or None for one who lives on."""
        return self._fates.get(person.id, person.died)

    def displaced(self, person: Person, date: str) -> tuple[str, str] | None:
        """Return since when and why a person does not do what our timeline had them do, where that holds on this day.

        One whom this timeline lets die before our own is displaced by death.
        """
        died = self._fates.get(person.id)
        early = died is not None and (person.died is None or latest(died) < earliest(person.died))
        since, why = (
            (died, f"{person.name} died {_when(died)}") if died and early else self._displaced.get(person.id, ("", ""))
        )
        return (since, why) if since and latest(since) < latest(date) else None


def check_people(text: str, date: str, register: Register) -> list[str]:
    """Return what is impossible about the persons named in an entry of that date: dead, unborn, or out of the office named."""
    problems: list[str] = []
    for person, at in register.find(text):
        died = register.died(person)
        if died and latest(died) < earliest(date) and _acts(text, at):
            problems.append(f"{person.name} died {_when(died)}, before {spoken(date)}")
        if person.born and earliest(person.born) > latest(date):
            problems.append(f"{person.name} was born {_when(person.born)}, after {spoken(date)}")
        problems += _office_problem(person, text, at, date)
    return problems


def check_displaced(sentence: Sentence, date: str, register: Register) -> list[str]:
    """Return why a sentence in an entry of that date cannot be true of a timeline that has changed the persons it names.

    A documented sentence that leans only on what came before the change tells of what both timelines share.
    """
    problems: list[str] = []
    for person, at in register.find(sentence.text):
        found = register.displaced(person, date)
        if found is None:
            continue
        since, why = found
        days = [citation.date for citation in sentence.citations]
        shared = (
            sentence.type is not SentenceType.INVENTION
            and days
            and all(day and latest(day) < earliest(since) for day in days)
        )
        looks_back = _POSTHUMOUS.search(sentence.text[max(0, at - 60) : at + 80]) and not _acts(sentence.text, at)
        if not shared and not looks_back:
            problems.append(f"{why}, and the sentence has {person.name} where our timeline had them")
    return problems


def check_order(events: Sequence[Event], premises: Iterable[str], canon: Sequence[Event] = ()) -> list[str]:
    """Return what is wrong with the order of events: an unknown cause, a cause after its effect, an id used twice."""
    known = {event.id: event for event in canon}
    given = set(premises)
    problems: list[str] = []
    for event in events:
        if event.id in known:
            problems.append(f"the id {event.id!r} is used twice")
        for cause in event.causes:
            if cause in given:
                continue
            if cause not in known:
                problems.append(f"{event.id!r} names a cause that is neither an earlier event nor a premise: {cause!r}")
            elif earliest(known[cause].date) > latest(event.date):
                problems.append(
                    f"{event.id!r} of {spoken(event.date)} is caused by {cause!r} of {spoken(known[cause].date)}"
                )
        known[event.id] = event
    return problems


def _office_problem(person: Person, text: str, at: int, date: str) -> list[str]:
    """Look at a title right before the name ("President Truman"): did the person hold such an office that day?"""
    before = text[max(0, at - 30) : at]
    title = next((match for match in _TITLES.finditer(before) if match.end() == len(before)), None)
    if title is None or not person.offices:
        return []
    wanted = title.group(1).casefold()
    held = [office for office in person.offices if wanted in office.title.casefold()]
    if not held:
        return []  # never held here: another timeline may give it, and says so in its canon
    day_low, day_high = earliest(date), latest(date)
    for office in held:
        began = office.start is None or earliest(office.start) <= day_high
        lasted = office.end is None or latest(office.end) >= day_low
        if began and lasted:
            return []
    return [f"{person.name} was not {title.group(1)} on {spoken(date)}"]


def _acts(text: str, at: int) -> bool:
    """Tell whether the person named at an offset does something there, and is not only looked back on or spoken of."""
    name = _NAME.match(text, at)
    if name and name.group().endswith(("'s", "’s")):
        return False  # "Lenin's thesis" is no act of Lenin's
    after = text[name.end() if name else at :][:60]
    before = text[max(0, at - 30) : at]
    around = text[max(0, at - 60) : at + 80]
    return bool(_DOES.match(after)) and not _SPOKEN_OF.search(before) and not _POSTHUMOUS.search(around)


def _when(date: str) -> str:
    return f"on {spoken(date)}" if len(date) == 10 else f"in {spoken(date)}"


def _plain(text: str) -> str:
    """Drop accents without moving offsets: one character stays one character."""
    return "".join(unicodedata.normalize("NFKD", char)[0] if ord(char) > 127 else char for char in text)


def _name_index(people: Iterable[Person]) -> dict[str, str]:
    """Map full names, aliases and unambiguous surnames to ids."""
    index: dict[str, str] = {}
    surnames: dict[str, set[str]] = {}
    for person in people:
        for name in (person.name, *person.aliases):
            index[_plain(name)] = person.id
        surname = _plain(person.name).split()[-1]
        surnames.setdefault(surname, set()).add(person.id)
    for surname, ids in surnames.items():
        if len(ids) == 1 and len(surname) > 2:
            index.setdefault(surname, next(iter(ids)))
    return index
