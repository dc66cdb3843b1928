"""Projects, inputs, revisions and work in progress: kept, found again, never deleted for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.desk import database
from assistant.desk.desk import Desk
from assistant.desk.entries import Inputs
from assistant.errors import BusyError, DeskError
from assistant.records import Continuation, Critique, Origin, Timeline

Make = Callable[[str], Critique]


def change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


def test_projects_are_listed_by_the_last_change(desk: Desk, make_critique: Make) -> None:
    first, second = desk.create_project("First"), desk.create_project("Second")
    assert [project.title for project in desk.projects()] == ["Second", "First"]
    desk.save_draft(first.id, make_critique("A"))
    assert [(project.title, project.revisions) for project in desk.projects()] == [("First", 1), ("Second", 0)]
    assert desk.rename_project(second.id, "Third").title == "Third"
    assert desk.projects()[0].title == "Third"


def test_every_save_is_a_new_revision(desk: Desk, make_critique: Make) -> None:
    project = desk.create_project("P").id
    assert desk.latest(project) is None
    assert [desk.save_draft(project, make_critique(title)).number for title in ("A", "B", "A")] == [1, 2, 3]
    assert [revision.title for revision in desk.revisions(project)] == ["A", "B", "A"]
    assert desk.draft(project, 2) == make_critique("B")
    assert desk.latest(project) == make_critique("A")


def test_the_latest_of_a_kind(desk: Desk, make_critique: Make, timeline: Timeline) -> None:
    project = desk.create_project("P").id
    continuation = Continuation(
        title="C",
        origin=Origin(mode="archive", search="lexical", version="0.1.0"),
        start="1945-04-26",
        end="1945-12-31",
        timeline=timeline,
        events=[],
    )
    desk.save_draft(project, continuation)
    desk.save_draft(project, make_critique("A"))
    assert desk.latest(project, "continuation") == continuation
    assert [revision.kind for revision in desk.revisions(project)] == ["continuation", "critique"]


def test_projects_do_not_share_revisions(desk: Desk, make_critique: Make) -> None:
    first, second = desk.create_project("First").id, desk.create_project("Second").id
    desk.save_draft(first, make_critique("A"))
    assert desk.save_draft(second, make_critique("B")).number == 1
    assert desk.latest(first) == make_critique("A")


def test_inputs_stay_with_the_drafts_made_of_them(desk: Desk, make_critique: Make) -> None:
    given = Inputs(
        text="Pasted ‘thread’\r\n\x00\ttail ", settings={"as_of": "1945-05-01", "k": 8, "tiers": ["primary"]}
    )
    project = desk.create_project("P", given).id
    desk.save_inputs(project, given)
    desk.save_draft(project, make_critique("A"))
    desk.save_inputs(project, Inputs(text="edited"))
    desk.save_draft(project, make_critique("B"))
    assert desk.inputs(project, 1) == given
    assert desk.inputs(project, 2) == desk.inputs(project) == Inputs(text="edited")
    other = desk.create_project("Q").id
    desk.save_draft(other, make_critique("C"))
    assert desk.inputs(other) is None
    assert desk.inputs(other, 1) is None


def test_trash_keeps_and_gives_back(desk: Desk, make_critique: Make) -> None:
    project = desk.create_project("P").id
    desk.save_draft(project, make_critique("A"))
    desk.save_draft(project, make_critique("B"))
    desk.trash_revision(project, 2)
    assert desk.latest(project) == make_critique("A")
    assert [revision.number for revision in desk.revisions(project, trashed=True)] == [2]
    assert desk.draft(project, 2) == make_critique("B")
    assert desk.save_draft(project, make_critique("C")).number == 3
    desk.restore_revision(project, 2)
    assert [revision.number for revision in desk.revisions(project)] == [1, 2, 3]
    desk.trash_project(project)
    assert desk.projects() == []
    assert [found.id for found in desk.projects(trashed=True)] == [project]
    desk.restore_project(project)
    assert desk.projects()[0].revisions == 3


def test_progress_is_kept_until_the_draft_has_it(desk: Desk, path: Path, make_critique: Make) -> None:
    project = desk.create_project("P").id
    desk.save_progress(project, "claim-1", {"text": "first", "done": True})
    desk.save_progress(project, "claim-2", None)
    desk.save_progress(project, "claim-1", "again")
    desk.save_progress(project, "other", [1, 2.5])
    assert Desk(path).progress(project) == {"claim-2": None, "claim-1": "again", "other": [1, 2.5]}
    desk.save_draft(project, make_critique("A"), finished=["claim-1", "claim-2"])
    assert desk.progress(project) == {"other": [1, 2.5]}
    desk.clear_progress(project)
    assert desk.progress(project) == {}


def test_a_draft_that_no_longer_validates_is_named_and_kept(desk: Desk, path: Path, make_critique: Make) -> None:
    project = desk.create_project("My thread").id
    desk.save_draft(project, make_critique("A"))
    desk.save_draft(project, make_critique("B"))
    body = desk.raw(project, 2).replace('"searched":0', '"searched":-1')
    change(path, "UPDATE revisions SET body = ? WHERE number = 2", body)
    with pytest.raises(DeskError, match=r"revision 2 of 'My thread' is no longer a valid draft: critique\.searched"):
        desk.latest(project)
    assert desk.raw(project, 2) == body
    assert desk.draft(project, 1) == make_critique("A")


def test_what_is_not_there_is_said(desk: Desk, make_critique: Make) -> None:
    project = desk.create_project("P").id
    with pytest.raises(DeskError, match="no such revision"):
        desk.draft(project, 1)
    for act in (desk.project, desk.revisions, desk.progress, desk.canon, desk.trash_project):
        with pytest.raises(DeskError, match="no such project"):
            act(99)
    with pytest.raises(DeskError, match="no such project"):
        desk.save_draft(99, make_critique("A"))


def test_a_file_that_is_no_desk_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes, not a database." * 100)
    before = path.read_bytes()
    with pytest.raises(DeskError, match="cannot be read or written"):
        Desk(path)
    assert path.read_bytes() == before


def test_an_older_desk_is_brought_up_to_date(desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create_project("Old")
    newer = (*database.MIGRATIONS, "ALTER TABLE projects ADD COLUMN note TEXT; UPDATE projects SET note = 'kept'")
    monkeypatch.setattr(database, "MIGRATIONS", newer)
    assert Desk(path).projects()[0].title == "Old"
    Desk(path)
    monkeypatch.undo()
    with pytest.raises(DeskError, match="schema version 2, this Torgau knows up to 1"):
        Desk(path)


def test_a_migration_that_fails_changes_nothing(desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create_project("Old")
    broken = (*database.MIGRATIONS, "ALTER TABLE projects ADD COLUMN note TEXT; ALTER TABLE nowhere ADD COLUMN x TEXT")
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    with pytest.raises(DeskError, match="nowhere"):
        Desk(path)
    monkeypatch.undo()
    assert Desk(path).projects()[0].title == "Old"


def test_a_writer_that_does_not_end_is_said(desk: Desk, path: Path) -> None:
    desk.create_project("P")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    impatient = Desk(path, patience=0.05)
    assert [project.title for project in impatient.projects()] == ["P"], "readers do not wait"
    with pytest.raises(BusyError, match="another Torgau process"):
        impatient.create_project("Q")
    holder.execute("ROLLBACK")
    holder.close()
    impatient.create_project("Q")
