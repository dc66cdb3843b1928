"""Pages over the shipped corpus, searched by words alone: a home prepared once and copied for each test."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.records import Critique
from assistant.settings import load_settings
from assistant.ui.jobs import Jobs, Work, jobs
from assistant.workbench import Workbench

HOSTILE = (
    "The Soviet Union would never have accepted <script>alert(1)</script> Marshall aid in 1947.\n\n"
    "--Lend-Lease goes on after the war, and [every ship](javascript:alert(2)) sails with $E=mc^2$ on board.\n\n"
    "--Nuclear technology is shared with Stalin :material/home: and `nobody` objects <img src=x onerror=alert(3)>.\n"
)
"""Claims with everything in them that a page might take for markup."""
SETTINGS = {"TORGAU_EMBEDDER": "none", "TORGAU_WORLDS": "1000"}
PATIENCE = 60.0


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index is up to date and in which the rewrites of the shipped question are searched: that takes longest."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    bench = Workbench(load_settings({"TORGAU_HOME": str(home), **SETTINGS}))
    bench.search("Elbe")
    bench.worlds.rewrites()
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for one test, named in the environment as a user names it."""
    copy = tmp_path / "home"
    shutil.copytree(prepared, copy)
    for name in (
        "TORGAU_MODEL",
        "TORGAU_BASE_URL",
        "OPENAI_BASE_URL",
        "TORGAU_API_KEY",
        "OPENAI_API_KEY",
        "TORGAU_SEED",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TORGAU_HOME", str(copy))
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return copy


@pytest.fixture
def bench(home: Path) -> Workbench:
    """A workbench beside the page, as another process would have it."""
    return Workbench(load_settings())


@pytest.fixture(scope="session")
def hostile_critique(prepared: Path) -> Critique:
    settings = load_settings({"TORGAU_HOME": str(prepared), **SETTINGS})
    return Workbench(settings).critique(("hostile.txt", HOSTILE.encode()))


@pytest.fixture
def page(home: Path) -> Callable[[str], AppTest]:
    """Open one page, with errors shown as the application shows them."""

    def opened(name: str) -> AppTest:
        script = (
            "from assistant.ui import problems, state\n"
            f"from assistant.ui.pages import {name}\n"
            "problems.show_kept(state.take_problems())\n"
            "with problems.shown():\n"
            f"    {name}.page()\n"
        )
        return AppTest.from_string(script, default_timeout=PATIENCE)

    return opened


@pytest.fixture
def finish(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[AppTest, str, int | None], AppTest]]:
    """Wait for a job of the page's and show the page again."""
    begun: set[object] = set()
    start = Jobs.start

    def noted(self: Jobs, key: Hashable, title: str, work: Work) -> bool:
        begun.add(key)
        return start(self, key, title, work)

    monkeypatch.setattr(Jobs, "start", noted)

    def waited(at: AppTest, kind: str, project_id: int | None = None) -> AppTest:
        key = (str(home), project_id, kind)
        assert key in begun, f"no {kind} was started"
        job = jobs().get(key)
        # A quick job may have ended, and been settled, in the run that began it.
        assert job is None or job.finished.wait(PATIENCE)
        return at.run()

    yield waited
    deadline = time.monotonic() + PATIENCE
    for key, job in list(jobs()._jobs.items()):
        if isinstance(key, tuple) and key[0] == str(home):
            job.finished.wait(max(0.0, deadline - time.monotonic()))
