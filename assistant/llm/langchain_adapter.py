"""Any chat model that LangChain can open, behind the house's own protocol; OpenAI and servers that speak its protocol first.

This is the only file that knows LangChain. No tool is ever bound to a model: what it writes is text, whatever it was told to do.
"""

from __future__ import annotations

import contextlib
import operator
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core import exceptions as faults
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langsmith import tracing_context
from pydantic import BaseModel

from assistant.errors import ModelError, ModelTimeoutError
from assistant.llm.chat import Message, OnToken, Reply
from assistant.llm.hearing import Heard
from assistant.llm.reading import read_answer
from assistant.llm.schemas import in_prompt, response_format
from assistant.llm.streaming import StreamError, TooLateError, until
from assistant.records import Usage

__all__ = ["LangChainChatModel", "open_chat_model"]

_OPENAI = "https://api.openai.com/v1"
_OPENAI_NAMES = ("gpt-", "chatgpt-", "o1", "o3", "o4")
_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
_END_KEYS = ("finish_reason", "stop_reason", "done_reason", "status")
_TURNS: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
# What went wrong, by LangChain's own kind of error or by the server's status, first match; and what the user can do.
_FAULTS: tuple[tuple[type[Exception], frozenset[int], str, str], ...] = (
    (faults.ContextOverflowError, frozenset({413}), "The text is too long for the model",
     "Give it less text, or choose a model that can read more"),
    (faults.ModelAuthenticationError, frozenset({401}), "The model's server refused the key",
     "Check the setting api_key (OPENAI_API_KEY or TORGAU_API_KEY)"),
    (faults.ModelPermissionDeniedError, frozenset({403}), "The key may not use this model",
     "Check the settings api_key (OPENAI_API_KEY or TORGAU_API_KEY) and model (TORGAU_MODEL)"),
    (faults.ModelNotFoundError, frozenset({404}), "The server does not know the model or the address",
     "Check the settings model (TORGAU_MODEL) and base_url (TORGAU_BASE_URL)"),
    (faults.ModelRateLimitError, frozenset({429}), "The model's server is at its limit, after several tries",
     "Wait a while and try again, or check the account's quota"),
    (faults.ModelConnectionError, frozenset(), "The model's server cannot be reached, after several tries",
     "Check the setting base_url (TORGAU_BASE_URL), the network, and that the server runs"),
    (faults.ModelAPIError, frozenset(range(500, 600)), "The model's server failed, after several tries",
     "Try again later, or draft from the archive"),
    (faults.ModelInvalidRequestError, frozenset({400, 422}), "The model's server refused the request",
     "Check the settings model and base_url; some models take no temperature"),
)  # fmt: skip


