"""Long work in the worker process: seen from its rows, and never alive for ever."""

import os
import signal
import time
from datetime import date

import pytest

from agro.errors import NotAllowedError
from agro.farm import Role, Viewer
from agro.store import OPERATOR
from app.services import jobs
from app.services.platform import open_platform


@pytest.fixture(scope="module", autouse=True)
def _worker():
    yield
    jobs.stop()


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    yield platform
    platform.store.close()


def ended(home, job, seconds=300):
    """Return the job once it has ended, with all its row said meanwhile; a new worker may compile the engine first."""
    notes, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        found = home.store.job(job)
        notes.append((found.state, found.note))
        if found.state in ("done", "failed"):
            return found, notes
        time.sleep(0.02)
    raise AssertionError(f"still {notes[-1]}")


def test_a_run_is_handed_to_the_worker_and_says_how_far_it_is(home):
    job = jobs.submit(OPERATOR, home, "run", members=2)
    assert jobs.recent(OPERATOR, home)[0].id == job
    done, notes = ended(home, job)
    assert (done.state, done.error, done.result["counts"]["plots"]) == ("done", "", 2)
    assert any(state == "running" and note for state, note in notes)
    assert str(home.store.latest_run().date) == done.result["date"]


def test_a_job_that_cannot_be_done_says_why_in_both_languages(home):
    failed, _ = ended(home, jobs.submit(OPERATOR, home, "run", on=date(2030, 1, 1)))
    assert (failed.state, failed.arguments) == ("failed", {"on": "2030-01-01"})
    assert "不在有观测的日期之内" in failed.error
    assert "outside the observed weather" in failed.error


def test_a_worker_that_is_killed_fails_its_job_and_the_next_one_gets_a_new_worker(home):
    ended(home, jobs.submit(OPERATOR, home, "run", members=2))  # the worker is up
    job = jobs.submit(OPERATOR, home, "run", members=400)
    (worker,) = jobs._worker()._processes
    os.kill(worker, signal.SIGKILL)
    failed, _ = ended(home, job)
    assert (failed.state, failed.error) == ("failed", jobs.STOPPED)
    assert ended(home, jobs.submit(OPERATOR, home, "run", members=2))[0].state == "done"


def test_what_was_under_way_when_the_server_was_killed_is_failed_when_the_next_one_starts(home):
    waiting = home.store.add_job("run", {}, by=OPERATOR)
    running = home.store.add_job("run", {}, by=OPERATOR)
    home.store.advance(running, 3, 9, "生长")
    assert jobs.recover(home) == 2
    assert {home.store.job(job).state for job in (waiting, running)} == {"failed"}
    assert jobs.recover(home) == 0


def test_who_may_not_run_starts_nothing(home):
    for role in (Role.GROWER, Role.OFFICIAL, Role.SUPPLIER):
        with pytest.raises(NotAllowedError):
            jobs.submit(Viewer("a", "某人", role), home, "run")
    assert jobs.recent(OPERATOR, home) == []


def test_an_unknown_kind_of_work_is_a_wrong_call(home):
    with pytest.raises(ValueError, match="no kind of job 'sow'; there are run"):
        jobs.submit(OPERATOR, home, "sow")
