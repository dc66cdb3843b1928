"""The scripted server speaks the protocol as the reference client understands it."""

from __future__ import annotations

import openai
import pytest
from support.openai_server import OpenAIServer, says

TURNS = [{"role": "user", "content": "Who met?"}]


@pytest.fixture
def client(openai_server: OpenAIServer) -> openai.OpenAI:
    return openai.OpenAI(api_key="k", base_url=openai_server.url, max_retries=1, timeout=20)


def test_answers_whole_and_streaming(openai_server: OpenAIServer, client: openai.OpenAI) -> None:
    openai_server.always(says("Soldiers of two armies met there."))
    whole = client.chat.completions.create(model="m", messages=TURNS)
    assert whole.choices[0].message.content == "Soldiers of two armies met there."
    assert whole.usage.completion_tokens == 6
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model="m", messages=TURNS, stream=True, stream_options=options))
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == "Soldiers of two armies met there."
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens == 6


def test_lists_models_and_embeds(openai_server: OpenAIServer, client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["scripted"]
    made = client.embeddings.create(model="m", input=["a", "b", "a"]).data
    assert [len(item.embedding) for item in made] == [8, 8, 8]
    assert made[0].embedding == made[2].embedding != made[1].embedding


def test_what_is_not_scripted_fails_at_once(openai_server: OpenAIServer, client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError, match="nothing is scripted"):
        client.chat.completions.create(model="m", messages=TURNS)
    assert len(openai_server.chats) == 1
