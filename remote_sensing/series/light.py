"""Whether an index still follows the light on slopes after its correction (monitoring.md 5.2)."""

import numpy as np
import pandas as pd

from remote_sensing.series.observations import usable
from remote_sensing.series.rules import LIGHT


def light_left(observations: pd.DataFrame) -> tuple[float, int]:
    """Return how an index and the light on plots go together, and of how many plots.

    Parameters
    ----------
    observations : DataFrame
        Observation table of one season, one index and healthy plots.

    Returns
    -------
    r : float
        Correlation of index and mean cos i, both less their means of the picture, so that neither the sun's way through
        the season nor the season itself makes one; NaN where the light is not known or is the same for all, and with
        fewer than `series.toml` asks.
    n : int
        Plots behind it.
    """
    if "mean_cos_i" not in observations:
        return float("nan"), 0
    rows = observations.loc[usable(observations) & observations["mean_cos_i"].notna()]
    plots = int(rows["plot"].nunique())
    if plots < LIGHT.fewest:
        return float("nan"), plots
    picture = [rows["scene"], rows["sensor"]]
    value, light = (
        rows[name].astype(float) - rows[name].astype(float).groupby(picture).transform("mean")
        for name in ("median", "mean_cos_i")
    )
    if min(value.std(), light.std()) < 1e-9:
        return float("nan"), plots
    return float(np.corrcoef(value, light)[0, 1]), plots
