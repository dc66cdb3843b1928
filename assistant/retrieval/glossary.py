"""Abbreviations of the forum and of the period, expanded for search and spelled out for reading.

The list is data (`corpus/glossary.yaml`): entries of `term`, `stands_for` (the most usual sense first), `kind` and `note`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from assistant.errors import CorpusError
from assistant.records import Person, Record

__all__ = ["Abbreviation", "Glossary", "load_glossary", "nicknames"]


class Abbreviation(Record):
    """A short form and what it stands for, the most usual sense first."""

    term: Annotated[str, Field(min_length=1)]
    stands_for: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    kind: Literal["forum", "period"]
    note: str = ""


_WORD = re.compile(r"\w+")
_ENTRIES = TypeAdapter(list[Abbreviation])


def load_glossary(path: Path) -> Glossary:
    """Read a glossary file.

    Raises:
        CorpusError: the file cannot be read, is no list of entries, or gives one term twice.
    """
    try:
        entries = _ENTRIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    except OSError as error:
        raise CorpusError(f"The glossary cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise CorpusError(
            f"The glossary does not have its form: {error}",
            where=str(path),
            hint="Give a list of {term, stands_for: [...], kind: forum|period, note}; quote terms such as 'NO' and 'ON'",
        ) from error
    terms = [entry.term for entry in entries]
    twice = sorted({term for term in terms if terms.count(term) > 1})
    if twice:
        raise CorpusError(f"The glossary gives a term twice: {', '.join(twice)}", where=str(path))
    return Glossary(entries)


def nicknames(people: Iterable[Person]) -> list[Abbreviation]:
    """Return the names of people that share no word with the name they go by ("Ike", "FDR", "Vishinsky"): search needs both."""
    found: dict[str, Abbreviation] = {}
    for person in people:
        words = set(_WORD.findall(person.name.casefold()))
        for alias in person.aliases:
            if not words & set(_WORD.findall(alias.casefold())):
                found.setdefault(alias, Abbreviation(term=alias, stands_for=[person.name], kind="period"))
    return list(found.values())


class Glossary:
    """Finds whole-word abbreviations. Their case decides how strictly they are matched:

    `LL` (no small letter) only as written; `Ike` (one capitalised word) also as `IKE`; `WAllies`, `Uncle Joe` in any case.
    A plural or possessive `s` behind a term is allowed and carried over to what it stands for.
    """

    def __init__(self, entries: Sequence[Abbreviation] = ()) -> None:
        self.entries = tuple(entries)
        self._exact = {form: entry for entry in reversed(self.entries) for form in _forms(entry.term)}
        self._loose = {entry.term.casefold(): entry for entry in reversed(self.entries) if _is_loose(entry.term)}
        terms = sorted((entry.term for entry in self.entries), key=len, reverse=True)
        alternatives = "|".join(_pattern(term) for term in terms)
        self._pattern = re.compile(rf"(?<!\w)(?P<term>{alternatives})(?P<tail>['’]s|s)?(?!\w)") if terms else None

    def expand(self, text: str) -> str:
        """Return the text with every sense put behind the first use of each term: `LL (Lend-Lease)`; for searching."""
        seen: set[str] = set()
        lower = text.casefold()

        def explain(entry: Abbreviation, written: str, tail: str, before: str) -> str:
            senses = [_inflect(sense, tail) for sense in entry.stands_for if sense.casefold() not in lower]
            if entry.term in seen or not senses:
                return written
            seen.add(entry.term)
            return f"{written} ({', '.join(senses)})"

        return self._replace(text, explain)

    def spell_out(self, text: str) -> str:
        """Return the text with each term replaced by its most usual sense; for reading."""

        def spell(entry: Abbreviation, written: str, tail: str, before: str) -> str:
            sense = entry.stands_for[0]
            already = before.casefold().endswith(f"{sense.casefold()} (")
            return written if already else _inflect(sense, tail)

        return self._replace(text, spell)

    def _replace(self, text: str, change: Callable[[Abbreviation, str, str, str], str]) -> str:
        if self._pattern is None:
            return text

        def one(match: re.Match[str]) -> str:
            term, tail = match["term"], match["tail"] or ""
            entry = self._exact.get(term) or self._loose[term.casefold()]
            return change(entry, match[0], tail, text[: match.start()])

        return self._pattern.sub(one, text)


def _is_loose(term: str) -> bool:
    return not term.isupper() and not _is_name(term)


def _is_name(term: str) -> bool:
    return term.isalpha() and term[0].isupper() and term[1:].islower()


def _forms(term: str) -> set[str]:
    return {term, term.upper()} if _is_name(term) else {term}


def _pattern(term: str) -> str:
    if _is_loose(term):
        return f"(?i:{re.escape(term)})"
    return "|".join(re.escape(form) for form in sorted(_forms(term)))


def _inflect(sense: str, tail: str) -> str:
    """Carry a plural or possessive over: `point of divergence` + `s` gives `points of divergence`."""
    if tail != "s":
        return sense + tail
    head, of, rest = sense.partition(" of ")
    return _plural(head) + of + rest


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"
