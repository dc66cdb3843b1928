"""The one place where HTML is written. Every text that is put in is escaped, whoever wrote it.

Markdown is no way to show a quotation: it turns `--` into a dash, `:smile:` into a picture and `$x$` into a formula. So what
must be exact is set as escaped HTML, built by `markupsafe`, which escapes everything that is not itself such a piece;
labels of widgets, which know only Markdown, go through `plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from markupsafe import Markup, escape

__all__ = ["Markup", "inline", "joined", "plain", "show", "styles", "tag"]

_STYLES = Path(__file__).with_name("style.css")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# What Streamlit looks for even behind an escape: arrows, dashes, pictures and icons by name, addresses.
_JOINED = re.compile(r"(?<=[<>~=-])(?=[<>~=-])|(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"


def styles() -> None:
    """Put the pages' own style sheet into the page."""
    st.html(_STYLES)


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children and values are escaped unless they are `Markup`; `class_` and `_` stand for `class` and `-`."""
    given = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    opening = Markup("<") + Markup(name) + given + Markup(">")
    return opening + joined(children) + Markup("</") + Markup(name) + Markup(">")


def joined(pieces: Iterable[object], separator: str = "") -> Markup:
    """Return the pieces one after the other, each escaped unless it is `Markup`."""
    return escape(separator).join(escape(piece) for piece in pieces)


def inline(*pieces: object) -> Markup:
    """Return the pieces with a space between those that are not empty."""
    return joined([piece for piece in pieces if piece], " ")


def show(piece: Markup) -> None:
    """Show a piece of HTML.

    Raises:
        TypeError: the piece is a bare text, which nobody has escaped.
    """
    if not isinstance(piece, Markup):
        raise TypeError("only escaped pieces are shown")
    st.html(str(piece))


def plain(text: str) -> str:
    """Return the text on one line for a label or message that is read as Markdown, so that it is shown as it stands."""
    line = " ".join(text.split())
    return _PUNCTUATION.sub(r"\\\g<0>", _JOINED.sub(_WORD_JOINER, line))
