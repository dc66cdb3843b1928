import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks.citations import check_citation, check_sentence, settle
from assistant.records import Citation, Sentence, SentenceType, Tier
from assistant.text import content_hash

TEXT = "On 25 April 1945 patrols met at Torgau. Stalin kept the bargain over Greece in 1944."
SHELF = {content_hash(TEXT): TEXT}


def citation(
    first: int = 0, last: int = 39, *, tier: Tier = Tier.PRIMARY, text: str = TEXT, **changes: object
) -> Citation:
    fields = {
        "source_id": "note", "source_hash": content_hash(text), "title": "A note", "tier": tier, "locator": "para. 1",
        "date": "1945-04-25", "start": first, "end": last, "quote": text[first:last],
    }  # fmt: skip
    return Citation.model_validate(fields | changes)


def test_a_true_citation_passes() -> None:
    assert check_citation(citation(), SHELF.get) is None


@given(st.integers(0, 38), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_altered_character_is_caught(at: int, char: str) -> None:
    quote = TEXT[:at] + char + TEXT[at + 1 : 39]
    problem = check_citation(citation(quote=quote), SHELF.get)
    assert (problem is None) == (quote == TEXT[:39])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": 1, "end": 40, "quote": TEXT[:39]}, "other words"),
        ({"source_hash": "0" * 64}, "not on the shelf"),
        ({"start": 900, "end": 939, "quote": TEXT[:39]}, "other words"),
    ],
)
def test_a_wrong_place_or_source_is_named(changes: dict[str, object], words: str) -> None:
    assert words in (check_citation(citation(0, 39, **changes), SHELF.get) or "")


def test_a_shelf_whose_text_changed_under_its_hash_is_noticed() -> None:
    assert "no longer has the hash" in (check_citation(citation(), lambda _: TEXT + " ") or "")


def test_a_documented_sentence_may_say_no_more_than_it_cites() -> None:
    fine = Sentence(text="Patrols met at Torgau in April 1945.", type=SentenceType.DOCUMENTED, citations=[citation()])
    wrong = Sentence(text="Patrols met at Torgau in April 1946.", type=SentenceType.DOCUMENTED, citations=[citation()])
    assert check_sentence(fine) is None
    assert "1946" in (check_sentence(wrong) or "")


def test_settling_keeps_what_holds_and_lists_what_failed() -> None:
    kept, rejected = settle(
        "Patrols met at Torgau.", SentenceType.DOCUMENTED, [citation()], ["evidence 9 does not exist"]
    )
    assert kept is not None
    assert kept.type is SentenceType.DOCUMENTED
    assert [(item.outcome, item.reason) for item in rejected] == [("flagged", "evidence 9 does not exist")]


@pytest.mark.parametrize("kind", [SentenceType.DOCUMENTED, SentenceType.INFERENCE, SentenceType.OPINION])
def test_a_sentence_that_lost_all_its_citations_is_removed_and_listed(kind: SentenceType) -> None:
    kept, rejected = settle("Something.", kind, [], ["the quotation is not in evidence 3"])
    assert kept is None
    assert rejected[0].outcome == "removed"
    assert "evidence 3" in rejected[0].reason


def test_a_forum_post_alone_makes_an_opinion() -> None:
    kept, rejected = settle("Patrols met at Torgau.", SentenceType.DOCUMENTED, [citation(tier=Tier.FORUM)], [])
    assert kept is not None
    assert kept.type is SentenceType.OPINION
    assert rejected[0].outcome == "relabelled"


def test_a_figure_that_the_citation_lacks_removes_the_sentence() -> None:
    kept, rejected = settle("Patrols of 900 men met at Torgau.", SentenceType.DOCUMENTED, [citation()], [])
    assert kept is None
    assert "900" in rejected[0].reason


def test_invention_claims_nothing_and_needs_nothing() -> None:
    kept, rejected = settle("A band plays on the bridge.", SentenceType.INVENTION, [], [])
    assert kept is not None
    assert rejected == []
