"""The history of the tables; Alembic walks it, no ini file needed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from agro.errors import InputError

HERE = Path(__file__).parent
LOCK = 0x636974  # one migration at a time on a server; any number that others do not use


def upgrade(connection: Connection) -> str:
    """Return the newest revision, after the tables in `connection`'s open transaction were brought to it.

    Raises
    ------
    InputError
        When the tables were made by a newer version of the platform.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": LOCK})
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    head, current = script.get_current_head(), MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise InputError(
            f"the tables are at revision '{current}', newer than this version's '{head}'; update the platform",
            zh=f"数据库版本“{current}”比本程序的“{head}”新；请升级平台",
        )
    if current != head:
        command.upgrade(config, "head")
    return str(head)
