"""How much stands weak in the county and in each township that may be told: all that officials see of it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from agro.farm import Viewer
from agro.store import rights
from app.services.platform import Platform


@dataclass(frozen=True)
class Sums:
    """Sums of at least five growers.

    Attributes
    ----------
    whole : dict or None
        growers, plots, weak_plots, area, weak_area [m2] of all plots; None where these are too few growers' to tell.
    table : DataFrame
        The same by township.
    hidden : int
        Townships that are not told.
    """

    whole: dict[str, Any] | None
    table: pd.DataFrame
    hidden: int


def of_region(viewer: Viewer, home: Platform) -> Sums:
    """Return the sums; single plots and farms stay their owners' business."""
    scope = rights.scope(viewer, "condition.sum")
    whole = home.store.condition_sums(scope, ())
    table = home.store.condition_sums(scope, ("township",))
    places = home.store.plots(rights.EVERYTHING)["township"]
    there = places.nunique() + int(places.isna().any())
    return Sums(whole.iloc[0].to_dict() if len(whole) else None, table, there - len(table))
