"""What is asked of the desk: the text and the wishes of a request, kept as they are typed."""

from __future__ import annotations

import base64
import binascii
from typing import Final, Literal

from assistant.dates import parse_partial
from assistant.desk.entries import Inputs
from assistant.errors import InputError
from assistant.records import Record

__all__ = ["ORIGINS", "Origin", "Request", "checked_date"]

Origin = Literal["shipped", "text", "file"]
ORIGINS: Final[dict[Origin, str]] = {
    "shipped": "The shipped Elbe Day thread",
    "text": "Pasted or typed text",
    "file": "A file",
}


class Request(Record):
    """A request: where the text comes from, the text or the file, the day of `as_of`, and a chat model or None."""

    origin: Origin = "shipped"
    text: str = ""
    name: str = ""
    data: bytes = b""
    as_of: str = ""
    model: str | None = None

    @classmethod
    def of(cls, inputs: Inputs | None, model: str | None) -> Request:
        """Return the request that was kept; where nothing was, the shipped thread, drafted by `model`."""
        if inputs is None:
            return cls(model=model)
        kept = inputs.settings
        origin = kept.get("from")
        return cls(
            origin=origin if origin in ORIGINS else "text",
            text=inputs.text,
            name=str(kept.get("name") or ""),
            data=_bytes(str(kept.get("file") or "")),
            as_of=str(kept.get("as_of") or ""),
            model=str(kept["model"]) if kept.get("model") else (model if "model" not in kept else None),
        )

    def inputs(self) -> Inputs:
        """Return it as the desk keeps it."""
        file = base64.b64encode(self.data).decode("ascii")
        settings = {"from": self.origin, "name": self.name, "file": file, "as_of": self.as_of, "model": self.model}
        return Inputs(text=self.text, settings=dict(settings))

    def given(self) -> tuple[str, bytes] | None:
        """Return name and bytes of what is to be judged; None for the shipped thread.

        Raises:
            InputError: there is nothing yet.
        """
        if self.origin == "shipped":
            return None
        if self.origin == "text":
            if not self.text.strip():
                raise InputError("There is no text yet", hint="Paste a thread, a scenario or a draft first")
            return "pasted text", self.text.encode("utf-8")
        if not self.data:
            raise InputError("There is no file yet", hint="Upload a saved page, a text or a Markdown file first")
        return self.name, self.data


def checked_date(text: str, where: str) -> str | None:
    """Return a partial date, None for an empty field.

    Raises:
        InputError: it is no date.
    """
    try:
        return parse_partial(text.strip()) if text.strip() else None
    except ValueError as error:
        raise InputError(str(error), where=where) from error


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""  # kept by another version: the file must be given again, which the page then asks for
