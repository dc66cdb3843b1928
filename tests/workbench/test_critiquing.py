"""The critique of the real question, from the shipped archive alone."""

import json
from pathlib import Path

import pytest

from assistant.export.verify import verify
from assistant.records import ClaimType, Critique, SentenceType, Tier, Verdict
from assistant.workbench import Workbench
from assistant.writing.critique import foremost

THREAD = Path(__file__).parents[3] / "shared" / "threads" / "elbe-day-paste.txt"
# A post in other words than any file of the scenario: what a stranger might paste.
STRANGER = b"""WI: no Cold War after Torgau?

Suppose the Yanks and the Red Army stay mates after the link-up on the river.

- Washington keeps shipping trucks and food to Russia once Berlin falls.
- Somebody briefs Stalin fairly on the A-bomb before Hiroshima.
- Old Joe drops dead that autumn and a softer man takes over.

Moscow shut everybody out of the country as it was. The Greek reds were armed by Stalin in their uprising.
My cat likes herring on Sundays.
"""


@pytest.fixture(scope="module")
def critique(bench: Workbench) -> Critique:
    return bench.critique()


def _checks(bench: Workbench, critique: Critique) -> None:
    assert all(critique.text[claim.start : claim.end] == claim.text for claim in critique.claims)
    for claim in critique.claims:
        for citation in [*claim.for_, *claim.against, *claim.context]:
            text = bench.archive.text_of(citation.source_hash)
            assert text is not None
            assert text[citation.start : citation.end] == citation.quote


def test_the_shipped_thread_is_judged_on_both_sides(bench: Workbench, critique: Critique) -> None:
    assert len(critique.claims) >= 20
    cited = [claim for claim in critique.claims if claim.for_ or claim.against]
    assert len(cited) >= 0.9 * len(critique.claims)
    both = [claim for claim in cited if claim.for_ and claim.against]
    assert len(both) >= 0.7 * len(cited)
    _checks(bench, critique)


def test_nothing_is_said_twice_and_everything_said_rests_on_something(critique: Critique) -> None:
    said = [sentence for claim in critique.claims for sentence in claim.sentences]
    own = [sentence.text for sentence in said if not sentence.text.startswith("This is the ground")]
    assert len(own) == len(set(own))
    assert all(sentence.citations for sentence in said if sentence.type is not SentenceType.INVENTION)
    documented = [sentence for sentence in said if sentence.type is SentenceType.DOCUMENTED]
    assert len(documented) > 40
    assert all(any(c.tier is not Tier.FORUM for c in sentence.citations) for sentence in documented)


def test_the_whole_is_judged_by_the_rubric_with_figures_and_rewrites(critique: Critique) -> None:
    assert {criterion.name for criterion in critique.rubric} >= {
        "clarity",
        "cotenability",
        "historical consistency",
        "theoretical consistency",
        "statistical consistency",
        "projectability",
        "conjunction",
    }
    assert critique.probability is not None
    assert critique.rewrites
    assert any(claim.model_view for claim in critique.claims)


def test_a_contested_statement_of_fact_is_called_so(critique: Critique) -> None:
    greek = [claim for claim in critique.claims if "Greek communists" in claim.text]
    assert greek
    assert all(claim.contested for claim in greek)
    assert any("Stalin" in citation.quote for claim in greek for citation in claim.against)


@pytest.mark.shared
@pytest.mark.skipif(not THREAD.is_file(), reason="the sample thread is not beside this checkout")
def test_the_real_thread_meets_its_yardstick(bench: Workbench) -> None:
    critique = bench.critique((THREAD.name, THREAD.read_bytes()))
    history = list(critique.claims)
    assert len(history) >= 20
    assert sum(bool(claim.for_ or claim.against) for claim in history) >= 0.9 * len(history)
    _checks(bench, critique)
    raised = json.dumps(critique.model_dump(mode="json", by_alias=True), ensure_ascii=False)
    for objection in (
        "Interclub",
        "Poltava",
        "Katyn",
        "capitalis",
        "Hungary",
        "Germany",
        "spy",
        "Marshall",
        "Mikołajczyk",
        "heart attack",
    ):
        assert objection in raised, objection
    assert "elbe-day-thread" not in {c.source_id for claim in history for c in [*claim.for_, *claim.against]}


def test_a_stranger_s_words_find_the_same_levers(bench: Workbench) -> None:
    critique = bench.critique(("post.txt", STRANGER))
    by_text = {claim.text: claim for claim in critique.claims}
    bomb = next(claim for text, claim in by_text.items() if "A-bomb" in text)
    assert bomb.type is ClaimType.PROPOSAL
    assert bomb.for_
    assert bomb.against
    death = next(claim for text, claim in by_text.items() if "drops dead" in text)
    assert death.model_view is not None
    greek = next(claim for text, claim in by_text.items() if "Greek reds" in text)
    assert greek.contested


def test_what_the_archive_knows_nothing_of_is_not_judged(bench: Workbench) -> None:
    critique = bench.critique(("cat.txt", b"My cat likes herring on Sundays and hunts mice in the cellar."))
    assert [claim.verdict for claim in critique.claims] == [Verdict.NOT_JUDGED]
    assert critique.claims[0].probability is None
    assert critique.claims[0].searched > 1000


def test_as_of_a_day_nothing_later_testifies(bench: Workbench) -> None:
    critique = bench.critique(("post.txt", STRANGER), as_of="1945-08-01")
    dates = [c.date for claim in critique.claims for c in [*claim.for_, *claim.against] if c.date]
    assert dates
    assert max(dates) <= "1945-08-01"
    quotes = " ".join(c.quote for claim in critique.claims for c in [*claim.for_, *claim.against])
    assert "1946" not in quotes
    assert "1953" not in quotes


def test_a_text_without_a_claim_says_so(bench: Workbench) -> None:
    critique = bench.critique(("hello.txt", b"Hello! What do you think?"))
    assert critique.claims == []
    assert any("No claim" in notice for notice in critique.notices)


def test_a_forum_version_shows_the_most_telling_claims_and_says_so(bench: Workbench, critique: Critique) -> None:
    parts = bench.export(critique, "bbcode", top=10)
    assert len(parts) < len(bench.export(critique, "bbcode"))
    shown = foremost(critique, 10)
    assert len(shown.claims) == 10
    assert [claim.start for claim in shown.claims] == sorted(claim.start for claim in shown.claims)
    assert any(claim.contested for claim in shown.claims)
    assert "10 of" in shown.notices[-1]
    assert foremost(critique, 10_000) == critique
    assert all(verify(part, bench.archive.text_of).ok for part in parts)
