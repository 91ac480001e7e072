import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from agro.errors import InputError
from agro.store import schema


def shape(connection):
    """Return what the tables of a database are made of, as the database tells it."""
    told = inspect(connection)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"]) for column in told.get_columns(table)
            ],
            "primary": told.get_pk_constraint(table),
            "foreign": sorted(map(str, told.get_foreign_keys(table))),
            "unique": sorted(map(str, told.get_unique_constraints(table))),
            "indexes": sorted(map(str, told.get_indexes(table))),
        }
        for table in told.get_table_names()
        if table != "alembic_version"
    }


def test_walking_up_from_nothing_makes_the_tables_of_the_schema(store, tmp_path):
    with store.reading() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata) == []
        )
        walked = shape(connection)
    if store.engine.dialect.name == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
        schema.metadata.create_all(engine)
        with engine.connect() as connection:
            assert walked == shape(connection)


def test_migrating_twice_changes_nothing(store):
    store.save_setting("kept", 1)
    assert store.migrate() == store.migrate()
    assert store.setting("kept") == 1


def test_tables_of_a_newer_version_are_refused(store):
    with store.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(InputError, match="newer than this version"):
        store.migrate()


def test_two_that_migrate_at_once_both_come_through(empty_store):
    import threading

    told = []
    threads = [threading.Thread(target=lambda: told.append(empty_store.migrate())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 3
    assert len(set(told)) == 1
