"""Sharing: an owner lets somebody see or change a farm, until a day, and takes it back with one call."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit
from agro.store.ids import uuid7
from agro.store.rights import require

KINDS = ("read", "write")


@dataclass(frozen=True)
class Grant:
    """What `account` may do with one farm, or see of one township."""

    id: str
    account: str
    farm: str | None
    township: str | None
    kind: str
    given_by: str
    given: datetime
    until: datetime | None
    withdrawn: datetime | None


class Grants(Audit):
    """Who lets whom."""

    def grant(
        self, viewer: Viewer, farm: str, to_account: str, kind: str = "read", until: datetime | None = None
    ) -> str:
        """Return the id of a grant of `farm` to the account id `to_account`; `kind` is "read" or "write".

        Raises
        ------
        NotAllowedError
            When `viewer` neither owns the farm nor administers.
        """
        require(viewer, "grant.give", farm=farm)
        return self._give(viewer, to_account, kind, until, farm=farm)

    def grant_township(self, viewer: Viewer, township: str, to_account: str, until: datetime | None = None) -> str:
        """Return the id of a grant to see all plots of `township`; only who manages accounts gives it."""
        require(viewer, "account.manage")
        return self._give(viewer, to_account, "read", until, township=township)

    def withdraw(self, viewer: Viewer, grant_id: str) -> None:
        """Take a grant back at once; its giver's side, the receiver and the administrator may."""
        table = schema.grant
        with self.writing() as connection:
            found = connection.execute(select(table).where(table.c.id == grant_id)).first()
            if found is None:
                raise NotFoundError(f"no grant '{grant_id}'", zh=f"没有授权“{grant_id}”")
            if found.account != viewer.account:
                if found.farm is None:
                    require(viewer, "account.manage")
                else:
                    require(viewer, "grant.give", farm=found.farm)
            connection.execute(
                update(table).where(table.c.id == grant_id, table.c.withdrawn.is_(None)).values(withdrawn=self.clock())
            )
            self.record(viewer, "grant.withdraw", grant_id, {"farm": found.farm, "account": found.account})

    def grants(self, viewer: Viewer) -> list[Grant]:
        """Return the open grants that `viewer` gave or got, of his farms; all of them for who manages accounts."""
        table = schema.grant
        query = select(table).where(*self._open()).order_by(table.c.id)
        try:
            require(viewer, "account.manage")
        except NotAllowedError:
            query = query.where(or_(table.c.account == viewer.account, table.c.farm.in_(viewer.farms)))
        with self.reading() as connection:
            return [Grant(**row._mapping) for row in connection.execute(query)]

    def granted(self, account: str) -> tuple[tuple[str, str], ...]:
        """Return the open grants of an account id for its `Viewer`: ("farm", id), ("write", id), ("township", name)."""
        table = schema.grant
        with self.reading() as connection:
            found = connection.execute(select(table).where(table.c.account == account, *self._open())).fetchall()
        pairs = {("township", row.township) if row.farm is None else ("farm", row.farm) for row in found}
        return tuple(sorted(pairs | {("write", row.farm) for row in found if row.kind == "write" and row.farm}))

    def _open(self) -> tuple:
        table = schema.grant
        return table.c.withdrawn.is_(None), or_(table.c.until.is_(None), table.c.until > self.clock())

    def _give(
        self,
        viewer: Viewer,
        account: str,
        kind: str,
        until: datetime | None,
        farm: str | None = None,
        township: str | None = None,
    ) -> str:
        if kind not in KINDS:
            raise InputError(
                f"no grant '{kind}'; there are {', '.join(KINDS)}",
                zh=f"没有授权类型“{kind}”；可选：read（查看）、write（修改）",
            )
        identity = uuid7()
        with self.writing() as connection:
            for table, wanted, zh in ((schema.account, account, "账号"), (schema.farm, farm, "果园")):
                if wanted is not None and connection.scalar(select(table.c.id).where(table.c.id == wanted)) is None:
                    raise NotFoundError(f"no {table.name} '{wanted}'", zh=f"没有{zh}“{wanted}”")
            row = {"id": identity, "account": account, "farm": farm, "township": township, "kind": kind}
            given = {"given_by": viewer.account, "given": self.clock(), "until": until, "withdrawn": None}
            connection.execute(insert(schema.grant).values(**row, **given))
            self.record(viewer, "grant.give", farm or township or "", {"account": account, "kind": kind})
        return identity
