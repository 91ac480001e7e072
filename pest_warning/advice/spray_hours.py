"""Which hours are fit to spray: good, marginal, no or unknown, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from agro.errors import InputError
from agro.weather.spray_air import delta_t, inversion_times, temperature_inversion, wet_bulb
from pest_warning.advice import bees, equipment
from pest_warning.advice.equipment import GOOD, MARGINAL, NO, STATES, UNKNOWN
from pest_warning.organism import Words

REGION = "Asia/Shanghai"
HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True)
class SprayWeather:
    """Hourly weather at the trees; arrays are of shape (..., hour), members of a forecast come before the hours.

    `time` [UTC, shape (hour,)] is the beginning of an hour. `wind` and `gust` [m s-1] are at 2 m, `rain` [mm] falls in
    the hour; `since_sunrise` and `until_sunset` [h] are negative before sunrise and after sunset, and may count from
    when a ridge lets the sun in. `wet_leaf` and `thunder` are 0 or 1. What is None is not known: then the rule of gusts
    or thunder is left out, and leaves count as wet in rain, in the hour after it, and in air nearly saturated.
    """

    time: Any
    temperature: Any
    rh: Any
    wind: Any
    rain: Any
    since_sunrise: Any
    until_sunset: Any
    gust: Any = None
    wet_leaf: Any = None
    thunder: Any = None


class Finding(NamedTuple):
    """What one rule says: a state and the value that led to it, by hour, and its bound."""

    state: Any
    value: Any
    bound: float = np.nan


class Reason(NamedTuple):
    """Why an hour is not good, and in which share of the members."""

    rule: str
    state: str
    share: float
    words: Words


@dataclass(frozen=True)
class SprayHours:
    """States of shape (..., hour) and what each rule found."""

    time: Any
    state: Any
    findings: Mapping[str, Finding]

    def shares(self, worst: int = GOOD) -> Any:
        """Return the share of members whose state is `worst` or better [1], shape (hour,)."""
        return np.mean((self.state <= worst).reshape(-1, len(self.time)), axis=0)

    def reasons(self, hour: int, least: int = MARGINAL) -> tuple[Reason, ...]:
        """Return the reasons why an hour is `least` or worse: what closes it to most members first."""
        found = []
        for rank, (rule, sentence) in enumerate(equipment.reasons().items()):
            if rule not in self.findings:
                continue
            finding = self.findings[rule]
            states = np.broadcast_to(finding.state, self.state.shape)[..., hour].ravel()
            if (hit := states >= least).any():
                values = np.broadcast_to(finding.value, self.state.shape)[..., hour].ravel()[hit]
                value = float(np.median(values))
                words = Words(*(text.format(value=value, bound=finding.bound) for text in (sentence.zh, sentence.en)))
                reason = Reason(rule, STATES[int(states.max())], float(hit.mean()), words)
                closes = float((states >= UNKNOWN).mean())
                found.append(((-closes, -reason.share, -int(states.max()), rank), reason))
        return tuple(reason for _, reason in sorted(found, key=lambda pair: pair[0]))

    def table(self, zone: str = REGION) -> pd.DataFrame:
        """Return a row per hour: local `time`, `state`, `share_good`, `share_usable`, and reasons as `zh` and `en`.

        With members, `state` is the one that half of them reach or beat.
        """
        states = np.median(self.state.reshape(-1, len(self.time)), axis=0)
        why = [self.reasons(hour) for hour in range(len(self.time))]
        return pd.DataFrame(
            {
                "time": pd.DatetimeIndex(self.time).tz_localize("UTC").tz_convert(zone),
                "state": [STATES[int(np.ceil(one))] for one in states],
                "share_good": self.shares(GOOD),
                "share_usable": self.shares(MARGINAL),
                "zh": ["；".join(reason.words.zh for reason in reasons) for reasons in why],
                "en": ["; ".join(reason.words.en for reason in reasons) for reasons in why],
            }
        )


def hours(
    weather: SprayWeather, sprayer: str, product_kind: str = "contact", bloom: bool = False, group: str | None = None
) -> SprayHours:
    """Return which hours are fit to spray.

    Parameters
    ----------
    weather : SprayWeather
        Hours without a gap.
    sprayer : str
        Key of `equipment.names()`: knapsack, mist_blower, drone or gun.
    product_kind : str
        contact, systemic, copper, mancozeb, oil, sulphur or bait: `groups.Group.kind`.
    bloom : bool
        Whether trees are at BBCH 59 to 69.
    group : str, optional
        Mode of action, such as "IRAC 20D"; at bloom, what nobody named counts as harmful to bees.

    Returns
    -------
    SprayHours
        An hour whose rain-free time reaches beyond the weather is unknown unless it is "no" already.

    Raises
    ------
    NotFoundError
        For another sprayer or product.
    InputError
        When hours are missing between the first and the last, or there are fewer than two.

    Notes
    -----
    Bounds stand in `equipment.toml`; labels may be stricter, and then they count.
    """
    bounds, product, air = equipment.equipment(sprayer), equipment.product(product_kind), equipment.air()
    at = SprayWeather(**{name: None if v is None else np.asarray(v) for name, v in vars(weather).items()})
    _follow(at.time)
    difference, wet = np.asarray(delta_t(at.temperature, at.rh)), _wet(at, air)
    findings = {
        **_wind(at, bounds, difference),
        **_warmth(at, bounds, product, air),
        **_rain(at, product, air),
        **_drying(at, product, wet),
        **_sun(at, bounds, air),
        "leaf_wet": Finding(np.where(wet, NO, GOOD), at.rh),
        "air_dry": Finding(_above(difference, bounds.dry, bounds.driest), difference, bounds.dry),
        "air_damp": Finding(_below(difference, bounds.damp, bounds.damp_least), difference, bounds.damp),
    }
    if at.thunder is not None:
        near = _ahead(at.thunder, int(air.thunder_ahead)) > 0
        findings["thunder"] = Finding(np.where((at.thunder > 0) | near.any(axis=0), NO, GOOD), at.thunder)
    if bloom:
        findings |= _bees(at, air, bees.at_bloom(group, product_kind))
    needed = [value for value in vars(at).values() if value is not None and value.dtype.kind == "f"]
    absent = np.any(np.broadcast_arrays(*(np.isnan(value) for value in needed)), axis=0)
    findings["missing"] = Finding(np.where(absent, UNKNOWN, GOOD), 0.0)
    state = np.max(np.broadcast_arrays(*(finding.state for finding in findings.values())), axis=0)
    return SprayHours(at.time, state, findings)


def _follow(time):
    steps = np.diff(np.asarray(time, dtype="datetime64[ns]"))
    if len(steps) < 1 or (steps != HOUR).any():
        raise InputError(
            "spray hours need at least two hours of weather that follow each other without a gap",
            zh="判断施药时段需要至少两个连续的逐时天气",
        )


def _above(value, good, most):
    return np.where(value > most, NO, np.where(value > good, MARGINAL, GOOD))


def _below(value, good, least):
    return np.where(value < least, NO, np.where(value < good, MARGINAL, GOOD))


def _ahead(value, count):
    """Return `value` of the next `count` hours, shape (count, ..., hour); NaN beyond the last."""
    padded = np.concatenate([value, np.full((*value.shape[:-1], count), np.nan)], axis=-1)
    hours = value.shape[-1]
    return np.stack([padded[..., k : k + hours] for k in range(1, count + 1)]) if count else np.empty((0, *value.shape))


def _wet(at, air):
    near = at.rh > air.wet
    if at.wet_leaf is not None:
        return near | (at.wet_leaf > 0) | (at.rain >= air.trace)
    raining = at.rain >= air.trace
    before = np.concatenate([np.zeros_like(raining[..., :1]), raining[..., :-1]], axis=-1)
    return near | raining | before


def _wind(at, bounds, difference):
    calm = at.wind < bounds.calm
    still = np.where(calm, equipment.state(bounds.calm_state), np.where(at.wind < bounds.light, MARGINAL, GOOD))
    damp = np.where(calm & (difference < bounds.damp), equipment.state(bounds.damp_calm_state), GOOD)
    found = {
        "wind_strong": Finding(_above(at.wind, bounds.steady, bounds.strong), at.wind, bounds.steady),
        "calm": Finding(still, at.wind, bounds.light),
        "damp_calm": Finding(damp, difference, bounds.damp),
    }
    if at.gust is not None:
        found["gust_strong"] = Finding(
            _above(at.gust, bounds.gust_steady, bounds.gust_strong), at.gust, bounds.gust_steady
        )
    return found


def _warmth(at, bounds, product, air):
    bulb = np.asarray(wet_bulb(at.temperature, at.rh))
    burns = (at.temperature > product.warmest) & (product.warmest < air.hot)
    return {
        "hot": Finding(_above(at.temperature, air.warm, air.hot), at.temperature, air.warm),
        "cold": Finding(_below(at.temperature, air.cool, air.coldest), at.temperature, air.cool),
        "product_hot": Finding(np.where(burns, NO, GOOD), at.temperature, product.warmest),
        "heat": Finding(_above(bulb, bounds.heat, bounds.most_heat), bulb, bounds.heat),
    }


def _rain(at, product, air):
    """Rain in the hour or the next one is no; so is much rain in the least rain-free time, and a trace is marginal."""
    ahead = _ahead(at.rain, int(product.rain_free))
    wet = ahead >= air.trace
    much = np.nansum(ahead[: int(product.rain_free_least)], axis=0) >= air.much
    state = np.where(wet[0] | much, NO, np.where(np.isnan(ahead).any(axis=0), UNKNOWN, wet.any(axis=0) * MARGINAL))
    first = np.argmax(wet, axis=0) + 1.0
    return {
        "rain_now": Finding(np.where(at.rain >= air.trace, NO, GOOD), at.rain),
        "rain_soon": Finding(np.where(state == UNKNOWN, GOOD, state), first, product.rain_free),
        "end": Finding(np.where(state == UNKNOWN, UNKNOWN, GOOD), 0.0),
    }


def _drying(at, product, wet):
    if not product.drying:
        return {}
    ahead = _ahead(wet.astype(float), int(product.drying))
    stays_wet = (ahead > 0).all(axis=0)
    return {"not_drying": Finding(np.where(stays_wet, NO, GOOD), at.rh, product.drying)}


def _sun(at, bounds, air):
    """Night is no; an inversion as the sprayer bears it, and for fine drops the hour before it sets in is marginal."""
    low = equipment.state(bounds.low_sun_state)
    likely = temperature_inversion(at.since_sunrise, at.until_sunset, inversion_times())
    setting_in = MARGINAL if low == NO else GOOD
    night = np.minimum(at.since_sunrise, at.until_sunset) < -air.twilight
    state = np.where(likely >= 1.0, low, np.where(likely > 0.0, setting_in, GOOD))
    return {
        "night": Finding(np.where(night, NO, GOOD), 0.0),
        "inversion": Finding(np.where(night, GOOD, state), 0.0),
    }


def _bees(at, air, word):
    """Say what a class may do at bloom: "never", "dusk" or "allowed"."""
    dusk = (at.until_sunset <= air.dusk) & (at.until_sunset >= -air.twilight)
    none = np.zeros(at.until_sunset.shape, dtype=int)
    return {
        "bloom": Finding(none + (NO if word == "never" else GOOD), 0.0),
        "bees_fly": Finding(np.where(dusk, MARGINAL, NO) if word == "dusk" else none, 0.0),
    }
