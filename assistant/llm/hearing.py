"""Hearing an answer out: what a stream of pieces said, how it ended, what it took, and whether that is a whole answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.errors import ModelError, ModelOutputError
from assistant.text import excerpt

__all__ = ["Heard"]

# How providers say that an answer was cut, or withheld.
_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "incomplete"})
_WITHHELD = frozenset({"content_filter", "refusal", "safety", "recitation", "prohibited_content", "blocklist"})
_REFUSAL_LENGTH = 200


@dataclass
class Heard:
    """What has been heard of one answer.

    `reason` is the provider's word for why the answer ended, None while it has not said. `read` and `written` are tokens.
    """

    pieces: list[str] = field(default_factory=list)
    reason: str | None = None
    refusal: str = ""
    read: int = 0
    written: int = 0

    @property
    def text(self) -> str:
        """All pieces so far."""
        return "".join(self.pieces)

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens read and written, as far as the server counted."""
        return self.read, self.written

    def judge(self, name: str, *, tells_its_end: bool) -> None:
        """Find out whether this is a whole answer.

        Args:
            name: the model, for the error.
            tells_its_end: whether the provider is known to say why an answer ended, so that silence means a broken line.

        Raises:
            ModelError: the model would not answer.
            ModelOutputError: the answer was cut, broke off or is empty.
        """
        reason = (self.reason or "").casefold()
        if self.refusal or reason in _WITHHELD:
            said = f": {excerpt(self.refusal, _REFUSAL_LENGTH)}" if self.refusal else f" ({reason})"
            hint = "Word the text otherwise, choose another model, or draft from the archive"
            raise ModelError(f"The model would not answer{said}", where=name, hint=hint, tokens=self.tokens)
        if reason in _CUT:
            raise self.broken("The answer was cut at the model's length limit", name)
        if not reason and tells_its_end:
            raise self.broken("The answer broke off before its end", name)
        if not self.text.strip():
            raise self.broken("The answer is empty: the model may have refused", name)

    def broken(self, what: str, name: str) -> ModelOutputError:
        """Return the error for an answer that is not whole, with what there is of it."""
        hint = "Try again, ask for less at once, or choose a model that writes longer answers"
        return ModelOutputError(what, where=name, hint=hint, partial=self.text, tokens=self.tokens)
