"""How good forecasts were: errors, sharpness and honesty, beside two baselines."""

from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from agro.numeric import equation, maximum
from growth_model.calibration.errors import numbers


def rmse(observed, predicted) -> float:
    """Return the root mean square error over pairs that are not NaN, in the unit given."""
    return float(np.sqrt(np.nanmean(np.square(np.subtract(predicted, observed)))))


def mae(observed, predicted) -> float:
    """Return the mean absolute error, in the unit given."""
    return float(np.nanmean(np.abs(np.subtract(predicted, observed))))


def bias(observed, predicted) -> float:
    """Return the mean of predicted less observed, in the unit given."""
    return float(np.nanmean(np.subtract(predicted, observed)))


def nash_sutcliffe(observed, predicted) -> float:
    """Return the efficiency of Nash and Sutcliffe 1970: 1 is perfect, 0 as good as the mean observed.

    >>> nash_sutcliffe([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    observed, predicted = np.asarray(observed, float), np.asarray(predicted, float)
    both = np.isfinite(observed) & np.isfinite(predicted)
    spread = np.square(observed[both] - observed[both].mean()).sum() if both.any() else 0.0
    return float(1 - np.square((predicted - observed)[both]).sum() / spread) if spread > 0 else np.nan


def crps(ensemble, observed, fair=True) -> np.ndarray:
    """Return the continuous ranked probability score of each case, in the unit given; 0 is perfect.

    Parameters
    ----------
    ensemble : array_like, shape (case, member)
    observed : array_like, shape (case,)
    fair : bool
        Score the distribution that the members are drawn from, whatever their number; else the members as they are.
        With one member the score is the absolute error either way.

    Returns
    -------
    ndarray, shape (case,)
        NaN where the observation or a member is NaN.

    References
    ----------
    .. [1] Gneiting, Raftery (2007). J. Am. Stat. Assoc. 102:359-378, eq. 21.
    .. [2] Ferro (2014). Q. J. R. Meteorol. Soc. 140:1917-1923.

    Examples
    --------
    >>> crps([[0.0, 2.0]], [0.0], fair=False), crps([[0.0, 2.0]], [0.0])
    (array([0.5]), array([0.]))
    """
    members = np.sort(np.asarray(ensemble, float), axis=-1)
    count = members.shape[-1]
    distance = np.abs(members - np.asarray(observed, float)[..., None]).mean(axis=-1)
    # sum over all pairs of their distance, from the order of the members
    pairs = 2 * (members * (2 * np.arange(1, count + 1) - count - 1)).sum(axis=-1)
    return distance - pairs / (2 * count * (max(count - 1, 1) if fair else count))


@equation
def pinball(observed, quantile, level):
    """Return the pinball loss of a forecast `quantile` at `level`, in the unit given; Koenker and Bassett 1978.

    >>> float(pinball(10.0, 8.0, 0.9)), round(float(pinball(8.0, 10.0, 0.9)), 6)
    (1.8, 0.2)
    """
    return maximum(level * (observed - quantile), (level - 1.0) * (observed - quantile))


class Coverage(NamedTuple):
    """How many observations an interval held, and what that says of the true share."""

    share: float  # 1
    low: float  # 1, of the 95 % interval of Clopper and Pearson
    high: float  # 1
    cases: int


def coverage(observed, low, high) -> Coverage:
    """Return the share of the observations between `low` and `high`, bounds included; NaN cases do not count."""
    observed, low, high = np.broadcast_arrays(*(np.asarray(x, float) for x in (observed, low, high)))
    known = np.isfinite(observed) & np.isfinite(low) & np.isfinite(high)
    cases = int(known.sum())
    if not cases:
        return Coverage(np.nan, 0.0, 1.0, 0)
    inside = int(((observed >= low) & (observed <= high))[known].sum())
    interval = binomtest(inside, cases).proportion_ci(0.95, "exact")
    return Coverage(inside / cases, float(interval.low), float(interval.high), cases)


def honest(result: Coverage) -> bool:
    """Return whether the central 80 % interval held what the acceptance rules ask of it."""
    bounds = numbers("acceptance")
    return bool(bounds["coverage_low"] <= result.share <= bounds["coverage_high"])


def accepted(kind: str, error: float) -> bool:
    """Return whether an error on left-out data passes `acceptance.kind` of `observations.toml`, in its unit."""
    return bool(error <= numbers("acceptance")[kind])


def skill(score: float, baseline: float) -> float:
    """Return how much of the baseline's score is gone: 1 is perfect, 0 no better, below 0 worse; NaN without error.

    >>> skill(1.0, 4.0)
    0.75
    """
    return 1 - score / baseline if baseline > 0 else np.nan


def report(observed, ensemble, climatology, persistence) -> dict[str, float | Coverage]:
    """Return all scores of an ensemble forecast, and its skill against two baselines, over the same cases.

    Parameters
    ----------
    observed : array_like, shape (case,)
    ensemble : array_like, shape (case, member)
    climatology, persistence : array_like, shape (case,) or (case, member)
        The mean of the plot's past years, and the last reading plus normal growth. An ensemble is scored as one; a
        single number has as its score the absolute error.

    Returns
    -------
    dict
        "cases"; "rmse", "mae", "bias", "nash_sutcliffe" of the median; "crps" (fair); "pinball_10", "pinball_50",
        "pinball_90"; "coverage_80"; and "rmse_skill_NAME", "crps_skill_NAME" for both baselines. Cases that are NaN
        in anything count in nothing.
    """
    observed, ensemble = np.asarray(observed, float), np.asarray(ensemble, float)
    baselines = {
        name: np.asarray(rows, float).reshape(len(observed), -1)
        for name, rows in (("climatology", climatology), ("persistence", persistence))
    }
    known = np.isfinite(np.column_stack([observed, ensemble, *baselines.values()])).all(axis=1)
    if not known.any():
        return {"cases": 0}
    observed, ensemble = observed[known], ensemble[known]
    low, median, high = np.quantile(ensemble, (0.1, 0.5, 0.9), axis=1)
    result: dict[str, float | Coverage] = {
        "cases": int(known.sum()),
        "rmse": rmse(observed, median),
        "mae": mae(observed, median),
        "bias": bias(observed, median),
        "nash_sutcliffe": nash_sutcliffe(observed, median),
        "crps": float(crps(ensemble, observed).mean()),
        "pinball_10": float(pinball(observed, low, 0.1).mean()),
        "pinball_50": float(pinball(observed, median, 0.5).mean()),
        "pinball_90": float(pinball(observed, high, 0.9).mean()),
        "coverage_80": coverage(observed, low, high),
    }
    for name, rows in baselines.items():
        rows = rows[known]
        result[f"rmse_skill_{name}"] = skill(rmse(observed, median), rmse(observed, np.median(rows, axis=1)))
        result[f"crps_skill_{name}"] = skill(float(result["crps"]), float(crps(rows, observed).mean()))  # type: ignore[arg-type]
    return result
