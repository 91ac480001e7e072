"""A daily weather generator for one valley: rain, cloud, cold falls and heat from standard normal noise.

Weather is a fixed function of the noise, so forecast members that share part of the noise of what will come are better
than chance for some days, and the history is the same whatever follows it.
"""

from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter
from scipy.special import expit, gammaincinv, ndtr

from sample_data import climate
from sample_data.climate import by_day

NOISE = ("wet", "amount", "front", "fall", "air", "slow", "cloud", "range", "wind", "humidity")
RAIN_SHAPE = 0.68  # of the gamma distribution of a wet day's rain
CLEAREST, DARKEST = 0.71, 0.075  # share of the sun above the atmosphere that reaches flat ground


class Fit(NamedTuple):
    """What makes the generated history keep the normals: 12 monthly corrections per quantity, and the wet share."""

    wet: np.ndarray
    rain: np.ndarray
    cloud: np.ndarray
    clearness: np.ndarray
    tmean: np.ndarray
    tmax: np.ndarray
    tmin: np.ndarray
    rh: np.ndarray
    wind: np.ndarray


def noise(days, members, random):
    """Return {name: standard normals, shape (day, member)}; a longer draw begins with the shorter one."""
    draws = random.standard_normal((days, members, len(NOISE)))
    return {name: draws[..., k] for k, name in enumerate(NOISE)}


def fitted(time, draws, spells):
    """Return the `Fit` under which the weather of these draws keeps the normals of `climate`."""
    month = climate.month(time)
    share = [np.bincount(month, spell, 12) / np.bincount(month, minlength=12) for spell in spells]
    wet = (climate.WET_DAYS / 30.4 - 0.07 * share[0] - 0.88 * share[1]) / (1 - share[0] - share[1])
    fit = Fit(np.clip(wet, 0.08, 0.75), np.ones(12), *(np.zeros(12) for _ in range(6)), np.ones(12))
    days = events(time, draws, spells, fit)
    for _ in range(14):
        sky = _sky(time, draws, spells, fit, days)
        outside = climate.sun(time)[0][:, None]
        wanted = climate.RADIATION / _monthly(outside, month)
        fit = fit._replace(
            rain=fit.rain * climate.RAIN / 30.4 / _monthly(sky["rain"], month),
            cloud=fit.cloud + 5.0 * (wanted - _monthly(sky["clearness"] * outside, month) / _monthly(outside, month)),
            clearness=_monthly(sky["clearness"], month),
        )
    for _ in range(5):
        found = reference(time, draws, spells, fit, days)
        fit = fit._replace(
            tmean=fit.tmean + climate.TMEAN - _monthly(found["tmean"], month),
            tmax=fit.tmax + climate.TMAX - _monthly(found["tmax"], month),
            tmin=fit.tmin + climate.TMIN - _monthly(found["tmin"], month),
            rh=fit.rh + climate.HUMIDITY - _monthly(found["rh"], month),
            wind=fit.wind * climate.WIND / _monthly(found["wind"], month),
        )
    return fit


def reference(time, draws, spells, fit, days=None):
    """Return the weather at 325 m on open ground.

    Parameters
    ----------
    time : ndarray of datetime64, shape (day,)
        Days without a gap.
    draws : dict of ndarray, shape (day, member)
        See `noise`.
    spells : Spells
        See `seasons.spells`.
    fit : Fit
        See `fitted`.
    days : tuple, optional
        What `events` returns, where it is known already.

    Returns
    -------
    dict of ndarray, shape (day, member)
        tmin, tmax, tmean [degC], rh [%], wind [m s-1], rain [mm], clearness [1].
    """
    sky = _sky(time, draws, spells, fit, days or events(time, draws, spells, fit))
    usual = _daily(fit.clearness, time)
    clear = sky["clearness"] - usual
    anomaly = _anomaly(time, draws, sky, clear, spells)
    spread = np.clip(0.35 + 0.65 * sky["clearness"] / usual, 0.35, 1.75) * np.exp(0.10 * draws["range"])
    tmean = _daily(climate.TMEAN + fit.tmean, time) + anomaly
    up, down = climate.TMAX - climate.TMEAN, climate.TMEAN - climate.TMIN
    tmax = _eased(tmean + _daily(up, time) * spread + _daily(fit.tmax - fit.tmean, time), 39.5, 0.6)
    tmin = tmean - _daily(down, time) * spread + _daily(fit.tmin - fit.tmean, time)
    tmin = -_eased(-tmin, 0.4, 0.45)
    tmean = np.clip(tmean, tmin + 0.3 * (tmax - tmin), tmax - 0.3 * (tmax - tmin))
    rh = _daily(climate.HUMIDITY + fit.rh, time) + 4.0 * sky["wet"] - 30 * clear + 3.5 * _ar(draws["humidity"], 0.6)
    gusty = 1 + 0.35 * sky["front"]
    wind = _daily(climate.WIND * fit.wind, time) * gusty * np.exp(0.33 * _ar(draws["wind"], 0.35) - 0.054)
    return sky | {"tmin": tmin, "tmax": tmax, "tmean": tmean, "rh": np.clip(rh, 32, 99), "wind": wind}


