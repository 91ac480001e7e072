"""What was measured: weather of a station, readings of a plot and what the fit to them is worth."""

from datetime import date

import pandas as pd

from app.services.fit import PlotFit
from tests.app.views.answers.orchard import ISSUED, LEVELS, PLOTS, day


def stations() -> pd.DataFrame:
    row = ("s1", "甲站", 109.4, 30.9, 210.0, "test", date(2001, 1, 1), ISSUED, "daily", 9000)
    return pd.DataFrame(
        [row],
        columns=["id", "name", "longitude", "latitude", "elevation", "source", "first", "last", "resolution", "rows"],
    )


def quality() -> pd.DataFrame:
    return pd.DataFrame(
        {"good": [8990], "not_evaluated": [0], "suspect": [5], "fail": [3], "missing": [2], "total": [9000]},
        index=pd.Index(["tmin"], name="variable"),
    )


def fit() -> PlotFit:
    """One plot's readings of a summer, with a bloom that was seen; two of them moved nothing yet."""
    days = pd.to_datetime([day(n) for n in (-90, -60, -29)])
    points = pd.DataFrame(
        {"time": days, "variable": "diameter", "value": [30.0, 42.0, 55.0], "low": [28.5, 40.5, 53.5]}
        | {"high": [31.5, 43.5, 56.5], "n": [20, 20, 20], "evidence": "measured", "conflict": False}
    )
    fans = pd.DataFrame(
        [
            (pd.Timestamp(day(n)), "diameter", which, at - 4, at, at + 4)
            for which, off in (("prior", -5.0), ("fitted", 0.0))
            for n in range(-100, 30, 2)
            for at in (62 + off + n * 0.3,)
        ],
        columns=["time", "variable", "which", *LEVELS],
    )
    spread = [pd.Timestamp(day(n)) for n in (-165, -160, -156)]
    return PlotFit(
        plot=PLOTS[0],
        issued=ISSUED,
        synthetic=True,
        counts={"diameter": 3, "bloom_65": 1},
        points=points,
        fans=fans,
        blooms=pd.DataFrame(
            [(2026, which, *spread) for which in ("prior", "fitted", "seen")], columns=["year", "which", *LEVELS]
        ),
        misfit=pd.DataFrame([("diameter", 3, 5.2, 0.9)], columns=["kind", "n", "before", "after"]),
        moved=pd.DataFrame(
            [
                ("fruit.diameter_max", "mm", "a survey", "judgement", 80.0, 86.0, 92.0, 84.0, 88.0, 91.0, 0.42, False),
                ("fruit.growth", "d-1", "a survey", "judgement", 0.016, 0.018, 0.02, 0.016, 0.018, 0.02, 0.0, True),
            ],
            columns=["parameter", "unit", "source", "evidence"]
            + [f"{which}_{p}" for which in ("prior", "fitted") for p in LEVELS]
            + ["narrower", "fixed"],
        ),
        seen=day(-163),
        biofix=pd.DataFrame(
            [["65", *spread, *[pd.Timestamp(day(-163))] * 3], ["81", *[pd.NaT] * 6]],
            columns=["event"] + [f"{which}_{p}" for which in ("alone", "restarted") for p in LEVELS],
        ),
        lines=pd.DataFrame(
            [(pd.Timestamp(day(n)), one, 60 + n * 0.3) for one in ("alone", "restarted") for n in range(-150, 30, 5)],
            columns=["time", "which", "p50"],
        ),
        reading={
            "kind": "diameter", "date": day(-29), "value": 55.0, "sd": 1.2, "before": (46.0, 50.0, 54.0),
            "after": (53.0, 54.5, 56.0), "later": day(30), "later_before": (60.0, 65.0, 70.0),
            "later_after": (67.0, 69.0, 71.0),
        },
        held_out=True,
    )  # fmt: skip


def scores() -> pd.DataFrame:
    row = {
        "kind": "diameter", "n": 48, "plots": 12, "share": 0.75, "low": 0.43, "high": 0.945, "share_prior": 0.8,
        "rmse": 3.4, "crps": 1.9, "against_climatology": 0.5, "n_climatology": 48, "against_persistence": -0.1,
        "n_persistence": 30, "fitted": 28, "held_out": 12, "synthetic": True,
    }  # fmt: skip
    return pd.DataFrame([row])
