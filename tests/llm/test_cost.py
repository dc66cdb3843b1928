from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.errors import ModelError, ModelOutputError, ModelTimeoutError
from assistant.llm.cache import CachedChatModel
from assistant.llm.chat import Message
from assistant.llm.cost import Meter, MeteredChatModel, Price, load_prices, price_of
from assistant.records import Usage

ASK = [Message(role="user", text="Where?")]
OWN = {"fake": Price(input=1.0, output=10.0)}


def test_the_shipped_table_is_dated_and_sound() -> None:
    table = load_prices()
    assert table.as_of >= "2026"
    assert table.models["openai:gpt-4.1"] == Price(input=2.0, output=8.0)
    assert all(0 < price.input < price.output for price in table.models.values())


def test_prices_by_name() -> None:
    assert price_of("openai:gpt-4.1") == Price(input=2.0, output=8.0)
    assert price_of("openai:gpt-4.1-2025-04-14") is None
    assert price_of("gpt-4.1 at localhost:8080") is None
    assert price_of("nobody:knows") is None


def test_the_users_own_prices_come_first() -> None:
    mine = Price(input=0.0, output=0.0)
    assert price_of("openai:gpt-4.1", {"gpt-4.1": mine}) == mine
    assert price_of("openai:gpt-4.1", {"openai:gpt-4.1": mine}) == mine
    assert price_of("llama3:8b at localhost:11434", {"llama3:8b": mine}) == mine


def test_counts_answers_and_their_cost(fake_model) -> None:
    meter = Meter(OWN)
    model = MeteredChatModel(fake_model("Torgau", "Riesa"), meter)
    assert (model.ask(ASK).text, model.ask(ASK).text) == ("Torgau", "Riesa")
    assert meter.usage.cost == pytest.approx(2 * (10 * 1 + 2 * 10) / 1e6)
    assert meter.usage.model_copy(update={"cost": None}) == Usage(requests=2, input_tokens=20, output_tokens=4)


def test_an_answer_from_the_cache_costs_nothing(fake_model, tmp_path: Path) -> None:
    meter = Meter()
    inner = CachedChatModel(fake_model("Torgau"), tmp_path, notice=pytest.fail)
    inner.ask(ASK)
    MeteredChatModel(inner, meter).ask(ASK)
    assert meter.usage == Usage(cached=1, cost=0.0)


def test_an_unknown_price_makes_the_cost_unknown_and_the_tokens_still_count(fake_model) -> None:
    meter = Meter()
    MeteredChatModel(fake_model("Torgau"), meter).ask(ASK)
    assert meter.usage == Usage(requests=1, input_tokens=10, output_tokens=2, cost=None)


def test_a_server_that_counts_no_tokens_leaves_the_cost_unknown() -> None:
    meter = Meter(OWN)
    meter.count("fake", Usage(requests=1))
    assert meter.usage.cost is None


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        (ModelError("The key is refused"), 0.0),
        (ModelOutputError("cut", partial="Tor", tokens=(100, 10)), 200 / 1e6),
        (ModelOutputError("torn", partial="Tor"), None),
        (ModelTimeoutError("hangs"), None),
    ],
)
def test_failures_are_counted_too(fake_model, error: ModelError, cost: float | None) -> None:
    meter = Meter(OWN)
    with pytest.raises(type(error)):
        MeteredChatModel(fake_model(error), meter).ask(ASK)
    assert meter.usage.requests == 1
    assert meter.usage.cost == (None if cost is None else pytest.approx(cost))
    assert (meter.usage.input_tokens, meter.usage.output_tokens) == error.tokens


def test_threads_share_a_meter() -> None:
    meter = Meter(OWN)

    def work() -> None:
        for _ in range(200):
            meter.count("fake", Usage(requests=1, input_tokens=1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.usage.requests == 800
    assert meter.usage.cost == pytest.approx(800 / 1e6)
