"""The promise of exports: untouched they hold, and one altered character anywhere is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import InputError, VerifyError
from assistant.export import bbcode, markdown, page
from assistant.export.exporting import FORMATS, export
from assistant.export.seal import sealed
from assistant.export.verify import Report, verify
from assistant.records import Continuation, Critique

TextOf = Callable[[str], str | None]
ENTRIES = {"md": markdown.ENTRY, "bbcode": bbcode.ENTRY, "html": page.ENTRY}
SEALED = ("md", "bbcode", "html")
# Characters that a change is most likely to hide behind, beside any other.
CHARACTERS = st.one_of(st.sampled_from(" \t\n\r\\[]<>&*`_/\"'0aB⟨\u00a0\u200b\ufeff"), st.characters(codec="utf-8"))


@pytest.fixture(scope="session", params=["critique", "continuation"])
def draft(request: pytest.FixtureRequest) -> Critique | Continuation:
    found: Critique | Continuation = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def exports(draft: Critique | Continuation) -> dict[str, str]:
    return {form: export(draft, form)[0] for form in FORMATS}


def outcome(text: str, text_of: TextOf) -> Report | None:
    """Return the report, or None where the text is refused as a whole."""
    try:
        return verify(text, text_of)
    except VerifyError:
        return None


def noticed(text: str, text_of: TextOf) -> bool:
    report = outcome(text, text_of)
    return report is None or not report.ok


def kinds(report: Report) -> set[str]:
    return {problem.kind for problem in report.problems}


@pytest.mark.parametrize("form", FORMATS)
def test_untouched_exports_hold(exports: dict[str, str], form: str, text_of: TextOf) -> None:
    report = verify(exports[form], text_of)
    assert report.ok, report.problems
    assert report.format == form
    assert report.checked >= 4


@pytest.mark.parametrize("form", SEALED)
def test_every_citation_is_in_the_evidence(critique: Critique, form: str) -> None:
    text = export(critique, form)[0]
    assert [int(match["number"]) for match in ENTRIES[form].finditer(text)] == list(range(1, 8))


@pytest.mark.parametrize("form", FORMATS)
def test_what_editors_and_forums_do_to_files_is_forgiven(
    exports: dict[str, str], form: str, text_of: TextOf, tmp_path: Path
) -> None:
    blanks = exports[form].replace("\n", "  \n") + "\n\n \n"
    changed = "\ufeff" + blanks.replace("\n", "\r\n")
    path = tmp_path / "copy"
    path.write_bytes(changed.encode("utf-8"))
    assert verify(path, text_of).ok
    assert verify(exports[form].rstrip(), text_of).ok


@pytest.mark.parametrize("form", SEALED)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_in_a_quotation_is_noticed(
    exports: dict[str, str], form: str, text_of: TextOf, data: st.DataObject
) -> None:
    text = exports[form]
    match = data.draw(st.sampled_from(list(ENTRIES[form].finditer(text))))
    at = data.draw(st.integers(match.start("quote"), match.end("quote") - 1))
    char = data.draw(CHARACTERS.filter(lambda char: char != text[at]))
    assert noticed(text[:at] + char + text[at + 1 :], text_of)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_in_a_quotation_of_the_json_is_noticed(
    exports: dict[str, str], text_of: TextOf, data: st.DataObject
) -> None:
    text = exports["json"]
    starts = [at + 10 for at in range(len(text)) if text.startswith('"quote": "', at)]
    start = data.draw(st.sampled_from(starts))
    at = data.draw(st.integers(start, text.index('"\n', start)))
    char = data.draw(CHARACTERS.filter(lambda char: char != text[at]))
    assert noticed(text[:at] + char + text[at + 1 :], text_of)


@pytest.mark.parametrize("form", SEALED)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_anywhere_is_noticed(
    exports: dict[str, str], form: str, text_of: TextOf, data: st.DataObject
) -> None:
    text = exports[form].rstrip("\n")
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(CHARACTERS.filter(lambda char: char != text[at]))
    assert noticed(text[:at] + char + text[at + 1 :], text_of)
    assert noticed(text[:at] + text[at + 1 :], text_of)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_what_the_json_says_is_noticed(
    exports: dict[str, str], text_of: TextOf, data: st.DataObject
) -> None:
    text = exports["json"]
    at = data.draw(st.integers(0, len(text) - 1))
    altered = text[:at] + data.draw(CHARACTERS) + text[at + 1 :]
    report = outcome(altered, text_of)
    if report is not None and report.ok:
        assert json.loads(altered) == json.loads(text)


def test_reformatted_json_still_holds(exports: dict[str, str], text_of: TextOf) -> None:
    compact = json.dumps(json.loads(exports["json"]), ensure_ascii=False, separators=(",", ":"))
    assert verify(compact, text_of).ok


@pytest.mark.parametrize("form", FORMATS)
def test_an_altered_quotation_is_named(critique: Critique, form: str, text_of: TextOf) -> None:
    text = export(critique, form)[0]
    altered = text.replace("ships bound for Soviet ports", "ships bound for Soviet forts")
    report = verify(altered, text_of)
    assert kinds(report) == {"quotation"}
    names = {problem.message for problem in report.problems}
    assert all("was altered" in name and "forts" in name and "ports" in name for name in names)
    if form != "json":
        assert [problem.number for problem in report.problems] == [2]


@pytest.mark.parametrize("form", SEALED)
def test_a_new_seal_does_not_cover_an_altered_quotation(critique: Critique, form: str, text_of: TextOf) -> None:
    altered = export(critique, form)[0].replace("ships bound for Soviet ports", "ships bound for Soviet forts")
    report = verify(sealed(altered), text_of)
    assert [(problem.kind, problem.number) for problem in report.problems] == [("quotation", 2)]


@pytest.mark.parametrize("form", FORMATS)
def test_other_altered_text_is_told_apart(critique: Critique, form: str, text_of: TextOf) -> None:
    altered = export(critique, form)[0].replace("within days of the victory", "within weeks of the victory")
    report = verify(altered, text_of)
    assert kinds(report) == {"text"}
    assert "quotations hold" in report.problems[0].message


@pytest.mark.parametrize("form", FORMATS)
def test_a_source_that_is_not_on_the_shelf_is_said(critique: Critique, form: str) -> None:
    report = verify(export(critique, form)[0], lambda digest: None)
    assert not report.ok
    assert report.checked == 0
    assert kinds(report) == {"source"}
    assert "not on this shelf" in report.problems[0].message


def test_a_damaged_shelf_is_said(critique: Critique) -> None:
    report = verify(export(critique, "md")[0], lambda digest: "another text")
    assert kinds(report) == {"source"}
    assert "damaged on this shelf" in report.problems[0].message


@pytest.mark.parametrize("form", SEALED)
def test_a_moved_span_is_said(critique: Critique, form: str, text_of: TextOf) -> None:
    report = verify(export(critique, form)[0].replace(" 169-284 ", " 168-283 "), text_of)
    assert [problem.number for problem in report.problems] == [2]
    assert "not at 168–283" in report.problems[0].message


@pytest.mark.parametrize("form", SEALED)
def test_a_missing_piece_of_evidence_is_noticed(critique: Critique, form: str, text_of: TextOf) -> None:
    text = export(critique, form)[0]
    match = list(ENTRIES[form].finditer(text))[2]
    report = verify(text[: match.start()] + text[match.end() :], text_of)
    assert not report.ok
    assert report.checked == 6


@pytest.mark.parametrize("form", SEALED)
def test_without_its_seal_the_quotations_are_still_checked(critique: Critique, form: str, text_of: TextOf) -> None:
    head, tail = export(critique, form)[0].rsplit("torgau-export", 1)
    report = verify(f"{head}export{tail}", text_of)
    assert report.checked == 7
    assert kinds(report) == {"form"}
    assert report.format == form


def test_posts_can_be_checked_alone_and_in_one_file(critique: Critique, text_of: TextOf) -> None:
    posts = export(critique, "bbcode", post_length=6000)
    assert len(posts) > 1
    assert all(verify(post, text_of).ok for post in posts)
    assert verify("\n".join(posts), text_of).ok
    report = verify("\n".join(posts[1:] + posts[:1]), text_of)
    assert kinds(report) == {"form"}
    altered = verify(
        "\n".join(posts).replace("ships bound for Soviet ports", "ships bound for Soviet forts", 1), text_of
    )
    assert {problem.number for problem in altered.problems} == {2}


@pytest.mark.parametrize(
    "text", ["", "A letter to the editor.", "{}", "[]", "{" * 5000, '{"a": 1, "a": 2}', "<!doctype html><p>x"]
)
def test_what_is_no_export_is_refused(text: str, text_of: TextOf) -> None:
    with pytest.raises(VerifyError):
        verify(text, text_of)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, text_of: TextOf) -> None:
    with pytest.raises(InputError):
        verify(tmp_path / "none.md", text_of)
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    with pytest.raises(InputError):
        verify(tmp_path / "latin.md", text_of)
