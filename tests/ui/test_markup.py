from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.ui import markup
from assistant.ui.markup import Markup, inline, joined, plain, tag

TEXTS = st.text(alphabet=st.sampled_from(list("ab 1<>&\"'`*_[](){}#+-.!|~$:@/\\=^\n")), max_size=60)


@given(TEXTS)
def test_text_comes_out_of_a_tag_as_it_went_in(text: str) -> None:
    made = str(tag("p", text, title=text))
    inside = re.fullmatch(r'<p title="([^"]*)">([^<]*)</p>', made, re.DOTALL)
    assert inside is not None, made
    assert html.unescape(inside[1]) == text
    assert html.unescape(inside[2]) == text


@given(TEXTS)
def test_a_label_is_read_as_the_text_it_is(text: str) -> None:
    shown = MarkdownIt("commonmark").enable("strikethrough").renderInline(plain(text))
    assert "<" not in shown
    assert html.unescape(shown).replace("\u2060", "") == " ".join(text.split())


@pytest.mark.parametrize(
    "text", [":material/home:", ":smile:", "a -> b", "--", "<->", "x >= y", "www.a.org", "https://a.org", "a@b.org"]
)
def test_what_streamlit_finds_behind_escapes_is_broken_up(text: str) -> None:
    assert text not in plain(text).replace("\\", "")


def test_words_stay_whole_for_the_eye_and_for_searching() -> None:
    assert plain("Lend-Lease goes on").replace("\\", "") == "Lend-Lease goes on"


def test_only_escaped_pieces_are_shown() -> None:
    with pytest.raises(TypeError, match="escaped"):
        markup.show("<b>bare</b>")  # type: ignore[arg-type]


def test_pieces_are_joined_without_being_escaped_twice() -> None:
    assert joined([tag("b", "&"), "&"], " ") == Markup("<b>&amp;</b> &amp;")
    assert inline("a", "", tag("i", "b")) == Markup("a <i>b</i>")
