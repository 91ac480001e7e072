"""What a count says of a density: counts are more uneven than chance, and a plot never scouted has a wide prior."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from agro import parameters

FILE = Path(__file__).with_name("scouting.toml")
GRID = 200


class Uneven(NamedTuple):
    """How counts scatter and what is assumed before one."""

    k: Annotated[float, "1"]  # of the negative binomial: variance m + m2 / k
    prior_shape: Annotated[float, "1"]  # of the gamma prior of a density
    lesions_full: Annotated[float, "1"]  # share of units with lesions that counts as full inoculum
    forgets: Annotated[float, "d"]  # e-fold after which a count says no more than the prior


def uneven() -> Uneven:
    """Return the numbers of scouting.toml."""
    return parameters.load(FILE, "counts", Uneven)


def posterior(mean: float, n: int, total: float, k: float | None = None, shape: float | None = None):
    """Return the density after a count.

    Parameters
    ----------
    mean : float
        Density before, the mean of a gamma prior. [unit-1]
    n : int
        Units looked at.
    total : float
        Individuals on all of them.
    k : float, optional
        Of the negative binomial on one unit; infinite: Poisson.
    shape : float, optional
        Of the prior: its variance is mean2 / shape.

    Returns
    -------
    (ndarray, ndarray), shape (200,)
        Densities and the probability of each. The sum of n units with common k is negative binomial with n k.

    Examples
    --------
    >>> density, weight = posterior(1.0, 50, 150)
    >>> round(float((density * weight).sum()), 1)
    2.8
    """
    about = uneven()
    k, shape = about.k if k is None else k, about.prior_shape if shape is None else shape
    mean = max(float(mean), 1e-4)
    seen = (total + 0.5) / n
    density = np.geomspace(min(mean, seen) / 50.0, max(mean, seen) * 20.0, GRID)
    prior = stats.gamma.logpdf(density, a=shape, scale=mean / shape)
    size = n * k
    fit = (
        stats.poisson.logpmf(round(total), density * n) if np.isinf(k) else _negative_binomial(total, density * n, size)
    )
    weight = np.exp(prior + fit - np.max(prior + fit)) * np.gradient(density)
    return density, weight / weight.sum()


def posterior_of_presence(mean: float, n: int, infested: int, k: float | None = None, shape: float | None = None):
    """Return the density after units were only called infested or clean; as `posterior`.

    A unit is infested with probability 1 - (1 + m/k)^-k.
    """
    about = uneven()
    k, shape = about.k if k is None else k, about.prior_shape if shape is None else shape
    mean = max(float(mean), 1e-4)
    density = np.geomspace(mean / 500.0, max(mean, 1.0) * 100.0, GRID)
    share = np.clip(1.0 - (1.0 + density / k) ** -k, 1e-9, 1 - 1e-9)
    prior = stats.gamma.logpdf(density, a=shape, scale=mean / shape)
    fit = stats.binom.logpmf(infested, n, share)
    weight = np.exp(prior + fit - np.max(prior + fit)) * np.gradient(density)
    return density, weight / weight.sum()


def quantile(density, weight, levels) -> np.ndarray:
    """Return quantiles of a posterior on its grid."""
    return np.interp(levels, np.cumsum(weight) - 0.5 * weight, density)


def share_quantiles(n: int, infested: int, levels) -> np.ndarray:
    """Return quantiles of the infested share after `infested` of `n` units; Beta with Jeffreys' prior."""
    return stats.beta.ppf(levels, infested + 0.5, n - infested + 0.5)


def taylor_k(counts) -> float | None:
    """Return k from at least thirty samples, shape (sample, unit), by moments; None with fewer or with no excess."""
    counts = np.asarray(counts, float)
    if len(counts) < 30:
        return None
    mean, variance = counts.mean(axis=1), counts.var(axis=1, ddof=1)
    excess = (variance - mean).sum()
    return float((mean**2).sum() / excess) if excess > 0 else None


def source_factor(counts: pd.DataFrame, plots: int, now: int) -> np.ndarray:
    """Return how lesions that were counted move the inoculum of plots, shape (plot, 1, 1); 1 where nobody looked.

    `counts` are in the order of their days; the last one of a plot counts, and less the longer before `now` it was.
    """
    about, factor = uneven(), np.ones((plots, 1, 1))
    for row in counts.itertuples() if len(counts) else ():
        if row.method != "trap" and pd.notna(row.infested) and row.n:
            found = np.clip(2.0 * row.infested / row.n / about.lesions_full, 0.1, 3.0)
            factor[row.plot] = 1.0 + (found - 1.0) * np.exp(-(now - row.day) / about.forgets)
    return factor


def _negative_binomial(total, mean, size):
    return stats.nbinom.logpmf(round(total), size, size / (size + mean))
