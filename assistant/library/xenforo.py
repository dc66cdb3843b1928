"""A saved page of a XenForo 2 forum.

Classes and data attributes say what is what, never a label: a German board says "sagte:" and "Zuletzt bearbeitet".
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bs4 import Tag

from assistant.errors import InputError
from assistant.library.binding import canonical, name_title, slug
from assistant.library.markup import classes, one_line, parse_html, readable
from assistant.library.threads import bind_thread
from assistant.records import Post, Quote, Source

__all__ = ["looks_like_xenforo", "read_xenforo"]

_ARTICLE = re.compile(r"""<article\b[^>]{0,2000}\bclass\s*=\s*["'](?:[^"']{0,500}\s)?message[\s"']""", re.I)
_FURNITURE = {
    "bbCodeBlock-title",
    "bbCodeBlock-expandLink",
    "bbCodeBlock-shrinkLink",
    "js-selectToQuoteEnd",
    "message-signature",
    "message-lastEdit",
    "bbImageWrapper-title",
}
_EPOCH = re.compile(r"\d{8,11}")


@dataclass(frozen=True)
class _Found:
    """A post as it stands on the page, before its place in the text is known."""

    number: int | None
    page_id: str | None
    author: str | None
    date: str | None
    text: str
    quotes: list[tuple[str | None, str | None, str]]
    threadmark: str | None
    edited: str | None


def looks_like_xenforo(text: str) -> bool:
    """Tell whether a page is one of XenForo 2 with posts on it."""
    return "bbWrapper" in text and _ARTICLE.search(text) is not None


def read_xenforo(
    text: str,
    name: str,
    *,
    source_id: str | None = None,
    title: str | None = None,
    origin: str | None = None,
    notices: list[str] | None = None,
) -> Source:
    """Return the thread on a saved page as a source: its text is the posters' own words, post after post.

    A quotation is kept with its post, under its first author's name, and out of the post's own words; spoilers are opened;
    signatures, scripts and buttons are left out.

    Args:
        text: the page's HTML.
        name: the file, for messages.
        source_id: by default a slug of the title.
        title: by default the page's own.
        origin: where it came from.
        notices: what the user should know of how it was read.

    Raises:
        InputError: the page is none of XenForo 2, or no post on it has words of its own.
    """
    page = parse_html(text, name)
    articles = [
        tag for tag in page.find_all("article", class_="message") if not tag.find_parent("article", class_="message")
    ]
    found = [post for post in map(_read, articles) if post is not None]
    if not found:
        raise InputError(
            "There is no XenForo 2 post on this page", where=name, hint="Save the thread page itself as HTML, complete"
        )
    title = title or _title(page) or name_title(name)
    told = [*(notices or []), *_left_out(found, articles)]
    kept = [post for post in found if post.text]
    if not kept:
        raise InputError("No post on this page has words of its own", where=name)
    body = "\n\n".join(post.text for post in kept)
    return bind_thread(source_id or slug(title), title, body, _placed(found), origin=origin, notices=told)


def _left_out(found: list[_Found], articles: list[Tag]) -> list[str]:
    silent = [number for post, number in zip(found, _numbers(found), strict=True) if not post.text]
    told = [f"Post {number} has no words of its own and was left out" for number in silent]
    if len(found) < len(articles):
        told.append(
            f"{len(articles) - len(found)} messages on the page have no text (deleted or hidden) and were left out"
        )
    return told


def _placed(found: list[_Found]) -> list[Post]:
    """Return the posts with words as spans of the joined text, their quotations tied to posts on the page."""
    numbers = _numbers(found)
    by_id = {post.page_id: number for post, number in zip(found, numbers, strict=True) if post.page_id}
    posts: list[Post] = []
    at = 0
    for post, number in zip(found, numbers, strict=True):
        if not post.text:
            continue
        quotes = [Quote(author=who, post=by_id.get(of or ""), text=words) for who, of, words in post.quotes]
        posts.append(
            Post(
                start=at,
                end=at + len(post.text),
                number=number,
                author=post.author,
                date=post.date,
                quotes=quotes,
                threadmark=post.threadmark,
                edited=post.edited,
            )
        )
        at += len(post.text) + 2
    return posts


def _numbers(found: list[_Found]) -> list[int]:
    """Return the posts' numbers as shown; where some show none, their place on the page."""
    shown = [post.number for post in found]
    given = [number for number in shown if number is not None]
    return given if len(given) == len(shown) else list(range(1, len(found) + 1))


