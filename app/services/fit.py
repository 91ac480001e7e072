"""One plot against what was seen there: parameters, bloom and today's state, before and after."""

import warnings
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.farm import Finding, Observation, Plot, Viewer
from agro.store import rights
from app.services import fit_county, observations, plot_season
from app.services.platform import Platform
from app.services.plot_season import PlotInputs, PlotSeason
from growth_model import cultivar as crops
from growth_model.calibration import season, today
from growth_model.calibration.season import Fitted, Readings, Setting

SEED = 20260920
AHEAD = 30  # d
STEP = 2  # d between the points of a fan
VARIABLES = ("diameter", "tss", "ta")
HANGING = {"tss": "hanging_tss", "ta": "hanging_ta"}
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
EVENTS = ("65", "74", "79", "81", "83")
SHOWN = (*season.SHOWN, "bud_progress")


@dataclass(frozen=True)
class PlotFit:
    """What a plot's readings did to its model.

    Attributes
    ----------
    counts : dict
        Readings by kind.
    points : DataFrame
        time, variable, value, low, high (of their own 80 %), n, evidence, conflict.
    fans : DataFrame
        time, variable, which ("prior" or "fitted"), p10, p50, p90.
    blooms : DataFrame
        year, which ("prior", "fitted", "seen"), p10, p50, p90 as dates.
    misfit : DataFrame
        kind, n, before, after: root mean square difference of the middle of the members, in the unit of the kind (d of
        dates); the same readings that moved the parameters, so no proof of anything.
    moved : DataFrame
        parameter, unit, prior_p10 to prior_p90, fitted_p10 to fitted_p90, narrower (share of the spread gone), fixed.
    seen : date or None
        The full bloom of this season that somebody saw and that restarts the clock.
    biofix : DataFrame
        event, alone_p10 to alone_p90, restarted_p10 to restarted_p90.
    lines : DataFrame
        time, which ("alone", "restarted"), p50 of the fruit's diameter.
    reading : dict or None
        The newest reading that moved a state: kind, date, value, before and after as (p10, p50, p90), and the same of
        the forecast 30 days after the issue.
    held_out : bool
        Whether the county's check predicts this plot without its readings.
    """

    plot: Plot
    issued: date
    synthetic: bool
    counts: dict[str, int]
    points: pd.DataFrame
    fans: pd.DataFrame
    blooms: pd.DataFrame
    misfit: pd.DataFrame
    moved: pd.DataFrame
    seen: date | None
    biofix: pd.DataFrame
    lines: pd.DataFrame
    reading: dict[str, Any] | None
    held_out: bool
    evidence: str = "none"


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotFit:
    """Return one plot's fit to its readings, computed when it is asked for.

    Raises
    ------
    NotFoundError, NotAllowedError
        When the viewer may not see such a plot or its readings.
    MissingDataError
        When nothing was read there yet that tells of a parameter.
    """
    plot = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    table = observations.of_plot(viewer, home, plot.id)
    known = plot_season.inputs(home, plot.id, on)
    readings = Readings.of(table, known.first_day, known.observed)
    cultivar = crops.load(known.cultivar)
    if not season.informed(cultivar, readings.kinds):
        raise MissingDataError(
            "nothing was noted at this plot yet that the model can be fitted to: full bloom, diameters, sugar or acid",
            zh="这个地块还没有可用于校准的观测：请先记录盛花日期、果径、糖度或酸度",
        )
    fitted = season.fit(observed(known), cultivar, readings, seed=SEED)
    alone = _computed(plot, known, fitted.prior_rows)
    after = _computed(plot, known, fitted.rows)
    used = table[table["kind"].isin(season.KINDS) & (table["date"] <= pd.Timestamp(known.issued))]
    seen = _seen(used, alone)
    restarted = alone if seen is None else _computed(plot, known, fitted.prior_rows, seen)
    return PlotFit(
        plot, known.issued, bool(plot.synthetic or used["synthetic"].any()), used["kind"].value_counts().to_dict(),
        _points(used), pd.concat([_fans(alone, "prior"), _fans(after, "fitted")], ignore_index=True),
        _blooms(used, alone, after), misfit(fitted), moved(fitted, cultivar), seen, _events(alone, restarted),
        _lines(alone, restarted, seen), _newest(plot, known, cultivar, readings),
        fit_county.held_out(_farm(home, plot), plot.name),
    )  # fmt: skip


