from pathlib import Path

import pytest

from assistant.errors import CorpusError, InputError
from assistant.library.decoding import decode
from assistant.library.page import read_page
from assistant.library.plain import read_plain
from assistant.library.reading import read_bytes, read_path, read_text, sniff
from assistant.library.shelf import Shelf
from assistant.records import SourceKind, Tier

PAGES = Path(__file__).parent / "pages"
NOTE = """---
id: a-note
title: A note
date: 1945
themes: [t]
bearing: amity
why: Because.
sources:
  - {key: a, cite: "A book", tier: memoir}
---
It happened. [^a]
"""
MARKDOWN = """Before any heading.

# The Bridge

Soldiers met.

## Wine #

They drank.

```
# no heading
```
"""
BLOG = """<!doctype html><html><head><title>Site | Elbe</title><meta property="og:title" content="Elbe Day">
<meta property="article:published_time" content="2015-04-25T10:00:00Z"></head><body><header><p>MENU</p></header><nav>NAV</nav>
<main><h1>Elbe Day</h1><p>The armies <b>met</b> at Torgau.</p><script>evil()</script><div class="share-buttons">SHARE</div>
<p>They drank &amp; sang. <img src=x alt=ALT></p><p hidden>HIDDEN</p></main><footer>FOOT</footer></body></html>"""


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (NOTE, "note"),
        (NOTE.replace("\n", "\r\n"), "note"),
        ("\ufeff" + NOTE, "note"),
        ((PAGES / "xf22.html").read_text("utf-8"), "xenforo"),
        ((PAGES / "frus.xml").read_text("utf-8"), "tei"),
        (BLOG, "page"),
        ("<div><p>A fragment</p></div>", "page"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>x</p></body></html>', "page"),
        ("abc123\n\nBanned\n#1\nNo.\n", "thread"),
        (MARKDOWN, "plain"),
        ("< 5 soldiers met.", "plain"),
        ("---\ntitle: A blog post\n---\nText", "plain"),
    ],
)
def test_what_a_text_is_shows_in_its_content(text: str, form: str) -> None:
    assert sniff(text) == form
    assert len(read_text(text, "x")) == 1


def test_unknown_xml_is_refused_with_what_can_be_read() -> None:
    with pytest.raises(InputError, match="Torgau reads plain text"):
        sniff('<?xml version="1.0"?><svg/>')


def test_a_file_keeps_its_id_and_becomes_a_new_version(tmp_path: Path) -> None:
    path = tmp_path / "My Notes — Elbe.txt"
    path.write_text("First words.", "utf-8")
    shelf = Shelf(tmp_path / "shelf")
    first = shelf.add_all(read_path(path))[0]
    assert (first.source.id, first.source.title) == ("my-notes-elbe", "My Notes — Elbe")
    assert first.source.origin == str(path.resolve())
    path.write_text("# Now with a heading\n\nOther words.", "utf-8")
    second = shelf.add_all(read_path(path))[0]
    assert (second.source.id, second.status) == ("my-notes-elbe", "new-version")
    other = tmp_path / "sub"
    other.mkdir()
    (other / path.name).write_text("Quite another.", "utf-8")
    assert shelf.add_all(read_path(other / path.name))[0].status == "new"


def test_a_pasted_text_is_named_by_its_title() -> None:
    assert read_text(MARKDOWN)[0].id == "the-bridge"
    assert read_text(MARKDOWN, "My paste")[0].id == "my-paste"
    named = read_text("Слова без заголовка.", "Эльба")[0].id
    assert named != read_text("Слова без заголовка.", "Висла")[0].id, (
        "a title in another script still tells sources apart"
    )


def test_date_tier_and_title_are_taken_from_who_knows_better() -> None:
    source = read_text("Words.", "x", title="Diary", date="1945-04", tier=Tier.MEMOIR)[0]
    passage = source.passages[0]
    assert (source.title, source.tier, source.date) == ("Diary", Tier.MEMOIR, "1945-04")
    assert (passage.title, passage.tier, passage.date) == ("Diary", Tier.MEMOIR, "1945-04")
    with pytest.raises(InputError, match="1945-13"):
        read_text("Words.", "x", date="1945-13")


