"""Asking for a record: as a JSON schema beside the messages where the server takes one, else inside the prompt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from assistant.llm.chat import Message

__all__ = ["in_prompt", "is_strict", "response_format"]


def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the protocol's `response_format` for a record; strict where the record's schema is fit for that."""
    form = schema.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.__name__, "schema": form, "strict": is_strict(form)},
    }


def is_strict(form: Any) -> bool:
    """Tell whether a JSON schema meets the protocol's strict form: every object closed, every field asked for, no defaults."""
    if isinstance(form, list):
        return all(is_strict(part) for part in form)
    if not isinstance(form, dict):
        return True
    if "properties" in form:
        closed = form.get("additionalProperties") is False
        if not closed or set(form.get("required", ())) != set(form["properties"]):
            return False
        if any("default" in part or ("$ref" in part and len(part) > 1) for part in form["properties"].values()):
            return False
    return all(is_strict(part) for part in form.values())


def in_prompt(messages: Sequence[Message], schema: type[BaseModel]) -> list[Message]:
    """Return the messages with the record's JSON schema put to the first one, where templates of any server keep it."""
    form = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    told = f"Answer with one JSON object and nothing else. It must fit this JSON schema:\n{form}"
    first, rest = messages[0], messages[1:]
    return [Message(role=first.role, text=f"{first.text}\n\n{told}"), *rest]
