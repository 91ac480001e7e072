"""Plots in and out: thousands in one statement, scoped by what the viewer may see."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, delete, false, or_, select, true, update

from agro.errors import ConflictError, InputError, NotFoundError
from agro.farm import Plot, Viewer
from agro.store import rows, schema
from agro.store.disclosure import anonymised, disclosed
from agro.store.ids import uuid7
from agro.store.places import Places, geometry_columns, known, lookup
from agro.store.rights import EVERYTHING, Scope, require_rows
from agro.store.rows import Saved
from agro.store.settings import Settings

FIELDS = tuple(field.name for field in fields(Plot))
NUMBERS = (
    "area",
    "soil_depth",
    "elevation",
    "slope",
    "aspect",
    "sky_view",
    "height_above_valley",
    "row_spacing",
    "tree_spacing",
)
MANY = 900  # ids that are picked by the database; above, all rows are read and picked here
NEAR = 20_000  # names that are compared for "did you mean"


class Plots(Places, Settings):
    """The management units."""

    def save_plots(self, plots: Iterable[Plot], *, by: Viewer | None = None) -> Saved:
        """Return how many plots were added and changed.

        A plot of a stored id, or of a stored name in its farm, is that plot and keeps its id; an empty id is made up.

        Raises
        ------
        InputError, NotFoundError, ConflictError
            For a plot without name or area, of an unknown farm, or twice; nothing was changed.
        """
        plots = list(plots)
        with self.writing() as connection:
            farms = {plot.farm for plot in plots}
            if unknown := sorted(farms - known(connection, schema.farm, farms)):
                raise NotFoundError(
                    f"no farm '{unknown[0]}'; save farms before their plots", zh=f"没有果园“{unknown[0]}”；请先保存果园"
                )
            stored = lookup(connection, schema.plot, [plot.id for plot in plots if plot.id])
            stored |= _named(connection, farms, {(plot.farm, plot.name) for plot in plots})
            names = {(row["farm"], row["name"]): row["id"] for row in stored.values()}
            found: dict[str, dict[str, Any]] = {}
            taken: set[tuple[str, str]] = set()
            for plot, place in zip(plots, geometry_columns([plot.geometry for plot in plots]), strict=True):
                twin = names.get((plot.farm, plot.name))
                identity = plot.id if plot.id in stored else twin or plot.id or uuid7()
                if identity in found or (plot.farm, plot.name) in taken or (twin is not None and twin != identity):
                    raise _twice(plot)
                taken.add((plot.farm, plot.name))
                found[identity] = _row(plot) | place | {"id": identity}
            saved = rows.save(connection, schema.plot, list(found.values()), stored)
            self.record(by, "plot.save", f"{len(plots)} plots", saved._asdict(), farms=farms)
        return saved

    def plots(
        self, scope: Scope, bbox: tuple[float, float, float, float] | None = None, ids: Iterable[str] | None = None
    ) -> gpd.GeoDataFrame:
        """Return the plots within `scope`, by farm and name.

        Parameters
        ----------
        scope : Scope
            What the viewer may see; `EVERYTHING` for the platform's own computing.
        bbox : tuple of float, optional
            West, south, east, north; plots whose own box touches it. [degrees]
        ids : iterable of str, optional
            Only these.

        Returns
        -------
        GeoDataFrame
            The fields of `Plot` and `farm_name`, geometry in EPSG:4326.
        """
        picked = None if ids is None else list(dict.fromkeys(ids))
        table = schema.plot
        query = select(table, schema.farm.c.name.label("farm_name")).join(schema.farm).where(within(scope))
        query = query.order_by(schema.farm.c.name, table.c.name, table.c.id)
        if bbox is not None:
            west, south, east, north = map(float, bbox)
            query = query.where(table.c.x0 <= east, table.c.x1 >= west, table.c.y0 <= north, table.c.y1 >= south)
        if picked is not None and len(picked) <= MANY:
            query = query.where(table.c.id.in_(picked))
        with self.reading() as connection:
            result = connection.execute(query)
            frame = _frame(result.fetchall(), list(result.keys()))
        if picked is not None and len(picked) > MANY:
            frame = frame[frame["id"].isin(picked)].reset_index(drop=True)
        return anonymised(frame, self.salt()) if scope.anonymous else frame

    def plot(self, id_or_name: str, scope: Scope) -> Plot:
        """Return one plot by id, name or "farm/name".

        Raises
        ------
        NotFoundError
            When there is none within `scope`; the message lists names that come near.
        InputError
            When several farms have a plot of that name.
        """
        table = schema.plot
        if scope.anonymous:
            raise NotFoundError("plots have no names here", zh="此处地块不显示名称")
        query = select(table, schema.farm.c.name.label("farm_name")).join(schema.farm).where(within(scope))
        named = schema.farm.c.name + "/" + table.c.name == id_or_name
        with self.reading() as connection:
            found = connection.execute(
                query.where(or_(table.c.id == id_or_name, table.c.name == id_or_name, named))
            ).fetchall()
            exact = [row for row in found if row.id == id_or_name] or found
            if not exact:
                raise self._unknown(connection, id_or_name, scope)
        if len(exact) > 1:
            names = ", ".join(f"{row.farm_name}/{row.name}" for row in exact[:5])
            raise InputError(
                f"several plots are named '{id_or_name}': {names}", zh=f"有多个地块名为“{id_or_name}”：{names}"
            )
        return _plot(exact[0]._mapping)

    def change_plot(self, identity: str, *, by: Viewer | None = None, **attributes: Any) -> Plot:
        """Return the plot after its `attributes` were changed; what is now given is no longer assumed."""
        if unknown := sorted(set(attributes) - set(FIELDS[1:])):
            raise ValueError(f"a plot's {', '.join(unknown)} cannot be changed; there are {', '.join(FIELDS[1:])}")
        with self.writing() as connection:
            stored = connection.execute(select(schema.plot).where(schema.plot.c.id == identity)).first()
            if stored is None:
                raise self._unknown(connection, identity, EVERYTHING)
            before = _plot(stored._mapping)
            still = tuple(name for name in before.assumed if name not in attributes)
            plot = replace(before, **({"assumed": still} | attributes))
            row = _row(plot) | geometry_columns([plot.geometry])[0]
            if any(other != identity for other in _named(connection, [plot.farm], {(plot.farm, plot.name)})):
                raise _twice(plot)
            if not known(connection, schema.farm, [plot.farm]):
                raise NotFoundError(f"no farm '{plot.farm}'", zh=f"没有果园“{plot.farm}”")
            connection.execute(update(schema.plot).where(schema.plot.c.id == identity).values(row))
            changed = {name: _told(attributes[name]) for name in sorted(attributes)}
            self.record(by, "plot.change", f"{identity} {plot.name}", changed, farms=[before.farm, plot.farm])
        return plot

    def remove_plot(self, identity: str, *, by: Viewer | None = None) -> None:
        """Delete a plot and what was said of it."""
        with self.writing() as connection:
            stored = connection.execute(select(schema.plot).where(schema.plot.c.id == identity)).first()
            if stored is None:
                raise self._unknown(connection, identity, EVERYTHING)
            connection.execute(delete(schema.plot).where(schema.plot.c.id == identity))
            self.record(by, "plot.remove", f"{identity} {stored.name}", {"removed": 1}, farms=[stored.farm])

    def plot_sums(self, scope: Scope, by: Sequence[str] = ("township",)) -> pd.DataFrame:
        """Return growers, plots and area [m2] of the groups that may be told, one row a group.

        `by` names columns of `plots`. Growers are counted by owner where the farm has one, else by farm.
        """
        table, farm = schema.plot, schema.farm
        grower = [*map(table.c.__getitem__, by), table.c.area, farm.c.id.label("farm"), farm.c.owner]
        inner = within(replace(scope, sums_only=False))
        with self.reading() as connection:
            result = connection.execute(select(*grower).join(farm).where(inner))
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        frame["grower"] = frame["owner"].where(frame["owner"].notna(), frame["farm"])
        if scope.sums_only:
            frame = disclosed(frame, list(by), "grower", "area")
        groups = frame.groupby(list(by), dropna=False)
        return groups.agg(growers=("grower", "nunique"), plots=("area", "size"), area=("area", "sum")).reset_index()

    def _unknown(self, connection: Any, name: str, scope: Scope) -> NotFoundError:
        query = select(schema.plot.c.name).join(schema.farm).where(within(scope)).limit(NEAR)
        names = list(dict.fromkeys(connection.scalars(query)))
        near = difflib.get_close_matches(name, names, n=5, cutoff=0.4)
        stored = ", ".join(near or names[:5]) or "-"
        word, wort = ("near names", "相近名称") if near else ("stored", "已有")
        return NotFoundError(f"no plot '{name}'; {word}: {stored}", zh=f"没有地块“{name}”；{wort}：{stored}")


def within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on `plot` that keeps a query inside `scope`; an empty scope keeps nothing.

    Raises
    ------
    NotAllowedError
        For a scope of sums only: its rows are nobody's to see.
    """
    require_rows(scope)
    if scope.everything:
        return true()
    if not scope.farms and not scope.townships:
        return false()
    return or_(schema.plot.c.farm.in_(sorted(scope.farms)), schema.plot.c.township.in_(sorted(scope.townships)))