def _read(article: Tag) -> _Found | None:
    body = article.find(class_="message-body")
    wrapper = body.find(class_="bbWrapper") if isinstance(body, Tag) else article.find(class_="bbWrapper")
    if not isinstance(wrapper, Tag) or "message--deleted" in classes(article):
        return None
    header = article.find(class_="message-attribution")
    edit = article.find(class_="message-lastEdit")
    return _Found(
        number=_position(article),
        page_id=_digits(_attribute(article, "data-content") or _attribute(article, "id")),
        author=_author(article),
        date=_date(header) if isinstance(header, Tag) else None,
        text=canonical(words, "post") if (words := readable(wrapper, _own)) else "",
        quotes=_quotes(wrapper),
        threadmark=_threadmark(article),
        edited=(_date(edit) or one_line(edit.get_text())) if isinstance(edit, Tag) else None,
    )


def _own(tag: Tag) -> str | None:
    """Stand in for what is not the poster's own words; see `markup.readable`."""
    named = classes(tag)
    if "bbCodeBlock--quote" in named or named & _FURNITURE:
        return ""
    if "bbCodeSpoiler-button" in named:
        title = tag.find(class_="bbCodeSpoiler-button-title")
        return one_line(title.get_text()) if isinstance(title, Tag) else ""
    if "bbCodeBlock--unfurl" in named:  # a card that the board made of an address
        return _attribute(tag, "data-url") or ""
    if tag.name == "img":
        return _attribute(tag, "data-shortname") or (_attribute(tag, "alt") or "" if "smilie" in named else "")
    return None


def _quotes(wrapper: Tag) -> list[tuple[str | None, str | None, str]]:
    """Return author, page id of the post and words of each quotation; an inner one is its own author's, not the outer's."""
    found: list[tuple[str | None, str | None, str]] = []
    for block in wrapper.find_all("blockquote", class_="bbCodeBlock--quote"):
        words = readable(block, _own)
        if words:
            found.append((_attribute(block, "data-quote"), _quoted_post(block), words))
    return found


def _quoted_post(block: Tag) -> str | None:
    source = _attribute(block, "data-source") or ""
    if source.startswith("post"):
        return _digits(source)
    title = block.find(class_="bbCodeBlock-title", recursive=False)
    jump = title.find(class_="bbCodeBlock-sourceJump") if isinstance(title, Tag) else None
    selector = _attribute(jump, "data-content-selector") if isinstance(jump, Tag) else None
    return _digits(selector) if selector and selector.startswith("#post-") else None


def _position(article: Tag) -> int | None:
    """Return the post's number in the thread: the one link beside the date whose text is # and digits, however grouped."""
    for corner in article.find_all(class_="message-attribution-opposite"):
        for link in corner.find_all(["a", "span", "li"]):
            match = re.fullmatch(r"#\s?(\d[\d.,'’\s]*)", link.get_text().strip())
            number = int(re.sub(r"\D", "", match[1])) if match else 0
            if number:
                return number
    return None


def _author(article: Tag) -> str | None:
    given = _attribute(article, "data-author")
    named = article.find(class_="message-name")
    return given or (one_line(named.get_text()) or None if isinstance(named, Tag) else None)


def _threadmark(article: Tag) -> str | None:
    label = article.find(class_="threadmarkLabel")
    if not isinstance(label, Tag):
        header = article.find(class_="message-cell--threadmark-header")
        label = header.find("span", recursive=False) if isinstance(header, Tag) else None
    if not isinstance(label, Tag):
        return None
    # The kind of the threadmark ("Threadmarks", "Sidestory") is a label element before its title.
    words = readable(label, lambda tag: "" if tag.name == "label" else None)
    return one_line(words) or None


def _date(part: Tag) -> str | None:
    """Return the day of the first time in a part of the page, as the board showed it."""
    time = part.find("time")
    if not isinstance(time, Tag):
        return None
    stamp = _attribute(time, "datetime") or ""
    try:
        return dt.date.fromisoformat(stamp[:10]).isoformat()
    except ValueError:
        pass  # no ISO date: the epoch is asked next
    # Up to 2.2 data-time is the epoch; in 2.3 that is data-timestamp, and data-time a clock string.
    for name in ("data-timestamp", "data-time"):
        epoch = _attribute(time, name) or ""
        if _EPOCH.fullmatch(epoch):
            return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date().isoformat()
    return None


def _title(page: Tag) -> str | None:
    for part in (page.find("h1", class_="p-title-value"), page.find("h1"), page.find("title")):
        words = one_line(readable(part)) if isinstance(part, Tag) else ""
        if words:
            return words
    return None


def _attribute(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _digits(text: str | None) -> str | None:
    match = re.search(r"\d+", text or "")
    return match[0] if match else None
