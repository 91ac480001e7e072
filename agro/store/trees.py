"""Trees: each has its number in its plot for life, whatever flight saw it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, update

from agro.errors import NotFoundError
from agro.farm import Viewer
from agro.store import schema
from agro.store.ids import uuid7
from agro.store.plots import MANY, within
from agro.store.rights import Scope
from agro.store.settings import Settings

TREE_COLUMNS = ("id", "plot", "number", "longitude", "latitude", "first_seen", "last_seen", "lost")


class Trees(Settings):
    """Who stands where; what each flight measured of them are the parts `trees` and `gaps` of its scene."""

    def save_trees(
        self, plot: str, trees: pd.DataFrame, on: date, *, unseen: Iterable[int] = (), by: Viewer | None = None
    ) -> dict[str, int]:
        """Return how many trees of a plot are new, were seen again or are lost since a flight.

        Parameters
        ----------
        trees : DataFrame
            All trees that the flight saw there: number, longitude, latitude. A known number is that tree; known ones
            that are not among them are lost, until one flight sees them again.
        on : date
            Day of the flight.
        unseen : iterable of int
            Numbers of trees whose place the flight did not show: they are not lost.
        """
        table, told, hidden = schema.tree, {"new": 0, "seen": 0, "lost": 0}, set(unseen)
        with self.writing() as connection:
            known = connection.scalar(select(schema.plot.c.farm).where(schema.plot.c.id == plot).with_for_update())
            if known is None:
                raise NotFoundError(f"no plot '{plot}'", zh=f"没有地块“{plot}”")
            stored = {row.number: row for row in connection.execute(select(table).where(table.c.plot == plot))}
            seen = trees.drop_duplicates("number").set_index("number")
            added = []
            for number, row in seen.iterrows():
                place = {"longitude": float(row["longitude"]), "latitude": float(row["latitude"])}
                before = stored.get(int(str(number)))
                if before is None:
                    told["new"] += 1
                    days = {"first_seen": on, "last_seen": on, "lost": None}
                    added.append({"id": uuid7(), "plot": plot, "number": int(str(number)), **place, **days})
                    continue
                told["seen"] += 1
                if on >= before.last_seen:
                    values = place | {"last_seen": on, "lost": None}
                    connection.execute(update(table).where(table.c.id == before.id).values(values))
            for number, before in stored.items():
                gone = number not in seen.index and number not in hidden
                if gone and before.lost is None and before.last_seen < on:
                    told["lost"] += 1
                    connection.execute(update(table).where(table.c.id == before.id).values(lost=on))
            if added:
                connection.execute(insert(table), added)
            self.record(by, "tree.save", f"{plot} {on}", told, farms=[known])
        return told

    def trees(self, scope: Scope, plots: Iterable[str] | None = None, *, lost: bool = False) -> pd.DataFrame:
        """Return the trees of plots within `scope` by plot and number, those that are lost only when asked for.

        Anonymous viewers see none: a place of a tree is a place of its owner.
        """
        table, plot, farm = schema.tree, schema.plot, schema.farm
        picked = None if plots is None else list(dict.fromkeys(plots))
        query = select(*[table.c[name] for name in TREE_COLUMNS], plot.c.name, farm.c.name.label("farm_name"))
        query = query.join(plot, plot.c.id == table.c.plot).join(farm, farm.c.id == plot.c.farm).where(within(scope))
        if not lost:
            query = query.where(table.c.lost.is_(None))
        if picked is not None and len(picked) <= MANY:
            query = query.where(table.c.plot.in_(picked))
        with self.reading() as connection:
            result = connection.execute(query.order_by(farm.c.name, plot.c.name, plot.c.id, table.c.number))
            found: list[Any] = [] if scope.anonymous else list(result.fetchall())
            frame = pd.DataFrame(found, columns=list(result.keys()))
        for name in ("first_seen", "last_seen", "lost"):
            frame[name] = pd.to_datetime(frame[name])
        return frame if picked is None else frame[frame["plot"].isin(picked)].reset_index(drop=True)
