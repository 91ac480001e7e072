"""Runs of any size: one plot, a county or every pixel of a province, in this process or on a cluster, by one call.

Sites come in chunks and leave as the few numbers that were asked for, so memory does not grow with their number. A
chunk is one task of dask: whoever computes it calls the same compiled kernel, and the numbers are the same to the bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import dask
import numpy as np
import xarray as xr

from agro.workers import ADDRESS, AT_ONCE, chosen, workers
from growth_model import engine
from growth_model.stages import EVENTS
from growth_model.state import STATE

__all__ = ["ADDRESS", "REDUCED", "Sites", "run_large"]

REDUCED = ("65", "ripe", "ratio_12", "diameter", "yield", "sums.assimilation", "sums.rain", "sums.irrigation")
"""What is kept of a tree unless asked otherwise."""
TREES = 16_384  # in a chunk: some 60 MB while it runs, half a second to two of work


@dataclass(frozen=True)
class Sites:
    """Sites of a run, or a part of them.

    Arrays may be of numpy, a memory map, zarr or dask: they are cut along their first axis. One of length one serves
    all sites.
    """

    places: Any  # (site, field), rows of `place_rows`
    latitude: Any  # (site,), degrees north
    cell: Any = 0  # (site,), row of the weather
    crop: Any = 0  # (site,), row of the crops
    plan: Any = 0  # (site,), row of the works
    horizons: Any = None  # (site, 32), degrees above the horizon, clockwise from north; none by default

    def __len__(self):
        return max(np.shape(getattr(self, one.name))[0] for one in fields(self) if np.ndim(getattr(self, one.name)))

    def part(self, start: int, stop: int) -> "Sites":
        """Return sites `start` to `stop`, end excluded."""
        cut = {one.name: getattr(self, one.name) for one in fields(self)}
        return Sites(**{
            name: array[start:stop] if np.ndim(array) and np.shape(array)[0] > 1 else array
            for name, array in cut.items()
        })  # fmt: skip


def run_large(
    weather, sites: Sites | Callable[[int, int], Sites], crops, first_day, *, count: int | None = None, works=None,
    reduce: Sequence[str] = REDUCED, days: int | None = None, chunk: int | None = None, client: Any = None,
    out: Path | str | None = None, dtype=np.float32, parallel: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> xr.DataArray:  # fmt: skip
    """Return a few numbers of every site and member.

    Parameters
    ----------
    weather : array_like, shape (cell, member, day, field)
        As `engine.run` takes it; of a memory map, only the cells of a chunk are read.
    sites : Sites or callable
        All sites, or a function of (start, stop) that returns this part of them where it is computed; then `count`
        tells how many there are.
    crops : ndarray, shape (crop, member, parameter)
        Rows of `perturbed`, one crop after the other.
    first_day : datetime64 or str
        The local day of the weather's first row.
    works : ndarray, shape (plan, day or 1, field), optional
        What people do; by default nothing.
    reduce : sequence of str
        What is kept: events of `EVENTS`, days from `first_day` to that of the first season; daily values of
        `engine.SHOWN` on the last day; numbers of `STATE` as they stand then, among them sums since 1 November
        ("sums.rain").
    days : int, optional
        Rows of the weather to run, all by default.
    chunk : int, optional
        Sites in a task; by default as many as give `TREES` trees. The numbers do not depend on it.
    client : str or distributed.Client, optional
        A cluster: its client or address; or a scheduler of dask's own, "synchronous" or "threads". By default the
        address in the environment (`ADDRESS`), else this process.
    out : path, optional
        The result is written there as `.npy` and returned as a memory map; by default it stays in memory.
    dtype : float32 or float64
    parallel : bool
        On all cores of this process; a cluster uses them by its workers.
    progress : callable, optional
        Told after each round how many sites are done, of how many.

    Returns
    -------
    DataArray (site, member, value)
        `value` names what was asked for; NaN where an event did not come.

    Raises
    ------
    ValueError
        For a name that nothing has, or a missing `count`.
    BalanceError
        As `engine.run`, with the number of the site.
    """
    _refuse_unknown(reduce)
    if isinstance(sites, Sites):
        count = len(sites)
    elif count is None:
        raise ValueError("sites that come from a function need their count")
    client = chosen(client)
    weather = weather if isinstance(weather, np.memmap) else np.asarray(weather, dtype)
    members = max(weather.shape[1], np.shape(crops)[1])
    chunk = chunk or max(TREES // members, 1)
    shape = (count, members, len(reduce))
    result: np.ndarray = (
        np.empty(shape, dtype) if out is None else np.lib.format.open_memmap(out, "w+", dtype=dtype, shape=shape)
    )
    with workers(client) as (compute, width, shared):
        inputs = shared((weather, np.asarray(crops, dtype), None if works is None else np.asarray(works, dtype)))
        task = dask.delayed(_reduced, pure=False)
        how = {"names": tuple(reduce), "first_day": first_day, "days": days, "dtype": dtype}
        how["parallel"] = parallel and isinstance(client, str) and client == "synchronous"
        for first in range(0, count, AT_ONCE * width * chunk):
            last = min(first + AT_ONCE * width * chunk, count)
            cuts = [(start, min(start + chunk, last)) for start in range(first, last, chunk)]
            tasks = [task(inputs, _lazy(sites, *cut), cut[0], **how) for cut in cuts]
            for cut, rows in zip(cuts, compute(tasks), strict=True):
                result[slice(*cut)] = rows
            if progress is not None:
                progress(last, count)
    if isinstance(result, np.memmap):
        result.flush()
    return xr.DataArray(result, dims=("site", "member", "value"), coords={"value": list(reduce)})


def _refuse_unknown(names: Sequence[str]) -> None:
    """Raise `ValueError` for a name that nothing has."""
    for name in names:
        if name not in EVENTS and name not in engine.SHOWN and name not in STATE:
            raise ValueError(f"nothing called '{name}' can be kept; known: EVENTS, engine.SHOWN and STATE")


def _lazy(sites, start, end):
    """Return a part of the sites as a task reads it: cut here, or made where the task runs."""
    if isinstance(sites, Sites):
        cut = sites.part(start, end)
        return {one.name: getattr(cut, one.name) for one in fields(cut)}
    return sites, start, end


def _reduced(inputs, some, start, *, names, first_day, days, dtype, parallel):
    """Return the wanted numbers of one chunk, shape (site, member, value)."""
    weather, crops, works = inputs
    sites = Sites(**some) if isinstance(some, dict) else some[0](*some[1:])
    shown = tuple(name for name in names if name in engine.SHOWN)
    n, days = len(sites), weather.shape[2] if days is None else days
    crop, cell, plan, latitude = (
        np.broadcast_to(np.asarray(one), n) for one in (sites.crop, sites.cell, sites.plan, sites.latitude)
    )
    result = np.empty((n, max(weather.shape[1], crops.shape[1]), len(names)), dtype)
    for kind in np.unique(crop):
        mine = np.flatnonzero(crop == kind)
        cells, at = np.unique(cell[mine], return_inverse=True)
        try:
            season = engine.run(
                weather[cells], _rows(sites.places, mine), crops[kind : kind + 1], first_day, latitude[mine],
                cell=at, works=works, plan=plan[mine], days=days, window=(days - 1, days), shown=shown, dtype=dtype,
                horizons=None if sites.horizons is None else _rows(sites.horizons, mine), parallel=parallel,
            )  # fmt: skip
        except engine.BalanceError as error:
            here = f"of sites {start} to {start + n - 1} with crop {kind}"
            raise engine.BalanceError(f"{here}: {error}", zh=f"{here}：{error.zh}") from error
        for k, name in enumerate(names):
            result[mine, :, k] = _value(season, name)
    return result


def _rows(array, chosen):
    """Return the chosen rows; one row serves all."""
    array = np.asarray(array)
    return array if len(array) == 1 else array[chosen]


def _value(season, name):
    """Return one number of each tree, shape (site, member)."""
    if name in EVENTS:
        return season.dates[:, :, 0, EVENTS.index(name)]
    if name in engine.SHOWN:
        return season[name][..., -1]
    return season.end.trees[..., STATE.index(name)]
