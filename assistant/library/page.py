"""Any saved web page as a document: its main text, without menus, forms and scripts."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from assistant.dates import parse_partial
from assistant.errors import InputError
from assistant.library.binding import name_title, slug
from assistant.library.markup import classes, one_line, parse_html, readable
from assistant.library.plain import read_plain
from assistant.records import Source, Tier

__all__ = ["read_page"]

_ASIDE = {"nav", "form", "button", "footer", "aside", "dialog", "menu"}
_ASIDE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu"}
_ASIDE_CLASS = re.compile(
    r"(?:^|[-_])(?:breadcrumbs?|cookies?|navbar|sidebar|share|social|newsletter|advert|ads?)(?:$|[-_])", re.I
)
_DATE_NAMES = {
    "article:published_time",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "citation_publication_date",
    "date",
}
_LEAST = 200


def read_page(
    text: str,
    name: str,
    *,
    source_id: str | None = None,
    title: str | None = None,
    date: str | None = None,
    tier: Tier = Tier.REFERENCE,
    origin: str | None = None,
    notices: list[str] | None = None,
) -> Source:
    """Return the main text of a page as a document; the arguments are those of `read_plain`.

    Raises:
        InputError: there are no words on the page.
    """
    page = parse_html(text, name)
    title = title or _title(page) or name_title(name)
    words = _main_text(page)
    if not words:
        raise InputError("There are no words on this page", where=name, hint="Save it after it has loaded in full")
    return read_plain(
        words,
        name,
        source_id=source_id or slug(title),
        title=title,
        date=date or _date(page),
        tier=tier,
        origin=origin,
        notices=notices,
    )


def _main_text(page: BeautifulSoup) -> str:
    """Return the words of the part that is marked as the main one, else of the whole page."""
    body = page.body or page
    for root in (page.find("main"), page.find(None, {"role": "main"}), _longest_article(page), body):
        words = readable(root, _aside) if isinstance(root, Tag) else ""
        if len(words) >= _LEAST or root is body:
            return words or readable(body)
    return ""


def _longest_article(page: BeautifulSoup) -> Tag | None:
    return max(page.find_all("article"), key=lambda tag: len(tag.get_text()), default=None)


def _aside(tag: Tag) -> str | None:
    """Drop what stands around the text; see `markup.readable`."""
    role = tag.get("role")
    around = (
        tag.name in _ASIDE
        or role in _ASIDE_ROLES
        or (tag.name == "header" and tag.parent is not None and tag.parent.name == "body")
    )
    hidden = tag.has_attr("hidden") or tag.get("aria-hidden") == "true"
    return "" if around or hidden or any(_ASIDE_CLASS.search(each) for each in classes(tag)) else None


def _title(page: BeautifulSoup) -> str | None:
    og = page.find("meta", attrs={"property": "og:title"})
    given = og.get("content") if isinstance(og, Tag) else None
    if isinstance(given, str) and given.strip():
        return one_line(given)
    for part in (page.find("h1"), page.title):
        words = one_line(part.get_text()) if isinstance(part, Tag) else ""
        if words:
            return words
    return None


def _date(page: BeautifulSoup) -> str | None:
    """Return the day on which the page says that it was published, if it says so in a form that can be trusted."""
    for meta in page.find_all("meta"):
        key = meta.get("property") or meta.get("name")
        value = meta.get("content")
        if isinstance(key, str) and key.lower() in _DATE_NAMES and isinstance(value, str):
            match = re.match(r"\d{4}(?:[-/]\d{2}(?:[-/]\d{2})?)?", value.strip())
            if match:
                return _possible(match[0].replace("/", "-"))
    return None


def _possible(value: str) -> str | None:
    try:
        return parse_partial(value)
    except ValueError:
        return None
