"""Chroma itself: slower tests, since each opens it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import EmbedderError, IndexDamagedError
from assistant.records import Source, Tier
from assistant.retrieval import nearness, vectors
from assistant.retrieval.embedding import unit_rows
from assistant.retrieval.filters import Query
from assistant.retrieval.index import Index
from assistant.retrieval.vectors import ChromaDefault, VectorIndex

ROWS = unit_rows(np.random.default_rng(2).normal(size=(60, 16)), source="test")
KEYS = [str(number) for number in range(60)]


@pytest.fixture
def chroma(tmp_path: Path) -> VectorIndex:
    index = VectorIndex(tmp_path / "vectors", stamp="1", create=True)
    index.add(KEYS, ROWS)
    return index


def test_finds_the_nearest_with_their_cosines(chroma: VectorIndex) -> None:
    exact = ROWS @ ROWS[7]
    found = chroma.nearest(ROWS[7], 5)
    assert [int(key) for key, _ in found] == np.argsort(-exact)[:5].tolist()
    assert [cosine for _, cosine in found] == pytest.approx(sorted(exact, reverse=True)[:5], abs=1e-5)


def test_deletes_and_lists(chroma: VectorIndex) -> None:
    chroma.delete(KEYS[1:])
    assert chroma.keys() == ["0"]
    assert [key for key, _ in chroma.nearest(ROWS[5], 5)] == ["0"]


def test_holds_no_texts(chroma: VectorIndex) -> None:
    opened = vectors._open(chroma._client()).get(include=["documents", "metadatas"])
    assert set(opened["documents"] or [None]) == {None}
    assert set(opened["metadatas"] or [None]) == {None}


def test_telemetry_is_off(chroma: VectorIndex) -> None:
    assert chroma._client().get_settings().anonymized_telemetry is False


def test_a_check_names_what_is_not_found(chroma: VectorIndex) -> None:
    chroma.check(KEYS, ROWS)
    chroma.delete(["3"])
    with pytest.raises(IndexDamagedError, match="1 of 60 sampled vectors"):
        chroma.check(KEYS, ROWS)


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="no collection"):
        VectorIndex(tmp_path / "nowhere", stamp="1")
    assert not (tmp_path / "nowhere").exists()


@pytest.fixture
def sources(numbered) -> list[Source]:
    return [numbered(number) for number in range(40)]


def searches() -> list[Query]:
    asked = [Query(f"Subject{number} matter{number % 3}", k=5) for number in range(0, 40, 7)]
    return [*asked, Query("Subject5", k=5, exclude_sources=["source-5"]), Query("Subject5", tiers=[Tier.FORUM])]


def test_chroma_and_the_exact_pass_find_the_same(tmp_path, sources, make_embedder) -> None:
    by_chroma = Index.open(tmp_path, make_embedder(), nearest="chroma")
    by_chroma.sync(sources)
    exact = Index.open(tmp_path, make_embedder(), nearest="exact")
    for query in searches():
        one, other = by_chroma.search(query), exact.search(query)
        assert [hit.passage.id for hit in one.hits] == [hit.passage.id for hit in other.hits]
        assert one.searched == other.searched
        assert one.notices == other.notices
    assert by_chroma.check() == []


def test_size_decides_who_is_asked(tmp_path, sources, make_embedder, monkeypatch) -> None:
    small = Index.open(tmp_path, make_embedder(), exact_limit=1000)
    small.sync(sources)
    large = Index.open(tmp_path, make_embedder(), exact_limit=10)
    asked: list[str] = []
    real = VectorIndex.nearest
    monkeypatch.setattr(VectorIndex, "nearest", lambda *given: asked.append("chroma") or real(*given))
    small.search(Query("Subject3"))
    assert asked == []
    large.search(Query("Subject3"))
    assert asked


def test_a_narrow_filter_passes_over_the_vectors_themselves(tmp_path, sources, make_embedder, make_source) -> None:
    rare = make_source("rare", "Subject3 as a memoir has it.", tier=Tier.MEMOIR)
    index = Index.open(tmp_path, make_embedder(), nearest="chroma")
    index.sync([*sources, rare])
    found = index.search(Query("Subject3", tiers=[Tier.MEMOIR]))
    assert [hit.passage.id for hit in found.hits] == ["rare#1"]
    assert found.cosines[0] is not None


def test_a_large_scan_goes_in_parts(tmp_path, sources, make_embedder, monkeypatch) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="chroma")
    index.sync(sources)
    exact = Index.open(tmp_path, make_embedder(), nearest="exact").search(Query("Subject7 matter1"))
    monkeypatch.setattr(nearness, "_CHUNK", 7)
    monkeypatch.setattr(nearness, "_SELECTIVE", 0.5)
    found = index.search(Query("Subject7 matter1"))
    assert [hit.passage.id for hit in found.hits] == [hit.passage.id for hit in exact.hits]


def test_a_damaged_folder_is_answered_exactly_and_rebuilt_into_a_new_one(tmp_path, sources, make_embedder) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="chroma")
    index.sync(sources)
    (old,) = index.folder.glob("vectors-*")
    vectors._close(old.resolve())
    (old / "chroma.sqlite3").write_bytes(b"not a database " * 100)
    found = index.search(Query("Subject7 matter1"))
    assert found.hits[0].passage.id == "source-7#2"
    assert "one by one" in found.notices[0]
    assert "vector index" in index.check()[0]
    done = index.sync(sources)
    assert done.rebuilt
    assert (done.added, done.embedded) == (0, 0)
    assert index.check() == []
    again = index.search(Query("Subject7 matter1"))
    assert again.notices == []
    assert again.hits == found.hits


def test_vectors_that_chroma_lost_are_put_back(tmp_path, sources, make_embedder) -> None:
    index = Index.open(tmp_path, make_embedder(), nearest="chroma")
    index.sync(sources)
    (folder,) = index.folder.glob("vectors-*")
    chroma = VectorIndex(folder, stamp="test")
    lost = chroma.keys()[:10]
    chroma.delete(lost)
    assert "10 of 120 vectors are not in Chroma" in index.check()
    index.sync(sources)
    assert index.check() == []


def test_a_reader_sees_that_chroma_lost_vectors_and_answers_exactly(tmp_path, sources, make_embedder) -> None:
    Index.open(tmp_path, make_embedder(), nearest="chroma").sync(sources)
    (folder,) = tmp_path.glob("vectors-*")
    chroma = VectorIndex(folder, stamp="test")
    chroma.delete(chroma.keys()[:110])
    found = Index.open(tmp_path, make_embedder(), nearest="chroma").search(Query("Thema7 Stoff1"))
    assert found.hits[0].passage.id == "source-7#2"
    assert "holds 10 vectors and should hold 120" in found.notices[0]


def test_a_quick_update_without_changes_leaves_chroma_alone(tmp_path, sources, make_embedder, monkeypatch) -> None:
    index = Index.open(tmp_path, make_embedder())
    first = index.sync(sources, thorough=False)
    assert first.added == 120
    monkeypatch.setattr(VectorIndex, "__init__", lambda *given, **named: pytest.fail("Chroma was opened"))
    again = index.sync(sources, thorough=False)
    assert (again.passages, again.added, again.generation) == (120, 0, 1)
    monkeypatch.undo()
    (folder,) = tmp_path.glob("vectors-*")
    folder.rename(tmp_path / "lost")
    assert index.sync(sources, thorough=False).rebuilt
    assert index.check() == []


def test_passages_without_a_vector_are_told_of(tmp_path, sources, make_embedder) -> None:
    Index.open(tmp_path, make_embedder()).sync(sources[1:])
    Index.open(tmp_path, None).add(sources[:1])
    found = Index.open(tmp_path, make_embedder(), nearest="chroma").search(Query("Thema7 Stoff1"))
    assert found.hits[0].passage.id == "source-7#2"
    assert found.notices[0].startswith("3 passages have no embedding by hash yet")


def test_where_chroma_cannot_be_imported_the_index_still_works(tmp_path, sources, make_embedder, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "assistant.retrieval.vectors", None)
    index = Index.open(tmp_path, make_embedder())
    done = index.sync(sources)
    assert "Chroma cannot be used here" in done.notices[0]
    assert index.search(Query("Subject7 matter1")).hits[0].passage.id == "source-7#2"
    monkeypatch.undo()
    assert index.sync(sources).notices == []
    assert index.check() == []


def test_chromas_default_embedder_gives_unit_rows(monkeypatch) -> None:
    embedder = ChromaDefault()
    monkeypatch.setattr(type(embedder._function), "__call__", lambda self, texts: [[3.0, 4.0]] * len(texts))
    assert embedder.embed(["a", "b"]).tolist() == pytest.approx(np.array([[0.6, 0.8]] * 2))
    assert embedder.embed([]).shape == (0, 384)


def test_chromas_default_embedder_says_that_it_needs_the_network(monkeypatch) -> None:
    def refuse(self: object, texts: list[str]) -> None:
        raise OSError("no route to host")

    embedder = ChromaDefault()
    monkeypatch.setattr(type(embedder._function), "__call__", refuse)
    with pytest.raises(EmbedderError, match="minilm"):
        embedder.embed(["a"])
