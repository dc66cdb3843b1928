"""The adapter against a real HTTP server on the loopback address that behaves well and badly."""

from __future__ import annotations

import json

import langsmith
import pytest
from langchain_core.language_models import BaseChatModel
from langsmith.utils import tracing_is_enabled
from pydantic import BaseModel
from support.openai_server import (
    OpenAIServer,
    cut_at_length,
    drips,
    fails,
    hangs,
    rate_limited,
    refuses,
    says,
    stops_half_way,
    takes_no_schema,
)

from assistant.errors import ModelError, ModelOutputError, ModelTimeoutError
from assistant.llm.answers import QuestionAnswer
from assistant.llm.chat import Message
from assistant.llm.langchain_adapter import LangChainChatModel, open_chat_model

ASK = [Message(role="system", text="Be exact."), Message(role="user", text="Who met at Torgau?")]
ANSWER = {"sentences": [{"text": "Soldiers did.", "type": "invention", "cites": []}]}
TEXT = "American and Soviet soldiers met at Torgau on 25 April 1945."


class Loose(BaseModel):
    word: str = "none"


@pytest.fixture
def model(openai_server: OpenAIServer) -> LangChainChatModel:
    return open_chat_model(
        "scripted:7b", api_key="secret-key", base_url=openai_server.url, timeout=20, max_retries=2, max_tokens=500
    )


def test_streams_free_text_and_counts_it(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says(TEXT))
    pieces: list[str] = []
    reply = model.ask(ASK, on_token=pieces.append)
    assert reply.text == TEXT == "".join(pieces)
    assert len(pieces) > 3
    assert reply.parsed is None
    assert not reply.cached
    assert reply.usage.requests == 1
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (6, len(TEXT.split()))


def test_sends_the_messages_and_no_tool(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says(TEXT))
    model.ask([*ASK, Message(role="assistant", text="Soldiers."), Message(role="user", text="Which?")])
    (request,) = openai_server.chats
    assert [(turn["role"], turn["content"]) for turn in request["messages"]] == [
        ("system", "Be exact."),
        ("user", "Who met at Torgau?"),
        ("assistant", "Soldiers."),
        ("user", "Which?"),
    ]
    assert request["model"] == "scripted:7b"
    assert request["key"] == "Bearer secret-key"
    assert request["stream"]
    assert not {"tools", "functions", "temperature", "response_format"} & set(request)


def test_asks_for_a_record_by_a_strict_schema(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says(ANSWER))
    pieces: list[str] = []
    reply = model.ask(ASK, QuestionAnswer, on_token=pieces.append)
    assert isinstance(reply.parsed, QuestionAnswer)
    assert reply.parsed.sentences[0].text == "Soldiers did."
    assert "".join(pieces) == reply.text == json.dumps(ANSWER)
    assert reply.usage.output_tokens == len(json.dumps(ANSWER).split())
    form = openai_server.chats[0]["response_format"]["json_schema"]
    assert form["strict"]
    assert form["schema"] == QuestionAnswer.model_json_schema()


def test_a_schema_that_is_not_strict_is_sent_as_such(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says({"word": "oath"}))
    assert model.ask(ASK, Loose).parsed == Loose(word="oath")
    assert not openai_server.chats[0]["response_format"]["json_schema"]["strict"]


def test_an_answer_of_another_form_is_not_parsed(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says({"word": 3}), says("no JSON"))
    assert model.ask(ASK, Loose).parsed is None
    assert model.ask(ASK, Loose).parsed is None


def test_puts_the_schema_into_the_prompt_where_the_server_takes_none(
    openai_server: OpenAIServer, model: LangChainChatModel
) -> None:
    openai_server.always(takes_no_schema(says(f"Here it is:\n```json\n{json.dumps(ANSWER)}\n```")))
    for _ in range(2):
        assert isinstance(model.ask(ASK, QuestionAnswer).parsed, QuestionAnswer)
    refused, second, third = openai_server.chats
    assert "response_format" in refused
    for request in (second, third):
        assert "response_format" not in request
        assert '"sentences"' in request["messages"][0]["content"]
        assert request["messages"][0]["content"].startswith("Be exact.")


