"""New weather beside stored weather: what is added, what is the same, what contradicts."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from agro.errors import ConflictError, InputError

FLAG = "_flag"
MISSING = 9  # the flag of a value that is not there
TOLERANCE = 1e-6  # float32 and float64 of one reading are the same value
NAMED = 5  # contradictions that a message lists


@dataclass(frozen=True)
class Merged:
    """The series after an import, and how many of its times were added, filled up or the same."""

    dataset: xr.Dataset
    added: int
    filled: int
    same: int

    @property
    def counts(self) -> dict[str, int]:
        """The counts of times; contradictions raise, so there are none."""
        return {"added": self.added, "filled": self.filled, "same": self.same, "conflicting": 0}


def merged(stored: xr.Dataset | None, new: xr.Dataset, where: str) -> Merged:
    """Return `new` merged into `stored` along `time`.

    A value for a time without one fills it and brings its flag; a missing one leaves what stands; flags of values
    that stood already stay as they were given.

    Raises
    ------
    ConflictError
        When a value differs from what stands for its time, in `stored` or within `new`; `where` names the series.
    """
    new = _single(_checked(new, where), where)
    if stored is None:
        return Merged(new, new.sizes["time"], 0, 0)
    times = np.union1d(stored["time"].values, new["time"].values)
    at_stored, at_new = np.searchsorted(times, stored["time"].values), np.searchsorted(times, new["time"].values)
    overlap = np.isin(new["time"].values, stored["time"].values)
    filled_rows = np.zeros(len(times), dtype=bool)
    columns = {}
    for name in _values(stored) | _values(new):
        old, old_flags = _spread(stored, name, at_stored, len(times))
        fresh, fresh_flags = _spread(new, name, at_new, len(times))
        both = ~np.isnan(old) & ~np.isnan(fresh)
        _refuse(times, old, fresh, both & ~_same(old, fresh), name, where)
        fills = np.isnan(old) & ~np.isnan(fresh)
        filled_rows |= fills
        takes = fills | ((old_flags == MISSING) & np.isnan(old))
        attrs = stored[name].attrs if name in stored else new[name].attrs
        columns[name] = ("time", np.where(fills, fresh, old).astype(_dtype(stored, new, name)), attrs)
        if name + FLAG in stored or name + FLAG in new:
            flags = stored[name + FLAG] if name + FLAG in stored else new[name + FLAG]
            columns[name + FLAG] = ("time", np.where(takes, fresh_flags, old_flags).astype(flags.dtype), flags.attrs)
    extra = {key: value for key, value in new.coords.items() if key != "time"} | {
        key: value for key, value in stored.coords.items() if key != "time"
    }
    attrs = new.attrs | stored.attrs | {"source": _sources(stored, new)}
    result = xr.Dataset(columns, {"time": ("time", times, stored["time"].attrs)} | extra, attrs)
    filled = int(filled_rows[at_new[overlap]].sum())
    return Merged(result, int((~overlap).sum()), filled, int(overlap.sum()) - filled)


def _checked(dataset: xr.Dataset, where: str) -> xr.Dataset:
    if "time" not in dataset.dims or dataset["time"].dtype.kind != "M" or not dataset.sizes["time"]:
        raise InputError(
            f"{where}: weather needs rows along a dim 'time' of dates", zh=f"{where}：气象数据需要按日期排列的“time”维"
        )
    if odd := [str(name) for name in dataset.data_vars if dataset[name].dims != ("time",)]:
        raise InputError(
            f"{where}: {', '.join(odd)} not along 'time' alone", zh=f"{where}：{'、'.join(odd)} 不是仅按时间排列"
        )
    return dataset.sortby("time")


def _single(dataset: xr.Dataset, where: str) -> xr.Dataset:
    times = dataset["time"].values
    again = np.flatnonzero(times[1:] == times[:-1]) + 1
    if not len(again):
        return dataset
    for name in _values(dataset):
        values = dataset[name].values
        differs = np.zeros(len(times), dtype=bool)
        differs[again] = ~_same(values[again], values[again - 1])
        _refuse(times, np.roll(values, 1), values, differs, name, where)
    return dataset.isel(time=np.setdiff1d(np.arange(len(times)), again))


def _values(dataset: xr.Dataset) -> dict[str, None]:
    return {str(name): None for name in dataset.data_vars if not str(name).endswith(FLAG)}


def _spread(dataset: xr.Dataset, name: str, at: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    values, flags = np.full(size, np.nan), np.full(size, MISSING, dtype="int8")
    if name in dataset:
        values[at] = dataset[name].values
        flags[at] = dataset[name + FLAG].values if name + FLAG in dataset else 2  # not evaluated
    return values, flags


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.isclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)


def _dtype(stored: xr.Dataset, new: xr.Dataset, name: str) -> np.dtype:
    return np.result_type(*[dataset[name].dtype for dataset in (stored, new) if name in dataset], np.float32)


def _sources(stored: xr.Dataset, new: xr.Dataset) -> str:
    told = [part for dataset in (stored, new) for part in str(dataset.attrs.get("source", "")).split("; ") if part]
    return "; ".join(dict.fromkeys(told))


def _refuse(times: np.ndarray, old: np.ndarray, fresh: np.ndarray, differs: np.ndarray, name: str, where: str) -> None:
    at = np.flatnonzero(differs)
    if not len(at):
        return
    told = "; ".join(f"{str(times[row])[:16]} {name} {old[row]:g} / {fresh[row]:g}" for row in at[:NAMED])
    raise ConflictError(
        f"{where}: {len(at)} values contradict (stored / new): {told}; nothing was changed",
        zh=f"{where}：{len(at)} 个值与已有值不一致（已有/新）：{told}；未做任何更改",
    )
