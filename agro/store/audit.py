"""The trail: who wrote what, when, and for whom."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from agro.farm import Viewer
from agro.store import schema
from agro.store.ids import uuid7
from agro.store.transactions import Transactions


class Audit(Transactions):
    """Rows that are only ever added."""

    def record(
        self,
        by: Viewer | None,
        action: str,
        subject: str,
        counts: Mapping[str, Any] | None = None,
        farms: Iterable[str] = (),
    ) -> None:
        """Keep that `by` did `action` to `subject`, a matter of `farms` (ids); None leaves no row."""
        if by is None:
            return
        granted = {farm for kind, farm in by.grants if kind in ("farm", "write")} - set(by.farms)
        with self.writing() as connection:
            owners = sorted(granted & set(farms))
            if owners:
                farm = schema.farm
                found = connection.execute(select(farm.c.id, farm.c.owner).where(farm.c.id.in_(owners)))
                owners = sorted({owner or identity for identity, owner in found})
            connection.execute(
                insert(schema.audit).values(
                    id=uuid7(),
                    at=self.clock(),
                    account=by.account,
                    name=by.name,
                    role=by.role.value,
                    on_behalf_of=owners,
                    action=action,
                    subject=subject[:400],
                    counts=dict(counts or {}),
                )
            )

    def audit(self, n: int = 100, account: str | None = None) -> pd.DataFrame:
        """Return the newest `n` rows of the trail, of one account where it is given."""
        table = schema.audit
        query = select(table).order_by(table.c.id.desc()).limit(n)
        if account is not None:
            query = query.where(table.c.account == account)
        with self.reading() as connection:
            found = connection.execute(query)
            return pd.DataFrame([tuple(row) for row in found], columns=list(found.keys()))
