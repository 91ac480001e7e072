"""One plot's seasons computed anew: every daily value of every member, as it is and as it would be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from agro.farm import ASSUMED_DEFAULTS, Plot, Viewer
from agro.store import rights
from app.services import growth_run, platform, preparation
from app.services.platform import Platform
from growth_model import engine, weather, works
from growth_model.orchard import FIELDS as PLACE
from growth_model.season_dataset import labels
from growth_model.stages import EVENTS

MEMBERS = 50


@dataclass(frozen=True)
class PlotInputs:
    """All that a rerun of one plot reads: days from `first_day` on, of which the first `observed` were observed."""

    issued: date
    first_day: np.datetime64
    observed: int
    weather: np.ndarray  # (1, member, day, field)
    place: np.ndarray  # (1, field)
    horizon: np.ndarray  # (1, 32), degrees
    latitude: float
    cultivar: str
    practice: np.ndarray  # (day, field), what people do as far as it is known, else as usual
    rows: np.ndarray  # (member, parameter), fitted to readings where there are some


@dataclass(frozen=True)
class PlotSeason:
    """What the model says of one plot, day by day.

    Attributes
    ----------
    daily : Dataset (member, time)
        By the names of `growth_model.engine.SHOWN`, with bbch_bud and bbch_fruit, and units as attributes.
    dates : DataArray (member, season, event)
        Moments of the stages, NaT where not reached; season is the year of bloom.
    issued : date
        Days up to it were observed.
    """

    plot: Plot
    issued: date
    daily: xr.Dataset
    dates: xr.DataArray


def rerun(
    viewer: Viewer,
    home: Platform,
    plot_id: str,
    on: date | None = None,
    *,
    deeds: Sequence[tuple[date, dict[str, float]]] = (),
    bloom_seen: date | None = None,
    rows: np.ndarray | None = None,
    members: int = MEMBERS,
    since: date | None = None,
    until: date | None = None,
    shown: tuple[str, ...] = engine.DAILY,
) -> PlotSeason:
    """Return one plot's seasons, computed anew on one core.

    Parameters
    ----------
    plot_id : str
        Id or name.
    on : date, optional
        The day of issue, by default that of the newest run.
    deeds : sequence of (date, {field: amount})
        What people do besides what is known; fields of `growth_model.place.Work`.
    bloom_seen : date, optional
        A day of full bloom that somebody saw; it restarts the clock.
    rows : ndarray, shape (member, parameter), optional
        Crop parameters, by default those fitted to readings, else the cultivar group's prior.
    members : int
        Of weather and parameters.
    since, until : date, optional
        Days to return, both included; by default from 1 November before the last bloom to the end of the ensemble.
    shown : tuple of str
        Daily values to return.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    """
    found = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    known = inputs(home, found.id, on, members)
    return computed(found, known, deeds, bloom_seen, rows, since, until, shown)


def stages_so_far(
    viewer: Viewer, home: Platform, plot_id: str, on: date | None = None, members: int = MEMBERS
) -> xr.DataArray:
    """Return the stages of one plot that are over, as `PlotSeason.dates`: what is ahead is NaT, no weather is drawn.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    """
    found = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    known = preparation.past(home, _issued(home, on), members, [found.id])
    return computed(found, _of(known, weather.rows(known.observed), found.id), shown=()).dates


def computed(
    plot: Plot,
    known: PlotInputs,
    deeds: Sequence[tuple[date, dict[str, float]]] = (),
    bloom_seen: date | None = None,
    rows: np.ndarray | None = None,
    since: date | None = None,
    until: date | None = None,
    shown: tuple[str, ...] = engine.DAILY,
    practice: np.ndarray | None = None,
    start: engine.State | None = None,
) -> PlotSeason:
    """Return the seasons of a plot whose inputs are known already; see `rerun`.

    `practice`, shape (member, day, field), is what people do in each case, in place of what is known and `deeds`;
    `start` is the end of an earlier run, with which `known` goes on (see `from_day`).
    """
    days = known.weather.shape[2]
    if rows is None:
        rows = known.rows
    place = known.place.copy()
    if bloom_seen is not None:
        place[:, PLACE.index("orchard.bloom_seen")] = (np.datetime64(bloom_seen) - known.first_day).astype(int)
    first = 0 if since is None else int((np.datetime64(since) - known.first_day).astype(int))
    last = days - 1 if until is None else int((np.datetime64(until) - known.first_day).astype(int))
    window = max(first, 0), min(last + 1, days)
    done = works.with_deeds(known.practice, known.first_day, deeds)[None] if practice is None else practice
    run = engine.run(
        known.weather, place, rows[None], known.first_day, known.latitude, works=done, horizons=known.horizon,
        plan=np.arange(len(done))[None], window=window, shown=shown, start=start,
    )  # fmt: skip
    return PlotSeason(plot, known.issued, _daily(run, shown), _dates(run))


def from_day(known: PlotInputs, rows: np.ndarray, day: date) -> tuple[PlotInputs, engine.State | None]:
    """Return the inputs from `day` on and the trees on the evening before, for runs that share their past."""
    gone = int((np.datetime64(day) - known.first_day).astype(int))
    if gone <= 0:
        return known, None
    past = engine.run(
        known.weather[:, :, : gone + 1], known.place, rows[None], known.first_day, known.latitude, days=gone,
        works=known.practice[None, : gone + 1], horizons=known.horizon, window=(0, 0), shown=(),
    )  # fmt: skip
    left = replace(
        known, first_day=known.first_day + gone, observed=max(known.observed - gone, 0),
        weather=known.weather[:, :, gone:], practice=known.practice[gone:],
    )  # fmt: skip
    return left, past.end


def inputs(home: Platform, plot_id: str, on: date | None = None, members: int = MEMBERS) -> PlotInputs:
    """Return what a rerun of one plot reads; kept while nothing in the platform changes."""
    return _inputs(_Home(home), platform.stamp(home), plot_id, _issued(home, on), members)


def _issued(home: Platform, on: date | None) -> date | None:
    newest = home.store.latest_run(on)
    return on if newest is None else newest.date


class _Home:
    """A platform as a key: two are the same when their folders are."""

    def __init__(self, home: Platform):
        self.home = home

    def __hash__(self) -> int:
        return hash(self.home.home)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Home) and self.home.home == other.home.home


@lru_cache(maxsize=8)
def _inputs(key: _Home, stamp: str, plot_id: str, on: date | None, members: int) -> PlotInputs:
    found = preparation.prepare(key.home, on, members, [plot_id])
    observed, future = weather.rows(found.observed), weather.rows(found.future.drop_vars("origin", errors="ignore"))
    past = np.broadcast_to(observed, (len(observed), members, *observed.shape[2:]))
    return _of(found, np.concatenate([past, future], axis=2), plot_id)


def _of(found: preparation.Past, rows: np.ndarray, plot_id: str) -> PlotInputs:
    """Return the inputs of one plot from rows of weather, shape (cell, member, day, field)."""
    own = found.plots_themselves.assign(alone=True)
    first_day = found.observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    series = rows[own["cell"].to_numpy()]
    cultivar = found.plots["cultivar"].fillna(ASSUMED_DEFAULTS["cultivar"]).iloc[0]
    return PlotInputs(
        issued=found.on,
        first_day=first_day,
        observed=found.observed.sizes["time"],
        weather=np.ascontiguousarray(series),
        place=growth_run.place_rows(own, found.observed["elevation"].to_numpy()),
        horizon=found.horizons[-1:],
        latitude=found.latitude,
        cultivar=cultivar,
        practice=works.ordinary(first_day, series.shape[2]),
        rows=found.crop_rows.of(cultivar, plot_id),
    )


def _daily(run: engine.Season, shown: tuple[str, ...]) -> xr.Dataset:
    time = pd.date_range(run.window_start, periods=run.daily.shape[2])
    names = (*shown, "bbch_bud", "bbch_fruit")
    about = labels()
    values = {name: (("member", "time"), run[name][0], about.get(name, {})) for name in names}
    return xr.Dataset(values, {"member": np.arange(run.daily.shape[1]), "time": time})


def _dates(run: engine.Season) -> xr.DataArray:
    first = pd.Timestamp(run.first_day)
    year = first.year + (first.month >= 11)
    reached = np.isfinite(run.dates[0])
    seconds = (np.where(reached, run.dates[0], 0).astype(float) * 86_400).astype("m8[s]")
    moments = np.where(reached, run.first_day.astype("M8[s]") + seconds, np.datetime64("NaT", "s"))
    return xr.DataArray(
        moments.astype("M8[ns]"),
        {"member": np.arange(len(moments)), "season": year + np.arange(moments.shape[1]), "event": list(EVENTS)},
        ("member", "season", "event"),
    )
