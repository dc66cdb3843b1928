from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.library.chunking import chunks, stripped

SENTENCE = "The Soviet officers crossed the river that morning and shook hands with the Americans. "

pieces = st.sampled_from(
    [
        "word",
        "Elbe.",
        "Mr. ",
        " ",
        "\n",
        "\n\n",
        "\n \n",
        "\u00a0",
        "--",
        "“Yes!” ",
        "a" * 300,
        "é",
        "中文",
        "3.5",
        "\u00ad",
        ";",
        "\t",
    ]
)
texts = st.one_of(st.text(max_size=300), st.lists(pieces, max_size=600).map("".join))


@given(text=texts)
@settings(max_examples=150, deadline=None)
@example(text="x" * 5000)
@example(text="word " * 3000)
@example(text="A sentence here. " * 900)
def test_chunks_are_ordered_apart_and_cover_every_word(text: str) -> None:
    at = 0
    for start, end in chunks(text):
        assert start >= at
        assert start < end <= len(text)
        assert not text[at:start].strip(), "nothing but white space is left between two chunks"
        assert text[start:end] == text[start:end].strip()
        assert len(text[start:end].split()) <= 200
        at = end
    assert not text[at:].strip()


@given(text=texts, data=st.data())
@settings(max_examples=60, deadline=None)
def test_chunks_stay_inside_the_stretch_that_was_asked_for(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    spans = chunks(text, low, high)
    assert all(low <= start < end <= high for start, end in spans)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text[low:high].split())


def test_prose_falls_into_whole_sentences_of_about_120_words() -> None:
    text = SENTENCE * 56
    spans = chunks(text)
    assert len(spans) == 7
    for start, end in spans:
        assert text[start:end].endswith("Americans.")
        assert 100 <= len(text[start:end].split()) <= 150


def test_short_paragraphs_share_a_chunk_and_long_ones_do_not_bleed_into_each_other() -> None:
    long = (SENTENCE * 9).strip()
    text = f"{long}\n\n{long}"
    assert [text[start:end] for start, end in chunks(text)] == [long, long]
    assert len(chunks("One.\n\nTwo.\n\nThree.")) == 1


def test_a_heading_stays_with_what_it_heads() -> None:
    text = f"{(SENTENCE * 9).strip()}\n\nThe Bridge\n\n{(SENTENCE * 7).strip()}"
    assert text[slice(*chunks(text)[1])].startswith("The Bridge\n\nThe Soviet")


def test_an_endless_sentence_is_split_at_a_clause() -> None:
    text = "and so the men of the two armies went on, " * 50
    spans = chunks(text)
    assert len(spans) > 3
    assert all(text[start:end].endswith(",") for start, end in spans)


def test_a_sentence_is_not_cut_where_the_segmenter_is_given_a_window() -> None:
    text = SENTENCE * 200  # over the window of 5,000 characters
    assert all(text[start:end].endswith("Americans.") for start, end in chunks(text))


def test_nothing_to_chunk() -> None:
    assert chunks("") == []
    assert chunks(" \n\n\u00a0 ") == []
    assert stripped("a  b", 1, 3) is None
    assert stripped(" ab ", 0, 4) == (1, 3)
