"""The coming hours at a plot's own trees: air, wind, wetness, sun and open flowers, member by member."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd

from agro import parameters
from agro.errors import MissingDataError
from agro.terrain.sun_hours import equation_of_time
from agro.weather.hour_shapes import solar_noon
from agro.weather.hourly import day_length
from agro.weather.humidity import relative_humidity
from agro.weather.wetness import wetness, wind_at_crop
from app.services import growth_run, platform, preparation
from app.services.pests import air as hours_of
from app.services.platform import Platform
from growth_model import engine, weather, works
from pest_warning.advice import bees
from pest_warning.advice.spray_hours import SprayWeather
from pest_warning.site_days import VAPOUR_HEIGHT

FILE = Path(__file__).with_name("advice.toml")
MEMBERS = 20
HEIGHT = 2.0  # m, for which the bounds of wind are told
OPEN = 51  # BBCH from which flowers are on their way, whatever hangs beside them


class Told(NamedTuple):
    """How many days ahead something is said by the hour, and counted by members; which share makes a reason."""

    told: Annotated[int, "d"]
    shares: Annotated[int, "d"]
    worth_saying: Annotated[float, "1"]


@dataclass(frozen=True)
class SiteHours:
    """The coming days at the trees of one plot.

    Attributes
    ----------
    issued : date
        The last observed day; the hours begin with the next one.
    sky : SprayWeather or None
        Of the days that are forecast, at most `Told.told`; shape (member, hour). None without a forecast.
    days : int
        How many those are.
    warmth : float
        Mean temperature of the coming ten days. [degC]
    stage : float
        BBCH on the day of issue, as most members have it; NaN where unknown.
    bloom : bool
        Whether a fifth of the members or more are in bloom on one of the days.
    """

    issued: date
    zone: str
    sky: SprayWeather | None
    days: int
    members: int
    warmth: float
    stage: float
    bloom: bool


def told() -> Told:
    """Return how far ahead something is said."""
    return parameters.load(FILE, "hours", Told)


def at_sites(home: Platform, ids: Sequence[str], on: date | None = None) -> dict[str, SiteHours]:
    """Return {plot id: coming hours} as of the run of `on` (the newest by default), kept until the next run.

    Plots outside the elevation model are left out. Rights are the caller's business.

    Raises
    ------
    MissingDataError
        Before the first run.
    """
    newest = home.store.latest_run(on)
    if newest is None:
        raise MissingDataError("no outlook has been computed yet", zh="还没有算过预报")
    kept = _kept(str(home.home), platform.stamp(home), newest.date)
    with kept.busy:  # two visitors who ask at once wait for one computation
        wanted = [plot for plot in ids if plot not in kept.sites and plot not in kept.outside]
        if wanted:
            found = preparation.prepare(home, newest.date, MEMBERS, wanted)
            kept.sites.update(_computed(home, found))
            kept.outside.update(set(wanted) - set(kept.sites))
    return {plot: kept.sites[plot] for plot in ids if plot in kept.sites}


class _Kept:
    def __init__(self) -> None:
        self.sites: dict[str, SiteHours] = {}
        self.outside: set[str] = set()
        self.busy = threading.Lock()


@lru_cache(maxsize=4)
def _kept(home: str, stamp: str, issued: date) -> _Kept:
    return _Kept()


def _computed(home: Platform, found: preparation.Inputs) -> Iterator[tuple[str, SiteHours]]:
    """Give the coming hours of each plot of `found`."""
    ahead = told().told
    own = found.plots_themselves
    tmin, tmax, stage = _trees(found, own, ahead)
    air = hours_of.of_cells(home, found, found.on, ahead).future
    zone, points = home.store.region().timezone, found.plots.geometry.representative_point()
    lead = int((found.ensemble.future["origin"].isel(time=slice(0, ahead)) == "forecast").sum())
    rise = own["elevation"].to_numpy(float) - air.days["elevation"].to_numpy()[own["cell"]]
    for k, plot in enumerate(found.plots["id"]):
        sky = None
        if lead:
            cell = air.hours.isel(cell=int(own["cell"].iloc[k]), day=slice(0, lead)).transpose("member", "day", "hour")
            lift = float(np.exp(-rise[k] / VAPOUR_HEIGHT))
            sky = _sky(cell, tmin[k, :, :lead], tmax[k, :, :lead], lift, found.on, zone, points.iloc[k])
        flowers = bees.BLOOM[0] <= stage[k]
        flowers &= stage[k] <= bees.BLOOM[1]
        yield str(plot), SiteHours(
            found.on, zone, sky, lead, len(tmin[k]), float(np.nanmean((tmin[k] + tmax[k]) / 2)),
            _middle(stage[k][:, 0]), bool((flowers.mean(axis=0) >= 0.2).any()),
        )  # fmt: skip


def _middle(stage: np.ndarray) -> float:
    known = np.sort(stage[np.isfinite(stage)])
    return float(known[len(known) // 2]) if len(known) else float("nan")


def _trees(found: preparation.Inputs, own: pd.DataFrame, ahead: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tmin, tmax [degC] and the stage (BBCH) of the days ahead, each of shape (plot, member, day).

    One core only: pages must not start the parallel kernels (DECISIONS 19).
    """
    observed = weather.rows(found.observed)
    future = weather.rows(
        found.future.drop_vars(("origin", "analogue"), errors="ignore").isel(time=slice(0, ahead + 1))
    )
    past = np.broadcast_to(observed, (len(observed), future.shape[1], *observed.shape[2:]))
    series = np.concatenate([past, future], axis=2)
    start = found.observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    kinds = list(zip(own["cultivar"], own["fitted"], strict=True))
    rows = {kind: found.crop_rows.of(*kind) for kind in set(kinds)}
    first = observed.shape[2]
    run = engine.run(
        series, growth_run.place_rows(own.assign(alone=True), found.observed["elevation"].to_numpy()),
        np.stack([rows[kind] for kind in kinds]), start, found.latitude, cell=own["cell"].to_numpy(),
        works=works.ordinary(start, series.shape[2])[None], horizons=found.horizons[-len(own) :],
        window=(first, first + ahead), days=first + ahead, shown=("tmin", "tmax"),
    )  # fmt: skip
    return run["tmin"], run["tmax"], stage(run["bbch_bud"], run["bbch_fruit"])


