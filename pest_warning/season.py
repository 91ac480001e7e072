"""The front door for a table of hours: what each day of a season meant for each organism, without any platform."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agro.errors import InputError
from agro.weather.humidity import vapour_pressure
from pest_warning import models, organism
from pest_warning.hourly import SUMMARY, Hours, through_hours
from pest_warning.site_days import CANOPY_WIND, asked

NEEDED = ("temperature", "rh", "rain", "wind")


def season(
    hours: pd.DataFrame, organisms: Sequence[str] | None = None, wetness: str = "humidity", wet_at: float = 90.0
) -> pd.DataFrame:
    """Return what each day meant for each organism, before trees, inoculum and sprays are asked.

    Parameters
    ----------
    hours : DataFrame, index of local hours, each beginning once
        temperature [degC], rh [%], rain [mm], wind [m s-1] at 10 m, and if known gust [m s-1]. Hours that are missing
        or NaN are unknown: their day is.
    organisms : sequence of str, optional
        Keys of `organism.keys()`; by default all that the hours can speak of.
    wetness : str
        "humidity" or "cart": what counts as a wet hour.
    wet_at : float
        Humidity from which leaves count as wet, for "humidity". [%]

    Returns
    -------
    DataFrame, index of local days
        wet_hours [h], rain [mm], tmean [degC], rh [%]; for an infection organism what dispersal and infection allowed
        (1: a whole infection of tissue that is there and susceptible), for mites and the psyllid the growth rate
        [d-1], for insects of shoots the heat above their threshold [degC d].

    Raises
    ------
    InputError
        For a missing column, or hours that are not whole.
    """
    if missing := [name for name in NEEDED if name not in hours]:
        raise InputError(f"hours lack {', '.join(missing)}", zh=f"逐时数据缺少 {'、'.join(missing)}")
    if not isinstance(hours.index, pd.DatetimeIndex) or hours.index.has_duplicates:
        raise InputError("hours need an index of times, each once", zh="逐时数据的索引应为不重复的时间")
    chosen = [organism.load(key) for key in (organism.keys() if organisms is None else organisms)]
    chosen = [one for one in chosen if one.engine != "timing"]
    wants = asked(chosen, wetness=wetness)
    days = pd.date_range(hours.index.min().normalize(), hours.index.max().normalize())
    table = hours.reindex(pd.date_range(days[0], periods=24 * len(days), freq="h"))
    by_day = table["temperature"].to_numpy(float).reshape(-1, 24)
    low, high = (np.where(np.isnan(by_day).any(axis=1), np.nan, f(by_day, axis=1)) for f in (np.min, np.max))
    span = np.where(high > low, high - low, 1.0)
    warmth = ((by_day - low[:, None]) / span[:, None]).reshape(-1, 1)
    gust = table["gust"] if "gust" in table else 1.6 * table["wind"]
    column = {name: table[name].to_numpy(float)[:, None] for name in ("rain", "wind", "temperature", "rh")}
    made = Hours(
        warmth, vapour_pressure(column["temperature"], column["rh"]), column["rain"], column["wind"] * CANOPY_WIND,
        models.driven(wants.blown, gust.fillna(1.6 * table["wind"]).to_numpy(float)[:, None], CANOPY_WIND),
    )  # fmt: skip
    found = through_hours(
        np.zeros(1, int), made, low[:, None], high[:, None], wants.table.rows, wants.table.responses,
        wants.rate_tables, wet_at=wet_at,
    )  # fmt: skip
    out = {name: found.summary[:, k, 0] for k, name in enumerate(SUMMARY)}
    out |= {key: found.conducive[:, k, 0] for k, key in enumerate(wants.table.organisms)}
    out |= {key: found.rates[:, k, 0] for k, key in enumerate(wants.rate_names)}
    return pd.DataFrame(out, index=days)
