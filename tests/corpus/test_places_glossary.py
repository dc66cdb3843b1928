"""The registers of places and of short forms, and from when the notes say that they could be known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter

from assistant.dates import earliest
from assistant.library.notes import read_corpus
from assistant.library.people import load_people
from assistant.library.yamltext import load_yaml
from assistant.records import Record, Source
from assistant.retrieval.glossary import Glossary, load_glossary

CORPUS = Path(__file__).parents[2] / "corpus"

Words = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]


class OtherName(Record):
    """Another name of a place, and when or by whom it is used."""

    name: Words
    used: Words


class Place(Record):
    """A place as the time named it, with the states that held it."""

    name: Words
    country_1937: Words
    country_1950: Words
    also: list[OtherName] = []
    note: str = ""

    def names(self) -> Iterator[str]:
        yield self.name
        yield from (other.name for other in self.also)


@pytest.fixture(scope="module")
def places() -> list[Place]:
    path = CORPUS / "places.yaml"
    return TypeAdapter(list[Place]).validate_python(load_yaml(path.read_text("utf-8"), str(path)))


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary(CORPUS / "glossary.yaml")


@pytest.fixture(scope="module")
def notes() -> list[Source]:
    return read_corpus(CORPUS / "notes")


def test_there_are_places_enough_and_each_has_another_name_or_a_reason(places: list[Place]) -> None:
    assert len(places) >= 70
    changed = [place for place in places if place.country_1937 != place.country_1950]
    assert len(changed) >= 50
    bare = [place.name for place in places if not place.also and not place.note and place not in changed]
    assert len(bare) <= 3, bare


def test_one_name_is_one_place(places: list[Place]) -> None:
    names = Counter(name.casefold() for place in places for name in place.names())
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize(
    ("name", "known_as", "held"),
    [
        ("Szczecin", "Stettin", ("Germany", "Poland")),
        ("Kaliningrad", "Königsberg", ("Germany", "Soviet Union (RSFSR)")),
        ("Wrocław", "Breslau", ("Germany", "Poland")),
        ("Lviv", "Lwów", ("Poland", "Soviet Union (Ukrainian SSR)")),
        ("Gdańsk", "Danzig", ("Free City of Danzig", "Poland")),
        ("Vyborg", "Viipuri", ("Finland", "Soviet Union (RSFSR)")),
        ("Perm", "Molotov", ("Soviet Union (RSFSR)", "Soviet Union (RSFSR)")),
        ("Volgograd", "Stalingrad", ("Soviet Union (RSFSR)", "Soviet Union (RSFSR)")),
        ("Lüshun", "Port Arthur", ("Kwantung Leased Territory (Japan)", "China, with a Soviet naval base")),
        ("Shenyang", "Mukden", ("Manchukuo (Japanese client state)", "China")),
        ("Trst", "Trieste", ("Italy", "Free Territory of Trieste (Zone A)")),
    ],
)
def test_a_later_name_leads_to_the_name_of_the_time(
    places: list[Place], name: str, known_as: str, held: tuple[str, str]
) -> None:
    found = [place for place in places if name in place.names()]
    assert [(place.name, (place.country_1937, place.country_1950)) for place in found] == [(known_as, held)]


def test_later_names_that_the_notes_use_are_in_the_register(places: list[Place], notes: list[Source]) -> None:
    named = {place for note in notes if note.note for place in note.note.places}
    names = {name for place in places for name in place.names()}
    renamed = {"Arkhangelsk", "Beijing", "Chongqing", "Dalian", "Kyiv", "Lviv", "Lüshun", "Nizhny Novgorod", "Ozyorsk"}
    renamed |= {"Plzeň", "Severodvinsk", "Svalbard", "Szklarska Poręba", "Volgograd"}
    assert (named & renamed) - names == set()


def test_there_are_short_forms_enough_of_both_kinds(glossary: Glossary) -> None:
    kinds = Counter(entry.kind for entry in glossary.entries)
    assert sum(kinds.values()) >= 120
    assert min(kinds["forum"], kinds["period"]) >= 40


def test_a_text_once_spelled_out_stays_as_it_is(glossary: Glossary) -> None:
    changed = {entry.term: glossary.spell_out(entry.stands_for[0]) for entry in glossary.entries}
    assert {e.term: changed[e.term] for e in glossary.entries if changed[e.term] != e.stands_for[0]} == {}


def test_every_term_is_found_and_tells_the_search_something(glossary: Glossary) -> None:
    kept_as_they_are = {"AK-47"}  # there only so that a part of it is not taken for another term
    silent = [entry.term for entry in glossary.entries if glossary.expand(entry.term) == entry.term]
    assert set(silent) <= kept_as_they_are


def test_nicknames_stand_for_the_people_of_the_register(glossary: Glossary) -> None:
    names = {alias: person.name for person in load_people(CORPUS / "people.yaml") for alias in person.aliases}
    wrong = {
        entry.term: names[entry.term]
        for entry in glossary.entries
        if entry.term in names and not any(names[entry.term] in sense for sense in entry.stands_for)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("LL to the SU", "Lend-Lease to the Soviet Union"),
        ("a pre-Stalin POD, and the WAllies", "a pre-Stalin point of divergence, and the Western Allies"),
        ("Uncle Joe leaves the mortal coil", "Joseph Stalin leaves the mortal coil"),
        ("Old Joe's commies", "Joseph Stalin's Communists"),
        ("GIs and POWs", "American soldiers and prisoners of war"),
        ("the Brits fear the reds and their A-bomb", "the British fear the Communists and their atomic bomb"),
        ("heard about Katryn and Warzaw", "heard about Katyn and Warsaw"),
        ("HST and FDR", "Harry S. Truman and Franklin D. Roosevelt"),
        ("two CFMs in the SBZ", "two Councils of Foreign Ministers in the Soviet zone of occupation"),
        ("McCarthy (R-WI): WI he loses?", "McCarthy (Republican, Wisconsin): what if he loses?"),
    ],
)
def test_forum_english_is_spelled_out(glossary: Glossary, text: str, spelled: str) -> None:
    assert glossary.spell_out(text) == spelled


@pytest.mark.parametrize(
    "text",
    [
        "It was 3 PM, and NO ONE was ON the PC; let us go on.",
        "He said in all his letters that we can win; as for me, I am at it still.",
        "US-built trucks, the PPS and NSC 68 keep their names, as do Winston Churchill, Kiev and the Red Army.",
        "Joe saw Jerry and Harry; red flags, unthinkable losses, an old joke.",
        "ALL WE ASK IS THAT THE WAR END.",
    ],
)
def test_ordinary_text_reads_as_it_was(glossary: Glossary, text: str) -> None:
    assert glossary.spell_out(text) == text


def test_ambiguous_terms_are_explained_to_the_search_only(glossary: Glossary) -> None:
    assert glossary.expand("the PPS") == "the PPS (Policy Planning Staff, Polish Socialist Party)"
    assert glossary.spell_out("the PPS") == "the PPS"
    assert glossary.expand("the Red Army") == "the Red Army (Soviet army, Soviet troops)"
    assert glossary.expand("near Stettin") == "near Stettin (Szczecin)"


def test_nothing_is_known_before_it_happened(notes: list[Source]) -> None:
    dated = [note for note in notes if note.known_from and note.date]
    assert len(dated) >= 20
    assert [n.id for n in dated if earliest(n.known_from or "") < earliest(n.date or "")] == []


@pytest.mark.parametrize(
    ("id_", "known_from"),
    [
        ("venona-decryption", "1995-07"),
        ("novikov-telegram-1946-09", "1990"),
        ("clifford-elsey-report-1946-09-24", "1968"),
        ("nsc-68-1950-04", "1975"),
        ("operation-unthinkable-1945-05", "1998"),
        ("percentages-agreement-1944-10", "1953"),
        ("soviet-atomic-espionage-fuchs", "1950-02"),
        ("yalta-far-eastern-agreement-1945-02-11", "1946-02-11"),
        ("soviet-test-1949-08-29", "1949-09-23"),
    ],
)
def test_secret_matters_are_known_from_when_they_came_out(notes: list[Source], id_: str, known_from: str) -> None:
    assert {note.id: note.known_from for note in notes}[id_] == known_from
