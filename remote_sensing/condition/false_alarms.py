"""How often a rule cries for nothing: the stated rates, and the rate that scouting answers show."""

import numpy as np
from scipy.stats import chi2

from agro import parameters
from remote_sensing.condition.rules import FILE

STATED = parameters.section(FILE, "stated")


def stated(rule: str, years) -> np.ndarray:
    """Return the share of healthy plots that a rule flags in a year, after `years` of history.

    `rule` is "watch", "a", "b", "a_or_b" (what is sent), "cusum", "patch" or "patch_large"; the last two do not depend
    on years. Fewer dates than 22 a year make it lower, worse haze than simulated higher; see `observed`.
    """
    rate = STATED[rule].value
    if not isinstance(rate, list):
        return np.full(np.shape(years), float(rate))
    return np.interp(years, STATED["years"].value, rate)


def decline_limit(years) -> np.ndarray:
    """Return the limit of the decline's sum at which 2 % of healthy plots cross it in a year."""
    return np.interp(years, STATED["years"].value, STATED["cusum_limit"].value)


def observed(visited: int, nothing_found: int, plot_years: float) -> tuple[float, float, float]:
    """Return the rate that scouting answers show: false alarms per plot and year, and its central 90 % interval.

    Parameters
    ----------
    visited, nothing_found : int
        Alerts that somebody walked to, and those where nothing was found.
    plot_years : float
        Plots times years behind these alerts.

    Notes
    -----
    The interval is that of a Poisson count (exact, by chi-square quantiles). NaN without plot-years.
    """
    if plot_years <= 0 or nothing_found > visited:
        return (float("nan"),) * 3
    low = chi2.ppf(0.05, 2 * nothing_found) / 2 if nothing_found else 0.0
    high = chi2.ppf(0.95, 2 * nothing_found + 2) / 2
    return nothing_found / plot_years, low / plot_years, high / plot_years
