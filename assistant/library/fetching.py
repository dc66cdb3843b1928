"""Downloading politely: one request at a time, with pauses, as robots.txt allows, and going on where a download broke off."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import os
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.robotparser import RobotFileParser

import httpx
import tenacity

from assistant.errors import FetchError

__all__ = ["TEXTS", "USER_AGENT", "Fetcher"]

USER_AGENT = "Torgau (writing assistant; fetches single documents that its user asks for)"
_ROBOT = "Torgau"
TEXTS = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "application/tei+xml"})
"""The content types of web pages and of TEI."""

_BUSY = frozenset({429, 500, 502, 503, 504})
_ATTEMPTS = 4
_LONGEST_WAIT = 120.0
_REDIRECTS = 5
_LATER = "Try again later; a download that broke off goes on where it was"


class _PassingError(Exception):
    """What may be over when it is tried again. `wait` is what the server asks for, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(what)


class Fetcher:
    """Downloads files one by one; to be used as a context manager.

    Args:
        pause: seconds between the end of one request to a host and the next to it; a longer Crawl-delay is kept instead.
        limit: the most bytes that a file may have.
        timeout: seconds without a sign from the server.
        attempts: how often a request is tried where the server is busy or the connection fails.
        sleep, clock: for tests; both count seconds.
    """

    def __init__(
        self,
        *,
        pause: float = 1.0,
        limit: int = 20_000_000,
        timeout: float = 30.0,
        attempts: int = _ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause, self._limit, self._attempts = pause, limit, attempts
        self._sleep, self._clock = sleep, clock
        # Byte ranges are ranges of what is sent: a compressed answer could not be gone on with.
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)
        self._robots: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(self, address: str, path: Path, *, types: Collection[str] = TEXTS) -> None:
        """Download `address` to `path`; the file appears there only when it is whole.

        Until then its bytes are in `<path>.part`, and what the server calls that version of it in `<path>.part.tag`: with both,
        the next call asks for the rest alone.

        Raises:
            FetchError: robots.txt forbids it, the server refuses or stays busy, it is of none of `types`, or it is too large.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._retrying(lambda: self._download(address, path, types), address)
        except OSError as error:
            raise FetchError(
                f"The download cannot be written: {error.strerror or error}", where=str(path), hint="Check the disk"
            ) from error

    def _retrying(self, step: Callable[[], None], address: str) -> None:
        """Take a step again while what goes wrong may pass, waiting as the server asks or ever longer."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_PassingError),
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            retrying(step)
        except _PassingError as error:
            raise FetchError(str(error), where=address, hint=_LATER) from error

    def _download(self, address: str, path: Path, types: Collection[str]) -> None:
        part, tag = _part(path), _tag(path)
        known = tag.read_text("utf-8") if tag.is_file() and part.is_file() else ""
        have = part.stat().st_size if known else 0
        ranged = {"Range": f"bytes={have}-", "If-Range": known} if have else {}
        with self._opened(address, ranged) as response:
            if response.status_code == 416:
                _drop(path)
                raise _PassingError("The server does not go on with the download that broke off")
            _right_answer(response, types)
            start = have if response.status_code == 206 else 0
            if response.status_code == 206 and not _goes_on(response, have):
                _drop(path)
                raise _PassingError("The server went on with the download at the wrong place")
            self._small_enough(start + int(response.headers.get("content-length", "0")), path, address)
            if not start:
                _write_tag(path, response)
            self._receive(response, path, start)
        part.replace(path)
        tag.unlink(missing_ok=True)

    def _receive(self, response: httpx.Response, path: Path, start: int) -> None:
        """Write the body behind the first `start` bytes; what came before a cut stays for the next attempt."""
        size = start
        with _part(path).open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            for block in response.iter_bytes():
                size += len(block)
                self._small_enough(size, path, str(response.url))
                file.write(block)
            file.flush()
            os.fsync(file.fileno())

    def _small_enough(self, size: int, path: Path, address: str) -> None:
        if size > self._limit:
            _drop(path)
            raise FetchError(f"This is larger than the {self._limit / 1e6:g} MB that are downloaded", where=address)

    @contextlib.contextmanager
    def _opened(self, address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Request an address, go where it is redirected to, and yield the answer with its body still to come."""
        url = httpx.URL(address)
        for _ in range(_REDIRECTS + 1):
            self._allowed(url)
            with self._answer(url, headers) as response:
                if response.next_request is None:
                    yield response
                    return
                url = response.next_request.url
        raise FetchError("The server redirects without end", where=address, hint="Look at the address in a browser")

    @contextlib.contextmanager
    def _answer(self, url: httpx.URL, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Make one request after the pause that its host is owed; failures that may pass are raised as such."""
        host = url.netloc.decode("ascii")
        self._wait_for(host)
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code in _BUSY:
                    raise _busy(response, str(url))
                yield response
        except httpx.TransportError as error:
            raise _PassingError(f"The connection failed: {error or type(error).__name__}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"The server's answer is of no use: {error}", where=str(url)) from error
        finally:
            self._last[host] = self._clock()

    def _wait_for(self, host: str) -> None:
        if host in self._last:
            robots = self._robots.get(host)
            asked = float(robots.crawl_delay(_ROBOT) or 0) if robots else 0.0
            left = self._last[host] + max(self._pause, asked) - self._clock()
            if left > 0:
                self._sleep(left)

    def _allowed(self, url: httpx.URL) -> None:
        """Raise FetchError where the host's robots.txt forbids an address; it is read once."""
        host = url.netloc.decode("ascii")
        if host not in self._robots:
            self._robots[host] = self._read_robots(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if not self._robots[host].can_fetch(_ROBOT, str(url)):
            raise FetchError(
                "The site's robots.txt asks programs to leave this alone",
                where=str(url),
                hint="Open it in a browser, save it and add it with `torgau add`",
            )

    def _read_robots(self, url: httpx.URL) -> RobotFileParser:
        """Return the rules of a host: none where it has no such file, all forbidden where it keeps the file from us."""
        robots = RobotFileParser(str(url))
        for _ in range(_REDIRECTS + 1):
            with self._answer(url, {}) as response:
                if response.next_request is not None:
                    url = response.next_request.url
                    continue
                robots.parse(_rules(response))
                return robots
        raise FetchError("The server redirects its robots.txt without end", where=str(url))


def _rules(response: httpx.Response) -> list[str]:
    if response.status_code in {401, 403}:
        return ["User-agent: *", "Disallow: /"]
    if response.status_code != 200:
        return []
    response.read()
    return response.text.splitlines()


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _PassingError) else None
    return asked if asked is not None else float(min(2**state.attempt_number, 30))


def _busy(response: httpx.Response, address: str) -> Exception:
    what = f"The server is busy or out of order: {response.status_code} {response.reason_phrase}"
    asked = _retry_after(response.headers.get("retry-after", ""))
    if asked is not None and asked > _LONGEST_WAIT:
        return FetchError(what, where=address, hint=f"It asks to come back in {asked / 60:.0f} minutes")
    return _PassingError(what, asked)


def _retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After asks for, given as a number or as a date; None where it is neither."""
    if value.strip().isdecimal():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())


def _right_answer(response: httpx.Response, types: Collection[str]) -> None:
    where = str(response.url)
    if response.status_code not in {200, 206}:
        gone = response.status_code in {404, 410}
        what = "There is no such document" if gone else "The server refuses"
        raise FetchError(
            f"{what}: {response.status_code} {response.reason_phrase}",
            where=where,
            hint="Open the address in a browser",
        )
    given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in types:
        raise FetchError(
            f"This is {given or 'of no known type'}, not a document that can be read",
            where=where,
            hint="Open the address in a browser",
        )


def _goes_on(response: httpx.Response, have: int) -> bool:
    given: str = response.headers.get("content-range", "")
    return given.startswith(f"bytes {have}-")


def _write_tag(path: Path, response: httpx.Response) -> None:
    """Keep what names this version of the file. Without a strong name, or compressed, a part of it cannot be gone on with."""
    etag = response.headers.get("etag", "")
    strong = "" if etag.startswith("W/") else etag
    plain = response.headers.get("content-encoding", "identity") == "identity"
    name = (strong or response.headers.get("last-modified", "")) if plain else ""
    _part(path).unlink(missing_ok=True)  # a part of another version must never stand beside the new name
    if name:
        _tag(path).write_text(name, "utf-8")
    else:
        _tag(path).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _tag(path: Path) -> Path:
    return path.with_name(f"{path.name}.part.tag")


def _drop(path: Path) -> None:
    _part(path).unlink(missing_ok=True)
    _tag(path).unlink(missing_ok=True)
