"""The ground of the store: its home, its engine, and what one `with store:` block means."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, Transaction, create_engine, event, select

from agro.store import files, schema

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000")


@dataclass
class Frame:
    """One open `with` block: its transaction (or savepoint) and the files written in it."""

    connection: Connection
    transaction: Transaction
    written: list[Path] = field(default_factory=list)


class Transactions:
    """A home folder and a database.

    Parameters
    ----------
    home : Path
        Folder of `citrus.db` and the files; `"sqlite://"` makes one that is deleted with the store.
    url : str, optional
        SQLAlchemy address; default `CITRUS_DATABASE_URL`, then SQLite inside `home`.
    """

    def __init__(self, home: Path | str, url: str | None = None):
        self._temporary = None
        if str(home) == "sqlite://":
            self._temporary = tempfile.TemporaryDirectory(prefix="citrus-", ignore_cleanup_errors=True)
            home, url = self._temporary.name, "sqlite:///" + os.path.join(self._temporary.name, "citrus.db")
        self.home = Path(home)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._local = threading.local()
        address = url or os.environ.get("CITRUS_DATABASE_URL") or f"sqlite:///{self.home / 'citrus.db'}"
        self.engine = _engine(address, self.home)

    def close(self) -> None:
        """Give back the connections; a temporary home is deleted."""
        self.engine.dispose()
        if self._temporary is not None:
            self._temporary.cleanup()

    def folder(self, name: str) -> Path:
        """Return the folder `name` of the home, made when it is not there."""
        if name not in files.FOLDERS:
            raise ValueError(f"no folder '{name}'; the home has {', '.join(files.FOLDERS)}")
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def __enter__(self) -> Self:
        """Begin a transaction; inside another one of this thread, a savepoint of it."""
        if self._frames:
            connection = self._frames[-1].connection
            self._frames.append(Frame(connection, connection.begin_nested()))
        else:
            connection = self.engine.connect().execution_options(writes=True)
            try:
                self._frames.append(Frame(connection, connection.begin()))
            except BaseException:
                connection.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or undo rows and files of this block."""
        frame = self._frames.pop()
        kept = False
        try:
            if kind is None:
                frame.transaction.commit()
                kept = True
            else:
                frame.transaction.rollback()
        finally:
            if not kept:
                for path in frame.written:
                    path.unlink(missing_ok=True)
            elif self._frames:
                self._frames[-1].written += frame.written
            if not self._frames:
                frame.connection.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the connection of a transaction: this thread's open one, or one of its own."""
        with self:
            yield self._frames[-1].connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees this thread's open transaction, or what was last committed."""
        if self._frames:
            yield self._frames[-1].connection
        else:
            with self.engine.connect() as connection:
                yield connection

    @contextmanager
    def drafted(
        self, folder: str, stem: str, suffix: str, write: Callable[[Path], None]
    ) -> Iterator[Callable[[], dict[str, str]]]:
        """Give the call that keeps a new file of `folder` in the open transaction and returns its {path, sha256}.

        What `write` does is done before, so that a long one holds up no other writer. The file goes away when it is
        not kept, or when the transaction fails.
        """
        path = self.folder(folder) / files.fresh_name(stem, suffix)

        with files.drafted(path, write) as (digest, place):

            def keep() -> dict[str, str]:
                if not self._frames:
                    raise ValueError("a file is kept inside `with store:`")
                place()
                self._frames[-1].written.append(path)
                return {"path": path.relative_to(self.home).as_posix(), "sha256": digest}

            yield keep

    def sweep(self, minutes: float = 60) -> int:
        """Return how many files were deleted that no row names and that are older than `minutes`.

        Replaced versions stay until then, so that a page that has just looked up a path can still open it.
        """
        tables = (schema.series, schema.weather_forecast, schema.raster, schema.scene_part)
        with self.reading() as connection:
            named = {path for table in tables for path in connection.scalars(select(table.c.path))}
        swept = 0
        for folder in ("rasters", "series", "forecasts"):
            for path in (self.home / folder).glob("*"):
                ours = files.OURS.search(path.name) or files.PART in path.suffixes
                old = path.stat().st_mtime <= time.time() - 60 * minutes
                if ours and old and path.relative_to(self.home).as_posix() not in named:
                    path.unlink(missing_ok=True)
                    swept += 1
        return swept

    @property
    def _frames(self) -> list[Frame]:
        if not hasattr(self._local, "frames"):
            self._local.frames = []
        return self._local.frames


def _engine(url: str, home: Path) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    home.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=10, max_overflow=50)

    @event.listens_for(engine, "connect")
    def _prepare(connection, record):
        connection.isolation_level = None  # sqlite3 would begin by itself, and late
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        # a writer that begins as a reader fails at its first write when another wrote in between
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine
