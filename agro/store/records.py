"""What dated records of plots have in common: told twice they stand once, nothing said is overwritten."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, NamedTuple, TypeVar

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from agro.errors import NotFoundError
from agro.farm import Count, Treatment, Viewer
from agro.store import rows, schema
from agro.store.disclosure import anonymised
from agro.store.ids import uuid7
from agro.store.places import known
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.settings import Settings

R = TypeVar("R", Treatment, Count)


class Told(NamedTuple, Generic[R]):
    """What new records are beside the stored ones."""

    new: list[R]
    same: int  # told already, or twice among the new
    conflicts: list[tuple[R, ...]]  # those that contradict each other, at least one of them new
    twins: list[R]  # the stored ones that were told again


@dataclass(frozen=True)
class Sort(Generic[R]):
    """One sort of records: its table, when two are one record, and which should say the same."""

    table: Table
    made: type[R]
    zh: str
    subject: Callable[[R], str]  # what the trail names
    key: Callable[[R], tuple]
    group: Callable[[R], tuple] | None = None
    says: Callable[[R], Any] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a record, which are columns of the table."""
        return tuple(field.name for field in fields(self.made))

    def row(self, one: R) -> dict[str, Any]:
        """Return the row of a record."""
        told = {name: getattr(one, name) for name in self.fields}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}

    def record(self, row: Any) -> R:
        """Return the record of a row."""
        told: dict[str, Any] = {name: row._mapping[name] for name in self.fields}
        lists: dict[str, Any] = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return self.made(**(told | lists))


class Records(Settings):
    """Records of any sort, in and out."""

    def _add(self, sort: Sort[R], given: Iterable[R], by: Viewer | None) -> Told[R]:
        made = [replace(one, id=one.id or uuid7()) for one in given]
        with self.writing() as connection:
            plots = sorted({one.plot for one in made})
            for part in rows.chunks(plots):  # keeps two imports for one plot apart where several may write
                plot = schema.plot
                connection.execute(select(plot.c.id).where(plot.c.id.in_(part)).order_by(plot.c.id).with_for_update())
            if unknown := sorted(set(plots) - known(connection, schema.plot, plots)):
                raise NotFoundError(f"no plot '{unknown[0]}'", zh=f"没有地块“{unknown[0]}”")
            told = weighed(sort, _stored(connection, sort, made), made)
            moment = self.clock()
            if told.new:
                new = [sort.row(replace(one, created=one.created or moment)) for one in told.new]
                connection.execute(insert(sort.table), new)
            _flag(connection, sort, [one.id for group in told.conflicts for one in group], True)
            counts = {"added": len(told.new), "same": told.same}
            if sort.group is not None:
                counts["conflicts"] = len(told.conflicts)
            named = ", ".join(sorted({sort.subject(one) for one in made}))
            subject = f"{len(made)} {sort.table.name}s of {len(plots)} plots: {named}"
            self.record(by, f"{sort.table.name}.add", subject, counts, farms=_farms(connection, plots))
        return told

    def _weigh(self, sort: Sort[R], given: Iterable[R]) -> Told[R]:
        made = [replace(one, id=one.id or uuid7()) for one in given]
        with self.reading() as connection:
            return weighed(sort, _stored(connection, sort, made), made)

    def _remove(self, sort: Sort[R], identity: str, by: Viewer | None) -> None:
        table = sort.table
        with self.writing() as connection:
            found = connection.execute(select(table).where(table.c.id == identity)).first()
            if found is None:
                raise _missing(sort, identity)
            gone = sort.record(found)
            connection.execute(delete(table).where(table.c.id == identity))
            if sort.group is not None:
                rest = [one for one in _stored(connection, sort, [gone]) if sort.group(one) == sort.group(gone)]
                if not _contradict(sort, rest):
                    _flag(connection, sort, [one.id for one in rest], False)
            counts = {"date": gone.date.isoformat(), "what": sort.subject(gone)}
            farms = _farms(connection, [gone.plot])
            self.record(by, f"{table.name}.remove", f"{identity} {gone.plot}", counts, farms=farms)

    def _one(self, sort: Sort[R], identity: str, scope: Scope) -> R:
        query = select(sort.table).join(schema.plot).where(sort.table.c.id == identity, within(scope))
        with self.reading() as connection:
            found = None if scope.anonymous else connection.execute(query).first()
        if found is None:
            raise _missing(sort, identity)
        return sort.record(found)

    def _many(
        self, sort: Sort[R], scope: Scope, plots: Iterable[str] | None, *conditions: ColumnElement[bool]
    ) -> pd.DataFrame:
        """Return the records within `scope` as rows, with the plot's name, farm and farm's name."""
        picked = None if plots is None else list(dict.fromkeys(plots))
        table, plot, farm = sort.table, schema.plot, schema.farm
        about = [plot.c.name, plot.c.farm, farm.c.name.label("farm_name")]
        query = select(*[table.c[name] for name in sort.fields], *about).select_from(table)
        query = query.join(plot, plot.c.id == table.c.plot).join(farm, farm.c.id == plot.c.farm)
        query = query.where(within(scope), *conditions)
        if picked is not None and not scope.anonymous and len(picked) <= MANY:
            query = query.where(table.c.plot.in_(picked))
        query = query.order_by(farm.c.name, plot.c.name, plot.c.id, table.c.date, table.c.id)
        with self.reading() as connection:
            result = connection.execute(query)
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        frame["date"] = pd.to_datetime(frame["date"])
        frame["created"] = pd.to_datetime(frame["created"], utc=True)
        if scope.anonymous:
            frame = anonymised(frame, self.salt()).assign(by="", note="", created=pd.NaT)
        return frame if picked is None else frame[frame["plot"].isin(picked)].reset_index(drop=True)


