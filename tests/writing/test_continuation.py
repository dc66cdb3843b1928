"""Which telling of a turning point is used: none that cannot be true in the timeline at hand."""

import pytest

from assistant.checks.continuity import Register, check_displaced
from assistant.records import Person, Sentence, SentenceType
from assistant.worldlines.model import BriefSentence, Conditions, Telling
from assistant.writing.continuation import Fate, changed_lives, displaced

SAID = [BriefSentence(text=text, type=SentenceType.INVENTION) for text in ("It happens.", "It is seen.")]


def _telling(unless: Conditions | None = None, needs: Conditions | None = None) -> Telling:
    return Telling(title="Told", sentences=SAID, unless=unless, needs=needs)


@pytest.mark.parametrize(
    ("unless", "needs", "fits"),
    [
        (None, None, True),
        (Conditions(hinge={"prague": ["coalition"]}), None, False),
        (Conditions(hinge={"prague": ["coup"]}), None, True),
        (Conditions(hinge={"never-arose": ["coup"]}), None, True),
        (Conditions(lever=["wallace"]), None, False),
        (None, Conditions(lever=["wallace", "another"]), True),
        (None, Conditions(lever=["another"]), False),
        (None, Conditions(hinge={"never-arose": ["coup"]}), False),
        (None, Conditions(hinge={"prague": ["coalition"]}), True),
        (Conditions(lever=["wallace"]), Conditions(hinge={"prague": ["coalition"]}), False),
    ],
)
def test_a_telling_says_beside_what_it_can_stand(
    unless: Conditions | None, needs: Conditions | None, fits: bool
) -> None:
    assert _telling(unless, needs).fits(["wallace"], {"prague": "coalition"}) is fits


def test_fates_move_deaths_and_offices_apart() -> None:
    fates = [
        Fate(person="stalin", died="1945-10-29", hinge="illness", outcome="dies"),
        Fate(person="roosevelt", died=None, lever="roosevelt-lives"),
        Fate(person="truman", since="1945-04-12", out="another is president", lever="wallace"),
    ]
    assert changed_lives(fates, ["wallace"], {"illness": "dies"}) == {"stalin": "1945-10-29"}
    assert displaced(fates, ["wallace"], {}) == {"truman": ("1945-04-12", "another is president")}
    assert changed_lives(fates, ["wallace"], {"illness": "recovers"}) == {}


@pytest.mark.parametrize(
    ("text", "date", "sound"),
    [
        ("Truman signs the bill.", "1946-08-01", False),
        ("The message is read out by Truman's secretary.", "1946-08-01", False),
        ("Truman signs the bill.", "1945-04-01", True),
        ("Stalin smiles on the mausoleum.", "1946-05-01", False),
        ("The heirs quarrel over what Stalin left.", "1946-05-01", True),
        ("Stalin smiles on the mausoleum.", "1945-05-09", True),
    ],
)
def test_nobody_does_what_the_timeline_has_taken_from_them(text: str, date: str, sound: bool) -> None:
    people = [
        Person(
            id="truman", name="Harry Truman", born="1884", died="1972", aliases=["Truman"], side="american", offices=[]
        ),
        Person(
            id="stalin",
            name="Joseph Stalin",
            born="1878",
            died="1953-03-05",
            aliases=["Stalin"],
            side="soviet",
            offices=[],
        ),
    ]
    register = Register(people, {"stalin": "1945-10-29"}, {"truman": ("1945-04-12", "another is president")})
    sentence = Sentence(text=text, type=SentenceType.INVENTION)
    assert (check_displaced(sentence, date, register) == []) is sound
