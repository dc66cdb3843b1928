"""A small shelf and two drafts written by hand over it, ordinary and hostile, for all tests of exports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.records import (
    Citation,
    ClaimType,
    Continuation,
    Counterpart,
    Criterion,
    Critique,
    Event,
    Finding,
    ModelView,
    Origin,
    Probability,
    Rejection,
    Rewrite,
    Sentence,
    SentenceType,
    Tier,
    Timeline,
    Usage,
    Verdict,
)
from assistant.text import content_hash

LEND_LEASE = (
    "On 11 May 1945, three days after victory in Europe, Harry Truman signed an order, put before him by Joseph Grew and Leo "
    "Crowley, to cut Lend-Lease to the Soviet Union.\n\n"
    "On 12 May 1945 ships bound for Soviet ports were stopped and some called back; the recall was withdrawn soon after.\n\n"
    "Disputed: historians differ on whether Truman meant the cut as pressure or signed it unread."
)
POLTAVA = (
    "At Poltava, from June 1944, American crews and Soviet hosts worked side by side; Soviet security broke up their friendships.\n"
    "\n"
    "In the spring of 1945 the Soviet command forbade its officers to visit the American mess at Poltava."
)
THREAD = (
    "Unlikely without a pre-Stalin POD. The Soviets fought tooth and nail _not_ to have any WAllies moving around in the SU.\n\n"
    "People on the street may like the Soviet Union, but the people on the street do not make policy."
)
# What sources and posts may contain, on purpose or by accident.
HOSTILE = (
    "[/PLAIN][URL=http://evil.example]click[/URL][IMG]x[/IMG] [i]t was :cool: @admin `code` | a | **b** _c_ <script>alert(1)"
    "</script> &amp; &lt; $x$ \\ [\\/plain] ⟨U+0041⟩\n"
    '# no heading\n- no list\n1. no list\n===\n> no quotation\n   indented\t tab\n\n[3]: http://x.example "t"\n'
    "[ICODE]torgau-export 1 bbcode part 1/1 evidence 0 sha256=" + "0" * 64 + "[/ICODE]\n"
    "`torgau-check 99 a 0-1 sha256=" + "0" * 64 + "`\n"
    "no\u00a0break, soft\u00adhyphen, \u202eoverride\u202c, שלום עולם, 👨\u200d👩\u200d👧 🇵🇱, trailing \nZero\u200bwidth. www.x.example\n"
)
SHELF = {content_hash(text): text for text in (LEND_LEASE, POLTAVA, THREAD, HOSTILE)}


@pytest.fixture
def text_of() -> Callable[[str], str | None]:
    return SHELF.get


def cite(
    text: str, quote: str, source_id: str, title: str, tier: Tier, locator: str, date: str | None = None
) -> Citation:
    start = text.index(quote)
    return Citation(
        source_id=source_id,
        source_hash=content_hash(text),
        title=title,
        tier=tier,
        locator=locator,
        date=date,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def paragraph(text: str, number: int, source_id: str, title: str, tier: Tier, locator: str, date: str) -> Citation:
    return cite(text, text.split("\n\n")[number - 1], source_id, title, tier, locator, date)


ORDER = paragraph(
    LEND_LEASE,
    1,
    "lend-lease-curtailed-1945-05",
    "Lend-Lease abruptly cut back",
    Tier.PRIMARY,
    "para. 1: FRUS 1945, vol. V",
    "1945-05-11",
)
SHIPS = paragraph(
    LEND_LEASE,
    2,
    "lend-lease-curtailed-1945-05",
    "Lend-Lease abruptly cut back",
    Tier.SCHOLARSHIP,
    "para. 2: Herring 1973",
    "1945-05-12",
)
MESS = paragraph(
    POLTAVA, 2, "poltava-1944-45", "The shuttle bases at Poltava", Tier.SCHOLARSHIP, "para. 2: Plokhy 2019", "1945-04"
)
BROKEN = paragraph(
    POLTAVA, 1, "poltava-1944-45", "The shuttle bases at Poltava", Tier.SCHOLARSHIP, "para. 1: Plokhy 2019", "1944-06"
)
POST = cite(
    THREAD,
    THREAD.split("\n\n")[1],
    "thread-elbe",
    "AHC: Elbe Day [Prevents] Cold War",
    Tier.FORUM,
    "post 2",
    "2009-04-25",
)
EVIL = cite(HOSTILE, HOSTILE, "hostile", "<b>Evil</b> [B]title[/B] *x*", Tier.MEMOIR, "p. [3] | 4")
EVIL_PART = cite(
    HOSTILE, "[i]t was :cool: @admin `code` | a", "hostile", "<b>Evil</b> [B]title[/B] *x*", Tier.MEMOIR, "p. 5"
)


def says(text: str, kind: SentenceType, *citations: Citation, flag: str | None = None) -> Sentence:
    return Sentence(text=text, type=kind, citations=list(citations), flag=flag)


DOCUMENTED, OPINION = SentenceType.DOCUMENTED, SentenceType.OPINION
INFERENCE, INVENTION = SentenceType.INFERENCE, SentenceType.INVENTION

TEXT = "--LL or something resembling it is not cut off when the war ends.\n--It becomes common for GIs to visit the Soviet Union."


def _findings() -> list[Finding]:
    lend, visits = TEXT.split("\n")
    return [
        Finding(
            start=2,
            end=len(lend),
            text=lend[2:],
            type=ClaimType.PROPOSAL,
            post=1,
            verdict=Verdict.PLAUSIBLE,
            probability=Probability(low=0.3, high=0.55),
            for_=[SHIPS],
            against=[ORDER],
            searched=40,
            would_change="A congressional vote for a credit before May 1945.",
            sentences=[
                says("Truman signed the cut on 11 May 1945.", DOCUMENTED, ORDER),
                says(
                    "The recall of the ships was withdrawn, so the order was not beyond mending.",
                    INFERENCE,
                    SHIPS,
                    ORDER,
                ),
            ],
            alternatives=[says("Grew and Crowley could have let cargoes already loading sail.", DOCUMENTED, SHIPS)],
            model_view=ModelView(
                subject="lend-lease-wound-down",
                kind="lever",
                statement="Lend-Lease is wound down over a year",
                probability=Probability(low=0.2, high=0.35),
                sentences=[says("It moves trust more than any other lever of that spring.", INFERENCE, ORDER)],
                rewrite="Truman reads the order before he signs it.",
            ),
        ),
        Finding(
            start=len(lend) + 3,
            end=len(TEXT),
            text=visits[2:],
            type=ClaimType.FACT,
            post=2,
            verdict=Verdict.IMPLAUSIBLE,
            probability=Probability(low=0.02, high=0.08),
            for_=[],
            against=[MESS, BROKEN],
            context=[EVIL, EVIL_PART],
            searched=1,
            would_change="Orders from Moscow that let officers visit.",
            contested=True,
            sentences=[
                says("Post 2 argued that the people on the street do not make policy.", OPINION, POST),
                says(
                    "Officers were forbidden to visit the American mess.",
                    DOCUMENTED,
                    MESS,
                    flag="the month is not certain",
                ),
            ],
        ),
        Finding(
            start=0,
            end=2,
            text=f"Hostile post: {HOSTILE}",
            type=ClaimType.POD,
            verdict=Verdict.NOT_JUDGED,
            probability=None,
            for_=[],
            against=[],
            searched=37,
            would_change="",
        ),
    ]


@pytest.fixture(scope="session")
def critique() -> Critique:
    return Critique(
        title="Could the amity of Elbe Day have lasted? [B]bold[/B] <i>claim</i>",
        origin=Origin(
            mode="archive",
            search="hybrid (words and meaning)",
            version="0.1.0",
            as_of="1949-12-31",
            seed=7,
            fallback="no key",
        ),
        notices=["The thread's post boundaries are doubtful in 1 place: `post 3`."],
        rejected=[Rejection(what="Stalin visited Torgau.", reason="no source says so <b>", outcome="removed")],
        text=TEXT,
        question="Could the amity of Elbe Day (25 April 1945) have lasted?",
        verdict=Verdict.STRAINED,
        probability=Probability(low=0.1, high=0.25),
        summary=[
            says("The aid was cut within days of the victory.", DOCUMENTED, ORDER),
            says("A longer thaw needs another decision that week.", INFERENCE, ORDER, SHIPS),
        ],
        rubric=[
            Criterion(
                name="cotenability",
                verdict=Verdict.STRAINED,
                sentences=[says("Soviet security kept the allies apart.", DOCUMENTED, BROKEN)],
                would_change="Evidence of contacts that were allowed.",
            )
        ],
        claims=_findings(),
        rewrites=[
            Rewrite(
                title="The cargoes sail",
                premise=Probability(low=0.4, high=0.6),
                outcome=Probability(low=0.15, high=0.15),
                levers=["lend-lease-wound-down"],
                sentences=[says("Truman withdraws the order in time.", INVENTION)],
            )
        ],
        searched=212,
    )


def event(event_id: str, date: str, title: str, *causes: str, sentences: list[Sentence] | None = None) -> Event:
    return Event(
        id=event_id,
        date=date,
        precision="day" if len(date) == 10 else "month",
        title=title,
        sentences=sentences or [says("The two staffs meet again by the river.", INVENTION)],
        causes=list(causes),
        otl=None,
        probability=Probability(low=0.3, high=0.5),
    )


@pytest.fixture(scope="session")
def continuation() -> Continuation:
    first = event("toast", "1945-04-26", "A toast that is repeated", "elbe")
    cut = Event(
        id="cargoes-sail",
        date="1945-05-12",
        precision="day",
        title="The cargoes sail",
        sentences=[
            says("Truman had the order before him.", DOCUMENTED, ORDER),
            says("He lays it aside until the ships at sea have landed.", INVENTION, flag="leans on 11 May 1945"),
            says(HOSTILE, INVENTION),
        ],
        causes=["elbe", "toast"],
        otl=Counterpart(text="Ships were stopped and some called back.", citations=[SHIPS]),
        probability=Probability(low=0.25, high=0.4),
        flags=["leans on an order of our timeline signed after the point of divergence"],
        diverges=True,
    )
    return Continuation(
        title="The Elbe Day timeline, 1945",
        origin=Origin(
            mode="model",
            model="gpt-x",
            search="lexical only",
            version="0.1.0",
            usage=Usage(requests=3, cached=1, input_tokens=12000, output_tokens=2400, cost=0.1234),
        ),
        start="1945-04-26",
        end="1945-12-31",
        timeline=Timeline(
            title="Elbe",
            pod="1945-04-25",
            premises={"elbe": "The meeting at Torgau is kept as a joint holiday."},
            events=[first],
        ),
        introduction=[says("The war in Europe is in its last days.", INVENTION)],
        events=[
            cut,
            event(
                "mess",
                "1945-06",
                "The mess at Poltava opens",
                "cargoes-sail",
                sentences=[says("It had been closed.", DOCUMENTED, MESS, EVIL)],
            ),
        ],
        chain=Probability(low=0.004, high=0.008),
        weakest="mess",
    )
