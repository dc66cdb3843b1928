"""Typed sentences as flowing prose: each shows what it rests on, inventions are set apart, warnings stand beside."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Sentence, SentenceType
from assistant.ui.citations import Numbers, marks
from assistant.ui.markup import Markup, inline, joined, tag

__all__ = ["LEGEND", "prose", "titled"]

LEGEND = (
    "[3] the evidence under that number says so · [→ 3] it follows from it · [argued 3] somebody argues it there · "
    "italics: the author's invention · ⚠ a warning. A number opens its source at the quoted words."
)
_LABELS = {SentenceType.INFERENCE: "→ ", SentenceType.OPINION: "argued "}


def prose(sentences: Iterable[Sentence], numbers: Numbers) -> Markup:
    """Return the sentences as one paragraph."""
    return joined([_sentence(sentence, numbers) for sentence in sentences], " ")


def titled(title: str, sentences: list[Sentence], numbers: Numbers) -> Markup:
    """Return a paragraph that begins with a title in bold; nothing where there are no sentences."""
    return tag("p", tag("b", title), " ", prose(sentences, numbers)) if sentences else Markup("")


def _sentence(sentence: Sentence, numbers: Numbers) -> Markup:
    invented = sentence.type is SentenceType.INVENTION
    return inline(
        tag("i", sentence.text, title="The author's invention") if invented else sentence.text,
        marks(sentence.citations, numbers, _LABELS.get(sentence.type, "")),
        tag("span", f"⚠ {sentence.flag}", class_="tg-flag") if sentence.flag else "",
    )
