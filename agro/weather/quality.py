"""Quality control of weather: a flag and the tests that fired beside each value; the values stay as they were."""

from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import xarray as xr

from agro import parameters, variables
from agro.weather import clear_sky
from agro.weather.readers.series import FAIL, FLAG_ATTRS, GOOD, MISSING, NOT_EVALUATED, SUSPECT

TABLE = Path(__file__).with_name("quality.toml")


class Test(IntFlag):
    """The tests of the bit mask `NAME_tests`; a set bit means that the test fired."""

    __test__ = False  # not a test case for pytest
    GROSS_RANGE = 1
    PLAUSIBLE = 2
    STEP = 4
    SPIKE = 8
    FLAT_LINE = 16
    CONSISTENCY = 32
    CLEAR_SKY = 64
    MISSING = 128


@dataclass(frozen=True)
class Steps:
    """The largest change over each of `hours`."""

    hours: Annotated[list, "h"]
    temperature: Annotated[list, "degC"]
    dewpoint: Annotated[list, "degC"]
    pressure: Annotated[list, "hPa"]


@dataclass(frozen=True)
class Spikes:
    """How far a value may stand out from the mean of its neighbours."""

    temperature: Annotated[float, "degC"]
    rh: Annotated[float, "%"]


@dataclass(frozen=True)
class FlatHours:
    """For how long a value may stay the same; `fail` from then on; moister than `fog` is exempt."""

    temperature: Annotated[float, "h"]
    rh: Annotated[float, "h"]
    pressure: Annotated[float, "h"]
    fail: Annotated[float, "h"]
    fog: Annotated[float, "%"]


@dataclass(frozen=True)
class FlatDays:
    """For how many days a daily value may stay the same."""

    temperature: Annotated[float, "d"]
    rh: Annotated[float, "d"]
    radiation: Annotated[float, "d"]
    fog: Annotated[float, "%"]


@dataclass(frozen=True)
class Consistency:
    """What variables may say against each other."""

    mean_tolerance: Annotated[float, "degC"]
    dewpoint_tolerance: Annotated[float, "degC"]
    wet_rain: Annotated[float, "mm"]
    wet_rh: Annotated[float, "%"]
    day_length_margin: Annotated[float, "h"]
    pressure_margin: Annotated[float, "hPa"]


@dataclass(frozen=True)
class ClearSky:
    """How much sunlight there may be."""

    factor: Annotated[float, "1"]
    hourly_margin: Annotated[float, "W m-2"]
    night: Annotated[float, "W m-2"]
    darkest: Annotated[float, "1"]


