"""The corpus check: everything that can be held against the shipped files without asking a person.

Notes against their own rules, the registers against the notes, the scenario's cited sentences against the paragraphs that they
rest on. Whatever is wrong is listed; nothing is mended.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import yaml
from rapidfuzz import fuzz

from assistant.checks.continuity import Register, check_people
from assistant.checks.figures import unsupported
from assistant.dates import earliest, latest, overlaps, parse_partial, spoken
from assistant.errors import CorpusError
from assistant.library.digest import load_digest
from assistant.library.notes import read_corpus
from assistant.library.people import load_people
from assistant.records import NoteFacts, Passage, Person, SentenceType, Source
from assistant.retrieval.glossary import load_glossary
from assistant.text import words
from assistant.worldlines.loading import load_model, problems_in
from assistant.worldlines.model import BriefSentence, ScenarioModel

__all__ = ["Checked", "Fault", "check_corpus"]

THEMES = frozenset(
    "elbe-link-up contacts public-opinion leadership conference-diplomacy united-nations poland eastern-europe germany "
    "reparations berlin lend-lease-and-credits trade-and-bretton-woods atomic espionage containment greece-turkey-iran "
    "marshall-plan ideology soviet-domestic us-domestic western-communists military asia repatriation yugoslavia-trieste britain "
    "stalin-succession".split()
)
# Hosts that keep their addresses: archives of state, presidential libraries, universities, journals, the press of record.
LASTING = (
    "history.state.gov", "nationalarchives.gov.uk", "archives.gov", "loc.gov", "congress.gov", "api.parliament.uk", "trumanlibrary.gov",
    "trumanlibrary.org", "fdrlibrary.org", "eisenhowerlibrary.gov", "wilsoncenter.org", "avalon.law.yale.edu", "gwu.edu", "nato.int",
    "un.org", "undocs.org", "ghi-dc.org", "natlib.govt.nz", "gallup.com", "time.com", "ropercenter.cornell.edu", "marxists.org",
    "nobelprize.org", "bpb.de", "iaea.org", "cia.gov", "archive.org", "foreignaffairs.com", "cambridge.org", "jstor.org", "oup.com",
    "doi.org", "airandspaceforces.com", "zeit.de", "nsa.gov", "senate.gov", "house.gov", "govinfo.gov", "britannica.com",
    "edu", "ac.uk", "unb.ca", "umk.pl",
)  # fmt: skip
WORDS = 60  # the most that a statement may have
NEARLY_THE_SAME = 92.0  # similarity of two notes' words above which they tell one thing twice
_POSTHUMOUS = re.compile(
    r"\b(?:dead|death|died|dies|dying|funeral|memor\w+|late|legacy|posthumous\w*|killed|executed|shot|memoirs?)\b", re.I
)
# A number that ends a sentence counts nothing, unless what came before says what it is ("often called 8,000" words, votes, a
# message's own number).
_BARE_NUMBER = re.compile(r"(?<![\w.,$£/-])(\d{1,3}(?:,\d{3})+|\d{3,})(?=\s*[.;:)]\s|\s*$)")
_COUNTED = re.compile(
    r"\b(?:by|to|of|for|votes?|numbered|from|and|between|Resolution|No\.|Act|[Oo]rder|Company|about|against|at|called|nearly|over|"
    r"SCAF|NSC)\s*$"
)
_YEAR = re.compile(r"\b1[89]\d\d\b")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the file or entry, and what."""

    where: str
    what: str


@dataclass
class Checked:
    """What the check found: faults, lines worth reading that are no faults, and counts."""

    problems: list[Fault] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, where: str, what: str) -> None:
        """List a fault."""
        self.problems.append(Fault(where, what))


