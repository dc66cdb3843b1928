"""The workbench over the shipped archive. Its index is built once for all test processes of a run."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.settings import load_settings
from assistant.workbench import Workbench


@pytest.fixture(scope="session")
def shipped_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A user's folder whose index over the shipped corpus is up to date."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "shipped-home"
    with FileLock(f"{home}.lock"):
        if not (home / "index" / "stamp.json").is_file():
            home.mkdir(exist_ok=True)
            Workbench(load_settings({"TORGAU_HOME": str(home)})).archive.current()
    return home


@pytest.fixture(scope="session")
def bench(shipped_home: Path) -> Workbench:
    """A workbench that only reads: tests that add sources use a home of their own."""
    return Workbench(load_settings({"TORGAU_HOME": str(shipped_home)}))


@pytest.fixture
def own_home(shipped_home: Path, tmp_path: Path) -> Path:
    """A user's folder of the test's own, with the shipped index already made; what is kept for models starts empty."""
    home = tmp_path / "home"
    shutil.copytree(shipped_home, home, ignore=shutil.ignore_patterns("answers", "*.lock"))
    return home
