"""Each page over the shipped corpus, in archive mode, by Streamlit's own test runner."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.desk.entries import Inputs
from assistant.errors import TorgauError
from assistant.records import Continuation, Critique
from assistant.settings import load_settings
from assistant.workbench import Workbench
from assistant.worldlines import NOT_A_FORECAST

Page = Callable[[str], AppTest]
Finish = Callable[[AppTest, str, int | None], AppTest]
ROOT = Path(__file__).parents[2]
TEXT = "AHC: peace.\n\n--Lend-Lease or something like it goes on after the war ends.\n--Nuclear technology is shared with Stalin.\n"


def shown(at: AppTest) -> str:
    """Return everything that stands on the page as HTML or text."""
    assert not at.exception, at.exception
    return "\n".join(
        [
            *(piece.body for piece in at.html),
            *(piece.value for piece in [*at.info, *at.warning, *at.error, *at.caption]),
        ]
    )


def own_project(bench: Workbench, text: str = TEXT) -> int:
    return bench.desk.create_project("Mine", Inputs(text=text, settings={"from": "text"})).id


# The whole application


def test_the_application_opens_on_a_desk_that_says_what_to_do(home: Path) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert [button.label for button in at.button] == ["Begin with the Elbe Day thread", "Begin with a text of your own"]


def test_a_setting_that_cannot_be_used_is_one_clear_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORGAU_WORLDS", "many")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert at.error[0].value.replace("\\", "").startswith("The setting 'worlds' is not usable")


# Desk


def test_desk_from_a_pasted_text_to_a_critique(page: Page, finish: Finish, bench: Workbench) -> None:
    at = page("desk").run()
    at.button[1].click().run()  # begin with a text of your own
    project = bench.desk.projects()[0].id
    at.text_area(key=f"text-{project}").input(TEXT).run()
    kept = bench.desk.inputs(project)
    assert kept is not None
    assert kept.text == TEXT, "what was typed is on the desk before anything is drafted"
    at.button(key="draft-critique").click().run()
    at = finish(at, "critique", project)
    draft = bench.desk.latest(project, "critique")
    assert isinstance(draft, Critique)
    page_text = shown(at)
    for number, finding in enumerate(draft.claims, 1):
        assert f'id="claim-{number}"' in page_text
        assert f'id="text-{number}"' in page_text
        assert finding.would_change.split(".")[0][:30].replace("'", "&#39;") in page_text
    assert "passages were looked at" in page_text
    assert bench.desk.progress(project) == {}
    labels = [button.label for button in at.get("download_button")]
    assert {"Markdown", "HTML", "JSON"} <= set(labels)


def test_desk_asks_for_what_is_missing_and_starts_nothing(page: Page, bench: Workbench) -> None:
    own_project(bench, text="  ")
    at = page("desk").run()
    at.button(key="draft-critique").click().run()
    assert [error.value for error in at.error] == [
        "There is no text yet\\. Paste a thread\\, a scenario or a draft first"
    ]
    assert bench.desk.revisions(bench.desk.projects()[0].id) == []


def test_desk_refuses_a_date_that_is_none_and_keeps_it_in_sight(page: Page, bench: Workbench) -> None:
    project = own_project(bench)
    at = page("desk").run()
    at.text_input(key=f"as-of-{project}").input("in March").run()
    at.button(key="draft-critique").click().run()
    assert "is not a date" in at.error[0].value
    assert at.text_input(key=f"as-of-{project}").value == "in March"


def test_desk_tells_of_a_draft_that_failed_and_keeps_the_text(
    page: Page, finish: Finish, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = threading.Event()  # the failure comes after the page has shown the work as begun, however quick the machine

    def fail(*_: object, **__: object) -> None:
        shown.wait(60)
        raise TorgauError("The index is <b>gone</b>", hint="Rebuild it")

    project = own_project(bench)
    at = page("desk").run()
    monkeypatch.setattr(Workbench, "critique", fail)
    at.button(key="draft-critique").click().run()
    shown.set()
    at = finish(at, "critique", project)
    assert [error.value.replace("\\", "") for error in at.error] == ["The index is <b>gone</b>. Rebuild it"]
    assert not at.exception
    assert at.text_area(key=f"text-{project}").value == TEXT


def test_desk_shows_counted_progress_and_starts_nothing_twice(
    page: Page, finish: Finish, bench: Workbench, monkeypatch: pytest.MonkeyPatch, hostile_critique: Critique
) -> None:
    begun, go, runs = threading.Event(), threading.Event(), list[int]()

    def slow(self: Workbench, *_: object, report: Callable[[str, int, int], None], **__: object) -> Critique:
        runs.append(1)
        report("gathering evidence", 3, 47)
        begun.set()
        assert go.wait(30)
        return hostile_critique

    project = own_project(bench)
    at = page("desk").run()
    monkeypatch.setattr(Workbench, "critique", slow)
    at.button(key="draft-critique").click().run()
    assert begun.wait(30)
    other = page("desk").run()
    for tab in (at.run(), other):
        assert tab.button(key="draft-critique").disabled
        assert "3 of 47" in tab.get("progress")[0].proto.text
    assert bench.desk.progress(project) == {"critique": True}
    go.set()
    at = finish(at, "critique", project)
    assert not at.button(key="draft-critique").disabled
    assert runs == [1]
    assert [found.number for found in bench.desk.revisions(project)] == [1]


def test_desk_says_that_a_draft_was_cut_off(page: Page, bench: Workbench) -> None:
    project = own_project(bench)
    bench.desk.save_progress(project, "critique", value=True)
    assert "when Torgau was closed" in shown(page("desk").run())


def test_desk_shows_a_hostile_text_as_text(page: Page, bench: Workbench, hostile_critique: Critique) -> None:
    project = own_project(bench, text=hostile_critique.text)
    bench.desk.save_draft(project, hostile_critique.model_copy(update={"title": "<script>$x$ :material/home: `a`"}))
    at = page("desk").run()
    page_text = shown(at)
    assert "<script" not in page_text
    assert "<img" not in page_text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page_text
    assert at.header[0].value.startswith("\\<script\\>\\$x\\$")


def test_desk_opens_an_older_revision(page: Page, bench: Workbench, hostile_critique: Critique) -> None:
    project = own_project(bench)
    for title in ("The first", "The second"):
        bench.desk.save_draft(project, hostile_critique.model_copy(update={"title": title}))
    at = page("desk").run()
    assert at.header[0].value == "The second"
    at.selectbox(key=f"revision-critique-{project}-2").select(1).run()
    assert at.header[0].value == "The first"


def test_desk_says_when_the_archive_stood_in_for_a_model(
    page: Page, bench: Workbench, hostile_critique: Critique
) -> None:
    project = own_project(bench)
    origin = hostile_critique.origin.model_copy(update={"fallback": "the model did not answer"})
    bench.desk.save_draft(project, hostile_critique.model_copy(update={"origin": origin}))
    assert "Fallback to the archive" in shown(page("desk").run())


def test_projects_are_renamed_trashed_and_restored(page: Page, bench: Workbench) -> None:
    project = own_project(bench)
    at = page("desk").run()
    at.text_input(key=f"title-{project}").input("Peace").run()
    at.button(key="rename").click().run()
    assert bench.desk.project(project).title == "Peace"
    at.button(key="trash").click().run()
    assert bench.desk.projects() == []
    at.button(key=f"restore-{project}").click().run()
    assert [found.title for found in bench.desk.projects()] == ["Peace"]


# Timeline


def test_timeline_continues_accepts_undoes_and_edits(page: Page, finish: Finish, bench: Workbench) -> None:
    project = own_project(bench)
    history = bench.desk.canon(project)

    def accepted() -> list[str]:
        canon = history.current()
        return [event.id for event in canon.timeline.events] if canon else []

    at = page("timeline").run()
    at.text_input(key=f"to-{project}").input("1945-12-31").run()
    at.button(key="draft-continuation").click().run()
    at = finish(at, "continuation", project)
    draft = bench.desk.latest(project, "continuation")
    assert isinstance(draft, Continuation)
    first = draft.events[0]
    assert f"{first.title}</b>" in shown(at).replace("&#39;", "'")
    at.button(key=f"accept-{first.id}").click().run()
    assert accepted() == [first.id]
    at.button(key="undo").click().run()
    assert accepted() == []
    at.button(key="redo").click().run()
    assert accepted() == [first.id]
    at.button(key=f"edit-{first.id}").click().run()
    at.text_input(key=f"title-{first.id}").input("The guns are silent").run()
    at.button(key=f"save-{first.id}").click().run()
    assert not at.error
    canon = history.current()
    assert canon is not None
    assert canon.timeline.events[0].title == "The guns are silent"
    last = draft.events[-1]
    at.button(key=f"reject-{last.id}").click().run()
    canon = history.current()
    assert canon is not None
    assert canon.rejected == [last.id]


def test_timeline_goes_on_from_what_was_accepted(page: Page, finish: Finish, bench: Workbench) -> None:
    project = own_project(bench)
    at = page("timeline").run()
    at.text_area(key=f"own-{project}").input(
        "12 May 1945 — Ships bound for Soviet ports sail on. Nobody asks why."
    ).run()
    at.button(key=f"take-{project}").click().run()
    canon = bench.desk.canon(project).current()
    assert canon is not None
    assert [event.title for event in canon.timeline.events] == ["Ships bound for Soviet ports sail on"]
    assert at.text_input(key=f"from-{project}-1").value == "1945-05-13"
    at.text_input(key=f"to-{project}").input("1945-12-31").run()
    at.button(key="draft-continuation").click().run()
    finish(at, "continuation", project)
    draft = bench.desk.latest(project, "continuation")
    assert isinstance(draft, Continuation)
    assert draft.start == "1945-05-13"
    assert [event.id for event in draft.timeline.events] == [event.id for event in canon.timeline.events]


def test_timeline_names_a_timeline_that_cannot_be_read(page: Page, bench: Workbench) -> None:
    project = own_project(bench)
    at = page("timeline").run()
    at.text_area(key=f"own-{project}").input("no date in it").run()
    at.button(key=f"take-{project}").click().run()
    assert "No dated entry" in at.error[0].value
    assert bench.desk.canon(project).current() is None


# Sources


def test_sources_search_and_limits(page: Page) -> None:
    at = page("sources").run()
    at.text_input(key="search-text").input("Lend-Lease ships turned back").run()
    page_text = shown(at)
    assert "passages searched" in page_text
    assert 'href="sources?source=' in page_text
    at.text_input(key="search-as-of").input("1945-13").run()
    assert "Could be known on" in at.error[0].value
    assert not at.exception


def test_a_citation_opens_its_source_at_the_quoted_words(page: Page, bench: Workbench) -> None:
    hit = bench.search("Lend-Lease", k=1).hits[0].passage
    at = page("sources")
    at.query_params.update(
        {"source": hit.source_id, "start": str(hit.start), "end": str(hit.end), "text": hit.source_hash}
    )
    page_text = shown(at.run())
    assert '<mark id="cited">' in page_text
    assert "Works that it rests on" in page_text
    at.button(key="all-sources").click().run()
    assert at.text_input(key="search-text").label == "Search by words and meaning"


@pytest.mark.parametrize(("start", "end"), [("5", "2"), ("0", "999999999"), ("x", "9"), ("9" * 40, "9" * 41)])
def test_a_citation_that_points_nowhere_says_so(page: Page, bench: Workbench, start: str, end: str) -> None:
    source = bench.shipped()[0]
    at = page("sources")
    at.query_params.update({"source": source.id, "start": start, "end": end})
    assert "points to no place" in shown(at.run())


def test_an_unknown_source_is_one_clear_line(page: Page) -> None:
    at = page("sources")
    at.query_params["source"] = "<script>"
    at.run()
    assert not at.exception
    assert "There is no" in at.error[0].value


def test_a_pasted_source_is_added_found_opened_and_removed(page: Page, finish: Finish, bench: Workbench) -> None:
    at = page("sources").run()
    assert "Your library is empty" in shown(at)
    at.text_area(key="add-text").input(
        "The zeppelin over Torgau carried <b>seventeen</b> geese on 25 April 1945."
    ).run()
    at.text_input(key="add-title").input("Geese over Torgau").run()
    at.button(key="add-begin").click().run()
    at = finish(at, "add", None)
    assert "new: Geese over Torgau" in at.success[0].value.replace("\\", "")
    at.text_input(key="search-text").input("zeppelin geese").run()
    assert "&lt;b&gt;seventeen&lt;/b&gt;" in shown(at)
    source = bench.own_sources()[0]
    at.button(key=f"remove-{source.id}").click().run()
    assert bench.own_sources() == []


def test_what_another_process_adds_is_found_by_the_open_page(page: Page, bench: Workbench) -> None:
    at = page("sources").run()
    at.text_input(key="search-text").input("zeppelin geese").run()
    assert "carried" not in shown(at)
    bench.add([("geese.txt", b"The zeppelin over Torgau carried geese.")])
    assert "carried geese" in shown(at.run())


# World-lines


def test_worldlines_runs_what_is_pulled_and_says_what_the_figures_are_not(page: Page, bench: Workbench) -> None:
    at = page("worldlines").run()
    assert NOT_A_FORECAST in [caption.value for caption in at.caption]
    lever = next(lever for lever in bench.worlds.model.levers if lever.thread)
    at.button_group(key="levers-proposed in the thread").select(lever.id).run()
    page_text = shown(at)
    assert lever.reason.split(",")[0][:40].replace("'", "&#39;") in page_text
    assert "What moved them" in page_text or "a lever decides it" in page_text
    driver = bench.worlds.model.drivers[0]
    at.selectbox(key="driver-chosen").select(driver.id).run()
    assert driver.definition[:40].replace("'", "&#39;") in shown(at)


def test_worldlines_names_levers_that_contradict_each_other(page: Page, bench: Workbench) -> None:
    model = bench.worlds.model
    pairs = [
        (one, other)
        for one in model.levers
        for other in model.levers
        if any(other.sets.hinges.get(hinge, out) != out for hinge, out in one.sets.hinges.items())
    ]
    if not pairs:
        pytest.skip("no two shipped levers contradict each other")
    at = page("worldlines").run()
    for lever in pairs[0]:
        group = "proposed in the thread" if lever.thread else "from the literature"
        at.button_group(key=f"levers-{group}").select(lever.id).run()
    assert not at.exception
    assert at.error


# Settings


def test_settings_are_kept_and_said_to_come_from_the_file(page: Page, home: Path) -> None:
    at = page("settings").run()
    at.number_input(key="set-post_length").set_value(50_000).run()
    assert load_settings().post_length == 50_000
    assert "settings.json" in shown(at)
    at.text_input(key="set-model").input("openai:gpt-5").run()
    assert load_settings().model == "openai:gpt-5"
    at.text_input(key="set-model").input("").run()
    assert load_settings().model is None


def test_the_key_is_kept_apart_and_never_shown(page: Page, home: Path) -> None:
    at = page("settings").run()
    at.text_input(key="set-api-key").input("sk-secret-123").run()
    secret = load_settings().api_key
    assert secret is not None
    assert secret.get_secret_value() == "sk-secret-123"
    assert [path.name for path in home.iterdir() if path.is_file() and b"sk-secret-123" in path.read_bytes()] == [
        "secrets.json"
    ]
    assert at.text_input(key="set-api-key").value == ""
    assert "sk-secret-123" not in shown(at)
    at.button(key="forget-key").click().run()
    assert load_settings().api_key is None


def test_the_index_is_rebuilt(page: Page, finish: Finish) -> None:
    at = page("settings").run()
    at.button(key="rebuild").click().run()
    at = finish(at, "rebuild", None)
    assert "passages are indexed" in at.success[0].value