def check_corpus(folder: Path) -> Checked:
    """Check a corpus folder (`notes/`, `threads/`, `scenarios/`, registers) and count what it holds."""
    found = Checked()
    notes = _read(found, "notes", lambda: read_corpus(folder / "notes"), [])
    people = _read(found, "people.yaml", lambda: load_people(folder / "people.yaml"), [])
    by_id = {note.id: note for note in notes}
    for note in notes:
        _note(found, note)
    _alike(found, notes)
    _people(found, notes, people)
    chronology = _chronology(found, folder / "chronology.yaml", by_id)
    statements = _threads(found, folder / "threads", by_id)
    passages = {passage.id: passage for note in notes for passage in note.passages}
    models = [
        _scenario(found, path, by_id, passages) for path in sorted((folder / "scenarios").glob("*/")) if path.is_dir()
    ]
    places = _plain_list(found, folder / "places.yaml")
    _read(found, "glossary.yaml", lambda: load_glossary(folder / "glossary.yaml"), None)
    glossary = _plain_list(found, folder / "glossary.yaml")
    _resting(found, notes)
    references = [reference for note in notes if note.note for reference in note.note.references]
    found.counts = {
        "notes": len(notes),
        "themes": len({theme for note in notes if note.note for theme in note.note.themes}),
        "paragraphs": sum(len(note.passages) for note in notes),
        "works cited": len({reference.cite for reference in references}),
        "citations seen to say it": sum(reference.checked for reference in references),
        "people": len(people),
        "dated events": len(chronology),
        "places": len(places),
        "abbreviations": len(glossary),
        "thread statements": statements,
    }
    for model in models:
        if model:
            name = model.scenario.id
            found.counts |= {
                f"{name}: drivers": len(model.drivers),
                f"{name}: hinges": len(model.hinges),
                f"{name}: levers": len(model.levers),
                f"{name}: theses": len(model.theses),
                f"{name}: outcomes": len(model.outcomes),
                f"{name}: cited sentences": sum(bool(sentence.rests_on) for _, sentence in _sentences(model)),
            }
    return found


def _read(found: Checked, where: str, read: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return read()
    except CorpusError as error:
        found.add(where, str(error))
        return otherwise


def _plain_list(found: Checked, path: Path) -> list[dict[str, Any]]:
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, yaml.YAMLError) as error:
        found.add(path.name, f"cannot be read: {error}")
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        found.add(path.name, "is no list of entries")
        return []
    return rows


def _note(found: Checked, note: Source) -> None:
    facts = note.note
    if facts is None or note.origin is None:
        found.add(note.id, "has no front matter")
        return
    folder = Path(note.origin).parent.name
    for theme in sorted(set(facts.themes) - THEMES):
        found.add(note.id, f"{theme!r} is no theme")
    if folder != facts.themes[0]:
        found.add(note.id, f"lies in {folder}/, but its first theme is {facts.themes[0]}")
    if note.date and note.date_end and earliest(note.date) > latest(note.date_end):
        found.add(note.id, f"ends on {note.date_end}, before it begins")
    for passage in note.passages:
        _statement(found, passage)
    _prose(found, note.id, facts)
    for reference in facts.references:
        host = urlparse(reference.url).netloc if reference.url else ""
        if host and not any(host == lasting or host.endswith("." + lasting) for lasting in LASTING):
            found.add(note.id, f"the address on {host} may not last; keep the citation and drop the address")


def _statement(found: Checked, passage: Passage) -> None:
    count = len(passage.text.split())
    if count > WORDS:
        found.add(passage.id, f"has {count} words; a statement has at most {WORDS}")
    for match in _BARE_NUMBER.finditer(passage.text):
        if not _is_year(match[1]) and not _COUNTED.search(passage.text[: match.start()]):
            found.add(passage.id, f"the number {match[1]} has no unit")


def _prose(found: Checked, where: str, facts: NoteFacts) -> None:
    for name, text in [("why", facts.why), *(("an alternative", road.text) for road in facts.roads)]:
        if not text.rstrip().endswith((".", ".”", '."', "!", "?")) or not text[:1].isupper():
            found.add(where, f"{name} is no complete sentence: {text[:60]!r}")


def _is_year(number: str) -> bool:
    return "," not in number and len(number) == 4 and 1000 <= int(number) <= 2100


def _alike(found: Checked, notes: list[Source]) -> None:
    texts = {note.id: " ".join(words(note.text)) for note in notes}
    for one, other in combinations(texts, 2):
        if fuzz.token_sort_ratio(texts[one], texts[other], score_cutoff=NEARLY_THE_SAME):
            found.add(one, f"is nearly the same as {other}")


def _people(found: Checked, notes: list[Source], people: list[Person]) -> None:
    known: dict[str, Person] = {name: person for person in people for name in (person.name, *person.aliases)}
    register = Register(person for person in people if person.side != "scholarship")
    for note in notes:
        for name in note.note.people if note.note else []:
            person = known.get(name)
            if person is None:
                found.add(note.id, f"{name} is not in the people register")
            elif (
                person.born
                and person.side != "scholarship"
                and earliest(person.born) > latest(note.date_end or note.date or "9999")
            ):
                found.add(note.id, f"names {name}, who was born in {person.born[:4]}")
        for passage in note.passages:
            # A paragraph may look back: it is held against the first year that it names, where that lies before the note's date.
            named = _YEAR.findall(passage.text)
            date = min([*named, *([note.date] if note.date else [])], default=None)
            for problem in check_people(passage.text, date, register) if date else []:
                found.add(passage.id, problem)


