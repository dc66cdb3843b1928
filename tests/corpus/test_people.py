"""The shipped people register: complete for the notes, one name one person, dates that can be, titles that prose uses."""

from __future__ import annotations

import calendar
import unicodedata
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from assistant.checks.continuity import Register, check_people
from assistant.dates import earliest, latest
from assistant.library.notes import read_corpus
from assistant.library.people import load_people
from assistant.library.yamltext import load_yaml
from assistant.records import Office, Person, Source

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return load_people(CORPUS / "people.yaml")


@pytest.fixture(scope="module")
def notes() -> list[Source]:
    return read_corpus(CORPUS / "notes")


@pytest.fixture(scope="module")
def register(people: list[Person]) -> Register:
    return Register(people)


def names_of(person: Person) -> list[str]:
    return [person.name, *person.aliases]


def folded(name: str) -> str:
    """Return a name as it is compared: without accents and case."""
    return "".join(unicodedata.normalize("NFKD", char)[0] for char in name).casefold()


def test_enough_people_of_every_side(people: list[Person]) -> None:
    sides = {person.side for person in people}
    assert len(people) >= 400
    assert set("soviet american british french polish german yugoslav chinese scholarship".split()) <= sides


def test_everybody_named_in_a_note_is_registered(people: list[Person], notes: list[Source]) -> None:
    known = {name for person in people for name in names_of(person)}
    named = {name: note.id for note in notes if note.note for name in note.note.people}
    assert {name: where for name, where in named.items() if name not in known} == {}


def test_a_name_means_one_person(people: list[Person]) -> None:
    bearers: dict[str, set[str]] = defaultdict(set)
    for person in people:
        for name in names_of(person):
            bearers[folded(name)].add(person.id)
    assert {name: ids for name, ids in bearers.items() if len(ids) > 1} == {}


def test_no_name_stands_twice_with_a_person(people: list[Person]) -> None:
    assert [person.id for person in people if len(set(names_of(person))) < len(names_of(person))] == []


def test_nobody_dies_before_birth_or_grows_impossibly_old(people: list[Person]) -> None:
    lives = [(person.id, person.born, person.died) for person in people if person.born and person.died]
    wrong = [id_ for id_, born, died in lives if not 10 <= latest(died).year - earliest(born).year <= 110]
    assert wrong == []


def test_offices_lie_within_the_life_of_their_holder(people: list[Person]) -> None:
    wrong = [
        (person.id, office.title)
        for person in people
        for office in person.offices
        if (office.start and person.born and earliest(office.start) <= latest(person.born))
        or (office.start and person.died and earliest(office.start) > latest(person.died))
        or (office.end and person.died and earliest(office.end) > latest(person.died))
    ]
    assert wrong == []


def test_offices_stand_in_order(people: list[Person]) -> None:
    for person in people:
        starts = [earliest(office.start) for office in person.offices if office.start]
        assert starts == sorted(starts), person.id
        for office in person.offices:
            assert office.start is None or office.end is None or earliest(office.start) <= latest(office.end), person.id


def together(one: Office, other: Office) -> bool:
    """Tell whether two terms overlap however their dates are read."""
    ends = [earliest(office.end) for office in (one, other) if office.end]
    starts = [latest(office.start) for office in (one, other) if office.start]
    return len(ends) == 2 and len(starts) == 2 and max(starts) < min(ends)


ONE_AT_A_TIME = (
    "President of",
    "Prime Minister of",
    "Foreign Minister of",
    "Secretary of State of",
    "Foreign Secretary",
)


def test_no_two_hold_one_high_office_at_once(people: list[Person]) -> None:
    terms: dict[str, list[tuple[str, Office]]] = defaultdict(list)
    for person in people:
        for office in person.offices:
            if office.title.startswith(ONE_AT_A_TIME):
                title = office.title if "exile" in office.title else office.title.split(" (")[0]
                terms[title].append((person.id, office))
    assert len(terms["President of the United States"]) >= 3
    clashes = [
        (title, one, other)
        for title, held in terms.items()
        for (one, first), (other, second) in combinations(held, 2)
        if one != other and together(first, second)
    ]
    assert clashes == []


def test_those_whom_a_note_names_were_born_by_then(people: list[Person], notes: list[Source]) -> None:
    by_name = {name: person for person in people for name in names_of(person)}
    unborn = [
        (note.id, name)
        for note in notes
        if note.note and note.date
        for name in note.note.people
        if by_name[name].side != "scholarship"
        and (born := by_name[name].born)
        and earliest(born) > latest(note.date_end or note.date)
    ]
    assert unborn == []


