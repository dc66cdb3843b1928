"""The canon's versions: every change is a new one, undo and redo move between them, none is ever lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pydantic

from assistant.desk import canon as changes
from assistant.desk.database import Database
from assistant.desk.entries import Canon, CanonAction, CanonVersion
from assistant.errors import DeskError
from assistant.records import Event, Timeline

__all__ = ["CanonHistory"]


class CanonHistory:
    """The canon of one project and all its versions.

    Versions form a tree: a change made after an undo is a branch, and what was undone stays in `versions()`.

    Args:
        database: the desk's file.
        project_id: the project that the canon belongs to; it must exist.
        now: gives the time as it is written, ISO 8601 in UTC.
    """

    def __init__(self, database: Database, project_id: int, now: Callable[[], str]) -> None:
        self._database, self._project_id, self._now = database, project_id, now

    def begin(self, timeline: Timeline) -> Canon:
        """Make `timeline` the canon, as a new version; an earlier canon stays and undo goes back to it."""
        with self._database.writing() as connection:
            now = _current_number(connection, self._project_id)
            return self._append(connection, now, "begin", timeline.title, Canon(timeline=timeline))

    def current(self) -> Canon | None:
        """Return the canon as it stands; None if none was begun.

        Raises:
            DeskError: the stored version is no longer valid; it is kept as it is.
        """
        with self._database.reading() as connection:
            now = _current_number(connection, self._project_id)
            return None if now is None else self._read(connection, now)

    def accept(self, event: Event) -> Canon:
        """Add the event to the canon.

        Raises:
            DeskError: no canon was begun, or it has another event of this id.
        """
        return self._change("accept", event.id, lambda canon: changes.accept(canon, event))

    def reject(self, event_id: str) -> Canon:
        """Take the event out of the canon, or turn down a proposed one.

        Raises:
            DeskError: no canon was begun, or accepted events follow from this one.
        """
        return self._change("reject", event_id, lambda canon: changes.reject(canon, event_id))

    def edit(self, event: Event) -> Canon:
        """Replace the event of the same id.

        Raises:
            DeskError: no canon was begun, or it has no event of this id.
        """
        return self._change("edit", event.id, lambda canon: changes.edit(canon, event))

    def undo(self) -> Canon | None:
        """Go back to the version that the current one grew from and return it; None, and no change, at the first one."""
        return self._move("SELECT parent FROM canon WHERE project_id = ? AND number = ?")

    def redo(self) -> Canon | None:
        """Go on to the newest version that grew from the current one and return it; None, and no change, at the last one."""
        return self._move("SELECT max(number) FROM canon WHERE project_id = ? AND parent = ?")

    def versions(self) -> list[CanonVersion]:
        """Return all versions, oldest first, those that were undone too."""
        with self._database.reading() as connection:
            now = _current_number(connection, self._project_id)
            rows = connection.execute(
                "SELECT number, parent, action, subject, saved FROM canon WHERE project_id = ? ORDER BY number",
                (self._project_id,),
            ).fetchall()
        return [
            CanonVersion.model_validate({**dict(row), "current": row["number"] == now}, strict=False) for row in rows
        ]

    def _change(self, action: CanonAction, subject: str, change: Callable[[Canon], Canon]) -> Canon:
        with self._database.writing() as connection:
            number = _current_number(connection, self._project_id)
            if number is None:
                raise DeskError(
                    "this project has no timeline yet", where=f"project {self._project_id}", hint="Begin one"
                )
            before = self._read(connection, number)
            after = change(before)
            return before if after == before else self._append(connection, number, action, subject, after)

    def _append(
        self, connection: sqlite3.Connection, parent: int | None, action: CanonAction, subject: str, canon: Canon
    ) -> Canon:
        newest = connection.execute(
            "SELECT max(number) FROM canon WHERE project_id = ?", (self._project_id,)
        ).fetchone()
        number = (newest[0] or 0) + 1
        connection.execute(
            "INSERT INTO canon (project_id, number, parent, action, subject, saved, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._project_id, number, parent, action, subject, self._now(), canon.model_dump_json()),
        )
        self._point(connection, number)
        return canon

    def _move(self, query: str) -> Canon | None:
        with self._database.writing() as connection:
            now = _current_number(connection, self._project_id)
            row = connection.execute(query, (self._project_id, now)).fetchone()
            if row is None or row[0] is None:
                return None
            canon = self._read(connection, row[0])
            self._point(connection, row[0])
            return canon

    def _point(self, connection: sqlite3.Connection, number: int) -> None:
        connection.execute(
            "INSERT INTO canon_now (project_id, number) VALUES (?, ?)"
            " ON CONFLICT (project_id) DO UPDATE SET number = excluded.number",
            (self._project_id, number),
        )
        connection.execute("UPDATE projects SET updated = ? WHERE id = ?", (self._now(), self._project_id))

    def _read(self, connection: sqlite3.Connection, number: int) -> Canon:
        query = "SELECT body FROM canon WHERE project_id = ? AND number = ?"
        body = connection.execute(query, (self._project_id, number)).fetchone()[0]
        try:
            return Canon.model_validate_json(body)
        except pydantic.ValidationError as error:
            raise DeskError(
                f"version {number} of the timeline is no longer valid: {error.errors()[0]['msg']}",
                where=f"project {self._project_id}",
                hint="It is kept unchanged; undo goes back to the version before it",
            ) from error


def _current_number(connection: sqlite3.Connection, project_id: int) -> int | None:
    row = connection.execute("SELECT number FROM canon_now WHERE project_id = ?", (project_id,)).fetchone()
    return None if row is None else int(row[0])
