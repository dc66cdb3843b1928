"""Continuations of the shipped scenario, of a canon in the author's own words, and of an export."""

import json
from pathlib import Path

import pytest

from assistant.dates import earliest, latest
from assistant.errors import InputError
from assistant.export.exporting import FORMATS
from assistant.export.verify import verify
from assistant.records import Continuation, SentenceType
from assistant.workbench import Workbench

CANON = b"""My timeline

25 April 1945 - Patrols meet at Torgau and the day is made a joint holiday.
12 May 1945 - Lend-Lease is tapered instead of cut: no ship is turned back and cargoes run on for half a year.
October 1945: Stalin dies at Gagra after a stroke, and a committee of his heirs takes over.
"""


@pytest.fixture(scope="module")
def continuation(bench: Workbench) -> Continuation:
    return bench.continue_timeline(start="1945-04-26", end="1949-12-31")


def test_the_shipped_scenario_goes_on_dated_caused_and_cited(continuation: Continuation) -> None:
    events = continuation.events
    assert len(events) >= 15
    known = set(continuation.timeline.premises)
    for event in events:
        assert event.causes
        assert set(event.causes) <= known
        known.add(event.id)
        assert earliest(event.date) <= latest("1949-12-31")
        assert event.otl is None or event.otl.citations
        leaning = [s for s in event.sentences if s.type is not SentenceType.INVENTION]
        assert all(sentence.citations for sentence in leaning)
        assert any(sentence.citations for sentence in event.sentences) or event.otl
    assert [earliest(event.date) for event in events] == sorted(earliest(event.date) for event in events)
    assert any(event.diverges for event in events)


def test_every_export_verifies_and_one_altered_character_does_not(bench: Workbench, continuation: Continuation) -> None:
    quote = continuation.events[0].otl.citations[0].quote if continuation.events[0].otl else ""
    word = max(quote.split(), key=len)
    for form in FORMATS:
        (part, *_) = bench.export(continuation, form)
        assert verify(part, bench.archive.text_of).ok
        assert word in part
        assert not verify(part.replace(word, word[:-1] + "q", 1), bench.archive.text_of).ok


@pytest.mark.parametrize("path", ["likely", "median", "seed 7"])
def test_each_path_is_the_same_on_every_run(bench: Workbench, path: str) -> None:
    first = bench.continue_timeline(start="1946-01-01", end="1947-12-31", path=path)
    again = bench.continue_timeline(start="1946-01-01", end="1947-12-31", path=path)
    assert first == again


def test_a_canon_in_the_author_s_words_decides_the_turning_points_it_names(bench: Workbench) -> None:
    draft = bench.continue_timeline(("canon.txt", CANON), end="1953-12-31")
    assert len(draft.timeline.events) == 3
    assert draft.start == "1945-11-01"
    ids = {event.id for event in draft.events}
    assert not any(name.startswith(("lend-lease-cut-1945-05", "stalin-illness-1945-10")) for name in ids)
    acting = [
        s.text for event in draft.events if event.diverges for s in event.sentences if s.text.startswith("Stalin ")
    ]
    assert acting == []


def test_an_export_can_be_continued(bench: Workbench, continuation: Continuation) -> None:
    exported = bench.export(continuation, "json")[0]
    draft = bench.continue_timeline(("before.json", exported.encode()), end="1952-12-31")
    assert [event.id for event in draft.timeline.events] == [event.id for event in continuation.events]
    assert {event.id for event in draft.events}.isdisjoint({event.id for event in continuation.events})
    assert all(latest(event.date) >= earliest("1949-08-29") for event in draft.events)


@pytest.mark.parametrize(
    ("given", "options", "words"),
    [
        (("x.txt", b"No dates here at all, only prose."), {}, "No dated entry"),
        (("x.json", b'{"timeline": 3}'), {}, "no timeline"),
        (("x.txt", b"31 February 1946 - nothing"), {}, "no possible date"),
        (None, {"start": "yesterday"}, "not a date"),
        (None, {"path": "scenic"}, "no path"),
        (None, {"levers": ["no-such-lever"]}, "no lever"),
        (None, {"start": "1950-01-01", "end": "1946-01-01"}, "before"),
    ],
)
def test_bad_input_gets_one_clear_error(
    bench: Workbench, given: tuple[str, bytes] | None, options: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        bench.continue_timeline(given, **options)  # type: ignore[arg-type]


def test_exports_are_written_whole_or_numbered(bench: Workbench, continuation: Continuation, tmp_path: Path) -> None:
    single = bench.write(bench.export(continuation, "json"), tmp_path / "out" / "c.json")
    assert json.loads(single[0].read_text(encoding="utf-8"))["kind"] == "continuation"
    parts = bench.export(continuation, "bbcode")
    written = bench.write(parts, tmp_path / "c.bbcode.txt")
    assert len(written) == len(parts)
    assert all(bench.verify(path).ok for path in written)