def test_the_fates_of_the_scenario_are_those_of_registered_people(people: list[Person]) -> None:
    path = CORPUS / "scenarios" / "elbe-day" / "fates.yaml"
    rows = load_yaml(path.read_text("utf-8"), str(path))
    assert rows
    assert {row["person"] for row in rows} <= {person.id for person in people}


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("Uncle Joe smiled", "joseph-stalin"),
        ("Stalin's reply", "joseph-stalin"),
        ("Old Stone Bottom would not budge", "vyacheslav-molotov"),
        ("Monty grumbled", "bernard-montgomery"),
        ("Ike flew to Moscow", "dwight-d-eisenhower"),
        ("FDR had his doubts", "franklin-d-roosevelt"),
        ("Georgi Zhukov on a white horse", "georgy-zhukov"),
        ("Averell Harriman cabled", "w-averell-harriman"),
        ("Edvard Benes resigned", "edvard-benes"),
        ("Stanislaw Mikolajczyk went home", "stanislaw-mikolajczyk"),
        ("Chou En-lai in Geneva", "zhou-enlai"),
        ("the young Vasily Stalin", "vasily-stalin"),
        ("Eleanor Roosevelt presided", "eleanor-roosevelt"),
        ("Lord Halifax called", "lord-halifax"),
    ],
)
def test_nicknames_and_spellings_are_found(register: Register, words: str, person: str) -> None:
    assert [found.id for found, _ in register.find(words)] == [person]


@pytest.mark.parametrize(
    "words",
    [
        *(f"in {month} 1945" for month in calendar.month_name[1:]),
        "from Moscow to Berlin, Paris, London, Washington, Romania and France",
        "the White House and the Kremlin",
        "the III Corps met the Guards",
        "Lenin's tomb and the Order of Lenin",
        "Novikov or Kuznetsov, nobody could tell which",
    ],
)
def test_places_and_words_are_not_taken_for_people(register: Register, words: str) -> None:
    assert register.find(words) == []


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("President Roosevelt cabled", "1945-04-11"),
        ("President Truman spoke", "1945-04-12"),
        ("Vice President Wallace flew to Siberia", "1944-06"),
        ("Prime Minister Churchill walked out", "1945-07-25"),
        ("Prime Minister Attlee took his chair", "1945-07-28"),
        ("Foreign Secretary Bevin objected", "1946-04"),
        ("Foreign Minister Bevin objected", "1946-04"),
        ("Foreign Minister Molotov proposed a treaty", "1945-09-22"),
        ("Foreign Minister Vyshinsky vetoed it", "1950-09"),
        ("Secretary of State Byrnes went to Moscow", "1945-12"),
        ("Acting Secretary of State Grew signed", "1945-05-12"),
        ("Under Secretary of State Acheson testified", "1946-02"),
        ("Prime Minister Stalin received him", "1948-08-02"),
        ("President Kalinin gave a dinner", "1945-08"),
        ("President Beneš gave way", "1948-02-25"),
        ("Foreign Minister Masaryk returned", "1947-07-12"),
        ("Prime Minister Mikołajczyk flew to Moscow", "1944-10-12"),
        ("Prime Minister Mackenzie King worried", "1945-10"),
        ("Prime Minister Qavam signed", "1946-04-04"),
        ("Foreign Minister Bidault demurred", "1947-04"),
    ],
)
def test_titles_that_were_held_that_day_pass(register: Register, words: str, date: str) -> None:
    assert check_people(words, date, register) == []


@pytest.mark.parametrize(
    ("words", "date", "problem"),
    [
        ("President Truman spoke", "1953-02", "Harry S. Truman was not President on February 1953"),
        ("Prime Minister Churchill spoke", "1946-03-05", "Winston Churchill was not Prime Minister on 5 March 1946"),
        ("Foreign Minister Molotov spoke", "1950-06", "Vyacheslav Molotov was not Foreign Minister on June 1950"),
        ("Secretary of State Marshall spoke", "1946-06", "George C. Marshall was not Secretary of State on June 1946"),
        ("Hopkins flew to Moscow", "1947-05", "Harry Hopkins died on 29 January 1946, before May 1947"),
        ("Zhdanov answered", "1949-01", "Andrei Zhdanov died on 31 August 1948, before January 1949"),
    ],
)
def test_the_dead_and_those_out_of_office_are_caught(register: Register, words: str, date: str, problem: str) -> None:
    assert check_people(words, date, register) == [problem]
