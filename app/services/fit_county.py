"""All plots with readings: fitted one by one, and an honest look at plots whose readings the fit never saw."""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyproj

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import rights
from app.services import fit_inputs, fit_scores, fit_store
from app.services.platform import Platform
from growth_model import cultivar as crops
from growth_model.calibration import season
from growth_model.calibration.prior import Prior, SiteYears, plot_prior, season_alone
from growth_model.calibration.season import Fitted, Readings
from growth_model.crop import PARAMETERS

SEED = 20260920
KEPT_BACK = 3  # of ten plots


@dataclass(frozen=True)
class FitReport:
    """What a fit of all plots did."""

    date: date
    counts: dict[str, Any]
    scores: pd.DataFrame
    seconds: float


def held_out(farm: str, plot: str) -> bool:
    """Return whether a plot is kept back from fits to check them; its name decides, so that it always is.

    >>> sum(held_out("farm", f"plot {n}") for n in range(1000)) // 10
    28
    """
    return zlib.crc32(f"check {farm}/{plot}".encode()) % 10 < KEPT_BACK


def run(
    viewer: Viewer,
    home: Platform,
    on: date | None = None,
    members: int = season.MEMBERS,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> FitReport:
    """Fit every plot with readings that is not kept back, predict those that are, and keep both.

    Raises
    ------
    MissingDataError
        When nothing was noted anywhere.
    """
    rights.require(viewer, "run.start")
    began = time.monotonic()
    table = home.store.observations(rights.EVERYTHING)
    if not len(table):
        raise MissingDataError(
            "no observations yet: import them with `citrus import observations FILE`",
            zh="还没有观测记录：请先用 `citrus import observations 文件` 导入",
        )
    county = fit_inputs.county(home, on)
    table = table[table["date"] <= pd.Timestamp(county.on)]
    read = {row: _readings(county, table, row) for row in range(len(county.plots))}
    read = {row: one for row, one in read.items() if season.informed(crops.load(county.cultivars[row]), one.kinds)}
    names = county.plots[["farm_name", "name"]]
    back = [row for row in read if held_out(*names.iloc[row])]
    fitted: dict[int, Fitted] = {}
    for done, row in enumerate(read):
        progress(done, len(read), f"校准 fitting {names['name'].iloc[row]}")
        if row not in back:
            cultivar = crops.load(county.cultivars[row])
            fitted[row] = season.fit(county.setting(row), cultivar, read[row], members=members, seed=SEED)
    cases = [_foreseen(county, row, read[row], fitted, members) for row in back]
    scores = fit_scores.table(cases, {row: (county.cultivars[row], fit.readings) for row, fit in fitted.items()})
    synthetic = bool(table["synthetic"].any())
    scores = scores.assign(fitted=len(fitted), held_out=len(back), synthetic=synthetic)
    fit_store.keep(home, county.on, _posterior(county, fitted), scores)
    counts = {
        "plots": len(read),
        "fitted": len(fitted),
        "held_out": len(back),
        "readings": sum(map(len, read.values())),
    }
    return FitReport(county.on, counts, scores, round(time.monotonic() - began, 1))


def scores(viewer: Viewer, home: Platform, on: date | None = None) -> tuple[date | None, pd.DataFrame]:
    """Return the day of the newest check against plots kept back, and one row a kind of reading; sums only."""
    if not rights.allowed(viewer, "outlook.sum"):
        rights.require(viewer, "observation.read")
    day = fit_store.newest(home, on)
    return day, pd.DataFrame(columns=list(fit_store.COLUMNS["scores"])) if day is None else fit_store.read(
        home, "scores", day
    )


def _readings(county: fit_inputs.County, table: pd.DataFrame, row: int) -> Readings:
    own = table[table["plot"] == county.plots["id"].iloc[row]]
    return Readings.of(own, county.first_day, county.observed.shape[2])


def _foreseen(
    county: fit_inputs.County, row: int, readings: Readings, fitted: dict[int, Fitted], members: int
) -> fit_scores.Case:
    """Return what is said of a plot without its own readings: by its cultivar's file, and by its neighbours too."""
    key = county.cultivars[row]
    cultivar = crops.load(key)
    names = season.informed(cultivar, season.KINDS)
    prior = Prior.of(cultivar, names)
    others = crops.perturbed(cultivar, members, SEED + 1)
    told = _neighbours(county, row, names, fitted)
    draws = prior.draw(members, SEED + row + 1)
    said = []
    for mean, sd in ((0.0, 1.0), (told[:, 0], told[:, 1])):
        rows = others.copy()
        rows[:, [PARAMETERS.index(name) for name in names]] = prior.values(mean + sd * draws)
        setting = county.setting(row)
        said.append(season.predicted(setting.run(rows), readings, setting.place))
    return fit_scores.Case(row, key, readings, *said)


def _neighbours(county: fit_inputs.County, row: int, names, fitted: dict[int, Fitted]) -> np.ndarray:
    """Return mean and standard deviation of each parameter's score by fitted plots of the cultivar, (parameter, 2)."""
    rows = [other for other in fitted if county.cultivars[other] == county.cultivars[row]]
    x, y = _positions(county)
    height = county.own["elevation"].to_numpy(float)
    out = np.tile([0.0, 1.0], (len(names), 1))
    for place, name in enumerate(names):
        able = [other for other in rows if name in fitted[other].names and name not in fitted[other].fixed]
        if not able:
            continue
        found = [fitted[other].scores[:, fitted[other].names.index(name)] for other in able]
        alone = [season_alone(one.mean(), one.std(ddof=1)) for one in found]
        away = np.hypot(x[able] - x[row], y[able] - y[row]) / 1000
        pool = SiteYears(
            np.array(able), np.array([a[0] for a in alone]), np.array([a[1] for a in alone]), height[able], away
        )
        out[place] = plot_prior(row, height[row], pool)
    return out


def _positions(county: fit_inputs.County) -> tuple[np.ndarray, np.ndarray]:
    points = county.plots.geometry.representative_point()
    zone = county.plots.estimate_utm_crs()
    x, y = pyproj.Transformer.from_crs("EPSG:4326", zone, always_xy=True).transform(points.x, points.y)
    return np.asarray(x), np.asarray(y)


def _posterior(county: fit_inputs.County, fitted: dict[int, Fitted]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "plot": county.plots["id"].iloc[row],
                "parameter": np.repeat(fit.names, len(fit.values)),
                "member": np.tile(np.arange(len(fit.values)), len(fit.names)),
                "value": fit.values.T.ravel(),
            }
        )
        for row, fit in fitted.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(fit_store.COLUMNS["posterior"]))