class LangChainChatModel:
    """A LangChain chat model as a `ChatModel`; made by `open_chat_model`."""

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        parameters: Mapping[str, str | int | float | None],
        timeout: float,
        speaks_openai: bool,
        secret: str | None = None,
    ) -> None:
        """Wrap a model; nothing is sent yet.

        Args:
            model: LangChain's model.
            name: what drafts call it.
            parameters: what its answers depend on, messages apart.
            timeout: seconds for one whole answer, the client's own retries included.
            speaks_openai: whether it takes `response_format` and always says why an answer ended.
            secret: the key, to be kept out of error messages.
        """
        self._model, self._name, self._parameters = model, name, dict(parameters)
        self._timeout, self._speaks_openai, self._secret = timeout, speaks_openai, secret
        self._takes_schema = speaks_openai

    @property
    def name(self) -> str:
        """Which model this is and where it runs."""
        return self._name

    @property
    def parameters(self) -> Mapping[str, str | int | float | None]:
        """Everything, messages apart, that the answers depend on; no key."""
        return dict(self._parameters)

    def ask(
        self, messages: Sequence[Message], schema: type[BaseModel] | None = None, *, on_token: OnToken | None = None
    ) -> Reply:
        """Answer, streaming; see `ChatModel.ask`.

        A server that refuses a JSON schema as `response_format` is asked again with the schema in the prompt, and is not sent
        one again.
        """
        deadline = time.monotonic() + self._timeout
        if schema is None:
            return self._reply(self._hear(messages, {}, deadline, on_token), None)
        if self._takes_schema:
            try:
                return self._reply(self._hear(messages, self._form(schema), deadline, on_token), schema)
            except _FormRefusedError:
                heard = self._hear(in_prompt(messages, schema), {}, deadline, on_token)
                self._takes_schema = False
                return self._reply(heard, schema)
        return self._reply(self._hear(in_prompt(messages, schema), {}, deadline, on_token), schema)

    def _form(self, schema: type[BaseModel]) -> dict[str, Any]:
        form = {"response_format": response_format(schema)}
        if getattr(self._model, "use_responses_api", None):
            return form  # LangChain words it as that interface has it
        # Given directly, it would make the client parse the answer while it streams, and an answer cut at its length would come
        # back as an error without the count of its tokens.
        return {"extra_body": form}

    def _reply(self, heard: Heard, schema: type[BaseModel] | None) -> Reply:
        heard.judge(self._name, tells_its_end=self._speaks_openai)
        parsed = read_answer(heard.text, schema)[0] if schema is not None else None
        usage = Usage(requests=1, input_tokens=heard.read, output_tokens=heard.written)
        return Reply(text=heard.text, parsed=parsed, usage=usage)

    def _hear(
        self, messages: Sequence[Message], extra: dict[str, Any], deadline: float, on_token: OnToken | None
    ) -> Heard:
        """Stream one answer until it ends, however it ends."""
        heard = Heard()
        stream = _untraced(self._model.astream([_TURNS[turn.role](turn.text) for turn in messages], **extra))
        try:
            for chunk in until(stream, deadline):
                piece = self._take(heard, chunk)
                if piece and on_token is not None:
                    on_token(piece)
        except StreamError as error:
            raise self._failed(error.cause, heard, extra) from error.cause
        except TooLateError as error:
            raise self._late(heard) from error
        return heard

    def _take(self, heard: Heard, chunk: AIMessageChunk) -> str:
        piece = str(chunk.text)
        heard.pieces.append(piece)
        heard.refusal += str(chunk.additional_kwargs.get("refusal") or "")
        for key in _END_KEYS:
            said = chunk.response_metadata.get(key)
            if isinstance(said, str) and said != "in_progress":
                heard.reason = said
                break
        if counted := chunk.usage_metadata:
            # OpenAI's protocol counts the whole request, at times more than once; others send parts that add up.
            merge: Callable[[int, int], int] = max if self._speaks_openai else operator.add
            heard.read = merge(heard.read, counted["input_tokens"])
            heard.written = merge(heard.written, counted["output_tokens"])
        return piece

    def _late(self, heard: Heard) -> ModelTimeoutError:
        return ModelTimeoutError(
            f"The model did not finish its answer in {self._timeout:g} seconds",
            where=self._name,
            hint="Try again, or raise the setting timeout (TORGAU_TIMEOUT)",
            partial=heard.text,
            tokens=heard.tokens,
        )

    def _failed(self, error: Exception, heard: Heard, extra: Mapping[str, Any]) -> ModelError:
        """Return the house's error for one of LangChain's, of the provider's own library, or of anything below them."""
        if isinstance(error, faults.ModelTimeoutError | TimeoutError):
            return self._late(heard)
        if heard.text:
            return heard.broken(f"The answer broke off before its end: {self._clean(error)}", self._name)
        status = getattr(error, "status_code", None)
        for kind, statuses, what, hint in _FAULTS:
            if isinstance(error, kind) or status in statuses:
                refused = bool(extra) and kind is faults.ModelInvalidRequestError
                made = _FormRefusedError if refused else ModelError
                return made(f"{what}: {self._clean(error)}", where=self._name, hint=hint)
        said = f"{type(error).__name__}: {self._clean(error)}"
        return ModelError(f"The model failed: {said}", where=self._name, hint="Try again, or choose another model")

    def _clean(self, error: Exception) -> str:
        said = " ".join(str(error).split()) or type(error).__name__
        return said.replace(self._secret, "…")[:300] if self._secret else said[:300]


