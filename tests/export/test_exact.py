"""Texts are shown so that nothing is lost on the way, and come back exactly."""

from __future__ import annotations

import unicodedata
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.export import bbcode, markdown, page
from assistant.export.document import Document, Entry
from assistant.export.exact import normalised, on_one_line, restored, visible
from assistant.records import Citation, Tier
from assistant.text import content_hash

TRICKY = st.text(
    st.one_of(
        st.sampled_from("\\[]/PLAINplain<>&*`_#-+=1.)> \n\t\r\u00a0⟨⟩U+27E8\u200d\u202e"), st.characters(codec="utf-8")
    ),
    min_size=1,
)


@given(TRICKY)
@example("⟨U+0041⟩⟨⟨U+27E8⟩")
@example(" \n \n ")
def test_visible_is_undone_exactly(text: str) -> None:
    shown = visible(text)
    assert restored(shown) == text
    assert normalised(shown) == shown
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Zl", "Zp"} and char != "\n"]


@given(TRICKY)
def test_prose_is_one_line_without_hidden_characters(text: str) -> None:
    line = on_one_line(text)
    assert not [
        char for char in line if unicodedata.category(char) in {"Cc", "Cf", "Zs"} and char not in " \u200c\u200d"
    ]


@pytest.mark.parametrize("codec", [markdown, bbcode, page])
@given(quote=TRICKY)
@example(quote="x\\")
@example(quote="x\\\n> y")
@example(quote="[/PLAIN]”\n[\\/plain][PLAIN]")
@example(quote="</blockquote>\n&lt;")
def test_evidence_gives_back_the_quotation(codec: ModuleType, quote: str) -> None:
    citation = Citation(
        source_id="a",
        source_hash=content_hash(quote),
        title=quote,
        tier=Tier.PRESS,
        locator=quote,
        quote=quote,
        start=0,
        end=len(quote),
    )
    document = Document("T", "b", (), (Entry(1, citation),), ())
    if codec is bbcode:
        text = bbcode._entry(Entry(1, citation))
    else:
        text = codec.render_markdown(document) if codec is markdown else codec.render_page(document)
    found = list(codec.ENTRY.finditer(normalised(text)))
    assert [codec.quote_of(match["quote"]) for match in found] == [quote]
