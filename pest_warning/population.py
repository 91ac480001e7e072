"""Populations through their days, compiled: mites on leaves, and insects whose young live on young shoots."""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, exp, kernel, maximum, minimum
from pest_warning.flush_feeder import MOST_SUBSTAGES, FlushFeeder
from pest_warning.mite import Mite, Mites, next_evening

MITE_STATE, FEEDER_STATE = len(Mites._fields), MOST_SUBSTAGES + 3


class Weather(NamedTuple):
    """Days of sites in members, each of shape (day, member, site)."""

    rate: np.ndarray  # d-1 of mites, degC d of shoot insects
    tmean: np.ndarray  # degC
    tmax: np.ndarray  # degC
    rain: np.ndarray  # mm; of ten days for mites
    shoots: np.ndarray  # share of young leaves (mites) or of tender shoots (insects of shoots)


class Course(NamedTuple):
    """What a run came to, each of shape (plot, draw, member, day): numbers, and the state of the last evening."""

    numbers: np.ndarray
    end: np.ndarray  # (plot, draw, member, state)


def _mites(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in prange(site.size):
        s = site[p]
        for d in range(row_of.size):
            r = rows[row_of[d]]
            mite = Mite(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
                        r[15], r[16])  # fmt: skip
            for m in range(numbers.shape[2]):
                f = start[p, d, min(m, start.shape[2] - 1)]
                now = Mites(f[0], f[1], f[2])
                for t in range(rate.shape[0]):
                    now = next_evening(
                        now, rate[t, m, s], shoots[t, m, s], tmean[t, m, s], tmax[t, m, s], rain[t, m, s],
                        kill[p, member_of[m], t], mite,
                    )  # fmt: skip
                    numbers[p, d, m, t] = now.sprayed
                end[p, d, m, 0], end[p, d, m, 1], end[p, d, m, 2] = now.mites, now.predators, now.sprayed


def _feeders(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in prange(site.size):
        s = site[p]
        for d in range(row_of.size):
            r = rows[row_of[d]]
            stages = int(r[17])
            young = np.zeros(MOST_SUBSTAGES)
            for m in range(numbers.shape[2]):
                begin = start[p, d, min(m, start.shape[2] - 1)]
                for k in range(MOST_SUBSTAGES):
                    young[k] = begin[k]
                adults, laid, before = begin[MOST_SUBSTAGES], begin[MOST_SUBSTAGES + 1], begin[MOST_SUBSTAGES + 2]
                for t in range(rate.shape[0]):
                    tender = shoots[t, m, s]
                    if tender > 0.05 and before <= 0.05:
                        laid = 0.0  # a new flush: nothing on it yet
                    warm = minimum(maximum((tmean[t, m, s] - r[7]) / (r[8] - r[7]), 0.0), 1.0)
                    killed = exp(-kill[p, member_of[m], t])
                    eggs = r[3] * adults * tender * warm * killed
                    laid += eggs / r[16]
                    keeps = exp(-r[10] * maximum(tmax[t, m, s] - r[9], 0.0) - r[11] * rain[t, m, s]) * killed
                    pace = minimum(rate[t, m, s] / r[1] * stages, 0.95)
                    # what develops past the last substage emerges; crowding acts on the eggs
                    moved = eggs * r[4] * exp(-laid * r[16] / r[5]) * 2.0 * 0.5
                    for k in range(stages):
                        stay = young[k] * (1.0 - pace) * keeps + moved
                        moved = young[k] * pace * keeps
                        young[k] = stay
                    life = r[6] if tender > 0.05 else 0.6 * r[6]
                    cold = minimum(maximum(tmean[t, m, s] / 15.0, 0.15), 1.0)  # in the cold adults wait
                    adults = maximum(adults * exp(-cold / life) * killed + moved, r[15])
                    before = tender
                    numbers[p, d, m, t] = 1.0 - exp(-laid)
                for k in range(MOST_SUBSTAGES):
                    end[p, d, m, k] = young[k]
                end[p, d, m, MOST_SUBSTAGES] = adults
                end[p, d, m, MOST_SUBSTAGES + 1] = laid
                end[p, d, m, MOST_SUBSTAGES + 2] = before


_mites_inline, _feeders_inline = equation(_mites), equation(_feeders)


@kernel(fastmath=FAST)
def _mites_serial(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    _mites_inline(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


@kernel(fastmath=FAST)
def _feeders_serial(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    _feeders_inline(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


def mites(site, weather: Weather, kill, start, forms: list[Mite], row_of=None) -> Course:
    """Return mobile mites on a leaf through the days, with what was sprayed.

    Parameters
    ----------
    site : ndarray of int, shape (plot,)
        Whose weather each plot has.
    weather : Weather
        `rate` is r; `rain` the sum of ten days; `shoots` the share of young leaves.
    kill : ndarray, shape (plot, member or 1, day)
        Loss rate by sprays. [d-1]
    start : ndarray, shape (plot, draw, member or 1, 3)
        The evening before the first day, as `Mites`.
    forms : list of Mite
        The numbers that draws use.
    row_of : sequence of int, optional
        Which form each draw uses; by default the first draw the first and so on.

    Returns
    -------
    Course
        `numbers` are NaN from the first day without weather on.
    """
    rows = np.array([tuple(form) for form in forms], float)
    return _run(_mites_serial, site, weather, kill, start, rows, row_of)


def feeders(site, weather: Weather, kill, start, forms: list[FlushFeeder], substages: list[int], row_of=None) -> Course:
    """Return the share of the tender leaves that an insect of young shoots has hurt, through the days.

    Parameters
    ----------
    weather : Weather
        `rate` is the day's heat above the threshold, the mean over its hours; `rain` of the day; `shoots` the share of
        tender shoots.
    start : ndarray, shape (plot, draw, member or 1, 23)
        Young in twenty substages, adults, eggs on the flush, share of tender shoots.

    Returns
    -------
    Course
        See `mites`.
    """
    rows = np.array([(*form, count) for form, count in zip(forms, substages, strict=True)], float)
    return _run(_feeders_serial, site, weather, kill, start, rows, row_of)


def _run(compiled, site, weather, kill, start, rows, row_of) -> Course:
    days, members, _ = weather.rate.shape
    given = [np.ascontiguousarray(part, np.float32) for part in weather]
    start = np.ascontiguousarray(start, np.float64)
    draws = np.arange(len(rows)) if row_of is None else np.asarray(row_of)
    kill = np.ascontiguousarray(kill, np.float32)
    member_of = np.minimum(np.arange(members), kill.shape[1] - 1)
    numbers = np.empty((len(site), len(draws), members, days), np.float32)
    end = np.empty((len(site), len(draws), members, start.shape[3]))
    compiled(np.asarray(site, np.int64), *given, kill, member_of, start, rows, draws, numbers, end)
    return Course(numbers, end)