def _named(connection: Any, farms: Iterable[str], wanted: set[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    table = schema.plot
    found: dict[str, dict[str, Any]] = {}
    for part in rows.chunks(sorted(farms)):
        keys = connection.execute(select(table.c.id, table.c.farm, table.c.name).where(table.c.farm.in_(part)))
        found |= lookup(connection, table, [row.id for row in keys if (row.farm, row.name) in wanted])
    return found


def _row(plot: Plot) -> dict[str, Any]:
    if not plot.name.strip() or not (plot.area > 0 and np.isfinite(plot.area)):
        raise InputError(
            f"a plot needs a name and an area above 0 m2; got '{plot.name}' with {plot.area:g}",
            zh=f"地块需要名称和大于 0 的面积；现为“{plot.name}”、{plot.area:g} 平方米",
        )
    row = {name: getattr(plot, name) for name in FIELDS if name not in ("geometry", "spacing", "assumed")}
    row["row_spacing"], row["tree_spacing"] = plot.spacing or (None, None)
    row["assumed"] = ",".join(plot.assumed)
    for name in NUMBERS:
        row[name] = None if row[name] is None or not np.isfinite(row[name]) else float(row[name])
    row["planted"] = None if plot.planted is None else int(plot.planted)
    return row


def _plot(row: Any) -> Plot:
    given = {name: row[name] for name in FIELDS if name not in ("geometry", "spacing", "assumed")}
    spacing = (
        None if row["row_spacing"] is None or row["tree_spacing"] is None else (row["row_spacing"], row["tree_spacing"])
    )
    assumed = tuple(name for name in row["assumed"].split(",") if name)
    return Plot(**given, geometry=shapely.from_wkb(row["geometry"]), spacing=spacing, assumed=assumed)


def _frame(found: Sequence[Any], names: list[str]) -> gpd.GeoDataFrame:
    columns = dict(zip(names, zip(*found, strict=True), strict=True)) if found else dict.fromkeys(names, ())
    data: dict[str, Any] = {}
    for name in (*FIELDS, "farm_name"):
        if name == "spacing":
            pairs = zip(columns["row_spacing"], columns["tree_spacing"], strict=True)
            data[name] = pd.Series([None if None in pair else pair for pair in pairs], dtype=object)
        elif name == "assumed":
            split = {text: tuple(part for part in text.split(",") if part) for text in set(columns["assumed"])}
            data[name] = pd.Series([split[text] for text in columns["assumed"]], dtype=object)
        elif name == "planted":
            data[name] = pd.array(columns[name], dtype="Int64")
        elif name in NUMBERS:
            data[name] = np.array(columns[name], dtype="float64")
        elif name == "synthetic":
            data[name] = np.array(columns[name], dtype=bool)
        elif name != "geometry":
            data[name] = pd.Series(columns[name], dtype="str")
    geometry = shapely.from_wkb(np.array(columns["geometry"], dtype=object))
    frame = gpd.GeoDataFrame(data, geometry=geometry, crs="EPSG:4326")
    return frame[[*FIELDS, "farm_name"]]


def _twice(plot: Plot) -> ConflictError:
    return ConflictError(
        f"plot '{plot.name}' of farm '{plot.farm}' is there twice; a name is unique in its farm",
        zh=f"果园“{plot.farm}”中地块“{plot.name}”重复；同一果园内地块名称不能重复",
    )


def _told(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)[:200]
