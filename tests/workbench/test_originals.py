"""Originals from a site on the loopback into the library, the search and behind a citation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.site import Site, answer, cut, rest, running

from assistant.errors import FetchError, InputError
from assistant.library.fetching import Fetcher
from assistant.library.originals import Original, load_originals, to_toml
from assistant.records import Citation, Passage, Source, Tier
from assistant.settings import load_settings
from assistant.workbench import Workbench
from assistant.workbench.originals import Originals

ROBOTS = "/robots.txt"
SENTENCE = "The marmalade convoy to Arkhangelsk was discussed with evident reluctance"
PAGE = f"""<!DOCTYPE html><html><head><title>A site's own title</title>
<link rel="canonical" href="https://history.state.gov/historicaldocuments/{{volume}}/d1"></head>
<body><nav>Menu</nav><main><h1>Telegram</h1><p>{SENTENCE}; number {{volume}}.</p>
<p>{"The Ambassador reported what he had heard. " * 12}</p></main></body></html>"""
TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="{volume}"><teiHeader><fileDesc><titleStmt><title>Volume</title></titleStmt>
</fileDesc></teiHeader><text><body>
<div type="document" xml:id="{number}" n="1"><head>Telegram</head><p>Turnips were promised to the Commissar.</p></div>
<div type="document" xml:id="d9999" n="2"><head>Another</head><p>Nothing of this belongs to it.</p></div>
</body></text></TEI>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as found:
        yield found


@pytest.fixture
def own(own_home: Path) -> Workbench:
    return Workbench(load_settings({"TORGAU_HOME": str(own_home)}))


@pytest.fixture
def chosen(own: Workbench, site: Site, tmp_path: Path) -> list[Original]:
    """Four originals of the shipped list, their addresses moved to the loopback; the workbench uses this list."""
    listed = load_originals(own.data / "corpus" / "originals.toml")[:4]
    moved = [each.model_copy(update={"address": site.address(f"/{each.id}")}) for each in listed]
    file = tmp_path / "originals.toml"
    file.write_text(to_toml(moved), "utf-8")
    own.originals = Originals(own.archive, file, fetcher=lambda: Fetcher(pause=0, sleep=lambda seconds: None))
    for each in moved:
        site.replies[f"/{each.id}"] = [answer(200, page(each))]
    return moved


def page(original: Original) -> bytes:
    return PAGE.format(volume=original.volume).encode()


def paragraph(bench: Workbench, original: Original) -> tuple[Source, Passage]:
    """Return a note that rests on an original, and the paragraph that names it."""
    note = bench.source(original.notes[0])
    wanted = f"/{original.volume}/{original.number}"
    found = next(each for each in note.passages if any((ref.url or "").endswith(wanted) for ref in each.references))
    return note, found


def cited(note: Source, start: int, end: int, digest: str | None = None) -> Citation:
    return Citation(
        source_id=note.id,
        source_hash=digest or note.hash,
        title=note.title,
        tier=note.tier,
        locator="",
        start=start,
        end=end,
        quote=note.text[start:end],
    )


def test_a_fetched_document_is_found_and_offered(own: Workbench, chosen: list[Original], site: Site) -> None:
    one = chosen[0]
    note, place = paragraph(own, one)
    citation = cited(note, place.start, place.start + 20)
    assert own.originals_for(citation) == []
    reported: list[tuple[str, int, int]] = []
    lines = own.fetch_originals([one.id], report=lambda *told: reported.append(told))
    assert len(lines) == 1
    assert lines[0].startswith(f"{one.id}: {one.title} (fetched, ")
    assert ("fetching documents", 1, 1) in reported
    held = own.source(one.id)
    assert (held.tier, held.title, held.origin) == (Tier.PRIMARY, one.title, one.address)
    assert "Menu" not in held.text
    hits = own.search("marmalade convoy Arkhangelsk reluctance").hits
    assert hits[0].passage.source_id == one.id
    offered = own.originals_for(citation)
    assert SENTENCE in " ".join(each.text for each in offered)
    assert {each.source_id for each in offered} == {one.id}
    assert (
        own.originals_for(cited(note, 0, 5, "0" * 64)) == offered
    )  # a note that has changed since: all that it rests on
    assert own.originals_for(cited(held, 0, 5)) == []
    assert [line.endswith("(in your library)") for line in own.list_originals()] == [True, False, False, False]


def test_a_paragraph_is_not_offered_what_another_rests_on(own: Workbench, chosen: list[Original]) -> None:
    one = chosen[0]
    note, place = paragraph(own, one)
    mark = f"/{one.volume}/{one.number}"
    others = [each for each in note.passages if not any((ref.url or "").endswith(mark) for ref in each.references)]
    own.fetch_originals([one.id])
    for other in others:
        assert own.originals_for(cited(note, other.start, other.end)) == []
    assert own.originals_for(cited(note, place.start, place.end))


def test_a_second_fetch_downloads_nothing(own: Workbench, chosen: list[Original], site: Site) -> None:
    own.fetch_originals([chosen[0].id])
    seen = len(site.seen)
    lines = own.fetch_originals([chosen[0].id.upper()])
    assert "already there" in lines[0]
    assert len(site.seen) == seen
    assert len(own.source(chosen[0].id).passages) == len(own.archive.own.get(chosen[0].id, version=1).passages)


def test_a_file_that_is_whole_is_read_from_the_disk(own: Workbench, chosen: list[Original], site: Site) -> None:
    folder = own.settings.home / "originals"
    folder.mkdir()
    (folder / f"{chosen[0].id}.html").write_bytes(page(chosen[0]))
    assert "(fetched, " in own.fetch_originals([chosen[0].id])[0]
    assert site.seen == []


def test_by_note_and_all(own: Workbench, chosen: list[Original]) -> None:
    by_note = own.fetch_originals([], notes=[chosen[1].notes[0]])
    assert any(line.startswith(chosen[1].id) for line in by_note)
    assert len(own.fetch_originals([], everything=True)) == len(chosen)
    assert all(line.endswith("(in your library)") for line in own.list_originals())


def test_a_tei_document_is_read_as_its_part(own: Workbench, chosen: list[Original], site: Site) -> None:
    one = chosen[0]
    body = TEI.format(volume=one.volume, number=one.number).encode()
    site.replies[f"/{one.id}"] = [answer(200, body, "application/xml")]
    own.fetch_originals([one.id])
    held = own.source(one.id)
    assert "Turnips" in held.text
    assert "Nothing of this" not in held.text
    assert (held.tier, held.title) == (Tier.PRIMARY, one.title)


def test_cut_and_busy_on_the_way(own: Workbench, chosen: list[Original], site: Site) -> None:
    first, second = (page(each) for each in chosen[:2])
    site.replies[f"/{chosen[0].id}"] = [cut(first, len(first) // 2, ETag='"1"'), rest(first, '"1"')]
    site.replies[f"/{chosen[1].id}"] = [answer(503, Retry_After="1"), answer(200, second)]
    assert len(own.fetch_originals([chosen[0].id, chosen[1].id])) == 2
    assert site.asked(f"/{chosen[0].id}")[1]["range"] == f"bytes={len(first) // 2}-"
    assert SENTENCE in own.source(chosen[0].id).text


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (answer(404), "404"),
        (answer(200, b"{}", "application/json"), "application/json"),
        (
            answer(200, b"<html><body><p>Please show that you are no robot.</p></body></html>"),
            "does not name the volume",
        ),
    ],
)
def test_one_failure_keeps_the_others(own: Workbench, chosen: list[Original], site: Site, reply, what: str) -> None:
    site.replies[f"/{chosen[0].id}"] = [reply]
    with pytest.raises(FetchError, match=what) as caught:
        own.fetch_originals([chosen[0].id, chosen[1].id])
    assert "1 of 2 documents" in str(caught.value)
    assert chosen[0].id in str(caught.value)
    assert own.archive.own.ids() == [chosen[1].id]
    assert not (own.settings.home / "originals" / f"{chosen[0].id}.html").exists()


def test_robots_refused_stops_before_the_rest(own: Workbench, chosen: list[Original], site: Site) -> None:
    site.replies[ROBOTS] = [answer(200, b"User-agent: *\nDisallow: /\n", "text/plain")]
    with pytest.raises(FetchError, match="1 more were not tried"):
        own.fetch_originals([], everything=True)
    assert [path for path, _ in site.seen] == [ROBOTS]


@pytest.mark.parametrize(("ids", "notes"), [([], []), (["no-such"], []), ([], ["no-such-note"])])
def test_what_cannot_be_meant(own: Workbench, chosen: list[Original], site: Site, ids, notes) -> None:
    with pytest.raises(InputError):
        own.fetch_originals(ids, notes=notes)
    assert site.seen == []


def test_an_id_that_a_source_of_the_users_has(own: Workbench, chosen: list[Original]) -> None:
    one = chosen[0]
    own.add([(f"{one.id}.txt", b"A recipe for turnip soup, kept under an unlucky name.")])
    own.fetch_originals([one.id])
    assert "already there" in own.fetch_originals([one.id])[0]
    assert "turnip soup" in own.source(one.id).text
    note, place = paragraph(own, one)
    assert SENTENCE in own.originals_for(cited(note, place.start, place.end))[0].text


def test_the_first_fetch_of_a_new_user_indexes_the_notes_too(chosen: list[Original], tmp_path: Path) -> None:
    fresh = Workbench(load_settings({"TORGAU_HOME": str(tmp_path / "fresh"), "TORGAU_EMBEDDER": "none"}))
    fresh.originals = Originals(fresh.archive, tmp_path / "originals.toml", fetcher=lambda: Fetcher(pause=0))
    fresh.fetch_originals([chosen[0].id])
    assert fresh.search("marmalade convoy").hits[0].passage.source_id == chosen[0].id
    assert fresh.search("Harriman Stalin Poland").hits
