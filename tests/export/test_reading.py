"""What a reader sees: the order, the words, and every mark that a draft must carry."""

from __future__ import annotations

import textwrap

import pytest
from inline_snapshot import snapshot

from assistant.export.exporting import export
from assistant.export.wording import range_words
from assistant.records import Continuation, Critique, Probability


def wrapped(text: str) -> list[str]:
    """Return the text's paragraphs in short lines, so that a test can show them."""
    return [line for block in text.split("\n\n") for line in textwrap.wrap(block, 110)]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.25, "10–25 %"),
        (0.101, 0.104, "about 10 %"),
        (0.001, 0.004, "under 1 %"),
        (0.004, 0.008, "under 1 %"),
        (0.002, 0.03, "up to 3 %"),
        (0.9, 0.999, "over 90 %"),
        (0.992, 0.999, "over 99 %"),
        (0.0, 0.0, "about 0 %"),
        (1.0, 1.0, "about 100 %"),
    ],
)
def test_ranges_in_words(low: float, high: float, words: str) -> None:
    assert range_words(Probability(low=low, high=high)) == words


def test_the_head_of_a_critique(critique: Critique) -> None:
    text = export(critique, "md")[0]
    assert wrapped(text[: text.index("**How to read")]) == snapshot(
        [
            "# Could the amity of Elbe Day have lasted? \\[B\\]bold\\[/B\\] \\<i\\>claim\\</i\\>",
            "*Could the amity of Elbe Day (25 April 1945) have lasted?*",
            "⚠ Fallback to the archive: no key",
            "**Verdict: strained, 10–25 %.** The aid was cut within days of the victory. [1] A longer thaw needs another",
            "decision that week. [→ 1, 2]",
        ]
    )


def test_a_claim_of_a_critique(critique: Critique) -> None:
    text = export(critique, "md")[0]
    assert wrapped(text[text.index("### Claim 1") : text.index("### Claim 3")]) == snapshot(
        [
            "### Claim 1, proposal: plausible, 30–55 %",
            "> **Post 1:** LL or something resembling it is not cut off when the war ends.",
            "Truman signed the cut on 11 May 1945. [1] The recall of the ships was withdrawn, so the order was not beyond",
            "mending. [→ 1, 2]",
            "**For:** [2] — **Against:** [1] (40 passages searched)",
            "*What would change this:* A congressional vote for a credit before May 1945.",
            "*Considered at the time:* Grew and Crowley could have let cargoes already loading sail. [2]",
            "**In the world-lines model:** Lend-Lease is wound down over a year It moves trust more than any other lever of",
            "that spring. [→ 1] Truman reads the order before he signs it.",
            "### Claim 2, statement of fact: implausible, 2–8 %",
            "> **Post 2:** It becomes common for GIs to visit the Soviet Union.",
            "**⚠ The sources contest this.**",
            "Post 2 argued that the people on the street do not make policy. [opinion 4] Officers were forbidden to visit",
            "the American mess. [5] (⚠ the month is not certain)",
            "**For:** none found — **Against:** [3, 5] — **Context:** [6, 7] (1 passage searched)",
            "*What would change this:* Orders from Moscow that let officers visit.",
        ]
    )


def test_the_parts_stand_in_order(critique: Critique) -> None:
    headings = [line for line in export(critique, "md")[0].split("\n") if line.startswith("## ")]
    assert headings == [
        "## By the rubric",
        "## Claim by claim",
        "## The smallest changes that would help most",
        "## Evidence",
        "## How this was drafted",
        "## Warnings",
        "## Left out or changed by the checks",
    ]


def test_an_event_of_a_continuation(continuation: Continuation) -> None:
    text = export(continuation, "md")[0]
    assert wrapped(text[text.index("**June 1945") : text.index("## Evidence")]) == snapshot(
        [
            "**June 1945 — The mess at Poltava opens.** It had been closed. [3, 4]",
            "**Because of:** “The cargoes sail” (12 May 1945). **In our timeline:** nothing that corresponds. **This",
            "step:** 30–50 %, given what came before.",
        ]
    )


def test_the_opening_of_a_continuation(continuation: Continuation) -> None:
    text = export(continuation, "md")[0]
    assert wrapped(text[: text.index("**How to read")]) == snapshot(
        [
            "# The Elbe Day timeline, 1945",
            "*26 April 1945 to 31 December 1945. Point of divergence: 25 April 1945.*",
            "*The war in Europe is in its last days.*",
            "**All of these steps together:** under 1 %. The weakest step: “The mess at Poltava opens” (June 1945).",
        ]
    )


@pytest.mark.parametrize("form", ["md", "bbcode", "html"])
def test_nothing_that_must_be_said_is_missing(form: str, critique: Critique, continuation: Continuation) -> None:
    text = "".join(export(critique, form))
    for said in (
        "no language model took part",
        "Fallback to the archive: no key",
        "31 December 1949",
        "hybrid (words and meaning)",
        "212 passages",
        "post boundaries are doubtful",
        "Stalin visited Torgau.",
        "no source says so",
        "The sources contest this",
        "the month is not certain",
        "none found",
        "What would change this",
    ):
        assert said in text, said
    other = "".join(export(continuation, form))
    for said in (
        "language model gpt-x",
        "12,000 in, 2,400 out",
        "0.12.",
        "lexical only",
        "leans on 11 May 1945",
        "⚠ leans on an order",
    ):
        assert said in other, said
    assert "Here the two timelines part" in other