def events(time, draws, spells, fit):
    """Return (whether a cold front arrives, whether it rains); bool, shape (day, member)."""
    front = _fronts(time, draws)
    return front, _wet(time, draws["wet"] + 1.1 * front, spells, fit)


def _sky(time, draws, spells, fit, days):
    """Return rain [mm], wet, front and clearness; shape (day, member)."""
    front, wet = days
    mean = _daily(climate.RAIN * fit.rain / climate.WET_DAYS, time)
    size = gammaincinv(RAIN_SHAPE, ndtr(0.92 * draws["amount"] + 0.39 * front)) / RAIN_SHAPE
    rain = np.where(wet, 0.1 + mean * np.where(spells.drought[:, None], 0.25, 1.0) * size, 0.0)
    rain = _eased(rain, 70, 0.6)
    summer = _daily(np.array([0.75, 0.8, 1.0, 1.2, 1.3, 1.35, 1.35, 1.35, 1.35, 1.15, 0.9, 0.75]), time)
    drizzle = np.clip(1.0 - rain / 25, 0, 1)  # little rain leaves some sun
    cloud = _daily(fit.cloud, time) + summer * np.where(wet, -0.9 + 0.5 * drizzle, 0.75) + 0.7 * spells.drought[:, None]
    cloud = cloud - 0.5 * spells.autumn[:, None] + 0.85 * _ar(draws["cloud"], 0.35)
    clearness = DARKEST + (CLEAREST - DARKEST) * expit(cloud)
    return {"rain": rain, "wet": wet.astype(float), "front": front.astype(float), "clearness": clearness}


def _fronts(time, draws):
    """Return whether a cold front arrives; after one the next needs some days to build up."""
    chance = _daily(climate.FRONTS, time)
    arrives = ndtr(draws["front"])
    result = np.zeros(arrives.shape, bool)
    since = np.full(arrives.shape[1], 6.0)
    for day in range(len(time)):
        result[day] = arrives[day] < chance[day] * np.clip((since - 4) / 4, 0, 2.2)
        since = np.where(result[day], 0.0, since + 1)
    return result


def _wet(time, draw, spells, fit):
    """Return whether each day has rain: a two-state Markov chain whose chances follow season and spell."""
    share, stays = _daily(fit.wet, time)[:, 0], by_day(climate.PERSISTENCE, time)
    begins = share * (1 - stays) / (1 - share)
    stays = np.where(spells.drought, 0.12, np.where(spells.autumn, 0.93, stays))
    begins = np.where(spells.drought, 0.065, np.where(spells.autumn, 0.75, begins))
    chance = ndtr(-draw)
    result = np.zeros(draw.shape, bool)
    before = np.zeros(draw.shape[1], bool)
    for day in range(len(time)):
        before = chance[day] < np.where(before, stays[day], begins[day])
        result[day] = before
    return result


def _anomaly(time, draws, sky, clear, spells):
    """Return how far the daily mean strays from the normal [K]: slow drift, days, cold falls, sun."""
    fall = sky["front"] * _daily(climate.FALL, time) * np.clip(1 + 0.22 * draws["fall"], 0.6, 1.45)
    shape = np.r_[0.55, np.exp(-np.arange(24) / 5.0)]
    cooled = lfilter(shape, [1.0], fall, axis=0)
    warmth = _daily(np.array([-4.0, -2.5, 2.0, 4.0, 5.0, 5.5, 5.5, 5.5, 4.5, 2.5, -1.0, -4.0]), time)
    days = 0.85 * _daily(climate.DAY_SPREAD, time) * _ar(draws["air"], 0.74)
    total = 0.65 * _ar(draws["slow"], 0.985) + days - cooled + warmth * clear + 0.7 * spells.drought[:, None]
    return _eased(-_eased(-total, 6.5, 0.5), 4.5, 0.6)


def _ar(draw, memory):
    """Return first-order autoregressive noise of standard deviation 1 along the days."""
    return lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], draw, axis=0)


def _eased(value, bound, share):
    """Return `value` with what lies above `bound` reduced to `share`: the air has limits."""
    return np.where(value > bound, bound + share * (value - bound), value)


def _daily(months, time):
    return by_day(months, time)[:, None]


def _monthly(values, month):
    """Return the mean over days and members of each month."""
    return np.bincount(month, np.asarray(values).mean(axis=1), 12) / np.bincount(month, minlength=12)