def _chronology(found: Checked, path: Path, notes: Mapping[str, Source]) -> list[dict[str, Any]]:
    rows = _plain_list(found, path)
    before = ""
    for row in rows:
        where = f"chronology: {row.get('date')} {str(row.get('title'))[:50]}"
        try:
            date = parse_partial(str(row["date"]))
        except (KeyError, ValueError) as error:
            found.add(where, f"no possible date: {error}")
            continue
        if date < before:
            found.add(where, f"stands after {before}")
        before = date
        name = row.get("note")
        if name and name != "null":
            if name not in notes:
                found.add(where, f"there is no note {name}")
            elif not _agrees(date, notes[name]):
                found.add(where, f"the note {name} does not give this date")
        elif not row.get("source") or row.get("source") == "null":
            found.add(where, "rests on neither a note nor a source")
    return rows


def _agrees(date: str, note: Source) -> bool:
    """Tell whether a note bears a date out: in its span, or in so many words."""
    if note.date and overlaps(note.date, note.date_end, earliest(date), latest(date)):
        return True
    parts = spoken(date).split()
    return all(re.search(rf"\b{re.escape(part)}\b", note.text) for part in parts)


def _threads(found: Checked, folder: Path, notes: Mapping[str, Source]) -> int:
    count = 0
    for path in sorted(folder.glob("*.yaml")):
        digest = _read(found, path.name, partial(load_digest, path), None)
        for statement in digest.statements() if digest else []:
            count += 1
            for name in [*statement.bears_out, *statement.contradicts]:
                if name not in notes:
                    found.add(f"{path.name}: {statement.id}", f"there is no note {name}")
    return count


def _scenario(
    found: Checked, folder: Path, notes: Mapping[str, Source], passages: Mapping[str, Passage]
) -> ScenarioModel | None:
    faults = problems_in(folder, paragraphs=set(passages))
    for fault in faults:
        found.add(f"{folder.name}/{fault.where}", fault.what)
    if faults:
        return None
    model = load_model(folder)
    for where, name in _named_notes(model):
        if name not in notes:
            found.add(f"{folder.name}: {where}", f"there is no note {name}")
    for where, sentence in _sentences(model):
        if sentence.type is SentenceType.DOCUMENTED:
            cited = [part for ref in sentence.rests_on for part in (passages[ref].text, passages[ref].title)]
            beyond = unsupported(sentence.text, cited)
            if beyond:
                found.add(
                    f"{folder.name}: {where}",
                    f"says {', '.join(beyond)}, which is not in what it cites: {sentence.text[:70]!r}",
                )
    return model


def _named_notes(model: ScenarioModel) -> Iterator[tuple[str, str]]:
    for driver in model.drivers:
        yield from ((driver.id, name) for name in driver.notes)
    for lever in model.levers:
        yield from ((lever.id, name) for name in lever.notes)
        yield from ((lever.id, name) for move in lever.sets.drivers for name in move.notes)
    for outcome in model.outcomes:
        yield from ((outcome.id, name) for name in outcome.notes)
    for hinge in model.hinges:
        yield from ((hinge.id, name) for name in hinge.notes)
        yield from ((hinge.id, name) for weight in hinge.weights for name in weight.notes)
        yield from ((hinge.id, name) for each in hinge.outcomes for effect in each.effects for name in effect.notes)


def _sentences(model: ScenarioModel) -> Iterator[tuple[str, BriefSentence]]:
    briefs = [
        *((driver.id, driver.brief) for driver in model.drivers),
        *((lever.id, lever.brief) for lever in model.levers),
        *((thesis.id, thesis.brief) for thesis in model.theses),
    ]
    for name, brief in briefs:
        for sentence in [*brief.for_, *brief.against, *brief.judgement, *brief.alternatives]:
            yield name, sentence
    for hinge in model.hinges:
        for outcome in hinge.outcomes:
            for telling in outcome.tellings:
                yield from ((f"{hinge.id}, {outcome.id}", sentence) for sentence in telling.sentences)


def _resting(found: Checked, notes: list[Source]) -> None:
    """Report what rests on unchecked sources alone: no fault, but where to look first for the one wrong citation."""
    weak = [
        passage.id
        for note in notes
        for passage in note.passages
        if passage.references and not any(reference.checked for reference in passage.references)
    ]
    whole = Counter(name.split("#")[0] for name in weak)
    all_weak = sorted(note.id for note in notes if whole[note.id] == len(note.passages))
    total = sum(len(note.passages) for note in notes)
    found.report.append(f"{len(weak)} of {total} paragraphs rest on sources that nobody has seen to say it.")
    if all_weak:
        found.report.append(f"Notes of which that is true throughout: {', '.join(all_weak)}.")
