from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.viewer import cited_text, linked


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", "https:", "x"]
)
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    assert "<a" not in str(linked("A work", address))
    assert "A work" in str(linked("A work", address))


def test_a_web_address_becomes_a_link_and_cannot_break_out_of_it() -> None:
    made = str(linked("A <b>work</b>", 'https://history.state.gov/"onmouseover="x'))
    assert made.startswith('<a href="https://history.state.gov/&#34;onmouseover=&#34;x"')
    assert "A &lt;b&gt;work" in made


@given(st.text(alphabet="ab<&>\n $", min_size=1, max_size=50), st.integers(0, 49), st.integers(1, 50))
def test_the_marked_words_are_those_of_the_span(text: str, start: int, length: int) -> None:
    start = min(start, len(text) - 1)
    end = min(len(text), start + length)
    made = str(cited_text(text, (start, end), 0, len(text)))
    marked = re.search(r'<mark id="cited">(.*?)</mark>', made, re.DOTALL)
    assert marked is not None
    assert html.unescape(marked[1]) == text[start:end]
    assert html.unescape(re.sub(r"<[^>]*>", "", made)) == text
