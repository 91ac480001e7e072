"""A pest outlook of a few rows made by hand, kept in a small platform as a finished run would keep it."""

from datetime import date

import numpy as np
import pandas as pd

from agro.store.rights import EVERYTHING, OPERATOR
from pest_warning import outlook

ISSUED = date(2024, 3, 30)
TEXT = {"unit": "leaf-1", "event": "", "calibration": "percentile", "evidence": "judgement", "model_version": "1"}
PLAIN = {"demoted": False, "recorded": True, "protected": False, "scouted": 5.0, "level": outlook.HIGH, "horizon": 15}
MITES = {
    "index": 6.0, "usual": 3.0, "percentile_low": 70.0, "percentile": 80.0, "percentile_high": 95.0, "share": 0.6,
    "driver1_key": "warmth", "driver1_log": 0.3, "driver1_now": 17.0, "driver1_usual": 14.0,
    "date_p10": date(2024, 4, 1), "date_p50": date(2024, 4, 3), "date_p90": date(2024, 4, 9), "lead_days": 4.0,
}  # fmt: skip


def row(plot, organism="red_mite", **changes):
    """Return one row with all columns; numbers that are not given are unknown."""
    made = dict.fromkeys(outlook.COLUMNS, np.nan)
    made |= {f"driver{k}_key": "" for k in range(1, outlook.DRIVERS + 1)}
    return made | TEXT | PLAIN | MITES | {"plot": plot, "organism": organism} | changes


def keep(platform, rows, on=ISSUED):
    """Keep rows as the outlook of a finished run of the day."""
    run = platform.store.start_run(on, members=10, by=OPERATOR)
    platform.store.save_pests(run, on, pd.DataFrame(rows), by=OPERATOR)
    platform.store.finish_run(run, counts={}, warnings=[], by=OPERATOR)


def plots(platform):
    """Return {name: id} of all plots."""
    table = platform.store.plots(EVERYTHING)
    return dict(zip(table["name"], table["id"], strict=True))


def farms(platform):
    """Return {name: id} of all farms."""
    return {one.name: one.id for one in platform.store.farms(EVERYTHING)}
