"""Long work beside the page: it goes on when the page is clicked, reloaded or closed, and cannot be started twice.

A job knows nothing of the page. It reports what it is doing; a part of the page that renews itself shows that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import streamlit as st

from assistant.ui import problems, state
from assistant.ui.markup import plain

__all__ = ["Job", "Jobs", "Report", "jobs", "key_of", "watch"]

Report = Callable[[str, int, int], None]
Work = Callable[[Report], list[str] | None]
"""Does the work and returns what is to be told of it, if anything."""
_EVERY_SECONDS = 0.5


@dataclass
class Job:
    """A piece of work: what it is, how far it is, how it failed if it did, and what it has to tell."""

    title: str
    what: str = "starting"
    done: int = 0
    total: int = 0
    error: Exception | None = None
    told: list[str] = field(default_factory=list)
    finished: threading.Event = field(default_factory=threading.Event)

    def report(self, what: str, done: int, total: int) -> None:
        """Take down progress."""
        self.what, self.done, self.total = what, done, total

    @property
    def running(self) -> bool:
        """Tell whether it is still going on."""
        return not self.finished.is_set()


class Jobs:
    """The jobs of this process by key, one for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, Job] = {}

    def start(self, key: Hashable, title: str, work: Work) -> bool:
        """Start the work in a thread of its own; False, and nothing done, where this key is still being worked on."""
        with self._lock:
            held = self._jobs.get(key)
            if held is not None and held.running:
                return False
            job = self._jobs[key] = Job(title)
        threading.Thread(target=_do, args=(job, work), name=f"torgau: {title}", daemon=True).start()
        return True

    def get(self, key: Hashable) -> Job | None:
        """Return the job of this key, running or just ended; None where there is none."""
        with self._lock:
            return self._jobs.get(key)

    def settle(self, key: Hashable) -> list[str]:
        """Forget a job that has ended and return what it told.

        Raises:
            Exception: whatever it failed with.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.running:
                return []
            del self._jobs[key]
        if job.error is not None:
            raise job.error
        return job.told


def _do(job: Job, work: Work) -> None:
    try:
        job.told = work(job.report) or []
    except Exception as error:  # not swallowed: `settle` raises it in the page, where it can be shown
        job.error = error
    finally:
        job.finished.set()


@st.cache_resource
def jobs() -> Jobs:
    """Return the jobs of this process, which every session of it sees."""
    return Jobs()


def watch(key: Hashable) -> bool:
    """Show how far the job of this key is and tell whether it is running; when it ends, the whole page is shown anew."""
    job = jobs().get(key)
    if job is None:
        return False
    if job.running:
        with st.container(border=True):
            _progress(key)
        return True
    with problems.shown():
        for line in jobs().settle(key):
            st.success(plain(line), icon=":material/check:")
    return False


@st.fragment(run_every=_EVERY_SECONDS)
def _progress(key: Hashable) -> None:
    job = jobs().get(key)
    if job is None or not job.running:
        st.rerun()
        return
    counted = f"{job.done:,} of {job.total:,}" if job.total else "…"
    share = min(1.0, job.done / job.total) if job.total else 0.0
    st.progress(share, text=plain(f"{job.title} — {job.what}: {counted}"))


def key_of(kind: str, project_id: int | None = None) -> Hashable:
    """Return the key of a kind of work on one project (or on the library) of one user's folder."""
    return str(state.bench().settings.home), project_id, kind
