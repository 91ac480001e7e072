"""The walking order: which flagged places to look at, and the quickest way round them on a slope.

With at most fifteen stops the quickest round is found by looking at all of them (Held and Karp), so no rule of thumb
stands between the map and the legs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from scipy.ndimage import map_coordinates

from agro import parameters

FILE = Path(__file__).with_name("walking.toml")
MOST = 15
"""Stops of one walk: more than a morning's, and all rounds of so many can still be looked at."""
STEP = 10.0
"""Distance at which the ground between two places is looked up. [m]"""


@dataclass(frozen=True)
class Pace:
    """How somebody walks, and how long a look takes; Tobler's hiking function."""

    flat: Annotated[float, "km h-1"]
    falloff: Annotated[float, "1"]
    easiest: Annotated[float, "m m-1"]
    off_path: Annotated[float, "1"]
    look: Annotated[float, "min"]


@dataclass(frozen=True)
class Route:
    """A walk.

    Attributes
    ----------
    stops : GeoDataFrame
        The chosen stops in walking order with all their columns, and: order (1 ...), metres and minutes from the stop
        before, climb [m] on that leg.
    line : LineString
        From the entrance through the stops, and back where the walk returns.
    metres, minutes, climb : float
        Of the whole walk; minutes include the looks.
    left_out : GeoDataFrame
        Stops that did not fit, best first.
    """

    stops: gpd.GeoDataFrame
    line: shapely.LineString
    metres: float
    minutes: float
    climb: float
    left_out: gpd.GeoDataFrame


def pace() -> Pace:
    """Return the pace of `walking.toml`."""
    return parameters.load(FILE, "pace", Pace)


def speed(slope, walker):
    """Return how fast somebody walks off the path.

    Parameters
    ----------
    slope : array_like
        Rise over run in the direction walked; falls are negative. [m m-1]
    walker : Pace

    Returns
    -------
    array_like, shape of `slope`
        [m min-1]

    References
    ----------
    .. [1] Tobler (1993). Three presentations on geographical analysis and modeling. NCGIA technical report 93-1.
    """
    along_path = walker.flat * np.exp(-walker.falloff * np.abs(slope + walker.easiest))
    return walker.off_path * along_path * 1000.0 / 60.0


def order(stops, entrance=None, elevation=None, most=12, *, minutes=None, back=True, walker=None) -> Route:
    """Return the quickest walk through the stops that matter most.

    Parameters
    ----------
    stops : GeoDataFrame
        Points in a projected CRS with a column `score`; higher is more urgent.
    entrance : Point, optional
        Where the walk begins, in the same CRS; without one it begins at the lowest stop.
    elevation : DataArray, dims (y, x), optional
        In the same CRS; without it the ground counts as flat. [m]
    most : int
        Stops at most, up to 15.
    minutes : float, optional
        Time for the whole walk; stops that bring the least for their time are left out until it fits. [min]
    back : bool
        Whether the walk returns to where it began.
    walker : Pace, optional
        By default that of `walking.toml`.

    Returns
    -------
    Route

    Raises
    ------
    ValueError
        Without stops, for more than 15 of them, or in degrees.

    Notes
    -----
    Legs are straight lines over the ground: paths, walls and streams are not known. On terraces the true way is longer.
    """
    if not len(stops) or not 1 <= most <= MOST:
        raise ValueError(f"a walk needs 1 to {MOST} stops; got {len(stops)} of which {most} are asked for")
    if stops.crs is None or not stops.crs.is_projected:
        raise ValueError(f"stops need a projected CRS in metres; got {stops.crs}")
    walker = walker or pace()
    ranked = stops.sort_values("score", ascending=False, kind="stable")
    chosen, spare = ranked.iloc[:most], ranked.iloc[most:]
    while True:
        start = entrance if entrance is not None else _lowest(chosen, elevation)
        legs = Legs.between([start, *chosen.geometry], elevation, walker)
        sequence = quickest(legs.minutes, back=back)
        if back and legs.metres[0, sequence[-1]] == 0.0:  # the walk begins at this stop: it is seen first
            sequence = [sequence[-1], *sequence[:-1]]
        total = _along(legs.minutes, sequence, back).sum() + walker.look * len(chosen)
        if minutes is None or total <= minutes or len(chosen) == 1:
            return _route(chosen, spare, start, legs, sequence, total, back)
        worst = _least_worth(chosen["score"].to_numpy(float), legs.minutes, sequence, back, walker.look)
        spare = pd.concat([chosen.iloc[[worst]], spare])
        chosen = chosen.drop(chosen.index[worst])


