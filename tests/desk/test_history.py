"""The canon: accept, reject, edit, undo and redo; no version is ever lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.desk.desk import Desk
from assistant.desk.entries import Canon
from assistant.desk.history import CanonHistory
from assistant.errors import DeskError
from assistant.records import Event, Timeline

MakeEvent = Callable[..., Event]


@pytest.fixture
def history(desk: Desk, timeline: Timeline) -> CanonHistory:
    history = desk.canon(desk.create_project("P").id)
    history.begin(timeline)
    return history


def ids(canon: Canon | None) -> list[str]:
    assert canon is not None
    return [event.id for event in canon.timeline.events]


def test_accepted_events_stand_in_order_of_date(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("b", "1946-03-05"))
    history.accept(make_event("a", "1945-06-01"))
    assert ids(history.accept(make_event("c", "1946-03-05"))) == ["a", "b", "c"]
    assert ids(history.current()) == ["a", "b", "c"]


def test_accepting_twice_is_accepting_once(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.accept(make_event("a", "1945-06-01"))
    assert [version.action for version in history.versions()] == ["begin", "accept"]
    with pytest.raises(DeskError, match="another event of this id"):
        history.accept(make_event("a", "1945-06-02"))


def test_rejecting_takes_out_and_remembers(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    canon = history.reject("a")
    assert ids(canon) == []
    assert history.reject("proposed").rejected == ["a", "proposed"]
    assert history.accept(make_event("a", "1945-06-01")).rejected == ["proposed"]


def test_a_cause_cannot_be_taken_from_under_its_effects(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.accept(make_event("b", "1945-07-01", "a"))
    with pytest.raises(DeskError, match="follow from this one: b"):
        history.reject("a")
    assert ids(history.current()) == ["a", "b"]


def test_editing_replaces_and_reorders(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.accept(make_event("b", "1945-07-01"))
    canon = history.edit(make_event("a", "1945-08-01", title="Later"))
    assert [(event.id, event.title) for event in canon.timeline.events] == [("b", "Something happens"), ("a", "Later")]
    with pytest.raises(DeskError, match="no such event"):
        history.edit(make_event("c", "1945-08-01"))


def test_undo_and_redo_go_back_and_forth(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.accept(make_event("b", "1945-07-01"))
    assert ids(history.undo()) == ["a"]
    assert ids(history.undo()) == []
    assert history.undo() is None
    assert ids(history.current()) == []
    assert ids(history.redo()) == ["a"]
    assert ids(history.redo()) == ["a", "b"]
    assert history.redo() is None


def test_a_change_after_undo_loses_nothing(history: CanonHistory, make_event: MakeEvent) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.undo()
    history.accept(make_event("b", "1945-07-01"))
    assert [(version.subject, version.parent, version.current) for version in history.versions()] == [
        ("Elbe", None, False),
        ("a", 1, False),
        ("b", 1, True),
    ]
    history.undo()
    assert ids(history.redo()) == ["b"], "redo follows the newest branch"


def test_a_new_beginning_can_be_undone(history: CanonHistory, make_event: MakeEvent, timeline: Timeline) -> None:
    history.accept(make_event("a", "1945-06-01"))
    history.begin(timeline.model_copy(update={"title": "Other"}))
    assert ids(history.current()) == []
    assert ids(history.undo()) == ["a"]


def test_without_a_timeline_there_is_nothing_to_change(desk: Desk, make_event: MakeEvent) -> None:
    history = desk.canon(desk.create_project("P").id)
    assert history.current() is None
    assert history.undo() is None
    assert history.redo() is None
    with pytest.raises(DeskError, match="no timeline yet"):
        history.accept(make_event("a", "1945-06-01"))


def test_a_version_that_is_no_longer_valid_can_be_undone(
    history: CanonHistory, path: Path, make_event: MakeEvent
) -> None:
    history.accept(make_event("a", "1945-06-01"))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE canon SET body = '{}' WHERE number = 2")
    connection.close()
    with pytest.raises(DeskError, match="version 2 of the timeline is no longer valid"):
        history.current()
    assert ids(history.undo()) == []
