"""One plot's season with and without deeds, on the same weather and the same trees: paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import ndtr

from agro.errors import InputError
from agro.farm import ASSUMED_DEFAULTS, Plot, Viewer
from agro.store import rights
from app.services import plot_season
from app.services.platform import Platform
from app.services.plot_season import MEMBERS, PlotInputs, PlotSeason
from app.services.what_if.deeds import Deed, checked, table, works_of
from growth_model import cultivar as crops
from growth_model import engine, works

FRUIT = {
    "diameter": "hanging_diameter", "tss": "hanging_tss", "ta": "hanging_ta", "yield": "hanging_yield",
    "fruit_number": "hanging_number",
}  # fmt: skip
"""What a crop is called while it grows, and when it hangs past the next bloom."""
FLOWS = ("nitrogen_leached", "sunburn_hours", "percolation", "runoff")
SHOWN = (*FRUIT, *FRUIT.values(), *FLOWS, "water_stress")
FANS = ("diameter", "tss", "ta", "yield", "water_stress")
LEAD = 14  # d before the first deed that the fans show
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
PICKED = "83"
IRRIGATION = works.FIELDS.index("irrigation")


@dataclass(frozen=True)
class Effect:
    """What the deeds change in one quantity, in the model's unit; P10, P50, P90 of the members.

    `difference` is with less without, member by member; `more` and `less` count its sign among `cases`.
    """

    name: str
    without: tuple[float, float, float]
    done: tuple[float, float, float]
    difference: tuple[float, float, float]
    more: int
    less: int
    cases: int


@dataclass(frozen=True)
class WhatIf:
    """What would come of some deeds on one plot.

    Attributes
    ----------
    harvest : date
        When half of the cases without the deeds can be picked, or the middle of the group's usual harvest; sizes,
        sugar and yield are those of this day.
    season : int
        Year of the bloom of the crop that is compared.
    effects : dict of Effect
        By the names of `what_if.toml`.
    water : ndarray, shape (member,)
        Irrigation that the deeds brought. [mm]
    times : ndarray, shape (member,)
        How often.
    lost : ndarray, shape (member,)
        Share of that water which ran off or drained below the roots. [1]
    fans : DataFrame
        time, variable, done (whether with the deeds), p10, p50, p90.
    bounds : (float, float)
        Small below, large above. [mm]
    """

    plot: Plot
    issued: date
    deeds: tuple[Deed, ...]
    harvest: date
    season: int
    effects: dict[str, Effect]
    water: np.ndarray
    times: np.ndarray
    lost: np.ndarray
    fans: pd.DataFrame
    bounds: tuple[float, float]
    members: int


def what_if(
    viewer: Viewer, home: Platform, plot_id: str, deeds: Sequence[Deed], on: date | None = None, members: int = MEMBERS
) -> WhatIf:
    """Return what `deeds` would change on one plot, from the day of issue `on` (the newest by default).

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    InputError
        For deeds that cannot be, or whose harvest lies beyond the forecast.
    """
    found = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    return compared(found, plot_season.inputs(home, found.id, on, members), deeds)


def compared(plot: Plot, known: PlotInputs, deeds: Sequence[Deed]) -> WhatIf:
    """Return what `deeds` would change on a plot whose inputs are known."""
    start = pd.Timestamp(known.first_day).date()
    checked(deeds, start + timedelta(days=1), start + timedelta(days=known.weather.shape[2] - 1))
    rows = known.rows
    since = min(deed.first for deed in deeds)
    known, trees = plot_season.from_day(known, rows, max(since - timedelta(days=LEAD), start))
    before = plot_season.computed(plot, known, rows=rows, shown=SHOWN, start=trees)
    practice = with_deeds(known, rows, deeds, trees)
    after = plot_season.computed(plot, known, rows=rows, shown=SHOWN, practice=practice, start=trees)
    season, harvest = crop_and_harvest(before, max(deed.first for deed in deeds))
    water = practice[:, :, IRRIGATION] - known.practice[:, IRRIGATION]
    until = int((np.datetime64(harvest) - known.first_day).astype(int)) + 1
    given = water[:, :until].sum(axis=1)
    sums = [one.daily.sel(time=slice(since, harvest)).sum("time") for one in (before, after)]
    gone = sums[1]["runoff"] + sums[1]["percolation"] - sums[0]["runoff"] - sums[0]["percolation"]
    usual = crops.load(known.cultivar).crop.fruit.diameter_final
    sizes = table()["sizes"]
    bounds = usual * sizes["small"]["value"], usual * sizes["large"]["value"]
    values = [_outcome(one, season, harvest, since, bounds) for one in (before, after)]
    return WhatIf(
        plot=plot,
        issued=known.issued,
        deeds=tuple(deeds),
        harvest=harvest,
        season=season,
        effects={name: _effect(name, values[0][name], values[1][name]) for name in values[0]},
        water=given,
        times=(water[:, :until] > 0).sum(axis=1),
        lost=np.where(given > 0, gone.to_numpy() / np.maximum(given, 1e-9), 0.0),
        fans=pd.concat([_fans(before, season, harvest, False), _fans(after, season, harvest, True)], ignore_index=True),
        bounds=bounds,
        members=len(given),
    )


def with_deeds(
    known: PlotInputs, rows: np.ndarray, deeds: Sequence[Deed], trees: engine.State | None = None
) -> np.ndarray:
    """Return what people do in each member, shape (member, day, field); `trees` as they are before the first day."""
    dated = [work for deed in deeds for work in works_of(deed)]
    common = works.with_deeds(known.practice, known.first_day, dated)
    practice = np.repeat(common[None], len(rows), axis=0)
    for deed in deeds:
        if deed.kind == "irrigate":
            practice = _watered(known, rows, practice, deed, trees)
    return practice


def _watered(
    known: PlotInputs, rows: np.ndarray, practice: np.ndarray, deed: Deed, trees: engine.State | None
) -> np.ndarray:
    """Return `practice` with water on the days on which a member's soil, watered so far, is short of it."""
    every, depth, short = int(deed.amount("every")), deed.amount("depth"), deed.amount("short")
    start = int((np.datetime64(deed.first) - known.first_day).astype(int))
    end = min(start + len(deed.days), known.weather.shape[2])
    day = 0
    for stop in [*range(start, end, every)]:
        some = slice(day, stop + 1)  # one row more: the evening reads the next day's minimum
        run = engine.run(
            known.weather[:, :, some], known.place, rows[None], known.first_day + day, known.latitude,
            works=practice[:, some], plan=np.arange(len(rows))[None], horizons=known.horizon, days=stop - day,
            window=(stop - day - 1, stop - day), shown=("water_stress",), start=trees,
        )  # fmt: skip
        practice[:, stop, IRRIGATION] += np.where(run["water_stress"][0, :, -1] <= short, depth, 0.0)
        trees, day = run.end, stop
    return practice