def weighed(sort: Sort[R], stored: Sequence[R], given: Sequence[R]) -> Told[R]:
    """Return what the given records are beside the stored ones."""
    before = {sort.key(one): one for one in stored}
    twins = [before[sort.key(one)] for one in given if sort.key(one) in before]
    new: dict[tuple, R] = {}
    for one in given:
        if sort.key(one) not in before:
            new.setdefault(sort.key(one), one)
    conflicts: list[tuple[R, ...]] = []
    if sort.group is not None:
        groups: dict[tuple, list[R]] = {}
        for one in list(stored) + list(new.values()):
            groups.setdefault(sort.group(one), []).append(one)
        touched = dict.fromkeys(sort.group(one) for one in new.values())
        conflicts = [tuple(groups[key]) for key in touched if _contradict(sort, groups[key])]
    return Told(list(new.values()), len(given) - len(new), conflicts, twins)


def between(table: Table, start: Any, end: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of a table's `date`, both ends included; None leaves an end open."""
    column = table.c.date
    asked = [(start, column.__ge__), (end, column.__le__)]
    return [condition(given) for given, condition in asked if given is not None]


def _contradict(sort: Sort[R], group: Sequence[R]) -> bool:
    return sort.says is not None and len({sort.says(one) for one in group}) > 1


def _flag(connection: Connection, sort: Sort[R], ids: Sequence[str], conflict: bool) -> None:
    for part in rows.chunks(ids):
        connection.execute(update(sort.table).where(sort.table.c.id.in_(part)).values(conflict=conflict))


def _stored(connection: Connection, sort: Sort[R], given: Sequence[R]) -> list[R]:
    """Return the stored records of the plots and days of the given ones."""
    if not given:
        return []
    table, days = sort.table, [one.date for one in given]
    query = select(table).where(*between(table, min(days), max(days))).order_by(table.c.id)
    parts = rows.chunks(sorted({one.plot for one in given}))
    return [sort.record(row) for part in parts for row in connection.execute(query.where(table.c.plot.in_(part)))]


def _farms(connection: Connection, plots: Sequence[str]) -> set[str]:
    table = schema.plot
    return {
        farm
        for part in rows.chunks(sorted(plots))
        for farm in connection.scalars(select(table.c.farm).where(table.c.id.in_(part)))
    }


def _missing(sort: Sort[R], identity: str) -> NotFoundError:
    return NotFoundError(f"no {sort.table.name} '{identity}'", zh=f"没有{sort.zh}“{identity}”")
