from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm import answers
from assistant.llm.answers import (
    ClaimsAnswer,
    ContinuationAnswer,
    DraftCite,
    JudgedAnswer,
    OverallAnswer,
    QuestionAnswer,
    faults,
)
from assistant.llm.reading import read_answer
from assistant.llm.schemas import is_strict
from assistant.records import ClaimType, Lean, Probability, SentenceType, Side, Verdict

ALL = [ClaimsAnswer, JudgedAnswer, OverallAnswer, ContinuationAnswer, QuestionAnswer]
SENTENCE = {"text": "They met.", "type": "documented", "cites": [{"evidence": 1, "quote": "met"}]}
FINDING = {
    "claim": 1,
    "sides": [{"evidence": 1, "quote": "met", "side": "for", "reason": "It says so."}],
    "verdict": "plausible",
    "low": 0.4,
    "high": 0.6,
    "sentences": [SENTENCE],
    "would_change": "A letter.",
    "alternatives": [],
    "contested": False,
}
EVENT = {
    "id": "oath-day",
    "date": "1946-04-25",
    "precision": "day",
    "title": "Oath Day",
    "sentences": [SENTENCE],
    "causes": ["pod"],
    "otl": {"text": "Nothing.", "cites": []},
    "low": 0.2,
    "high": 0.4,
}


def sentence(**changes: Any) -> QuestionAnswer:
    return QuestionAnswer.model_validate({"sentences": [{**SENTENCE, **changes}]})


@pytest.mark.parametrize("schema", ALL)
def test_every_answer_can_be_asked_for_strictly(schema) -> None:
    assert is_strict(schema.model_json_schema())


def test_every_public_answer_is_named() -> None:
    assert {schema.__name__ for schema in ALL} <= set(answers.__all__)


def test_the_lists_of_labels_reach_the_model() -> None:
    form = json.dumps(JudgedAnswer.model_json_schema())
    for label in [*SentenceType, *Verdict, *Side]:
        assert json.dumps(str(label)) in form


def test_a_sound_answer_has_no_faults() -> None:
    assert faults(sentence()) == []
    judged = JudgedAnswer.model_validate({"findings": [FINDING]})
    assert faults(judged) == []
    assert judged.findings[0].judged is Verdict.PLAUSIBLE
    assert judged.findings[0].probability == Probability(low=0.4, high=0.6)
    assert judged.findings[0].sides[0].stands is Side.FOR
    told = ContinuationAnswer.model_validate({"introduction": [], "events": [EVENT, {**EVENT, "otl": None}]})
    assert faults(told) == []
    assert told.events[0].probability == Probability(low=0.2, high=0.4)
    claim = {"quote": "they met", "gist": "They met.", "type": "fact", "lean": "yes"}
    found = ClaimsAnswer.model_validate({"claims": [claim]})
    assert faults(found) == []
    assert (found.claims[0].kind, found.claims[0].leaning) == (ClaimType.FACT, Lean.YES)
    overall = {"verdict": "not judged", "low": None, "high": None, "summary": [SENTENCE], "rubric": [], "changes": []}
    assert faults(OverallAnswer.model_validate(overall)) == []


@pytest.mark.parametrize(
    ("cite", "number", "quote"),
    [
        ({"evidence": 2, "quote": "met"}, 2, "met"),
        ({"evidence": 10**30, "quote": "met"}, 10**30, "met"),
        ({"evidence": -4, "quote": "met"}, -4, "met"),
        ({"evidence": "7", "quote": "met"}, 7, "met"),
        ({"evidence": 7.0, "quote": "met"}, 7, "met"),
        ({"evidence": 7.5, "quote": "met"}, 0, "met"),
        ({"evidence": "[7]", "quote": "met"}, 0, "met"),
        ({"evidence": None, "quote": None}, 0, ""),
        ({"evidence": True, "quote": ["a"]}, 0, '["a"]'),
        ({"quote": "met"}, 0, "met"),
        ({"evidence": 3}, 3, ""),
        (3, 3, ""),
        ("[3]", 0, "[3]"),
        (None, 0, ""),
        ([], 0, "[]"),
    ],
)
def test_a_bad_citation_costs_only_itself(cite: object, number: int, quote: str) -> None:
    good = {"evidence": 1, "quote": "met"}
    cites = sentence(cites=[good, cite, good]).sentences[0].cites
    assert [(found.evidence, found.quote) for found in cites] == [(1, "met"), (number, quote), (1, "met")]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_no_value_breaks_a_citation(value: object) -> None:
    for cite in (value, {"evidence": value, "quote": "met"}, {"evidence": 1, "quote": value}):
        assert isinstance(DraftCite.model_validate(cite).evidence, int)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "fact"}, "'fact' is none of documented, opinion, inference, invention"),
        ({"text": " "}, "the sentence is empty"),
    ],
)
def test_a_sentence_with_a_fault_stays_and_is_named(changes, said: str) -> None:
    answer = sentence(**changes)
    (fault,) = faults(answer)
    assert fault.startswith("sentences.0: ")
    assert said in fault
    assert answer.sentences[0].kind is (None if "type" in changes else SentenceType.DOCUMENTED)


def test_labels_are_read_without_regard_to_case() -> None:
    assert sentence(type=" Documented").sentences[0].kind is SentenceType.DOCUMENTED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"low": 40, "high": 60}, "no range"),
        ({"low": 0.6, "high": 0.4}, "no range"),
        ({"low": 0.6, "high": None}, "no range"),
        ({"low": None, "high": None}, "does not go with"),
        ({"verdict": "not judged"}, "does not go with"),
        ({"verdict": "maybe"}, "'maybe' is none of asb"),
    ],
)
def test_impossible_verdicts_and_ranges_are_named(changes, said: str) -> None:
    answer = JudgedAnswer.model_validate({"findings": [FINDING, {**FINDING, **changes}]})
    (fault,) = faults(answer)
    assert fault.startswith("findings.1: ")
    assert said in fault


def test_other_labels_are_named_too() -> None:
    side = {**FINDING["sides"][0], "side": "pro"}  # type: ignore[index]
    assert "findings.0.sides.0" in faults(JudgedAnswer.model_validate({"findings": [{**FINDING, "sides": [side]}]}))[0]
    claim = {"quote": "", "gist": "They met.", "type": "joke", "lean": "left"}
    assert len(faults(ClaimsAnswer.model_validate({"claims": [claim]}))) == 3
    event = {**EVENT, "causes": [], "high": 2}
    assert len(faults(ContinuationAnswer.model_validate({"introduction": [], "events": [event]}))) == 2


@pytest.mark.parametrize("left_out", sorted(FINDING))
def test_what_is_missing_altogether_is_a_failure(left_out: str) -> None:
    finding = {key: value for key, value in FINDING.items() if key != left_out}
    value, failures = read_answer(json.dumps({"findings": [finding]}), JudgedAnswer)
    assert value is None
    assert failures == [f"findings.0.{left_out}: Field required"]


def test_what_was_not_asked_for_is_left_aside() -> None:
    assert read_answer(json.dumps({"sentences": [{**SENTENCE, "mood": "grave"}], "ok": True}), QuestionAnswer)[0]
