from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import InputError
from assistant.library.paste import looks_like_thread, read_paste
from assistant.library.threads import own_spans, thread_of
from assistant.records import Post, Source, SourceKind, Tier

GAP = "\u00a0 \n"

# The shape of a real copy: some headers lost, gaps behind posts, an edit note, a name of doubtful place.
LOST = f"""AHC: Friends on the Bridge

The armies met and the world was weary of war.

--Lend-Lease goes on.

What do you think? :cool:


RosaLux
{GAP}Unlikely without a much earlier POD.

The two sides were too different.
{GAP}A second thought

I think you need another Stalin.
{GAP}Last edited:
The problems were there by April of 1945.
{GAP}

abc123

Banned
Not with Stalin at the helm.
{GAP}A horse kills Stalin before the parade.
{GAP}Top
"""

FULL = f"""WI: Roosevelt lives to 1947
Thread starter Calbear
Start date May 13, 2010
1
2
Next
Calbear

Moderator
Staff member
Joined
Oct 4, 2005
Messages
45,323
Location
Sacramento
May 13, 2010
Add bookmark
#21
What happens if he lives? Yalta holds.

January 5, 1946

He is sworn in again.
{GAP}Reactions: abc123, The Professor and 3 others
John Fredrick Parker

Donor
May 13, 2010 at 6:15 PM
#22
Calbear said:
What happens if he lives?

Yalta holds.
Click to expand...
I doubt it. The Poles matter.
{GAP}Last edited: May 14, 2010
abc123

Banned
May 14, 2010
#23
Not with Stalin.
{GAP}You must log in or register to reply here.
Top
"""

OLD = """#1
Old May 13th, 2010, 05:15 PM
MalcontentRex MalcontentRex is offline
Member

Join Date: Dec 2008
Posts: 1,234
AHC
Here is my opener.

__________________
A signature
#2
Old May 13th, 2010, 06:15 PM
abc123 abc123 is offline
Banned

Join Date: Jan 2009
Posts: 234
Quote:
Originally Posted by MalcontentRex View Post
Here is my opener.

No way.
"""

GERMAN = f"""Elbe-Tag

Käthe

Bekanntes Mitglied
25.04.2024
#1
Warum hielt das nicht?
{GAP}Zuletzt bearbeitet: 26. April 2024
Jürgen

Mitglied
26.04.2024
#2
Käthe schrieb:
Warum hielt das nicht?
Zum Vergrößern anklicken....
Wegen Polen.
"""

PROSE = """The year of two summers

In April the armies met. It was a fine day.

April 25, 1945

Soldiers cross the river.

1946

Nothing happens.
"""


def own(source: Source, post: Post) -> str:
    return " | ".join(source.text[start:end] for start, end in own_spans(post, source.text))


def test_posts_of_a_copy_that_lost_its_headers() -> None:
    source = read_paste(LOST, "paste")
    assert source.title == "AHC: Friends on the Bridge"
    assert (source.kind, source.tier) == (SourceKind.THREAD, Tier.FORUM)
    words = [own(source, post) for post in source.posts]
    assert [text.split()[0] for text in words] == ["The", "Unlikely", "A", "The", "Not", "A"]
    assert words[0].endswith(":cool:")
    assert words[4] == "Not with Stalin at the helm."
    assert words[5] == "A horse kills Stalin before the parade."
    assert [post.author for post in source.posts] == [None, None, None, None, "abc123", None]
    assert [post.number for post in source.posts] == [1, 2, 3, 4, 5, 6]
    doubts = [post.doubtful or "" for post in source.posts]
    assert "RosaLux" in doubts[0]
    assert "RosaLux" in doubts[1]
    assert "no author line" in doubts[2]
    assert doubts[3] == doubts[4] == ""
    assert source.posts[2].edited == "Last edited:"
    assert source.notices == ["4 of 6 posts have doubtful bounds; each says why"]


def test_posts_of_a_full_copy_have_authors_dates_numbers_and_quotations() -> None:
    source = read_paste(FULL, "paste")
    assert source.title == "WI: Roosevelt lives to 1947"
    assert [(post.author, post.date, post.number) for post in source.posts] == [
        ("Calbear", "2010-05-13", 21),
        ("John Fredrick Parker", "2010-05-13", 22),
        ("abc123", "2010-05-14", 23),
    ]
    assert [own(source, post) for post in source.posts] == [
        "What happens if he lives? Yalta holds.\n\nJanuary 5, 1946\n\nHe is sworn in again.",
        "I doubt it. The Poles matter.",
        "Not with Stalin.",
    ]
    quote = source.posts[1].quotes[0]
    assert (quote.author, quote.text) == ("Calbear", "What happens if he lives?\n\nYalta holds.")
    assert source.posts[1].edited == "Last edited: May 14, 2010"
    assert all(post.doubtful is None for post in source.posts)
    assert (source.date, source.date_end) == ("2010-05-13", "2010-05-14")
    assert source.passages[-1].locator == "post 23"
    assert source.passages[-1].author == "abc123"