def harvests(season: PlotSeason) -> list[tuple[int, date]]:
    """Return year of bloom and day of picking of each crop whose harvest lies within the forecast.

    Half of the members can be picked by that day; where fewer ever can, it is the middle of the group's usual harvest.
    """
    last = pd.Timestamp(season.daily["time"].values[-1])
    group = crops.load(season.plot.cultivar or ASSUMED_DEFAULTS["cultivar"])
    found = []
    for year in season.dates["season"].values:
        moments = season.dates.sel(season=year, event=PICKED).to_series().sort_values()
        half = moments.iloc[(len(moments) - 1) // 2]
        day = half.normalize() if pd.notna(half) else _usual_harvest(group, int(year))
        if day <= last:
            found.append((int(year), day.date()))
    return found


def crop_and_harvest(season: PlotSeason, after: date) -> tuple[int, date]:
    """Return the year of bloom of the first crop that is picked after a day, and when.

    Raises
    ------
    InputError
        When no harvest after that day can be foreseen.
    """
    for year, day in harvests(season):
        if day > after:
            return year, day
    raise InputError(
        f"no harvest after {after} lies within the forecast; choose an earlier day",
        zh=f"预报期内没有 {after} 之后的采收；请选早一些的日期",
    )


def _usual_harvest(group: crops.Cultivar, bloom: int) -> pd.Timestamp:
    """Return the middle of the group's usual harvest of one bloom."""
    first, last = group.harvest
    start = pd.Timestamp(bloom, 1, 1) + pd.Timedelta(days=first - 1 + (365 if first < 120 else 0))
    return start + pd.Timedelta(days=((last - first) % 365) // 2)


def followed(season: PlotSeason, year: int, name: str) -> xr.DataArray:
    """Return one daily value of one crop (member, time), while it grows and while it hangs past the next bloom."""
    bloom = season.dates.sel(event="65")
    until = bloom.sel(season=year + 1) if year + 1 in bloom["season"] else xr.full_like(bloom[:, 0], np.nan)
    time = season.daily["time"]
    hangs = (time >= until.astype("M8[D]").astype("M8[ns]")).transpose("member", "time")
    own = time >= bloom.sel(season=year).astype("M8[D]").astype("M8[ns]")
    return xr.where(hangs, season.daily[FRUIT[name]], season.daily[name]).where(own).transpose("member", "time")


def _outcome(
    season: PlotSeason, year: int, harvest: date, since: date, bounds: tuple[float, float]
) -> dict[str, np.ndarray]:
    """Return what each member comes to, by the names of `what_if.toml`, in the model's units."""
    day = np.datetime64(harvest)
    at = {name: followed(season, year, name).sel(time=day).to_numpy().astype(float) for name in FRUIT}
    spread = table()["sizes"]["spread"]["value"] * at["diameter"]
    flows = season.daily[list(FLOWS)].sel(time=slice(since, harvest)).sum("time")
    ripe = season.dates.sel(season=year, event=PICKED).to_numpy()
    return {
        "diameter": at["diameter"],
        "large": 1.0 - ndtr((bounds[1] - at["diameter"]) / spread),
        "small": ndtr((bounds[0] - at["diameter"]) / spread),
        "number": at["fruit_number"],
        "yield": at["yield"],
        "tss": at["tss"],
        "ratio": at["tss"] / at["ta"],
        "ripe": np.where(np.isnat(ripe), np.nan, (ripe - day.astype("M8[ns]")) / np.timedelta64(1, "D")),
        "leached": flows["nitrogen_leached"].to_numpy().astype(float),
        "sunburn": flows["sunburn_hours"].to_numpy().astype(float),
    }


def _effect(name: str, without: np.ndarray, done: np.ndarray) -> Effect:
    """Return the paired difference of one quantity; cases in which one of the two never comes do not count."""
    both = np.isfinite(without) & np.isfinite(done)
    change = (done - without)[both]
    shares = list(LEVELS.values())

    def levels(values: np.ndarray) -> tuple[float, float, float]:
        low, middle, high = np.quantile(values, shares) if len(values) else (np.nan,) * 3
        return float(low), float(middle), float(high)

    counts = int((change > 0).sum()), int((change < 0).sum()), len(change)
    return Effect(name, levels(without[both]), levels(done[both]), levels(change), *counts)


def _fans(season: PlotSeason, year: int, harvest: date, done: bool) -> pd.DataFrame:
    """Return the fans up to the harvest."""
    frames = []
    for name in FANS:
        values = followed(season, year, name) if name in FRUIT else season.daily[name]
        values = values.sel(time=slice(None, harvest))
        known = values.notnull().mean("member").to_numpy() >= 0.5
        some = values.to_numpy()[:, known]
        quantiles = np.nanquantile if np.isnan(some).any() else np.quantile  # the first is slow, and rarely needed
        levels = quantiles(some, list(LEVELS.values()), axis=0)
        columns = dict(zip(LEVELS, levels, strict=True))
        frames.append(
            pd.DataFrame({"time": values["time"].to_numpy()[known], "variable": name, "done": done, **columns})
        )
    return pd.concat(frames, ignore_index=True)
