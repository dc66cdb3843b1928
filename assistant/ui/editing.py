"""An author's edit of an event. What is left as it stood keeps what it rests on; what is changed is the author's invention."""

from __future__ import annotations

from assistant.dates import parse_partial, precision_of
from assistant.errors import InputError
from assistant.records import Event, Sentence, SentenceType
from assistant.text import sentences

__all__ = ["body_of", "edited"]


def body_of(event: Event) -> str:
    """Return the text of an event as it is edited: one sentence after the other."""
    return " ".join(sentence.text for sentence in event.sentences)


def edited(event: Event, *, title: str, date: str, text: str) -> Event:
    """Return the event with another title, date and text.

    A sentence that stands in the new text word for word keeps its type and citations; all else becomes invention. The event's id
    and causes stay, so that later events still follow from it.

    Raises:
        InputError: there is no title or no text, or the date is none.
    """
    if not title.strip() or not text.strip():
        raise InputError("An event needs a title and a text", where=event.id)
    try:
        day = parse_partial(date.strip())
    except ValueError as error:
        raise InputError(str(error), where=event.id) from error
    return event.model_copy(
        update={
            "title": " ".join(title.split()),
            "date": day,
            "precision": event.precision if day == event.date else precision_of(day),
            "sentences": _sentences(event, " ".join(text.split())),
        }
    )


def _sentences(event: Event, text: str) -> list[Sentence]:
    kept: list[tuple[int, Sentence]] = []
    rest = text
    for sentence in sorted(event.sentences, key=lambda known: -len(known.text)):
        at = rest.find(sentence.text)
        if at >= 0:
            kept.append((at, sentence))
            rest = rest[:at] + "\0" * len(sentence.text) + rest[at + len(sentence.text) :]
    made = [
        (start, Sentence(text=rest[start:end], type=SentenceType.INVENTION))
        for start, end in _written(rest)
        if any(char.isalnum() for char in rest[start:end])
    ]
    return [sentence for _, sentence in sorted([*kept, *made], key=lambda pair: pair[0])]


def _written(rest: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences between those that were kept."""
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in rest.split("\0"):
        if piece.strip():
            spans += sentences(piece, at)
        at += len(piece) + 1
    return spans
