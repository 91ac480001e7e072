"""Probabilities from fits that saw neither the year nor the district: rows split at random share their weather."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pest_warning.skill.calibration import calibrate


def cross_validated(
    pairs: pd.DataFrame,
    fit: Callable[[pd.DataFrame], Any] = calibrate,
    leave: tuple[str, ...] = ("year", "district"),
) -> np.ndarray:
    """Return for each pair the probability from a fit that saw neither its year nor its district.

    Parameters
    ----------
    pairs : DataFrame, shape (pair, ...)
        Of one organism and horizon.
    fit : callable
        Gives something with `predict(frame)`, or None: `calibrate` or `fit_blend`.
    leave : tuple of str
        Columns of which no value may be shared; ("year",) where there is one district only.

    Returns
    -------
    ndarray, shape (pair,)
        NaN where what is left is too little to fit. [1]
    """
    p = np.full(len(pairs), np.nan)
    for rows in pairs.groupby(list(leave)).indices.values():
        own = pairs.iloc[rows[0]]
        apart = np.logical_and.reduce([(pairs[name] != own[name]).to_numpy() for name in leave])
        if (fitted := fit(pairs[apart])) is not None:
            p[rows] = fitted.predict(pairs.iloc[rows])
    return p
