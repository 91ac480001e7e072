"""When a plot can be sprayed: the hours of the coming days at its own trees, by sprayer and kind of product."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from agro.errors import MissingDataError, NotFoundError
from agro.farm import Viewer
from app.services.pests import outlooks
from app.services.pests.spray_sites import SiteHours, at_sites, told
from app.services.platform import Platform
from pest_warning.advice import equipment, spray_hours, spray_windows
from pest_warning.advice.spray_hours import SprayHours
from pest_warning.advice.spray_windows import SprayWindow
from pest_warning.organism import Words

SPRAYERS = ("knapsack", "mist_blower", "drone")
RAIN = ("rain_now", "rain_soon")


@dataclass(frozen=True)
class Spraying:
    """The hours of one plot for one sprayer and kind of product.

    Attributes
    ----------
    hours : DataFrame
        A row an hour of the days that members are counted for: local `time`, `state`, `share_good`, `share_usable`,
        `rain` (share of members with rain), `rule` (what closes it to most of them) and the reasons as `zh` and `en`.
    windows : tuple of SprayWindow
        Of all days that are told; those beyond `counted` only as days.
    counted : date
        The last day for which members are counted.
    """

    plot: str
    name: str
    issued: date
    zone: str
    sprayer: str
    product: str
    bloom: bool
    members: int
    hours: pd.DataFrame
    windows: tuple[SprayWindow, ...]
    counted: date


@dataclass(frozen=True)
class Answer:
    """Whether one can spray on a day: in which window, or why not, and when next.

    `today` says whether the day is the one that the clock shows; `hour` is that of the likeliest rain.
    """

    day: date
    today: bool
    window: SprayWindow | None
    next: SprayWindow | None
    why: Words | None
    hour: int | None


def sprayers() -> dict[str, Words]:
    """Return {key: name} of the sprayers that are asked for."""
    return {key: equipment.names()[key] for key in SPRAYERS}


def of_plot(
    viewer: Viewer, home: Platform, plot_id: str, sprayer: str = "knapsack", product: str = "contact",
    on: date | None = None,
) -> Spraying:  # fmt: skip
    """Return the spray hours of one plot, from the day after the newest run.

    Raises
    ------
    NotFoundError
        For a plot that the viewer may not see, another sprayer or product.
    MissingDataError
        Without a run or a forecast.
    """
    found = home.store.plot(plot_id, outlooks.single(viewer))
    site = at_sites(home, [found.id], on).get(found.id)
    if site is None:
        raise MissingDataError(
            f"'{found.name}' lies outside the elevation model: no hours",
            zh=f"“{found.name}”在高程数据之外，无法判断时段",
        )
    if site.sky is None:
        raise MissingDataError(
            "no weather forecast: what comes cannot be told by the hour",
            zh="没有天气预报：不能判断哪几个小时可以打药",
        )
    return _spraying(found.id, found.name, site, sprayer, product)


def of_plots(
    viewer: Viewer, home: Platform, ids: tuple[str, ...], sprayer: str = "knapsack", on: date | None = None
) -> dict[str, Spraying]:
    """Return {plot id: spray hours} of some of the viewer's plots; what cannot be told is left out."""
    plots = home.store.plots(outlooks.single(viewer), ids=ids)
    names = dict(zip(plots["id"], plots["name"], strict=True))
    sites = at_sites(home, list(plots["id"]), on) if len(plots) else {}
    return {
        plot: _spraying(plot, names[plot], site, sprayer, "contact")
        for plot, site in sites.items()
        if site.sky is not None
    }


