"""Walks through the flagged places, and what people found there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, or_, select

from agro.errors import InputError, NotFoundError
from agro.farm import Viewer
from agro.store import schema
from agro.store.ids import uuid7
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.settings import Settings

WHATS = ("area", "tree", "gap", "plot")
FOUND = ("nothing", "weak", "dry", "nutrient", "pest", "disease", "shade", "gap", "replanted", "pruned", "other")
"""What somebody found at a place; "nothing" makes the alarm a false one."""
LONGEST = 2_000  # letters of a note


@dataclass(frozen=True)
class Walk:
    """A walking order of one day; `stops` are plain values, the first one first."""

    farm: str | None
    date: date
    by: str | None
    metres: float
    minutes: float
    stops: tuple[Mapping[str, Any], ...]
    geometry: BaseGeometry | None = None
    synthetic: bool = False
    id: str = ""
    created: datetime | None = None


@dataclass(frozen=True)
class Visit:
    """What somebody found at one place: the area, tree, gap or plot `target`."""

    plot: str
    what: str
    target: str
    date: date
    found: str
    note: str = ""
    walk: str | None = None
    by: str | None = None
    synthetic: bool = False
    id: str = ""
    created: datetime | None = None


class Walks(Settings):
    """Walks belong to who made them; visits belong to the plot."""

    def add_walk(self, walk: Walk, *, by: Viewer | None = None) -> Walk:
        """Return the walk as it was stored."""
        walk = replace(walk, id=walk.id or uuid7(), created=walk.created or self.clock())
        row = {field.name: getattr(walk, field.name) for field in fields(walk)}
        row["stops"] = [dict(stop) for stop in walk.stops]
        row["geometry"] = None if walk.geometry is None else shapely.to_wkb(walk.geometry)
        with self.writing() as connection:
            connection.execute(insert(schema.walk).values(row))
            told = {"stops": len(walk.stops), "metres": round(walk.metres)}
            self.record(by, "walk.add", f"{walk.id} {walk.date}", told, farms=[walk.farm] if walk.farm else [])
        return walk

    def walk(self, identity: str, scope: Scope, account: str) -> Walk:
        """Return a walk that `account` made, or of a farm within `scope`.

        Raises
        ------
        NotFoundError
            When there is none; it reads alike for one that may not be seen.
        """
        table = schema.walk
        with self.reading() as connection:
            found = connection.execute(select(table).where(table.c.id == identity, _seen(scope, account))).first()
        if found is None:
            raise NotFoundError(f"no walk '{identity}'", zh=f"没有巡园路线“{identity}”")
        return _walk(found)

    def walks(self, scope: Scope, account: str, start: date | None = None, n: int = 50) -> list[Walk]:
        """Return the newest `n` walks that `account` made or that are of farms within `scope`."""
        table = schema.walk
        query = select(table).where(_seen(scope, account)).order_by(table.c.created.desc(), table.c.id.desc()).limit(n)
        query = query if start is None else query.where(table.c.date >= start)
        with self.reading() as connection:
            return [_walk(row) for row in connection.execute(query)]

    def add_visit(self, visit: Visit, *, by: Viewer | None = None) -> Visit:
        """Return the visit as it was stored; visits are only ever added, the newest of a place counts.

        Raises
        ------
        InputError
            For an unknown kind of place or finding, or a note that is too long.
        NotFoundError
            For an unknown plot.
        """
        if visit.what not in WHATS or visit.found not in FOUND:
            raise InputError(
                f"a visit is to {', '.join(WHATS)} and finds {', '.join(FOUND)}; got {visit.what}, {visit.found}",
                zh=f"不认识的巡查对象或结果：{visit.what}、{visit.found}",
            )
        if len(visit.note) > LONGEST:
            raise InputError(f"a note has at most {LONGEST} letters", zh=f"备注最多 {LONGEST} 个字符")
        visit = replace(visit, id=visit.id or uuid7(), created=visit.created or self.clock(), note=visit.note.strip())
        with self.writing() as connection:
            farm = connection.scalar(select(schema.plot.c.farm).where(schema.plot.c.id == visit.plot))
            if farm is None:
                raise NotFoundError(f"no plot '{visit.plot}'", zh=f"没有地块“{visit.plot}”")
            connection.execute(insert(schema.visit).values(vars(visit)))
            told = {"what": visit.what, "target": visit.target, "found": visit.found}
            self.record(by, "visit.add", f"{visit.id} {visit.plot}", told, farms=[farm])
        return visit

    def visits(
        self,
        scope: Scope,
        plots: Iterable[str] | None = None,
        what: str | None = None,
        targets: Iterable[str] | None = None,
        start: date | None = None,
    ) -> pd.DataFrame:
        """Return the visits to plots within `scope`, the newest first; names of accounts are told to nobody here."""
        table, plot, farm = schema.visit, schema.plot, schema.farm
        names = [field.name for field in fields(Visit)]
        query = select(*[table.c[name] for name in names], plot.c.name, farm.c.name.label("farm_name"))
        query = query.join(plot, plot.c.id == table.c.plot).join(farm, farm.c.id == plot.c.farm).where(within(scope))
        query = query.order_by(table.c.date.desc(), table.c.id.desc())
        if what is not None:
            query = query.where(table.c.what == what)
        if start is not None:
            query = query.where(table.c.date >= start)
        picked = None if plots is None else list(dict.fromkeys(plots))
        if picked is not None and len(picked) <= MANY:
            query = query.where(table.c.plot.in_(picked))
        with self.reading() as connection:
            result = connection.execute(query)
            found: list[Any] = [] if scope.anonymous else list(result.fetchall())
            frame = pd.DataFrame(found, columns=list(result.keys()))
        frame["date"] = pd.to_datetime(frame["date"])
        frame["created"] = pd.to_datetime(frame["created"], utc=True)
        if picked is not None:
            frame = frame[frame["plot"].isin(picked)]
        if targets is not None:
            frame = frame[frame["target"].isin(list(targets))]
        return frame.reset_index(drop=True)


def _seen(scope: Scope, account: str) -> Any:
    table = schema.walk
    if scope.anonymous or scope.sums_only:
        return table.c.by == account
    if scope.everything:
        return or_(table.c.farm.is_not(None), table.c.by == account)
    return or_(table.c.farm.in_(sorted(scope.farms)), table.c.by == account)


def _walk(row: Any) -> Walk:
    told = dict(row._mapping)
    told["stops"] = tuple(told["stops"])
    told["geometry"] = None if told["geometry"] is None else shapely.from_wkb(told["geometry"])
    return Walk(**told)
