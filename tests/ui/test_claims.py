from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.records import ClaimType, Critique, Finding, Verdict
from assistant.ui.citations import Numbers, link_to, numbers_of
from assistant.ui.claims import card, marked_text
from assistant.ui.verdicts import SHAPES, chip
from assistant.workbench import Workbench


def words_of(made: str) -> str:
    """What a reader sees, without the numbers of the claims."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup>.*?</sup>", "", made)))


def finding(text: str, start: int, end: int) -> Finding:
    return Finding(
        start=start,
        end=end,
        text=text[start:end],
        type=ClaimType.FACT,
        verdict=Verdict.NOT_JUDGED,
        probability=None,
        for_=[],
        against=[],
        searched=7,
        would_change="",
    )


@given(
    st.text(alphabet="ab<&> \n-:$`", min_size=2, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=5),
)
def test_the_text_is_shown_whole_and_exact_whatever_is_marked(text: str, spans: list[tuple[int, int]]) -> None:
    found = [finding(text, low, high) for low, high in spans if low < high <= len(text)]
    made = str(marked_text(text, found))
    assert words_of(made) == text
    assert [f'id="text-{number}"' in made for number in range(1, len(found) + 1)] == [True] * len(found)


def test_nothing_in_a_hostile_text_becomes_markup(hostile_critique: Critique) -> None:
    numbers = numbers_of(hostile_critique)
    assert hostile_critique.claims
    made = str(marked_text(hostile_critique.text, hostile_critique.claims))
    made += "".join(str(card(at, found, numbers)) for at, found in enumerate(hostile_critique.claims, 1))
    assert "<script" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made
    assert "&lt;script&gt;" in made
    assert set(re.findall(r'href="([^"?]*)', made)) <= {"sources", *re.findall(r'href="(#[^"]*)', made)}


def test_a_claim_without_evidence_says_how_much_was_searched() -> None:
    made = words_of(str(card(1, finding("It rained.", 0, 10), Numbers())))
    assert "none for, none against (7 passages searched)" in made
    assert "None found in 7 passages." in made


def test_every_verdict_has_a_shape_and_a_word_of_its_own() -> None:
    assert len({SHAPES[verdict] for verdict in Verdict}) == len(Verdict)
    for verdict in Verdict:
        assert SHAPES[verdict] in chip(verdict)
        assert str(verdict) in str(chip(verdict)).lower()


def test_numbers_on_the_page_are_those_of_the_exports(hostile_critique: Critique, bench: Workbench) -> None:
    numbers = numbers_of(hostile_critique)
    exported = bench.export(hostile_critique, "md")[0]
    citations = [citation for found in hostile_critique.claims for citation in [*found.for_, *found.against]]
    assert citations
    for citation in citations:
        entry = exported.index(f"**[{numbers.of(citation)}]**")
        assert citation.source_hash[:8] in exported[entry : entry + 3000]


def test_a_link_names_source_span_and_text() -> None:
    assert link_to("a-note", 3, 9, "ff") == "sources?source=a-note&start=3&end=9&text=ff"
    assert link_to("a&b=c") == "sources?source=a%26b%3Dc"
