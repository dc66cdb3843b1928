"""The corpus check finds what is wrong, and finds nothing wrong with what is shipped."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.workbench.checking import check_corpus

CORPUS = Path(__file__).parents[2] / "corpus"


def test_the_shipped_corpus_holds_and_is_as_large_as_promised() -> None:
    found = check_corpus(CORPUS)
    assert [f"{fault.where}: {fault.what}" for fault in found.problems] == []
    promised = {
        "notes": 220,
        "themes": 28,
        "people": 150,
        "dated events": 400,
        "elbe-day: hinges": 70,
        "elbe-day: levers": 30,
    }
    assert {name: found.counts[name] >= least for name, least in promised.items()} == dict.fromkeys(promised, True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus: two notes, the registers, no scenario."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("notes/atomic/franck-report-1945-06.md", "notes/germany/bizonia-1946-12.md"):
        (folder / name).parent.mkdir(parents=True)
        shutil.copy(CORPUS / name, folder / name)
    for name in ("people.yaml", "places.yaml", "glossary.yaml"):
        shutil.copy(CORPUS / name, folder / name)
    (folder / "chronology.yaml").write_text(
        '- {date: "1945-06-11", title: The report, note: franck-report-1945-06, source: null}\n'
    )
    return folder


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("notes/germany/bizonia-1946-12.md", swap("[germany, britain]", "[germany, gossip]"), "no theme"),
        ("notes/germany/bizonia-1946-12.md", swap("[germany, britain]", "[britain]"), "first theme"),
        (
            "notes/germany/bizonia-1946-12.md",
            swap("[James F. Byrnes,", "[Nobody Known, James F. Byrnes,"),
            "not in the people register",
        ),
        ("notes/germany/bizonia-1946-12.md", swap("url: null", 'url: "http://198.51.100.7/x"'), "may not last"),
        (
            "notes/germany/bizonia-1946-12.md",
            swap("James Byrnes offered", "word " * 60 + "James Byrnes offered"),
            "at most 60",
        ),
        ("notes/germany/bizonia-1946-12.md", swap("James Byrnes offered", "Franklin Roosevelt offered"), "died"),
        ("notes/germany/bizonia-1946-12.md", swap("[^a]", "[^z]"), "z"),
        ("notes/germany/bizonia-1946-12.md", swap("date: 1946", "date: 1946-13"), "date"),
        ("chronology.yaml", swap("1945-06-11", "1947-06-11"), "does not give this date"),
        ("chronology.yaml", swap("franck-report-1945-06", "no-such-note"), "there is no note"),
        ("people.yaml", swap("- id:", "- ident:"), "people"),
        ("glossary.yaml", swap("- {term", "- {word"), "glossary"),
    ],
)
def test_each_fault_is_found_and_named(
    copy: Path, tmp_path: Path, file: str, change: Callable[[str], str], words: str
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(copy, folder)
    (folder / file).write_text(change((folder / file).read_text(encoding="utf-8")), encoding="utf-8")
    found = check_corpus(folder)
    assert any(words in f"{fault.where}: {fault.what}" for fault in found.problems), found.problems


def test_the_small_corpus_itself_holds(copy: Path) -> None:
    assert check_corpus(copy).problems == []
