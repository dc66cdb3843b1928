"""A continuation laid out: the span and its premises, then dated entries, each with its causes and its counterpart."""

from __future__ import annotations

from assistant.dates import spoken
from assistant.export.closing import closing_sections, fallback_lines, legend
from assistant.export.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Inline,
    Numbering,
    Paragraph,
    Run,
    Section,
    joined,
    prose,
)
from assistant.export.wording import byline, dated, range_words
from assistant.records import Continuation, Event

__all__ = ["continuation_document"]

_UNMOVED = {
    "otl": "our timeline's own course, which nothing here has moved",
    "chance": "chance: it hung in the balance, and nothing here pushed it",
}


def continuation_document(continuation: Continuation) -> Document:
    """Return the continuation laid out for reading, its citations numbered in the order of the text."""
    numbering = Numbering()
    names = _names(continuation)
    body = [_opening(continuation, names, numbering)]
    if continuation.timeline.events:
        canon = tuple((Run(f"{_when(event)}: ", "strong"), Run(event.title)) for event in continuation.timeline.events)
        body.append(Section((Heading("The story so far"), Bullets(canon))))
    for number, event in enumerate(continuation.events, 1):
        heading = (Heading("The timeline"),) if number == 1 else ()
        body.append(Section((*heading, *_event(event, names, numbering))))
    return Document(
        title=continuation.title,
        byline=byline(continuation.origin),
        body=tuple(body),
        entries=numbering.entries(),
        closing=closing_sections(continuation),
    )


def _names(continuation: Continuation) -> dict[str, str]:
    """Return what to call each premise and event: ids mean nothing to a reader."""
    names = {key: f"the premise “{text.rstrip().rstrip('.')}”" for key, text in continuation.timeline.premises.items()}
    names |= {key: said for key, said in _UNMOVED.items() if key in names}
    for event in [*continuation.timeline.events, *continuation.events]:
        names[event.id] = f"“{event.title.rstrip('.')}” ({_when(event)})"
    return names


def _opening(continuation: Continuation, names: dict[str, str], numbering: Numbering) -> Section:
    timeline = continuation.timeline
    span = f"{spoken(continuation.start)} to {spoken(continuation.end)}. Point of divergence: {spoken(timeline.pod)}."
    blocks: list[Block] = [Paragraph((Run(span, "italic"),)), *fallback_lines(continuation)]
    if continuation.introduction:
        blocks.append(Paragraph(prose(continuation.introduction, numbering)))
    if continuation.chain:
        weakest = ""
        if continuation.weakest:
            weakest = f" The weakest step: {names.get(continuation.weakest, continuation.weakest).rstrip('.')}."
        odds = f"{range_words(continuation.chain)}.{weakest}"
        blocks.append(Paragraph((Run("All of these steps together: ", "strong"), Run(odds))))
    blocks.append(legend())
    if timeline.premises:
        blocks.append(Heading("The premise"))
        blocks.append(Bullets(tuple((Run(text),) for text in timeline.premises.values())))
    return Section(tuple(blocks))


def _event(event: Event, names: dict[str, str], numbering: Numbering) -> list[Block]:
    title = event.title if event.title.endswith((".", "!", "?")) else f"{event.title}."
    text = joined([(Run(f"{_when(event)} — {title}", "strong"),), prose(event.sentences, numbering)], " ")
    blocks: list[Block] = [Paragraph(text)]
    blocks += [Paragraph((Run(f"⚠ {flag}"),)) for flag in event.flags]
    blocks.append(Paragraph(_footing(event, names, numbering), small=True))
    return blocks


def _footing(event: Event, names: dict[str, str], numbering: Numbering) -> tuple[Inline, ...]:
    groups: list[tuple[Inline, ...]] = []
    if event.causes:
        causes = "; ".join(names.get(cause, cause) for cause in event.causes)
        groups.append((Run("Because of: ", "strong"), Run(f"{causes}.")))
    groups.append((Run("In our timeline: ", "strong"), *_counterpart(event, numbering)))
    if event.probability:
        odds = f"{range_words(event.probability)}, given what came before."
        groups.append((Run("This step: ", "strong"), Run(odds)))
    if event.diverges:
        groups.append((Run("Here the two timelines part."),))
    return joined(groups, " ")


def _counterpart(event: Event, numbering: Numbering) -> tuple[Inline, ...]:
    if event.otl is None:
        return (Run("nothing that corresponds."),)
    same = not event.diverges and not event.flags
    said = event.otl.text in {sentence.text for sentence in event.sentences}
    text = "the same." if same and said else f"the same. {event.otl.text}" if same else event.otl.text
    return (Run(f"{text} "), numbering.marks(event.otl.citations)) if event.otl.citations else (Run(text),)


def _when(event: Event) -> str:
    return dated(event.date, event.precision)