def note_bloom(viewer: Viewer, home: Platform, plot_id: str, day: date) -> tuple[Observation, list[Finding]]:
    """Return the noted full bloom that restarts the plot's clock, and what is odd about it."""
    return observations.add(viewer, home, plot=plot_id, kind="bloom_65", date=day, source="fit page")


def observed(known: PlotInputs) -> Setting:
    """Return the surroundings of a plot up to the day of issue."""
    return Setting(
        np.ascontiguousarray(known.weather[:, :1, : known.observed]),
        known.place,
        known.horizon,
        known.practice[: known.observed],
        known.first_day,
        known.latitude,
    )


def moved(fitted: Fitted, cultivar: crops.Cultivar) -> pd.DataFrame:
    """Return what the readings did to each parameter."""
    rows = []
    for column, name in enumerate(fitted.names):
        before, after = (
            np.quantile(values[:, column], list(LEVELS.values())) for values in (fitted.prior, fitted.values)
        )
        about = cultivar.parameters[name]
        rows.append(
            {"parameter": name, "unit": about.unit, "source": about.source, "evidence": about.evidence}
            | {f"prior_{level}": value for level, value in zip(LEVELS, before, strict=True)}
            | {f"fitted_{level}": value for level, value in zip(LEVELS, after, strict=True)}
            | {"narrower": 1 - (after[2] - after[0]) / (before[2] - before[0]), "fixed": name in fitted.fixed}
        )
    return pd.DataFrame(rows)


def misfit(fitted: Fitted) -> pd.DataFrame:
    """Return how far the middle of the members was from the readings, before and after, by kind."""
    kinds, value = np.array(fitted.readings.kinds), fitted.readings.values
    rows = []
    for kind in dict.fromkeys(fitted.readings.kinds):
        own = kinds == kind
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a reading that no member comes to stays NaN
            off = [np.nanmedian(said[:, own], axis=0) - value[own] for said in (fitted.before, fitted.after)]
            size = [float(np.sqrt(np.nanmean(np.square(one)))) for one in off]
        rows.append((kind, int(own.sum()), *size))
    return pd.DataFrame(rows, columns=["kind", "n", "before", "after"])


def _computed(plot: Plot, known: PlotInputs, rows: np.ndarray, seen: date | None = None) -> PlotSeason:
    until = known.issued + timedelta(days=AHEAD)
    members = known.weather.shape[1]
    return plot_season.computed(plot, known, bloom_seen=seen, rows=rows[:members], until=until, shown=SHOWN)


def _fans(season_: PlotSeason, which: str) -> pd.DataFrame:
    parts = []
    for name in VARIABLES:
        values = season_.daily[name]
        if name in HANGING:
            values = values.fillna(season_.daily[HANGING[name]])
        values = values.where(~_between_crops(season_)).isel(time=slice(None, None, STEP))
        enough = values.notnull().mean("member") >= 0.5  # a fan of few members would jump as the others join
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # days without such fruit stay NaN
            spread = values.where(enough).quantile(list(LEVELS.values()), "member", skipna=True).to_numpy()
        table = pd.DataFrame({"time": values["time"].to_numpy(), "variable": name, "which": which})
        parts.append(table.assign(**dict(zip(LEVELS, spread, strict=True))).dropna(subset=["p50"]))
    return pd.concat(parts, ignore_index=True)


def _between_crops(season_: PlotSeason) -> xr.DataArray:
    """Return on which days some members have bloomed and others not: their fruit is of two years."""
    time = season_.daily["time"]
    blooms = season_.dates.sel(event="65").to_numpy().astype("M8[D]")
    early, late = (np.sort(blooms, axis=0)[round(share * (len(blooms) - 1))] for share in (0.04, 0.96))  # NaT last
    days = time.to_numpy().astype("M8[D]")[:, None]
    return xr.DataArray(((days >= early) & (days <= late)).any(axis=1), {"time": time}, "time")


def _points(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["kind"].isin(VARIABLES)]
    return pd.DataFrame(
        {
            "time": rows["date"],
            "variable": rows["kind"],
            "value": rows["value"],
            "low": rows["value"] - crops.Z_80 * rows["sd"],
            "high": rows["value"] + crops.Z_80 * rows["sd"],
            "n": rows["n"],
            "evidence": rows["evidence"],
            "conflict": rows["conflict"],
        }
    ).reset_index(drop=True)


def _dates(moments: Any) -> tuple:
    """Return P10, P50, P90 of moments over members as days; NaT where it falls among those that get not there."""
    days = np.sort(moments.to_numpy().astype("M8[D]"))  # NaT last
    place = [round(level * (len(days) - 1)) for level in LEVELS.values()]
    return tuple(pd.Timestamp(days[k]) for k in place)


