import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import BusyError, ShelfError
from assistant.library.plain import read_plain
from assistant.library.shelf import Shelf
from assistant.library.shelves import FixedShelf, Shelves
from assistant.records import Source, Tier


def made(text: str = "The armies met. They drank.", name: str = "elbe", origin: str | None = "/a/elbe.txt") -> Source:
    return read_plain(text, name, source_id=name, origin=origin)


def test_what_is_added_comes_back_as_it_was(tmp_path: Path) -> None:
    source = made("Ärger – “quoted”.\n\nSecond paragraph.")
    added = Shelf(tmp_path / "new" / "shelf").add(source)
    assert (added.status, added.version) == ("new", 1)
    shelf = Shelf(tmp_path / "new" / "shelf")
    assert shelf.ids() == ["elbe"]
    assert shelf.get("elbe") == source
    assert shelf.text(source.hash) == source.text
    assert shelf.check() == []


def test_an_empty_shelf_holds_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "none")
    assert shelf.ids() == []
    assert not shelf.holds("elbe")
    assert shelf.versions("elbe") == []
    with pytest.raises(ShelfError, match="There is no source 'elbe'"):
        shelf.get("elbe")
    assert not (tmp_path / "none").exists(), "reading makes no folder"


def test_adding_the_same_source_again_changes_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(made())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"}
    stamp = shelf.generation
    again = shelf.add(made().model_copy(update={"notices": ["read otherwise"]}))
    assert (again.status, again.version) == ("unchanged", 1)
    assert {
        path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"
    } == before
    assert shelf.generation == stamp


def test_a_changed_source_is_a_new_version_and_the_old_text_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    old, new = made(), made("The armies met. They parted.")
    shelf.add(old)
    added = shelf.add(new)
    assert (added.status, added.version) == ("new-version", 2)
    assert shelf.get("elbe").text == new.text
    assert shelf.get("elbe", 1).text == old.text
    assert shelf.by_hash(old.hash) == old
    assert [version.hash for version in shelf.versions("elbe")] == [old.hash, new.hash]
    with pytest.raises(ShelfError, match="has no version 3"):
        shelf.get("elbe", 3)


