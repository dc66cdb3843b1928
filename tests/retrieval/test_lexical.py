from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import IndexDamagedError
from assistant.retrieval.lexical import LexicalIndex, WordEntry

BIG = 2**63 - 5  # keys use 63 bits


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


@pytest.fixture
def words(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex(tmp_path / "words", create=True)
    index.add(
        [
            WordEntry(1, "Truman cut Lend-Lease to Moscow.", "Aid ends", day("1945-05-11"), day("1945-05-11")),
            WordEntry(2, "The Polish elections were a fraud.", "Poland", day("1947-01-19"), day("1947-01-19")),
            WordEntry(BIG, "Élysée, and nothing else.", "An undated note"),
        ]
    )
    return index


def found(words: LexicalIndex, text: str, **dates: int) -> list[int]:
    return [key for key, _ in words.search(text, 10, **dates)]


def test_finds_stems_and_folded_letters_and_titles(words: LexicalIndex) -> None:
    assert found(words, "election") == [2]
    assert found(words, "elysee") == [BIG]
    assert found(words, "aid") == [1]


def test_stop_words_alone_find_nothing(words: LexicalIndex) -> None:
    assert found(words, "the and of to") == []


def test_more_of_the_words_scores_higher(words: LexicalIndex) -> None:
    hits = words.search("Truman Lend-Lease Poland", 10)
    assert [key for key, _ in hits] == [1, 2]
    assert hits[0][1] > hits[1][1] > 0


def test_filters_by_day_without_changing_scores(words: LexicalIndex) -> None:
    everything = dict(words.search("Truman elections", 10))
    late = words.search("Truman elections", 10, since=day("1946-01-01"))
    assert late == [(2, everything[2])]
    assert found(words, "Truman elections elysee", until=day("1946-01-01")) == [1]


def test_deletes_for_good(words: LexicalIndex) -> None:
    words.delete([1, BIG])
    assert words.keys() == [2]
    assert LexicalIndex(words.folder).count() == 1


def test_an_open_reader_sees_a_commit_after_refresh(words: LexicalIndex) -> None:
    reader = LexicalIndex(words.folder)
    words.add([WordEntry(7, "Potsdam", "")])
    reader.refresh()
    assert found(reader, "potsdam") == [7]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text() | st.text(alphabet="\"':()[]{}^~*?\\/+-!&|<>=AND OR NOT title:"))
def test_no_text_is_taken_for_query_syntax(words: LexicalIndex, text: str) -> None:
    words.search(text, 5)


@pytest.mark.parametrize("text", ['"unclosed', "text:[1 TO", "a AND", "title:", "\\", "\ud800 lone", "\0", "(" * 5000])
def test_hostile_queries_still_find_their_words(words: LexicalIndex, text: str) -> None:
    assert 1 in found(words, f"Truman {text}")


def test_names_a_damaged_or_missing_index(words: LexicalIndex, tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="nowhere"):
        LexicalIndex(tmp_path / "nowhere")
    (words.folder / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamagedError, match="rebuilt"):
        LexicalIndex(words.folder)
