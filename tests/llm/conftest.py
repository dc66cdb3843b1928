"""A chat model that says what it is told to, without any server, and small evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pydantic import BaseModel

from assistant.llm.chat import Message, OnToken, Reply
from assistant.llm.reading import read_answer
from assistant.records import Evidence, Passage, PassageKind, Side, Tier, Usage


class FakeModel:
    """Gives the queued answers in turn; an exception in the queue is raised. Remembers what it was asked."""

    name = "fake"

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.asked = list(answers), list[list[Message]]()
        self.parameters: dict[str, str | int | float | None] = {"model": "fake"}

    def ask(
        self, messages: Sequence[Message], schema: type[BaseModel] | None = None, *, on_token: OnToken | None = None
    ) -> Reply:
        self.asked.append(list(messages))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if on_token is not None:
            on_token(answer)
        parsed = read_answer(answer, schema)[0] if schema else None
        return Reply(text=answer, parsed=parsed, usage=Usage(requests=1, input_tokens=10, output_tokens=2))


@pytest.fixture
def fake_model() -> type[FakeModel]:
    return FakeModel


@pytest.fixture
def evidence_of() -> Callable[..., list[Evidence]]:
    def make(*texts: str, tier: Tier = Tier.PRIMARY) -> list[Evidence]:
        return [
            Evidence(number=at, side=Side.FOR, reason="it says so", score=1.0, passage=_passage(at, text, tier))
            for at, text in enumerate(texts, start=1)
        ]

    return make


def _passage(number: int, text: str, tier: Tier) -> Passage:
    return Passage(
        start=0,
        end=len(text),
        id=f"note#{number}",
        source_id="note",
        source_hash="0" * 64,
        number=number,
        kind=PassageKind.STATEMENT,
        title="A note",
        text=text,
        tier=tier,
        date="1945-04-25",
        locator=f"para. {number}",
    )
