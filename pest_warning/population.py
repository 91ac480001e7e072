"""Populations through their days, compiled: mites on leaves, and insects whose young live on young shoots."""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, exp, kernel, maximum, minimum, ramp
from pest_warning.flush_feeder import MOST_SUBSTAGES, FlushFeeder
from pest_warning.mite import Mite, Mites, next_evening

MITE_STATE = len(Mites._fields)
ADULTS, LAID, BEFORE, OTHERS = range(MOST_SUBSTAGES, MOST_SUBSTAGES + 4)
FEEDER_STATE = OTHERS + MOST_SUBSTAGES + 2
"""An evening of an insect of young shoots: young in twenty substages, adults, eggs on a leaf of the flush, share of
tender shoots; from OTHERS on young, adults and eggs as if nothing was sprayed."""
SUM, EGGS, SURVIVAL, CROWDING, LIFE, ACTIVE_FROM, ACTIVE_FULL, HOT, HOT_LOSS, RAIN_LOSS, FLOOR, LEAVES = (
    FlushFeeder._fields.index(name)
    for name in (
        "sum", "eggs", "survival", "crowding", "adult_life", "active_from", "active_full", "hot", "hot_loss",
        "rain_loss", "floor", "leaves",
    )
)  # fmt: skip
STAGES = len(FlushFeeder._fields)
NAN = float("nan")
FARTHEST = 16
"""Most substages, less one, that the young pass in a day: more than twice what the hottest day brings."""
TENDER = 0.05
"""Share of tender shoots from which there is a flush to lay on."""


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


