"""Rows of a pest outlook made by hand, and a small platform that keeps them."""

from datetime import date

import numpy as np
import pandas as pd
from shapely.geometry import box

from agro.farm import Farm, Plot, Region
from agro.store.rights import OPERATOR
from app.services.platform import open_platform
from pest_warning import organism, outlook

ON = date(2026, 9, 20)
BLANK = {
    "level": 2, "index": 0.1, "unit": "1", "percentile": 50.0, "percentile_low": 30.0, "percentile_high": 70.0,
    "share": 0.0, "usual": 0.1, "event": None, "lead_days": np.nan, "calibration": "percentile",
    "evidence": "judgement", "model_version": "1", "demoted": False, "recorded": False, "protected": False,
}  # fmt: skip


def row(plot="p0", organism="melanose", horizon=15, **more):
    empty = dict.fromkeys(outlook.COLUMNS)
    return empty | BLANK | {"plot": plot, "organism": organism, "horizon": horizon} | more


def frame(rows):
    table = pd.DataFrame(rows, columns=list(outlook.COLUMNS))
    numbers = [name for name in table if name.endswith(("_low", "_high", "_log", "_now", "_usual"))]
    for name in [*numbers, "p", "p_lo", "p_hi", "lead_days", "scouted", "usual", "index", "percentile", "share"]:
        table[name] = table[name].astype(float)
    return table


def calm(plots):
    return [row(plot, one.key, days) for plot in plots for one in organism.catalogue() for days in organism.HORIZONS]


def made(folder, rows, plots=7, farms=7, on=ON, townships=("甲镇",)):
    """A platform with plots 0.1 degrees apart by farm, whose outlook is what `calm` says but for `rows`."""
    home = open_platform(folder)
    home.store.save_region(Region("r", "试验县（合成）", "EPSG:32649", synthetic=True), by=OPERATOR)
    home.store.save_farms([Farm(f"f{k}", f"果园{k}") for k in range(farms)], by=OPERATOR)
    home.store.save_plots(
        [
            Plot(
                f"p{k}", f"f{k % farms}", f"地{k}", box(109.4 + k / 1000, 30.9, 109.4005 + k / 1000, 30.9005), 2000.0,
                "navel", township=townships[k % len(townships)], elevation=300.0,
            )
            for k in range(plots)
        ],
        by=OPERATOR,
    )  # fmt: skip
    given_rows = {(one["plot"], one["organism"], one["horizon"]): one for one in rows}
    table = [
        given_rows.get((one["plot"], one["organism"], one["horizon"]), one)
        for one in calm(f"p{k}" for k in range(plots))
    ]
    run = home.store.start_run(on, members=20, by=OPERATOR)
    home.store.save_pests(run, on, frame(table), by=OPERATOR)
    home.store.finish_run(run, by=OPERATOR)
    return home


MITE = {"unit": "leaf-1", "event": "threshold", "date_p10": date(2026, 9, 22), "date_p50": date(2026, 9, 26)}
MITE |= {"date_p90": date(2026, 10, 2), "lead_days": 6.0, "share": 0.8, "index": 6.0, "usual": 2.0}
