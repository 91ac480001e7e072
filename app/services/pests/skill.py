"""How good the warnings were: scores, calibrations and verdicts, from all that was said and then seen."""

from datetime import date
from io import StringIO
from typing import Any

import pandas as pd

from agro.farm import Viewer
from agro.store import rights
from app.services.pests import pairs as paired
from app.services.pests import standing
from app.services.platform import Platform
from pest_warning import organism
from pest_warning.organism import HORIZONS
from pest_warning.skill import Calibration, Contingency, Gauge, Prices, calibrate, censored, contingency, gauge
from pest_warning.skill import scores as scored
from pest_warning.skill import verdict as judged
from pest_warning.skill.value import return_per_hectare

SCORES = "pests.scores"


def refresh(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Score everything, fit calibrations and verdicts for the seasons to come, keep both; return the scores.

    A season's calibration is fitted on the seasons before it only, and the probabilities that are scored for a season
    are that calibration's: nothing is judged on what it was fitted to.
    """
    rights.require(viewer, "run.start")
    pairs = paired.of_home(home)
    if not len(pairs):
        return pd.DataFrame()
    calibrations = _calibrations(pairs)
    pairs = with_probabilities(pairs, calibrations)
    table = scored(pairs)
    latest = max(paired.years(pairs))
    frozen = judged(scored(paired.before(pairs, date(latest, 1, 1)))) if len(paired.years(pairs)) > 1 else None
    standing.keep(home, calibrations, _verdicts(pairs, frozen, latest))
    told = table.drop(columns="verdict", errors="ignore").merge(judged(table), on=["organism", "horizon", "district"])
    home.store.save_setting(SCORES, told.to_json(orient="table", index=False, double_precision=6))
    return told


def scores(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Return the newest scores by organism, horizon and district ("" for all); empty before the first."""
    rights.require(viewer, "pest.skill")
    kept = home.store.setting(SCORES)
    if not kept:
        return pd.DataFrame()
    return pd.read_json(StringIO(kept), orient="table")


def pairs_of(home: Platform, key: str | None = None) -> pd.DataFrame:
    """Return the pairs with the probabilities that their seasons' calibrations give."""
    pairs = with_probabilities(paired.of_home(home), standing.calibrations(home))
    return pairs if key is None else pairs[pairs["organism"] == key]


def table_of(viewer: Viewer, home: Platform, key: str, horizon: int) -> Contingency:
    """Return hits, misses, false alarms and correct negatives of an organism at a horizon; censored pairs left out."""
    rights.require(viewer, "pest.skill")
    pairs = pairs_of(home, key)
    pairs = pairs[(pairs["horizon"] == horizon) & ~censored(pairs)]
    return contingency(pairs["said"].to_numpy(bool), pairs["observed"].to_numpy(bool))


def worth(viewer: Viewer, home: Platform, key: str, horizon: int, spray: float, loss: float) -> pd.DataFrame:
    """Return what following the warnings is worth at the user's own prices [yuan per mu], with intervals.

    Parameters
    ----------
    spray, loss : float
        Cost of a spray, and of an outbreak that is not treated. [yuan per mu]
    """
    return return_per_hectare(table_of(viewer, home, key, horizon), Prices(spray=spray, loss=loss))


def reference(viewer: Viewer, home: Platform) -> Gauge:
    """Return the 80 % / 200 trials gauge: empty until real trials with untreated strips fill it."""
    rights.require(viewer, "pest.skill")
    return gauge(pairs_of(home))


def with_probabilities(pairs: pd.DataFrame, calibrations: dict[str, list[Calibration]]) -> pd.DataFrame:
    """Return pairs with the probability that the calibration of their season gives; NaN before the first."""
    pairs = pairs.assign(p=float("nan"))
    for key, seasons in calibrations.items():
        name, horizon = key.split(":")
        for one in seasons:
            year = int(str(one.valid_from)[:4])
            rows = (pairs["organism"] == name) & (pairs["horizon"] == int(horizon)) & (pairs["year"] == year)
            if rows.any():
                pairs.loc[rows, "p"] = one.predict(pairs.loc[rows, ["index", "issued"]])
    return pairs


def _calibrations(pairs: pd.DataFrame) -> dict[str, list[Calibration]]:
    found: dict[str, list[Calibration]] = {}
    seasons = paired.years(pairs)
    for one in organism.catalogue():
        link = "log" if one.engine == "infection" else "logit"
        for horizon in HORIZONS:
            some = pairs[(pairs["organism"] == one.key) & (pairs["horizon"] == horizon)]
            fits = (
                [calibrate(some, date(year, 1, 1), link) for year in [*seasons[1:], seasons[-1] + 1]]
                if len(some)
                else []
            )
            if known := [fit for fit in fits if fit is not None]:
                found[f"{one.key}:{horizon}"] = known
    return found


def _verdicts(pairs: pd.DataFrame, frozen: pd.DataFrame | None, year: int) -> dict[str, dict[str, Any]]:
    if frozen is None:
        return {}
    told = {}
    for row in frozen[frozen["district"] == ""].itertuples():
        some = pairs[(pairs["organism"] == row.organism) & (pairs["horizon"] == row.horizon) & (pairs["year"] < year)]
        told[f"{row.organism}:{row.horizon}"] = {
            "state": row.state, "zh": row.zh, "en": row.en, "base_rate": float(some["observed"].mean()),
            "since": date(year, 1, 1).isoformat(),
        }  # fmt: skip
    return told