@dataclass(frozen=True)
class Legs:
    """Straight legs between places, arrays of shape (from, to)."""

    metres: np.ndarray
    minutes: np.ndarray
    climb: np.ndarray

    @classmethod
    def between(cls, places, elevation, walker) -> "Legs":
        """Return the legs between points over `elevation` (None: flat ground); metres lie along the slope."""
        xy = np.array([(point.x, point.y) for point in places])
        shape = (len(xy), len(xy))
        metres, minutes, climb = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for one, other in zip(*np.triu_indices(len(xy), 1), strict=True):
            run = float(np.hypot(*(xy[other] - xy[one])))
            if run == 0.0:
                continue
            parts = max(int(np.ceil(run / STEP)), 1)
            line = xy[one] + np.linspace(0, 1, parts + 1)[:, None] * (xy[other] - xy[one])
            rise, step = np.diff(_height(line, elevation)), run / parts
            metres[one, other] = metres[other, one] = np.hypot(rise, step).sum()
            for a, b, up in ((one, other, rise), (other, one, -rise)):
                minutes[a, b] = (step / speed(up / step, walker)).sum()
                climb[a, b] = np.maximum(up, 0.0).sum()
        return cls(metres, minutes, climb)


def quickest(cost, *, back=True):
    """Return the order of places 1, 2 ... with the least cost, begun at place 0.

    Parameters
    ----------
    cost : ndarray, shape (place, place)
        Of going from one to another; need not be symmetric.
    back : bool
        Whether the way back to place 0 counts.

    Returns
    -------
    list of int

    References
    ----------
    .. [1] Held and Karp (1962). J. SIAM 10(1):196-210.
    """
    n = len(cost) - 1
    best = np.full((1 << n, n), np.inf)  # of having seen a set of stops and standing at one of them
    before = np.zeros((1 << n, n), np.int8)
    best[1 << np.arange(n), np.arange(n)] = cost[0, 1:]
    sets = np.arange(1 << n)
    for size in range(1, n):
        seen = sets[np.bitwise_count(sets) == size]
        for stop in range(n):
            fresh = seen[(seen >> stop) & 1 == 0]
            through = best[fresh] + cost[1:, stop + 1]
            best[fresh | 1 << stop, stop] = through.min(axis=1)
            before[fresh | 1 << stop, stop] = through.argmin(axis=1)
    left = (1 << n) - 1
    stop = int(np.argmin(best[left] + (cost[1:, 0] if back else 0.0)))
    found = []
    for _ in range(n):
        found.append(stop + 1)
        left, stop = left ^ (1 << stop), int(before[left, stop])
    return found[::-1]


def _along(values, sequence, back):
    """Return the values of the legs walked, the way back last."""
    way = [0, *sequence, 0] if back else [0, *sequence]
    return values[way[:-1], way[1:]]


def _least_worth(score, minutes, sequence, back, look):
    """Return the position of the stop whose score pays least for the time that leaving it out would save."""
    way = [0, *sequence, *([0] if back else [])]
    saved = np.full(len(score), look)
    for k, stop in enumerate(sequence, start=1):
        onward = way[k + 1] if k + 1 < len(way) else None
        saved[stop - 1] += minutes[way[k - 1], stop]
        if onward is not None:
            saved[stop - 1] += minutes[stop, onward] - minutes[way[k - 1], onward]
    return int(np.argmin(score / np.maximum(saved, 1e-9)))


def _route(chosen, spare, start, legs, sequence, total, back):
    walked = chosen.iloc[[stop - 1 for stop in sequence]].copy()
    for name in ("metres", "minutes", "climb"):
        walked[name] = _along(getattr(legs, name), sequence, back)[: len(sequence)]
    walked.insert(0, "order", np.arange(1, len(walked) + 1))
    points = [start, *walked.geometry, *([start] if back else [])]
    metres, climb = (float(_along(values, sequence, back).sum()) for values in (legs.metres, legs.climb))
    return Route(walked, shapely.LineString(points), metres, float(total), climb, spare)


def _lowest(stops, elevation):
    xy = np.column_stack([stops.geometry.x, stops.geometry.y])
    return stops.geometry.iloc[int(np.argmin(_height(xy, elevation)))]


def _height(xy, elevation: xr.DataArray | None):
    """Return the elevation [m] at points, straight between cells; 0 without a model, its edge beyond it."""
    if elevation is None:
        return np.zeros(len(xy))
    x, y = elevation["x"].to_numpy(), elevation["y"].to_numpy()
    column = (xy[:, 0] - x[0]) / (x[-1] - x[0]) * (len(x) - 1)
    row = (xy[:, 1] - y[0]) / (y[-1] - y[0]) * (len(y) - 1)
    z = elevation.to_numpy().astype(float)
    z = np.where(np.isfinite(z), z, np.nanmean(z)) if np.isnan(z).any() else z
    return map_coordinates(z, [row, column], order=1, mode="nearest")
