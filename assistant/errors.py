"""One tree of errors. Each says what happened, to which file or field, and what the user can do about it.

Below the faces nothing prints and nothing exits: a face catches `TorgauError` at one place, shows `str(error)` and, on the
command line, leaves with `error.exit_code`.
"""

from __future__ import annotations

__all__ = [
    "BusyError",
    "CorpusError",
    "DeskError",
    "EmbedderError",
    "ExportError",
    "FetchError",
    "IndexDamagedError",
    "InputError",
    "ModelError",
    "ModelOutputError",
    "ModelTimeoutError",
    "ScenarioError",
    "SettingsError",
    "ShelfError",
    "TorgauError",
    "VerifyError",
]


class TorgauError(Exception):
    """Base of every error that a user may see.

    Args:
        what: what happened, one sentence without a final stop.
        where: the file, field or address it happened to, if any.
        hint: what the user can do, one sentence, if anything.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f". {self.hint}" if self.hint else ""
        return f"{self.what}{place}{advice}"


class InputError(TorgauError):
    """What the user gave cannot be read: a missing file, an unknown format, a date that is no date."""

    exit_code = 2


class SettingsError(TorgauError):
    """A setting is missing, unknown or has an impossible value."""

    exit_code = 2


class CorpusError(TorgauError):
    """A file of the shipped corpus, or of a user's notes, breaks the corpus rules."""

    exit_code = 3


class ScenarioError(CorpusError):
    """A scenario's drivers, hinges, levers or outcomes do not fit together."""


class IndexDamagedError(TorgauError):
    """A search index cannot be opened or disagrees with the source texts; it can be rebuilt from them."""

    exit_code = 4


class EmbedderError(TorgauError):
    """The embedding model cannot run here; lexical search alone still can."""

    exit_code = 4


class BusyError(TorgauError):
    """Another Torgau process is writing; it is named, and waiting or trying again helps."""

    exit_code = 5


class ModelError(TorgauError):
    """The chat model could not be reached or refused to answer.

    Args:
        partial: what the model had written before it failed, so that the work so far can be kept.
        tokens: how many tokens the server counted as read and as written; they are paid for although the answer failed.
    """

    exit_code = 6

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        partial: str = "",
        tokens: tuple[int, int] = (0, 0),
    ) -> None:
        self.partial, self.tokens = partial, tokens
        super().__init__(what, where=where, hint=hint)


class ModelTimeoutError(ModelError):
    """The chat model did not answer in the time allowed."""


class ModelOutputError(ModelError):
    """The chat model's answer was not of the form asked for, after one retry."""


class DeskError(TorgauError):
    """A project, draft or revision cannot be found or stored."""

    exit_code = 7


class ExportError(TorgauError):
    """A draft cannot be written in the form asked for."""

    exit_code = 8


class VerifyError(TorgauError):
    """An exported file cannot be checked at all (no evidence section, an unknown source)."""

    exit_code = 9


class FetchError(TorgauError):
    """A document could not be downloaded."""

    exit_code = 10


class ShelfError(TorgauError):
    """A source of the library is unknown, or its stored text is missing, altered or cannot be written."""

    exit_code = 11
