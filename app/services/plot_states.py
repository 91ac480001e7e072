"""How many plots stand: their seasons in one go, put into the words that the rules of advice read."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from app.services import growth_run, platform, preparation
from app.services.platform import Platform
from growth_model import advice, engine, weather, works
from growth_model import cultivar as crops
from growth_model.advice.evaluate import LOOKAHEAD, LOOKBACK
from growth_model.advice.rules import on_tree_limits
from growth_model.stages import EVENTS

MEMBERS = 20
"""Cases of each plot: enough to count in, and a farm of eighty plots takes seconds."""
CHUNK = 8  # plots at a time: their daily values stay near 20 MB
BEFORE = 2 * LOOKBACK + 1  # d before the day of issue that rules may look at
LOST = 0.10  # share of the crop whose loss ends the harvest; as rule harvest_close_loss
RIPE, AGED = "83", "89"
SPOILED = ("spoiled", "tree.hanging.spoiled")
FLOWERS = "tree.bearing.flowers"
READ = (*(name for name in advice.fields() if name in engine.SHOWN), "hanging_number", *SPOILED, FLOWERS)
"""What the engine is asked for; `resolved` makes the fields of the rules of it."""
FRUIT = ("tss", "ta", "colour", "bbch_fruit")


@dataclass(frozen=True)
class PlotState:
    """How one plot stands on the day of issue.

    Attributes
    ----------
    said : tuple of Advice
        The most urgent first.
    crop_year : int
        Year of the bloom of the crop that is picked next.
    dates : DataFrame
        One row a member: `ripe` (BBCH 83, taste and colour), `end` (the published limit on the tree, a loss above a
        tenth, or the end of what the model follows, whichever comes first) and `fades` (BBCH 89). `fades` does not
        end a harvest: where a ratio turns flat is a judgement, and the model's acid is not calibrated.
    """

    issued: date
    said: tuple[advice.Advice, ...]
    crop_year: int
    dates: pd.DataFrame


def of_plots(
    home: Platform, ids: Sequence[str], on: date | None = None, members: int = MEMBERS
) -> dict[str, PlotState]:
    """Return {plot id: state} as issued on `on` (the newest run by default), kept until the next run.

    Plots outside the elevation model are left out. Rights are the caller's business.
    """
    newest = home.store.latest_run(on)
    if newest is None:
        raise MissingDataError("no outlook has been computed yet", zh="还没有算过预报")
    kept = _kept(str(home.home), platform.stamp(home), newest.date, members)
    with kept.busy:  # two visitors who ask at once wait for one computation
        wanted = [plot for plot in ids if plot not in kept.states and plot not in kept.outside]
        if wanted:
            found = preparation.prepare(home, newest.date, members, wanted)
            kept.states.update(_computed(found, members))
            kept.outside.update(set(wanted) - set(kept.states))
    return {plot: kept.states[plot] for plot in ids if plot in kept.states}


class _Kept:
    def __init__(self) -> None:
        self.states: dict[str, PlotState] = {}
        self.outside: set[str] = set()
        self.busy = threading.Lock()


@lru_cache(maxsize=4)
def _kept(home: str, stamp: str, issued: date, members: int) -> _Kept:
    return _Kept()


def _computed(found: preparation.Inputs, members: int) -> Iterator[tuple[str, PlotState]]:
    """Give the state of each plot of `found`."""
    own = found.plots_themselves.assign(alone=True)
    observed, future = weather.rows(found.observed), weather.rows(found.future.drop_vars("origin", errors="ignore"))
    first_day = found.observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    past = np.broadcast_to(observed, (len(observed), members, *observed.shape[2:]))
    series = np.concatenate([past, future], axis=2)
    place = growth_run.place_rows(own, found.observed["elevation"].to_numpy())
    kinds = list(zip(own["cultivar"], own["fitted"], strict=True))
    rows = {kind: found.crop_rows.of(*kind) for kind in set(kinds)}
    horizons = found.horizons[-len(own) :]
    done = works.ordinary(first_day, series.shape[2])[None]
    today = int((np.datetime64(found.on) - first_day).astype(int))
    window = (max(today - BEFORE, 0), series.shape[2])
    for start in range(0, len(own), CHUNK):
        some = slice(start, start + CHUNK)
        run = engine.run(
            series, place[some], np.stack([rows[kind] for kind in kinds[some]]), first_day,
            found.latitude, cell=own["cell"].to_numpy()[some], works=done, horizons=horizons[some], window=window,
            shown=READ,
        )  # fmt: skip
        for k, (plot, group) in enumerate(zip(found.plots["id"].iloc[some], own["cultivar"].iloc[some], strict=True)):
            daily = {name: run[name][k] for name in (*READ, "bbch_bud", "bbch_fruit")}
            yield str(plot), _state(daily, run, k, group, found.on)


def _state(daily: dict[str, np.ndarray], run: engine.Season, k: int, group: str, on: date) -> PlotState:
    values = resolved(daily)
    days = pd.date_range(run.window_start, periods=values["tmin"].shape[1])
    state = xr.Dataset(
        {name: (("member", "time"), array) for name, array in values.items()},
        {"member": np.arange(len(values["tmin"])), "time": days},
    )
    near = state.sel(time=slice(None, np.datetime64(on + timedelta(days=LOOKAHEAD))))
    year, dates = _harvest(state, run, k, group, on)
    return PlotState(on, tuple(advice.advise(near, group, on)), year, dates)


def resolved(daily: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the fields of the rules, each (member, day), from the engine's daily values.

    Notes
    -----
    - Once a crop is picked the engine keeps its last stage and taste; here they are unknown then.
    - `bbch_bud` is 0 from 1 November until the first stage of the new buds, not last spring's 65.
    - `frost_loss` is the greater share that frost has spoiled of the growing and of the hanging crop.
    - `load` before the end of the drop is the load that the same member keeps after it: before, flowers that drop
      anyway would count. Before bloom it is the member's coming bloom over the mean of the other blooms in the run;
      unknown where the run reaches none.
    - `winter_drop` is kept within 0 to 1, as its weights are drawn from a wide prior.
    """
    known = {name: np.asarray(array, float) for name, array in daily.items()}
    growing = np.isfinite(known["physiological_days"])
    hanging = np.isfinite(known["hanging_number"])
    out = {name: array for name, array in known.items() if name in advice.fields()}
    out |= {name: np.where(growing, known[name], np.nan) for name in FRUIT}
    out["bbch_bud"] = np.where((known["bbch_bud"] >= 65) & (known["bud_progress"] < 0.99), 0.0, known["bbch_bud"])
    spoiled, hanging_spoiled = (known[name] for name in SPOILED)
    out["frost_loss"] = np.fmax(np.where(growing, spoiled, np.nan), np.where(hanging, hanging_spoiled, np.nan))
    out["load"] = _load(known, growing)
    out["winter_drop"] = np.clip(known["winter_drop"], 0.0, 1.0)
    return out


