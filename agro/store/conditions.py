"""Areas of weak growth: found, followed, closed; none is ever deleted but with its plot."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import delete, select

from agro import units
from agro.errors import NotFoundError
from agro.farm import Viewer
from agro.store import rows, schema
from agro.store.disclosure import anonymised, disclosed
from agro.store.ids import uuid7
from agro.store.places import geometry_columns, lookup
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.settings import Settings

AREA_COLUMNS = (
    "id", "plot", "kind", "rule", "state", "found", "since", "last_seen", "sent", "sent_severity", "held", "closed",
    "n_obs", "index", "drop", "loss", "z", "area_m2", "area_error_mu", "share_of_plot", "severity", "explained_by",
    "hints", "false_alarms", "synthetic",
)  # fmt: skip
"""What is kept of an area besides its geometry; days as `date`."""
DAYS = ("found", "since", "last_seen", "sent", "closed")
NUMBERS = ("drop", "loss", "z", "area_m2", "area_error_mu", "share_of_plot", "false_alarms")
WHOLE = ("n_obs", "severity", "sent_severity")
LISTS = ("explained_by", "hints")
OPEN, CLOSED = "open", "closed"


class Conditions(Settings):
    """Areas of `remote_sensing.condition`, with the plot they lie in."""

    def save_areas(self, areas: gpd.GeoDataFrame, *, forget: Sequence[str] = (), by: Viewer | None = None) -> list[str]:
        """Return the ids of `areas` after they were added or, where they have a known id, changed.

        Parameters
        ----------
        areas : GeoDataFrame
            `AREA_COLUMNS` (an empty `id` is made up), geometry in any CRS.
        forget : sequence of str
            Ids of areas that an earlier run of the same day had found and this one has not.
        """
        table, made = schema.condition_area, []
        places = geometry_columns(list(areas.to_crs(4326).geometry)) if len(areas) else []
        for row, place in zip(areas.drop(columns=areas.geometry.name).to_dict("records"), places, strict=True):
            made.append({name: _plain(name, row.get(name)) for name in AREA_COLUMNS} | place)
        for one in made:
            one["id"] = one["id"] or uuid7()
        with self.writing() as connection:
            stored = lookup(connection, table, [one["id"] for one in made])
            saved = rows.save(connection, table, made, stored)
            for part in rows.chunks(list(forget)):
                connection.execute(delete(table).where(table.c.id.in_(part)))
            told = {**saved._asdict(), "forgotten": len(forget)}
            self.record(by, "condition.save", f"{len(made)} areas", told)
        return [one["id"] for one in made]

    def areas(
        self,
        scope: Scope,
        *,
        state: str | None = None,
        plots: Iterable[str] | None = None,
        kinds: Iterable[str] | None = None,
        since: date | None = None,
    ) -> gpd.GeoDataFrame:
        """Return the areas of plots within `scope`, the most severe and the largest first.

        Parameters
        ----------
        state : str, optional
            "open" or "closed".
        since : date, optional
            Only those seen on or after this day.

        Returns
        -------
        GeoDataFrame
            `AREA_COLUMNS`, area_mu; name, farm, farm_name, township and plot_area [m2] of the plot; geometry in
            EPSG:4326; days are datetime64.
        """
        table, plot, farm = schema.condition_area, schema.plot, schema.farm
        about = [
            plot.c.name, plot.c.farm, farm.c.name.label("farm_name"), plot.c.township, plot.c.area.label("plot_area"),
        ]  # fmt: skip
        query = select(*[table.c[name] for name in AREA_COLUMNS], table.c.geometry, *about)
        query = query.join(plot, plot.c.id == table.c.plot).join(farm, farm.c.id == plot.c.farm).where(within(scope))
        query = query.order_by(table.c.severity.desc(), table.c.area_m2.desc(), table.c.id)
        picked = None if plots is None else list(dict.fromkeys(plots))
        if state is not None:
            query = query.where(table.c.state == state)
        if kinds is not None:
            query = query.where(table.c.kind.in_(sorted(set(kinds))))
        if since is not None:
            query = query.where(table.c.last_seen >= since)
        if picked is not None and len(picked) <= MANY and not scope.anonymous:
            query = query.where(table.c.plot.in_(picked))
        with self.reading() as connection:
            result = connection.execute(query)
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        if picked is not None:
            frame = frame[frame["plot"].isin(picked)].reset_index(drop=True)
        return self._areas(frame, scope)

    def area(self, identity: str, scope: Scope) -> pd.Series:
        """Return one area of a plot within `scope`, as a row of `areas`.

        Raises
        ------
        NotFoundError
            When there is none; it reads alike for one that may not be seen.
        """
        with self.reading() as connection:
            plot = connection.scalar(select(schema.condition_area.c.plot).where(schema.condition_area.c.id == identity))
        found = self.areas(scope, plots=[plot]) if plot is not None and not scope.anonymous else None
        found = None if found is None else found[found["id"] == identity]
        if found is None or found.empty:
            raise NotFoundError(f"no area '{identity}'", zh=f"没有长势异常区“{identity}”")
        return found.iloc[0]

    def condition_sums(self, scope: Scope, by: Sequence[str] = ("township",)) -> pd.DataFrame:
        """Return how much stands weak in each group that may be told: plots, weak plots, their area [m2].

        Parameters
        ----------
        scope : Scope
            Of sums, or one that sees plots.
        by : sequence of str
            Columns of `plot`; none for one row of all.
        """
        plot, farm, table = schema.plot, schema.farm, schema.condition_area
        columns = [plot.c[name] for name in by]
        query = select(*columns, plot.c.id, plot.c.area, farm.c.id.label("farm"), farm.c.owner).join(farm)
        weak = select(table.c.plot, table.c.area_m2).where(table.c.state == OPEN)
        with self.reading() as connection:
            result = connection.execute(query)
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
            found = connection.execute(weak)
            areas = pd.DataFrame(found.fetchall(), columns=["plot", "weak_area"])
        frame["grower"] = frame["owner"].where(frame["owner"].notna(), frame["farm"])
        largest = areas.groupby("plot")["weak_area"].max()
        frame["weak_area"] = frame["id"].map(largest).fillna(0.0).clip(upper=frame["area"])
        frame["weak"] = frame["weak_area"] > 0
        keys = list(by) or ["whole"]
        frame = frame if by else frame.assign(whole="")
        if scope.sums_only or not scope.everything:
            frame = disclosed(frame, keys, "grower", "area")
        groups = frame.groupby(keys, dropna=False)
        return groups.agg(
            growers=("grower", "nunique"), plots=("area", "size"), weak_plots=("weak", "sum"), area=("area", "sum"),
            weak_area=("weak_area", "sum"),
        ).reset_index()  # fmt: skip

    def _areas(self, frame: pd.DataFrame, scope: Scope) -> gpd.GeoDataFrame:
        geometry = shapely.from_wkb(np.array(frame.pop("geometry"), dtype=object))
        for name in DAYS:
            frame[name] = pd.to_datetime(frame[name])
        for name in NUMBERS:
            frame[name] = frame[name].astype("float64")
        for name in WHOLE:
            frame[name] = frame[name].astype("int64")
        frame["synthetic"] = frame["synthetic"].astype(bool)
        frame["area_mu"] = units.mu(frame["area_m2"])
        found = gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")
        return anonymised(found, self.salt()) if scope.anonymous else found


def _plain(name: str, value: Any) -> Any:
    """Return a cell as the database takes it."""
    if name in LISTS:
        return list(value) if isinstance(value, (list, tuple)) else []
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return {"id": "", "held": "", "sent_severity": 0, "synthetic": False}.get(name)
    if name in DAYS:
        return pd.Timestamp(value).date()
    if name in NUMBERS:
        return float(value)
    if name in WHOLE:
        return int(value)
    return bool(value) if name == "synthetic" else str(value)
