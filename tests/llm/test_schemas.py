from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from assistant.llm.chat import Message
from assistant.llm.schemas import in_prompt, is_strict, response_format


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str
    maybe: int | None


class Nested(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: list[Closed]


class WithDefault(Closed):
    word: str = "none"


class Open(BaseModel):
    word: str


class NestedOpen(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: list[Open]


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid")
    part: Annotated[Closed, Field(description="no neighbour of a reference is allowed")]


@pytest.mark.parametrize(
    ("schema", "strict"),
    [(Closed, True), (Nested, True), (WithDefault, False), (Open, False), (NestedOpen, False), (Described, False)],
)
def test_tells_what_the_strict_form_allows(schema: type[BaseModel], strict: bool) -> None:
    assert is_strict(schema.model_json_schema()) is strict
    assert response_format(schema)["json_schema"]["strict"] is strict


def test_the_prompt_gets_the_schema_once_and_keeps_its_turns() -> None:
    turns = [
        Message(role="user", text="First."),
        Message(role="assistant", text="So."),
        Message(role="user", text="Again."),
    ]
    told = in_prompt(turns, Closed)
    assert [turn.role for turn in told] == ["user", "assistant", "user"]
    assert told[0].text.startswith("First.\n\nAnswer with one JSON object")
    assert '"maybe"' in told[0].text
    assert told[1:] == turns[1:]
