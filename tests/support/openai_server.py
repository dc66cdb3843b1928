"""A server that speaks OpenAI's protocol on the loopback address, and does what a script tells it: real HTTP, real streaming.

A behaviour is a function of an `Exchange`. `server.script(a, b)` queues behaviours, one a chat request; `server.always(a)` is what
happens when the queue is empty. Nothing scripted is status 418, which no client tries again.

    server.script(rate_limited(), says('{"sentences": []}'))
    model = open_chat_model("m", base_url=server.url)
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

PIECE = 12  # characters of one streamed piece
DIMENSIONS = 8
SOON = {"retry-after-ms": "1"}
"""Tells a client not to wait before it tries again, so that tests are quick."""
_EVIDENCE = re.compile(r'^\{"evidence": .*\}$', re.MULTILINE)
_CLAIM = re.compile(r'^\{"claim": .*\}$', re.MULTILINE)


@dataclass
class Exchange:
    """One chat request and the line back to the client."""

    request: dict[str, Any]
    handler: Handler = field(repr=False)

    @property
    def prompt(self) -> str:
        """All messages, one after the other."""
        return "\n".join(str(message["content"]) for message in self.request["messages"])

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The numbered evidence in the prompt, as a model reads it."""
        return [json.loads(line) for line in _EVIDENCE.findall(self.prompt)]

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The numbered claims in the prompt."""
        return [json.loads(line) for line in _CLAIM.findall(self.prompt)]

    def reply(self, text: str, *, finish: str = "stop", refusal: str | None = None) -> None:
        """Answer whole, streaming if that was asked for."""
        if not self.request.get("stream"):
            message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
            choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
            self.handler.send_json(
                200, {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(text)}
            )
            return
        self.begin()
        self.pieces(text)
        if refusal:
            self._event({"refusal": refusal})
        self._event({}, finish=finish)
        if self.request.get("stream_options", {}).get("include_usage"):
            self._send({**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(text)})
        self.handler.chunk(b"data: [DONE]\n\n")
        self.handler.chunk(b"")

    def begin(self) -> None:
        """Open a stream."""
        self.handler.start_stream()
        self._event({"role": "assistant", "content": ""})

    def pieces(self, text: str) -> None:
        """Stream a text in small pieces."""
        for at in range(0, len(text), PIECE):
            self._event({"content": text[at : at + PIECE]})

    def error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """Answer with an error as the protocol has it."""
        body = {"error": {"message": message, "type": "scripted", "param": None, "code": None}}
        self.handler.send_json(status, body, headers or SOON)

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        self._send({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _send(self, body: dict[str, Any]) -> None:
        self.handler.chunk(f"data: {json.dumps(body)}\n\n".encode())

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.request["model"]}

    def _usage(self, text: str) -> dict[str, int]:
        read, written = len(self.prompt.split()), len(text.split())
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


Behaviour = Callable[[Exchange], None]


def says(answer: object, finish: str = "stop") -> Behaviour:
    """Answer with a text, or with a value as JSON."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return lambda exchange: exchange.reply(text, finish=finish)


def computes(answer: Callable[[Exchange], object]) -> Behaviour:
    """Answer with what a function makes of the request: a model that reads the evidence in its prompt."""
    return lambda exchange: says(answer(exchange))(exchange)


def sentence(item: dict[str, Any], kind: str | None = None) -> dict[str, Any]:
    """A draft sentence that quotes a piece of evidence honestly, in full."""
    forum = item["tier"] == "forum"
    text = f"{item.get('where', 'a post')} argued: {item['text']}" if forum else item["text"]
    cites = [{"evidence": item["evidence"], "quote": item["text"]}]
    return {"text": text, "type": kind or ("opinion" if forum else "documented"), "cites": cites}


def good() -> Behaviour:
    """Answer a question well: each piece of evidence in a sentence, quoted exactly."""
    return computes(lambda exchange: {"sentences": [sentence(item) for item in exchange.evidence]})


def invents() -> Behaviour:
    """Cite evidence that does not exist, beside one citation that holds."""

    def answer(exchange: Exchange) -> object:
        made_up = {"evidence": 999, "quote": "Stalin wept at the news."}
        honest = sentence(exchange.evidence[0])
        return {"sentences": [{**honest, "cites": [*honest["cites"], made_up]}, {**honest, "cites": [made_up]}]}

    return computes(answer)


