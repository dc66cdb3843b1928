"""Counting: requests, answers from the cache, tokens, and what they cost where the price is known.

Costs are an upper estimate: a provider's discount for input that it has seen before is not taken off.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, Field

from assistant.dates import PartialDate
from assistant.errors import ModelError, ModelTimeoutError
from assistant.llm.chat import ChatModel, Message, OnToken, Reply, add_usage
from assistant.records import Record, Usage

__all__ = ["Meter", "MeteredChatModel", "Price", "PriceTable", "load_prices", "price_of"]

_SHIPPED = Path(__file__).with_name("prices.yaml")
_MILLION = 1_000_000
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Record):
    """US dollars for a million tokens, read and written."""

    input: Dollars
    output: Dollars


class PriceTable(Record):
    """Prices by the full name of a model, as they were in a month."""

    as_of: PartialDate
    source: str
    models: dict[str, Price]


def load_prices() -> PriceTable:
    """Return the prices that are shipped."""
    return PriceTable.model_validate(yaml.load(_SHIPPED.read_text(encoding="utf-8"), yaml.BaseLoader), strict=False)


def price_of(name: str, own: Mapping[str, Price] | None = None) -> Price | None:
    """Return the price of a model by its full name; None where it is not known.

    Args:
        name: as `ChatModel.name` gives it: "openai:gpt-4.1", or "llama3 at localhost:11434", which no shipped price fits.
        own: the user's own prices, asked first; for a server of one's own the model's name alone is enough.
    """
    given = own or {}
    alone = name.split(" at ")[0].removeprefix("openai:")
    return given.get(name) or given.get(alone) or load_prices().models.get(name)


class Meter:
    """Adds up what models did; may be shared by threads."""

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        """Start at nothing; `own` are the user's own prices by model name."""
        self._own = dict(own or {})
        self._prices: dict[str, Price | None] = {}
        self._usage = Usage(cost=0.0)
        self._lock = threading.Lock()

    @property
    def usage(self) -> Usage:
        """The sum so far; its cost is None as soon as one request's price or tokens are not known."""
        with self._lock:
            return self._usage

    def count(self, name: str, usage: Usage, *, free: bool = False) -> None:
        """Add what one answer, or one failed request, of the model `name` took; `free` where nothing is paid for it."""
        priced = usage.model_copy(update={"cost": 0.0 if free else self._cost(name, usage)})
        with self._lock:
            self._usage = add_usage(self._usage, priced)

    def _cost(self, name: str, usage: Usage) -> float | None:
        if not usage.requests:
            return 0.0
        with self._lock:
            if name not in self._prices:
                self._prices[name] = price_of(name, self._own)
            price = self._prices[name]
        if price is None or not usage.input_tokens:
            return None  # a server that counts no tokens leaves the cost unknown, not nil
        return (usage.input_tokens * price.input + usage.output_tokens * price.output) / _MILLION


class MeteredChatModel:
    """A chat model whose answers, and whose failures, are counted."""

    def __init__(self, model: ChatModel, meter: Meter) -> None:
        """Wrap a model; put this outside the cache, so that answers from there are counted as such."""
        self._model, self._meter = model, meter

    @property
    def name(self) -> str:
        """The wrapped model's own name."""
        return self._model.name

    def ask(
        self, messages: Sequence[Message], schema: type[BaseModel] | None = None, *, on_token: OnToken | None = None
    ) -> Reply:
        """Answer, and count; see `ChatModel.ask`."""
        try:
            reply = self._model.ask(messages, schema, on_token=on_token)
        except ModelError as error:
            read, written = error.tokens
            # A refusal is not paid for; what broke off or ran out of time may well be.
            free = not (read or written or error.partial or isinstance(error, ModelTimeoutError))
            self._meter.count(self.name, Usage(requests=1, input_tokens=read, output_tokens=written), free=free)
            raise
        self._meter.count(self.name, reply.usage)
        return reply
