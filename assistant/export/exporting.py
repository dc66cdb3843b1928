"""The one door: a draft in, its texts out."""

from __future__ import annotations

from typing import Final, Literal, get_args

from assistant.errors import ExportError
from assistant.export.answer import answer_document
from assistant.export.bbcode import DEFAULT_POST_LENGTH, render_bbcode
from assistant.export.continuation import continuation_document
from assistant.export.critique import critique_document
from assistant.export.document import Document
from assistant.export.jsonfile import render_json
from assistant.export.markdown import render_markdown
from assistant.export.page import render_page
from assistant.records import Answer, Continuation, Critique

__all__ = ["FORMATS", "SUFFIXES", "Format", "export"]

Format = Literal["md", "bbcode", "html", "json"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
SUFFIXES: Final[dict[Format, str]] = {"md": ".md", "bbcode": ".bbcode.txt", "html": ".html", "json": ".json"}


def export(draft: Critique | Continuation | Answer, form: str, *, post_length: int = DEFAULT_POST_LENGTH) -> list[str]:
    """Return the draft in the format asked for: one text, or for BBCode one for each post.

    Every text carries its evidence and can be given to `verify` alone.

    Args:
        draft: the critique, continuation or answer.
        form: one of `FORMATS`.
        post_length: BBCode only: the most characters that a post may have.

    Raises:
        ExportError: the format is unknown, or a claim with its evidence does not fit into a post.
    """
    if form == "json":
        return [render_json(draft)]
    document = _document(draft)
    if form == "md":
        return [render_markdown(document)]
    if form == "html":
        return [render_page(document)]
    if form == "bbcode":
        return render_bbcode(document, post_length)
    raise ExportError(f"{form!r} is not a format", hint=f"Choose one of {', '.join(FORMATS)}")


def _document(draft: Critique | Continuation | Answer) -> Document:
    if isinstance(draft, Critique):
        return critique_document(draft)
    if isinstance(draft, Continuation):
        return continuation_document(draft)
    return answer_document(draft)
