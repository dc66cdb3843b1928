"""What the desk hands out: projects, revisions, inputs, and the canon of a timeline."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import JsonValue

from assistant.records import Record, Timeline

__all__ = ["Canon", "CanonAction", "CanonVersion", "Inputs", "Project", "Revision"]

CanonAction = Literal["begin", "accept", "reject", "edit"]


class Inputs(Record):
    """What a request was made of: the text that the user gave, and the settings of the request as plain values."""

    text: str
    settings: dict[str, JsonValue] = {}


class Project(Record):
    """A project on the desk. `revisions` counts its drafts that are not in the trash; times are UTC."""

    id: int
    title: str
    created: dt.datetime
    updated: dt.datetime
    trashed: dt.datetime | None = None
    revisions: int = 0


class Revision(Record):
    """One saved draft, without its body. `number` counts from 1 within the project and is never given twice."""

    project_id: int
    number: int
    kind: Literal["critique", "continuation"]
    title: str
    saved: dt.datetime
    trashed: dt.datetime | None = None


class Canon(Record):
    """The accepted state of a timeline, and the ids of proposed events that the author turned down."""

    timeline: Timeline
    rejected: list[str] = []


class CanonVersion(Record):
    """One version of a canon: what was done, to which event, and the version it grew from."""

    number: int
    parent: int | None
    action: CanonAction
    subject: str
    saved: dt.datetime
    current: bool