def stage(bud, fruit):
    """Return the BBCH that decides on sprays: flowers before the fruit that hangs beside them, then fruit, then buds.

    Parameters
    ----------
    bud, fruit : array_like
        Codes of buds and fruit; below 0 or NaN where there is no fruit.
    """
    bud, fruit = np.asarray(bud, float), np.asarray(fruit, float)
    flowers = (bud >= OPEN) & (bud < 65)  # from full bloom on the fruit's scale goes on
    return np.where(flowers | ~(fruit >= 0), bud, fruit)


def _sky(cell, tmin, tmax, lift: float, issued: date, zone: str, point) -> SprayWeather:
    """Return the hours of one plot, arrays of shape (member, hour)."""
    values = {name: cell[name].to_numpy().astype(float) for name in ("warmth", "vapour", "rain", "wind", "gust")}
    members, days, _ = values["rain"].shape
    temperature = tmin[..., None] + values["warmth"] * (tmax - tmin)[..., None]
    flat = {name: value.reshape(members, -1) for name, value in values.items()}
    temperature = temperature.reshape(members, -1)
    rh = np.asarray(relative_humidity(temperature, flat["vapour"] * lift))
    first = pd.Timestamp(issued + timedelta(1), tz=zone)
    offset = first.utcoffset().total_seconds() / 3600.0
    since, until = _sun(issued, days, point, offset)
    start = first.tz_convert("UTC").tz_localize(None).to_datetime64().astype("M8[ns]")
    return SprayWeather(
        time=start + np.arange(24 * days) * np.timedelta64(1, "h"),
        temperature=temperature, rh=rh,
        wind=wind_at_crop(flat["wind"], HEIGHT), gust=wind_at_crop(flat["gust"], HEIGHT),
        rain=flat["rain"], since_sunrise=since, until_sunset=until,
        wet_leaf=np.asarray(wetness({"rain": flat["rain"], "rh": rh})),
    )  # fmt: skip


def _sun(issued: date, days: int, point, offset: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the time since sunrise and until sunset in the middle of each hour [h], over level ground."""
    doy = np.array([(issued + timedelta(k + 1)).timetuple().tm_yday for k in range(days)])
    noon = solar_noon(point.x, offset) - equation_of_time(doy) / 60.0
    half = np.asarray(day_length(point.y, doy)) / 2.0
    clock = np.arange(24) + 0.5
    return ((clock - (noon - half)[:, None]).ravel(), ((noon + half)[:, None] - clock).ravel())
