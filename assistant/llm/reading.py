"""Reading a model's answer: the JSON object in its text, strictly, and what is wrong with it in words that it can act on."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.text import excerpt

__all__ = ["read_answer"]

T = TypeVar("T", bound=BaseModel)

_NEAR = 30  # characters shown on each side of the place where the JSON breaks


def read_answer(text: str, schema: type[T]) -> tuple[T | None, list[str]]:
    """Return the record that a model's text holds, or None and everything that is wrong with it, one failure an entry.

    The object begins at the first brace of the text: prose or a code fence around it do no harm. Nothing is mended: broken
    JSON, a key that stands twice (the first value would vanish) or a value that is no text in any encoding are failures.
    """
    value, failure = _object_in(text)
    if failure:
        return None, [failure]
    try:
        return schema.model_validate(value), []
    except ValidationError as error:
        return None, [_told(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False)]


def _object_in(text: str) -> tuple[Any, str]:
    """Return the decoded object and no failure, or None and the failure."""
    start = text.find("{")
    if start < 0:
        return None, "the answer holds no JSON object"
    decoder = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_no_number)
    try:
        value, _ = decoder.raw_decode(text, start)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        near = excerpt(text[max(0, error.pos - _NEAR) : error.pos + _NEAR], 2 * _NEAR)
        return None, f"the JSON breaks at line {error.lineno}, column {error.colno} ({error.msg}), near {near!r}"
    except UnicodeEncodeError:
        return None, "the JSON holds half of a surrogate pair, which is no character"
    except ValueError as error:
        return None, f"the JSON cannot be read: {error}"
    except RecursionError:
        return None, "the JSON is nested too deep"
    return value, ""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _told(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in place) or 'the object'}: {message}"
