"""Long work: rows that a worker moves on and that pages and the terminal watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from agro.errors import NotFoundError
from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit
from agro.store.ids import uuid7

OPEN = ("queued", "running")


@dataclass(frozen=True)
class Job:
    """One piece of long work; state is queued, running, done or failed."""

    id: str
    kind: str
    arguments: dict[str, Any]
    state: str
    done: int
    total: int
    note: str
    result: Any
    error: str
    created: datetime
    changed: datetime


class Jobs(Audit):
    """Progress that survives a reload of the page and the end of the process."""

    def add_job(self, kind: str, arguments: Mapping[str, Any] | None = None, *, by: Viewer | None = None) -> str:
        """Return the id of a new job that waits for the worker."""
        identity, now = uuid7(), self.clock()
        blank = {"done": 0, "total": 0, "note": "", "result": None, "error": ""}
        with self.writing() as connection:
            given = {"id": identity, "kind": kind, "arguments": dict(arguments or {}), "state": "queued"}
            connection.execute(insert(schema.job).values(**given, **blank, created=now, changed=now))
            self.record(by, "job.add", kind)
        return identity

    def next_job(self) -> Job | None:
        """Return the oldest waiting job, now running and this worker's alone; None when there is none."""
        table = schema.job
        with self.writing() as connection:
            query = select(table.c.id).where(table.c.state == "queued").order_by(table.c.id).limit(1)
            identity = connection.scalar(query.with_for_update(skip_locked=True))
            if identity is None:
                return None
            self._change(identity, state="running")
            return self.job(identity)

    def advance(self, job: str, done: int, total: int, note: str = "") -> None:
        """Tell how far a job is."""
        self._change(job, state="running", done=int(done), total=int(total), note=note)

    def finish_job(self, job: str, result: Any = None) -> None:
        """End a job well; `result` is plain JSON."""
        self._change(job, state="done", result=result, error="")

    def fail_job(self, job: str, error: str) -> None:
        """End a job with what went wrong, in words for a person."""
        self._change(job, state="failed", error=error)

    def job(self, identity: str) -> Job:
        """Return one job."""
        with self.reading() as connection:
            found = connection.execute(select(schema.job).where(schema.job.c.id == identity)).first()
        if found is None:
            raise NotFoundError(f"no job '{identity}'", zh=f"没有任务“{identity}”")
        return Job(**found._mapping)

    def jobs(self, n: int = 20) -> list[Job]:
        """Return the newest `n` jobs."""
        with self.reading() as connection:
            return [
                Job(**row._mapping)
                for row in connection.execute(select(schema.job).order_by(schema.job.c.id.desc()).limit(n))
            ]

    def recover(self) -> int:
        """Return how many jobs (and runs) were under way when the last server stopped; they are failed now."""
        job, run, now = schema.job, schema.run, self.clock()
        with self.writing() as connection:
            stopped = {"state": "failed", "error": "the server stopped", "changed": now}
            jobs = connection.execute(update(job).where(job.c.state.in_(OPEN)).values(stopped)).rowcount
            runs = connection.execute(
                update(run).where(run.c.state == "running").values(state="failed", finished=now)
            ).rowcount
        return jobs + runs

    def _change(self, identity: str, **values: Any) -> None:
        with self.writing() as connection:
            changed = connection.execute(
                update(schema.job).where(schema.job.c.id == identity).values(changed=self.clock(), **values)
            )
            if changed.rowcount != 1:
                raise NotFoundError(f"no job '{identity}'", zh=f"没有任务“{identity}”")
