"""The embedder of the OpenAI protocol, against a real HTTP server on the loopback address."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from assistant.errors import EmbedderError
from assistant.retrieval.openai_embedder import OpenAIEmbedder

Answer = tuple[int, object]


class Server(HTTPServer):
    """Answers with what `answers` holds, in turn, the last one for ever; a callable is given the request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer | Callable[[dict[str, object]], Answer]] = []
        self.requests: list[dict[str, object]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({**request, "path": self.path, "key": self.headers["Authorization"]})
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        status, body = answer(request) if callable(answer) else answer
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


def vectors(request: dict[str, object]) -> Answer:
    """Answer as the protocol has it, last text first: the order of the list means nothing, `index` does."""
    texts = request["input"]
    assert isinstance(texts, list)
    data = [{"object": "embedding", "index": at, "embedding": [len(text), 1, 0]} for at, text in enumerate(texts)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return 200, {"object": "list", "model": "m", "data": data[::-1], "usage": usage}


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def embedder(server: Server) -> OpenAIEmbedder:
    return OpenAIEmbedder("m", api_key="secret-key", base_url=server.url, batch=2, timeout=5, retries=2)


def test_gives_unit_rows_in_order_in_batches(server: Server, embedder: OpenAIEmbedder) -> None:
    server.answers = [vectors]
    seen: list[tuple[int, int]] = []
    rows = embedder.embed(["a", "bb", "ccc"], lambda done, total: seen.append((done, total)))
    raw = np.array([[1, 1, 0], [2, 1, 0], [3, 1, 0]], dtype=np.float32)
    assert rows == pytest.approx(raw / np.linalg.norm(raw, axis=1, keepdims=True))
    assert [request["input"] for request in server.requests] == [["a", "bb"], ["ccc"]]
    assert seen == [(2, 3), (3, 3)]
    assert embedder.dimensions == 3


def test_sends_the_key_the_model_and_plain_numbers_wanted(server: Server, embedder: OpenAIEmbedder) -> None:
    server.answers = [vectors]
    embedder.embed([" "])
    (request,) = server.requests
    assert request["path"] == "/v1/embeddings"
    assert request["key"] == "Bearer secret-key"
    assert (request["model"], request["encoding_format"]) == ("m", "float")
    assert request["input"] == ["-"]
    assert "dimensions" not in request


def test_asks_for_shorter_vectors(server: Server) -> None:
    server.answers = [vectors]
    short = OpenAIEmbedder("m", api_key=None, base_url=server.url, dimensions=3)
    short.embed(["a"])
    assert server.requests[0]["dimensions"] == 3
    assert short.dimensions == 3


def test_asks_once_for_the_length_it_does_not_know(server: Server, embedder: OpenAIEmbedder) -> None:
    server.answers = [vectors]
    assert (embedder.dimensions, embedder.dimensions) == (3, 3)
    assert embedder.embed([]).shape == (0, 3)
    assert len(server.requests) == 1


def test_names_differ_by_server_model_and_size(server: Server, embedder: OpenAIEmbedder) -> None:
    others = [
        OpenAIEmbedder("n", api_key=None, base_url=server.url),
        OpenAIEmbedder("m", api_key=None, base_url=server.url, dimensions=8),
        OpenAIEmbedder("m", api_key=None, base_url="http://127.0.0.1:9/v1"),
        OpenAIEmbedder("m", api_key="key"),
    ]
    assert len({embedder.name, *(other.name for other in others)}) == 5
    assert "secret" not in embedder.name


def test_tries_again_after_a_fault_that_passes(server: Server, embedder: OpenAIEmbedder) -> None:
    server.answers = [(429, {"error": {"message": "slow down"}}), (500, {}), vectors]
    assert embedder.embed(["a"]).shape == (1, 3)
    assert len(server.requests) == 3


def data(*rows: object) -> dict[str, object]:
    items = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    return {"object": "list", "model": "m", "data": items, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "bad key"}}, "refused the key"),
        (404, {"error": {"message": "no such model"}}, "does not know the model"),
        (429, {"error": {"message": "slow down"}}, "at its limit"),
        (500, {"error": {"message": "oh"}}, "failed"),
        (200, "no JSON at all", "embed|form|answer"),
        (200, {}, "form|answer|failed"),
        (200, data(), "0 vectors for 1 texts|failed|No embedding"),
        (200, data([1, 2], [3, 4]), "2 vectors for 1 texts"),
        (200, data([0, 0]), "all zeros"),
        (200, data(["x"]), "numbers"),
        (200, data([]), "zeros|numbers"),
    ],
)
def test_every_other_fault_is_one_clear_error(server, embedder, status: int, body: object, said: str) -> None:
    server.answers = [(status, body)]
    with pytest.raises(EmbedderError, match=said) as caught:
        embedder.embed(["a"])
    assert "secret" not in str(caught.value)


def test_vectors_of_changing_length_are_refused(server: Server, embedder: OpenAIEmbedder) -> None:
    server.answers = [(200, data([1, 2], [1, 2])), (200, data([1, 2, 3]))]
    with pytest.raises(EmbedderError, match="length"):
        embedder.embed(["a", "b", "c"])


def test_a_server_that_is_not_there_is_named() -> None:
    gone = OpenAIEmbedder("m", api_key=None, base_url="http://127.0.0.1:9/v1", retries=0)
    with pytest.raises(EmbedderError, match="cannot be reached"):
        gone.embed(["a"])


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(EmbedderError, match="OPENAI_API_KEY"):
        OpenAIEmbedder("text-embedding-3-small", api_key=None)
