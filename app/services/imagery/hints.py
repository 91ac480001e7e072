"""What other modules know of a weak place: soil water, nutrients, shade, pests, gaps; hints, never a diagnosis."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from agro.errors import AgroError, MissingDataError
from agro.farm import Finding
from agro.store import rights
from app.services import ground, growth_run, preparation
from app.services.imagery import words
from app.services.imagery.settings import number, whole
from app.services.pests import words as pest_words
from app.services.platform import Platform
from growth_model import engine, weather, works
from pest_warning import organism, outlook
from pest_warning.advice import ladder

MEMBERS = 6
CHUNK = 16  # plots at a time
SOON = 15  # d, the nearest horizon of the pest outlook
LIMITS = {
    "limit_water": ("dry", "dry"),
    "limit_nitrogen": ("nitrogen", "nutrient"),
    "limit_phosphorus": ("phosphorus", "nutrient"),
    "limit_potassium": ("potassium", "nutrient"),
}
"""What the engine tells, under which name it is hinted, and the bound in `imagery.toml`."""
Hints = dict[str, list[dict[str, Any]]]


def of_plots(home: Platform, plots: gpd.GeoDataFrame, on: date) -> tuple[Hints, list[Finding]]:
    """Return {plot id: hints} of some plots, and which modules could not be asked and why.

    Returns
    -------
    dict
        Of each plot a list of {"key", "zh", "en", "value"}: "dry", "nitrogen", "phosphorus", "potassium" (share of
        growth that it let through), "shaded" (share of the sky), "pest" (level), "gaps" (share of places).
    list of Finding
        One of each module that failed; one that has no data yet has nothing to say and is no failure.

    Notes
    -----
    Organisms of law and the flies that are hushed before harvest are hinted to nobody: a hint travels with the area to
    all who may see it, and these are not told to all of them.
    """
    found: Hints = {str(plot): [] for plot in plots["id"]}
    failed: list[Finding] = []
    if not len(plots):
        return found, failed
    for name, part in {"growth": _growth, "shade": _shade, "pests": _pests, "gaps": _gaps}.items():
        try:
            for plot, hint in part(home, plots, on):
                found[plot].append(hint)
        except AgroError as error:
            what = {"zh": error.message("zh"), "en": error.message("en")}
            said = words.both("part", "unasked", module=words.known("module")[name], what=what)
            failed.append(Finding("warning", said["en"], said["zh"]))
    return found, failed


def _hint(key: str, number: float, **told: Any) -> dict[str, Any]:
    return {"key": key, "value": round(float(number), 3), **words.both("hint", key, **told)}


def _growth(home: Platform, plots: gpd.GeoDataFrame, on: date) -> list[tuple[str, dict[str, Any]]]:
    """Return what held growth back in the last days, as the growth model has it."""
    rows = []
    days = whole("hints", "days")
    for plot, means in limits(home, list(plots["id"]), on, days).iterrows():
        for name, (key, bound) in LIMITS.items():
            if np.isfinite(means[name]) and means[name] < number("hints", bound):
                rows.append((str(plot), _hint(key, means[name], days=days, value=f"{100 * means[name]:.0f}")))
    return rows


def limits(home: Platform, ids: Sequence[str], on: date, days: int) -> pd.DataFrame:
    """Return the share of growth that water, N, P and K let through at plots, means of the last `days` [1].

    Plots outside the elevation model, and all plots before there is weather, have no row.
    """
    names = list(LIMITS)
    try:
        found = preparation.prepare(home, on, MEMBERS, ids)
    except MissingDataError:
        return pd.DataFrame(columns=names)
    own = found.plots_themselves.assign(alone=True)
    observed, future = weather.rows(found.observed), weather.rows(found.future.drop_vars("origin", errors="ignore"))
    first_day = found.observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    past = np.broadcast_to(observed, (len(observed), MEMBERS, *observed.shape[2:]))
    series = np.concatenate([past, future[:, :, :1]], axis=2)  # the last evening needs the next minimum
    today = observed.shape[2]
    place = growth_run.place_rows(own, found.observed["elevation"].to_numpy())
    kinds = list(zip(own["cultivar"], own["fitted"], strict=True))
    crops = {kind: found.crop_rows.of(*kind) for kind in set(kinds)}
    horizons, done = found.horizons[-len(own) :], works.ordinary(first_day, series.shape[2])[None]
    means = []
    for start in range(0, len(own), CHUNK):
        some = slice(start, start + CHUNK)
        run = engine.run(
            series,
            place[some],
            np.stack([crops[kind] for kind in kinds[some]]),
            first_day,
            found.latitude,
            cell=own["cell"].to_numpy()[some],
            works=done,
            horizons=horizons[some],
            window=(max(today - days, 0), today),
            shown=tuple(names),
            parallel=True,
        )
        means.append(np.stack([np.nanmean(run[name], axis=(1, 2)) for name in names], axis=1))
    return pd.DataFrame(np.concatenate(means), columns=names, index=found.plots["id"].to_numpy())


def _shade(home: Platform, plots: gpd.GeoDataFrame, on: date) -> list[tuple[str, dict[str, Any]]]:
    """Return what the terrain takes of sky and of midwinter's sun."""
    try:
        terrain = ground.of_plots(home, plots)
    except MissingDataError:
        return []
    latitude = float(plots.to_crs(4326).geometry.representative_point().y.mean())
    table = ground.places(terrain, latitude)
    rows = []
    for plot, sky, beam in zip(plots["id"], table["sky_view"], table["winter_beam"], strict=True):
        if sky < number("hints", "sky_view") or beam < number("hints", "winter_beam"):
            rows.append((str(plot), _hint("shaded", sky, value=f"{100 * sky:.0f}", beam=f"{100 * beam:.0f}")))
    return rows