def _load(known: dict[str, np.ndarray], growing: np.ndarray) -> np.ndarray:
    """Return the load as the rules mean it; see `resolved`."""
    settled = np.where(growing & (known["bbch_fruit"] >= 74), known["load"], np.nan)
    before = known["bud_progress"] < 0.99
    load = _next_known(np.where(before, np.inf, settled))  # looks no further than the next 1 November
    flowers = known[FLOWERS]
    blooms = np.flatnonzero((np.diff(flowers, axis=1) != 0).any(axis=0))
    if not blooms.size:
        return np.where(before | np.isinf(load), np.nan, load)
    changed = np.concatenate([flowers[:, :1], np.where(np.diff(flowers, axis=1) != 0, flowers[:, 1:], np.nan)], axis=1)
    coming = _next_known(np.where(np.arange(flowers.shape[1]) == 0, np.nan, changed))
    usual = np.nanmean(changed)
    expected = coming / usual if usual > 0 else np.full_like(coming, np.nan)
    return np.where(before, expected, np.where(np.isinf(load), np.nan, load))


def _next_known(values: np.ndarray) -> np.ndarray:
    """Return each day's value or, where it is NaN, that of the next day with one."""
    return pd.DataFrame(values.T).bfill().to_numpy().T


def _harvest(state: xr.Dataset, run: engine.Season, k: int, group: str, on: date) -> tuple[int, pd.DataFrame]:
    """Return the year of bloom of the crop that is picked next, and when each member ripens and ends."""
    today = state.sel(time=np.datetime64(on))
    hangs, grows = (np.isfinite(today[name].to_numpy()) for name in ("hanging_diameter", "physiological_days"))
    number = (np.datetime64(on) - run.first_day).astype(int)
    bloomed = (run.dates[k, :, :, EVENTS.index("65")] < number + 1).sum(axis=1)
    # last year's fruit where it hangs, else the youngest, else that of the coming bloom; as most members have it
    picked_next = np.clip(bloomed - np.where(hangs, 2, np.where(grows, 1, 0)), 0, run.dates.shape[2] - 1)
    season = int(np.bincount(picked_next).argmax())
    first = pd.Timestamp(run.first_day)
    year = first.year + (first.month >= 11) + season
    ripe, aged = (_moments(run.dates[k, :, season, EVENTS.index(event)], first) for event in (RIPE, AGED))
    last = [_limit(group, year), _season_end(group, year)]
    if (hangs | grows).mean() >= 0.5:
        lost = _first(state["frost_loss"].to_numpy() > LOST, state["time"].to_index())
    else:
        lost = pd.Series(pd.NaT, index=range(len(ripe)))
    ends = pd.DataFrame({"lost": lost} | {str(n): day for n, day in enumerate(last) if day is not None})
    return year, pd.DataFrame({"ripe": ripe, "end": ends.min(axis=1), "fades": aged})


def _moments(days: np.ndarray, first: pd.Timestamp) -> pd.Series:
    return pd.Series(first + pd.to_timedelta(np.floor(days.astype(float)), unit="D")).astype("datetime64[ns]")


def _first(holds: np.ndarray, days: pd.DatetimeIndex) -> pd.Series:
    """Return the first day on which each member (row) holds; NaT where none."""
    found = days[holds.argmax(axis=1)]
    return pd.Series(found).where(holds.any(axis=1)).astype("datetime64[ns]")


def _limit(group: str, year: int) -> pd.Timestamp | None:
    """Return the published latest date on the tree of a crop that bloomed in `year`."""
    limit = on_tree_limits().get(group)
    return None if limit is None else pd.Timestamp(year + 1, *limit)


def _season_end(group: str, year: int) -> pd.Timestamp:
    """Return the day on which the model stops following such a crop: in winter, or the year after the bloom."""
    last = int(crops.load(group).crop.season.fruit_until)
    turn = pd.Timestamp(year if last > 300 else year + 1, 1, 1)
    return turn + pd.Timedelta(days=last - 1)
