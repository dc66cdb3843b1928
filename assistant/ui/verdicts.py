"""Verdicts and ranges for the eye: a word, a shape and a colour each, so that no one needs to tell colours apart."""

from __future__ import annotations

from assistant.export.wording import range_words
from assistant.records import Probability, Verdict
from assistant.ui.markup import Markup, inline, tag

__all__ = ["SHAPES", "badge", "chip", "range_bar", "style_of"]

SHAPES = {
    Verdict.ASB: "✖",
    Verdict.IMPLAUSIBLE: "▼",
    Verdict.STRAINED: "◆",
    Verdict.PLAUSIBLE: "▲",
    Verdict.LIKELY: "●",
    Verdict.NOT_JUDGED: "○",
}


def style_of(verdict: Verdict) -> str:
    """Return the style-sheet class of a verdict."""
    return f"tg-v-{verdict.replace(' ', '-')}"


def badge(text: str, kind: str = "") -> Markup:
    """Return a small label."""
    return tag("span", text, class_=f"tg-badge {kind}".strip())


def chip(verdict: Verdict) -> Markup:
    """Return the verdict's shape and word."""
    word = "ASB: impossible without magic" if verdict is Verdict.ASB else str(verdict)
    return tag("span", f"{SHAPES[verdict]} {word}", class_=f"tg-chip {style_of(verdict)}")


def range_bar(probability: Probability | None) -> Markup:
    """Return the range as a bar from 0 to 100 % with its words; where there is none, nothing."""
    if probability is None:
        return Markup("")
    left, right = 100 * probability.low, 100 * probability.high
    width = max(right - left, 1.5)
    fill = tag("span", class_="tg-fill", style=f"left:{min(left, 98.5):.1f}%;width:{width:.1f}%")
    words = range_words(probability)
    track = tag("span", fill, class_="tg-track", title=f"From 0 to 100 %: {words}")
    return inline(track, tag("span", words, class_="tg-range"))
