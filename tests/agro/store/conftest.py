"""A fresh store for each test, on SQLite and, where a server is named, on PostgreSQL; cheap password hashes."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from argon2 import PasswordHasher
from shapely.geometry import box
from sqlalchemy import create_engine, make_url, text

from agro.farm import Farm, Plot
from agro.store import Store, accounts

SERVER = os.environ.get("CITRUS_TEST_DATABASE_URL")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@cache
def database():
    """The URL of a database of this test process alone, made when it is not there."""
    own = make_url(SERVER).set(database=f"{make_url(SERVER).database}_{WORKER}")
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": own.database}):
            connection.execute(text(f'create database "{own.database}"'))
    engine.dispose()
    return own.render_as_string(hide_password=False)


def fresh(home, kind):
    if kind == "sqlite":
        return Store(home, f"sqlite:///{home / 'citrus.db'}")
    if not SERVER:
        pytest.skip("no PostgreSQL server; set CITRUS_TEST_DATABASE_URL")
    engine = create_engine(database())
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return Store(home, database())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def empty_store(request, tmp_path):
    """A store whose tables are not made yet."""
    store = fresh(tmp_path / "home", request.param)
    yield store
    store.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A migrated SQLite file, made once and copied."""
    home = tmp_path_factory.mktemp("template")
    store = Store(home, f"sqlite:///{home / 'citrus.db'}")
    store.migrate()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    store.close()
    return home / "citrus.db"


@pytest.fixture
def store(empty_store, template):
    if empty_store.engine.dialect.name == "sqlite":
        shutil.copy(template, empty_store.home / "citrus.db")
    else:
        empty_store.migrate()
    return empty_store


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock(store):
    """The store's clock, which stands still until `clock.forward(minutes=...)`."""

    class Clock:
        now = datetime(2026, 4, 1, 8, tzinfo=UTC)

        def forward(self, **step):
            self.now += timedelta(**step)

    clock = Clock()
    store.clock = lambda: clock.now
    return clock


@pytest.fixture
def make_plot():
    def make(name, farm="f1", x=108.5, y=30.9, **attributes):
        return Plot(
            **({"id": "", "geometry": box(x, y, x + 0.001, y + 0.001), "area": 900.0} | attributes),
            farm=farm,
            name=name,
        )

    return make


@pytest.fixture
def orchard(store, make_plot):
    """Two farms: 'North' and 'South' of one, 'East' in another township of the other."""
    store.save_farms([Farm("f1", "Upper Terrace"), Farm("f2", "River Bend")])
    store.save_plots(
        [
            make_plot("North", id="p1", township="Hillside", cultivar="navel", elevation=420.0),
            make_plot("South", id="p2", township="Hillside", x=108.52),
            make_plot("East", "f2", id="p3", township="Valley", x=108.6),
        ]
    )
    return store
