"""How often a rule cries for nothing: the stated rates, and the rate that scouting answers show."""

import numpy as np

from agro import parameters
from remote_sensing.condition.rules import FILE

STATED = parameters.section(FILE, "stated")


def stated(rule: str, years) -> np.ndarray:
    """Return the share of healthy plots that a rule flags in a year, after `years` of history.

    `rule` is "watch", "a", "b", "cusum", "patch" or "patch_large"; the last two do not depend on years.
    """
    rate = STATED[rule].value
    if not isinstance(rate, list):
        return np.full(np.shape(years), float(rate))
    return np.interp(years, STATED["years"].value, rate)


def decline_limit(years) -> np.ndarray:
    """Return the limit of the decline's sum at which 2 % of healthy plots cross it in a year."""
    return np.interp(years, STATED["years"].value, STATED["cusum_limit"].value)
