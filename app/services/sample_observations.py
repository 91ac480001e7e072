"""The sample county's observations: hidden parameters run through the engine in the county's own weather."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from app.services import fit_inputs
from app.services.platform import Platform
from growth_model import cultivar as crops
from growth_model.calibration.prior import Prior
from growth_model.calibration.season import KINDS, Readings, informed, predicted
from growth_model.crop import PARAMETERS
from sample_data import observations

OTHERS = 31337  # seed of what no reading moves: each plot is one more draw
DRAWS = 128


def make(home: Platform, folder: Path) -> Path:
    """Return the CSV of the sample county's observations, written into `folder` beside their truth."""
    county = fit_inputs.county(home)
    plots = county.plots
    rows, truths = [], {}
    order = observations.chosen(plots["farm_name"], plots["name"])
    for number, row in enumerate(order):
        plot = plots.iloc[row]
        setting, key = county.setting(row), county.cultivars[row]
        cultivar = crops.load(key)
        names = informed(cultivar, KINDS)
        prior = Prior.of(cultivar, names)
        truth = prior.values(observations.scores(plot["farm_name"], plot["name"], key, names)[None])[0]
        crop = crops.perturbed(cultivar, DRAWS, OTHERS)[number + 1][None].copy()
        crop[0, [PARAMETERS.index(name) for name in names]] = truth
        plan = observations.visits(plot["farm_name"], plot["name"], key)
        rows += observations.noted(plot["farm_name"], plot["name"], plan, _seen(setting, crop, plan))
        truths[f"{plot['farm_name']}/{plot['name']}"] = dict(zip(names, map(float, truth), strict=True)) | {
            "cultivar": key
        }
    return observations.write(folder, rows, truths)[0]


def _seen(setting, crop, plan) -> list:
    """Return the true day of bloom or value of each visit."""
    days = np.array([(np.datetime64(visit.day) - setting.first_day).astype(int) for visit in plan])
    nothing = np.zeros(len(plan))
    asked = Readings(tuple(visit.kind for visit in plan), days, nothing, nothing + 1, setting.first_day)
    found = predicted(setting.run(crop), asked, setting.place)[0]
    first: date = setting.first_day.item()
    return [
        first + timedelta(days=int(value)) if KINDS[visit.kind].event and np.isfinite(value) else value
        for visit, value in zip(plan, found, strict=True)
    ]