class Marks:
    """The worst flag and the tests that fired, for each value of each variable of one Dataset."""

    def __init__(self, dataset: xr.Dataset):
        known = [str(name) for name in dataset.data_vars if name in variables.table()]
        self.values = {name: dataset[name].transpose(..., "time").to_numpy() for name in known}
        self.flags = {name: np.full(values.shape, GOOD, dtype="int8") for name, values in self.values.items()}
        self.tests = {name: np.zeros(values.shape, dtype="int32") for name, values in self.values.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def set(self, name: str, where: np.ndarray, test: Test, flag: int = SUSPECT) -> None:
        """Note that `test` fired on `name`."""
        self.flags[name] = np.where(where, np.maximum(self.flags[name], flag), self.flags[name]).astype("int8")
        self.tests[name] = np.where(where, self.tests[name] | test, self.tests[name]).astype("int32")

    def usable(self, name: str) -> np.ndarray:
        """Return the values that did not fail, NaN elsewhere."""
        return np.where(self.flags[name] == FAIL, np.nan, self.values[name])


def flagged(
    dataset: xr.Dataset, resolution: str, latitude: float, elevation: float, longitude: float | None = None
) -> xr.Dataset:
    """Return `dataset` with `NAME_flag` and `NAME_tests` beside each variable; the values are untouched.

    Parameters
    ----------
    dataset : Dataset (..., time)
        Daily or hourly weather on an even time axis, NaN where missing; hours in naive UTC.
    resolution : str
        "daily" or "hourly".
    latitude : float
        Of the station, for the sunlight of a clear day. [degrees]
    elevation : float
        Of the station. [m]
    longitude : float, optional
        For hourly sunlight; without it that test is left out. [degrees]

    Returns
    -------
    Dataset
        `NAME_flag` int8: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing; `NAME_tests` int32, a mask of `Test`.

    Notes
    -----
    Order: gross range, plausible range, step, spike, flat line, consistency, clear sky. A value that failed is no
    neighbour for the later tests. A spike has to stand out to one side of both neighbours, so that the two ends of a
    front are not taken for one. Rain is exempt from the flat line, moist air from that of humidity.
    """
    if resolution not in ("daily", "hourly"):
        raise ValueError(f"resolution is 'daily' or 'hourly'; got {resolution!r}")
    marks = Marks(dataset)
    for name, values in marks.values.items():
        low, high = variables.table()[name].range
        marks.set(name, (values < low) | (values > high), Test.GROSS_RANGE, FAIL)
        low, high = variables.table()[name].plausible
        marks.set(name, (values < low) | (values > high), Test.PLAUSIBLE)
    if "pressure" in marks:
        margin = parameters.load(TABLE, "consistency", Consistency).pressure_margin
        expected = clear_sky.pressure(elevation)
        marks.set("pressure", np.abs(marks.values["pressure"] - expected) > margin, Test.PLAUSIBLE)
    time = pd.DatetimeIndex(dataset.time.to_numpy())
    if resolution == "hourly":
        _steps_and_spikes(marks)
        _flat_hours(marks)
        _hours_agree(marks)
        if longitude is not None:
            _clear_hours(marks, time, latitude, longitude, elevation)
    else:
        _flat_days(marks)
        _days_agree(marks)
        _clear_days(marks, time, latitude, elevation)
    for name, values in marks.values.items():
        missing = np.isnan(values)
        marks.flags[name] = np.where(missing, MISSING, marks.flags[name]).astype("int8")
        marks.tests[name] = np.where(missing, int(Test.MISSING), marks.tests[name]).astype("int32")
    result = dataset.copy()
    for name in marks.values:
        dims = dataset[name].transpose(..., "time").dims
        result[f"{name}_flag"] = (dims, marks.flags[name], dict(FLAG_ATTRS))
        masks = np.array([int(test) for test in Test], dtype="int32")
        meanings = " ".join(str(test.name).lower() for test in Test)
        result[f"{name}_tests"] = (dims, marks.tests[name], {"flag_masks": masks, "flag_meanings": meanings})
    return result


def summary(dataset: xr.Dataset) -> pd.DataFrame:
    """Return how many values of each variable carry each flag: a row a variable, for the data page."""
    names = [str(name) for name in dataset.data_vars if f"{name}_flag" in dataset]
    words = {GOOD: "good", NOT_EVALUATED: "not_evaluated", SUSPECT: "suspect", FAIL: "fail", MISSING: "missing"}
    rows = {
        name: {word: int((dataset[f"{name}_flag"] == flag).sum()) for flag, word in words.items()}
        | {"total": int(dataset[name].size)}
        for name in names
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*words.values(), "total"]).rename_axis("variable")


def unchanged(values: np.ndarray) -> np.ndarray:
    """Return for how many steps the run of equal values lasts that each value belongs to; 0 for a value alone."""
    count = values.shape[-1]
    edge = np.ones((*values.shape[:-1], 1), dtype=bool)
    begins = np.concatenate([edge, values[..., 1:] != values[..., :-1]], axis=-1)
    ends = np.concatenate([begins[..., 1:], edge], axis=-1)
    places = np.arange(count)
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, places, count)[..., ::-1], axis=-1)[..., ::-1]
    return last - first


def _steps_and_spikes(marks: Marks) -> None:
    """Test the change over hours; a spike is left out of it, or its neighbours would share the blame."""
    steps, spikes = parameters.load(TABLE, "step", Steps), parameters.load(TABLE, "spike", Spikes)
    for name in [name for name in ("temperature", "dewpoint", "pressure", "rh") if name in marks]:
        usable = marks.usable(name)
        base = usable
        if name in ("temperature", "rh"):
            spike = np.zeros(usable.shape, dtype=bool)
            before, here, after = usable[..., :-2], usable[..., 1:-1], usable[..., 2:]
            peak = (here - before) * (here - after) > 0
            spike[..., 1:-1] = peak & (np.abs(here - (before + after) / 2) > getattr(spikes, name))
            marks.set(name, spike, Test.SPIKE)
            base = np.where(spike, np.nan, usable)
        for span, limit in zip(steps.hours, getattr(steps, name, []), strict=False):
            over = np.zeros(usable.shape, dtype=bool)
            over[..., span:] = np.abs(usable[..., span:] - base[..., :-span]) > limit
            marks.set(name, over, Test.STEP)


