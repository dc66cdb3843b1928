"""Chat models as the rest of the house sees them: messages in, a reply out, and one retry that names what was wrong.

Plain Python: no library of any provider is known here. A model only answers; it is never given a tool, a file or a setting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from assistant.errors import ModelError, ModelOutputError
from assistant.llm.reading import read_answer
from assistant.records import Record, Usage
from assistant.text import excerpt

__all__ = ["ChatModel", "Keyed", "Message", "OnToken", "Reply", "Structured", "add_usage", "structured"]

T = TypeVar("T", bound=BaseModel)

OnToken = Callable[[str], None]
"""Told each piece of an answer as it arrives, in the caller's own thread."""

_MOST_NAMED = 30  # failures named in a retry; a longer list only blurs the prompt
_FAILURE_LENGTH = 300  # characters of one failure in a retry


class Message(Record):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True)
class Reply:
    """A complete answer.

    `parsed` is the record asked for, None where none was asked for or the text does not hold one. `usage` is this answer's own;
    its `cost` is left to the meter.
    """

    text: str
    parsed: BaseModel | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))
    cached: bool = False


class ChatModel(Protocol):
    """Anything that answers messages."""

    @property
    def name(self) -> str:
        """Which model this is and where it runs, as drafts say it; never with a key in it."""

    def ask(
        self, messages: Sequence[Message], schema: type[BaseModel] | None = None, *, on_token: OnToken | None = None
    ) -> Reply:
        """Answer, once, whole.

        Args:
            messages: the conversation so far, the last one being what is asked.
            schema: the record that the answer shall hold as JSON; None for free text.
            on_token: told each piece of the answer as it arrives.

        Raises:
            ModelError: the model cannot be reached or refuses.
            ModelTimeoutError: it did not answer in the time allowed.
            ModelOutputError: the answer broke off or is empty; the error keeps what there was.
        """


class Keyed(ChatModel, Protocol):
    """A chat model that can say everything, messages apart, that its answers depend on."""

    @property
    def parameters(self) -> Mapping[str, str | int | float | None]:
        """Provider, model, address and sampling parameters; no key."""


@dataclass(frozen=True)
class Structured(Generic[T]):
    """A validated answer.

    `failures` is what the caller's check still finds wrong with it after the retry: to be relabelled or removed visibly.
    `notices` is for the reader. `usage` is that of all requests together.
    """

    value: T
    failures: list[str]
    notices: list[str]
    usage: Usage


@dataclass(frozen=True)
class _Attempt(Generic[T]):
    """One answer: `value` None where it does not validate; `whole` False where it broke off."""

    text: str
    value: T | None
    failures: list[str]
    usage: Usage
    whole: bool = True


def structured(
    model: ChatModel,
    messages: Sequence[Message],
    schema: type[T],
    check: Callable[[T], list[str]] | None = None,
    *,
    on_token: OnToken | None = None,
) -> Structured[T]:
    """Ask for a record, and once again, with the failures named one by one, where the answer is not valid or not sound.

    Of two valid answers the one with fewer failures is returned, the later one if they are equal. A check must therefore count
    what is missing too, or an answer that says nothing would win. When the retry cannot be had, the first answer is kept if it is
    valid, and a notice says so.

    Args:
        model: whom to ask.
        messages: the conversation, ending with the task.
        schema: the record wanted.
        check: returns what is wrong with a valid record, each failure in words that the model can act on.
        on_token: told each piece of the answers as they arrive.

    Raises:
        ModelOutputError: neither answer holds the record; `partial` keeps the longer of the two texts.
        ModelError: the model cannot be reached or refuses, and there is no valid answer yet.
        ModelTimeoutError: likewise, for lack of time.
    """
    first = _attempt(model, messages, schema, check, on_token)
    if first.value is not None and not first.failures:
        return Structured(first.value, [], [], first.usage)
    try:
        second = _attempt(model, _retry(messages, first), schema, check, on_token)
    except ModelError as error:
        if first.value is None:
            error.partial = error.partial or first.text
            raise
        notice = f"The model was asked to mend its answer, but failed: {error}"
        usage = add_usage(first.usage, _spent(error))
        return Structured(first.value, first.failures, [notice], usage)
    return _better(model.name, first, second)


def add_usage(one: Usage, other: Usage) -> Usage:
    """Return the sum of two usages; a cost that is not known on one side is not known of the sum."""
    known = one.cost is not None and other.cost is not None
    return Usage(
        requests=one.requests + other.requests,
        cached=one.cached + other.cached,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost=(one.cost or 0.0) + (other.cost or 0.0) if known else None,
    )


def _attempt(
    model: ChatModel,
    messages: Sequence[Message],
    schema: type[T],
    check: Callable[[T], list[str]] | None,
    on_token: OnToken | None,
) -> _Attempt[T]:
    try:
        reply = model.ask(messages, schema, on_token=on_token)
    except ModelOutputError as error:
        return _Attempt(error.partial, None, [f"the answer is not whole: {error.what}"], _spent(error), whole=False)
    value, failures = read_answer(reply.text, schema) if reply.parsed is None else (reply.parsed, list[str]())
    if isinstance(value, schema):
        return _Attempt(reply.text, value, check(value) if check else [], reply.usage)
    return _Attempt(reply.text, None, failures or [f"the answer is no {schema.__name__}"], reply.usage)


def _retry(messages: Sequence[Message], failed: _Attempt[T]) -> list[Message]:
    """Return the conversation with the failed answer, unless it broke off, and with its failures as the next turn."""
    named = [excerpt(failure, _FAILURE_LENGTH) for failure in failed.failures[:_MOST_NAMED]]
    left = len(failed.failures) - len(named)
    lines = [f"{at}. {failure}" for at, failure in enumerate(named, start=1)]
    lines += [f"... and {left} more failures like these."] if left > 0 else []
    advice = "mend each of these and keep the rest" if failed.whole else "whole this time, and shorter"
    text = "\n".join(
        [
            "That answer cannot be used as it stands. What is wrong with it:",
            *lines,
            f"Answer once more, complete and in the same JSON form: {advice}. Leave out what you cannot support.",
        ]
    )
    answer = [Message(role="assistant", text=failed.text)] if failed.whole and failed.text.strip() else []
    return [*messages, *answer, Message(role="user", text=text)]


def _better(name: str, first: _Attempt[T], second: _Attempt[T]) -> Structured[T]:
    usage = add_usage(first.usage, second.usage)
    if second.value is not None and (first.value is None or len(second.failures) <= len(first.failures)):
        return Structured(second.value, second.failures, [], usage)
    if first.value is not None:
        what = f"had {len(second.failures)} failures" if second.value is not None else "was not valid"
        notice = f"The model was asked to mend its answer; its second one {what}, so the first is kept"
        return Structured(first.value, first.failures, [notice], usage)
    raise ModelOutputError(
        f"The model's answer was not of the form asked for, twice: {'; '.join(second.failures[:3])}",
        where=name,
        hint="Try again, choose a model that is better at structured answers, or draft from the archive",
        partial=max(second.text, first.text, key=len),
        tokens=(usage.input_tokens, usage.output_tokens),
    )


def _spent(error: ModelError) -> Usage:
    return Usage(requests=1, input_tokens=error.tokens[0], output_tokens=error.tokens[1])
