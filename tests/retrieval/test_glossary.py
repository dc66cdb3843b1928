from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CorpusError
from assistant.retrieval.glossary import Abbreviation, Glossary, load_glossary


def entry(term: str, *stands_for: str) -> Abbreviation:
    return Abbreviation(term=term, stands_for=list(stands_for), kind="forum")


GLOSSARY = Glossary(
    [
        entry("LL", "Lend-Lease"),
        entry("SU", "Soviet Union"),
        entry("WAllies", "Western Allies"),
        entry("Uncle Joe", "Joseph Stalin"),
        entry("Ike", "Dwight D. Eisenhower"),
        entry("POD", "point of divergence"),
        entry("U.S.", "United States"),
        entry("CP", "Communist Party", "command post"),
    ]
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("LL to the SU", "Lend-Lease to the Soviet Union"),
        ("ALL ill-will", "ALL ill-will"),
        ("su and ll stay", "su and ll stay"),
        ("wallies, WALLIES and WAllies", "Western Allies, Western Allies and Western Allies"),
        ("uncle joe's plan", "Joseph Stalin's plan"),
        ("Ike, IKE, but not ike", "Dwight D. Eisenhower, Dwight D. Eisenhower, but not ike"),
        ("two PODs", "two points of divergence"),
        ("the SU’s fear, anti-SU", "the Soviet Union’s fear, anti-Soviet Union"),
        ("in the U.S. and beyond", "in the United States and beyond"),
        ("CPs of Europe", "Communist Parties of Europe"),
        ("Lend-Lease (LL) ended", "Lend-Lease (LL) ended"),
        ("PODS", "PODS"),
        ("", ""),
    ],
)
def test_spells_out_whole_words_in_their_case(text: str, spelled: str) -> None:
    assert GLOSSARY.spell_out(text) == spelled


def test_expands_the_first_use_with_every_sense() -> None:
    assert GLOSSARY.expand("The CP and the CP") == "The CP (Communist Party, command post) and the CP"


def test_expansion_adds_nothing_that_the_text_says_already() -> None:
    assert GLOSSARY.expand("SU means Soviet Union") == "SU means Soviet Union"


def test_the_longer_term_wins() -> None:
    glossary = Glossary([entry("OTL", "our timeline"), entry("OTL+", "our timeline, roughly")])
    assert glossary.spell_out("in OTL+ and OTL") == "in our timeline, roughly and our timeline"


@given(st.text())
def test_any_text_is_taken_and_none_of_it_lost(text: str) -> None:
    expanded = GLOSSARY.expand(text)
    remains = iter(expanded)
    assert all(character in remains for character in text)
    GLOSSARY.spell_out(text)


@given(st.text())
def test_an_empty_glossary_changes_nothing(text: str) -> None:
    assert Glossary().expand(text) == Glossary().spell_out(text) == text


def test_reads_a_file(tmp_path) -> None:
    path = tmp_path / "glossary.yaml"
    path.write_text("- {term: LL, stands_for: [Lend-Lease], kind: forum, note: American aid}\n", encoding="utf-8")
    assert load_glossary(path).spell_out("LL") == "Lend-Lease"


@pytest.mark.parametrize(
    "content",
    [
        "- {term: NO, stands_for: [x], kind: forum}",  # YAML reads NO as false
        "- {term: LL, stands_for: [], kind: forum}",
        "- {term: LL, stands_for: [a], kind: forum}\n- {term: LL, stands_for: [b], kind: period}",
        "term: [",
        "{a: 1}",
    ],
)
def test_refuses_a_file_of_another_form(tmp_path, content: str) -> None:
    path = tmp_path / "glossary.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"glossary\.yaml"):
        load_glossary(path)


def test_names_a_file_that_is_not_there(tmp_path) -> None:
    with pytest.raises(CorpusError, match=r"missing\.yaml"):
        load_glossary(tmp_path / "missing.yaml")
