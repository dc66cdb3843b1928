from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import EmbedderError, IndexDamagedError, InputError, TorgauError
from assistant.records import Source, Tier
from assistant.retrieval.filters import Query
from assistant.retrieval.glossary import Abbreviation, Glossary
from assistant.retrieval.index import Index

GLOSSARY = Glossary(
    [
        Abbreviation(term="LL", stands_for=["Lend-Lease"], kind="forum"),
        Abbreviation(term="SU", stands_for=["Soviet Union"], kind="forum"),
    ]
)


def ids(index: Index, text: str, **limits: object) -> list[str]:
    return [hit.passage.id for hit in index.search(Query(text, **limits)).hits]


def test_finds_passages_with_their_true_spans(index: Index, lend_lease: Source) -> None:
    found = index.search(Query("Who ordered the cut of Lend-Lease?"))
    best = found.hits[0]
    assert best.passage == lend_lease.passages[0]
    assert lend_lease.text[best.passage.start : best.passage.end] == best.passage.text
    assert [hit.rank for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert all(0 <= hit.score <= 1 for hit in found.hits)
    assert found.searched == 6
    assert found.notices == []
    assert len(found.cosines) == len(found.hits)


@pytest.mark.parametrize("fusion", ["weighted", "rrf"])
def test_both_fusions_agree_on_the_obvious(index: Index, fusion: str) -> None:
    assert ids(index, "fraud in the Polish election", fusion=fusion)[0] == "poland#2"


def test_filters_count_what_was_searched(index: Index) -> None:
    found = index.search(Query("election", tiers=[Tier.SCHOLARSHIP]))
    assert found.searched == 2
    assert {hit.passage.source_id for hit in found.hits} == {"poland"}


def test_as_of_knows_nothing_of_later_days(index: Index) -> None:
    assert set(ids(index, "Lend-Lease election free", as_of="1946-12")) == {"lend-lease#1", "lend-lease#2"}


def test_no_passage_that_passes_is_said(index: Index) -> None:
    found = index.search(Query("election", tiers=[Tier.MEMOIR]))
    assert (found.hits, found.searched) == ([], 0)
    assert found.notices == ["No passage passes the filters"]


def test_an_empty_query_is_said(index: Index) -> None:
    found = index.search(Query("  \n"))
    assert found.hits == []
    assert "empty" in found.notices[0]


def test_one_sources_share_is_capped(index: Index) -> None:
    found = ids(index, "Lend-Lease Soviet ships order", per_source_cap=1)
    assert len(found) == len({one.split("#")[0] for one in found}) == 3


def test_what_is_far_and_shares_no_word_can_be_left_out(index: Index) -> None:
    assert ids(index, "Mikołajczyk", min_cosine=0.999) == ["poland#1"]
    assert ids(index, "xylophone", min_cosine=0.999) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_can_be_searched_for(index: Index, text: str) -> None:
    index.search(Query(text))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Could LL go on?", "lend-lease"),
        ("What of Lend-Lease?", "thread"),
        ("the Soviet Union after the war", "thread"),
    ],
)
def test_abbreviations_are_found_from_either_side(
    tmp_path, lend_lease, poland, thread, make_embedder, asked, expected
) -> None:
    index = Index.open(tmp_path, make_embedder(), glossary=GLOSSARY, nearest="exact")
    index.sync([lend_lease, poland, thread])
    words_only = Index.open(tmp_path, None, glossary=GLOSSARY, nearest="exact")
    for opened in (index, words_only):
        found = opened.search(Query(asked, k=3)).hits
        assert expected in {hit.passage.source_id for hit in found}
    without = Index.open(tmp_path / "without", None, nearest="exact")
    without.sync([lend_lease, poland, thread])
    assert expected not in {
        hit.passage.source_id for hit in without.search(Query(asked.replace("the war", ""), k=1)).hits
    }


def test_syncing_twice_changes_nothing(index: Index, lend_lease, poland, thread) -> None:
    again = index.sync([thread, lend_lease, poland])
    assert (again.added, again.removed, again.embedded, again.generation) == (0, 0, 0, 1)
    assert (again.sources, again.passages, again.missing) == (3, 6, 0)


def test_syncing_takes_out_what_is_no_longer_given(index: Index, lend_lease: Source) -> None:
    done = index.sync([lend_lease])
    assert (done.added, done.removed, done.sources) == (0, 4, 1)
    assert set(ids(index, "election fraud Polish")) == {"lend-lease#1", "lend-lease#2"}
    assert index.check() == []


