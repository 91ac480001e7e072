"""Suspected trees and what became of them: steps are only ever added, and who may not know of one finds nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, insert, or_, select, true

from agro.errors import NotFoundError
from agro.farm import Role, Sample, Step, Viewer
from agro.protection.samples import RELEASED, require_next, state_of, states
from agro.store import schema
from agro.store.ids import uuid7
from agro.store.plots import MANY, within
from agro.store.rights import Scope, require
from agro.store.settings import Settings

SAMPLE_COLUMNS = (
    "id", "plot", "name", "farm", "farm_name", "township", "organism", "tree", "date", "longitude", "latitude", "state",
    "since", "steps", "embargo", "released", "seedlings", "by", "note", "synthetic", "created",
)  # fmt: skip
"""What `samples` tells; `since` is the day of the state, `released` that on which the embargo was lifted."""
FIELDS = ("id", "organism", "date", "longitude", "latitude", "embargo", "tree", "by", "note", "synthetic", "created")
SAME = ("tree", "longitude", "latitude", "by")  # with plot, organism and date: two that agree in these are one
CONFIDANTS = (Role.AGRONOMIST, Role.STATION, Role.ADMIN)
"""Who may know of samples under embargo besides who submitted them; stands here, as no table of rights may widen it."""


class Samples(Settings):
    """Samples under embargo and after it."""

    def add_sample(self, sample: Sample, *, by: Viewer | None = None) -> Sample:
        """Return the stored sample: the given one, or the same that was told before by the same account.

        Its `steps` may tell a history that begins with the suspicion; without them it begins today.

        Raises
        ------
        NotFoundError
            For an unknown plot.
        InputError
            For steps in an order that cannot be.
        NotAllowedError
            For a laboratory's answer or a release by who may not tell it.
        """
        steps = sample.steps or (Step("suspected", sample.date, sample.by, sample.note),)
        for place, step in enumerate(steps):
            require_next(steps[:place], step, sample.seedlings)
            if by is not None:
                _require(by, step)
        sample = replace(sample, id=sample.id or uuid7(), created=sample.created or self.clock())
        plot, table = schema.plot, schema.sample
        with self.writing() as connection:
            farm = connection.scalar(select(plot.c.farm).where(plot.c.id == sample.plot).with_for_update())
            if farm is None:
                raise NotFoundError(f"no plot '{sample.plot}'", zh=f"没有地块“{sample.plot}”")
            asked = (table.c.plot == sample.plot, table.c.organism == sample.organism, table.c.date == sample.date)
            for twin in connection.execute(select(table).where(*asked).order_by(table.c.id)):
                if all(getattr(twin, name) == getattr(sample, name) for name in SAME):
                    return _sample(twin, _steps(connection, [twin.id])[twin.id])
            row = {name: getattr(sample, name) for name in FIELDS} | {"plot": sample.plot}
            connection.execute(insert(table).values(row))
            for place, step in enumerate(steps):
                self._insert(connection, sample.id, place, step, sample.seedlings)
            self.record(by, "sample.add", f"{sample.id} {sample.plot}", {"organism": sample.organism}, farms=[farm])
            found = connection.execute(select(table).where(table.c.id == sample.id)).one()
            return _sample(found, _steps(connection, [sample.id])[sample.id])

    def add_step(self, identity: str, step: Step, scope: Scope, viewer: Viewer, *, seedlings: str = "") -> Sample:
        """Return the sample after one more step; a release lifts the embargo.

        Raises
        ------
        NotAllowedError
            For a laboratory's answer or a release by who may not tell it, whether or not there is such a sample.
        NotFoundError
            When the viewer may not know of such a sample, or there is none.
        InputError
            When the step is not next.
        """
        _require(viewer, step)
        step = replace(step, by=step.by or viewer.account)
        table = schema.sample
        with self.writing() as connection:
            connection.execute(select(table.c.id).where(table.c.id == identity).with_for_update())
            before = self.sample(identity, scope, viewer)
            require_next(before.steps, step, seedlings)
            self._insert(connection, identity, len(before.steps), step, seedlings)
            farm = connection.scalar(select(schema.plot.c.farm).where(schema.plot.c.id == before.plot))
            counts = {"state": step.state, "date": step.date.isoformat()}
            self.record(viewer, "sample.step", f"{identity} {before.plot}", counts, farms=[farm] if farm else [])
            found = connection.execute(select(table).where(table.c.id == identity)).one()
            return _sample(found, _steps(connection, [identity])[identity])

    def sample(self, identity: str, scope: Scope, viewer: Viewer) -> Sample:
        """Return one sample that `viewer` may know of.

        Raises
        ------
        NotFoundError
            When there is none; it reads alike for one that he may not know of.
        """
        with self.reading() as connection:
            query = _query([schema.sample], scope, _known_to(viewer), schema.sample.c.id == identity)
            found = connection.execute(query).first()
            if found is None:
                raise NotFoundError(f"no sample '{identity}'", zh=f"没有样品“{identity}”")
            return _sample(found, _steps(connection, [identity])[identity])

    def samples(
        self,
        scope: Scope,
        viewer: Viewer | None,
        plots: Iterable[str] | None = None,
        organism: str | None = None,
        *,
        for_neighbours: bool = False,
    ) -> pd.DataFrame:
        """Return the samples of plots within `scope` that `viewer` may know of, by farm, plot and date.

        Parameters
        ----------
        scope : Scope
            What the viewer may see; `EVERYTHING` for the platform's own computing.
        viewer : Viewer or None
            Who asks; None, the platform itself, learns of nothing under embargo.
        plots : iterable of str, optional
            Ids of the plots.
        organism : str, optional
            Only this one, by its key.
        for_neighbours : bool
            For what others will see or feel: nothing under embargo, whoever asks.

        Returns
        -------
        DataFrame
            `SAMPLE_COLUMNS`; dates are datetime64, `steps` tuples of `Step`; plot and farm of a removed plot are "".
        """
        picked = None if plots is None else list(dict.fromkeys(plots))
        table, plot, farm = schema.sample, schema.plot, schema.farm
        conditions = [_open() if for_neighbours else _known_to(viewer)]
        if organism is not None:
            conditions.append(table.c.organism == organism)
        if picked is not None and len(picked) <= MANY:
            conditions.append(table.c.plot.in_(picked))
        about = [table, plot.c.name, plot.c.farm, plot.c.township, farm.c.name.label("farm_name")]
        query = _query(about, scope, *conditions).order_by(farm.c.name, plot.c.name, table.c.date, table.c.id)
        with self.reading() as connection:
            found = connection.execute(query).fetchall()
            steps = _steps(connection, [row.id for row in found])
        told = [_told(row, steps[row.id]) for row in found if picked is None or row.plot in picked]
        return _frame(pd.DataFrame(told, columns=list(SAMPLE_COLUMNS)))

    def _insert(self, connection: Connection, sample: str, place: int, step: Step, seedlings: str) -> None:
        row = {"id": uuid7(), "sample": sample, "place": place, "created": self.clock()} | vars(step)
        row["seedlings"] = seedlings.strip() if step.state == "replanted" else ""
        connection.execute(insert(schema.sample_step).values(row))


def _require(viewer: Viewer, step: Step) -> None:
    """Return when `viewer` may tell a step of this kind at all."""
    if step.state == RELEASED:
        require(viewer, "sample.release")
    elif step.state in states() and states()[step.state].laboratory:
        require(viewer, "sample.confirm")


def _open() -> ColumnElement[bool]:
    """Return the condition that no embargo lies on a sample."""
    step, sample = schema.sample_step, schema.sample
    lifted = exists(select(step.c.id).where(and_(step.c.sample == sample.c.id, step.c.state == RELEASED)))
    return or_(sample.c.embargo.is_(False), lifted)


def _known_to(viewer: Viewer | None) -> ColumnElement[bool]:
    if viewer is None:
        return _open()
    return true() if viewer.role in CONFIDANTS else or_(_open(), schema.sample.c.by == viewer.account)


def _query(columns: Sequence[Any], scope: Scope, *conditions: ColumnElement[bool]) -> Select[Any]:
    table, plot, farm = schema.sample, schema.plot, schema.farm
    joined = table.outerjoin(plot, plot.c.id == table.c.plot).outerjoin(farm, farm.c.id == plot.c.farm)
    reached = false() if scope.anonymous else within(scope)  # a tree has a place: nobody learns of it without a name
    return select(*columns).select_from(joined).where(reached, *conditions)


def _steps(connection: Connection, samples: Sequence[str]) -> dict[str, list[Any]]:
    table = schema.sample_step
    found: dict[str, list[Any]] = {identity: [] for identity in samples}
    for at in range(0, len(samples), MANY):
        query = select(table).where(table.c.sample.in_(samples[at : at + MANY])).order_by(table.c.place)
        for row in connection.execute(query):
            found[row.sample].append(row)
    return found


def _sample(row: Any, steps: Sequence[Any]) -> Sample:
    told = tuple(Step(step.state, step.date, step.by, step.note) for step in steps)
    given: Mapping[str, Any] = {name: row._mapping[name] for name in FIELDS}
    return Sample(
        **{
            **given,
            "plot": row.plot or "",
            "state": state_of(told),
            "steps": told,
            "embargo": row.embargo and RELEASED not in {step.state for step in told},
            "seedlings": next((step.seedlings for step in reversed(steps) if step.seedlings), ""),
        }
    )


def _told(row: Any, steps: Sequence[Any]) -> tuple[Any, ...]:
    sample = _sample(row, steps)
    days: dict[str, date] = {step.state: step.date for step in sample.steps}
    more = {
        "name": row.name or "",
        "farm": row.farm or "",
        "farm_name": row.farm_name or "",
        "township": row.township or "",
        "since": days[sample.state],
        "released": days.get(RELEASED),
    }
    return tuple(more[name] if name in more else getattr(sample, name) for name in SAMPLE_COLUMNS)


def _frame(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("date", "since", "released"):
        frame[name] = pd.to_datetime(frame[name])
    frame["created"] = pd.to_datetime(frame["created"], utc=True)
    for name in ("longitude", "latitude"):
        frame[name] = frame[name].astype("float64")
    for name in ("embargo", "synthetic"):
        frame[name] = frame[name].astype(bool)
    return frame
