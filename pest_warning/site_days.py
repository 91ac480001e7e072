"""Days of sites in members: hourly weather of cells through the compiled hours, for all organisms at once."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from pest_warning import models, rates
from pest_warning.hourly import SUMMARY, Hours, through_hours
from pest_warning.models import Table
from pest_warning.organism import Organism

VAPOUR_HEIGHT = 3000.0
"""Height over which the vapour pressure falls to 1/e [m]; between a well-mixed 2,200 m and none, judgement."""
CANOPY_WIND = 0.6
"""Wind in a citrus canopy over that at 10 m; judgement."""


@dataclass(frozen=True)
class SiteDays:
    """What each day came to at each site in each member; NaN where an hour of the day is missing.

    Attributes
    ----------
    conducive : ndarray, shape (day, model, member, site)
        What dispersal and infection allowed, see `pest_warning.hourly`. [1]
    rates : ndarray, shape (day, rate, member, site)
        Means over the hours of the tables asked for.
    wet_hours, rain, tmean, tmax : ndarray, shape (day, member, site)
        [h], [mm], [degC], [degC]
    """

    conducive: np.ndarray
    rates: np.ndarray
    wet_hours: np.ndarray
    rain: np.ndarray
    tmean: np.ndarray
    tmax: np.ndarray

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(self.rain)

    def rain_of_ten(self, before: np.ndarray | None = None) -> np.ndarray:
        """Return the rain of the last ten days [mm]; `before` is that of earlier days, (day, 1 or member, site)."""
        earlier = np.zeros((9, *self.rain.shape[1:]), self.rain.dtype)
        if before is not None:
            some = np.broadcast_to(before[-9:], (len(before[-9:]), *self.rain.shape[1:]))
            earlier[9 - len(some) :] = some
        whole = np.concatenate([earlier, np.nan_to_num(self.rain)])
        total = np.cumsum(np.concatenate([np.zeros((1, *whole.shape[1:])), whole]), axis=0)
        return (total[10:] - total[:-10]).astype(np.float32)


@dataclass(frozen=True)
class Asked:
    """What the hours are asked for: infection models, and rates by name."""

    table: Table
    rate_names: tuple[str, ...]
    rate_tables: np.ndarray  # (rate, 751)
    blown: Organism | None = None  # the organism that rain and wind carry


def asked(organisms: list[Organism], draws: int = 0, wetness: str = "humidity") -> Asked:
    """Return what these organisms want to know of the hours."""
    infecting = [one for one in organisms if one.engine == "infection"]
    names, curves = [], []
    for one in organisms:
        if one.engine == "population":
            names.append(one.key)
            curves.append(rates.daily_heat(one) if one.model["family"] == "flush_feeder" else rates.on_grid(one))
    blown = [one for one in infecting if one.model["dispersal"] == "wind_rain"]
    return Asked(
        models.table(infecting, draws, wetness), tuple(names),
        np.array(curves, float).reshape(-1, len(rates.GRID)), blown[0] if blown else None,
    )  # fmt: skip


def site_days(
    hours: xr.Dataset, cell: np.ndarray, tmin: np.ndarray, tmax: np.ndarray, rise: np.ndarray, wants: Asked,
    parallel: bool = False, wet_at=90.0,
) -> SiteDays:  # fmt: skip
    """Return the days of sites.

    Parameters
    ----------
    hours : Dataset, dims (cell, [member,] day, hour)
        From `agro.weather.hour_shapes.shapes`.
    cell : ndarray of int, shape (site,)
        Row of `hours` that each site belongs to.
    tmin, tmax : ndarray, shape (day, member, site)
        At the sites, with their height, slope and cold air. [degC]
    rise : ndarray, shape (site,)
        Height of the site above that of the cell's weather. [m]
    wants : Asked
    parallel : bool
        On all cores; in the worker and the command line only.
    wet_at : float or ndarray, shape (site,)
        Humidity from which a leaf counts as wet. [%]

    Returns
    -------
    SiteDays
    """
    if "member" not in hours.dims:
        hours = hours.expand_dims(member=1, axis=1)
    days, members, sites = tmin.shape
    flat = {
        name: hours[name].transpose("day", "hour", "cell", "member").to_numpy().reshape(days * 24, -1)
        for name in ("warmth", "vapour", "rain", "wind", "gust")
    }
    wind = flat["wind"] * np.float32(CANOPY_WIND)
    made = Hours(
        flat["warmth"], flat["vapour"], flat["rain"], wind, models.driven(wants.blown, flat["gust"], CANOPY_WIND)
    )
    air = (np.asarray(cell)[None, :] * members + np.arange(members)[:, None]).reshape(-1)
    lift = np.broadcast_to(np.exp(-np.asarray(rise, float) / VAPOUR_HEIGHT), (members, sites)).reshape(-1)
    bound = np.broadcast_to(np.asarray(wet_at, float), (members, sites)).reshape(-1)
    found = through_hours(
        air, made, tmin.reshape(days, -1).astype(np.float32), tmax.reshape(days, -1).astype(np.float32),
        wants.table.rows, wants.table.responses, wants.rate_tables, lift, bound, parallel,
    )  # fmt: skip
    shape = (days, members, sites)
    summary = {name: found.summary[:, k].reshape(shape) for k, name in enumerate(SUMMARY)}
    return SiteDays(
        found.conducive.reshape(days, -1, members, sites), found.rates.reshape(days, -1, members, sites),
        summary["wet_hours"], summary["rain"], summary["tmean"], tmax.astype(np.float32),
    )  # fmt: skip
