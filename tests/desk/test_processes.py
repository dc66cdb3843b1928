"""Two processes on one desk, and a process that is killed while it writes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from assistant.desk.desk import Desk

# Each line printed was acknowledged before it was printed.
WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from assistant.desk.desk import Desk
    from assistant.records import Critique, Origin, Verdict

    path, project, name, count = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    desk = Desk(path, patience=60)
    origin = Origin(mode="archive", search="lexical", version="0.1.0")
    for number in range(count):
        title = f"{name}-{number}"
        draft = Critique(title=title, origin=origin, text="x" * 5000, question="q", verdict=Verdict.NOT_JUDGED,
                         probability=None, summary=[], rubric=[], claims=[], searched=0)
        desk.save_progress(project, title, {"text": "y" * 5000})
        print("progress", title, flush=True)
        desk.save_draft(project, draft)
        print("draft", title, flush=True)
    """
)


def writer(path: Path, project: int, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(project), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_open_and_write_one_desk(path: Path) -> None:
    path.parent.mkdir()
    openers = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from pathlib import Path; from assistant.desk.desk import Desk; Desk(Path({str(path)!r}))",
            ]
        )
        for _ in range(2)
    ]
    assert [opener.wait(timeout=120) for opener in openers] == [0, 0]
    desk = Desk(path)
    project = desk.create_project("P").id
    writers = [writer(path, project, name, 15) for name in ("left", "right")]
    outputs = [process.communicate(timeout=120)[0] for process in writers]
    assert [process.returncode for process in writers] == [0, 0]
    assert all(output.count("draft ") == 15 for output in outputs)
    revisions = desk.revisions(project)
    assert [revision.number for revision in revisions] == list(range(1, 31))
    assert {revision.title for revision in revisions} == {
        f"{name}-{n}" for name in ("left", "right") for n in range(15)
    }


def test_a_killed_process_loses_nothing_that_was_acknowledged(path: Path) -> None:
    project = Desk(path).create_project("P").id
    process = writer(path, project, "draft", 100_000)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(21)]
    process.kill()
    said += process.stdout.readlines()
    process.wait(timeout=60)
    acknowledged = [line.split() for line in said if line.endswith("\n")]
    desk = Desk(path)
    titles = {revision.title for revision in desk.revisions(project)}
    assert {title for kind, title in acknowledged if kind == "draft"} <= titles
    assert {title for kind, title in acknowledged if kind == "progress"} <= set(desk.progress(project))
    assert len(titles) >= 10
    assert all(desk.draft(project, revision.number).title in titles for revision in desk.revisions(project))
    desk.save_progress(project, "after", True)
