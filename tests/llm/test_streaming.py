from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest

from assistant.llm.streaming import StreamError, TooLateError, until

FAR = 60.0


async def counting(stop: int, failure: Exception | None = None) -> AsyncIterator[int | None]:
    for number in range(stop):
        yield number
    if failure:
        raise failure


def test_brings_everything_in_order_into_the_callers_thread() -> None:
    stream = until(counting(100), time.monotonic() + FAR)
    assert [(number, threading.current_thread()) for number in stream] == [
        (number, threading.main_thread()) for number in range(100)
    ]


def test_nothing_is_a_value_too() -> None:
    async def nothings() -> AsyncIterator[None]:
        yield None
        yield None

    assert list(until(nothings(), time.monotonic() + FAR)) == [None, None]


def test_what_came_before_a_failure_is_not_lost() -> None:
    seen: list[int | None] = []
    fault = ValueError("torn")
    stream = until(counting(3, fault), time.monotonic() + FAR)
    seen += [next(stream), next(stream), next(stream)]
    with pytest.raises(StreamError, match="torn") as caught:
        next(stream)
    assert seen == [0, 1, 2]
    assert caught.value.cause is fault


@pytest.mark.parametrize("pause", [0.0, FAR])
def test_a_stream_is_cancelled_at_the_deadline(pause: float) -> None:
    """Whether it says nothing more, or never stops saying something."""
    ended = threading.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                yield "on"
                await asyncio.sleep(pause)
        finally:
            ended.set()

    with pytest.raises(TooLateError):
        for _ in until(endless(), time.monotonic() + 0.2):
            pass
    assert ended.wait(10)