def test_a_changed_source_replaces_its_passages(
    index: Index, make_source: Callable[..., Source], make_embedder
) -> None:
    changed = make_source("poland", "In June 1945 Stanisław Mikołajczyk joined the government.", "A third thing.")
    done = index.add([changed])
    assert (done.added, done.removed, done.sources, done.passages) == (2, 2, 3, 6)
    assert "poland#2" not in ids(index, "fraud", min_cosine=0.999)
    assert index.search(Query("A third thing")).hits[0].passage == changed.passages[1]


def test_changed_facts_alone_embed_nothing(index: Index, make_source: Callable[..., Source], poland: Source) -> None:
    texts = [passage.text for passage in poland.passages]
    redated = make_source("poland", *texts, title=poland.title, tier=Tier.MEMOIR, date="1948")
    done = index.add([redated])
    assert (done.added, done.removed, done.embedded) == (2, 2, 0)
    assert ids(index, "election", tiers=[Tier.MEMOIR])


def test_adds_and_removes_single_sources(index: Index, numbered: Callable[[int], Source]) -> None:
    assert index.add([numbered(1)]).added == 3
    assert index.remove(["source-1", "unknown"]).removed == 3
    assert index.source_ids() == ["lend-lease", "poland", "thread"]


def test_progress_counts_to_the_end(tmp_path, make_embedder, numbered) -> None:
    seen: list[tuple[int, int]] = []
    index = Index.open(tmp_path, make_embedder(), nearest="exact")
    index.sync([numbered(number, 100) for number in range(3)], lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300)
    assert seen == sorted(seen)


def test_sources_may_be_read_under_the_lock(index: Index, lend_lease: Source) -> None:
    def read() -> list[Source]:
        assert (index.folder / "writer.json").exists()
        return [lend_lease]

    assert index.sync(read).sources == 1


@pytest.mark.parametrize("twice", ["source", "passage", "stranger"])
def test_ids_given_twice_are_refused_and_nothing_changes(index: Index, numbered, twice: str) -> None:
    one, other = numbered(1), numbered(2)
    cases = {
        "source": [one, one],
        "passage": [one.model_copy(update={"passages": [one.passages[0], one.passages[0]]})],
        "stranger": [one.model_copy(update={"passages": other.passages})],
    }
    with pytest.raises(InputError, match="source-1"):
        index.add(cases[twice])
    assert "source-1" not in index.source_ids()


def test_without_an_embedder_words_are_searched_and_it_is_said(tmp_path, lend_lease: Source) -> None:
    index = Index.open(tmp_path, None)
    done = index.sync([lend_lease])
    assert (done.missing, done.embedded) == (2, 0)
    assert "no embedder" in done.notices[0]
    found = index.search(Query("ships"))
    assert [hit.passage.id for hit in found.hits] == ["lend-lease#2"]
    assert found.cosines == [None]
    assert "words only" in found.notices[0]


def test_an_embedder_that_fails_costs_no_source(tmp_path, lend_lease: Source, make_embedder) -> None:
    broken = Index.open(tmp_path, make_embedder(fails=True), nearest="exact")
    done = broken.sync([lend_lease])
    assert (done.added, done.missing) == (2, 2)
    assert "out of order" in done.notices[0]
    found = broken.search(Query("ships"))
    assert [hit.passage.id for hit in found.hits] == ["lend-lease#2"]
    assert "out of order" in " ".join(found.notices)
    mended = Index.open(tmp_path, make_embedder(), nearest="exact")
    assert "2 passages have no embedding" in mended.search(Query("ships")).notices[0]
    assert mended.sync([lend_lease]).embedded == 2
    assert mended.search(Query("ships")).notices == []


def test_an_embedding_that_breaks_off_keeps_what_was_done(tmp_path, numbered, make_embedder) -> None:
    class Breaking(make_embedder):  # type: ignore[misc, valid-type]
        def embed(self, texts, progress=None):
            if len(self.texts) >= 256:
                raise EmbedderError("The line is dead")
            return super().embed(texts, progress)

    sources = [numbered(number, 100) for number in range(3)]
    done = Index.open(tmp_path, Breaking(), nearest="exact").sync(sources)
    assert (done.added, done.embedded, done.missing) == (300, 256, 44)
    again = Index.open(tmp_path, make_embedder(), nearest="exact").sync(sources)
    assert (again.added, again.embedded, again.missing) == (0, 44, 0)


def test_another_embedder_embeds_anew_and_the_first_finds_its_own_again(tmp_path, lend_lease, make_embedder) -> None:
    one, other = make_embedder("one"), make_embedder("other")
    Index.open(tmp_path, one, nearest="exact").sync([lend_lease])
    assert Index.open(tmp_path, other, nearest="exact").sync([lend_lease]).embedded == 2
    assert Index.open(tmp_path, one, nearest="exact").sync([lend_lease]).embedded == 0