def test_another_reason_for_400_is_told_and_the_schema_stays_in_use(
    openai_server: OpenAIServer, model: LangChainChatModel
) -> None:
    openai_server.script(fails(400, "temperature must be 1"), fails(400, "temperature must be 1"), says(ANSWER))
    with pytest.raises(ModelError, match="temperature must be 1"):
        model.ask(ASK, QuestionAnswer)
    model.ask(ASK, QuestionAnswer)
    assert "response_format" in openai_server.chats[-1]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "OPENAI_API_KEY"),
        (403, "OPENAI_API_KEY"),
        (404, "TORGAU_MODEL"),
        (400, "refused the request"),
        (413, "too long"),
        (418, "scripted failure"),
        (422, "refused the request"),
    ],
)
def test_a_refusal_is_one_clear_error_at_once(openai_server, model, status: int, said: str) -> None:
    openai_server.script(fails(status, "scripted failure for secret-key"))
    with pytest.raises(ModelError, match=said) as caught:
        model.ask(ASK)
    assert "secret-key" not in str(caught.value)
    assert "scripted:7b at 127.0.0.1" in str(caught.value)
    assert len(openai_server.chats) == 1


def test_a_text_too_long_for_the_model_is_told_as_that(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(fails(400, "This model's limit: context_length_exceeded"))
    with pytest.raises(ModelError, match="too long for the model"):
        model.ask(ASK, QuestionAnswer)
    assert len(openai_server.chats) == 1


def test_passing_faults_are_tried_again(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(rate_limited(), fails(500), says(TEXT))
    assert model.ask(ASK).text == TEXT
    assert len(openai_server.chats) == 3


@pytest.mark.parametrize(("status", "said"), [(429, "at its limit"), (500, "server failed"), (503, "server failed")])
def test_faults_that_do_not_pass_are_told_in_the_end(openai_server, model, status: int, said: str) -> None:
    openai_server.always(fails(status))
    with pytest.raises(ModelError, match=said):
        model.ask(ASK)
    assert len(openai_server.chats) == 3


def test_a_server_that_is_not_there_is_named() -> None:
    gone = open_chat_model("m", base_url="http://127.0.0.1:9/v1", timeout=20, max_retries=0)
    with pytest.raises(ModelError, match=r"cannot be reached.*TORGAU_BASE_URL"):
        gone.ask(ASK)


@pytest.mark.parametrize("schema", [None, QuestionAnswer])
@pytest.mark.parametrize("clean", [False, True])
def test_a_stream_that_breaks_off_keeps_what_there_was(openai_server, model, schema, clean: bool) -> None:
    openai_server.script(stops_half_way(TEXT, clean=clean))
    with pytest.raises(ModelOutputError, match="broke off") as caught:
        model.ask(ASK, schema)
    assert caught.value.partial == TEXT[: len(TEXT) // 2]


@pytest.mark.parametrize("schema", [None, QuestionAnswer])
def test_an_answer_cut_at_its_length_keeps_text_and_tokens(openai_server, model, schema) -> None:
    openai_server.script(cut_at_length(TEXT))
    with pytest.raises(ModelOutputError, match="length limit") as caught:
        model.ask(ASK, schema)
    assert caught.value.partial == TEXT[: len(TEXT) // 2]
    assert caught.value.tokens == (6, len(caught.value.partial.split()))


@pytest.mark.parametrize("after", ["", "American and "])
@pytest.mark.parametrize("schema", [None, QuestionAnswer])
def test_a_server_that_hangs_is_cut_off(openai_server: OpenAIServer, schema, after: str) -> None:
    openai_server.script(hangs(after))
    slow = open_chat_model("m", base_url=openai_server.url, timeout=0.6)
    with pytest.raises(ModelTimeoutError, match="TORGAU_TIMEOUT") as caught:
        slow.ask(ASK, schema)
    assert caught.value.partial == after
    assert len(openai_server.chats) == 1


def test_a_server_that_never_ends_is_cut_off_and_let_go(openai_server: OpenAIServer) -> None:
    openai_server.script(drips())
    slow = open_chat_model("m", base_url=openai_server.url, timeout=0.6)
    with pytest.raises(ModelTimeoutError) as caught:
        slow.ask(ASK)
    assert caught.value.partial.startswith("on and on. on and on.")
    assert openai_server.hung_up.wait(10), "the connection stayed open"


def test_a_caller_that_stops_listening_closes_the_line(openai_server, model) -> None:
    class StopError(Exception):
        pass

    def stop(piece: str) -> None:
        raise StopError

    openai_server.script(drips())
    with pytest.raises(StopError):
        model.ask(ASK, on_token=stop)
    assert openai_server.hung_up.wait(10), "the connection stayed open"


def test_retries_count_towards_the_time_limit(openai_server: OpenAIServer) -> None:
    openai_server.always(rate_limited(retry_after=30))
    impatient = open_chat_model("m", base_url=openai_server.url, timeout=0.6)
    with pytest.raises(ModelTimeoutError):
        impatient.ask(ASK)
    assert len(openai_server.chats) == 1


def test_a_withheld_answer_is_told(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says("", finish="content_filter"))
    with pytest.raises(ModelError, match=r"would not answer \(content_filter\)"):
        model.ask(ASK)


def test_a_refusal_in_a_field_of_its_own_is_an_empty_answer(openai_server: OpenAIServer, model) -> None:
    """LangChain does not pass the words of a streamed refusal on."""
    openai_server.script(refuses("I cannot help with that."))
    with pytest.raises(ModelOutputError, match="may have refused"):
        model.ask(ASK, QuestionAnswer)


def test_an_empty_answer_is_an_error(openai_server: OpenAIServer, model: LangChainChatModel) -> None:
    openai_server.script(says(" "))
    with pytest.raises(ModelOutputError, match="empty"):
        model.ask(ASK)


def test_several_models_share_the_loop_and_its_connections(openai_server: OpenAIServer) -> None:
    openai_server.always(says(TEXT))
    for name in ("a", "b", "a"):
        assert open_chat_model(name, base_url=openai_server.url).ask(ASK).text == TEXT


def test_a_key_in_the_environment_is_not_sent_to_another_server(openai_server, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    openai_server.script(says(TEXT))
    open_chat_model("m", base_url=openai_server.url).ask(ASK)
    assert openai_server.chats[0]["key"] == "Bearer none"


def test_an_address_in_the_environment_does_not_win(openai_server, monkeypatch) -> None:
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/v1")
    openai_server.script(says(TEXT))
    assert open_chat_model("m", base_url=openai_server.url).ask(ASK).text == TEXT


def test_names_and_parameters() -> None:
    openai = open_chat_model("gpt-5-mini", api_key="secret", temperature=0.5)
    assert openai.name == "openai:gpt-5-mini" == open_chat_model("openai:gpt-5-mini", api_key="secret").name
    assert openai.parameters["temperature"] == 0.5
    assert "secret" not in str(openai.parameters)
    local = open_chat_model("llama3:8b", base_url="http://user:pass@localhost:11434/v1")
    assert local.name == "llama3:8b at localhost:11434"
    assert local.parameters["model"] == "llama3:8b"
    assert openai.parameters != local.parameters


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (" ", "TORGAU_MODEL"),
        ("openai:gpt-5", "need a key"),
        ("gpt-5", "need a key"),
        ("anthropic:claude-opus", "pip install langchain-anthropic"),
        ("nobody-knows-this", "provider:model"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        open_chat_model(name)


@pytest.mark.parametrize(("wish", "traced"), [(None, False), ("false", False), ("true", True)])
def test_tracing_is_off_unless_the_user_turned_it_on(openai_server, model, monkeypatch, wish, traced: bool) -> None:
    """Another library in the process has turned tracing on; only the user's own wish counts."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.delenv(name, raising=False)
    if wish:
        monkeypatch.setenv("LANGSMITH_TRACING", wish)
    seen: list[bool] = []
    original = BaseChatModel.astream

    async def watched(self, *args, **kwargs):
        seen.append(bool(tracing_is_enabled()))
        with langsmith.tracing_context(enabled=False):  # the test itself sends nothing anywhere
            async for chunk in original(self, *args, **kwargs):
                yield chunk

    monkeypatch.setattr(BaseChatModel, "astream", watched)
    monkeypatch.setattr("langsmith._internal._context._GLOBAL_TRACING_ENABLED", True)
    openai_server.script(says(TEXT))
    model.ask(ASK)
    assert seen == [traced]