def test_a_thread_never_rises_above_its_tier() -> None:
    source = read_text("abc123\n\nBanned\n#1\nNo.\n", "x", tier=Tier.PRIMARY)[0]
    assert source.tier is Tier.FORUM
    assert "always of tier forum" in source.notices[-1]


def test_the_form_can_be_said_instead_of_guessed() -> None:
    assert read_text("Just prose.", "x", form="thread")[0].kind is SourceKind.THREAD
    assert read_text(NOTE, "x", form="plain")[0].kind is SourceKind.DOCUMENT
    with pytest.raises(InputError):
        read_text("Just prose.", "x", form="xenforo")


def test_a_bad_note_of_a_user_names_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text(NOTE.replace("amity", "love"), "utf-8")
    with pytest.raises(CorpusError, match="bearing"):
        read_path(path)


def test_missing_folder_and_too_large(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_path(tmp_path / "none.txt")
    with pytest.raises(InputError, match="no file"):
        read_path(tmp_path)
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="50\\.0 MB"):
        read_path(path)
    with pytest.raises(InputError, match="too large"):
        read_text("x" * 11, limit=10)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n...", "a PDF"),
        (b"PK\x03\x04word/document.xml", "Word"),
        (b"\x89PNG\r\n", "picture"),
        (b"From: <Saved by Blink>\r\n", "MHTML"),
        (b"abc\0def", "byte 3"),
        (b"abc \x81 def", "byte 4 is wrong"),
        (b"\xff\xfeA", "UTF-16"),
        (b"\xef\xbb\xbfabc\xff", "byte 6 is wrong|UTF-8"),
        (bytes(range(1, 128)) + b"\xe9", "byte 127"),
        (b"<html><meta charset='shift_jis'>\x80\xff", "SHIFT_JIS, but byte"),
        (b"", "no text"),
        (b"\n \n", "no text"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_bytes(data, "x.bin")


@pytest.mark.parametrize(
    ("data", "text", "notices"),
    [
        ("Käthe’s".encode(), "Käthe’s", 0),
        ("Käthe’s".encode("utf-8-sig"), "Käthe’s", 0),
        ("Käthe’s".encode("utf-16"), "Käthe’s", 0),
        ("Käthe’s".encode("utf-32"), "Käthe’s", 0),
        ("Käthe’s".encode("cp1252"), "Käthe’s", 1),
        (b"<meta charset=iso-8859-5>" + "Эльба".encode("iso-8859-5"), "<meta charset=iso-8859-5>Эльба", 0),
        (b"<meta charset=latin1>" + "ä’".encode("cp1252"), "<meta charset=latin1>ä’", 1),
        (b"<meta charset=nonsense>" + "ä".encode(), "<meta charset=nonsense>ä", 1),
    ],
)
def test_encodings(data: bytes, text: str, notices: int) -> None:
    read, told = decode(data, "x")
    assert read == text
    assert len(told) == notices


def test_a_guess_at_the_encoding_reaches_the_user() -> None:
    source = read_bytes("Café".encode("cp1252"), "x.txt")[0]
    assert "Windows-1252, because byte 3" in source.notices[0]


def test_markdown_passages_stay_under_their_headings() -> None:
    source = read_plain(MARKDOWN.replace("\n", "\r\n"), "x.md")
    assert "\r" not in source.text
    assert [(passage.locator, passage.text.split("\n")[0]) for passage in source.passages] == [
        ("para. 1", "Before any heading."),
        ("The Bridge, paras. 2–3", "# The Bridge"),
        ("Wine, paras. 4–6", "## Wine #"),
    ]
    assert all(source.text[passage.start : passage.end] == passage.text for passage in source.passages)


def test_the_main_text_of_a_page() -> None:
    source = read_page(BLOG, "blog.html")
    assert (source.title, source.date, source.kind) == ("Elbe Day", "2015-04-25", SourceKind.DOCUMENT)
    assert source.text == "Elbe Day\n\nThe armies met at Torgau.\n\nThey drank & sang."
    with pytest.raises(InputError, match="no words"):
        read_page("<html><body><script>x</script></body></html>", "x.html")


def test_a_page_that_is_all_furniture_is_read_whole() -> None:
    assert read_page("<html><body><form><p>Words in a form.</p></form></body></html>", "x").text == "Words in a form."
