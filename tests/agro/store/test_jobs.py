import threading
from datetime import date

import pytest

from agro.errors import NotFoundError
from agro.store import OPERATOR
from agro.store.ids import uuid7


def test_a_job_tells_how_far_it_is(store, clock):
    identity = store.add_job("run", {"date": "2026-04-01"}, by=OPERATOR)
    assert store.next_job().arguments == {"date": "2026-04-01"}
    assert store.next_job() is None
    store.advance(identity, 3, 10, "terrain")
    job = store.job(identity)
    assert (job.state, job.done, job.total, job.note) == ("running", 3, 10, "terrain")
    store.finish_job(identity, {"plots": 80})
    assert (store.jobs()[0].state, store.jobs()[0].result) == ("done", {"plots": 80})
    assert list(store.audit()["action"]) == ["job.add"]


def test_what_was_under_way_when_the_server_stopped_has_failed(store):
    waiting, failed, done = (store.add_job("run") for _ in range(3))
    store.fail_job(failed, "no weather")
    store.finish_job(done)
    store.start_run(date(2026, 4, 1))
    assert store.recover() == 2
    assert store.job(waiting).error == "the server stopped"
    assert store.job(failed).error == "no weather"
    assert store.runs()[0].state == "failed"
    with pytest.raises(NotFoundError, match="no job 'gone'"):
        store.advance("gone", 1, 2)


def test_two_workers_never_take_one_job(store):
    for _ in range(8):
        store.add_job("run")
    taken = []

    def work():
        while (job := store.next_job()) is not None:
            taken.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 8


def test_the_newest_job_comes_first(store):
    made = [store.add_job("run") for _ in range(3)]
    assert [job.id for job in store.jobs(2)] == made[:0:-1]


def test_ids_sort_by_the_time_they_were_made():
    made = [uuid7() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert {identity[14] for identity in made} == {"7"}
    assert {identity[19] for identity in made} <= set("89ab")
