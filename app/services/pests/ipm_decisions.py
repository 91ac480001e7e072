"""The pest outlook in the output form of IPM Decisions, so that other platforms can show it.

One document for each organism and horizon: the form has rows at one fixed interval, and an outlook is one row that
covers its horizon. Found in H2020-IPM-Decisions: `schemas/dss_model_output.json` of the formats, and the message with
its type in the entities of the DSS service; the list of warning states beside the data is told by FIELD.md c.2.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pest_warning import organism
from pest_warning.organism import HORIZONS

DAY = 86_400  # s
PARAMETERS = {
    "index": "INDEX", "usual": "USUAL", "percentile_low": "PERCENTILE_LOW", "percentile": "PERCENTILE",
    "percentile_high": "PERCENTILE_HIGH", "lead_days": "LEAD_DAYS",
}  # fmt: skip
PROBABILITY = {"p": "PROBABILITY", "p_lo": "PROBABILITY_LOW", "p_hi": "PROBABILITY_HIGH"}
"""Columns beside the warning state; those that no plot knows are left out, as the form has numbers only."""
INFO, WARNING = 0, 1
DECIMALS = 4


def documents(
    table: gpd.GeoDataFrame, issued: date, timezone: str, synthetic: bool, draft: bool
) -> list[dict[str, Any]]:
    """Return one entry for each organism and horizon: what it is of, and its output.

    Parameters
    ----------
    table : GeoDataFrame
        The rows of an outlook with the plots' outlines in EPSG:4326 and `elevation`.
    synthetic, draft : bool
        Whether the data are invented, whether the station has not issued them; both stand in the message.
    """
    points = shapely.point_on_surface(table.geometry.to_numpy())
    places = pd.DataFrame(table.drop(columns="geometry")).assign(
        longitude=shapely.get_x(points).round(5), latitude=shapely.get_y(points).round(5)
    )  # fmt: skip
    made = []
    for (key, horizon), rows in places.groupby(["organism", "horizon"], sort=False):
        one = organism.load(str(key))
        made.append({
            "pest": one.eppo, "organism": one.key, "name": {"zh": one.name.zh, "en": one.name.en},
            "horizon": int(horizon), "output": output(rows, issued, timezone, synthetic, draft),
        })  # fmt: skip
    return made


def output(rows: pd.DataFrame, issued: date, timezone: str, synthetic: bool, draft: bool) -> dict[str, Any]:
    """Return the output of one organism at one horizon, a location a plot."""
    horizon = int(rows["horizon"].iloc[0])
    if horizon not in HORIZONS:
        raise ValueError(f"no horizon of {horizon} days")
    begins = datetime.combine(issued + timedelta(days=1), time(), ZoneInfo(timezone))
    ends = begins + timedelta(days=horizon - 1)
    wanted = PARAMETERS | (PROBABILITY if (rows["calibration"] == "calibrated").all() else {})
    columns = [name for name in wanted if np.isfinite(rows[name].astype(float)).all()]
    values = rows[columns].astype(float).round(DECIMALS).to_numpy().tolist()
    levels = rows["level"].astype(int).tolist()
    states = rows["calibration"].unique()
    calibration = "calibrated" if set(states) == {"calibrated"} else "not calibrated: index and percentile, no chance"
    parts = [calibration, *(["invented data"] if synthetic else []), *(["draft, not issued"] if draft else [])]
    heights = rows["elevation"] if "elevation" in rows else pd.Series(np.nan, rows.index)
    return {
        "timeStart": begins.isoformat(), "timeEnd": ends.isoformat(), "interval": horizon * DAY,
        "resultParameters": ["WARNING_STATUS", *(wanted[name] for name in columns)],
        "locationResult": [
            {
                "longitude": longitude, "latitude": latitude, "altitude": None if height is None else round(height, 1),
                "data": [[level, *row]], "warningStatus": [level], "length": 1, "width": 1 + len(columns),
            }
            for longitude, latitude, height, level, row in zip(
                rows["longitude"].tolist(), rows["latitude"].tolist(),
                heights.astype(object).where(heights.notna(), None).tolist(), levels, values, strict=True,
            )
        ],
        "message": "; ".join(parts), "messageType": WARNING if draft or synthetic else INFO,
    }  # fmt: skip