def open_chat_model(
    name: str,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    timeout: float = 180.0,
    temperature: float | None = None,
    max_tokens: int | None = None,
    max_retries: int = 3,
) -> LangChainChatModel:
    """Open a chat model by name; nothing is sent yet.

    Args:
        name: OpenAI's name for a model ("gpt-5-mini"), or "provider:model" for another provider that LangChain knows; with a
            `base_url`, the name by which the server there knows it.
        api_key: the provider's key; a server of one's own usually takes any, so None is allowed where `base_url` is given.
        base_url: address of a server that speaks OpenAI's protocol, up to "/v1" (Ollama, llama.cpp, LM Studio, vLLM).
        timeout: seconds for one whole answer.
        temperature: None leaves it to the model; some take none.
        max_tokens: most tokens of an answer; None leaves it to the model.
        max_retries: how often the client tries again after a fault that may pass (429, 5xx, a lost connection).

    Raises:
        ModelError: no name or key, an unknown provider, or one whose package is not installed (the hint names it).
    """
    if not name.strip():
        raise ModelError("No chat model is named", hint="Set model (TORGAU_MODEL), for example openai:gpt-5-mini")
    speaks_openai = base_url is not None or name.startswith(("openai:", *_OPENAI_NAMES))
    plain = name.removeprefix("openai:") if speaks_openai else name
    if speaks_openai and not (api_key or base_url):
        raise ModelError("OpenAI's models need a key", where=name, hint="Set OPENAI_API_KEY or TORGAU_API_KEY")
    options: dict[str, Any] = {"timeout": timeout, "max_retries": max_retries}
    options |= {"temperature": temperature} if temperature is not None else {}
    options |= {"max_tokens": max_tokens} if max_tokens is not None else {}
    if speaks_openai:
        # Address and key are always given, or LangChain would look for them in the environment by itself and could send
        # OpenAI's key to another server. The whole answer has a time limit, so the gap between two pieces needs none.
        options |= {"model_provider": "openai", "base_url": base_url or _OPENAI, "api_key": api_key or "none"}
        options |= {"stream_usage": True, "stream_chunk_timeout": None}
        options |= {"use_responses_api": False} if base_url else {}
    elif api_key:
        options["api_key"] = api_key
    return LangChainChatModel(
        _opened(plain, name, options),
        name=_full_name(plain, name, base_url, speaks_openai),
        parameters={
            "model": plain,
            "provider": "openai" if speaks_openai else None,
            "base_url": base_url,
            "temperature": temperature,
            "max_tokens": max_tokens,
        },
        timeout=timeout,
        speaks_openai=speaks_openai,
        secret=api_key,
    )


def _opened(plain: str, name: str, options: Mapping[str, Any]) -> BaseChatModel:
    try:
        opened: BaseChatModel = init_chat_model(plain, **options)
        return opened
    except ImportError as error:
        missing = getattr(error.__cause__, "name", None)
        package = str(missing).split(".")[0].replace("_", "-") if missing else "the package of its provider"
        hint = f"Install it with `pip install {package}`"
        raise ModelError(f"The provider of this model needs {package}", where=name, hint=hint) from error
    except Exception as error:  # each provider's package has errors of its own
        said = str(error).strip().splitlines()[:1] or [type(error).__name__]
        hint = (
            "Write it as provider:model, or set base_url (TORGAU_BASE_URL) for a server that speaks OpenAI's protocol"
        )
        raise ModelError(f"The model cannot be opened: {said[0]}", where=name, hint=hint) from error


def _full_name(plain: str, name: str, base_url: str | None, speaks_openai: bool) -> str:
    if base_url is None:
        return f"openai:{plain}" if speaks_openai else name
    place = urlsplit(base_url)
    return f"{plain} at {place.hostname or base_url}{f':{place.port}' if place.port else ''}"


class _FormRefusedError(ModelError):
    """The server would not take the request with a `response_format`."""


async def _untraced(stream: AsyncIterator[AIMessageChunk]) -> AsyncIterator[AIMessageChunk]:
    """Pass a stream on with LangSmith's tracing off, unless the user turned it on in the environment."""
    on = any(os.environ.get(key, "").strip().casefold() in ("true", "1") for key in _TRACING)
    with contextlib.nullcontext() if on else tracing_context(enabled=False):
        async for chunk in stream:
            yield chunk
