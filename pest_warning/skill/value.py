"""What a forecast is worth: value of cost and loss, and money per mu and hectare at the user's own prices."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agro.errors import InputError
from agro.units import MU_PER_HECTARE
from pest_warning.skill.contingency import Contingency, ratio
from pest_warning.skill.intervals import block_draws, bounds
from pest_warning.skill.rules import INTERVAL, VALUE


@dataclass(frozen=True)
class Prices:
    """What a grower pays and saves.

    Raises
    ------
    InputError
        When a price is not a positive number.
    """

    spray: float  # yuan mu-1, one round with labour and water
    loss: float  # yuan mu-1, avoided by a round when the event comes

    def __post_init__(self):
        if not (0 < self.spray < np.inf and 0 < self.loss < np.inf):
            raise InputError(
                f"prices need to be positive; got spray {self.spray} and loss {self.loss} yuan per mu",
                zh=f"价格须为正数；现为每亩防治成本 {self.spray} 元、避免损失 {self.loss} 元",
            )


def economic_value(table: Contingency, cost_loss):
    """Return how much of what perfect forecasts would save is saved by acting on these warnings.

    Parameters
    ----------
    table : Contingency
        Warnings against events.
    cost_loss : float
        Cost of acting over the loss avoided, in (0, 1). [1]

    Returns
    -------
    float
        1 perfect, 0 as good as always or never acting, whichever is cheaper; NaN where nothing can be saved. [1]

    References
    ----------
    .. [1] Richardson (2000). Q. J. R. Meteorol. Soc. 126:649-667, eq. 8.

    Examples
    --------
    >>> round(float(economic_value(Contingency(30, 10, 20, 140), 0.2)), 3)
    0.625
    """
    a, s = cost_loss, table.base_rate
    expense = table.pofd * (1 - s) * a - table.pod * s * (1 - a) + s
    climate = np.minimum(a, s)
    return ratio(climate - expense, climate - s * a)


def return_per_hectare(
    table: Contingency,
    prices: Prices,
    n: int = INTERVAL.draws,
    seed: int = 0,
    coverage: float = INTERVAL.coverage,
) -> pd.DataFrame:
    """Return what spraying on these warnings would have saved against spraying always, never, and by the base rate.

    Parameters
    ----------
    table : Contingency
        Of numbers: pairs are then drawn one by one. Of arrays, shape (block,), such as one entry a year: blocks are
        drawn, which is the honest interval where plots share weather.
    prices : Prices
        The user's own. [yuan mu-1]
    n, seed, coverage
        As in `intervals.bootstrap`.

    Returns
    -------
    DataFrame, shape (3, ...)
        `against` (always, never, climatology), `kind` (simulated: nobody sprayed by it), `n` pairs, `enough` (at
        least 20), `yuan_per_mu` and `yuan_per_ha` for each pair, with `_low` and `_high`; positive is saved.
    """
    cells = np.array([table.hits, table.misses, table.false_alarms, table.correct_negatives], float)
    total = cells if cells.ndim == 1 else cells.sum(axis=1)
    pairs = int(total.sum())
    if pairs == 0 or cells.shape[1:] == (1,):
        draws = np.full((1, 4), np.nan)  # one block has no interval
    elif cells.ndim == 1:
        draws = np.random.default_rng(seed).multinomial(pairs, total / pairs, size=n).astype(float)
    else:
        draws = block_draws(cells.shape[1], n, seed) @ cells.T
    mean, drawn = _savings(Contingency(*total), prices), _savings(Contingency(*draws.T), prices)
    rows = []
    for against, value in mean.items():
        low, high = bounds(drawn[against], coverage)
        rows.append({"against": against, "kind": "simulated", "n": pairs, "enough": pairs >= VALUE.fewest_pairs}
                    | _per_area(value, low, high))  # fmt: skip
    return pd.DataFrame(rows)


def paired_return(
    ours,
    standard,
    observed: bool,
    blocks=None,
    n: int = INTERVAL.draws,
    seed: int = 0,
    coverage: float = INTERVAL.coverage,
) -> dict:
    """Return the mean gain of plots run by the forecasts over their paired neighbours, and its distribution.

    Parameters
    ----------
    ours, standard : array_like, shape (pair,)
        Income less sprays, scouting and service of the two plots of each pair. [yuan mu-1]
    observed : bool
        Whether both were measured in the field; else the result is marked as simulated.
    blocks : array_like, shape (pair,), optional
        Drawn as a whole, such as the year; without it pairs are drawn.
    n, seed, coverage
        As in `intervals.bootstrap`.

    Returns
    -------
    dict
        `kind`, `n`, `enough` (at least 20 pairs), `share_positive`, `quartiles` (three, yuan mu-1), and
        `yuan_per_mu` and `yuan_per_ha` with `_low` and `_high`.
    """
    gain = np.asarray(ours, float) - np.asarray(standard, float)
    known = np.isfinite(gain)
    gain = gain[known]
    groups = np.arange(gain.size) if blocks is None else pd.factorize(np.asarray(blocks)[known], sort=True)[0]
    sums, sizes = np.bincount(groups, gain), np.bincount(groups)
    means = np.array([np.nan])
    if len(sums) > 1:
        rng = np.random.default_rng(seed)
        taken = (rng.integers(0, len(sums), len(sums)) for _ in range(n))
        means = np.array([sums[rows].sum() / sizes[rows].sum() for rows in taken])
    low, high = bounds(means, coverage)
    some = gain.size > 0
    return {
        "kind": "observed" if observed else "simulated",
        "n": int(gain.size),
        "enough": gain.size >= VALUE.fewest_pairs,
        "share_positive": float((gain > 0).mean()) if some else np.nan,
        "quartiles": tuple(np.quantile(gain, [0.25, 0.5, 0.75]).tolist()) if some else (np.nan,) * 3,
    } | _per_area(float(gain.mean()) if some else np.nan, low, high)


def simulated_return(p, prices: Prices, against: str = "always", seed: int = 0, **options) -> dict:
    """Return what calibrated probabilities would be worth if they are right: one simulated season for each pair.

    Parameters
    ----------
    p : array_like, shape (pair,)
        Calibrated probability of the event. [1]
    prices : Prices
        `loss` is here what an unsprayed event costs: sprays avoid a random share of it.
    against : {"always", "never"}
        What the standard plot does.
    seed : int
        Of events, efficacies and the bootstrap.
    **options
        Passed to `paired_return`.

    Raises
    ------
    ValueError
        For another `against`.
    """
    if against not in ("always", "never"):
        raise ValueError(f"against needs to be 'always' or 'never'; got {against!r}")
    p, rng = np.asarray(p, float), np.random.default_rng(seed)
    came, works = rng.random(p.shape) < p, efficacy(p.shape, rng)
    mean = VALUE.efficacy_alpha / (VALUE.efficacy_alpha + VALUE.efficacy_beta)
    sprayed = -(prices.spray + came * prices.loss * (1 - works))
    bare = came * -prices.loss
    ours = np.where(p * prices.loss * mean > prices.spray, sprayed, bare)
    return paired_return(ours, sprayed if against == "always" else bare, observed=False, seed=seed, **options)


def efficacy(shape, rng: np.random.Generator) -> np.ndarray:
    """Return random shares of disease that a fungicide prevents, spread as 16 citrus trials were."""
    return rng.beta(VALUE.efficacy_alpha, VALUE.efficacy_beta, shape)


def _savings(table: Contingency, prices: Prices) -> dict:
    """Return what acting on warnings saves for each pair [yuan mu-1]; losses are those that a spray avoids."""
    expense = ratio(table.said * prices.spray + table.misses * prices.loss, table.n)
    never = table.base_rate * prices.loss
    always = np.where(np.isnan(never), np.nan, prices.spray)
    baselines = {"always": always, "never": never, "climatology": np.minimum(always, never)}
    return {name: baseline - expense for name, baseline in baselines.items()}


def _per_area(value, low, high) -> dict:
    per_mu = {"yuan_per_mu": float(value), "yuan_per_mu_low": float(low), "yuan_per_mu_high": float(high)}
    return per_mu | {name.replace("_mu", "_ha"): money * MU_PER_HECTARE for name, money in per_mu.items()}
