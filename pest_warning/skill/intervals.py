"""How sure a score is: Wilson's interval, hits needed for a bar, clusters, and the bootstrap over whole years."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom, norm

from pest_warning.skill.rules import INTERVAL


class Interval(NamedTuple):
    """A score, the ends of its interval, and how many blocks stand behind it."""

    value: float
    low: float
    high: float
    blocks: int


def wilson(successes, trials, level: float = 0.95):
    """Return the two ends of Wilson's interval of a share.

    Parameters
    ----------
    successes, trials : array_like
        Need not be whole numbers: an effective sample size is not. [1]
    level : float
        Two-sided coverage. [1]

    Returns
    -------
    low, high : ndarray
        NaN without trials. [1]

    References
    ----------
    .. [1] Wilson (1927). J. Am. Stat. Assoc. 22:209-212.

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson(160, 200)]
    [0.7391, 0.8495]
    """
    trials = np.asarray(trials, float)
    n = np.where(trials > 0, trials, np.nan)
    share, z = np.asarray(successes) / n, norm.ppf((1 + level) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(middle - half, 0, 1)[()], np.clip(middle + half, 0, 1)[()]


def fewest_hits(trials: int, bar: float, level: float = 0.95) -> int | None:
    """Return how many of `trials` independent trials must be right to show more than `bar`.

    The exact one-sided binomial test: the smallest count that a true share of `bar` reaches with a probability of at
    most 1 - `level`. None when even all right would not show it.

    >>> fewest_hits(200, 0.8), fewest_hits(10, 0.8)
    (170, None)
    """
    counts = np.arange(trials + 1)
    shown = binom.sf(counts - 1, trials, bar) <= 1 - level
    return int(counts[shown][0]) if shown.any() else None


def effective_sample_size(n, per_cluster, correlation):
    """Return how many independent trials `n` clustered ones are worth; Kish 1965.

    Parameters
    ----------
    n : array_like
        Trials. [1]
    per_cluster : array_like
        Trials in a cluster, such as a district in a year; the size-weighted mean where clusters differ. [1]
    correlation : float
        Within a cluster. [1]

    Examples
    --------
    >>> round(float(effective_sample_size(200, 10, 0.3)))
    54
    """
    return n / (1.0 + (np.maximum(per_cluster, 1.0) - 1.0) * correlation)


def bootstrap(
    score: Callable[[pd.DataFrame], float],
    frame: pd.DataFrame,
    blocks: str | Sequence[str] = "year",
    n: int = INTERVAL.draws,
    seed: int = 0,
    coverage: float = INTERVAL.coverage,
) -> Interval:
    """Return a score and its interval from resampling whole blocks.

    Parameters
    ----------
    score : callable
        Gives the score of a frame; NaN where it is undefined.
    frame : DataFrame, shape (pair, ...)
        With the column or columns named by `blocks`.
    blocks : str or sequence of str
        What is drawn as a whole: "year", or ["district", "year"] where districts have weather of their own.
    n : int
        Draws. [1]
    seed : int
        Of the draws; one seed, one interval.
    coverage : float
        Of the interval. [1]

    Returns
    -------
    Interval
        `low` and `high` are NaN with one block: pairs of one year share its weather, so that resampling plots
        instead would give an interval, but of something else.

    Notes
    -----
    Percentile bootstrap; Efron, Tibshirani (1993), chapter 13. With few blocks it is somewhat too narrow.
    """
    columns = [blocks] if isinstance(blocks, str) else list(blocks)
    members = list(frame.groupby(columns, sort=True).indices.values())
    value = float(score(frame)) if len(frame) else np.nan
    if len(members) < 2:
        return Interval(value, np.nan, np.nan, len(members))
    scores = np.empty(n)
    for draw, times in enumerate(block_draws(len(members), n, seed)):
        taken = [rows for rows, count in zip(members, times, strict=True) for _ in range(int(count))]
        scores[draw] = score(frame.iloc[np.concatenate(taken)])
    low, high = bounds(scores, coverage)
    return Interval(value, float(low), float(high), len(members))


@lru_cache(maxsize=256)
def block_draws(blocks: int, n: int, seed: int) -> np.ndarray:
    """Return how often each block is taken in each draw, shape (draw, block); rows add up to `blocks`."""
    times = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1.0 / blocks), size=n).astype(float)
    times.setflags(write=False)
    return times


def bounds(scores, coverage: float = INTERVAL.coverage) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the central interval of draws along the first axis.

    Draws without a value are left out; where they are more than half, the ends are NaN.
    """
    ordered = np.sort(np.asarray(scores, float), axis=0)  # NaN go last
    known = np.isfinite(ordered).sum(axis=0)
    ends = []
    for level in ((1 - coverage) / 2, (1 + coverage) / 2):
        place = level * (np.maximum(known, 1) - 1)
        below, above = np.floor(place).astype(int), np.ceil(place).astype(int)
        lower, upper = (np.take_along_axis(ordered, row[None], axis=0)[0] for row in (below, above))
        ends.append(np.where(2 * known >= len(ordered), lower + (place - below) * (upper - lower), np.nan)[()])
    return ends[0], ends[1]