@equation
def _mites(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    """Take the mites of one plot through the days."""
    s = site[p]
    for d in range(row_of.size):
        r = rows[row_of[d]]
        mite = Mite(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
                    r[15], r[16])  # fmt: skip
        for m in range(numbers.shape[2]):
            f = start[p, d, min(m, start.shape[2] - 1)]
            now = Mites(f[0], f[1], f[2])
            for t in range(rate.shape[0]):
                known = not np.isnan(rate[t, m, s] + tmean[t, m, s] + tmax[t, m, s])
                if known:
                    now = next_evening(
                        now, rate[t, m, s], shoots[t, m, s], tmean[t, m, s], tmax[t, m, s], rain[t, m, s],
                        kill[p, member_of[m], t], mite,
                    )  # fmt: skip
                numbers[p, d, m, t] = now.sprayed if known else NAN
            if end.size > 0:
                end[p, d, m, 0], end[p, d, m, 1], end[p, d, m, 2] = now.mites, now.predators, now.sprayed


@equation
def develop(young, share, stages, heat, keeps):
    """Take the young in their substages through a day and return how many emerge.

    `heat` is the day's in substages; `keeps` is the share that lives through the day. How many substages an individual
    passes has a Poisson distribution, so that a cohort follows the Erlang distribution of `flush_feeder.share_past`
    however warm the day is. `young` has `FARTHEST` zeros before its substages; `share` is room for as many numbers.
    """
    passing, all_young, stay = exp(-heat) * keeps, 0.0, 0.0
    for j in range(FARTHEST):
        share[FARTHEST - 1 - j] = passing  # of those that pass j substages, the farthest first
        passing *= heat / (j + 1.0)
    for k in range(stages - 1, -1, -1):  # from the last one down: each takes from what the day before left below it
        total = 0.0
        for j in range(FARTHEST):  # a fixed number: so the processor takes eight at once
            total += share[j] * young[k + 1 + j]
        all_young += young[FARTHEST + k]
        stay += total
        young[FARTHEST + k] = total
    return maximum(all_young * keeps - stay, 0.0)


@equation
def laid_on(adults, tender, warm, form):
    """Return the eggs of a day on a shoot."""
    return form[EGGS] * adults * tender * warm


@equation
def lives_on(adults, tender, tmean, form):
    """Return the adults that see the next evening; without tender shoots they die sooner, in the cold they wait."""
    life = form[LIFE] if tender > TENDER else 0.6 * form[LIFE]
    return adults * exp(-minimum(maximum(tmean / 15.0, 0.15), 1.0) / life)


@equation
def _feeders(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    """Take the insects of young shoots of one plot through the days.

    They go twice, as they are and as if nothing was sprayed: how crowded eggs are is told by the latter, so that a
    spray never helps those that it left. An evening is laid out as `FEEDER_STATE` says.
    """
    s = site[p]
    young, unsprayed = np.zeros(FARTHEST + MOST_SUBSTAGES), np.zeros(FARTHEST + MOST_SUBSTAGES)
    share = np.zeros(FARTHEST)
    for d in range(row_of.size):
        form = rows[row_of[d]]
        stages, leaves, crowding = int(form[STAGES]), form[LEAVES], form[CROWDING]
        for m in range(numbers.shape[2]):
            begin, loss = start[p, d, min(m, start.shape[2] - 1)], kill[p, member_of[m]]
            told = begin[ADULTS] != begin[OTHERS + ADULTS] or begin[LAID] != begin[OTHERS + LAID]
            for t in range(rate.shape[0]):
                told |= loss[t] > 0.0
            for k in range(MOST_SUBSTAGES):
                young[FARTHEST + k], unsprayed[FARTHEST + k] = begin[k], begin[OTHERS + k]
                told |= begin[k] != begin[OTHERS + k]
            adults, laid, before = begin[ADULTS], begin[LAID], begin[BEFORE]
            others, others_laid = begin[OTHERS + ADULTS], begin[OTHERS + LAID]
            for t in range(rate.shape[0]):
                if np.isnan(rate[t, m, s] + tmean[t, m, s] + tmax[t, m, s]):
                    numbers[p, d, m, t] = NAN
                    continue
                tender = shoots[t, m, s]
                if tender > TENDER and before <= TENDER:
                    laid, others_laid = 0.0, 0.0  # a new flush: nothing on it yet
                before = tender
                warm = ramp(tmean[t, m, s], form[ACTIVE_FROM], form[ACTIVE_FULL])
                heat = rate[t, m, s] / form[SUM] * stages
                hot = maximum(tmax[t, m, s] - form[HOT], 0.0)
                keeps = exp(-form[HOT_LOSS] * hot - form[RAIN_LOSS] * rain[t, m, s])
                killed = exp(-loss[t])
                eggs = laid_on(adults, tender, warm, form) * killed
                laid += eggs / leaves
                if told:
                    others_eggs = laid_on(others, tender, warm, form)
                    others_laid += others_eggs / leaves
                crowd = form[SURVIVAL] * exp(-(others_laid if told else laid) * leaves / crowding)
                emerged = develop(young, share, stages, heat, keeps * killed)
                young[FARTHEST] += eggs * crowd
                adults = maximum(lives_on(adults, tender, tmean[t, m, s], form) * killed + emerged, form[FLOOR])
                if told:
                    emerged = develop(unsprayed, share, stages, heat, keeps)
                    unsprayed[FARTHEST] += others_eggs * crowd
                    others = maximum(lives_on(others, tender, tmean[t, m, s], form) + emerged, form[FLOOR])
                numbers[p, d, m, t] = 1.0 - exp(-laid) if tender > TENDER else 0.0
            if end.size > 0:
                evening = end[p, d, m]
                for k in range(MOST_SUBSTAGES):
                    evening[k] = young[FARTHEST + k]
                    evening[OTHERS + k] = unsprayed[FARTHEST + k] if told else young[FARTHEST + k]
                evening[ADULTS], evening[LAID], evening[BEFORE] = adults, laid, before
                evening[OTHERS + ADULTS] = others if told else adults
                evening[OTHERS + LAID] = others_laid if told else laid


@kernel(fastmath=FAST)
def _mites_serial(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in range(site.size):
        _mites(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


@kernel(parallel=True, fastmath=FAST)
def _mites_parallel(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in prange(site.size):
        _mites(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


@kernel(fastmath=FAST)
def _feeders_serial(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in range(site.size):
        _feeders(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


@kernel(parallel=True, fastmath=FAST)
def _feeders_parallel(site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end):
    for p in prange(site.size):
        _feeders(p, site, rate, tmean, tmax, rain, shoots, kill, member_of, start, rows, row_of, numbers, end)


def mites(site, weather: Weather, kill, start, forms: list[Mite], row_of=None, parallel=False, ends=True) -> Course:
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
    parallel : bool
        On all cores; in the worker and the command line only.
    ends : bool
        Whether the last evening is kept too; empty otherwise.

    Returns
    -------
    Course
        `numbers` are NaN on a day without weather; the population goes on as it was on the evening before.
    """
    rows = np.array([tuple(form) for form in forms], float)
    return _run(_mites_parallel if parallel else _mites_serial, site, weather, kill, start, rows, row_of, ends)


def feeders(
    site,
    weather: Weather,
    kill,
    start,
    forms: list[FlushFeeder],
    substages: list[int],
    row_of=None,
    parallel=False,
    ends=True,
) -> Course:
    """Return the share of the tender leaves that an insect of young shoots has hurt, through the days.

    It is 0 while no shoot is tender: what was mined on an older flush is no threat to come.

    Parameters
    ----------
    weather : Weather
        `rate` is the day's heat above the threshold, the mean over its hours; `rain` of the day; `shoots` the share of
        tender shoots.
    start : ndarray, shape (plot, draw, member or 1, 45)
        The evening before, see `FEEDER_STATE`.

    Returns
    -------
    Course
        See `mites`.
    """
    rows = np.array([(*form, count) for form, count in zip(forms, substages, strict=True)], float)
    return _run(_feeders_parallel if parallel else _feeders_serial, site, weather, kill, start, rows, row_of, ends)


def _run(compiled, site, weather, kill, start, rows, row_of, ends) -> Course:
    days, members, _ = weather.rate.shape
    given = [np.ascontiguousarray(part, np.float32) for part in weather]
    start = np.ascontiguousarray(start, np.float64)
    draws = np.arange(len(rows)) if row_of is None else np.asarray(row_of)
    kill = np.ascontiguousarray(kill, np.float32)
    member_of = np.minimum(np.arange(members), kill.shape[1] - 1)
    numbers = np.empty((len(site), len(draws), members, days), np.float32)
    end = np.empty((len(site) if ends else 0, len(draws), members, start.shape[3]))
    compiled(np.asarray(site, np.int64), *given, kill, member_of, start, rows, draws, numbers, end)
    return Course(numbers, end)
