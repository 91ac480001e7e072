"""How the organisms stand: which are calibrated, and which had to step back because the calendar was as good.

Both come from scoring (`app.services.pests.skill`), are kept as numbers in the store, and are frozen for a season.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from agro.store.rights import EVERYTHING
from app.services.platform import Platform
from pest_warning import organism as organism_files
from pest_warning import outlook
from pest_warning.skill import Calibration, in_force
from pest_warning.skill.verdict import DEMOTED, HOLDS

CALIBRATIONS, VERDICTS = "pests.calibrations", "pests.verdicts"
YEAR = 366  # days


def keep(home: Platform, calibrations: dict[str, list[Calibration]], verdicts: dict[str, list[dict[str, Any]]]) -> None:
    """Keep what scoring found, a calibration and a verdict a season; the keys are "organism:horizon"."""
    told = {key: [one.to_dict() for one in some] for key, some in calibrations.items()}
    home.store.save_setting(CALIBRATIONS, told)
    home.store.save_setting(VERDICTS, verdicts)


def calibrations(home: Platform) -> dict[str, list[Calibration]]:
    """Return {"organism:horizon": calibrations of all seasons}."""
    kept = home.store.setting(CALIBRATIONS) or {}
    return {key: [Calibration.from_dict(one) for one in some] for key, some in kept.items()}


def verdicts(home: Platform, on: date | None = None) -> dict[str, dict[str, Any]]:
    """Return {"organism:horizon": verdict} in force on a day, by default the last of all.

    A verdict holds state, zh, en, since (ISO date), base_rate, and usual: pairs of a day of the year and the frequency
    that is usual then.
    """
    found = {}
    for key, seasons in (home.store.setting(VERDICTS) or {}).items():
        valid = [one for one in seasons if on is None or one["since"] <= on.isoformat()]
        if valid:
            found[key] = max(valid, key=lambda one: one["since"])
    return found


def usual(verdict: dict[str, Any], on: date) -> float:
    """Return the frequency that is usual at this time of the year: that of the nearest day that is told [1]."""
    day = on.timetuple().tm_yday
    near = min(verdict["usual"], key=lambda one: min(abs(one[0] - day), YEAR - abs(one[0] - day)), default=None)
    return float(verdict["base_rate"] if near is None or near[1] is None else near[1])


def scored_by(key: str, table: pd.DataFrame) -> list[np.ndarray]:
    """Return the number that is calibrated and scored, and its ends over draws, each of shape (row,).

    Of infections it is the index; of populations and dates the share of cases that pass the threshold, which knows
    the season.
    """
    if organism_files.load(key).engine == "infection":
        names = ["index", "parameters_low", "parameters_high", "state_low", "state_high"]
    else:
        names = ["share", "share_low", "share_high"]
    return [table[name].to_numpy(float) for name in names]


def applied(home: Platform, on: date, table: pd.DataFrame) -> pd.DataFrame:
    """Return a run's table with probabilities where an organism has shown skill, and demoted where it has not.

    A probability needs a calibration that knows the plot's district, and a verdict that it holds. Both count from the
    season after the ones that they were fitted on: nothing that a day could not have known moves it. Where a model
    was demoted its level is that of the frequency usual at this time of the year.
    """
    table = table.copy()
    known, told = calibrations(home), verdicts(home, on)
    district: dict[str, str] | None = None
    for (organism, horizon), rows in table.groupby(["organism", "horizon"]).groups.items():
        key = f"{organism}:{horizon}"
        verdict, calibration = told.get(key), in_force(known.get(key, []), on)
        if verdict is None:
            continue
        if verdict["state"] == HOLDS and calibration is not None:
            district = _districts(home) if district is None else district
            here = table.loc[rows, "plot"].map(district).isin(calibration.districts).to_numpy()
            _calibrated(table, rows[here], calibration, organism, on)
        if verdict["state"] == DEMOTED:
            level = outlook.level_by_share(np.full(len(rows), usual(verdict, on)), False)
            shown = table.loc[rows, "level"].to_numpy()
            table.loc[rows, "level"] = np.where(shown >= outlook.LOW, level, shown)
            table.loc[rows, "demoted"] = True
    return table


def _calibrated(table: pd.DataFrame, rows: pd.Index, calibration: Calibration, organism: str, on: date) -> None:
    if not len(rows):
        return
    middle, *ends = (
        calibration.predict(pd.DataFrame({"index": values, "issued": pd.Timestamp(on)}))
        for values in scored_by(organism, table.loc[rows])
    )
    table.loc[rows, "p"] = middle
    table.loc[rows, "p_lo"] = np.fmin.reduce([middle, *ends])
    table.loc[rows, "p_hi"] = np.fmax.reduce([middle, *ends])
    table.loc[rows, "calibration"] = "calibrated"


def _districts(home: Platform) -> dict[str, str]:
    plots = home.store.plots(EVERYTHING)
    return dict(zip(plots["id"], plots["township"].fillna(""), strict=True))
