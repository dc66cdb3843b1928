from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from assistant.llm.reading import read_answer


class Oath(BaseModel):
    place: str
    years: list[int] = []


class Anything(BaseModel):
    value: Any


PLAIN = '{"place": "Torgau", "years": [1945]}'


@pytest.mark.parametrize(
    "text",
    [PLAIN, f"Here it is:\n```json\n{PLAIN}\n```\nGlad to help.", f"\ufeff  {PLAIN}", f"{PLAIN} {{and more}}"],
)
def test_finds_the_object_in_what_stands_around_it(text: str) -> None:
    assert read_answer(text, Oath) == (Oath(place="Torgau", years=[1945]), [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"place": "Torgau", "years": [1945]', "breaks at line 1"),
        ('{"place": "Torgau",}', "breaks at line 1"),
        ("{'place': 'Torgau'}", "breaks at line 1"),
        ('{"place": "Tor\ngau"}', "breaks at line 1"),
        ('As {asked}: {"place": "Torgau"}', "breaks at line 1"),
        ('{"place": "Torgau", "place": "Berlin"}', "'place' stands twice"),
        ('{"place": "Torgau", "years": [NaN]}', "NaN is no number"),
        ('{"place": "\\ud83d"}', "surrogate"),
        ('{"place": ' * 100_000, "nested too deep"),
        ('{"place": ' + "9" * 5000 + "}", "cannot be read"),
    ],
)
def test_broken_json_is_told_and_not_mended(text: str, said: str) -> None:
    value, failures = read_answer(text, Oath)
    assert value is None
    assert len(failures) == 1
    assert said in failures[0]


def test_each_field_that_does_not_fit_is_named_with_its_place() -> None:
    value, failures = read_answer('{"years": [1945, "soon"]}', Oath)
    assert value is None
    assert [failure.split(":")[0] for failure in failures] == ["place", "years.1"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values, st.text().filter(lambda text: "{" not in text), st.text())
def test_reads_back_any_value_in_any_prose(value: Any, before: str, after: str) -> None:
    text = before + json.dumps({"value": value}, ensure_ascii=False) + after
    assert read_answer(text, Anything) == (Anything(value=value), [])


@given(st.text())
def test_never_raises(text: str) -> None:
    value, failures = read_answer("{" + text, Oath)
    assert (value is None) == bool(failures)
