"""Counts of pests and diseases, trap catches among them: what contradicts stands side by side, flagged."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from agro.farm import Count, Viewer
from agro.protection.words import folded
from agro.store import schema
from agro.store.records import Records, Sort, Told, between
from agro.store.rights import Scope

COUNT_COLUMNS = (
    "id", "plot", "name", "farm", "farm_name", "organism", "date", "method", "n", "infested", "total", "days",
    "treated", "stage", "share", "mean", "catch", "evidence", "by", "source", "note", "synthetic", "conflict",
    "created",
)  # fmt: skip
"""What `counts` tells; `share` infested of those looked at [1], `mean` individuals a unit, `catch` a trap and week."""
WEEK = 7.0  # days


def _key(one: Count) -> tuple:
    return (*_group(one), _says(one), one.by)


def _group(one: Count) -> tuple:
    which = folded(one.note) if one.method == "trap" else ""  # several traps of a plot are told apart by their notes
    return one.plot, one.organism, one.date, one.method, folded(one.stage), one.treated, which


def _says(one: Count) -> tuple:
    return one.n, one.infested, one.total, None if one.days is None else round(one.days, 6)


SORT = Sort(schema.count, Count, "调查记录", lambda one: one.organism, _key, _group, _says)


class Counts(Records):
    """What was counted."""

    def add_counts(self, counts: Iterable[Count], *, by: Viewer | None = None) -> Told[Count]:
        """Return what became of the counts.

        The same plot, organism, day, method, stage, strip, numbers and account is one count. Where the numbers differ
        all stay and are flagged; traps of a plot that have different notes are different traps.

        Raises
        ------
        NotFoundError
            For an unknown plot; nothing was changed.
        """
        return self._add(SORT, counts, by)

    def weigh_counts(self, counts: Iterable[Count]) -> Told[Count]:
        """Return what would become of the counts; nothing is stored."""
        return self._weigh(SORT, counts)

    def remove_count(self, identity: str, *, by: Viewer | None = None) -> None:
        """Delete a count that was a mistake; what then stands alone is no longer flagged."""
        self._remove(SORT, identity, by)

    def count(self, identity: str, scope: Scope) -> Count:
        """Return one count by its id, of a plot within `scope`."""
        return self._one(SORT, identity, scope)

    def counts(
        self,
        scope: Scope,
        plots: Iterable[str] | None = None,
        organism: str | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> pd.DataFrame:
        """Return the counts of plots within `scope`, by farm, plot and date.

        Parameters
        ----------
        scope : Scope
            What the viewer may see; `EVERYTHING` for the platform's own computing.
        plots : iterable of str, optional
            Ids of the plots, as `plots(scope)` tells them.
        organism : str, optional
            Only this one, by its key.
        start, end : date, optional
            From and to, both included.

        Returns
        -------
        DataFrame
            `COUNT_COLUMNS`; `date` is datetime64; `infested`, `total` are Int64 and `treated` is boolean, missing
            where not told; `share`, `mean`, `catch` are NaN where they cannot be reckoned.
        """
        conditions = between(SORT.table, start, end)
        if organism is not None:
            conditions.append(SORT.table.c.organism == organism)
        frame = self._many(SORT, scope, plots, *conditions)
        for name in ("n", "infested", "total"):
            frame[name] = frame[name].astype("Int64")
        frame["days"] = frame["days"].astype("float64")
        frame["treated"] = frame["treated"].astype("boolean")
        for name in ("synthetic", "conflict"):
            frame[name] = frame[name].astype(bool)
        n, total = frame["n"].astype("float64"), frame["total"].astype("Float64").astype("float64")
        frame["share"] = frame["infested"].astype("Float64").astype("float64") / n
        frame["mean"] = total / n
        frame["catch"] = (total / n / frame["days"] * WEEK).where(frame["method"] == "trap")
        return frame[list(COUNT_COLUMNS)]
