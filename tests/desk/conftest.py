"""A fresh desk with a clock that only moves on when asked, and small drafts."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.desk.desk import Desk
from assistant.records import Critique, Event, Origin, Probability, Sentence, SentenceType, Timeline, Verdict


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "desk.sqlite"


@pytest.fixture
def desk(path: Path) -> Desk:
    seconds = itertools.count()
    start = dt.datetime(2026, 4, 25, 12, tzinfo=dt.UTC)
    return Desk(path, clock=lambda: start + dt.timedelta(seconds=next(seconds)))


@pytest.fixture(scope="session")
def make_critique() -> Callable[[str], Critique]:
    def make(title: str) -> Critique:
        return Critique(
            title=title,
            origin=Origin(mode="archive", search="lexical", version="0.1.0"),
            text="A text — “quoted”.",
            question="Could it have lasted?",
            verdict=Verdict.NOT_JUDGED,
            probability=None,
            summary=[],
            rubric=[],
            claims=[],
            searched=0,
        )

    return make


@pytest.fixture(scope="session")
def make_event() -> Callable[..., Event]:
    def make(event_id: str, date: str, *causes: str, title: str = "Something happens") -> Event:
        return Event(
            id=event_id,
            date=date,
            precision="day",
            title=title,
            sentences=[Sentence(text="They meet.", type=SentenceType.INVENTION)],
            causes=list(causes),
            otl=None,
            probability=Probability(low=0.2, high=0.4),
        )

    return make


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(title="Elbe", pod="1945-04-25", premises={"elbe": "They meet."})
