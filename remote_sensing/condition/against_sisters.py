"""The N test: is a plot persistently the weakest of similar plots (monitoring.md 8.5)? A ranking, not a diagnosis."""

import numpy as np
import pandas as pd

from agro.numeric import FAST, kernel
from remote_sensing.condition import history_kernel
from remote_sensing.condition.rules import HISTORY, NEIGHBOURS
from remote_sensing.series.baseline_kernel import middle, scale_about
from remote_sensing.series.observations import SENSORS, PlotSeries
from remote_sensing.series.rules import BASELINE, SISTERS
from remote_sensing.series.sisters import Sisters


@kernel(fastmath=FAST)
def places(means, sister_start, sister, fewest, quantile, spread, floor):
    """Return each plot's place among its sisters in each season.

    Parameters
    ----------
    means : array, shape (plot, season)
        Mean difference from the sisters, NaN unknown.
    sister_start, sister : arrays
        Rows of `Sisters`.
    fewest : int
        Fewest sisters with a mean.
    quantile, spread, floor : float
        A plot is weak below this quantile of its sisters and below their median less `spread` robust standard
        deviations, of which `floor` is the least.

    Returns
    -------
    weak : array of int8, shape (plot, season)
        1 weak, 0 not, -1 not known.
    below, z : arrays of float32
        How far below the sisters' median, in units of the index and in standard deviations (negative: below).
    rank, of : arrays of int16
        Place from below, 1 is the weakest, and of how many with itself.
    """
    plots, seasons = means.shape
    weak = np.full((plots, seasons), -1, np.int8)
    below, z = np.full((plots, seasons), np.nan, np.float32), np.full((plots, seasons), np.nan, np.float32)
    rank, of = np.zeros((plots, seasons), np.int16), np.zeros((plots, seasons), np.int16)
    most = 1
    for p in range(plots):
        most = max(most, sister_start[p + 1] - sister_start[p])
    held = np.empty(most)
    for p in range(plots):
        for season in range(seasons):
            own = means[p, season]
            if np.isnan(own):
                continue
            n, lower = 0, 0
            for g in range(sister_start[p], sister_start[p + 1]):
                other = means[sister[g], season]
                if not np.isnan(other):
                    held[n] = other
                    n += 1
                    if other < own:
                        lower += 1
            if n < fewest:
                continue
            centre = middle(held, n)
            place = quantile * (n - 1)
            k = int(place)
            limit = held[k] + (place - k) * (held[min(k + 1, n - 1)] - held[k])
            s = max(scale_about(held, n, centre), floor)
            below[p, season], z[p, season] = centre - own, (own - centre) / s
            rank[p, season], of[p, season] = lower + 1, n + 1
            weak[p, season] = 1 if own < limit and z[p, season] < -spread else 0
    return weak, below, z, rank, of


def neighbour_rule(series: PlotSeries, sisters: Sisters, today: int) -> pd.DataFrame:
    """Return for each plot whether it was weak among its sisters in two of the last three seasons of 90 days.

    Only groups of plots that are alike count: the region's plots are no measure of a level.

    Returns
    -------
    DataFrame
        plot, rule ("weakest" or ""), since, last_seen (days since 1970, -1 none), n_obs, drop, z, level, rank, of,
        known (whether a rank could be told this season).
    """
    groups = sisters.ordered(series.plots)
    plots, seasons = len(series.plots), NEIGHBOURS.seasons
    common = history_kernel.common_anomaly(
        series.start,
        series.seen,
        series.value,
        groups.start,
        groups.member,
        HISTORY.seen_together,
        (today - seasons * NEIGHBOURS.window) * SENSORS,
    )
    beside = series.value - common
    age = today - series.day
    counted = np.isfinite(beside) & (age >= 0) & (age < seasons * NEIGHBOURS.window)
    owner, season = series.owner[counted], (age[counted] // NEIGHBOURS.window).astype(int)
    n = np.zeros((plots, seasons))
    total, level = np.zeros((plots, seasons)), np.zeros((plots, seasons))
    np.add.at(n, (owner, season), 1)
    np.add.at(total, (owner, season), beside[counted])
    np.add.at(level, (owner, season), common[counted])
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where((n >= NEIGHBOURS.fewest) & groups.alike[:, None], total / n, np.nan)
        level = level / n
    weak, below, z, rank, of = places(
        means, groups.start, groups.member, SISTERS.fewest, NEIGHBOURS.quantile, NEIGHBOURS.spread, BASELINE.floor / 2
    )
    stands = (weak[:, 0] == 1) & ((weak == 1).sum(axis=1) >= NEIGHBOURS.weak_seasons)
    in_weak = np.zeros(len(series.day), dtype=bool)
    in_weak[np.flatnonzero(counted)] = weak[owner, season] == 1
    days = pd.Series(series.day[in_weak]).groupby(series.owner[in_weak])
    first, last = (days.agg(how).reindex(range(plots), fill_value=-1).to_numpy() for how in ("min", "max"))
    dates = np.where(stands, days.size().reindex(range(plots), fill_value=0), 0)
    return pd.DataFrame(
        {
            "plot": series.plots, "rule": np.where(stands, "weakest", ""), "since": np.where(stands, first, -1),
            "last_seen": np.where(stands, last, -1), "n_obs": dates,
            "drop": below[:, 0], "z": z[:, 0], "level": level[:, 0], "rank": rank[:, 0], "of": of[:, 0],
            "known": weak[:, 0] >= 0,
        }
    )  # fmt: skip
