"""The trees as pests see them: the growth engine run for the plots themselves, read as dates, and each site's air."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from agro.terrain.sites import Sites
from app.services import growth_run
from app.services.preparation import Inputs
from growth_model import engine, weather, works
from growth_model.stages import EVENTS
from pest_warning.host import Host

CHUNK = 128  # sites at a time
FLUSHES = ("flush_spring", "flush_summer", "flush_autumn")
SHOWN = (*FLUSHES, "tmin", "tmax")
STARTS = 2  # of each flush within a calendar of fifteen months


@dataclass(frozen=True)
class Trees:
    """Host and air of sites on the pests' calendar.

    Attributes
    ----------
    host, usual_host : Host
        Of each member, and of a usual year (one member).
    past : ndarray, shape (day, 2, 1, site)
        tmin, tmax of the observed days of the calendar. [degC]
    future : ndarray, shape (day, 2, member, site)
        Of the days ahead.
    """

    host: Host
    usual_host: Host
    past: np.ndarray
    future: np.ndarray


def of_sites(inputs: Inputs, sites: Sites, first_day: date, ahead: int, parallel: bool = True) -> Trees:
    """Return host and air of all sites; `first_day` begins the calendar, `ahead` days follow the day of issue."""
    table = sites.table
    parts = [_some(inputs, table.iloc[k : k + CHUNK], first_day, ahead, parallel) for k in range(0, len(table), CHUNK)]
    hosts = [part.host for part in parts]
    usual = [part.usual_host for part in parts]
    return Trees(
        _joined(hosts), _joined(usual),
        np.concatenate([part.past for part in parts], axis=3), np.concatenate([part.future for part in parts], axis=3),
    )  # fmt: skip


def _joined(hosts: list[Host]) -> Host:
    return Host(*(np.concatenate([getattr(one, name) for one in hosts]) for name in Host.__dataclass_fields__))


def _some(inputs: Inputs, sites: pd.DataFrame, first_day: date, ahead: int, parallel: bool) -> Trees:
    observed, future = inputs.observed, inputs.future.drop_vars(("origin", "analogue"), errors="ignore")
    future = future.isel(time=slice(0, ahead + 1))
    members = future.sizes["member"]
    start = observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    known, coming = weather.rows(observed), weather.rows(future)
    today = np.broadcast_to(known[:, :, -1:], (len(known), members, 1, known.shape[3]))
    onward = np.concatenate([today, coming], axis=2)
    elapsed = observed.sizes["time"] - 1
    begin = int((np.datetime64(first_day) - start).astype(int))
    done = works.ordinary(start, elapsed + onward.shape[2])[None]
    place = growth_run.place_rows(sites, observed["elevation"].to_numpy())
    around = np.where(sites["place"].to_numpy()[:, None] >= 0, inputs.horizons[sites["place"]], 0.0)
    kinds = list(zip(sites["cultivar"], sites["fitted"], strict=True))
    parameters = {kind: inputs.crop_rows.of(*kind) for kind in set(kinds)}
    rows = np.stack([parameters[kind] for kind in kinds])
    common = {"cell": sites["cell"].to_numpy(), "horizons": around, "shown": SHOWN, "parallel": parallel}
    past = engine.run(
        known, place, rows, start, inputs.latitude, window=(begin, elapsed), days=elapsed, works=done[:, :elapsed],
        **common,
    )  # fmt: skip
    coming_run = engine.run(
        onward, place, rows, past.end.next_day, inputs.latitude, window=(0, ahead + 1), start=past.end,
        works=done[:, elapsed:], **common,
    )  # fmt: skip
    daily = np.concatenate([past.daily, coming_run.daily[:, :, : ahead + 1]], axis=2)  # site, member, day, field
    host = _host(daily, coming_run.dates, begin)
    now = elapsed - begin
    air = daily[..., [SHOWN.index("tmin"), SHOWN.index("tmax")]]
    return Trees(
        host, _usual(host),
        air[:, :1, : now + 1].transpose(2, 3, 1, 0), air[:, :, now + 1 :].transpose(2, 3, 1, 0),
    )  # fmt: skip


def _host(daily: np.ndarray, dates: np.ndarray, begin: int) -> Host:
    """Return the dates that pests read, in days of the calendar that begins `begin` days after the engine's first."""
    starts = np.concatenate([_starts(daily[..., SHOWN.index(name)]) for name in FLUSHES], axis=2)
    event = {code: dates[..., EVENTS.index(code)] - begin for code in ("60", "69", "81", "89")}
    return Host(starts, event["60"], event["69"], event["81"], event["89"])


def _starts(age: np.ndarray) -> np.ndarray:
    """Return the days on which a flush emerged, shape (site, member, `STARTS`); before the calendar by its age."""
    age = np.nan_to_num(age)  # unknown until the year's flush begins
    before = np.concatenate([np.zeros_like(age[..., :1]), age[..., :-1]], axis=-1)
    anew = (age > 0) & ((before <= 0) | (age < before))
    anew[..., 0] = False
    found = np.full((*age.shape[:2], STARTS), np.nan)
    rank = np.cumsum(anew, axis=-1)
    for k in range(STARTS - 1):
        has = (rank == k + 1) & anew
        found[..., k] = np.where(has.any(axis=-1), has.argmax(axis=-1), np.nan)
    first = age[..., 0]
    found[..., STARTS - 1] = np.where(first > 0, -first, np.nan)
    return found


def _usual(host: Host) -> Host:
    """Return the tree of the middle member, as one member: other years are looked at with the trees as they are."""

    def middle(dates):
        known = np.isfinite(dates).mean(axis=1, keepdims=True) >= 0.5
        with np.errstate(all="ignore"):
            return np.where(known, np.nanmedian(np.where(known, dates, 0.0), axis=1, keepdims=True), np.nan)

    return Host(*(middle(getattr(host, name)) for name in Host.__dataclass_fields__))
