"""Insects whose young live on young shoots only: generations by heat in a chain of substages, eggs by the flush."""

from typing import Annotated, NamedTuple

import numpy as np
from scipy import stats

MOST_SUBSTAGES = 20


class FlushFeeder(NamedTuple):
    """What an insect of young shoots needs; numbers are per shoot."""

    lower: Annotated[float, "degC"]
    sum: Annotated[float, "degC d"]  # egg to adult
    cv: Annotated[float, "1"]  # among individuals, of that sum
    eggs: Annotated[float, "d-1"]  # of an adult (half are females), where shoots are tender and it is warm
    survival: Annotated[float, "1"]  # egg to adult without crowding
    crowding: Annotated[float, "1"]  # eggs on a shoot at which survival falls to 1/e
    adult_life: Annotated[float, "d"]
    active_from: Annotated[float, "degC"]  # daily mean from which eggs are laid
    active_full: Annotated[float, "degC"]
    hot: Annotated[float, "degC"]  # maximum from which eggs and young die
    hot_loss: Annotated[float, "d-1 K-1"]
    rain_loss: Annotated[float, "mm-1"]  # share of the young lost for each mm of a day's rain
    tender_from: Annotated[float, "d"]  # age of a flush from which it is laid on
    tender_until: Annotated[float, "d"]
    start: Annotated[float, "1"]  # adults on a shoot on 1 January
    floor: Annotated[float, "1"]  # adults that are always about
    leaves: Annotated[float, "1"]  # leaves on a shoot that can be mined or sucked


class FlushThreshold(NamedTuple):
    """Share of a flush's leaves that are mined at which something is done."""

    share: Annotated[float, "1"]


def substages(cv: float) -> int:
    """Return how many substages give an Erlang-distributed time with this coefficient of variation; at most 20."""
    return int(min(max(round(1.0 / cv**2), 1), MOST_SUBSTAGES))


def share_past(heat, total, stages):
    """Return the share of a cohort that has passed a stage.

    Parameters
    ----------
    heat : array_like
        Since the cohort entered. [degC d]
    total : float
        Mean requirement. [degC d]
    stages : int
        Substages of the chain.

    Returns
    -------
    array_like
        Of the Erlang distribution, which the chain of substages follows. [1]

    Examples
    --------
    >>> np.round(share_past([200.0, 250.0, 300.0], 250.0, 20), 4)
    array([0.1878, 0.5297, 0.8197])
    """
    return stats.gamma.cdf(heat, a=stages, scale=total / stages)


def generations(heat_of_year, total):
    """Return how many generations a year's heat [degC d] allows."""
    return np.asarray(heat_of_year) / total
