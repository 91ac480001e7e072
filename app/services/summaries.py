"""What is kept of a growth run: spreads of the sites, and one row a plot for the map."""

import warnings
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.terrain.sites import Sites
from app.services.growth_run import AHEAD, SiteOutlook
from growth_model import delay, stages

QUANTILES = (0.1, 0.5, 0.9)
BEHIND = "ratio_12"  # ripeness by taste, on one mark for all cultivars; colour may come earlier higher up
MIDDLE = (0.35, 0.65)
LEVELS = ("p10", "p50", "p90")
FANS = ("diameter", "expansion", "tss", "ta", "ratio", "colour")
BUD_EVENTS, FRUIT_EVENTS = stages.BUD_EVENTS, ("65", *stages.FRUIT_EVENTS)
BATCH = 2_000  # plots at a time


def season_of_bloom(on: date) -> int:
    """Return the season whose bloom people speak of on that day: this spring's, from November the next one's."""
    return 2 if on.month >= 11 else 1


def of_sites(grown: SiteOutlook, sites: pd.DataFrame) -> xr.Dataset:
    """Return the spreads of each site: `value` (site, quantity, level).

    A quantity is a day of a fan ("diameter:7", days ahead) or an event of a season ("1:65", days since the
    attribute `first_day`).
    """
    names: list[str] = []
    spreads: list[np.ndarray] = []
    for name, values in _series(grown.daily, grown.names).items():
        names += [f"{name}:{lead}" for lead in range(values.shape[2])]
        spreads.append(_quantiles(values, axis=1))
    for season in range(grown.dates.shape[2]):
        names += [f"{season}:{event}" for event in stages.EVENTS]
        spreads.append(date_quantiles(grown.dates[:, :, season], axis=1))
    value = np.concatenate(spreads, axis=2).transpose(1, 2, 0).astype(np.float32)
    said = np.isfinite(value).any(axis=(0, 2))
    coords = {"site": np.arange(len(sites)), "quantity": np.array(names)[said], "level": list(LEVELS)}
    about = {column: ("site", sites[column].to_numpy()) for column in sites}
    attrs = {"first_day": str(grown.first_day), "evidence": "none"}
    return xr.Dataset({"value": (("site", "quantity", "level"), value[:, said])}, coords | about, attrs)


