"""The command line as a user meets it: real processes, exit codes, one clear line for an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Paragraphs of nothing in particular, so that only what a test adds is found by its words.
NOTE = "The zeppelin {name} moored at Lakehurst in 1937 and a crowd of quokkas watched it from the dunes.\n"


def torgau(
    *arguments: str, home: Path, given: str | None = None, check: int | None = 0
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TORGAU_HOME": str(home), "TORGAU_EMBEDDER": "none"}
    command = [sys.executable, "-m", "assistant.cli", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=300, check=False
    )
    if check is not None:
        assert done.returncode == check, done.stderr
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the index made once; lexical alone, which is quick."""
    home = tmp_path_factory.mktemp("cli-home")
    torgau("search", "warm up", "--quiet", home=home)
    return home


def test_help_loads_nothing_heavy(home: Path) -> None:
    code = "import sys; sys.argv = ['torgau', '--help']\ntry:\n    from assistant.cli import main; main()\nexcept SystemExit:\n    pass\n"
    code += "print([name for name in ('chromadb', 'streamlit', 'langchain', 'numpy', 'pydantic', 'onnxruntime') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip().endswith("[]")
    assert "critique" in done.stdout


def test_search_prints_the_promised_fields(home: Path) -> None:
    rows = json.loads(torgau("search", "Potsdam", "reparations", "--json", "-k", "3", "--quiet", home=home).stdout)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert all(
        set(row) == {"rank", "score", "source_id", "title", "tier", "date", "start", "end", "text"} for row in rows
    )
    assert all(len(row["text"]) == row["end"] - row["start"] for row in rows)


def test_critique_of_standard_input_and_verify_of_what_it_wrote(home: Path, tmp_path: Path) -> None:
    post = "LL is not cut off when the war ends.\nThe Soviet Union supported the Greek communists in the civil war.\n"
    out = tmp_path / "c.json"
    torgau("critique", "-", "--format", "json", "--out", str(out), "--quiet", home=home, given=post)
    draft = json.loads(out.read_text(encoding="utf-8"))
    keys = {"text", "start", "end", "type", "verdict", "probability", "for", "against", "searched", "would_change"}
    assert all(keys <= set(claim) for claim in draft["claims"])
    wanted = {"source_id", "source_hash", "title", "tier", "locator", "date", "start", "end", "quote"}
    assert all(set(citation) == wanted for claim in draft["claims"] for citation in [*claim["for"], *claim["against"]])
    assert "holds" in torgau("verify", str(out), home=home).stdout
    quote = draft["claims"][0]["for"][0]["quote"]
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(out.read_text(encoding="utf-8").replace(quote, quote[:-2] + "x" + quote[-1]), encoding="utf-8")
    failed = torgau("verify", str(spoiled), home=home, check=9)
    assert "FAILS" in failed.stdout


def test_what_is_added_is_found_and_what_is_removed_is_not(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "zeppelin.txt"
    file.write_text(NOTE.format(name="Edelweiss"), encoding="utf-8")
    assert torgau("add", str(file), "--quiet", home=home).stdout.startswith("new: zeppelin")
    assert torgau("add", str(file), "--quiet", home=home).stdout.startswith("unchanged: zeppelin")
    assert "Edelweiss" in torgau("search", "quokkas", "--quiet", home=home).stdout
    file.write_text(NOTE.format(name="Enzian"), encoding="utf-8")
    assert torgau("add", str(file), "--quiet", home=home).stdout.startswith("new-version: zeppelin")
    assert "Enzian" in torgau("search", "quokkas", "--quiet", home=home).stdout
    torgau("library", "remove", "zeppelin", home=home)
    assert "quokkas" not in torgau("search", "quokkas", "--quiet", home=home).stdout


def test_two_adds_at_once_both_end_well(home: Path, tmp_path: Path) -> None:
    names = ("Alpha", "Beta")
    running = []
    for name in names:
        file = tmp_path / f"{name.lower()}.txt"
        file.write_text(NOTE.format(name=name).replace("quokkas", f"wombats{name}"), encoding="utf-8")
        environment = {**os.environ, "TORGAU_HOME": str(home), "TORGAU_EMBEDDER": "none"}
        command = [sys.executable, "-m", "assistant.cli", "add", str(file), "--quiet"]
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        )
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    for process in running:
        process.communicate()
    for name in names:
        assert name in torgau("search", f"wombats{name}", "--quiet", home=home).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("critique", "no-such-file.txt"), 2, "cannot be read"),
        (("search", "x", "--as-of", "someday"), 2, "someday"),
        (("search", "x", "--tier", "gossip"), 2, "gossip"),
        (("library", "remove", "nothing"), 11, "no source"),
        (("verify", "README.md"), 9, "no evidence"),
        (("worldlines", "run", "--lever", "magic"), 2, "magic"),
        (("worldlines", "explain", "no-hinge"), 2, "no-hinge"),
        (("settings", "set", "worlds", "3"), 2, "worlds"),
    ],
)
def test_an_error_is_one_clear_line_and_an_exit_code(
    home: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = torgau(*arguments, home=home, check=code)
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("torgau:")]
    assert words in line


def test_lexical_search_alone_is_said_aloud(home: Path) -> None:
    draft = json.loads(
        torgau("critique", "-", "--format", "json", "--quiet", home=home, given="LL goes on after the war ends.").stdout
    )
    assert draft["origin"]["search"] == "words alone"


def test_schema_of_the_drafts(home: Path) -> None:
    schemas = json.loads(torgau("schema", home=home).stdout)
    assert {"Critique", "Continuation", "Answer", "Timeline", "Source", "Citation"} <= set(schemas)
    assert "for" in json.dumps(schemas["Critique"])


def test_world_lines_are_told(home: Path) -> None:
    run = torgau("worldlines", "run", "--lever", "stalin-dies-1945", "--worlds", "2000", home=home).stdout
    assert "No Cold War by 1955" in run
    assert "device for arguing" in run
    explained = torgau("worldlines", "explain", "lend-lease-cut-1945-05", home=home).stdout
    assert "because:" in explained
    chained = torgau("worldlines", "chain", "lend-lease-cut-1945-05=tapered", home=home).stdout
    assert "All of it" in chained


def test_a_paragraph_is_shown_with_what_there_is_of_its_originals(home: Path) -> None:
    shown = torgau("originals", "beside", "iran-security-council-walkout-1946-03#2", home=home).stdout
    assert "Gromyko" in shown
    assert "No original that it rests on is in your library" in shown
    failed = torgau("originals", "beside", "nothing#1", home=home, check=3)
    assert "nothing#1" in failed.stderr
