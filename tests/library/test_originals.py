"""The list of originals, and downloading from a site that does everything wrong."""

import datetime as dt
import email.utils
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.site import Site, answer, cut, rest, running

from assistant.errors import CorpusError, FetchError
from assistant.library.fetching import Fetcher
from assistant.library.notes import parse_note, read_corpus
from assistant.library.originals import document_id, index_originals, load_originals, to_toml

CORPUS = Path(__file__).parents[2] / "corpus"
BODY = b"<html><body><main>" + b"<p>What was said at the table.</p>" * 400 + b"</main></body></html>"
PAGE = "/historicaldocuments/frus1945v05/d1"
TAG = '"v1"'
NOTE = """---
id: {id}
title: A title
date: 1945-05-11
themes: [lend-lease]
bearing: rivalry
why: It says so.
sources:
  - {{key: a, cite: "FRUS 1945, vol. V, doc. {number}: a \\"quoted\\" cite", url: "{url}", tier: {tier}, checked: true}}
---

A statement. [^a]
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as found:
        yield found


class Waits:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def fetcher(waits: Waits) -> Iterator[Fetcher]:
    with Fetcher(pause=1.0, sleep=waits.sleep, clock=lambda: waits.now, timeout=5) as found:
        yield found


def note(name: str, number: str, url: str, tier: str = "primary"):
    return parse_note(NOTE.format(id=name, number=number, url=url, tier=tier), f"{name}.md")


def site_url(rest_: str) -> str:
    return f"https://history.state.gov/historicaldocuments/{rest_}"


def test_the_shipped_list_is_what_the_notes_make() -> None:
    made = to_toml(index_originals(read_corpus(CORPUS / "notes")))
    assert (CORPUS / "originals.toml").read_text("utf-8") == made, "torgau originals index > corpus/originals.toml"


def test_the_shipped_list_is_of_use() -> None:
    listed = load_originals(CORPUS / "originals.toml")
    assert len(listed) > 100
    assert all(document_id(each.address) == each.id for each in listed)


def test_index_and_reading_go_round(tmp_path: Path) -> None:
    notes = [
        note("b-note", "750", site_url("frus1945v05/d750#fn3")),
        note("a-note", "750", site_url("frus1945v05/d750")),
        note("c-note", "61", site_url("frus1945Berlinv02/d710a-61")),
        note("d-note", "9", site_url("frus1945v05/d80")),
        note("whole-volume", "1", site_url("frus1948v02")),
        note("compilation", "1", site_url("frus1950v01/comp2")),
        note("elsewhere", "1", "https://example.org/frus1945v05"),
        note("secondary", "1", site_url("frus1945v05/d2"), "reference"),
    ]
    made = index_originals(notes)
    assert [each.id for each in made] == ["frus1945berlinv02-d710a-61", "frus1945v05-d80", "frus1945v05-d750"]
    assert made[2].notes == ["a-note", "b-note"]
    assert made[2].address == site_url("frus1945v05/d750")
    file = tmp_path / "originals.toml"
    file.write_text(to_toml(made), "utf-8")
    assert load_originals(file) == made
    assert to_toml(index_originals(reversed(notes))) == to_toml(made)


ENTRY = (
    '[[originals]]\nid = "a"\nvolume = "v"\nnumber = "d1"\ntitle = "t"\naddress = "https://x.org/y"\nnotes = ["n"]\n'
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[originals", "cannot be read"),
        (ENTRY.replace('title = "t"\n', ""), "originals.0.title"),
        (ENTRY + 'colour = "red"\n', "originals.0.colour"),
        (ENTRY.replace("https://x.org/y", "file:///etc/passwd"), "originals.0.address"),
        (ENTRY.replace('["n"]', "[]"), "originals.0.notes"),
        (ENTRY.replace('"d1"', "1"), "originals.0.number"),
        (ENTRY + ENTRY, "Two originals have the id 'a'"),
    ],
)
def test_a_wrong_list_is_refused_with_its_field(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "originals.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=what):
        load_originals(file)


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        load_originals(tmp_path / "none.toml")


def test_fetching_names_itself_and_reads_robots_once(
    site: Site, fetcher: Fetcher, tmp_path: Path, waits: Waits
) -> None:
    site.replies = {PAGE: [answer(200, BODY)], "/historicaldocuments/frus1945v05/d2": [answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "new" / "a.html")
    fetcher.fetch(site.address("/historicaldocuments/frus1945v05/d2"), tmp_path / "new" / "b.html")
    assert (tmp_path / "new" / "a.html").read_bytes() == BODY
    assert [path for path, _ in site.seen] == ["/robots.txt", PAGE, "/historicaldocuments/frus1945v05/d2"]
    assert all("Torgau" in headers["user-agent"] for _, headers in site.seen)
    assert waits.waited == [1.0, 1.0]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.html", "b.html"]


def test_a_longer_crawl_delay_is_kept(site: Site, fetcher: Fetcher, tmp_path: Path, waits: Waits) -> None:
    site.replies = {"/robots.txt": [answer(200, b"User-agent: *\nCrawl-delay: 20\n")], PAGE: [answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert waits.waited == [20.0]


@pytest.mark.parametrize(
    "robots",
    [
        answer(200, b"User-agent: *\nDisallow: /historicaldocuments\n", "text/plain"),
        answer(200, b"User-agent: torgau\nDisallow: /\n\nUser-agent: *\nDisallow:\n", "text/plain"),
        answer(403, b"no"),
    ],
)
def test_robots_refused(site: Site, fetcher: Fetcher, tmp_path: Path, robots) -> None:
    site.replies = {"/robots.txt": [robots], PAGE: [answer(200, BODY)]}
    with pytest.raises(FetchError, match=r"robots\.txt") as caught:
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert caught.value.where == site.address(PAGE)
    assert caught.value.hint
    assert site.asked(PAGE) == []


def test_robots_count_where_a_redirect_leads(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {
        "/robots.txt": [answer(200, b"User-agent: *\nDisallow: /private\n", "text/plain")],
        PAGE: [answer(302, Location="/private/d1")],
        "/private/d1": [answer(200, BODY)],
    }
    with pytest.raises(FetchError, match=r"robots\.txt"):
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert site.asked("/private/d1") == []


def test_redirects_are_followed_but_not_for_ever(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [answer(301, Location="/there")], "/there": [answer(200, BODY), answer(302, Location=PAGE)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == BODY
    with pytest.raises(FetchError, match="redirects without end"):
        fetcher.fetch(site.address(PAGE), tmp_path / "b.html")


def test_busy_then_fine(site: Site, fetcher: Fetcher, tmp_path: Path, waits: Waits) -> None:
    site.replies = {PAGE: [answer(503, Retry_After="7"), answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == BODY
    assert waits.waited == [1.0, 7.0]


def test_retry_after_as_a_date(site: Site, fetcher: Fetcher, tmp_path: Path, waits: Waits) -> None:
    when = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=100), usegmt=True)
    site.replies = {PAGE: [answer(429, Retry_After=when), answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert 2 < waits.waited[1] <= 100


def test_busy_for_too_long(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [answer(503)]}
    with pytest.raises(FetchError, match="503"):
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert len(site.asked(PAGE)) == 4


def test_a_server_that_asks_for_an_hour_is_left_alone(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [answer(503, Retry_After="3600")]}
    with pytest.raises(FetchError, match="60 minutes"):
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert len(site.asked(PAGE)) == 1


def test_cut_half_way_then_resumed(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [cut(BODY, len(BODY) // 2, ETag=TAG), rest(BODY, TAG)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == BODY
    first, second = site.asked(PAGE)
    assert "range" not in first
    assert second["range"] == f"bytes={len(BODY) // 2}-"
    assert second["if-range"] == TAG
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_cut_then_resumed_by_the_next_run(site: Site, waits: Waits, tmp_path: Path) -> None:
    site.replies = {PAGE: [cut(BODY, 1000, ETag=TAG), rest(BODY, TAG)]}
    with Fetcher(sleep=waits.sleep, attempts=1) as once, pytest.raises(FetchError, match="connection"):
        once.fetch(site.address(PAGE), tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()
    with Fetcher(sleep=waits.sleep) as again:
        again.fetch(site.address(PAGE), tmp_path / "a.html")
    assert site.asked(PAGE)[1]["range"] == "bytes=1000-"
    assert (tmp_path / "a.html").read_bytes() == BODY


def test_a_changed_document_is_fetched_whole(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    changed = BODY.replace(b"table", b"TABLE")
    site.replies = {PAGE: [cut(BODY, 5000, ETag=TAG), rest(changed, '"v2"')]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == changed


def test_without_a_version_nothing_is_gone_on_with(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [cut(BODY, 5000), answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert "range" not in site.asked(PAGE)[1]
    assert (tmp_path / "a.html").read_bytes() == BODY


@pytest.mark.parametrize("wrong", [answer(416), answer(206, BODY[7:], Content_Range=f"bytes 7-{len(BODY) - 1}/*")])
def test_a_wrong_range_starts_anew(site: Site, fetcher: Fetcher, tmp_path: Path, wrong) -> None:
    site.replies = {PAGE: [cut(BODY, 5000, ETag=TAG), wrong, answer(200, BODY)]}
    fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert "range" not in site.asked(PAGE)[2]
    assert (tmp_path / "a.html").read_bytes() == BODY


def test_what_is_not_there(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no such document: 404"):
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert len(site.asked(PAGE)) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_wrong_content_type(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    site.replies = {PAGE: [answer(200, b"%PDF", "application/pdf")]}
    with pytest.raises(FetchError, match="application/pdf"):
        fetcher.fetch(site.address(PAGE), tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large(site: Site, tmp_path: Path) -> None:
    site.replies = {PAGE: [answer(200, BODY, ETag=TAG)]}
    with Fetcher(pause=0, limit=1000) as small, pytest.raises(FetchError, match="larger"):
        small.fetch(site.address(PAGE), tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_nobody_answers(tmp_path: Path, fetcher: Fetcher) -> None:
    with running() as gone:
        address = gone.address(PAGE)
    with pytest.raises(FetchError, match="connection failed"):
        fetcher.fetch(address, tmp_path / "a.html")


def test_a_place_that_cannot_be_written(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FetchError, match="cannot be written"):
        fetcher.fetch(site.address(PAGE), tmp_path / "file" / "a.html")
