import pytest

from assistant.checks.continuity import Register, check_order, check_people
from assistant.checks.divergence import check_divergence
from assistant.records import Citation, Event, Office, Person, Sentence, SentenceType, Tier

PEOPLE = [
    Person(
        id="franklin-d-roosevelt", name="Franklin D. Roosevelt", aliases=["Franklin Roosevelt", "FDR"], born="1882-01-30",
        died="1945-04-12", side="american", offices=[Office(title="President of the United States", start="1933-03-04", end="1945-04-12")],
    ),
    Person(id="eleanor-roosevelt", name="Eleanor Roosevelt", born="1884", died="1962", side="american"),
    Person(
        id="harry-s-truman", name="Harry S. Truman", aliases=["Harry Truman"], born="1884-05-08", died="1972-12-26", side="american",
        offices=[Office(title="President of the United States", start="1945-04-12", end="1953-01-20")],
    ),
    Person(id="thomas-dewey", name="Thomas Dewey", born="1902", died="1971", side="american", offices=[Office(title="Governor")]),
    Person(id="joseph-stalin", name="Joseph Stalin", aliases=["Uncle Joe"], born="1878-12-18", died="1953-03-05", side="soviet"),
]  # fmt: skip
REGISTER = Register(PEOPLE)


@pytest.mark.parametrize(
    ("text", "date", "words"),
    [
        ("Franklin Roosevelt speaks at Torgau.", "1946-04", "died on 12 April 1945"),
        ("FDR told the press that all was well.", "1945-06-01", "died on 12 April 1945"),
        ("Uncle Joe signs the treaty.", "1954", "died on 5 March 1953"),
        ("President Truman agrees.", "1954-01", "was not President"),
    ],
)
def test_the_dead_do_not_act_and_nobody_holds_another_s_office(text: str, date: str, words: str) -> None:
    assert any(words in problem for problem in check_people(text, date, REGISTER))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Franklin Roosevelt speaks at Yalta.", "1945-02"),
        ("The agreement that Franklin Roosevelt had approved still binds.", "1946"),
        ("The memory of Franklin Roosevelt is kept.", "1946"),
        ("After the death of Joseph Stalin the doctors are freed.", "1953-04"),
        ("Mrs Eleanor Roosevelt speaks in Geneva.", "1948"),
        ("President Truman agrees.", "1946-03"),
        ("President Dewey takes the oath.", "1949-01-20"),
    ],
)
def test_the_living_the_remembered_and_the_elected_of_another_timeline_pass(text: str, date: str) -> None:
    assert check_people(text, date, REGISTER) == []


def test_the_timeline_s_own_fates_count() -> None:
    text = "Joseph Stalin receives the ambassador."
    killed = Register(PEOPLE, {"joseph-stalin": "1945-10-20"})
    spared = Register(PEOPLE, {"joseph-stalin": None})
    assert check_people(text, "1946-04", killed)
    assert check_people(text, "1946-04", REGISTER) == []
    assert check_people(text, "1954", spared) == []


def event(name: str, date: str, causes: list[str], **changes: object) -> Event:
    fields = {
        "id": name, "date": date, "precision": "month", "title": name, "causes": causes, "otl": None, "probability": None,
        "sentences": [Sentence(text="A band plays.", type=SentenceType.INVENTION)],
    }  # fmt: skip
    return Event.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([event("a", "1946-01", ["pod"]), event("b", "1946-02", ["a"])], None),
        ([event("b", "1946-02", ["a"])], "neither an earlier event nor a premise"),
        ([event("a", "1947-01", ["pod"]), event("b", "1946-02", ["a"])], "is caused by"),
        ([event("a", "1946-01", ["pod"]), event("a", "1946-02", ["pod"])], "used twice"),
        ([event("b", "1946-02", ["a"]), event("a", "1946-01", ["pod"])], "neither an earlier event nor a premise"),
    ],
)
def test_causes_come_first(events: list[Event], words: str | None) -> None:
    problems = check_order(events, {"pod": "the premise"})
    assert (problems == []) if words is None else any(words in problem for problem in problems)


def test_what_leans_on_later_history_without_a_cause_is_flagged() -> None:
    quote = "The blockade began."
    citation = Citation(
        source_id="n", source_hash="0" * 64, title="The blockade", tier=Tier.PRIMARY, locator="1", date="1948-06-24",
        start=0, end=len(quote), quote=quote,
    )  # fmt: skip
    leaning = [Sentence(text=quote, type=SentenceType.DOCUMENTED, citations=[citation])]
    bare = event("x", "1948-07", [], sentences=leaning, diverges=True)
    caused = event("x", "1948-07", ["pod"], sentences=leaning, diverges=True)
    assert any("The blockade" in flag for flag in check_divergence(bare, "1945-04-25"))
    assert check_divergence(caused, "1945-04-25") == []
    assert check_divergence(bare, "1949-01-01") == []
