from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import InputError
from assistant.records import Citation, Event, Sentence, SentenceType, Tier
from assistant.ui.editing import body_of, edited

CITED = Citation(
    start=0, end=4, source_id="n", source_hash="0" * 64, title="N", tier=Tier.PRIMARY, locator="para. 1", quote="Text"
)


def event() -> Event:
    return Event(
        id="e-1",
        date="1945-05-12",
        precision="day",
        title="Ships sail on",
        sentences=[
            Sentence(text="The order of 12 May 1945 is not given.", type=SentenceType.INVENTION),
            Sentence(text="In our timeline Mr. Crowley gave it.", type=SentenceType.DOCUMENTED, citations=[CITED]),
        ],
        causes=["pod"],
        otl=None,
        probability=None,
    )


def change(text: str, title: str = "Ships sail on", date: str = "1945-05-12") -> Event:
    return edited(event(), title=title, date=date, text=text)


def test_nothing_changed_is_nothing_changed() -> None:
    assert change(body_of(event())) == event()


def test_a_sentence_left_alone_keeps_its_evidence_and_a_changed_one_is_invention() -> None:
    made = change("In our timeline Mr. Crowley gave it. Here nobody does.")
    assert [(s.text, s.type, len(s.citations)) for s in made.sentences] == [
        ("In our timeline Mr. Crowley gave it.", SentenceType.DOCUMENTED, 1),
        ("Here nobody does.", SentenceType.INVENTION, 0),
    ]
    reworded = change("In our timeline Mr. Crowley gave it in June.")
    assert [s.type for s in reworded.sentences] == [SentenceType.INVENTION]


def test_date_and_precision_follow_each_other() -> None:
    assert change(body_of(event()), date="1945-06").precision == "month"


@pytest.mark.parametrize(
    ("title", "date", "text"), [("", "1945", "A."), ("T", "1945-02-30", "A."), ("T", "1945", "  ")]
)
def test_what_cannot_be_an_event_is_refused(title: str, date: str, text: str) -> None:
    with pytest.raises(InputError):
        change(text, title=title, date=date)


@given(
    st.lists(st.sampled_from(["A new one here. ", *(s.text + " " for s in event().sentences)]), min_size=1, max_size=4)
)
def test_no_word_of_the_author_is_lost(parts: list[str]) -> None:
    text = " ".join("".join(parts).split())
    assert " ".join(s.text for s in change(text).sentences) == text
