"""From stations to weather cells: temperature from the nearest three, the rest from the nearest."""

import numpy as np
import pandas as pd
import xarray as xr

TEMPERATURES = {"tmax": "day", "tmin": "night", "tmean": "mean"}
NEAREST = 3
NEAR = 500.0  # m; closer stations weigh no more than one at this distance


def cell_grid(x: np.ndarray, y: np.ndarray, size: float = 5_000.0) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the cell number of each place and the centres of the cells, columns x, y [m]."""
    keys = np.column_stack([np.floor(x / size), np.floor(y / size)]).astype(int)
    unique, number = np.unique(keys, axis=0, return_inverse=True)
    return number.ravel(), pd.DataFrame((unique + 0.5) * size, columns=["x", "y"])


def at_cells(weather: xr.Dataset, stations: pd.DataFrame, cells: pd.DataFrame, lapse: pd.DataFrame) -> xr.Dataset:
    """Return the weather of each cell at the cell's reference elevation.

    Temperatures are taken to one elevation by the lapse rate of the month and averaged by inverse distance over the
    nearest three stations that have a value that day; everything else comes from the nearest such station.

    Parameters
    ----------
    weather : Dataset (station, [member,] time)
    stations : DataFrame
        Columns x, y, elevation [m]; the index is the station.
    cells : DataFrame
        Columns x, y [m].
    lapse : DataFrame
        Columns day, night [K m-1], index month 1 to 12; the mean takes their average.

    Returns
    -------
    Dataset (cell, [member,] time)
        With the coordinates elevation (cell) [m] and distance (cell) [m] to the nearest station.
    """
    stations = stations.loc[[str(s) for s in weather["station"].values]]
    distance = np.hypot(
        cells["x"].to_numpy()[:, None] - stations["x"].to_numpy(),
        cells["y"].to_numpy()[:, None] - stations["y"].to_numpy(),
    )
    order = np.argsort(distance, axis=1)
    near = order[:, :NEAREST]
    weight = 1.0 / np.maximum(np.take_along_axis(distance, near, axis=1), NEAR) ** 2
    height = stations["elevation"].to_numpy(float)
    elevation = (weight * height[near]).sum(axis=1) / weight.sum(axis=1)
    rates = lapse.assign(mean=(lapse["day"] + lapse["night"]) / 2).loc[weather["time"].dt.month.to_numpy()]
    dims = weather[next(iter(weather.data_vars))].dims[1:]
    out = {}
    for name in weather.data_vars:
        values = weather[name].transpose("station", *dims).to_numpy()
        rows = []
        for cell in range(len(cells)):
            if name in TEMPERATURES:
                rate = rates[TEMPERATURES[str(name)]].to_numpy()
                shifted = [values[s] + rate * (height[s] - elevation[cell]) for s in near[cell]]
                rows.append(_mean(shifted, weight[cell]))
            else:
                rows.append(_first([values[s] for s in order[cell]]))
        out[name] = (("cell", *dims), np.array(rows, dtype=np.float32))
    coords = {key: value for key, value in weather.coords.items() if "station" not in value.dims and key != "station"}
    return xr.Dataset(out, coords).assign_coords(
        cell=np.arange(len(cells)), elevation=("cell", elevation), distance=("cell", distance.min(axis=1))
    )


def _mean(values: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean of what is known; NaN where nothing is."""
    stack = np.stack(values)
    known = np.isfinite(stack)
    share = weights.reshape(-1, *[1] * (stack.ndim - 1)) * known
    total = share.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (np.where(known, stack, 0.0) * share).sum(axis=0) / total, np.nan)


def _first(values: list[np.ndarray]) -> np.ndarray:
    """Return the first known of `values`, taken element by element."""
    out = values[0].copy()
    for other in values[1:]:
        out = np.where(np.isnan(out), other, out)
    return out