def answer(spraying: Spraying, now: datetime) -> Answer:
    """Return whether one can spray on the day that the clock shows, or on the first day of the forecast.

    Parameters
    ----------
    spraying : Spraying
    now : datetime
        With its time zone. Outside the days of the forecast it says nothing: the first day is asked about as a whole.
    """
    clock = pd.Timestamp(now).tz_convert(spraying.zone)
    first, last = spraying.hours["time"].iloc[0], spraying.hours["time"].iloc[-1]
    today = first <= clock <= last
    begin = clock.floor("h") if today else first
    day, least = begin.date(), timedelta(hours=equipment.window().least)
    left = [replace(one, start=max(one.start, begin.to_pydatetime())) for one in spraying.windows if one.end > begin]
    left = [one for one in left if one.end - one.start >= least]
    here = [one for one in left if one.start.date() == day]
    best = min(here, key=lambda one: (one.quality != "good", one.start), default=None)
    later = [one for one in left if day < one.start.date() <= spraying.counted]
    hours = spraying.hours[(spraying.hours["time"] >= begin) & (spraying.hours["time"].dt.date == day)]
    why, hour = (None, None) if best is not None else _closes(hours)
    return Answer(day, today, best, next(iter(later), None), why, hour)


def _closes(hours: pd.DataFrame) -> tuple[Words | None, int | None]:
    """Return what closes the hours of a day to most members, and the hour of the likeliest rain if that is it."""
    light = hours[~hours["rule"].isin(["", "night"])]
    if not len(light):
        night = equipment.reasons()["night"]
        return (Words(night.zh, night.en), None) if len(hours) else (None, None)
    closed = (1.0 - light["share_usable"]).groupby(light["rule"]).sum()
    rain = float(closed.reindex(list(RAIN)).sum())
    other = float(closed.drop(list(RAIN), errors="ignore").max()) if set(closed.index) - set(RAIN) else 0.0
    if rain > 0 and rain >= other:
        wettest = light.loc[light["rain"].idxmax()]
        hour = int(wettest["time"].hour)
        return Words(f"{hour} 时前后有雨", f"rain about {hour}:00"), hour
    worst = light[light["rule"] == closed.idxmax()].sort_values("share_usable").iloc[0]
    return Words(worst["zh"].split("；")[0], worst["en"].split("; ")[0]), None


def _spraying(plot: str, name: str, site: SiteHours, sprayer: str, product: str) -> Spraying:
    if sprayer not in SPRAYERS:
        known = ", ".join(SPRAYERS)
        raise NotFoundError(f"no sprayer '{sprayer}'; known: {known}", zh=f"没有器械“{sprayer}”；可用：{known}")
    assert site.sky is not None  # noqa: S101 - callers have looked
    found = spray_hours.hours(site.sky, sprayer, product, bloom=site.bloom)
    counted = min(site.days, told().shares)
    wet = np.mean(site.sky.rain >= equipment.air().trace, axis=0)
    return Spraying(
        plot, name, site.issued, site.zone, sprayer, product, site.bloom, site.members,
        _hours(found, wet, site.zone).iloc[: 24 * counted], spray_windows.windows(found, site.zone),
        site.issued + timedelta(counted),
    )  # fmt: skip


def _hours(found: SprayHours, wet: np.ndarray, zone: str) -> pd.DataFrame:
    """Return the table of the hours; reasons of few members are left out beside those of more."""
    states = np.ceil(np.median(found.state, axis=0)).astype(int)
    rows = []
    for hour in range(len(found.time)):
        reasons = found.reasons(hour)
        said = [one for one in reasons if one.share >= told().worth_saying] or list(reasons[:1])
        said = [one for one in said if one.rule == "night"] or said  # by night nothing else matters
        rows.append((
            said[0].rule if said else "",
            "；".join(one.words.zh for one in said), "; ".join(one.words.en for one in said),
        ))  # fmt: skip
    return pd.DataFrame({
        "time": pd.DatetimeIndex(found.time).tz_localize("UTC").tz_convert(zone),
        "state": [equipment.STATES[code] for code in states],
        "share_good": found.shares(), "share_usable": found.shares(equipment.MARGINAL), "rain": wet,
        **{key: [row[k] for row in rows] for k, key in enumerate(("rule", "zh", "en"))},
    })  # fmt: skip
