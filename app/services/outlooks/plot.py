"""Everything that is said of one plot, read back from its sites."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from agro import bbch
from agro.errors import MissingDataError
from agro.farm import ASSUMED_DEFAULTS, Finding, Plot, Viewer
from agro.store import rights
from app.services import farms, ground, summaries
from app.services.platform import Platform
from growth_model import cultivar as crops
from growth_model import limits

TASTE = {"ripe": ("达到采收品质", "ripe by taste")}
BLOOM_MODELS = {"day_count": "bloom_dts", "heat_sum": "bloom_heat"}


@dataclass(frozen=True)
class PlotOutlook:
    """One plot's outlook; every frame has P10, P50 and P90, delays are days behind the valley floor.

    A date's P90 is None where a tenth of the members never come to it before the season's end.
    """

    plot: Plot
    issued: date
    bud_bbch: int
    fruit_bbch: int | None
    cultivar_zh: str
    cultivar_en: str
    timeline: pd.DataFrame  # code, organ, event, p10, p50, p90, past, zh, en
    fans: pd.DataFrame  # time, variable, p10, p50, p90
    hanging: pd.DataFrame
    delay: dict[str, float]
    slope: dict[str, float]
    bloom_models: dict[str, date | None]
    sources: list[Finding] = field(default_factory=list)
    limits: list[Finding] = field(default_factory=list)
    evidence: str = "none"
    assumed: tuple[str, ...] = ()
    missing_days: int = 0


def plot_outlook(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotOutlook:
    """Return the outlook of one plot, issued on `on` (the newest by default).

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    MissingDataError
        When no outlook was computed for it yet.
    """
    scope = rights.scope(viewer, "outlook.read")
    found = home.store.plot(plot_id, scope)
    summary = home.store.outlook_summary(scope, on)
    row = summary[summary["plot"] == found.id]
    if not len(row):
        raise MissingDataError(
            f"'{found.name}' has no outlook: it lies outside the elevation model, or came after the last run",
            zh=f"“{found.name}”还没有预报：它在高程数据之外，或者是上次计算之后才加入的",
        )
    row = row.iloc[0]
    issued = row["date"].date()
    first_day, fans, spread = _read(home, found.id, issued)
    hanging = fans["variable"].str.startswith("hanging_")
    info = crops.load(found.cultivar or ASSUMED_DEFAULTS["cultivar"])
    settled = farms.settled(found)
    run = home.store.latest_run(issued)
    return PlotOutlook(
        plot=settled,
        issued=issued,
        bud_bbch=int(row["bud_bbch"]),
        fruit_bbch=int(row["fruit_bbch"]) if row["fruit_bbch"] >= 0 else None,
        cultivar_zh=info.zh,
        cultivar_en=info.en,
        timeline=_timeline(spread, issued, first_day),
        fans=fans[~hanging].reset_index(drop=True),
        hanging=fans[hanging]
        .assign(variable=lambda f: f["variable"].str.removeprefix("hanging_"))
        .reset_index(drop=True),
        delay={key: float(row[f"delay_{key}"]) for key in ("p10", "p50", "p90", "elevation", "sun", "cold")},
        slope=_slope(home, found),
        bloom_models={name: _model_date(spread, event, issued, first_day) for name, event in BLOOM_MODELS.items()},
        sources=[Finding(**warning) for warning in (run.warnings if run else [])],
        limits=[Finding("info", **sentence) for sentence in limits()],
        evidence=str(row["evidence"]),
        assumed=settled.assumed,
        missing_days=int(row["missing_days"]),
    )


def _read(home: Platform, plot_id: str, issued: date) -> tuple[date, pd.DataFrame, pd.DataFrame]:
    """Return the first day, the fans and the dates of a plot: the spreads of its sites by their weights."""
    lean = home.store.outlook_weights(issued, [plot_id])
    sites = None if lean is None else home.store.outlook_sites(issued, list(lean["site"]))
    if lean is None or sites is None:
        raise MissingDataError(f"the files of the run of {issued} are gone", zh=f"{issued} 那次计算的文件不见了")
    weight = xr.DataArray(lean["weight"].to_numpy(), {"site": lean["site"].to_numpy()}, dims="site")
    value = (sites["value"] * weight).sum("site", skipna=False).to_pandas().dropna(subset="p10")
    first, second = value.index.str.split(":").str[0], value.index.str.split(":").str[1]
    is_date = first.str.isdigit()
    fans = value[~is_date].reset_index(drop=True).assign(variable=first[~is_date], lead=second[~is_date].astype(int))
    fans["time"] = [issued + timedelta(days=int(lead)) for lead in fans["lead"]]
    dates = value[is_date].reset_index(drop=True).assign(season=first[is_date].astype(int), event=second[is_date])
    return date.fromisoformat(sites.attrs["first_day"]), fans[["time", "variable", "p10", "p50", "p90"]], dates


def _timeline(spread: pd.DataFrame, issued: date, first_day: date) -> pd.DataFrame:
    """Return the stages of this year's crop, and from November those of the next bloom too."""
    today = (issued - first_day).days
    bloom = spread[(spread["event"] == "65") & (spread["p50"] <= today)]
    crop = int(bloom["season"].max()) if len(bloom) else 0
    next_buds = summaries.season_of_bloom(issued)
    rows = []
    for organ, season, events in (
        ("bud", next_buds, summaries.BUD_EVENTS),
        ("fruit", crop, summaries.FRUIT_EVENTS[1:]),
        ("maturity", crop, tuple(TASTE)),
    ):
        some = spread[spread["season"] == season].set_index("event")
        for event in events:
            if event not in some.index:
                continue
            code = int(event) if event.isdigit() else 83
            names = TASTE.get(event) or tuple(bbch.name(code, language) for language in ("zh", "en"))
            days = [_day(first_day, some.loc[event, level]) for level in summaries.LEVELS]
            rows.append((code, organ, event, *days, days[1] is not None and days[1] <= issued, *names))
    table = pd.DataFrame(rows, columns=["code", "organ", "event", "p10", "p50", "p90", "past", "zh", "en"])
    return table.sort_values("p50", kind="stable", ignore_index=True)


def _day(first_day: date, days: float) -> date | None:
    """Return the day; None for one that not enough members reach."""
    return first_day + timedelta(days=round(float(days))) if np.isfinite(days) else None


def _model_date(spread: pd.DataFrame, event: str, issued: date, first_day: date) -> date | None:
    row = spread[(spread["event"] == event) & (spread["season"] == summaries.season_of_bloom(issued))]
    return _day(first_day, row["p50"].iloc[0]) if len(row) else None


def _slope(home: Platform, plot: Plot) -> dict[str, Any]:
    """Return what makes the plot's place differ from the valley floor."""
    frame = gpd.GeoDataFrame({"id": [plot.id]}, geometry=[plot.geometry], crs="EPSG:4326")
    terrain = ground.of_plots(home, frame)
    place = ground.places(terrain, plot.geometry.centroid.y).iloc[0]
    aspect = float(terrain["aspect"][0])
    return {
        "elevation": float(terrain["elevation"][0]),
        "slope": float(terrain["slope"][0]),
        "aspect": None if np.isnan(aspect) else aspect,
        "sky_view": float(terrain["sky_view"][0]),
        "winter_light": float(place["winter_beam"]),
        "summer_light": float(place["summer_beam"]),
        "valley_floor": float(terrain["valley_floor"][0]),
        "height_above_valley": float(terrain["height_above_valley"][0]),
    }
