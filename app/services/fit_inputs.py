"""What a fit of plots reads: each one's observed weather, place and practice, from one look at the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from app.services import growth_run
from app.services.platform import Platform
from app.services.preparation import prepare
from growth_model import weather, works
from growth_model.calibration.season import Setting

FEW = 2  # members of the weather to come, which a fit to the past does not read


@dataclass(frozen=True)
class County:
    """The plots of one day and what stands around them.

    Attributes
    ----------
    plots : GeoDataFrame
        As the store tells them.
    own : DataFrame
        Their places, in the same order.
    observed : ndarray, shape (cell, 1, day, field)
    """

    on: date
    first_day: np.datetime64
    latitude: float
    plots: gpd.GeoDataFrame
    own: pd.DataFrame
    observed: np.ndarray
    places: np.ndarray
    horizons: np.ndarray

    @property
    def cultivars(self) -> list[str]:
        """The cultivar group of each plot, assumed where nobody told."""
        return list(self.own["cultivar"])

    def setting(self, row: int) -> Setting:
        """Return the trees' surroundings at the plot in one row, up to the day of issue."""
        cell = int(self.own["cell"].iloc[row])
        days = self.observed.shape[2]
        return Setting(
            self.observed[cell : cell + 1],
            self.places[row : row + 1],
            self.horizons[row : row + 1],
            works.ordinary(self.first_day, days),
            self.first_day,
            self.latitude,
        )


def county(home: Platform, on: date | None = None, ids: Sequence[str] | None = None) -> County:
    """Return all plots, or those of `ids`, as they stood on one day, by default the last observed one."""
    found = prepare(home, on, FEW, ids)
    own = found.plots_themselves.assign(alone=True)
    return County(
        found.on,
        found.observed["time"].to_index()[0].to_numpy().astype("M8[D]"),
        found.latitude,
        found.plots,
        own,
        weather.rows(found.observed),
        growth_run.place_rows(own, found.observed["elevation"].to_numpy()),
        found.horizons[-len(own) :],
    )
