"""All organisms of some plots on one day: one table, whatever engine stands behind a row."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from agro import parameters
from pest_warning import arrival, dates, densities, infection, organism, outlook
from pest_warning.organism import Organism
from pest_warning.setting import Setting

Course = dict[str, np.ndarray]
AT_ONCE = 512
"""Plots that are computed at a time: with 50 members some 500 MB."""


def engine(one: Organism) -> Callable[[Organism, Setting], tuple[pd.DataFrame, Course]]:
    """Return what computes the outlook of an organism."""
    if one.engine == "infection":
        return infection.outlooks
    if one.engine == "timing":
        return dates.outlooks
    return arrival.outlooks if one.model["family"] == "arrival" else densities.outlooks


def outlooks(setting: Setting, organisms: tuple[Organism, ...] | None = None) -> tuple[pd.DataFrame, dict[str, Course]]:
    """Return the outlook table of all plots, and each organism's course of the days.

    Returns
    -------
    DataFrame
        `outlook.COLUMNS`, by organism, horizon and plot. No p stands in it: that is for who has a calibration.
    dict
        {organism: course}; see `infection.outlooks`.
    """
    tables, courses = [], {}
    for one in organism.catalogue() if organisms is None else organisms:
        table, courses[one.key] = _of_all(one, setting)
        tables.append(table.assign(evidence=weakest(one), **_records(one, setting, len(table))))
    whole = pd.concat(tables, ignore_index=True)
    whole["calibration"] = np.where(whole["percentile"].notna(), "percentile", "none")
    whole["model_version"], whole["demoted"] = outlook.VERSION, False
    return whole.reindex(columns=list(outlook.COLUMNS)), courses


def _of_all(one: Organism, setting: Setting) -> tuple[pd.DataFrame, Course]:
    """Return the outlook of one organism: plots that nothing tells apart are computed once."""
    several, of = alike(one, setting)
    parts = [
        engine(one)(one, setting.some(several[first : first + AT_ONCE])) for first in range(0, len(several), AT_ONCE)
    ]
    table = pd.concat([part for part, _ in parts]).sort_values("horizon", kind="stable")
    course = {name: np.concatenate([part[name] for _, part in parts]) for name in parts[0][1]}
    rows = np.concatenate([first + of for first in range(0, len(table), len(several))])
    return table.iloc[rows].assign(plot=np.tile(setting.plots, len(rows) // len(of))), {
        name: values[of] for name, values in course.items()
    }


def alike(one: Organism, setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Return which plots stand for all, and for each plot the position among these of the one that stands for it.

    Plots are alike that share site, cultivar, pressure of neighbours and (where dates hang on it) elevation, and of
    which nobody noted a spray or a count.
    """
    n = len(setting.plots)
    told = np.full(n, -1)
    touched = [plot for plot in setting.sprays if setting.sprays_against(plot, one.key)]
    counts = setting.counts_of(one.key)
    touched += counts["plot"].tolist() if len(counts) else []
    told[touched] = touched
    keys = pd.DataFrame({
        "site": setting.site, "told": told, "pressure": setting.pressure.get(one.key, np.zeros(n)),
        "cultivar": setting.cultivar if one.engine == "infection" else "",
        "elevation": setting.elevation if one.engine == "timing" else 0.0,
    })  # fmt: skip
    of = keys.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy()
    _, several = np.unique(of, return_index=True)
    return several, of


def weakest(one: Organism) -> str:
    """Return the weakest kind of evidence among the decisive numbers of an organism."""
    order = parameters.EVIDENCE
    worst = 0
    for name in ("infection", "dispersal", "inoculum", "rate", "population", "arrival"):
        if one.has(name):
            worst = max(
                [worst, *(order.index(entry.evidence) for entry in parameters.section(one.path, name).values())]
            )
    for entry in parameters.document(one.path).get("event", []):
        worst = max(worst, order.index(entry["amount"]["evidence"]))
    return order[worst]


def _records(one: Organism, setting: Setting, rows: int) -> dict[str, object]:
    """Return what was written down: whether anything, whether it was sprayed, days since somebody looked."""
    n = len(setting.plots)
    recorded = np.zeros(n, bool) if setting.recorded is None else setting.recorded
    sprayed = np.array([bool(setting.sprays_against(k, one.key)) for k in range(n)])
    looked = np.full(n, np.nan)
    counts = setting.counts_of(one.key)
    if len(counts):
        last = counts.groupby("plot")["day"].max()
        looked[last.index.to_numpy(int)] = setting.now - last.to_numpy(float)
    times = rows // n
    return {
        "recorded": np.tile(recorded, times), "protected": np.tile(sprayed, times), "scouted": np.tile(looked, times),
    }  # fmt: skip
