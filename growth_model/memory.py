"""What trees remember of the last days and weeks."""

import numpy as np

from agro.numeric import equation, where


@equation
def remembered(mean, otherwise):
    """Return a running mean, or `otherwise` where nothing is remembered yet."""
    return where(np.isnan(mean), otherwise, mean)


@equation
def running_mean(mean, value, days):
    """Return the exponential running mean of about `days` days: it lags as the plain mean of that many days does."""
    return where(np.isnan(mean), value, mean + 2.0 / (days + 1.0) * (value - mean))
