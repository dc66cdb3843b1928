"""The shipped questions: asked fairly, over every theme, of notes that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
import tantivy

from assistant.errors import CorpusError
from assistant.evaluation.questions import Question, load_questions
from assistant.library.notes import read_corpus
from assistant.records import Source

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "corpus" / "questions.yaml", ROOT / "benchmarks" / "tuning.yaml"]


@pytest.fixture(scope="module")
def notes() -> dict[str, Source]:
    return {note.id: note for note in read_corpus(ROOT / "corpus" / "notes")}


def stems(text: str) -> set[str]:
    """The stems of a text's content words; what an apostrophe leaves over ("Ike's": s) is no word."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return {stem for stem in builder.build().analyze(text) if len(stem) > 1}


def test_there_are_sixty_over_every_theme(notes: dict[str, Source]) -> None:
    questions = load_questions(FILES[0])
    assert len(questions) == 60
    themes = {theme for note in notes.values() if note.note for theme in note.note.themes}
    asked = {theme for each in questions for name in each.notes if (note := notes[name].note) for theme in note.themes}
    assert themes - asked == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_question_gives_away_a_word_of_its_notes_titles(path: Path, notes: dict[str, Source]) -> None:
    shared = {
        each.question: words
        for each in load_questions(path)
        for name in each.notes
        if (words := stems(each.question) & stems(notes[name].title))
    }
    assert shared == {}


def test_settings_are_tuned_on_other_questions_and_other_notes() -> None:
    shipped, tuning = (load_questions(path) for path in FILES)
    assert not {each.question for each in shipped} & {each.question for each in tuning}
    assert not {name for each in shipped for name in each.notes} & {name for each in tuning for name in each.notes}


def test_stems_see_through_inflection_and_accents() -> None:
    assert stems("Poles' élections") & stems("the election") == {"elect"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "- question: a",
        "- {question: a, notes: []}",
        "- {question: a, notes: [n], more: 1}",
        ": :",
        "- {question: a, notes: [n]}\n" * 2,
    ],
)
def test_another_form_is_refused_with_the_file_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"questions\.yaml"):
        load_questions(path)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        load_questions(tmp_path / "none.yaml")


def test_questions_are_read_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text("- {question: Who was it, notes: [a, b]}\n", encoding="utf-8")
    assert load_questions(path) == [Question(question="Who was it", notes=["a", "b"])]
