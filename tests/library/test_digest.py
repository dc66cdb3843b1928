from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.library.digest import load_digest, read_digest, read_digests
from assistant.records import ClaimType, PassageKind, SourceKind, Tier

DIGEST = """
id: elbe-thread
title: Could Elbe Day have lasted?
question: Could the amity have lasted?
posts:
  - number: 1
    date: 2010-05-13
    statements:
      - {id: s1, type: reason, text: "The world was
          weary of war.", bears_out: [note-a]}
      - {id: s2, type: proposal, text: "Lend-Lease goes on.", contradicts: [note-b]}
  - number: 3
    date: null
    statements:
      - {id: s3, type: alternative-pod, text: "Stalin dies in 1945."}
"""


def written(folder: Path, text: str = DIGEST) -> Path:
    path = folder / "elbe.yaml"
    path.write_text(text, "utf-8")
    return path


def test_each_statement_is_a_passage_of_its_post(tmp_path: Path) -> None:
    source = read_digest(written(tmp_path))
    assert (source.kind, source.tier, source.date) == (SourceKind.DIGEST, Tier.FORUM, "2010-05-13")
    assert [passage.locator for passage in source.passages] == ["post 1", "post 1", "post 3"]
    assert [passage.text for passage in source.passages] == [
        "The world was weary of war.", "Lend-Lease goes on.", "Stalin dies in 1945.",
    ]  # fmt: skip
    assert all(source.text[passage.start : passage.end] == passage.text for passage in source.passages)
    assert {passage.kind for passage in source.passages} == {PassageKind.STATEMENT}
    assert {passage.tier for passage in source.passages} == {Tier.FORUM}
    assert read_digests(tmp_path) == [source]
    assert read_digests(tmp_path / "none") == []


def test_statements_are_counted_as_the_passages_are(tmp_path: Path) -> None:
    digest = load_digest(written(tmp_path))
    third = digest.statements()[2]
    assert (third.id, third.type) == ("s3", ClaimType.POD)
    assert digest.statements()[0].bears_out == ["note-a"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: reason", "type: rant", "posts.0.statements.0.type"),
        ("id: s2", "id: s1", "two have one id"),
        ("number: 3", "number: 0", "posts.1.number"),
        ("question: Could the amity have lasted?", "", "question"),
        ("posts:", "posts: [", "YAML"),
    ],
)
def test_a_broken_digest_is_said_with_file_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(CorpusError) as caught:
        load_digest(written(tmp_path, DIGEST.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "elbe.yaml" in str(caught.value)


def test_a_missing_digest_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        load_digest(tmp_path / "none.yaml")