def _flat_hours(marks: Marks) -> None:
    flat = parameters.load(TABLE, "flat_hours", FlatHours)
    for name in [name for name in ("temperature", "rh", "pressure") if name in marks]:
        values = marks.usable(name)
        exempt = values >= flat.fog if name == "rh" else np.zeros(values.shape, dtype=bool)
        run = unchanged(values)
        marks.set(name, (run >= getattr(flat, name)) & ~exempt, Test.FLAT_LINE)
        marks.set(name, (run >= flat.fail) & ~exempt, Test.FLAT_LINE, FAIL)


def _flat_days(marks: Marks) -> None:
    flat = parameters.load(TABLE, "flat_days", FlatDays)
    limits = dict.fromkeys(("tmin", "tmax", "tmean"), flat.temperature) | {"rh": flat.rh, "radiation": flat.radiation}
    for name, limit in [(name, limit) for name, limit in limits.items() if name in marks]:
        values = marks.usable(name)
        exempt = values >= flat.fog if name == "rh" else np.zeros(values.shape, dtype=bool)
        marks.set(name, (unchanged(values) >= limit) & ~exempt, Test.FLAT_LINE)


def _hours_agree(marks: Marks) -> None:
    limits = parameters.load(TABLE, "consistency", Consistency)
    _disagree(marks, ("temperature", "dewpoint"), lambda t, td: td > t + limits.dewpoint_tolerance)
    _disagree(marks, ("wind", "gust"), lambda wind, gust: wind > gust)
    _disagree(marks, ("rain", "rh"), lambda rain, rh: (rain > limits.wet_rain) & (rh < limits.wet_rh))


def _days_agree(marks: Marks) -> None:
    limits = parameters.load(TABLE, "consistency", Consistency)
    _disagree(marks, ("tmin", "tmax"), lambda low, high: low > high, FAIL)
    _disagree(marks, ("tmin", "tmean"), lambda low, mean: low > mean + limits.mean_tolerance)
    _disagree(marks, ("tmean", "tmax"), lambda mean, high: mean > high + limits.mean_tolerance)
    _disagree(marks, ("wind", "gust"), lambda wind, gust: wind > gust)


def _disagree(marks: Marks, names, rule, flag: int = SUSPECT) -> None:
    """Mark all of `names` where `rule` of their values holds: nobody knows which of them is wrong."""
    if all(name in marks for name in names):
        where = rule(*(marks.usable(name) for name in names))
        for name in names:
            marks.set(name, where, Test.CONSISTENCY, flag)


def _clear_days(marks: Marks, time: pd.DatetimeIndex, latitude: float, elevation: float) -> None:
    limits = parameters.load(TABLE, "clear_sky", ClearSky)
    day = time.day_of_year.to_numpy()
    extraterrestrial = clear_sky.daily_extraterrestrial(day, latitude)
    if "radiation" in marks:
        values = marks.usable("radiation")
        brightest = limits.factor * clear_sky.clear(extraterrestrial, elevation)
        marks.set("radiation", (values > brightest) | (values < limits.darkest * extraterrestrial), Test.CLEAR_SKY)
    if "sunshine" in marks:
        margin = parameters.load(TABLE, "consistency", Consistency).day_length_margin
        marks.set("sunshine", marks.usable("sunshine") > clear_sky.day_length(day, latitude) + margin, Test.CLEAR_SKY)


def _clear_hours(marks: Marks, time: pd.DatetimeIndex, latitude: float, longitude: float, elevation: float) -> None:
    if "ghi" not in marks:
        return
    limits = parameters.load(TABLE, "clear_sky", ClearSky)
    hour = time.hour.to_numpy() + time.minute.to_numpy() / 60
    extraterrestrial = clear_sky.hourly_extraterrestrial(time.day_of_year.to_numpy(), hour, latitude, longitude)
    values = marks.usable("ghi")
    brightest = limits.factor * clear_sky.clear(extraterrestrial, elevation) + limits.hourly_margin
    brightest = np.where(extraterrestrial > 0, brightest, limits.night)
    marks.set("ghi", values > brightest, Test.CLEAR_SKY)
