from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import ClaimType, Post
from assistant.writing.claims import split_claims

SHARED = Path(__file__).parents[3] / "shared" / "threads" / "elbe-day-paste.txt"

OPENER = """AHC: The Handshake That Held

Here is one for the opposite camp. :)

--Western opinion of Moscow was friendly in 1945.
--Everybody was tired of war; nobody wanted another.

In my proposed TL, the meeting leads to a lasting thaw. Examples:

--LL is not cut off when the war ends.
--Nuclear technology is shared with Stalin.

What do you think? Surely this can't be that undoable. :cool:
"""
REPLY = """Unlikely without an earlier POD.

They had installed dictatorships in Eastern Europe, kept a huge army in the field, blockaded West Berlin, helped the Greek
communists in the civil war and refused to join the Marshall Plan when it was offered to them.

If Stalin dies in late 1945, maybe.
"""


def texts(body: str, **options: object) -> list[str]:
    return [claim.text for claim in split_claims(body, **options)]  # type: ignore[arg-type]


def test_bullets_and_statements_are_claims_and_greetings_titles_and_questions_are_not() -> None:
    assert texts(OPENER) == [
        "Western opinion of Moscow was friendly in 1945.",
        "Everybody was tired of war; nobody wanted another.",
        "In my proposed TL, the meeting leads to a lasting thaw.",
        "LL is not cut off when the war ends.",
        "Nuclear technology is shared with Stalin.",
    ]


def test_what_follows_a_proposing_line_is_a_proposal() -> None:
    kinds = [claim.type for claim in split_claims(OPENER)]
    assert kinds == [ClaimType.REASON, ClaimType.REASON, ClaimType.PROPOSAL, ClaimType.PROPOSAL, ClaimType.PROPOSAL]


def test_one_sentence_with_five_accusations_is_five_claims_with_their_subject() -> None:
    posts = [Post(number=1, start=0, end=1), Post(number=2, start=2, end=2 + len(REPLY))]
    claims = [claim for claim in split_claims("x\n" + REPLY, posts) if claim.post == 2]
    assert [claim.text.split()[0] for claim in claims] == [
        "Unlikely",
        "They",
        "kept",
        "blockaded",
        "helped",
        "refused",
        "If",
    ]
    assert claims[3].text == "blockaded West Berlin"
    assert claims[3].gist == "They blockaded West Berlin"
    assert claims[-1].type is ClaimType.POD
    assert claims[3].type is ClaimType.FACT


@pytest.mark.parametrize(
    "noise",
    [
        "Banned",
        "Last edited: Mar 3, 2011",
        "Hello all!",
        "Thoughts?",
        "Great thread.",
        "lol ;)",
        "Top",
        "I agree.",
        "Interesting idea!",
    ],
)
def test_forum_furniture_and_small_talk_are_no_claims(noise: str) -> None:
    assert texts(noise) == []


def test_a_rhetorical_question_leaves_the_statement_before_it() -> None:
    body = "Many nations had put aside their differences to beat a common foe, so why could they not go on?"
    assert texts(body) == ["Many nations had put aside their differences to beat a common foe"]


def test_abbreviations_are_spelled_out_for_the_search_only() -> None:
    (claim,) = split_claims("LL goes on after the war.", spell_out=lambda text: text.replace("LL", "Lend-Lease"))
    assert claim.text == "LL goes on after the war."
    assert claim.gist == "Lend-Lease goes on after the war."


@given(st.text(max_size=400), st.integers(0, 40))
def test_spans_are_exact_ordered_and_inside_their_post(body: str, cut: int) -> None:
    middle = min(cut, len(body))
    posts = [
        Post(number=number, start=low, end=high)
        for number, (low, high) in enumerate([(0, middle), (middle, len(body))], start=1)
        if low < high
    ]
    end = 0
    for claim in split_claims(body, posts):
        assert body[claim.start : claim.end] == claim.text
        assert claim.start >= end
        end = claim.end


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="the sample thread is not beside this checkout")
def test_the_real_thread_gives_its_bullets_and_its_objections() -> None:
    claims = split_claims(SHARED.read_text(encoding="utf-8"))
    found = [claim.text for claim in claims]
    assert 35 <= len(found) <= 60
    for words in (
        "Nuclear technology is shared with Stalin.",
        "Merchantmen were kept in isolation from dockworkers",
        "blockaded West Berlin",
        "support to the Greek communists in the civil war",
        "Not with Stalin at helm in Soviet Union.",
    ):
        assert words in found
    assert not any("What do you think" in text or "undoable" in text or text == "Banned" for text in found)


def test_a_point_of_a_list_needs_no_known_verb_and_an_interjection_is_no_claim() -> None:
    text = "OK hear me out guys. POD is Potsdam.\n\n- SU joins Bretton Woods, money flows to Moscow\n- lol\n\nKinda ASB tbh.\n"
    assert [claim.text for claim in split_claims(text)] == ["SU joins Bretton Woods, money flows to Moscow"]
