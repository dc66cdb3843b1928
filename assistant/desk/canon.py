"""The canon of a timeline: what accepting, rejecting and editing an event make of it. Pure; the desk keeps the versions."""

from __future__ import annotations

from assistant.dates import earliest
from assistant.desk.entries import Canon
from assistant.errors import DeskError
from assistant.records import Event

__all__ = ["accept", "edit", "reject"]


def accept(canon: Canon, event: Event) -> Canon:
    """Return the canon with the event in its place by date; the same event twice changes nothing.

    Raises:
        DeskError: another event of the canon has this id.
    """
    known = _find(canon, event.id)
    if known == event:
        return canon
    if known is not None:
        raise DeskError(
            "the canon already has another event of this id", where=event.id, hint="Edit that event instead"
        )
    rejected = [event_id for event_id in canon.rejected if event_id != event.id]
    return _with_events(canon, [*canon.timeline.events, event], rejected)


def reject(canon: Canon, event_id: str) -> Canon:
    """Return the canon without the event, and remember that it was turned down; it need not have been accepted.

    Raises:
        DeskError: accepted events name it as their cause.
    """
    followers = [event.id for event in canon.timeline.events if event_id in event.causes]
    if followers:
        raise DeskError(
            f"accepted events follow from this one: {', '.join(followers)}",
            where=event_id,
            hint="Reject or edit those first",
        )
    rejected = canon.rejected if event_id in canon.rejected else [*canon.rejected, event_id]
    return _with_events(canon, [event for event in canon.timeline.events if event.id != event_id], rejected)


def edit(canon: Canon, event: Event) -> Canon:
    """Return the canon with the event of the same id replaced, and put in its place by date.

    Raises:
        DeskError: the canon has no event of this id.
    """
    if _find(canon, event.id) is None:
        raise DeskError("the canon has no such event", where=event.id, hint="Accept it first")
    return _with_events(canon, [event if old.id == event.id else old for old in canon.timeline.events], canon.rejected)


def _find(canon: Canon, event_id: str) -> Event | None:
    return next((event for event in canon.timeline.events if event.id == event_id), None)


def _with_events(canon: Canon, events: list[Event], rejected: list[str]) -> Canon:
    in_order = sorted(events, key=lambda event: earliest(event.date))
    return Canon(timeline=canon.timeline.model_copy(update={"events": in_order}), rejected=rejected)
