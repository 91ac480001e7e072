"""Why growth is low: what held a plot's trees back day by day, and which of it people can change."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from agro.farm import Plot, Viewer
from app.services import plot_season
from app.services.platform import Platform
from app.services.plot_season import MEMBERS

TABLE = Path(__file__).with_name("limiting.toml")
FACTORS = ("light", "heat", "cold", "water", "nitrogen", "phosphorus", "potassium", "load")
"""In the order of the strip; a day's value is the share of growth that the factor lets through, 1 without limit."""
CHANGEABLE = ("water", "nitrogen", "phosphorus", "potassium", "load")
WINDOW = 30  # d, looked at on either side of the day of issue
BACK, AHEAD = 120, 60  # d of the strip
NOTABLE = 0.9  # a factor above it held nothing back worth a sentence; judgement
RESTING = 0.5  # of growth that cold lets through; below it closed buds rest; judgement
AWAKE = 0.3  # progress of the buds towards bloom; the rules of advice let the rest end there
DRY_MEMORY = 10  # d, over which the model's carbon for fruit remembers
CURVES = ("water_stress", "root_depletion", "leaf_n", "leaf_p", "leaf_k", "source_sink")
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Spell:
    """What held growth back in some days.

    Attributes
    ----------
    factors : DataFrame
        Index the factors that mean anything in these days; p10, p50, p90 of the members' means [1], and `worst_in`,
        the members in which it was the lowest.
    worst : str or None
        The factor that let through least; None when nothing held growth back by more than a tenth. The crop load is
        not blamed on days on which soil was dry: then leaves make less sugar, and the want of water stands behind it.
    hardest : date or None
        The day on which it let through least.
    changeable : str or None
        The worst of what people can change, where it is notable.
    resting : bool
        Whether closed buds rested in the cold on most of the days: an ordinary winter.
    """

    first: date
    last: date
    factors: pd.DataFrame
    worst: str | None
    hardest: date | None
    changeable: str | None
    resting: bool
    members: int


@dataclass(frozen=True)
class Limiting:
    """Why growth is low on one plot.

    Attributes
    ----------
    strip : DataFrame
        time, factor; p10, p50, p90 [1]; `worst`, whether it was the lowest of the day and notable; `rest`.
    curves : DataFrame
        time, variable of `CURVES`, p10, p50, p90; in the units of `units`.
    past, coming : Spell
        The last and the next 30 days.
    """

    plot: Plot
    issued: date
    strip: pd.DataFrame
    curves: pd.DataFrame
    units: dict[str, str]
    past: Spell
    coming: Spell


def limiting(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None, members: int = MEMBERS) -> Limiting:
    """Return what holds back the growth of one plot, on the day of issue `on` (the newest by default).

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    """
    names = tuple(f"limit_{factor}" for factor in FACTORS)
    season = plot_season.rerun(viewer, home, plot_id, on, members=members, shown=(*names, *CURVES, "bud_progress"))
    return of(season)


def of(season: plot_season.PlotSeason) -> Limiting:
    """Return what held back growth in a season that was computed."""
    issued = season.issued
    days = season.daily.sel(time=slice(*_span(issued - timedelta(days=BACK), issued + timedelta(days=AHEAD))))
    limits = xr.concat([days[f"limit_{name}"] for name in FACTORS], pd.Index(FACTORS, name="factor"))
    limits = limits.transpose("factor", "member", "time")
    rest, blamed = _rest(days), _blamed(limits)
    return Limiting(
        season.plot,
        issued,
        _strip(limits, blamed, rest),
        _curves(days),
        {name: str(days[name].attrs.get("units", "1")) for name in CURVES},
        _spell(limits, blamed, rest, issued - timedelta(days=WINDOW - 1), issued),
        _spell(limits, blamed, rest, issued + timedelta(days=1), issued + timedelta(days=WINDOW)),
    )


