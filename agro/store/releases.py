"""The release gate: an outlook for others is a draft until an agronomist signs and the station issues it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from agro.errors import ConflictError, InputError
from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit
from agro.store.ids import uuid7
from agro.store.rights import require

NEXT = {
    None: ("draft", "signed"),
    "draft": ("draft", "signed"),
    "signed": ("draft", "issued"),
    "issued": ("withdrawn",),
    "withdrawn": ("draft",),
}
ACTIONS = {"draft": "outlook.sign", "signed": "outlook.sign", "issued": "outlook.issue", "withdrawn": "outlook.issue"}
ZH = {"draft": "草稿", "signed": "已签字", "issued": "已发布", "withdrawn": "已撤回"}


@dataclass(frozen=True)
class Release:
    """How far the bulletin of a run's day stands; only "issued" may be shown as one."""

    id: str
    date: date  # of the run
    scope: str  # what it speaks of: "" the whole region, a township
    state: str
    number: str
    by: str | None
    at: datetime


class Releases(Audit):
    """States of bulletins, which are only ever added; the newest one of a day and scope counts."""

    def set_release(self, date: date, state: str, *, by: Viewer, scope: str = "", number: str = "") -> Release:
        """Return the new state of the bulletin of a run's day.

        Raises
        ------
        NotAllowedError
            When `by` may not: an agronomist signs, only the station issues and withdraws.
        InputError
            For an unknown state, one that is not next, or issuing without a number.
        ConflictError
            When the number was given to another bulletin.
        """
        if state not in ACTIONS:
            raise InputError(
                f"no state '{state}'; there are {', '.join(ACTIONS)}",
                zh=f"没有状态“{state}”；可选：{'、'.join(ZH.values())}",
            )
        require(by, ACTIONS[state])
        number, table = number.strip(), schema.release
        with self.writing() as connection:
            before = self.release_of(date, scope)
            may = NEXT[before.state if before else None]
            if state not in may:
                here, here_zh = (before.state, ZH[before.state]) if before else ("new", "尚未起草")
                raise InputError(
                    f"the bulletin of {date} is {here}; next is {' or '.join(may)}, not {state}",
                    zh=f"{date} 的预报{here_zh}；下一步应为{'或'.join(ZH[one] for one in may)}，不能是{ZH[state]}",
                )
            if state == "issued" and not number:
                raise InputError("a bulletin is issued with a number", zh="发布预报须有编号")
            other = select(table.c.date, table.c.scope).where(table.c.number == number, table.c.state == "issued")
            for row in connection.execute(other) if state == "issued" else ():
                if (row.date, row.scope) != (date, scope):
                    raise ConflictError(
                        f"the number '{number}' was given to the bulletin of {row.date}",
                        zh=f"编号“{number}”已用于 {row.date} 的预报",
                    )
            if state == "withdrawn" and before and not number:
                number = before.number
            made = Release(uuid7(), date, scope, state, number, by.account, self.clock())
            connection.execute(insert(table).values(vars(made)))
            told = {"state": state, "number": number}
            self.record(by, f"release.{state}", f"{date} {scope}".strip(), told)
        return made

    def release_of(self, date: date, scope: str = "") -> Release | None:
        """Return how far the bulletin of a run's day stands; None: nobody looked at it yet, so it is a draft."""
        table = schema.release
        query = select(table).where(table.c.date == date, table.c.scope == scope)
        with self.reading() as connection:
            found = connection.execute(query.order_by(table.c.at.desc(), table.c.id.desc())).first()
        return None if found is None else Release(**found._mapping)

    def releases(self, start: date | None = None, end: date | None = None) -> list[Release]:
        """Return every state that bulletins were given, of run days from `start` to `end`, the oldest first."""
        table = schema.release
        query = select(table).order_by(table.c.at, table.c.id)
        if start is not None:
            query = query.where(table.c.date >= start)
        if end is not None:
            query = query.where(table.c.date <= end)
        with self.reading() as connection:
            return [Release(**row._mapping) for row in connection.execute(query)]
