"""Short pastes in the forum's own style: judged without a stumble, wrong facts called wrong."""

import pytest

from assistant.records import Critique, Verdict
from assistant.workbench import Workbench

PASTE = b"""AHC: keep Germany united after 1952

Germany gets its own army and becomes a big Austria.
Basically Germany ends up reunited and neutral, like a big Austria.
Stalin didn't know about the bomb before Potsdam.
By 1948 the Red Army still had 11 million men under arms.
And don't forget Czechoslovakia, Stalin couped it in 1946.
A lasting friendship after 1945 can't be all that hard.
"""


@pytest.fixture(scope="module")
def critique(bench: Workbench) -> Critique:
    return bench.critique(("paste.txt", PASTE))


def test_every_judged_claim_says_something(critique: Critique) -> None:
    assert len(critique.claims) >= 5
    assert all(finding.sentences for finding in critique.claims if finding.verdict is not Verdict.NOT_JUDGED)


@pytest.mark.parametrize("words", ["before Potsdam", "11 million", "all that hard"])
def test_a_wrong_fact_or_an_easy_hope_is_not_called_plausible(critique: Critique, words: str) -> None:
    finding = next(finding for finding in critique.claims if words in finding.text)
    assert finding.verdict in (Verdict.ASB, Verdict.IMPLAUSIBLE, Verdict.STRAINED)


def test_the_right_year_stands_beside_a_wrong_one(critique: Critique) -> None:
    finding = next(finding for finding in critique.claims if "couped" in finding.text)
    assert "February 1948" in " ".join(sentence.text for sentence in finding.sentences)


def test_an_objection_to_a_change_is_not_judged_as_the_change(bench: Workbench) -> None:
    thread = bench.critique()
    finding = next(finding for finding in thread.claims if finding.text.startswith("Even two German states"))
    assert finding.verdict is Verdict.LIKELY
