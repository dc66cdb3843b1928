import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import content_hash, excerpt, fold, locate, paragraphs, sentences

WORDS = st.lists(st.text(alphabet="abcdé üñ—'", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("he said 'no'", "Then he said ‘no’ again.", "he said ‘no’"),
        ("a - b", "x a — b y", "a — b"),
        ("two  words", "two\n words", "two\n words"),
        ("Mikołajczyk", unicodedata.normalize("NFD", "and Mikołajczyk went"), "Mikołajczyk"),
        (
            "Wrocław café",
            unicodedata.normalize("NFD", "in Wrocław café."),
            unicodedata.normalize("NFD", "Wrocław café"),
        ),
        ("cooperation", "co\u00adoper\u00adation", "co\u00adoper\u00adation"),
        ("ffi", "e\ufb03", None),
        ("1,200", "about 1,200 men", "1,200"),
    ],
)
def test_typography_may_differ_and_the_true_characters_come_back(quote: str, text: str, found: str | None) -> None:
    span = locate(quote, text)
    assert (text[slice(*span)] if span else None) == found


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("the treaty was signed", "the treaty was not signed"),
        ("six billion", "Six billion"),
        ("art", "the party line"),
        ("194", "in 1945"),
        ("He agreed.", "He agreed"),
        ("", "anything"),
        (" \n ", "any thing"),
    ],
)
def test_words_case_and_whole_words_may_not_differ(quote: str, text: str) -> None:
    assert locate(quote, text) is None


@given(WORDS, st.data())
def test_every_stretch_of_whole_words_is_found_where_its_fold_says(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    quote = " ".join(words[first : last + 1])
    span = locate(quote, text)
    if span is not None:
        assert fold(text[slice(*span)]) == fold(quote)
    elif fold(quote)[:1].isalnum() and fold(quote)[-1:].isalnum():
        pytest.fail(f"{quote!r} was not found in {text!r}")


@given(st.text(max_size=200))
def test_spans_of_sentences_and_paragraphs_lie_in_order_and_drop_no_word(text: str) -> None:
    for spans in (sentences(text), paragraphs(text)):
        flat = [edge for span in spans for edge in span]
        assert flat == sorted(flat)
        assert all(text[low:high].strip() for low, high in spans)
    kept = "".join(text[low:high] for low, high in paragraphs(text))
    assert "".join(kept.split()) == "".join(text.split())


def test_abbreviations_do_not_end_sentences() -> None:
    text = "Gen. Marshall met Mr. Bevin on 5 Jan. 1946 in Washington, D.C., about FRUS 1945, vol. V, doc. 351. He left."
    assert [text[low:high] for low, high in sentences(text)][-1] == "He left."
    assert len(sentences(text)) == 2


def test_a_span_can_be_looked_for_inside_another() -> None:
    text = "peace and peace"
    assert locate("peace", text, within=(5, 15)) == (10, 15)
    assert locate("peace", text, within=(1, 9)) is None


def test_hash_and_excerpt() -> None:
    assert content_hash("Elbe") == "0d5adfc65d513ba9aee072467dda0a09b6c8a616ea68d14e5743f6e0ec230d18"
    assert excerpt("one two three", 9) == "one two…"
    assert excerpt("short", 9) == "short"