def _span(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()


def _rest(days: xr.Dataset) -> xr.DataArray:
    """Return on which days the trees of the middle member rest in winter's cold."""
    return (days["bud_progress"].median("member") < AWAKE) & (days["limit_cold"].median("member") < RESTING)


def _blamed(limits: xr.DataArray) -> xr.DataArray:
    """Return the limits by which factors are ranked: without the crop load where soil was dry in the days before."""
    dry = limits.sel(factor="water").rolling(time=DRY_MEMORY, min_periods=1).mean() < NOTABLE
    return limits.where(~(dry & (limits["factor"] == "load")), 1.0).where(limits.notnull())


def _spell(limits: xr.DataArray, blamed: xr.DataArray, rest: xr.DataArray, first: date, last: date) -> Spell:
    """Return what held growth back from `first` to `last`."""
    some = limits.sel(time=slice(*_span(first, last)))
    known = [name for name in FACTORS if bool(some.sel(factor=name).notnull().any())]
    some = some.sel(factor=known)
    mean, ranked = some.mean("time"), blamed.sel(time=some["time"], factor=known).mean("time")
    table = pd.DataFrame(
        {level: mean.quantile(share, "member").to_numpy() for level, share in LEVELS.items()}, index=known
    )
    lowest = ranked.fillna(np.inf).argmin("factor").to_numpy()
    table["worst_in"] = np.bincount(lowest, minlength=len(known))
    middle_of = pd.Series(ranked.median("member").to_numpy(), known)
    worst = _lowest(middle_of)
    hardest = None
    if worst is not None:
        middle = some.sel(factor=worst).median("member")
        hardest = pd.Timestamp(middle["time"].values[int(middle.fillna(np.inf).values.argmin())]).date()
    resting = worst == "cold" and bool(rest.sel(time=slice(*_span(first, last))).mean() >= 0.5)
    changeable = _lowest(middle_of[[name for name in known if name in CHANGEABLE]])
    return Spell(first, last, table, worst, hardest, changeable, resting, some.sizes["member"])


def _lowest(middle: pd.Series) -> str | None:
    """Return the factor that lets through least, None when that is nearly all."""
    middle = middle.dropna()
    return str(middle.idxmin()) if len(middle) and middle.min() < NOTABLE else None


def _strip(limits: xr.DataArray, blamed: xr.DataArray, rest: xr.DataArray) -> pd.DataFrame:
    """Return one row a day and factor."""
    levels = limits.quantile(list(LEVELS.values()), "member").assign_coords(quantile=list(LEVELS))
    table = levels.to_series().unstack("quantile").reset_index()
    table.columns.name = None
    ranked = blamed.median("member").to_series().rename("ranked")
    table = table.merge(ranked, left_on=["factor", "time"], right_index=True)
    least = table.groupby("time")["ranked"].transform("min")
    table["worst"] = (table.pop("ranked") == least) & (least < NOTABLE)
    table["rest"] = table["time"].map(rest.to_series())
    return table


def _curves(days: xr.Dataset) -> pd.DataFrame:
    """Return the curves behind the strip, one row a day and variable."""
    frames = []
    for name in CURVES:
        levels = days[name].quantile(list(LEVELS.values()), "member").to_numpy()
        frames.append(
            pd.DataFrame({"time": days["time"].to_numpy(), "variable": name, **dict(zip(LEVELS, levels, strict=True))})
        )
    return pd.concat(frames, ignore_index=True)


@cache
def words() -> dict[str, Any]:
    """Return the tables of `limiting.toml`: factor, short and say."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def sentences(found: Limiting, language: str) -> list[str]:
    """Return why growth is low in a few sentences ("zh" or "en"), the answer first."""
    said = [_answer(found.past, "past", language) + ("" if language == "zh" else " ")]
    said[0] = (said[0] + _answer(found.coming, "coming", language)).strip()
    past = found.past
    if past.worst is not None and not past.resting:
        if past.changeable not in (None, past.worst):
            said.append(_say("changeable", language, **_of(past, str(past.changeable), language)))
        elif past.changeable is None:
            said.append(_say("nothing_to_change", language))
    if past.changeable == "water" and past.factors["p50"].get("load", 1.0) < NOTABLE:
        said.append(_say("carbon", language, mean=_percent(past.factors.loc["load", "p50"])))
    if "light" in (past.worst, found.coming.worst):
        said.append(_say("light_note", language))
    return said


def _answer(spell: Spell, when: str, language: str) -> str:
    """Return what held growth back in one spell; winter's cold is rest."""
    if spell.worst is None:
        return _say(f"{when}_free", language)
    if spell.resting:
        return _say(f"{when}_rest", language)
    day = spell.hardest or spell.first
    said = f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b}"
    n = int(spell.factors.loc[spell.worst, "worst_in"])
    return _say(when, language, day=said, n=n, cases=spell.members, **_of(spell, spell.worst, language))


def _of(spell: Spell, factor: str, language: str) -> dict[str, str]:
    row = spell.factors.loc[factor]
    numbers = {"mean": row["p50"], "low": row["p10"], "high": row["p90"]}
    return {"factor": words()["factor"][factor][language]} | {k: _percent(v) for k, v in numbers.items()}


def _say(key: str, language: str, **values: object) -> str:
    return str(words()["say"][key][language]).format(**values)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"
