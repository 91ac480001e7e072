"""The model's front door: labelled weather in, labelled seasons out; no database, no other part of the platform."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from agro import variables
from agro.errors import InputError
from growth_model import cultivar, engine
from growth_model.orchard import place_rows
from growth_model.stages import EVENTS
from growth_model.weather import completed, rows

TABLE = Path(__file__).with_name("outputs.toml")
OUTPUT = (
    "bud_progress", "bbch_bud", "bbch_fruit", "physiological_days", "diameter", "expansion", "tss", "ta", "colour",
    "hanging_diameter", "hanging_tss", "hanging_ta", "fruit_number", "yield", "leaf_area", "water_stress",
)  # fmt: skip
"""What `season` returns unless asked otherwise; `engine.SHOWN` has more."""


def season(
    weather, cultivars, latitude=None, members=1, seed=0, parallel=False, places=None, horizons=None, works=None,
    fields=OUTPUT, dtype=np.float64,
) -> xr.Dataset:  # fmt: skip
    """Return the days and the stage dates of each site's trees.

    Parameters
    ----------
    weather : xarray.Dataset or pandas.DataFrame
        Daily tmin, tmax [degC], and if known tmean [degC], radiation [MJ m-2], rh [%], wind [m s-1], rain [mm] and
        light [1] (radiation over the seasonal normal), with dim time and, where there are several, site and member; a
        frame has the days as its index. Days must follow each other and start between 1 November and early January.
    cultivars : str or list of str
        What people call the group of each site; one name serves all sites.
    latitude : float or array_like, shape (site,), optional
        Degrees north; by default the coordinate or attribute of `weather`.
    members : int
        Members of the cultivar's prior where the weather has only one; the first is the median.
    seed : int
        Of those members.
    parallel : bool
        On all cores.
    places : ndarray, shape (site, field), optional
        Of `growth_model.place_rows`; by default flat open ground with an ordinary orchard.
    horizons : ndarray, shape (site, 32), optional
        Height of the terrain clockwise from north. [degrees]
    works : ndarray, shape (day, field), optional
        Of `growth_model.works`: what people do; by default nothing.
    fields : sequence of str
        Daily values to return, names of `engine.SHOWN`, "bbch_bud" or "bbch_fruit".
    dtype : float64 or float32
        Of the arithmetic.

    Returns
    -------
    xarray.Dataset
        (site, member, time) by name, and `stage_date` (site, member, season, event) with `season` the year of bloom
        and `event` as in `stages.EVENTS`; NaT when not reached.

    Raises
    ------
    InputError
        When weather is missing, has a hole in its days or starts too late for the buds.

    Examples
    --------
    >>> days = pd.date_range("2023-11-01", "2024-12-31")
    >>> wave = -np.cos(2 * np.pi * (days.day_of_year - 18) / 365)
    >>> weather = pd.DataFrame({"tmin": 15 + 9.5 * wave, "tmax": 23 + 11.5 * wave, "rain": 3.0}, index=days)
    >>> year = season(weather, "纽荷尔", latitude=30.5)
    >>> str(year.stage_date.sel(season=2024, event="65").dt.date.item())
    '2024-04-16'
    """
    weather = _sites(weather)
    groups = [cultivar.find(name) for name in ([cultivars] if isinstance(cultivars, str) else cultivars)]
    if len(groups) not in (1, weather.sizes["site"]):
        raise ValueError(f"cultivars need 1 or {weather.sizes['site']} names, got {len(groups)}")
    crops = np.stack([cultivar.perturbed(group, members, seed) for group in groups])
    if members > 1 and weather.sizes["member"] not in (1, members):
        raise ValueError(f"members must be 1 or {weather.sizes['member']}, got {members}")
    first_day = weather.time.values[0].astype("M8[D]")
    _refuse_late_start(first_day, groups)
    where = np.atleast_1d(np.asarray(_latitude(weather, latitude), float))
    cells = completed(weather.rename(site="cell"), float(where.mean()))
    shown = tuple(name for name in fields if not name.startswith("bbch_"))
    run = engine.run(
        rows(cells), place_rows() if places is None else places, crops, first_day, where, horizons=horizons,
        works=None if works is None else np.asarray(works)[None], shown=shown, dtype=dtype, parallel=parallel,
    )  # fmt: skip
    return _labelled(run, weather, fields)


def _sites(weather) -> xr.Dataset:
    """Return `weather` with all dims, units and drivers."""
    if isinstance(weather, pd.DataFrame):
        weather = xr.Dataset({name: ("time", weather[name].to_numpy()) for name in weather}, {"time": weather.index})
    weather = weather.expand_dims({dim: [0] for dim in ("site", "member") if dim not in weather.dims})
    known = [name for name in ("tmean", "radiation", "rh", "wind", "rain") if name in weather]
    checked = variables.checked(weather, ["tmin", "tmax", *known])
    if "light" in weather:
        checked["light"] = weather["light"]
    checked = checked.assign_attrs(weather.attrs)
    if "latitude" in weather:
        checked = checked.assign_coords(latitude=weather["latitude"])
    steps = np.diff(checked.time.values.astype("M8[D]")).astype(int)
    if (steps != 1).any():
        after = checked.time.values[int(np.argmax(steps != 1))].astype("M8[D]")
        raise InputError(
            f"days do not follow each other after {after}; put NaN where a day is missing",
            zh=f"{after} 之后日期不连续；缺测的日子请保留并留空",
        )
    return checked


def _latitude(weather, latitude):
    """Return the latitude of each site [degrees north]."""
    if latitude is None and "latitude" in weather.coords:
        latitude = weather.coords["latitude"].values
    if latitude is None:
        latitude = weather.attrs.get("latitude")
    if latitude is None:
        raise InputError("weather has no latitude; give it in degrees north", zh="气象数据没有纬度；请以度为单位给出")
    return latitude


def _refuse_late_start(first_day, groups):
    """Raise `InputError` when the buds of a group would already have counted before `first_day`."""
    place = pd.Timestamp(first_day)
    latest = min(group.crop.bloom.start for group in groups)
    if place.month < 11 and place.day_of_year > latest:
        raise InputError(
            f"weather starts on {first_day}; a season needs 1 November, at the latest day {latest:.0f} of the year",
            zh=f"气象数据从 {first_day} 开始；一季需要从 11 月 1 日（最迟当年第 {latest:.0f} 天）开始",
        )


def _labelled(run, weather, fields) -> xr.Dataset:
    """Return a run with names, units, days and dates."""
    members = np.arange(run.dates.shape[1])
    year = pd.Timestamp(run.first_day).year + (pd.Timestamp(run.first_day).month >= 11)
    coords = {
        "site": weather.site.values,
        "member": members,
        "time": weather.time.values,
        "season": year + np.arange(run.dates.shape[2]),
        "event": list(EVENTS),
    }
    dims = ("site", "member", "time")
    daily = {name: (dims, run[name], labels()[name]) for name in fields}
    reached = np.isfinite(run.dates)
    seconds = (np.where(reached, run.dates, 0) * 86_400).astype("m8[s]")
    dates = np.where(reached, run.first_day.astype("M8[s]") + seconds, np.datetime64("NaT", "s"))
    return xr.Dataset(daily | {"stage_date": (("site", "member", "season", "event"), dates.astype("M8[ns]"))}, coords)


@cache
def labels() -> dict[str, dict[str, str]]:
    """Return {daily value: {"units", "long_name", "zh"}}."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        name: {"units": entry["unit"], "long_name": entry["en"], "zh": entry["zh"]} for name, entry in table.items()
    }
