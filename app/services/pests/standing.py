"""How the organisms stand: which are calibrated, and which had to step back because the calendar was as good.

Both come from scoring (`app.services.pests.skill`), are kept as numbers in the store, and are frozen for a season.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from app.services.platform import Platform
from pest_warning import organism as organism_files
from pest_warning import outlook
from pest_warning.skill import Calibration, in_force
from pest_warning.skill.verdict import DEMOTED

CALIBRATIONS, VERDICTS = "pests.calibrations", "pests.verdicts"


def keep(home: Platform, calibrations: dict[str, list[Calibration]], verdicts: dict[str, dict[str, Any]]) -> None:
    """Keep what scoring found; the keys are "organism:horizon"."""
    told = {key: [one.to_dict() for one in some] for key, some in calibrations.items()}
    home.store.save_setting(CALIBRATIONS, told)
    home.store.save_setting(VERDICTS, verdicts)


def calibrations(home: Platform) -> dict[str, list[Calibration]]:
    """Return {"organism:horizon": calibrations of all seasons}."""
    kept = home.store.setting(CALIBRATIONS) or {}
    return {key: [Calibration.from_dict(one) for one in some] for key, some in kept.items()}


def verdicts(home: Platform) -> dict[str, dict[str, Any]]:
    """Return {"organism:horizon": state, zh, en, base_rate, since}."""
    return home.store.setting(VERDICTS) or {}


def scored_by(key: str, table: pd.DataFrame) -> list[np.ndarray]:
    """Return the number that is calibrated and scored, and its ends over draws, each of shape (row,).

    Of infections it is the index; of populations and dates the share of cases that pass the threshold, which knows
    the season.
    """
    names: tuple[str, ...] = ("share", "share_low", "share_high")
    if organism_files.load(key).engine == "infection":
        names = ("index", "parameters_low", "parameters_high", "state_low", "state_high")
    return [table[name].to_numpy(float) for name in names]


def applied(home: Platform, on: date, table: pd.DataFrame) -> pd.DataFrame:
    """Return a run's table with probabilities where an organism is calibrated, and demoted where it lost.

    A calibration or verdict counts from the season after the one that it was fitted on: nothing that a day could not
    have known moves it. Where a model was demoted its level is that of the usual frequency.
    """
    table = table.copy()
    known, told = calibrations(home), verdicts(home)
    issued = pd.Timestamp(on)
    for (organism, horizon), rows in table.groupby(["organism", "horizon"]).groups.items():
        key = f"{organism}:{horizon}"
        calibration = in_force(known.get(key, []), on)
        if calibration is not None:
            some = table.loc[rows]
            middle, *ends = (
                calibration.predict(pd.DataFrame({"index": values, "issued": issued}))
                for values in scored_by(organism, some)
            )
            table.loc[rows, "p"] = middle
            table.loc[rows, "p_lo"] = np.fmin.reduce([middle, *ends])
            table.loc[rows, "p_hi"] = np.fmax.reduce([middle, *ends])
            table.loc[rows, "calibration"] = "calibrated"
        verdict = told.get(key)
        if verdict and verdict["state"] == DEMOTED and verdict["since"] <= on.isoformat():
            usual = outlook.level_by_share(np.full(len(rows), verdict["base_rate"]), False)
            some_level = table.loc[rows, "level"].to_numpy()
            table.loc[rows, "level"] = np.where(some_level >= outlook.LOW, usual, some_level)
            table.loc[rows, "demoted"] = True
    return table
