"""The desk itself: projects, their inputs, drafts in every revision, and work in progress. Nothing is deleted for good."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import pydantic
from pydantic import JsonValue, TypeAdapter

from assistant.desk.database import Database
from assistant.desk.entries import Inputs, Project, Revision
from assistant.desk.history import CanonHistory
from assistant.errors import DeskError
from assistant.records import Continuation, Critique

__all__ = ["Desk"]

AnyDraft = Annotated[Critique | Continuation, pydantic.Field(discriminator="kind")]
_DRAFT: TypeAdapter[Critique | Continuation] = TypeAdapter(AnyDraft)

_PROJECTS = """
    SELECT id, title, created, updated, trashed,
           (SELECT count(*) FROM revisions WHERE project_id = id AND revisions.trashed IS NULL) AS revisions
    FROM projects
"""
_REVISIONS = "SELECT project_id, number, kind, title, saved, trashed FROM revisions"


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Desk:
    """A user's desk, one SQLite file. Threads and processes may share it.

    Args:
        path: the file; made if it does not exist.
        patience: seconds to wait while another process writes.
        clock: gives the time, for the times shown beside projects and drafts.

    Raises (here and in every method):
        DeskError: the file is damaged or not a desk; what is asked for is not on it.
        BusyError: another process kept writing for all of `patience`.
    """

    def __init__(self, path: Path, *, patience: float = 10.0, clock: Callable[[], dt.datetime] = _utc_now) -> None:
        self._database = Database(path, patience)
        self._clock = clock

    # Projects

    def projects(self, *, trashed: bool = False) -> list[Project]:
        """Return the projects, last changed first; with `trashed`, those in the trash instead."""
        where = "WHERE trashed IS NOT NULL" if trashed else "WHERE trashed IS NULL"
        with self._database.reading() as connection:
            rows = connection.execute(f"{_PROJECTS} {where} ORDER BY updated DESC, id DESC").fetchall()
        return [_project(row) for row in rows]

    def project(self, project_id: int) -> Project:
        """Return one project, in the trash or not."""
        with self._database.reading() as connection:
            return self._project(connection, project_id)

    def create_project(self, title: str, inputs: Inputs | None = None) -> Project:
        """Make a project, with what the user gave for it, if anything yet."""
        with self._database.writing() as connection:
            now = self._now()
            row = connection.execute(
                "INSERT INTO projects (title, created, updated) VALUES (?, ?, ?) RETURNING id", (title, now, now)
            ).fetchone()
            if inputs is not None:
                self._put_inputs(connection, row["id"], inputs)
            return self._project(connection, row["id"])

    def rename_project(self, project_id: int, title: str) -> Project:
        """Give the project another title."""
        with self._database.writing() as connection:
            self._touch(connection, project_id)
            connection.execute("UPDATE projects SET title = ? WHERE id = ?", (title, project_id))
            return self._project(connection, project_id)

    def trash_project(self, project_id: int) -> None:
        """Put the project in the trash with all that belongs to it; `restore_project` takes it out."""
        self._mark_project(project_id, self._now())

    def restore_project(self, project_id: int) -> None:
        """Take the project out of the trash."""
        self._mark_project(project_id, None)

    # What the user gave

    def save_inputs(self, project_id: int, inputs: Inputs) -> None:
        """Keep the user's text and settings as they are now; earlier ones stay with the drafts made of them."""
        with self._database.writing() as connection:
            self._touch(connection, project_id)
            self._put_inputs(connection, project_id, inputs)

    def inputs(self, project_id: int, revision: int | None = None) -> Inputs | None:
        """Return what the user gave last, or what a revision was made of; None where nothing was kept."""
        with self._database.reading() as connection:
            self._project(connection, project_id)
            if revision is None:
                query = "SELECT body FROM inputs WHERE project_id = ? ORDER BY number DESC LIMIT 1"
                row = connection.execute(query, (project_id,)).fetchone()
            else:
                self._revision(connection, project_id, revision)
                query = (
                    "SELECT inputs.body FROM revisions JOIN inputs"
                    " ON inputs.project_id = revisions.project_id AND inputs.number = revisions.input"
                    " WHERE revisions.project_id = ? AND revisions.number = ?"
                )
                row = connection.execute(query, (project_id, revision)).fetchone()
        return None if row is None else _valid_inputs(row["body"], project_id)

    # Drafts

    def save_draft(self, project_id: int, draft: Critique | Continuation, *, finished: Iterable[str] = ()) -> Revision:
        """Save the draft as a new revision of the project, made of the inputs last saved.

        Args:
            project_id: whose draft it is.
            draft: the draft; kept as its JSON.
            finished: keys of work in progress that the draft contains now; cleared in the same step.
        """
        with self._database.writing() as connection:
            self._touch(connection, project_id)
            number = _next(connection, "revisions", project_id)
            inputs = _next(connection, "inputs", project_id) - 1
            connection.execute(
                "INSERT INTO revisions (project_id, number, kind, title, saved, input, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (project_id, number, draft.kind, draft.title, self._now(), inputs or None, _DRAFT.dump_json(draft)),
            )
            for key in finished:
                connection.execute("DELETE FROM progress WHERE project_id = ? AND key = ?", (project_id, key))
            return self._revision(connection, project_id, number)

    def revisions(self, project_id: int, *, trashed: bool = False) -> list[Revision]:
        """Return the project's revisions, oldest first; with `trashed`, those in the trash instead."""
        state = "IS NOT NULL" if trashed else "IS NULL"
        with self._database.reading() as connection:
            self._project(connection, project_id)
            query = f"{_REVISIONS} WHERE project_id = ? AND trashed {state} ORDER BY number"
            rows = connection.execute(query, (project_id,)).fetchall()
        return [_revision(row) for row in rows]

    def draft(self, project_id: int, number: int) -> Critique | Continuation:
        """Return the draft of a revision.

        Raises:
            DeskError: there is no such revision, or what is stored is no longer a valid draft (see `raw`).
        """
        return _valid_draft(self.raw(project_id, number), self.project(project_id), number)

    def latest(self, project_id: int, kind: str | None = None) -> Critique | Continuation | None:
        """Return the newest draft that is not in the trash, of one kind if given; None if there is none.

        Raises:
            DeskError: it is no longer a valid draft; it is kept, and older revisions can still be opened.
        """
        kept = [revision for revision in self.revisions(project_id) if kind in (None, revision.kind)]
        return self.draft(project_id, kept[-1].number) if kept else None

    def raw(self, project_id: int, number: int) -> str:
        """Return the JSON of a revision exactly as stored, valid or not."""
        with self._database.reading() as connection:
            self._revision(connection, project_id, number)
            query = "SELECT CAST(body AS TEXT) FROM revisions WHERE project_id = ? AND number = ?"
            return str(connection.execute(query, (project_id, number)).fetchone()[0])

    def trash_revision(self, project_id: int, number: int) -> None:
        """Put one revision in the trash; its number stays taken."""
        self._mark_revision(project_id, number, self._now())

    def restore_revision(self, project_id: int, number: int) -> None:
        """Take one revision out of the trash."""
        self._mark_revision(project_id, number, None)

    # The timeline

    def canon(self, project_id: int) -> CanonHistory:
        """Return the project's canon, with its versions."""
        self.project(project_id)
        return CanonHistory(self._database, project_id, self._now)

    # Work in progress

    def save_progress(self, project_id: int, key: str, value: JsonValue) -> None:
        """Keep a finished piece of a draft that is still being made; on return it survives a crash."""
        with self._database.writing() as connection:
            self._project(connection, project_id)
            connection.execute(
                "INSERT INTO progress (project_id, key, saved, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (project_id, key) DO UPDATE SET saved = excluded.saved, body = excluded.body",
                (project_id, key, self._now(), json.dumps(value, allow_nan=False)),
            )

    def progress(self, project_id: int) -> dict[str, JsonValue]:
        """Return the pieces kept so far by key, in the order in which they were last saved."""
        with self._database.reading() as connection:
            self._project(connection, project_id)
            query = "SELECT key, body FROM progress WHERE project_id = ? ORDER BY saved, rowid"
            rows = connection.execute(query, (project_id,)).fetchall()
        return {row["key"]: json.loads(row["body"]) for row in rows}

    def clear_progress(self, project_id: int) -> None:
        """Drop all pieces of work in progress, as when the user starts over."""
        with self._database.writing() as connection:
            self._project(connection, project_id)
            connection.execute("DELETE FROM progress WHERE project_id = ?", (project_id,))

    # Within a transaction

    def _now(self) -> str:
        return self._clock().isoformat()

    def _project(self, connection: sqlite3.Connection, project_id: int) -> Project:
        row = connection.execute(f"{_PROJECTS} WHERE id = ?", (project_id,)).fetchone()
        if row is None:
            raise DeskError("there is no such project", where=f"project {project_id}")
        return _project(row)

    def _revision(self, connection: sqlite3.Connection, project_id: int, number: int) -> Revision:
        project = self._project(connection, project_id)
        query = f"{_REVISIONS} WHERE project_id = ? AND number = ?"
        row = connection.execute(query, (project_id, number)).fetchone()
        if row is None:
            raise DeskError("there is no such revision", where=f"revision {number} of {project.title!r}")
        return _revision(row)

    def _touch(self, connection: sqlite3.Connection, project_id: int) -> None:
        self._project(connection, project_id)
        connection.execute("UPDATE projects SET updated = ? WHERE id = ?", (self._now(), project_id))

    def _put_inputs(self, connection: sqlite3.Connection, project_id: int, inputs: Inputs) -> None:
        number = _next(connection, "inputs", project_id)
        body = inputs.model_dump_json()
        newest = "SELECT body FROM inputs WHERE project_id = ? AND number = ?"
        row = connection.execute(newest, (project_id, number - 1)).fetchone()
        if row is None or row["body"] != body:
            connection.execute(
                "INSERT INTO inputs (project_id, number, saved, body) VALUES (?, ?, ?, ?)",
                (project_id, number, self._now(), body),
            )

    def _mark_project(self, project_id: int, trashed: str | None) -> None:
        with self._database.writing() as connection:
            self._project(connection, project_id)
            connection.execute("UPDATE projects SET trashed = ? WHERE id = ?", (trashed, project_id))

    def _mark_revision(self, project_id: int, number: int, trashed: str | None) -> None:
        with self._database.writing() as connection:
            self._revision(connection, project_id, number)
            connection.execute(
                "UPDATE revisions SET trashed = ? WHERE project_id = ? AND number = ?", (trashed, project_id, number)
            )


def _next(connection: sqlite3.Connection, table: str, project_id: int) -> int:
    newest = connection.execute(f"SELECT max(number) FROM {table} WHERE project_id = ?", (project_id,)).fetchone()[0]
    return (newest or 0) + 1


def _project(row: sqlite3.Row) -> Project:
    return Project.model_validate(dict(row), strict=False)


def _revision(row: sqlite3.Row) -> Revision:
    return Revision.model_validate(dict(row), strict=False)


def _valid_draft(body: str, project: Project, number: int) -> Critique | Continuation:
    try:
        return _DRAFT.validate_json(body)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise DeskError(
            f"revision {number} of {project.title!r} is no longer a valid draft: {field}: {first['msg']}",
            where=f"project {project.id}",
            hint="It is kept unchanged, and the other revisions can still be opened",
        ) from error


def _valid_inputs(body: str, project_id: int) -> Inputs:
    try:
        return Inputs.model_validate_json(body)
    except pydantic.ValidationError as error:
        raise DeskError(
            f"the stored request is no longer valid: {error.errors()[0]['msg']}", where=f"project {project_id}"
        ) from error
