"""Sprays and other treatments of plots: what was done, and by which evidence."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from agro.farm import Treatment, Viewer
from agro.protection import evidence
from agro.protection.words import folded
from agro.store import schema
from agro.store.records import Records, Sort, Told, between
from agro.store.rights import Scope

TREATMENT_COLUMNS = (
    "id", "plot", "name", "farm", "farm_name", "date", "kind", "product", "groups", "targets", "dose", "equipment",
    "share", "evidence", "by", "source", "note", "synthetic", "again", "created",
)  # fmt: skip
"""What `treatments` tells; `again` marks a further witness of what another row tells: it is not to be counted twice."""


def _key(one: Treatment) -> tuple:
    listed = tuple(sorted(one.groups)), tuple(sorted(one.targets))
    return (*_deed(one), *listed, one.dose.strip(), one.equipment, one.by, one.evidence)


def _deed(one: Treatment) -> tuple:
    return one.plot, one.date, one.kind, folded(one.product), round(one.share, 6)


SORT = Sort(schema.treatment, Treatment, "防治记录", lambda one: one.kind, _key)


class Treatments(Records):
    """What was done for the trees' health."""

    def add_treatments(self, treatments: Iterable[Treatment], *, by: Viewer | None = None) -> Told[Treatment]:
        """Return what became of the treatments; the same one of the same account and evidence is one record.

        Raises
        ------
        NotFoundError
            For an unknown plot; nothing was changed.
        """
        return self._add(SORT, treatments, by)

    def weigh_treatments(self, treatments: Iterable[Treatment]) -> Told[Treatment]:
        """Return what would become of the treatments; nothing is stored."""
        return self._weigh(SORT, treatments)

    def remove_treatment(self, identity: str, *, by: Viewer | None = None) -> None:
        """Delete a treatment that was a mistake."""
        self._remove(SORT, identity, by)

    def treatment(self, identity: str, scope: Scope) -> Treatment:
        """Return one treatment by its id, of a plot within `scope`."""
        return self._one(SORT, identity, scope)

    def treatments(
        self,
        scope: Scope,
        plots: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> pd.DataFrame:
        """Return the treatments of plots within `scope`, by farm, plot and date.

        Parameters
        ----------
        scope : Scope
            What the viewer may see; `EVERYTHING` for the platform's own computing.
        plots : iterable of str, optional
            Ids of the plots, as `plots(scope)` tells them.
        start, end : date, optional
            From and to, both included.

        Returns
        -------
        DataFrame
            `TREATMENT_COLUMNS`; `date` is datetime64, `groups` and `targets` are tuples. No row is no proof that
            nothing was done.
        """
        frame = self._many(SORT, scope, plots, *between(SORT.table, start, end))
        for name in ("groups", "targets"):
            frame[name] = pd.Series([tuple(told) for told in frame[name]], index=frame.index, dtype=object)
        frame["share"] = frame["share"].astype("float64")
        frame["synthetic"] = frame["synthetic"].astype(bool)
        # the strongest evidence tells it, the others are witnesses
        rank = frame["evidence"].map({key: place for place, key in enumerate(evidence())})
        deed = frame.assign(product=frame["product"].map(folded), rank=rank).sort_values("rank", kind="stable")
        again = deed.duplicated(["plot", "date", "kind", "product", "share"])
        frame["again"] = again.reindex(frame.index).astype(bool)
        return frame[list(TREATMENT_COLUMNS)]
