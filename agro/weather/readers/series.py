"""From a table of readings to a Dataset on an even time axis: order, duplicates and gaps, told and flagged."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from agro import variables
from agro.errors import InputError
from agro.farm import Finding

GOOD, NOT_EVALUATED, SUSPECT, FAIL, MISSING = 1, 2, 3, 4, 9
FLAG_ATTRS = {
    "flag_values": np.array([GOOD, NOT_EVALUATED, SUSPECT, FAIL, MISSING], dtype="int8"),
    "flag_meanings": "good not_evaluated suspect fail missing",
}
STEPS = {"daily": pd.Timedelta(days=1), "hourly": pd.Timedelta(hours=1)}


@dataclass
class Readings:
    """What a reader took from a file, before order, gaps and duplicates were looked at.

    `table` is indexed by naive time (the local day, or UTC where the hour begins); its columns are names of
    `variables.toml` in the units given there, NaN where nothing was measured.
    """

    table: pd.DataFrame
    resolution: str
    source: str
    name: str = ""
    latitude: float | None = None  # degrees
    longitude: float | None = None  # degrees
    elevation: float | None = None  # m
    findings: list[Finding] = field(default_factory=list)
    attrs: dict[str, Any] = field(default_factory=dict)


def dataset(readings: Readings, where: str) -> xr.Dataset:
    """Return the readings on an even time axis with `NAME_flag` beside each variable; nothing is filled.

    What was mended is appended to `readings.findings`; a station without a name gets one.

    Raises
    ------
    InputError
        For two rows of one time that disagree.
    """
    table = _once(readings.table, readings.findings, where, readings.resolution)
    table = _even(table, readings.findings, readings.resolution)
    result = xr.Dataset(coords={"time": table.index.to_numpy().astype("datetime64[ns]")})
    for column in table.columns:
        values = xr.DataArray(table[column].to_numpy(dtype=float), dims="time", coords={"time": result.time})
        result[column] = variables.labelled(values, column)
        result[f"{column}_flag"] = flag(values)
    _tell_missing(result, readings.findings)
    readings.name = readings.name or _stand_in_name(readings, where)
    result.attrs = {
        "name": readings.name,
        "latitude": _number(readings.latitude),
        "longitude": _number(readings.longitude),
        "elevation": _number(readings.elevation),
        "source": readings.source,
        "synthetic": 0,
    } | readings.attrs
    return result


def flag(values: xr.DataArray) -> xr.DataArray:
    """Return the flag a reader can give: 9 where the value is missing, else 2, not evaluated."""
    result = xr.where(values.isnull(), np.int8(MISSING), np.int8(NOT_EVALUATED)).astype("int8")
    result.attrs = dict(FLAG_ATTRS)
    return result


def finding(level: str, en: str, zh: str, where: str = "") -> Finding:
    """Return a finding; the English and the Chinese sentence say the same."""
    return Finding(level, en, zh, where)


def _stand_in_name(readings: Readings, where: str) -> str:
    """Return a name that two places never share: the source with its place, or the file's own name."""
    if readings.latitude is None or readings.longitude is None:
        return Path(where).stem
    return f"{readings.source} {readings.latitude:.3f} {readings.longitude:.3f}"


def _once(table: pd.DataFrame, findings: list[Finding], where: str, resolution: str) -> pd.DataFrame:
    """Return the rows in order of time, each time once; equal duplicates are told, others refused."""
    if not table.index.is_monotonic_increasing:
        findings.append(
            finding("info", "the rows were not in order of time; they were sorted", "各行未按时间排列，已排序", where)
        )
        table = table.sort_index(kind="stable")
    whole = table.rename_axis("time").reset_index()
    whole["time"] = table.index
    once = whole.drop_duplicates()
    if once["time"].duplicated().any():
        first, second = (
            once[once["time"] == once["time"][once["time"].duplicated()].iloc[0]].iloc[:2].to_dict("records")
        )
        column = next(
            name for name in table if not (first[name] == second[name] or np.isnan([first[name], second[name]]).all())
        )
        stamp = f"{first['time']:%Y-%m-%d}" if resolution == "daily" else f"{first['time']:%Y-%m-%d %H:%M} UTC"
        raise InputError(
            f"{where}: {stamp} stands twice with different values: {column} {first[column]:g} and {second[column]:g}",
            zh=f"{where}：{stamp} 出现两次且数值不同：{column} 为 {first[column]:g} 和 {second[column]:g}",
        )
    if dropped := len(table) - len(once):
        findings.append(
            finding(
                "warning",
                f"{dropped} rows stood twice with the same values; one of each was kept",
                f"{dropped} 行重复且数值相同，各保留一行",
                where,
            )
        )
    return once.set_index("time")


def _even(table: pd.DataFrame, findings: list[Finding], resolution: str) -> pd.DataFrame:
    """Return the table on every day or hour from first to last; what was added is NaN and told."""
    step = STEPS[resolution]
    unit_en, unit_zh = ("days", "日") if resolution == "daily" else ("hours", "小时")
    if ((table.index - table.index[0]) % step).any():
        raise InputError(
            f"the times are not a whole number of {unit_en} apart; give one row for each of the {unit_en}",
            zh=f"时间间隔不是整{unit_zh}；请每{unit_zh}一行",
        )
    full = pd.date_range(table.index[0], table.index[-1], freq=step, unit="ns")
    absent = full.difference(table.index)
    if len(absent):
        breaks = np.flatnonzero(np.diff(absent.to_numpy()) != step.to_timedelta64())
        gaps, first, last = len(breaks) + 1, absent[0], absent[int(breaks[0]) if len(breaks) else -1]
        findings.append(
            finding(
                "warning",
                f"{len(absent)} {unit_en} are missing in {gaps} gaps, the first from {first} to {last}; "
                "they stay empty, flagged missing",
                f"缺 {len(absent)} {unit_zh}，共 {gaps} 处，第一处 {first} 至 {last}；保持为空并标记为缺测",
                "time",
            )
        )
    return table.reindex(full)


def _tell_missing(result: xr.Dataset, findings: list[Finding]) -> None:
    for name in [str(name) for name in result.data_vars if f"{name}_flag" in result]:
        count = int(result[name].isnull().sum())
        if count:
            label = variables.table()[name]
            findings.append(
                finding(
                    "warning",
                    f"{label.en}: {count} of {result.sizes['time']} values are missing, flagged 9",
                    f"{label.zh}：{result.sizes['time']} 个值中缺 {count} 个，标记为 9",
                    name,
                )
            )


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
