from __future__ import annotations

import threading

import pytest

from assistant.errors import InputError
from assistant.ui.jobs import Jobs, Report


def test_a_job_cannot_be_started_twice_and_reports_how_far_it_is() -> None:
    jobs, go, begun = Jobs(), threading.Event(), threading.Event()
    runs: list[int] = []

    def work(report: Report) -> list[str]:
        runs.append(1)
        report("reading", 3, 9)
        begun.set()
        assert go.wait(10)
        return ["done"]

    assert jobs.start("key", "Reading", work)
    assert begun.wait(10)
    assert not jobs.start("key", "Reading", work)
    job = jobs.get("key")
    assert job is not None
    assert (job.running, job.what, job.done, job.total) == (True, "reading", 3, 9)
    assert jobs.settle("key") == []
    go.set()
    assert job.finished.wait(10)
    assert jobs.settle("key") == ["done"]
    assert runs == [1]
    assert jobs.get("key") is None


def test_a_failure_is_raised_where_it_can_be_shown_and_only_once() -> None:
    jobs = Jobs()

    def work(report: Report) -> None:
        raise InputError("There is nothing to judge")

    assert jobs.start("key", "Judging", work)
    job = jobs.get("key")
    assert job is not None
    assert job.finished.wait(10)
    with pytest.raises(InputError, match="nothing to judge"):
        jobs.settle("key")
    assert jobs.settle("key") == []
