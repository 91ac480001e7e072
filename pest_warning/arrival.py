"""The outlook of an insect that is not here yet: what known finds send over, what would welcome it, when to look."""

from datetime import timedelta
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd

from agro import parameters
from pest_warning import host, outlook
from pest_warning.host import Host
from pest_warning.organism import HORIZONS, Organism
from pest_warning.setting import Setting
from pest_warning.site_days import SiteDays

TENDER = (2.0, 21.0)
"""Age of a flush on which it lays its eggs [d]; shoots under 1 to 3 cm."""
TINY = 1e-9


class Arrival(NamedTuple):
    """Pressure far from any find, and the distance over which a find's falls to 1/e."""

    background: Annotated[float, "1"]
    near: Annotated[float, "m"]


def outlooks(organism: Organism, setting: Setting) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the outlook of all plots and the course of the days, as `infection.outlooks` does.

    The index is the pressure times the days on which it could settle: tender shoots times the growth that the
    temperature allows (1 at its best). Far from any find the level never rises above medium, which means: look.
    """
    row, about = setting.asked.rate_names.index(organism.key), organism.parameters("arrival", Arrival)
    pressure = np.maximum(setting.pressure.get(organism.key, np.zeros(len(setting.site))), about.background)
    best = setting.asked.rate_tables[row].max()
    future = welcome_of(setting.future, setting.host, setting.now + 1, row, best)[setting.site]
    usual = welcome_of(setting.usual, setting.usual_host, 0, row, best)[setting.site]
    past = welcome_of(setting.past, setting.host, 0, row, best)[setting.site]
    tables = [_rows(organism, setting, horizon, future, usual, pressure, about) for horizon in HORIZONS]
    course = {
        "past": past[:, 0] * pressure[:, None],
        "future": outlook.quantiles(future, axis=1).transpose(1, 0, 2) * pressure[:, None, None],
        "usual": outlook.mean(usual, axis=1) * about.background,
    }
    return pd.concat(tables, ignore_index=True), course


def welcome_of(days: SiteDays, trees: Host, first: int, row: int, best: float) -> np.ndarray:
    """Return how welcome each day would make it, shape (site, member, day), 0 to 1."""
    members = days.rain.shape[1]
    tender = host.tender(trees, first + days.days, *TENDER)[..., first:]
    if tender.shape[1] != members:
        tender = np.median(tender, axis=1, keepdims=True)
    return days.rates[:, row].transpose(2, 1, 0) / best * tender


def _rows(organism, setting, horizon, future, usual, pressure, about) -> pd.DataFrame:
    days = future[..., :horizon]
    first = setting.now + 1
    sums, others = outlook.sums(days), outlook.sums(usual[..., first : first + horizon])
    low, middle, high = outlook.quantiles(sums)
    place = [outlook.percentile(value, others) for value in (low, middle, high)]
    unknown = outlook.too_much_missing(days).any(axis=1)
    near = pressure > about.background * 1.5
    gate = parameters.load(outlook.FILE, "gate", outlook.Gate)
    welcome = middle >= 1.0  # a day's worth of the best conditions
    level = np.where(welcome, np.where(near & (pressure >= gate.high), outlook.HIGH, outlook.MEDIUM), outlook.LOW)
    level = np.where(np.nan_to_num(days).max(axis=(1, 2)) <= 0, outlook.NOTHING, level)
    level = np.where(unknown | np.isnan(middle), outlook.CANNOT, level)
    opens = np.where((days > 0.1).any(axis=-1), (days > 0.1).argmax(axis=-1) + 1.0, np.inf)
    when = np.quantile(opens, (0.1, 0.5, 0.9), axis=1, method="nearest")
    when = np.where(np.isfinite(when), when, np.nan)
    today = setting.first_day + timedelta(days=setting.now)
    mean, usual_mean = outlook.mean(sums), outlook.mean(others)
    drivers = {
        "pressure": (np.log(pressure / about.background), pressure, np.full(len(pressure), about.background)),
        "welcome": (
            np.log(np.maximum(mean, TINY) / np.maximum(usual_mean, TINY)), mean, usual_mean,
        ),
    }  # fmt: skip
    low_state, high_state = _background_range(organism)
    return pd.DataFrame({
        "plot": setting.plots, "organism": organism.key, "horizon": horizon, "level": level, "index": middle * pressure,
        "unit": "1", "percentile_low": place[0], "percentile": place[1], "percentile_high": place[2],
        "share": (sums >= 1.0).mean(axis=1), "weather_low": low * pressure, "weather_high": high * pressure,
        "state_low": np.where(near, middle * pressure, middle * low_state),
        "state_high": np.where(near, middle * pressure, middle * high_state),
        "usual": usual_mean * about.background, "event": "flush",
        **{
            f"date_p{q}": [today + timedelta(days=int(d)) if np.isfinite(d) else None for d in row]
            for q, row in zip((10, 50, 90), when, strict=True)
        },
        "lead_days": when[1],
    } | outlook.driver_columns(drivers))  # fmt: skip


def _background_range(organism: Organism) -> tuple[float, float]:
    found = parameters.section(organism.path, "arrival")["background"]
    return (
        found.low if found.low is not None else found.value, found.high if found.high is not None else found.value,
    )  # fmt: skip
