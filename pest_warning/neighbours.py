"""What places around send over: a confirmed find presses on its neighbours, less so with distance."""

import numpy as np


def pressure(x, y, found_x, found_y, strength, near: float, chunk: int = 5_000) -> np.ndarray:
    """Return the pressure of finds on places.

    Parameters
    ----------
    x, y : ndarray, shape (place,)
        [m]
    found_x, found_y, strength : ndarray, shape (find,)
        Where something was confirmed [m], and how strong each find is, 0 to 1. Embargoed ones do not belong here.
    near : float
        Distance over which the pressure falls to 1/e; nothing beyond five times as far. [m]
    chunk : int
        Places at a time.

    Returns
    -------
    ndarray, shape (place,)
        What at least one of them sends over, 0 to 1.

    Examples
    --------
    >>> pressure(np.r_[0.0, 500.0], np.r_[0.0, 0.0], np.r_[0.0], np.r_[0.0], np.r_[1.0], 500.0).round(2)
    array([1.  , 0.37])
    """
    x, y, strength = (np.asarray(values, float) for values in (x, y, strength))
    none = np.ones(len(x))
    if not len(strength):
        return 1.0 - none
    for start in range(0, len(x), chunk):
        some = slice(start, start + chunk)
        distance = np.hypot(x[some, None] - np.asarray(found_x), y[some, None] - np.asarray(found_y))
        share = np.where(distance <= 5.0 * near, np.exp(-distance / near), 0.0) * np.clip(strength, 0.0, 1.0)
        none[some] = np.prod(1.0 - share, axis=1)
    return 1.0 - none