def _pests(home: Platform, plots: gpd.GeoDataFrame, on: date) -> list[tuple[str, dict[str, Any]]]:
    """Return the organism at the highest level at each plot, at medium or above."""
    table = home.store.pests(rights.EVERYTHING, on, list(plots["id"]), None, SOON)
    if table is None or table.empty:
        return []
    untold = set(pest_words.patterns()["hushed"]["organisms"])
    untold |= {one.key for one in organism.catalogue() if ladder.quarantine(one) is not None}
    table = table[(table["level"] >= outlook.MEDIUM) & ~table["organism"].isin(untold)]
    rank = {key: place for place, key in enumerate(organism.keys())}
    table = table.assign(_rank=table["organism"].map(rank)).sort_values(["level", "_rank"], ascending=[False, True])
    rows = []
    for row in table.drop_duplicates("plot").to_dict("records"):
        one = organism.load(row["organism"])
        name = {to: pest_words.name(one, to) for to in words.LANGUAGES}
        level = {to: pest_words.level(row["level"], to) for to in words.LANGUAGES}
        day = words.day_both(pd.Timestamp(row["issued"]).date())
        rows.append((str(row["plot"]), _hint("pest", row["level"], organism=name, level=level, day=day)))
    return rows


def _gaps(home: Platform, plots: gpd.GeoDataFrame, on: date) -> list[tuple[str, dict[str, Any]]]:
    """Return the share of places without a tree, by the newest flight up to the day."""
    rows: dict[str, dict[str, Any]] = {}
    table = home.store.plot_pictures(rights.EVERYTHING, None, on, plots=plots["id"], kind="drone")
    if table.empty:
        return []
    counted = table[table["n_found"].notna()].sort_values("time", ascending=False).drop_duplicates("plot")
    for row in counted.to_dict("records"):
        places = row["n_found"] + row["n_missing"]
        share = row["n_missing"] / places if places else 0.0
        if share >= number("hints", "gaps"):
            day = words.day_both(pd.Timestamp(row["time"]).date())
            rows[row["plot"]] = _hint("gaps", share, value=f"{100 * share:.0f}", day=day)
    return list(rows.items())
