"""Small things the platform remembers: one JSON value a name."""

import secrets
from typing import Any

from sqlalchemy import delete, insert, select

from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit


class Settings(Audit):
    """Named JSON values."""

    def setting(self, name: str, default: Any = None) -> Any:
        """Return the value kept under `name`."""
        with self.reading() as connection:
            found = connection.execute(select(schema.setting.c.value).where(schema.setting.c.name == name)).first()
        return default if found is None else found[0]

    def save_setting(self, name: str, value: Any, *, by: Viewer | None = None) -> None:
        """Keep `value` (plain JSON) under `name`."""
        with self.writing() as connection:
            connection.execute(delete(schema.setting).where(schema.setting.c.name == name))
            connection.execute(insert(schema.setting).values(name=name, value=value))
            self.record(by, "setting.save", name)

    def salt(self) -> str:
        """Return this home's secret that keys anonymous ids; made at first use, so that ids stay the same."""
        found = self.setting("anonymous_salt")
        if found is None:
            with self:
                found = self.setting("anonymous_salt") or secrets.token_hex(32)
                self.save_setting("anonymous_salt", found)
        return found
