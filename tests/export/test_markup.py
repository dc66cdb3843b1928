"""Rule of trust 7: nothing from a source, a post or a model is ever rendered as markup, in any format."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from assistant.errors import ExportError, InputError
from assistant.export.exact import visible
from assistant.export.exporting import export
from assistant.export.jsonfile import read_json
from assistant.records import Continuation, Critique

_TAG = re.compile(r"\[(/?)([A-Za-z*]+)(?:=[^\]]*)?\]")


def read_bbcode(text: str) -> tuple[set[str], str]:
    """Read BBCode as XenForo does: return the tags that take effect, and what is left to see.

    Raises AssertionError where tags are not closed in order.
    """
    seen, shown, opened, at = set[str](), [], list[str](), 0
    while match := _TAG.search(text, at):
        shown.append(text[at : match.start()])
        name, at = match[2].upper(), match.end()
        if name in ("PLAIN", "ICODE") and not match[1]:
            end = re.compile(rf"\[/{name}\]", re.IGNORECASE).search(text, at)
            assert end is not None, f"[{name}] is not closed"
            shown.append(text[at : end.start()])
            at = end.end()
        elif match[1]:
            assert opened[-1:] == [name], f"[/{name}] closes another tag"
            opened.pop()
        elif name != "*":
            opened.append(name)
        seen.add(name)
    assert not opened
    return seen, "".join([*shown, text[at:]])


@pytest.mark.parametrize("name", ["critique", "continuation"])
def test_bbcode_has_only_our_tags(name: str, request: pytest.FixtureRequest) -> None:
    for post in export(request.getfixturevalue(name), "bbcode", post_length=7000):
        tags, shown = read_bbcode(post)
        assert tags <= {"B", "I", "SIZE", "QUOTE", "SPOILER", "LIST", "*", "PLAIN", "ICODE"}
        outside = re.sub(r"\[PLAIN\].*?\[/PLAIN\]", "", post, flags=re.DOTALL)
        assert ":cool:" not in outside
        assert "@admin" not in outside
        assert "http" not in outside
        assert "www." not in outside
    assert shown


def test_bbcode_shows_hostile_texts_as_they_are(critique: Critique) -> None:
    _, shown = read_bbcode("".join(export(critique, "bbcode")))
    assert "[URL=http://evil.example]click[/URL]" in shown
    assert "Could the amity of Elbe Day have lasted? [B]bold[/B] <i>claim</i>" in shown


@pytest.mark.parametrize("name", ["critique", "continuation"])
def test_markdown_renders_no_foreign_markup(name: str, request: pytest.FixtureRequest) -> None:
    draft: Critique | Continuation = request.getfixturevalue(name)
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    tokens = parser.parse(export(draft, "md")[0])
    inline = [child for token in tokens if token.type == "inline" for child in token.children or []]
    kinds = {token.type for token in [*tokens, *inline]}
    assert not kinds & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "table_open",
        "fence",
        "code_block",
        "s_open",
        "hr",
    }
    assert "ordered_list_open" not in kinds
    code = [token.content for token in inline if token.type == "code_inline"]
    assert all(content.startswith(("torgau-check ", "torgau-export ")) for content in code)


def test_markdown_shows_the_hostile_quotation_in_full(critique: Critique) -> None:
    html = MarkdownIt("commonmark").render(export(critique, "md")[0])
    quotations = [tag.get_text() for tag in BeautifulSoup(html, "html.parser").find_all("blockquote")]
    hostile = next(citation for finding in critique.claims for citation in finding.context)
    assert visible(hostile.quote) in [quotation.strip("\n") for quotation in quotations]


@pytest.mark.parametrize("name", ["critique", "continuation"])
def test_html_has_no_foreign_elements(name: str, request: pytest.FixtureRequest) -> None:
    page = BeautifulSoup(export(request.getfixturevalue(name), "html")[0], "html.parser")
    names = {tag.name for tag in page.find_all(True)}
    assert not names & {"script", "img", "b", "i", "iframe", "object", "link", "form"}
    assert all(re.fullmatch(r"#e\d+", str(tag["href"])) for tag in page.find_all("a"))
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    anchors = {tag["href"] for tag in page.find_all("a")}
    assert anchors == {f"#{tag['id']}" for tag in page.find_all("li", id=True)}


def test_posts_keep_within_the_limit_and_carry_what_they_cite(critique: Critique) -> None:
    posts = export(critique, "bbcode", post_length=4000)
    assert len(posts) > 2
    for number, post in enumerate(posts, 1):
        assert len(post) <= 4000
        assert f"({number}/{len(posts)})" in post
        shown = re.sub(r"\[PLAIN\].*?\[/PLAIN\]", "", post, flags=re.DOTALL)
        cited = {
            int(found)
            for marks in re.findall(r"\[SIZE=2\]\[(?:→ |opinion )?([\d, ]+)\]", shown)
            for found in marks.split(", ")
        }
        assert cited == {int(found) for found in re.findall(r"^\[B\]\[(\d+)\]", post, re.MULTILINE)}
    heads = [post.index("Claim 2,") for post in posts if "Claim 2," in post]
    assert len(heads) == 1


def test_a_limit_that_is_too_small_is_said(critique: Critique) -> None:
    with pytest.raises(ExportError, match="does not fit into a post of 900 characters"):
        export(critique, "bbcode", post_length=900)


def test_an_unknown_format_is_said(critique: Critique) -> None:
    with pytest.raises(ExportError, match="md, bbcode, html, json"):
        export(critique, "docx")


@pytest.mark.parametrize("name", ["critique", "continuation"])
def test_json_is_the_draft_itself(name: str, request: pytest.FixtureRequest) -> None:
    draft: Critique | Continuation = request.getfixturevalue(name)
    text = export(draft, "json")[0]
    assert read_json(text) == draft
    fields = json.loads(text)
    assert fields["torgau_export"]["format"] == "json"


def test_json_keeps_the_fixed_points(critique: Critique, continuation: Continuation) -> None:
    claim = json.loads(export(critique, "json")[0])["claims"][0]
    assert {
        "text",
        "start",
        "end",
        "type",
        "verdict",
        "probability",
        "for",
        "against",
        "searched",
        "would_change",
    } <= set(claim)
    assert set(claim["probability"]) == {"low", "high"}
    cited = {"source_id", "source_hash", "title", "tier", "locator", "date", "start", "end", "quote"}
    assert set(claim["for"][0]) == cited
    event = json.loads(export(continuation, "json")[0])["events"][0]
    assert {"id", "date", "precision", "title", "sentences", "causes", "otl", "probability"} <= set(event)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"kind": "critique"}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_json(text)
