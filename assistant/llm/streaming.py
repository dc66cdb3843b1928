"""Streams with an end: an asynchronous stream read from ordinary code, in the caller's thread, up to a deadline.

The stream runs on an event loop in a thread of its own. At the deadline, or when the caller stops reading, it is cancelled there,
so that a server that hangs is let go of at once, connection and all, and not only when it next says something.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Generic, TypeVar

__all__ = ["StreamError", "TooLateError", "until"]

T = TypeVar("T")


class StreamError(Exception):
    """The stream failed; `cause` is its own error."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class TooLateError(Exception):
    """The stream had not ended at the deadline."""


class _Loop:
    """The event loop of the process, started when it is first needed.

    There is one for all streams: LangChain shares its connections between models, and a connection belongs to one loop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._running is None:
                self._running = asyncio.new_event_loop()
                threading.Thread(target=self._running.run_forever, name="torgau-models", daemon=True).start()
            return self._running


_loop = _Loop()


class _Item(Generic[T]):
    """One thing that the stream brought."""

    def __init__(self, value: T) -> None:
        self.value = value


def until(stream: AsyncIterator[T], deadline: float) -> Iterator[T]:
    """Yield what a stream brings, in order.

    Args:
        stream: not yet begun.
        deadline: in the time of `time.monotonic`.

    Raises:
        StreamError: the stream failed; everything that it brought before was yielded.
        TooLateError: it had not ended at the deadline.
    """
    brought: queue.SimpleQueue[_Item[T] | None] = queue.SimpleQueue()

    async def bring() -> None:
        async for value in stream:
            brought.put(_Item(value))

    future = asyncio.run_coroutine_threadsafe(bring(), _loop.get())
    future.add_done_callback(lambda _: brought.put(None))
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                item = brought.get(timeout=max(left, 0.0))
            except queue.Empty as error:
                raise TooLateError from error
            if item is None:
                break
            if left <= 0:
                raise TooLateError
            yield item.value
        failure = future.exception()
        if isinstance(failure, Exception):
            raise StreamError(failure) from failure
    finally:
        future.cancel()
