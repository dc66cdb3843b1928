from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.library.notes import looks_like_note, parse_note, read_corpus, read_note, short_cite
from assistant.records import Bearing, PassageKind, SourceKind, Tier

NOTE = """---
id: lend-lease-cut
title: Lend-Lease cut back
date: 1945-05-11            # a comment
date_end: 1945
known_from: 1945-05
people: [Leo Crowley, Harry S. Truman]
places: [Washington]
themes: [lend-lease]
bearing: rivalry
why: The cut read as pressure.
contingency: 0.9
sources:
  - {key: a, cite: "FRUS, 1945, Volume V, Europe, document 812 (Grew)", url: "https://history.state.gov/x", tier: primary, checked: true}
  - {key: b, cite: "George C. Herring, Aid to Russia (1973)", url: null, tier: scholarship, checked: false}
alternatives:
  - {text: "Grew could have let
      the ships sail.", sources: [b]}
---
On 11 May 1945 Truman signed
an order. [^b][^a]

Ships were stopped. [^b]

Disputed: historians differ. [^b]
"""


def test_a_note_becomes_passages_that_name_what_they_rest_on() -> None:
    source = parse_note(NOTE, "x.md")
    assert source.text == (
        "On 11 May 1945 Truman signed an order.\n\nShips were stopped.\n\nDisputed: historians differ.\n\n"
        "Grew could have let the ships sail."
    )
    assert (source.id, source.kind, source.tier) == ("lend-lease-cut", SourceKind.NOTE, Tier.PRIMARY)
    assert (source.date, source.date_end, source.known_from) == ("1945-05-11", "1945", "1945-05")
    assert all(source.text[passage.start : passage.end] == passage.text for passage in source.passages)
    assert [passage.kind for passage in source.passages] == [
        PassageKind.STATEMENT, PassageKind.STATEMENT, PassageKind.DISPUTE, PassageKind.ALTERNATIVE,
    ]  # fmt: skip
    assert [passage.tier for passage in source.passages] == [Tier.PRIMARY] + [Tier.SCHOLARSHIP] * 3
    first, _, _, road = source.passages
    assert first.id == "lend-lease-cut#1"
    assert first.locator == "para. 1: George C. Herring, Aid to Russia (1973); FRUS 1945, vol. V, doc. 812"
    assert [reference.key for reference in first.references] == ["b", "a"]
    assert (first.bearing, first.why, first.date) == (Bearing.RIVALRY, "The cut read as pressure.", "1945-05-11")
    assert road.locator == "alternative 1: George C. Herring, Aid to Russia (1973)"
    assert road.number == 4
    assert source.note is not None
    assert source.note.contingency == 0.9
    assert source.note.roads[0].sources == ["b"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bearing: rivalry", "bearing: sideways", "bearing"),
        ("bearing: rivalry", "bearing: rivalry\nmood: good", "mood"),
        ("date: 1945-05-11 ", "date: 1945-13-11 ", "month"),
        ("date: 1945-05-11 ", "date: '1945-02-30' ", "date: "),
        ("date: 1945-05-11 ", "date: 11 May 1945 ", "date: "),
        ("contingency: 0.9", "contingency: 1.5", "contingency"),
        ("contingency: 0.9", "contingency: .nan", "contingency"),
        ("themes: [lend-lease]", "themes: []", "themes"),
        ("key: b", "key: a", "two of them have one key"),
        ("order. [^b][^a]", "order. [^b][^z]", "paragraph 1: there is no source with the key 'z'"),
        ("stopped. [^b]", "stopped.", "paragraph 2: it needs words and the keys"),
        ("Ships were stopped. [^b]", "[^b]", "paragraph 2: it needs words and the keys"),
        ("sources: [b]}", "sources: [q]}", "alternatives.0.sources"),
        ("tier: primary", "tier: gossip", "sources.0.tier"),
        ("title: Lend-Lease cut back", "title: [", "YAML"),
        ("places: [Washington]", "places: [[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]", "nested too deep"),
        ("places: [Washington]", "places: &x [a]\npeople2: *x", "aliases"),
    ],
)
def test_a_broken_rule_is_said_with_file_and_field(old: str, new: str, said: str) -> None:
    assert old in NOTE
    with pytest.raises(CorpusError) as caught:
        parse_note(NOTE.replace(old, new, 1), "notes/x.md")
    assert said in str(caught.value)
    assert "notes/x.md" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\nid: x\n", "---\n- a\n---\nText. [^a]\n", NOTE.split("On 11")[0]]
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(CorpusError):
        parse_note(text, "x.md")


def test_front_matter_nested_to_the_depth_of_a_crash_is_an_error() -> None:
    with pytest.raises(CorpusError, match="too deep"):
        parse_note("---\nid: " + "[" * 60_000 + "\n---\nText.", "x.md")


def test_a_file_must_be_named_after_its_note(tmp_path: Path) -> None:
    path = tmp_path / "other.md"
    path.write_text(NOTE, "utf-8")
    with pytest.raises(CorpusError, match="id: "):
        read_note(path)
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_note(path)


def test_a_corpus_is_read_in_order_and_names_all_that_is_wrong(tmp_path: Path) -> None:
    for theme, name in (("b", "two"), ("a", "one")):
        (tmp_path / theme).mkdir()
        (tmp_path / theme / f"{name}.md").write_text(NOTE.replace("lend-lease-cut", name), "utf-8")
    assert [source.id for source in read_corpus(tmp_path)] == ["one", "two"]
    (tmp_path / "b" / "one.md").write_text(NOTE.replace("lend-lease-cut", "one"), "utf-8")
    (tmp_path / "b" / "two.md").write_text("nothing", "utf-8")
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert "Two notes have the id 'one'" in str(caught.value)
    assert "two.md" in str(caught.value)
    with pytest.raises(CorpusError, match="no folder"):
        read_corpus(tmp_path / "nowhere")


def test_a_note_is_known_by_its_front_matter_only() -> None:
    assert looks_like_note(NOTE)
    assert not looks_like_note("---\ntitle: A blog post\ndate: 2020-01-01\n---\nText")
    assert not looks_like_note("bearing: x\nsources: y")


@pytest.mark.parametrize(
    ("cite", "short"),
    [
        ("FRUS 1945, vol. V, doc. 351", "FRUS 1945, vol. V, doc. 351"),
        ("FRUS 1945, vol. V, Europe, doc. 831: Roosevelt's message", "FRUS 1945, vol. V, doc. 831"),
        ("FRUS, 1952–1954, Volume VIII, Eastern Europe; Soviet Union, document 578 (note)", "FRUS 1952–1954, vol. VIII, doc. 578"),
        ("FRUS, The Conferences at Malta and Yalta, 1945, doc. 428: US draft", "FRUS, The Conferences at Malta and Yalta, 1945, doc. 428"),
        ("FRUS 1948, vol. II, Germany and Austria, ch. IV", "FRUS 1948, vol. II, Germany and Austria, ch. IV"),
        ("Milovan Djilas, Conversations with Stalin (1962)", "Milovan Djilas, Conversations with Stalin (1962)"),
        ("I. S. Konev, memoirs of 1945, passage on the meetings with Bradley (seen in a Chinese translation of 1987)",
         "I. S. Konev, memoirs of 1945, passage on the meetings with Bradley"),
    ],
)  # fmt: skip
def test_citations_are_shortened_for_locators(cite: str, short: str) -> None:
    assert short_cite(cite) == short