def test_a_changed_fact_is_a_new_version_too(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(made())
    assert shelf.add(made().model_copy(update={"tier": Tier.MEMOIR})).status == "new-version"
    assert shelf.get("elbe").tier is Tier.MEMOIR


def test_going_back_to_an_older_text_is_a_version_of_its_own(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for text in ("One.", "Two.", "One."):
        shelf.add(made(text))
    assert [version.number for version in shelf.versions("elbe")] == [1, 2, 3]
    assert shelf.get("elbe").text == "One."


def test_another_document_of_the_same_name_gets_an_id_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(made())
    other = shelf.add(made("Another file.", origin="/b/elbe.txt")).source
    assert other.id != "elbe"
    assert other.id.startswith("elbe-")
    assert {passage.id for passage in other.passages} == {f"{other.id}#1"}
    shelf.remove("elbe")
    assert shelf.add(made("Another file, changed.", origin="/b/elbe.txt")).status == "new-version"
    assert shelf.ids() == [other.id]


def test_a_reserved_id_is_never_taken(tmp_path: Path) -> None:
    assert Shelf(tmp_path, reserved=["elbe"]).add(made()).source.id.startswith("elbe-")


def test_removed_texts_still_answer_old_citations_until_purged(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    source = made()
    shelf.add(source)
    shelf.remove("elbe")
    assert shelf.ids() == []
    assert shelf.by_hash(source.hash).text == source.text
    shelf.remove("elbe", purge=True)
    assert not shelf.holds_hash(source.hash)
    with pytest.raises(ShelfError, match="No text is kept"):
        shelf.text(source.hash)
    assert list((tmp_path / "sources").iterdir()) == []
    assert list((tmp_path / "records").iterdir()) == []
    with pytest.raises(ShelfError, match="no source 'elbe' to remove"):
        shelf.remove("elbe")
    assert shelf.add(source).status == "new"


def test_purging_keeps_a_text_that_another_source_shares(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = made(name="one", origin="/1"), made(name="two", origin="/2")
    shelf.add_all([first, second])
    shelf.remove("one", purge=True)
    assert shelf.get("two") == second
    assert shelf.check() == []


def test_the_generation_tells_open_readers_of_every_change(tmp_path: Path) -> None:
    reader, writer = Shelf(tmp_path), Shelf(tmp_path)
    stamps = [reader.generation]
    for change in (
        lambda: writer.add(made()),
        lambda: writer.add(made("Changed.")),
        lambda: writer.remove("elbe"),
        lambda: writer.add(made("Changed.")),
    ):
        change()
        stamps.append(reader.generation)
    assert len(set(stamps)) == len(stamps)
    assert reader.ids() == ["elbe"]


@pytest.mark.parametrize("keep", [1, 20, -1])
def test_a_half_written_line_is_ignored_and_mended(tmp_path: Path, keep: int) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(made())
    whole = (tmp_path / "catalogue.jsonl").read_bytes()
    shelf.add(made("Second.", "two", "/2"))
    line = (tmp_path / "catalogue.jsonl").read_bytes()[len(whole) :]
    (tmp_path / "catalogue.jsonl").write_bytes(whole + line[:keep])
    fresh = Shelf(tmp_path)
    assert fresh.ids() == ["elbe"]
    fresh.add(made("Third.", "three", "/3"))
    assert Shelf(tmp_path).ids() == ["elbe", "three"]


def test_a_damaged_catalogue_is_said_and_names_the_line(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add(made())
    path = tmp_path / "catalogue.jsonl"
    path.write_bytes(path.read_bytes() + b"rubbish\n")
    with pytest.raises(ShelfError, match="line 2"):
        Shelf(tmp_path).ids()


def test_one_altered_character_of_a_stored_text_is_found(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    source = made()
    shelf.add(source)
    path = tmp_path / "sources" / f"{source.hash}.txt"
    path.write_text(source.text.replace("met", "bet"), "utf-8")
    with pytest.raises(ShelfError, match="altered"):
        shelf.get("elbe")
    with pytest.raises(ShelfError, match="altered"):
        shelf.text(source.hash)
    assert len(shelf.check()) == 1
    assert shelf.add(source).status == "unchanged", "adding it again mends the text"
    assert shelf.get("elbe") == source


def test_an_altered_record_and_a_missing_file_are_found(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    source = made()
    shelf.add(source)
    record = next((tmp_path / "records").iterdir())
    record.write_bytes(record.read_bytes().replace(b'"reference"', b'"primary"'))
    with pytest.raises(ShelfError, match="record of 'elbe' was altered"):
        shelf.get("elbe")
    record.unlink()
    with pytest.raises(ShelfError, match="cannot be read"):
        shelf.get("elbe")


def test_spans_that_do_not_fit_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    source = made()
    wrong = source.model_copy(update={"text": source.text + "!"})
    moved = source.passages[0].model_copy(update={"start": 1, "end": source.passages[0].end + 1})
    for bad in (wrong, source.model_copy(update={"passages": [moved]})):
        with pytest.raises(ShelfError):
            Shelf(tmp_path).add_all([made("Fine.", "fine", "/f"), bad])
    assert Shelf(tmp_path).ids() == []


def test_a_writer_that_never_ends_is_named_as_busy(tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"), pytest.raises(BusyError, match="Another Torgau process"):
        Shelf(tmp_path, lock_seconds=0.01).add(made())


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ShelfError, match="cannot be written"):
        Shelf(tmp_path / "file" / "shelf").add(made())


def _add_many(root: Path, name: str, count: int, out: Path) -> None:
    shelf = Shelf(root)
    with out.open("ab", buffering=0) as told:
        for number in range(count):
            added = shelf.add(made(f"Text {name} {number}.", f"{name}-{number}", f"/{name}/{number}"))
            told.write(f"{added.source.id} {added.source.hash}\n".encode())


def test_two_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_many, args=(tmp_path / "s", name, 15, tmp_path / name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    shelf = Shelf(tmp_path / "s")
    assert sorted(shelf.ids()) == sorted(f"{name}-{number}" for name in "ab" for number in range(15))
    assert shelf.check() == []


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_writer_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    out = tmp_path / "told"
    worker = context.Process(target=_add_many, args=(tmp_path / "s", "k", 100_000, out))
    worker.start()
    while not out.exists() or out.read_bytes().count(b"\n") < 20:
        assert worker.is_alive()
        time.sleep(0.01)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(60)
    shelf = Shelf(tmp_path / "s", lock_seconds=5)
    for line in out.read_text().splitlines():
        source_id, digest = line.split()
        assert shelf.get(source_id).hash == digest
    assert shelf.check() == []
    assert shelf.add(made()).status == "new", "the dead process's lock holds nobody up"


def test_shelves_answer_in_order_and_together(tmp_path: Path) -> None:
    shipped, own = made("Shipped.", "corpus", "/c"), made("Own.", "mine", "/m")
    user = Shelf(tmp_path)
    both = Shelves([FixedShelf([shipped]), user])
    before = both.generation
    user.add(own)
    assert both.generation != before
    assert both.ids() == ["corpus", "mine"]
    assert both.get("mine") == own
    assert both.by_hash(shipped.hash) == shipped
    assert both.text(own.hash) == "Own."
    assert both.holds("corpus")
    assert both.holds_hash(own.hash)
    assert [version.number for version in both.versions("corpus")] == [1]
    assert both.versions("nobody") == []
    for ask in (lambda: both.get("nobody"), lambda: both.by_hash("0" * 64), lambda: both.text("0" * 64)):
        with pytest.raises(ShelfError, match="on any shelf"):
            ask()


def test_a_fixed_shelf_refuses_two_sources_of_one_id_and_knows_one_version() -> None:
    with pytest.raises(ShelfError, match="Two sources have the id 'elbe'"):
        FixedShelf([made(), made("Other.")])
    shelf = FixedShelf([made()])
    with pytest.raises(ShelfError, match="version 2"):
        shelf.get("elbe", 2)
    with pytest.raises(ShelfError):
        shelf.by_hash("0" * 64)
    assert shelf.generation != FixedShelf([made("Other.")]).generation
