"""Observations of plots: nothing said is overwritten; what contradicts stands side by side, flagged."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from agro.errors import NotFoundError
from agro.farm import Observation, Viewer
from agro.observations import assumed_error, kinds
from agro.store import rows, schema
from agro.store.disclosure import anonymised
from agro.store.ids import uuid7
from agro.store.places import known
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.settings import Settings

FIELDS = tuple(field.name for field in fields(Observation))
OBSERVATION_COLUMNS = (
    "id", "plot", "name", "farm", "farm_name", "kind", "date", "value", "n", "spread", "sd", "evidence", "by", "source",
    "note", "synthetic", "conflict", "created",
)  # fmt: skip
"""What `observations` tells; `sd` is what the value (or the date, in days) may be off by."""


class Weighed(NamedTuple):
    """What new observations are beside the stored ones."""

    new: list[Observation]
    same: int  # told already, or twice among the new
    conflicts: list[tuple[Observation, ...]]  # those that contradict each other, at least one of them new
    twins: list[Observation]  # the stored ones that were told again


class Observations(Settings):
    """What people saw and measured."""

    def add_observations(self, observations: Iterable[Observation], *, by: Viewer | None = None) -> Weighed:
        """Return what became of the observations.

        The same plot, kind, date, value and account is one observation. Where values differ for a plot, kind and day
        (for a kind of a season, such as full bloom, the dates of one season) all stay and are flagged.

        Raises
        ------
        NotFoundError
            For an unknown plot; nothing was changed.
        """
        given = [replace(one, id=one.id or uuid7()) for one in observations]
        table = schema.observation
        with self.writing() as connection:
            plots = sorted({one.plot for one in given})
            for part in rows.chunks(plots):  # keeps two imports for one plot apart where several may write
                plot = schema.plot
                connection.execute(select(plot.c.id).where(plot.c.id.in_(part)).order_by(plot.c.id).with_for_update())
            if unknown := sorted(set(plots) - known(connection, schema.plot, plots)):
                raise NotFoundError(f"no plot '{unknown[0]}'", zh=f"没有地块“{unknown[0]}”")
            weighed = _weighed(_told(connection, given), given)
            if weighed.new:
                moment = self.clock()
                new = [_row(replace(one, created=one.created or moment, conflict=False)) for one in weighed.new]
                connection.execute(insert(table), new)
            flagged = [one.id for group in weighed.conflicts for one in group]
            for part in rows.chunks(flagged):
                connection.execute(update(table).where(table.c.id.in_(part)).values(conflict=True))
            counts = {"added": len(weighed.new), "same": weighed.same, "conflicts": len(weighed.conflicts)}
            self.record(by, "observation.add", _subject(given), counts, farms=_farms(connection, plots))
        return weighed

    def weigh_observations(self, observations: Iterable[Observation]) -> Weighed:
        """Return what would become of the observations; nothing is stored."""
        given = [replace(one, id=one.id or uuid7()) for one in observations]
        with self.reading() as connection:
            return _weighed(_told(connection, given), given)

    def remove_observation(self, identity: str, *, by: Viewer | None = None) -> None:
        """Delete an observation that was a mistake; what then stands alone is no longer flagged."""
        table = schema.observation
        with self.writing() as connection:
            found = connection.execute(select(table).where(table.c.id == identity)).first()
            if found is None:
                raise NotFoundError(f"no observation '{identity}'", zh=f"没有观测记录“{identity}”")
            gone = _observation(found)
            connection.execute(delete(table).where(table.c.id == identity))
            group = [one for one in _told(connection, [gone]) if _group(one) == _group(gone)]
            if not _contradict(group):
                ids = [one.id for one in group]
                connection.execute(update(table).where(table.c.id.in_(ids)).values(conflict=False))
            counts = {"kind": gone.kind, "date": gone.date.isoformat(), "value": gone.value}
            self.record(
                by, "observation.remove", f"{identity} {gone.plot}", counts, farms=_farms(connection, [gone.plot])
            )

    def observation(self, identity: str, scope: Scope) -> Observation:
        """Return one observation by its id, of a plot within `scope`."""
        table = schema.observation
        query = select(table).join(schema.plot).where(table.c.id == identity, within(scope))
        with self.reading() as connection:
            found = None if scope.anonymous else connection.execute(query).first()
        if found is None:
            raise NotFoundError(f"no observation '{identity}'", zh=f"没有观测记录“{identity}”")
        return _observation(found)

    def observations(
        self,
        scope: Scope,
        plots: Iterable[str] | None = None,
        kind: str | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> pd.DataFrame:
        """Return the observations of plots within `scope`, by farm, plot, kind and date.

        Parameters
        ----------
        scope : Scope
            What the viewer may see; `EVERYTHING` for the platform's own computing.
        plots : iterable of str, optional
            Ids of the plots, as `plots(scope)` tells them.
        kind : str, optional
            Only this one.
        start, end : date, optional
            From and to, both included.

        Returns
        -------
        DataFrame
            `OBSERVATION_COLUMNS`; `date` is datetime64; `value`, `spread`, `sd` are NaN where unknown; `n` is Int64.
        """
        picked = None if plots is None else list(dict.fromkeys(plots))
        table, plot, farm = schema.observation, schema.plot, schema.farm
        about = [plot.c.name, plot.c.farm, farm.c.name.label("farm_name")]
        query = select(*[table.c[name] for name in FIELDS], *about).select_from(table)
        query = query.join(plot, plot.c.id == table.c.plot).join(farm, farm.c.id == plot.c.farm).where(within(scope))
        query = query.where(*_where(kind, start, end))
        if picked is not None and not scope.anonymous and len(picked) <= MANY:
            query = query.where(table.c.plot.in_(picked))
        query = query.order_by(farm.c.name, plot.c.name, plot.c.id, table.c.kind, table.c.date, table.c.id)
        with self.reading() as connection:
            result = connection.execute(query)
            frame = _frame(pd.DataFrame(result.fetchall(), columns=list(result.keys())))
        if scope.anonymous:
            frame = anonymised(frame, self.salt()).assign(by="", note="", created=pd.NaT)
        return frame if picked is None else frame[frame["plot"].isin(picked)].reset_index(drop=True)


def _weighed(stored: Sequence[Observation], given: Sequence[Observation]) -> Weighed:
    before = {_key(one): one for one in stored}
    twins = [before[_key(one)] for one in given if _key(one) in before]
    new: dict[tuple, Observation] = {}
    for one in given:
        if _key(one) not in before:
            new.setdefault(_key(one), one)
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    for one in [*stored, *new.values()]:
        groups.setdefault(_group(one), []).append(one)
    touched = dict.fromkeys(_group(one) for one in new.values())
    conflicts = [tuple(groups[key]) for key in touched if _contradict(groups[key])]
    return Weighed(list(new.values()), len(given) - len(new), conflicts, twins)


def _key(one: Observation) -> tuple:
    return one.plot, one.kind, one.date, _number(one.value), one.by


def _group(one: Observation) -> tuple[str, str, str]:
    return one.plot, one.kind, kinds()[one.kind].group(one.date)


def _contradict(group: Sequence[Observation]) -> bool:
    """Return whether what should agree does not: the dates of a season, or the values of a day."""
    season = bool(group) and kinds()[group[0].kind].season is not None
    told = {one.date for one in group} if season else {_number(one.value) for one in group if one.value is not None}
    return len(told) > 1


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"  # what was converted from another unit is the same value


def _told(connection: Connection, given: Sequence[Observation]) -> list[Observation]:
    """Return the stored observations that the given ones may repeat or contradict."""
    if not given:
        return []
    table, days = schema.observation, [one.date for one in given]
    year = (date(min(days).year - 1, 1, 1), date(max(days).year + 1, 12, 31))  # a season may pass New Year
    query = select(table).where(table.c.kind.in_(sorted({one.kind for one in given})), table.c.date.between(*year))
    parts = rows.chunks(sorted({one.plot for one in given}))
    return [
        _observation(row)
        for part in parts
        for row in connection.execute(query.where(table.c.plot.in_(part)).order_by(table.c.id))
    ]


def _where(kind: str | None, start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    table = schema.observation
    column = table.c.date
    asked = [(kind, table.c.kind.__eq__), (start, column.__ge__), (end, column.__le__)]
    return [condition(given) for given, condition in asked if given is not None]


def _row(one: Observation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FIELDS}


def _observation(row: Any) -> Observation:
    return Observation(**{name: row._mapping[name] for name in FIELDS})


def _farms(connection: Connection, plots: Sequence[str]) -> set[str]:
    table = schema.plot
    return {
        farm
        for part in rows.chunks(sorted(plots))
        for farm in connection.scalars(select(table.c.farm).where(table.c.id.in_(part)))
    }


def _subject(given: Sequence[Observation]) -> str:
    told = ", ".join(sorted({one.kind for one in given}))
    return f"{len(given)} observations of {len({one.plot for one in given})} plots: {told}"


def _frame(frame: pd.DataFrame) -> pd.DataFrame:
    frame["date"] = pd.to_datetime(frame["date"])
    frame["created"] = pd.to_datetime(frame["created"], utc=True)
    for name in ("value", "spread"):
        frame[name] = frame[name].astype("float64")
    frame["n"] = frame["n"].astype("Int64")
    for name in ("synthetic", "conflict"):
        frame[name] = frame[name].astype(bool)
    told = zip(frame["kind"], frame["value"], frame["n"], frame["spread"], frame["evidence"], strict=True)
    frame["sd"] = pd.Series(
        [assumed_error(kind, value, None if n is pd.NA else n, spread, said) for kind, value, n, spread, said in told],
        index=frame.index,
        dtype="float64",
    )
    return frame[list(OBSERVATION_COLUMNS)]
