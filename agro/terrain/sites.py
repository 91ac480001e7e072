"""Sites: how a mountain stays cheap.

Models run on sites instead of plots or pixels. A site is a node of a grid over what makes places differ (elevation,
sky view, the beam of winter and of summer, cold air) within one group (weather cell, cultivar ...). A place reads its
values from the corners of the simplex around it, so d axes need d + 1 sites and values change without jumps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

STEPS = {
    "elevation": 50.0,  # m
    "sky_view": 0.04,
    "winter_beam": 0.2,  # beam on the slope over beam on flat open ground at the winter solstice
    "summer_beam": 0.1,
    "cold": 0.5,  # 1 on the valley floor, 0 above the cold pool
}
"""Distance between the nodes of each axis; the tests measure what it costs against running each place itself."""


@dataclass(frozen=True)
class Sites:
    """Sites and what each place takes from them.

    Attributes
    ----------
    table : DataFrame
        One row a site: the axes of `STEPS`, the group's columns and what is carried along; `alone` is True where the
        site is a place itself, `place` its position then, else -1. The index is the site's number.
    weights : DataFrame
        Columns place (position in the frame of places), site, weight; the weights of a place sum to 1.
    """

    table: pd.DataFrame
    weights: pd.DataFrame

    def at_places(self, values: np.ndarray, places: int) -> np.ndarray:
        """Return `values` (site, ...) interpolated to the places, shape (place, ...).

        A place is NaN where a site that it leans on is NaN.
        """
        lean = csr_array(
            (
                self.weights["weight"].to_numpy(values.dtype),
                (self.weights["place"].to_numpy(), self.weights["site"].to_numpy()),
            ),
            shape=(places, len(values)),
        )
        return (lean @ values.reshape(len(values), -1)).reshape(places, *values.shape[1:])


def simplex(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid corners around `points` and their weights (Kuhn's triangulation of the unit cube).

    Parameters
    ----------
    points : ndarray, shape (n, d)
        Coordinates in units of the grid step.

    Returns
    -------
    corners : ndarray of int, shape (n, d + 1, d)
    weights : ndarray, shape (n, d + 1)
        Non-negative, sum to 1; a linear function of the corners is reproduced exactly.
    """
    base = np.floor(points).astype(np.int64)
    fraction = points - base
    order = np.argsort(-fraction, axis=1, kind="stable")
    n, d = points.shape
    corners = np.repeat(base[:, None, :], d + 1, axis=1)
    rows = np.arange(n)
    for k in range(d):
        corners[rows[:, None], np.arange(k + 1, d + 1)[None, :], order[:, k][:, None]] += 1
    ranked = np.take_along_axis(fraction, order, axis=1)
    padded = np.hstack([np.ones((n, 1)), ranked, np.zeros((n, 1))])
    return corners, padded[:, :-1] - padded[:, 1:]


def through_sites(
    places: pd.DataFrame, groups: list[str], steps: dict[str, float] | None = None, carried: Sequence[str] = ()
) -> Sites:
    """Return the sites that stand for `places`, and the weights between them.

    Parameters
    ----------
    places : DataFrame
        One row a place: the axes of `steps` (NaN not allowed) and the columns named in `groups`.
    groups : list of str
        Columns whose values are never mixed: weather cell, cultivar.
    carried : sequence of str
        Columns of which a site gets the mean over the places that lean on it.

    Raises
    ------
    ValueError
        When a place has NaN on an axis.
    """
    steps = steps or STEPS
    axes = list(steps)
    values = places[axes].to_numpy(float)
    if np.isnan(values).any():
        raise ValueError(f"places {list(places.index[np.isnan(values).any(axis=1)][:5])} have no value on an axis")
    corners, weights = simplex(values / np.array(list(steps.values())))
    group = (
        places.groupby(groups, sort=True, observed=True).ngroup().to_numpy() if groups else np.zeros(len(places), int)
    )
    keys = np.concatenate([np.broadcast_to(group[:, None, None], (*corners.shape[:2], 1)), corners], axis=2)
    used = weights > 1e-9
    place = np.broadcast_to(np.arange(len(places))[:, None], used.shape)[used]
    unique, site = np.unique(keys[used], axis=0, return_inverse=True)
    table = pd.DataFrame(unique[:, 1:] * np.array(list(steps.values())), columns=axes)
    first = pd.Series(np.arange(len(places))).groupby(group).first()
    for column in groups:
        table[column] = places[column].to_numpy()[first.loc[unique[:, 0]].to_numpy()]
    lean = pd.DataFrame({"place": place, "site": site.ravel(), "weight": weights[used]})
    total = np.bincount(lean["site"], lean["weight"], len(table))
    for column in carried:
        values = places[column].to_numpy(float)[lean["place"]]
        table[column] = np.bincount(lean["site"], lean["weight"] * values, len(table)) / total
    return Sites(table.assign(alone=False, place=-1), lean)


def each_place(
    places: pd.DataFrame, groups: list[str], steps: dict[str, float] | None = None, carried: Sequence[str] = ()
) -> Sites:
    """Return a site for each place exactly as it is; places alike in all share one."""
    table = places[[*(steps or STEPS), *groups, *carried]].reset_index(drop=True)
    number = table.groupby(list(table.columns), sort=False, observed=True, dropna=False).ngroup().to_numpy()
    weights = pd.DataFrame({"place": np.arange(len(places)), "site": number, "weight": 1.0})
    alone = table.assign(alone=True, place=np.arange(len(table)))
    return Sites(alone.drop_duplicates(list(table.columns), ignore_index=True), weights)


def stand_ins(
    places: pd.DataFrame, groups: list[str], steps: dict[str, float] | None = None, carried: Sequence[str] = ()
) -> Sites:
    """Return the places themselves while they are few, and sites as soon as those are fewer."""
    shared = through_sites(places, groups, steps, carried)
    alone = each_place(places, groups, steps, carried)
    return shared if len(shared.table) < len(alone.table) else alone
