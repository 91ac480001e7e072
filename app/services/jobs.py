"""Long work: rows in the store say how far it is; one worker process does it, so pages stay quick."""

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from agro.errors import AgroError
from agro.farm import Viewer
from agro.store import rights
from app.services.platform import Platform, open_platform

log = logging.getLogger(__name__)
ACTIONS = {"run": "run.start", "pictures": "scene.import", "monitor": "run.start"}
"""Which right each kind of work needs."""
STOPPED = "计算进程中断了，请再试一次 / the worker was stopped; start the job again"


def submit(viewer: Viewer, home: Platform, kind: str, **arguments: Any) -> str:
    """Return the id of the job that now waits for the worker."""
    if kind not in ACTIONS:
        raise ValueError(f"no kind of job '{kind}'; there are {', '.join(ACTIONS)}")
    rights.require(viewer, ACTIONS[kind])
    told = {name: str(value) if isinstance(value, (date, Path)) else value for name, value in arguments.items()}
    job = home.store.add_job(kind, told, by=viewer)
    _handed(str(home.home), job, kind, viewer, arguments).add_done_callback(_mourn(home, job))
    return job


def recent(viewer: Viewer, home: Platform, n: int = 10) -> list:
    """Return the newest jobs with their progress."""
    rights.require(viewer, "run.read")
    return home.store.jobs(n)


def recover(home: Platform) -> int:
    """Mark as failed what was under way when the last server stopped and return how many; old uploads are forgotten."""
    from app.services.imagery import waiting

    stopped = home.store.recover()
    waiting.sweep(home)
    return stopped


def stop() -> None:
    """End the worker with the server."""
    if _worker.cache_info().currsize:
        _worker().shutdown(wait=False, cancel_futures=True)
        _worker.cache_clear()


def _handed(*task: Any) -> Future:
    """Return what the worker makes of a job; one that died is replaced."""
    try:
        return _worker().submit(_work, *task)
    except BrokenExecutor:
        _worker.cache_clear()
        return _worker().submit(_work, *task)


@cache
def _worker() -> ProcessPoolExecutor:
    # spawned, never forked: the server has many threads, and GDAL does not survive a fork
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_die_with, initargs=(os.getpid(),))


def _die_with(parent: int) -> None:
    """End this worker when its server is gone: a server that is killed cannot end it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work(folder: str, job: str, kind: str, viewer: Viewer, arguments: dict[str, Any]) -> None:
    """Do one job in the worker process."""
    home = open_platform(Path(folder))

    def progress(done: int, total: int, note: str = "") -> None:
        home.store.advance(job, done, total, note)

    try:
        home.store.finish_job(job, _done(kind, viewer, home, progress, arguments))
    except AgroError as error:
        home.store.fail_job(job, f"{error.message('zh')} / {error.message('en')}")
    except Exception as error:
        home.store.fail_job(job, f"{type(error).__name__}: {error}")
        raise


def _done(
    kind: str, viewer: Viewer, home: Platform, progress: Callable[..., None], arguments: dict[str, Any]
) -> dict[str, Any]:
    """Return what became of one job, as plain JSON."""
    if kind == "pictures":
        from app.services.imagery import queue

        return queue.work(viewer, home, progress=progress, **arguments)
    if kind == "monitor":
        from app.services.imagery import monitor

        seen = monitor.run(viewer, home, progress=progress, **arguments)
        return {"date": str(seen.on), "counts": seen.counts, "findings": [vars(one) for one in seen.findings]}
    from app.services import daily_run

    report = daily_run.run(viewer, home, progress=progress, **arguments)
    return {"run": report.run, "date": str(report.date), "counts": report.counts}


def _mourn(home: Platform, job: str):
    """Return what to do when the worker itself died: the job must not look alive for ever."""

    def look(future: Future) -> None:
        if future.cancelled() or (error := future.exception()) is None:
            return
        log.error("job %s: %s", job, error)
        home.store.fail_job(job, STOPPED if isinstance(error, BrokenExecutor) else f"{type(error).__name__}: {error}")

    return look