def _blooms(table: pd.DataFrame, alone: PlotSeason, after: PlotSeason) -> pd.DataFrame:
    rows = []
    seen = table[table["kind"] == "bloom_65"]
    for year in alone.dates["season"].to_numpy():
        for which, run in (("prior", alone), ("fitted", after)):
            rows.append((int(year), which, *_dates(run.dates.sel(season=year, event="65"))))
        for one in seen[seen["date"].dt.year == year].itertuples():
            reach = pd.Timedelta(days=float(crops.Z_80 * one.sd))
            rows.append((int(year), "seen", (one.date - reach).floor("D"), one.date, (one.date + reach).floor("D")))
    found = pd.DataFrame(rows, columns=["year", "which", *LEVELS])
    return found[found["year"].isin(set(seen["date"].dt.year)) & found["p50"].notna()].reset_index(drop=True)


def _seen(table: pd.DataFrame, alone: PlotSeason) -> date | None:
    """Return the full bloom that somebody saw in the newest season: measured rather than said, then the last noted."""
    year = alone.issued.year
    seen = table[(table["kind"] == "bloom_65") & (table["date"].dt.year == year)]
    if not len(seen):
        return None
    order = seen.assign(measured=seen["evidence"] == "measured").sort_values(["measured", "created"], kind="stable")
    return order["date"].iloc[-1].date()


def _events(alone: PlotSeason, restarted: PlotSeason) -> pd.DataFrame:
    rows = []
    for event in EVENTS:
        row: dict[str, Any] = {"event": event}
        for which, run in (("alone", alone), ("restarted", restarted)):
            spread = _dates(run.dates.sel(season=run.issued.year, event=event))
            row |= {f"{which}_{level}": day for level, day in zip(LEVELS, spread, strict=True)}
        rows.append(row)
    return pd.DataFrame(rows)


def _lines(alone: PlotSeason, restarted: PlotSeason, seen: date | None) -> pd.DataFrame:
    parts = []
    for which, run in (("alone", alone), ("restarted", restarted)):
        if which == "restarted" and seen is None:
            continue
        this = run.daily.sel(time=slice(f"{run.issued.year}-03-15", None))
        bloomed = this["time"] >= _dates(run.dates.sel(season=run.issued.year, event="65"))[1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # days before the first member's bloom
            middle = this["diameter"].where(bloomed).median("member", skipna=True)
        table = pd.DataFrame({"time": middle["time"].to_numpy(), "which": which, "p50": middle.to_numpy()})
        parts.append(table.dropna().iloc[::STEP])
    return pd.concat(parts, ignore_index=True)


def _newest(plot: Plot, known: PlotInputs, cultivar: crops.Cultivar, readings: Readings) -> dict[str, Any] | None:
    """Return what the newest reading of a state did, with parameters that had not seen it."""
    states = np.flatnonzero(np.isin(readings.kinds, [*today.FRUIT]))
    if not len(states) or readings.years()[states[-1]] != known.issued.year:
        return None
    day = readings.days[states[-1]]
    earlier, last = readings.picked(readings.days < day), readings.picked(states[readings.days[states] == day])
    if season.informed(cultivar, earlier.kinds):
        rows = season.fit(observed(known), cultivar, earlier, seed=SEED).rows
    else:
        rows = crops.perturbed(cultivar, season.MEMBERS, SEED)
    members, until = known.weather.shape[1], known.observed + AHEAD
    setting = replace(
        observed(known),
        weather=np.ascontiguousarray(known.weather[:, :, :until]),
        practice=known.practice[:until],
    )
    before = setting.run(rows[:members])
    after, steps = today.updated(setting, rows[:members], last)
    step, kind = steps[-1], last.kinds[-1]
    return {
        "kind": kind,
        "date": (known.first_day + day).astype("M8[D]").item(),
        "value": float(last.values[-1]),
        "sd": float(last.sds[-1]),
        "before": _spread(step.before),
        "after": _spread(step.after),
        "later": known.issued + timedelta(days=AHEAD),
        "later_before": _spread(before[kind][0, :, -1]),
        "later_after": _spread(after[kind][0, :, -1]),
    }


def _spread(values: np.ndarray) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where no member has such fruit there is no spread
        return tuple(map(float, np.nanquantile(values, list(LEVELS.values()))))


def _farm(home: Platform, plot: Plot) -> str:
    return str(home.store.plots(rights.EVERYTHING, ids=[plot.id])["farm_name"].iloc[0])
