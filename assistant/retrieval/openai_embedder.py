"""Embeddings from OpenAI, or from any server that speaks its protocol (Ollama, llama.cpp, LM Studio, vLLM)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import openai

from assistant.errors import EmbedderError
from assistant.retrieval.embedding import Progress, Vectors32, unit_rows

__all__ = ["OpenAIEmbedder"]

_BATCH = 96
_MOST_CHARACTERS = 24_000  # below the 8,192 tokens that OpenAI's models take


class OpenAIEmbedder:
    """A model behind the `/embeddings` address of a server."""

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        dimensions: int | None = None,
        batch: int = _BATCH,
        timeout: float = 60.0,
        retries: int = 3,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            model: the model's name at the server.
            api_key: the key; a server of one's own usually takes any, so None is allowed where `base_url` is given.
            base_url: the server's address up to `/v1`; None means OpenAI.
            dimensions: ask for shorter vectors, where the model offers them.
            batch: texts in one request.
            timeout: seconds for one request.
            retries: how often the client tries again after a fault that may pass (429, 5xx, a lost connection).

        Raises:
            EmbedderError: no key for OpenAI.
        """
        if api_key is None and base_url is None:
            raise EmbedderError(
                "OpenAI's embeddings need a key",
                where=model,
                hint="Set OPENAI_API_KEY, or choose the embedder `minilm`",
            )
        self._model, self._asked, self._batch = model, dimensions, batch
        self._client = openai.OpenAI(
            # An address is always given, or the client would look for one in the environment by itself.
            api_key=api_key or "none", base_url=base_url or _OPENAI, timeout=timeout, max_retries=retries
        )  # fmt: skip
        self._known: int | None = dimensions

    @property
    def name(self) -> str:
        """Server, model and asked-for size: the same model's vectors may differ between servers."""
        size = f"/{self._asked}" if self._asked else ""
        return f"openai:{self._client.base_url.host}:{self._client.base_url.port or ''}:{self._model}{size}"

    @property
    def dimensions(self) -> int:
        """Length of a vector; the server is asked once where it is not known.

        Raises:
            EmbedderError: the server cannot be asked.
        """
        if self._known is None:
            self._known = self._request(["length"]).shape[1]
        return self._known

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors32:
        """Return unit rows for the texts, in their order; `progress` is told after each request.

        Raises:
            EmbedderError: the server cannot be reached, refuses, or answers with something else than one vector a text.
        """
        parts = []
        for start in range(0, len(texts), self._batch):
            part = texts[start : start + self._batch]
            parts.append(self._request(part))
            if progress is not None:
                progress(start + len(part), len(texts))
        if not parts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        if len({part.shape[1] for part in parts}) > 1:
            raise EmbedderError("The server changed the length of its vectors between requests", where=self.name)
        self._known = parts[0].shape[1]
        return np.concatenate(parts)

    def _request(self, texts: Sequence[str]) -> Vectors32:
        # The protocol refuses empty texts.
        wanted = [text[:_MOST_CHARACTERS].strip() or "-" for text in texts]
        try:
            answer = self._client.embeddings.create(
                model=self._model,
                input=wanted,
                encoding_format="float",
                dimensions=self._asked if self._asked else openai.omit,
            )
            rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        except openai.OpenAIError as error:
            raise self._failed(error) from error
        except (TypeError, AttributeError, ValueError) as error:
            raise EmbedderError(f"The server's answer has not the protocol's form: {error}", where=self.name) from error
        if len(rows) != len(wanted):
            raise EmbedderError(f"The server gave {len(rows)} vectors for {len(wanted)} texts", where=self.name)
        return unit_rows(rows, source=self.name)

    def _failed(self, error: openai.OpenAIError) -> EmbedderError:
        for kind, what, hint in _FAULTS:
            if isinstance(error, kind):
                return EmbedderError(f"{what}: {error}", where=self.name, hint=hint)
        return EmbedderError(f"The embedding server failed: {error}", where=self.name)


_OPENAI = "https://api.openai.com/v1"
_FAULTS: tuple[tuple[type[openai.OpenAIError], str, str], ...] = (
    (openai.APITimeoutError, "The embedding server did not answer in time", "Try again, or allow more time"),
    (openai.APIConnectionError, "The embedding server cannot be reached", "Check the address and that it is running"),
    (openai.AuthenticationError, "The embedding server refused the key", "Check the key in the settings"),
    (openai.NotFoundError, "The embedding server does not know the model or the address", "Check both in the settings"),
    (openai.RateLimitError, "The embedding server is at its limit", "Wait a while and try again"),
)
