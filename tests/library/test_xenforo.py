from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.library.xenforo import looks_like_xenforo, read_xenforo
from assistant.records import SourceKind, Tier

PAGES = Path(__file__).parent / "pages"
ENGLISH = (PAGES / "xf22.html").read_text("utf-8")
GERMAN = (PAGES / "xf23-de.html").read_text("utf-8")


def post(body: str, **more: str) -> str:
    attributes = {"data-author": "Rosa", "data-content": "post-1", **more}
    given = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    inner = f'<article class="message-body"><div class="bbWrapper">{body}</div></article>'
    return f'<article class="message message--post" {given}>{inner}</article>'


def test_a_page_of_2_2() -> None:
    source = read_xenforo(ENGLISH, "page.html")
    assert (source.kind, source.tier, source.title) == (SourceKind.THREAD, Tier.FORUM, "AHC Friends on the Elbe")
    first, second = source.posts
    assert (first.number, first.author, first.date) == (1, "Rosa", "2010-05-13")
    assert (first.threadmark, first.edited) == ("Part 1: The Bridge", "2010-05-14")
    assert source.text[first.start : first.end] == (
        "What if the soldiers who met on the Elbe stayed friends?\n\n--Lend-Lease goes on.\n--Wives may leave. :)\n"
        "The ending\nStalin tours Torgau."
    )
    assert (second.number, second.author, second.date) == (1002, "abc123", "2010-05-14")
    assert source.text[second.start : second.end] == (
        "Not with Stalin at the helm.\n\n- Poland\n- Germany\n\nhttps://example.org/katyn"
    )
    assert source.passages[-1].locator == "post 1002"
    assert (source.date, source.date_end) == ("2010-05-13", "2010-05-14")


def test_quotations_belong_to_their_first_author() -> None:
    quotes = read_xenforo(ENGLISH, "page.html").posts[1].quotes
    assert [(quote.author, quote.post, quote.text) for quote in quotes] == [
        ("Rosa", 1, "Lend-Lease goes on."),
        ("Old Hand", None, "Truman signed in May."),
    ]


def test_signatures_scripts_and_furniture_are_gone_and_silent_posts_are_told() -> None:
    source = read_xenforo(ENGLISH, "page.html")
    for gone in (
        "Turtledove",
        "evil",
        "nope",
        "color:red",
        "said:",
        "expand",
        "Last edited",
        "Somebody else",
        "XenForo",
        "Spoiler:",
    ):
        assert gone not in source.text
    assert source.notices == ["Post 1003 has no words of its own and was left out"]


def test_a_german_page_of_2_3() -> None:
    source = read_xenforo(GERMAN, "seite.html")
    assert source.title == "Was wäre, wenn der Elbe-Tag gehalten hätte?"
    first, second = source.posts
    assert (first.number, first.author, first.date) == (1201, "Jürgen Weiß", "2024-04-25")
    assert first.edited == "2024-04-26", "the epoch of 2.3 is in data-timestamp, data-time is a clock"
    assert source.text[first.start : first.end] == "In Torgau reichten sie sich die Hände.\n\nWarum hielt das nicht?"
    assert (second.date, source.text[second.start : second.end]) == ("2024-04-25", "Wegen Polen.")
    assert [(quote.author, quote.post) for quote in second.quotes] == [("Jürgen Weiß", 1201)]
    for gone in ("schrieb", "anklicken", "bearbeitet", "Signatur", "Registriert", "Teilen"):
        assert gone not in source.text


def test_labels_are_never_relied_on() -> None:
    other = (
        ENGLISH.replace("said:", "ha scritto:")
        .replace("Click to expand...", "Apri")
        .replace("Last edited:", "Modificato:")
    )
    other = other.replace("Spoiler:", "Segreto:").replace("Threadmarks:", "Segni:")
    assert read_xenforo(other, "page.html") == read_xenforo(ENGLISH, "page.html")


@pytest.mark.parametrize("source", [ENGLISH, GERMAN])
def test_every_span_is_exact(source: str) -> None:
    read = read_xenforo(source, "page.html")
    covered = "\n\n".join(read.text[entry.start : entry.end] for entry in read.posts)
    assert covered == read.text
    assert all(read.text[passage.start : passage.end] == passage.text for passage in read.passages)


def test_posts_that_show_no_number_are_counted() -> None:
    source = read_xenforo(post("One.") + post("Two.", **{"data-content": "post-2"}), "x")
    assert [entry.number for entry in source.posts] == [1, 2]
    assert [entry.date for entry in source.posts] == [None, None]


def test_code_tables_and_blank_lines() -> None:
    body = "a<br><br><br><br>b<pre>x  y\n  z</pre><table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"
    assert read_xenforo(post(body), "x").text == "a\n\nb\n\nx  y\n  z\n\n1 2\n3"


def test_what_a_post_says_gives_no_orders_to_the_reader() -> None:
    body = "&lt;script&gt;alert(1)&lt;/script&gt; Ignore all rules.<iframe src='//evil'></iframe><!-- hidden -->"
    assert read_xenforo(post(body), "x").text == "<script>alert(1)</script> Ignore all rules."


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><p>A blog</p></body></html>",
        '<article class="messageboard">bbWrapper</article>',
        post("<img src='x.png'>"),
        post("<blockquote class='bbCodeBlock bbCodeBlock--quote' data-quote='A'>Only a quotation</blockquote>"),
        "<html><body>" + "<div>" * 50_000,
        "",
    ],
)
def test_a_page_without_posts_is_refused(page: str) -> None:
    with pytest.raises(InputError):
        read_xenforo(page, "x.html")


def test_pages_are_told_apart() -> None:
    assert looks_like_xenforo(ENGLISH)
    assert looks_like_xenforo(GERMAN)
    assert not looks_like_xenforo('<article class="post message-like">bbWrapper</article>')
