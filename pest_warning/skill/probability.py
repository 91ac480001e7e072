"""Probabilities against events: Brier score and its parts, skill, log loss, ranking and the reliability diagram."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from pest_warning.skill.contingency import ratio
from pest_warning.skill.intervals import block_draws, bounds
from pest_warning.skill.rules import CALIBRATION, INTERVAL


class BrierParts(NamedTuple):
    """What a Brier score is made of: reliability - resolution + uncertainty + remainder."""

    reliability: float  # 0 when said and seen agree in every bin
    resolution: float  # how far the bins' frequencies lie from the base rate
    uncertainty: float  # Brier score of the base rate
    remainder: float  # from differences within bins


def brier(p, came) -> float:
    """Return the mean squared error of probabilities; 0 perfect, 1 worst. Brier 1950.

    >>> round(brier([0.9, 0.2], [True, False]), 3)
    0.025
    """
    p, came = _pair(p, came)
    return float(np.mean((p - came) ** 2)) if p.size else np.nan


def brier_skill(p, came, baseline) -> float:
    """Return 1 less the Brier score over that of `baseline`.

    Parameters
    ----------
    p : array_like, shape (pair,)
        Probability said. [1]
    came : array_like of bool, shape (pair,)
        Whether the event came.
    baseline : array_like, shape (pair,) or float
        Probability that the baseline would have said. [1]

    Returns
    -------
    float
        1 perfect, 0 as good as the baseline, negative worse; NaN when the baseline is perfect. [1]
    """
    p, came = _pair(p, came)
    return float(1 - ratio(brier(p, came), brier(np.broadcast_to(baseline, p.shape), came)))


def brier_parts(p, came, bins: int = 10) -> BrierParts:
    """Return the parts of a Brier score over equal bins of the probability.

    References
    ----------
    .. [1] Murphy (1973). J. Appl. Meteorol. 12:595-600.
    .. [2] Stephenson, Coelho, Jolliffe (2008). Weather Forecast. 23:752-757, eq. 4, for the remainder.
    """
    p, came = _pair(p, came)
    if not p.size:
        return BrierParts(*[np.nan] * 4)
    place = bin_of(p, bins)
    sums = [np.bincount(place, weights, minlength=bins) for weights in (np.ones_like(p), p, came, p * p, p * came)]
    return BrierParts(*(float(part) for part in parts_of_sums(*sums)))


def parts_of_sums(n, p, came, p_squared, p_came):
    """Return the four parts from sums in each bin, bins along the last axis."""
    total = n.sum(axis=-1)
    base = ratio(came.sum(axis=-1), total)
    mean_p, mean_came = np.nan_to_num(ratio(p, n)), np.nan_to_num(ratio(came, n))
    reliability = ratio((n * (mean_p - mean_came) ** 2).sum(axis=-1), total)
    resolution = ratio((n * (mean_came - np.expand_dims(base, -1)) ** 2).sum(axis=-1), total)
    variance = (p_squared - n * mean_p**2).sum(axis=-1)
    covariance = (p_came - n * mean_p * mean_came).sum(axis=-1)
    return reliability, resolution, base * (1 - base), ratio(variance - 2 * covariance, total)


def log_loss(p, came, bound: float = CALIBRATION.bound) -> float:
    """Return the mean negative log of the probability given to what happened; 0 perfect.

    Probabilities are kept `bound` away from 0 and 1.
    """
    p, came = _pair(p, came)
    p = np.clip(p, bound, 1 - bound)
    return float(-np.mean(np.where(came > 0, np.log(p), np.log1p(-p)))) if p.size else np.nan


def auc(index, came) -> float:
    """Return how often a pair with the event ranks above one without; ties count half.

    Parameters
    ----------
    index : array_like, shape (pair,)
        Anything that rises with the risk, probability or not.
    came : array_like of bool, shape (pair,)
        Whether the event came.

    Returns
    -------
    float
        0.5 without skill; NaN when all or none came. [1]

    References
    ----------
    .. [1] Hanley, McNeil (1982). Radiology 143:29-36: the area is the Mann-Whitney statistic.
    """
    index, came = _pair(index, came)
    events = came.sum()
    ranks = rankdata(index)[came > 0].sum() - events * (events + 1) / 2
    return float(ratio(ranks, events * (came.size - events)))


def reliability_diagram(
    p, came, blocks=None, bins: int = 10, n: int = INTERVAL.draws, seed: int = 0, coverage: float = INTERVAL.coverage
) -> pd.DataFrame:
    """Return what came beside what was said, in equal bins of the probability.

    Parameters
    ----------
    p : array_like, shape (pair,)
        Probability said. [1]
    came : array_like of bool, shape (pair,)
        Whether the event came.
    blocks : array_like, shape (pair,), optional
        What is drawn as a whole, such as the year; without it pairs are drawn one by one, which makes bars too short
        where plots share weather.
    bins, n, seed, coverage
        As in `brier_parts` and `intervals.bootstrap`.

    Returns
    -------
    DataFrame, shape (bin, 7)
        `from`, `to`, `n`, `said` (mean probability), `seen` (frequency of the event), `low` and `high` of `seen`;
        NaN for an empty bin. [1]
    """
    p, came = _pair(p, came)
    place = bin_of(p, bins)
    count, said, seen = (np.bincount(place, w, minlength=bins) for w in (np.ones_like(p), p, came))
    if blocks is None:
        cells = np.concatenate([count - seen, seen])
        drawn = (
            np.random.default_rng(seed).multinomial(len(p), cells / max(len(p), 1), size=n) if len(p) else cells[None]
        )
        drawn_seen, drawn_count = drawn[:, bins:], drawn[:, :bins] + drawn[:, bins:]
        known = len(p) > 1
    else:
        block, names = pd.factorize(np.asarray(blocks), sort=True)
        times = block_draws(max(len(names), 1), n, seed)
        cell, size = block * bins + place, max(len(names), 1) * bins
        drawn_count, drawn_seen = (
            times @ np.bincount(cell, weights, minlength=size).reshape(-1, bins) for weights in (np.ones_like(p), came)
        )
        known = len(names) > 1
    low, high = bounds(ratio(drawn_seen, drawn_count), coverage)
    edges = np.linspace(0, 1, bins + 1)
    bars = {"low": low, "high": high} if known else {"low": np.nan, "high": np.nan}
    return pd.DataFrame(
        {"from": edges[:-1], "to": edges[1:], "n": count.astype(int), "said": ratio(said, count)}
        | {"seen": ratio(seen, count), **bars}
    )


def bin_of(p, bins: int = 10) -> np.ndarray:
    """Return which of `bins` equal bins holds each probability; 1 lies in the last."""
    return np.minimum((np.asarray(p) * bins).astype(int), bins - 1)


def _pair(p, came) -> tuple[np.ndarray, np.ndarray]:
    p, came = np.asarray(p, float), np.asarray(came, float)
    if p.shape != came.shape or p.ndim != 1:
        raise ValueError(f"said {p.shape} and came {came.shape} need to be of one length")
    return p, came