def test_an_older_board_with_signatures_and_unmarked_quotations() -> None:
    source = read_paste(OLD, "paste")
    assert [(post.author, post.date) for post in source.posts] == [
        ("MalcontentRex", "2010-05-13"),
        ("abc123", "2010-05-13"),
    ]
    assert [own(source, post) for post in source.posts] == ["AHC\nHere is my opener.", "No way."]
    assert source.posts[1].quotes[0].author == "MalcontentRex"
    assert source.posts[1].doubtful == "the end of a quotation in it is not marked"


def test_a_german_board() -> None:
    source = read_paste(GERMAN, "paste")
    assert [(post.author, post.date) for post in source.posts] == [("Käthe", "2024-04-25"), ("Jürgen", "2024-04-26")]
    assert own(source, source.posts[1]) == "Wegen Polen."
    assert source.posts[1].quotes[0].text == "Warum hielt das nicht?"


def test_prose_with_dates_as_headings_is_no_thread_and_one_post() -> None:
    assert not looks_like_thread(PROSE)
    source = read_paste(PROSE, "tale.txt")
    assert len(source.posts) == 1
    assert "1946" in own(source, source.posts[0])


def test_gaps_alone_split_with_doubt_but_do_not_make_a_thread() -> None:
    text = f"One thought here.\n{GAP}Another thought there.\n"
    assert not looks_like_thread(text)
    source = read_paste(text, "x")
    assert [bool(post.doubtful) for post in source.posts] == [False, True]


def test_a_signature_that_comes_again_is_no_post() -> None:
    text = "".join(f"abc{n}\n\nBanned\n#{n}\nText {n}.\n{GAP}My timeline won a prize\n" for n in (1, 2, 3))
    source = read_paste(text, "x")
    assert [post.author for post in source.posts] == ["abc1", "abc2", "abc3"]


def test_a_name_known_from_a_quotation_heads_a_post() -> None:
    text = "Opener text here.\n\nOld Hand\n\nI disagree.\n\nanna_k\n\nOld Hand said:\nI disagree.\nClick to expand...\nSo do I.\n"
    source = read_paste(text, "x")
    assert [post.author for post in source.posts] == [None, "Old Hand", "anna_k"]
    assert [bool(post.doubtful) for post in source.posts] == [False, False, True]


@pytest.mark.parametrize("text", [LOST, FULL, OLD, GERMAN, PROSE])
def test_copies_are_told_from_prose_and_newlines_do_not_matter(text: str) -> None:
    assert looks_like_thread(text) == (text != PROSE)
    assert read_paste(text.replace("\n", "\r\n"), "x") == read_paste(text, "x")


lines = st.sampled_from(
    ["abc123", "Banned", "\u00a0", "", "Last edited: x", "Rosa said:", "Click to expand...", "#2", "May 13, 2010", "Top", "Text.",
     "Quote:", "____________", "May 13, 2010 at 5:15 PM", "Joined", "A longer line of text that argues."]
)  # fmt: skip


@given(text=st.one_of(st.lists(lines, min_size=1, max_size=40).map("\n".join), st.text(min_size=1, max_size=80)))
@settings(max_examples=200, deadline=None)
def test_no_text_is_ever_dropped(text: str) -> None:
    try:
        source = read_paste(text, "x")
    except InputError:
        assert "\0" in text or not any(char.isprintable() and not char.isspace() for char in text)
        return
    at = 0
    for post in source.posts:
        assert post.start >= at
        assert not source.text[at : post.start].strip()
        spans = [(part.start, part.end) for part in post.apart]
        assert all(post.start <= low < high <= post.end for low, high in spans)
        parts = sorted(spans + own_spans(post, source.text))
        assert "".join("".join(source.text[low:high].split()) for low, high in parts) == "".join(
            source.text[post.start : post.end].split()
        )
        at = post.end
    assert not source.text[at:].strip()
    for passage in source.passages:
        assert source.text[passage.start : passage.end] == passage.text
        assert any(post.start <= passage.start and passage.end <= post.end for post in source.posts)


def test_a_source_is_a_thread_again() -> None:
    source = read_paste(LOST, "paste")
    thread = thread_of(source)
    assert (thread.title, thread.text, thread.posts) == (source.title, source.text, source.posts)
    with pytest.raises(InputError, match="is no thread"):
        thread_of(source.model_copy(update={"posts": []}))


@pytest.mark.parametrize("text", ["", " \n\u00a0\n", "a\0b", "half \ud800"])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_paste(text, "x")


@pytest.mark.shared
def test_the_elbe_day_paste_has_its_six_posts() -> None:
    path = Path(__file__).parents[3] / "shared" / "threads" / "elbe-day-paste.txt"
    if not path.is_file():
        pytest.skip("the sample thread is not beside the checkout")
    source = read_paste(path.read_text("utf-8"), path.name)
    words = [own(source, post) for post in source.posts]
    assert [text[:16] for text in words] == [
        "With all of the ", "Unlikely without", "Point of Departu", "The problems wer", "Not with Stalin ", "Stalin is killed",
    ]  # fmt: skip
    assert [post.author for post in source.posts] == [None, None, None, None, "abc123", None]
    assert [bool(post.doubtful) for post in source.posts] == [True, True, True, False, False, True]
    assert words[1].endswith("I doubt it would be enough.")
    assert words[5].endswith("cooperate with the West.")
