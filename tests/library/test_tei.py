from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.library.tei import looks_like_tei, read_tei
from assistant.records import SourceKind, Tier

FRUS = (Path(__file__).parent / "pages" / "frus.xml").read_text("utf-8")
ARTICLE = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Milestones</title></titleStmt>
</fileDesc></teiHeader><text><body><div type="section"><head>Berlin, <date from="1948" to="1949">1948–1949</date></head>
<p>On <date when="1948-06-24">24 June 1948</date> the roads were closed.</p><figure><head>A plane</head></figure>
<div><head>Inner</head><p>Inner words.</p></div><p>Words behind the inner section.</p></div></body></text></TEI>"""


def test_a_document_of_a_volume() -> None:
    source = read_tei(FRUS, "frus.xml", part="d12")
    assert source.text == (
        "Washington, May 11, 1945.\n\nShips are to be stopped. Since June 1942 they had sailed freely.\n\nGoods\n\nFlour\n\nTrucks\n\n"
        "J. Grew\n\n[1] Drafted by a clerk.\n\nSource: Central Files.\n\n[2] Some had sailed."
    )
    assert (source.kind, source.tier) == (SourceKind.DOCUMENT, Tier.PRIMARY)
    assert (source.date, source.date_end) == ("1945-05-11", None), "the document's day, not one that it mentions"
    assert source.title == (
        "12. Memorandum by the Acting Secretary (Foreign Relations of the United States, 1945, Volume XCIX)"
    )
    assert source.passages[0].locator.startswith("doc. 12, para")
    assert source.passages[0].date == "1945-05-11"


def test_a_whole_volume_keeps_its_documents_apart() -> None:
    source = read_tei(FRUS, "frus.xml")
    assert [(passage.locator.split(",")[0], passage.date) for passage in source.passages] == [
        ("para. 1", "1945-05-11"),
        ("doc. 12", "1945-05-11"),
        ("doc. 13", "1945-05-12"),
    ]
    assert source.passages[2].title.endswith("Volume XCIX, 13. Telegram")
    assert source.passages[2].text == "May 12\n\nMoscow is angry."
    assert all(source.text[passage.start : passage.end] == passage.text for passage in source.passages)


def test_an_article_is_about_the_days_it_names_and_of_tier_reference() -> None:
    source = read_tei(ARTICLE, "m.xml")
    assert source.tier is Tier.REFERENCE
    assert source.text == "On 24 June 1948 the roads were closed.\n\nInner words.\n\nWords behind the inner section."
    assert [(passage.title, passage.date, passage.date_end) for passage in source.passages] == [
        ("Milestones, Berlin, 1948–1949", "1948-06-24", None),
        ("Milestones, Inner", "1948", "1949"),
        ("Milestones, Berlin, 1948–1949", "1948", "1949"),
    ]
    assert read_tei(ARTICLE, "m.xml", tier=Tier.PRESS, date="1950", title="T").passages[1].tier is Tier.PRESS


BOMB = '<?xml version="1.0"?><!DOCTYPE TEI [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><TEI><text><body><p>&b;</p></body></text></TEI>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "declares entities"),
        ("<TEI><text><body><p>open", "not well formed"),
        ("<TEI><text><body>" + "<div>" * 3000 + "</div>" * 3000 + "</body></text></TEI>", "not well formed"),
        ("<TEI><text><body><p>&what;</p></body></text></TEI>", "not well formed"),
        ("<book><p>x</p></book>", "no TEI"),
        ("<TEI><text><body><p> </p></body></text></TEI>", "no text"),
        ("", "no text"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_tei(text, "x.xml")


def test_an_outside_file_is_never_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = f'<!DOCTYPE TEI SYSTEM "{secret.as_uri()}"><TEI><text><body><p>words</p></body></text></TEI>'
    assert read_tei(text, "x.xml").text == "words"


def test_a_missing_part_is_said() -> None:
    with pytest.raises(InputError, match="no part 'd99'"):
        read_tei(FRUS, "frus.xml", part="d99")


def test_tei_is_known_by_its_first_tag() -> None:
    assert looks_like_tei(FRUS)
    assert not looks_like_tei("<html><TEIX></html>")


@pytest.mark.shared
def test_the_milestones_are_read() -> None:
    folder = Path(__file__).parents[3] / "shared" / "sources"
    if not folder.is_dir():
        pytest.skip("the sample documents are not beside the checkout")
    for path in sorted(folder.glob("*.xml")):
        source = read_tei(path.read_text("utf-8"), path.name)
        assert source.tier is Tier.REFERENCE
        assert len(source.passages) > 50
        assert all(source.text[passage.start : passage.end] == passage.text for passage in source.passages)
        assert all("Milestones: 19" in passage.title for passage in source.passages)
