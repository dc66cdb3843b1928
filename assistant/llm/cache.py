"""Answers kept: an identical request is answered without asking the model again.

A request is the same when the model, its address, its parameters, the messages and the schema are the same. Each answer is a file
named by the hash of its request, written whole or not at all, so several processes can share the folder. Only complete
answers that hold what was asked for are kept; a broken one would come back for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from assistant.llm.chat import Keyed, Message, OnToken, Reply
from assistant.llm.reading import read_answer
from assistant.records import Record, Usage

__all__ = ["CachedChatModel", "request_key"]

_FORM = 1  # raised when the meaning of a request or of a file changes


class _Kept(Record):
    """One file of the cache."""

    model: str
    text: str


class CachedChatModel:
    """A chat model whose complete answers are kept in a folder."""

    def __init__(self, model: Keyed, folder: Path, *, notice: Callable[[str], None]) -> None:
        """Wrap a model.

        Args:
            model: whom to ask for what is not kept yet.
            folder: where answers are kept; made when the first one is.
            notice: told when the cache cannot be read or written; the answer is given all the same.
        """
        self._model, self._folder, self._notice = model, folder, notice

    @property
    def name(self) -> str:
        """The wrapped model's own name."""
        return self._model.name

    def ask(
        self, messages: Sequence[Message], schema: type[BaseModel] | None = None, *, on_token: OnToken | None = None
    ) -> Reply:
        """Answer from the cache, else by the model; see `ChatModel.ask`."""
        path = self._folder / f"{request_key(self._model, messages, schema)}.json"
        kept = self._read(path, schema)
        if kept is not None:
            if on_token is not None:
                on_token(kept.text)
            return kept
        reply = self._model.ask(messages, schema, on_token=on_token)
        if schema is None or reply.parsed is not None:
            self._keep(path, reply)
        return reply

    def _read(self, path: Path, schema: type[BaseModel] | None) -> Reply | None:
        try:
            text = _Kept.model_validate_json(path.read_bytes()).text
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            self._notice(f"A kept answer cannot be read, so the model is asked again ({path}: {type(error).__name__})")
            return None
        parsed, failures = read_answer(text, schema) if schema is not None else (None, [])
        if failures:
            self._notice(f"A kept answer is no longer valid, so the model is asked again ({path}: {failures[0]})")
            return None
        return Reply(text=text, parsed=parsed, usage=Usage(cached=1), cached=True)

    def _keep(self, path: Path, reply: Reply) -> None:
        data = _Kept(model=self._model.name, text=reply.text).model_dump_json().encode("utf-8")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(path, data)
        except OSError as error:
            self._notice(f"The model's answer cannot be kept for the next time ({path}: {error.strerror})")


def request_key(model: Keyed, messages: Sequence[Message], schema: type[BaseModel] | None) -> str:
    """Return the hash that stands for a request: equal requests have equal keys in every process and on every day."""
    request = {
        "form": _FORM,
        "parameters": dict(model.parameters),
        "messages": [message.model_dump() for message in messages],
        "schema": schema.model_json_schema() if schema is not None else None,
    }
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode("utf-8")).hexdigest()


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:16]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