def misquotes() -> Behaviour:
    """Change one word of the quotation and no other."""

    def answer(exchange: Exchange) -> object:
        item = exchange.evidence[0]
        words = item["text"].split(" ")
        words[len(words) // 2] = "never"
        return {"sentences": [{**sentence(item), "cites": [{"evidence": item["evidence"], "quote": " ".join(words)}]}]}

    return computes(answer)


def breaks_json(answer: object) -> Behaviour:
    """Answer whole, with a brace and a half of the JSON missing at the end."""
    return says(json.dumps(answer)[:-2])


def stops_half_way(text: str, *, clean: bool = False) -> Behaviour:
    """Stream half of a text, then hang up: by cutting the line, or cleanly, as if that had been all."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        exchange.pieces(text[: len(text) // 2])
        if clean:
            exchange.handler.chunk(b"")
        exchange.handler.close_connection = True

    return behave


def cut_at_length(text: str) -> Behaviour:
    """Stream half of a text and say that the limit of the answer's length was reached."""
    return says(text[: len(text) // 2], finish="length")


def refuses(reason: str) -> Behaviour:
    """Refuse in the protocol's own field."""
    return lambda exchange: exchange.reply("", refusal=reason)


def fails(status: int, message: str = "scripted failure") -> Behaviour:
    """Answer with an error status."""
    return lambda exchange: exchange.error(status, message)


def rate_limited(retry_after: int | None = None) -> Behaviour:
    """Answer 429 and say after how many seconds to come again; at once if None."""
    headers = SOON if retry_after is None else {"Retry-After": str(retry_after)}
    return lambda exchange: exchange.error(429, "slow down", headers)


def hangs(after: str = "") -> Behaviour:
    """Say nothing more, after a text or without one, until the server is stopped."""

    def behave(exchange: Exchange) -> None:
        if after:
            exchange.begin()
            exchange.pieces(after)
        exchange.handler.server.stopping.wait()

    return behave


def drips() -> Behaviour:
    """Never hang and never end: one small piece after the other, until the client or the server hangs up."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        while not exchange.handler.server.stopping.wait(0.02):
            exchange.pieces("on and on. ")

    return behave


def takes_no_schema(then: Behaviour) -> Behaviour:
    """Answer 400 to a `response_format`, and do something else without one."""

    def behave(exchange: Exchange) -> None:
        if "response_format" in exchange.request:
            exchange.error(400, "response_format is not supported")
        else:
            then(exchange)

    return behave


class OpenAIServer(ThreadingHTTPServer):
    """The server; `requests` holds every request body, with "path" and "key" added, in order."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self.hung_up = threading.Event()
        """Set when a client closed the line on a stream."""
        self._queue: list[Behaviour] = []
        self._default: Behaviour = fails(418, "nothing is scripted")
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base URL, up to /v1."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def chats(self) -> list[dict[str, Any]]:
        """The chat requests."""
        return [request for request in self.requests if request["path"].endswith("/chat/completions")]

    def script(self, *behaviours: Behaviour) -> None:
        """Queue behaviours, one a chat request."""
        with self._lock:
            self._queue += behaviours

    def always(self, behaviour: Behaviour) -> None:
        """Set what happens when the queue is empty."""
        self._default = behaviour

    def take(self, request: dict[str, Any]) -> Behaviour:
        """Note a chat request and return what to do with it."""
        with self._lock:
            self.requests.append(request)
            return self._queue.pop(0) if self._queue else self._default

    def stop(self) -> None:
        """End every hanging exchange and the server."""
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Speaks the protocol for one connection."""

    server: OpenAIServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/models"):
            model = {"id": "scripted", "object": "model", "created": 1, "owned_by": "tests"}
            self.send_json(200, {"object": "list", "data": [model]})
        else:
            self.send_json(404, {"error": {"message": "no such address"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = {**body, "path": self.path, "key": self.headers["Authorization"]}
        if self.path.endswith("/embeddings"):
            self.server.requests.append(request)
            self.send_json(200, embeddings(body))
        elif self.path.endswith("/chat/completions"):
            try:
                self.server.take(request)(Exchange(request, self))
            except ConnectionError:
                self.server.hung_up.set()
                self.close_connection = True
        else:
            self.send_json(404, {"error": {"message": "no such address"}})

    def send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for key, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """Send one chunk; an empty one ends the answer."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Vectors that depend on the text alone, unlike for unlike texts."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    size = body.get("dimensions") or DIMENSIONS
    rows = [[byte / 255 for byte in hashlib.shake_256(str(text).encode()).digest(size)] for text in texts]
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A running server with nothing scripted yet."""
    server = OpenAIServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join()