def test_a_search_in_an_index_not_yet_made_finds_nothing(tmp_path, make_embedder) -> None:
    found = Index.open(tmp_path / "new", make_embedder()).search(Query("anything"))
    assert (found.hits, found.searched) == ([], 0)


def test_a_second_reader_sees_each_change(index: Index, numbered, make_embedder) -> None:
    reader = Index.open(index.folder, make_embedder(), nearest="exact")
    assert reader.search(Query("Subject9")).searched == 6
    index.add([numbered(9)])
    found = reader.search(Query("Subject9 matter2"))
    assert found.searched == 9
    assert found.hits[0].passage.id == "source-9#3"


def damage_words(index: Index) -> None:
    (folder,) = index.folder.glob("words-*")
    (folder / "meta.json").write_text("{", encoding="utf-8")


def test_damaged_words_leave_meaning_and_are_rebuilt(index: Index, lend_lease, poland, thread, make_embedder) -> None:
    damage_words(index)
    reader = Index.open(index.folder, make_embedder(), nearest="exact")
    found = reader.search(Query("fraud in the Polish election"))
    assert found.hits
    assert "meaning only" in found.notices[0]
    assert "word index" in index.check()[0]
    done = index.sync([lend_lease, poland, thread])
    assert done.rebuilt
    assert (done.added, done.embedded) == (0, 0)
    assert "rebuilt" in done.notices[0]
    assert index.check() == []
    assert reader.search(Query("fraud")).notices == []


def test_words_and_vectors_both_gone_is_an_error_with_advice(index: Index) -> None:
    damage_words(index)
    reader = Index.open(index.folder, None)
    with pytest.raises(IndexDamagedError, match="rebuilt by the next update"):
        reader.search(Query("fraud"))


def test_a_damaged_catalogue_is_set_aside_and_rebuilt(index: Index, lend_lease, poland, thread) -> None:
    (index.folder / "catalogue.sqlite3").write_bytes(b"not a database " * 100)
    with pytest.raises(IndexDamagedError, match="full update"):
        index.search(Query("fraud"))
    with pytest.raises(IndexDamagedError, match="full update"):
        index.add([lend_lease])
    done = index.sync([lend_lease, poland, thread])
    assert done.rebuilt
    assert (done.added, done.embedded) == (6, 0)
    assert "set aside" in done.notices[0]
    assert list(index.folder.glob("catalogue.sqlite3.damaged-*"))
    assert ids(index, "fraud in the Polish election")[0] == "poland#2"
    assert index.check() == []


def test_a_catalogue_of_another_version_is_rebuilt(index: Index, lend_lease: Source) -> None:
    connection = sqlite3.connect(index.folder / "catalogue.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "another version" in index.sync([lend_lease]).notices[0]
    assert index.source_ids() == ["lend-lease"]


def test_a_damaged_store_is_set_aside_and_all_embedded_again(index: Index, lend_lease, poland, thread) -> None:
    for part in index.folder.glob("embeddings.sqlite3*"):
        part.write_bytes(b"not a database " * 100)
    done = index.sync([lend_lease, poland, thread])
    assert done.rebuilt
    assert (done.added, done.embedded, done.missing) == (0, 6, 0)
    assert index.search(Query("fraud")).notices == []


def test_leftovers_of_old_folders_are_swept(index: Index, lend_lease: Source) -> None:
    stale = index.folder / "words-00000000"
    stale.mkdir()
    index.sync([lend_lease])
    assert not stale.exists()
    assert len(list(index.folder.glob("words-*"))) == 1


def test_a_quick_update_still_embeds_and_rebuilds_what_is_missing(index: Index, lend_lease, poland, thread) -> None:
    given = [lend_lease, poland, thread]
    assert index.sync(given, thorough=False).generation == 1
    for part in index.folder.glob("embeddings.sqlite3*"):
        part.unlink()
    assert index.sync(given, thorough=False).embedded == 6
    assert index.sync(given[:2], thorough=False).removed == 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TorgauError, match="file"):
        Index.open(tmp_path / "file" / "index", None)


def test_a_file_that_cannot_be_opened_is_not_called_damaged(index: Index, lend_lease: Source) -> None:
    for part in index.folder.glob("embeddings.sqlite3*"):
        part.unlink()
    (index.folder / "embeddings.sqlite3").mkdir()
    with pytest.raises(TorgauError, match="disk has room") as caught:
        index.sync([lend_lease])
    assert not isinstance(caught.value, IndexDamagedError)
    assert not list(index.folder.glob("*.damaged-*"))
    assert len(index.source_ids()) == 3