def weights(plots: pd.DataFrame, sites: Sites) -> pd.DataFrame:
    """Return what each plot takes from which site: plot, site, weight."""
    n = len(plots)
    own = sites.weights[sites.weights["place"] // n == len(delay.variants()) - 1]
    return pd.DataFrame(
        {
            "plot": plots["id"].to_numpy()[own["place"] % n],
            "site": own["site"].to_numpy(),
            "weight": own["weight"].to_numpy(),
        }
    )


def of_plots(plots: pd.DataFrame, sites: Sites, grown: SiteOutlook, on: date) -> pd.DataFrame:
    """Return one row a plot: stage, bloom, size, sugar, ripeness and days behind the valley, each with its spread."""
    n = len(plots)
    parts = [
        _some(plots.iloc[k : k + BATCH], np.arange(k, min(k + BATCH, n)), n, sites, grown, on)
        for k in range(0, n, BATCH)
    ]
    return pd.concat(parts, ignore_index=True)


def _some(plots: pd.DataFrame, rows: np.ndarray, n: int, sites: Sites, grown: SiteOutlook, on: date) -> pd.DataFrame:
    today = (on - grown.first_day).days
    own = _part(sites, rows + n * (len(delay.variants()) - 1))
    event = {name: k for k, name in enumerate(stages.EVENTS)}
    dates = own.at_places(grown.dates, len(rows))
    bloom = dates[..., event["65"]]
    middle = date_quantiles(bloom, axis=1)[1]
    crop = np.maximum((middle <= today).sum(axis=1) - 1, 0)  # the season whose fruit grows now
    pick = np.arange(len(rows))
    out: dict[str, object] = {"plot": plots["id"].to_numpy()}
    spoken = season_of_bloom(on)
    out["bud_bbch"] = _stage(dates[:, :, spoken], BUD_EVENTS, event, today, before=0)
    out["fruit_bbch"] = _stage(dates[pick, :, crop], FRUIT_EVENTS, event, today, before=-1)
    _spread(out, "bloom", _days(date_quantiles(bloom[:, :, spoken], axis=1), grown.first_day))
    for name, values in _series(own.at_places(grown.daily[:, :, [0, AHEAD - 1]], len(rows)), grown.names).items():
        if name not in FANS or name == "colour":
            continue
        spread = _quantiles(values, axis=1)
        _spread(out, name, spread[..., 0])
        if name in ("diameter", "tss"):
            _spread(out, f"{name}30", spread[..., 1])
    ripe = dates[pick, :, crop, event["83"]]  # taste and colour, as pickers wait for both
    _spread(out, "ripe", _days(date_quantiles(ripe, axis=1), grown.first_day))
    behind = {
        variant: _part(sites, rows + n * k).at_places(grown.dates[:, :, :, event[BEHIND]], len(rows))[pick, :, crop]
        for k, variant in enumerate(delay.variants())
    }
    whole = behind[frozenset(delay.CAUSES)] - behind[frozenset()]
    _spread(out, "delay", _quantiles(whole, axis=1))
    for cause, share in _typical_shares(whole, delay.shapley(behind)).items():
        out[f"delay_{cause}"] = share
    out["evidence"] = "none"
    out["missing_days"] = np.round(own.at_places(grown.missing.astype(float), len(rows))).astype(int)
    return pd.DataFrame(out)


def _part(sites: Sites, places: np.ndarray) -> Sites:
    """Return the sites as seen by a run of consecutive places, renumbered from 0."""
    lean = sites.weights[(sites.weights["place"] >= places[0]) & (sites.weights["place"] <= places[-1])]
    return Sites(sites.table, lean.assign(place=lean["place"] - places[0]))


def _series(daily: np.ndarray, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the quantities that are shown, each (place, member, day)."""
    found = {name: daily[..., k] for k, name in enumerate(names)}
    with np.errstate(invalid="ignore", divide="ignore"):
        found["ratio"] = found["tss"] / found["ta"]
    return found


def _quantiles(values: np.ndarray, axis: int) -> np.ndarray:
    """Return P10, P50, P90 over the members that have a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # places where no member has a value stay NaN
        return np.nanquantile(values, QUANTILES, axis=axis)


def date_quantiles(days: np.ndarray, axis: int) -> np.ndarray:
    """Return P10, P50, P90 of days on which something happens; NaN where it falls among members without a date.

    A member without a date is later than every other: leaving it out would promise too early a day.
    """
    ranked = np.sort(np.moveaxis(days, axis, 0), axis=0)  # NaN last
    place = np.array(QUANTILES) * (len(ranked) - 1)
    low = np.floor(place).astype(int)
    share = (place - low).reshape(-1, *[1] * (ranked.ndim - 1))
    high = ranked[np.minimum(low + 1, len(ranked) - 1)]
    return np.where(share > 0, ranked[low] * (1 - share) + high * share, ranked[low])


def _typical_shares(whole: np.ndarray, shares: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the causes' shares (place,) of the median delay: those of the members around it, made to sum to it.

    The mean of all members would not do: where the sugar barely reaches its mark, a few of them are months late.
    """
    spread = _quantiles(whole, axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = np.nanquantile(whole, MIDDLE, axis=1)
        around = (whole >= low[:, None]) & (whole <= high[:, None])
        typical = {cause: np.nanmean(np.where(around, share, np.nan), axis=1) for cause, share in shares.items()}
    rest = spread[1] - sum(typical.values())
    # by weight: in equal parts a cause that does nothing would be told to do something
    size = sum(np.abs(share) for share in typical.values()) + 1e-9
    return {cause: share + rest * (np.abs(share) + 1e-9 / 3) / size for cause, share in typical.items()}


def _stage(dates: np.ndarray, events: tuple[str, ...], event: dict[str, int], today: int, before: int) -> np.ndarray:
    """Return the last stage that the median member had reached by `today`; `before` where none."""
    code = np.full(len(dates), before)
    for name in events:
        middle = date_quantiles(dates[..., event[name]], axis=1)[1]
        code = np.where(middle <= today, np.maximum(code, int(name)), code)
    return code


def _days(spread: np.ndarray, first_day: date) -> np.ndarray:
    """Return dates for days since `first_day`; None for NaN."""
    return np.array(
        [[first_day + timedelta(days=round(float(d))) if np.isfinite(d) else None for d in row] for row in spread],
        dtype=object,
    )


def _spread(out: dict[str, object], name: str, spread: np.ndarray) -> None:
    for level, values in zip(LEVELS, spread, strict=True):
        out[f"{name}_{level}"] = values
