"""Slow decline: Page's sum of what each date of the season lies below its own history (monitoring.md 8.3)."""

import numpy as np
import pandas as pd

from remote_sensing.condition import history_kernel as k
from remote_sensing.condition.against_history import Differences, run_columns
from remote_sensing.condition.false_alarms import decline_limit
from remote_sensing.condition.rules import DECLINE, HISTORY


def decline_rule(found: Differences) -> pd.DataFrame:
    """Return for each plot whether its sum stands above the limit that 2 % of healthy plots cross in a year.

    Returns
    -------
    DataFrame
        plot, rule ("cusum" or ""), since, last_seen, n_obs, drop, z, level (as `time_rules`), total (the sum), highest
        (of the season).
    """
    limit = np.where(found.years >= HISTORY.least_years - 0.1, decline_limit(found.years), np.inf)
    begun, last, total, highest = k.declines(
        found.series.start, found.series.day, found.z, found.cut, DECLINE.slack, DECLINE.clip, limit
    )
    ended = np.where(begun >= 0, last, -1)
    return pd.DataFrame(
        {"plot": found.series.plots, "rule": np.where(begun >= 0, "cusum", ""), "total": total, "highest": highest}
        | run_columns(found, begun, ended)
    )
