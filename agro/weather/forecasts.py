"""Forecasts of several members, out of the JSON answers of Open-Meteo, as local days."""

from pathlib import Path

import numpy as np
import xarray as xr

from agro import variables
from agro.errors import InputError
from agro.farm import Finding
from agro.weather.daily import daily_from_hourly
from agro.weather.readers import open_meteo, series, text
from agro.weather.readers.series import finding
from agro.weather.reading import WeatherFile, contents


def read_forecast(path: Path | str, *, issued: str | None = None) -> xr.Dataset:
    """Return the forecast in an Open-Meteo JSON file; see `forecast_file`."""
    return forecast_file(path, issued=issued).dataset


def forecast_file(path: Path | str, *, issued: str | None = None) -> WeatherFile:
    """Return the daily forecast of all members in an Open-Meteo JSON file.

    Parameters
    ----------
    issued : str, optional
        ISO date or time at which the forecast was issued. The answer of the service does not say; without it the first
        local day of the series is taken, which is the day of the request unless past days were asked for.

    Returns
    -------
    WeatherFile
        `dataset` has dims (member, time); the coordinate `member_name` (member) says model and number.
    """
    path = Path(path)
    return forecast(text.decoded(contents(path), path.name), path.name, issued=issued)


def forecast(content: str, name: str, *, issued: str | None = None) -> WeatherFile:
    """Return the forecast in the text of an answer; hours become local days where the daily part lacks a variable."""
    places = open_meteo.places(content, name)
    if len(places) > 1:
        raise InputError(
            f"{name}: forecasts of {len(places)} places; give one a file",
            zh=f"{name}：含 {len(places)} 个地点；请每个文件一个",
        )
    document = places[0]
    findings: list[Finding] = []
    parts = []
    if daily := open_meteo.block(document, "daily", name):
        parts.append(_members(daily, name, findings))
    if hourly := open_meteo.block(document, "hourly", name):
        shift = open_meteo.offset(document, name)
        hours = _members(hourly, name, findings)
        if hours.data_vars:
            parts.append(daily_from_hourly(hours, "UTC"))  # its hours are local already
            said = f"UTC{shift.total_seconds() / 3600:+g}"
            findings.append(finding("info", f"days are local, {said}", f"日界为当地时间 {said}"))
    parts = [part for part in parts if part.data_vars]
    if not parts:
        raise InputError(
            f"{name}: no known variable in 'daily' or 'hourly'", zh=f"{name}：“daily”或“hourly”中没有可识别的变量"
        )
    result = _combined(parts)
    place = open_meteo.place(document, name)
    first = np.datetime_as_string(result.time.values[0], unit="D")
    result.attrs = {
        "name": "",
        "issued": issued or str(first),
        **{key: float("nan") if value is None else value for key, value in place.items()},
        "source": open_meteo.NAME,
        "synthetic": int(bool(document.get("synthetic"))),
        "wind_height": 10.0,
    }
    if issued is None:
        findings.append(finding("info", f"taken as issued on {first}, its first day", f"起报日取序列首日 {first}"))
    count = result.sizes["member"]
    findings.append(
        finding("info", f"{count} members, {result.sizes['time']} days", f"{count} 个成员，{result.sizes['time']} 天")
    )
    return WeatherFile(
        result, "daily", "open_meteo", "", place["latitude"], place["longitude"], place["elevation"], findings
    )


def _members(block: open_meteo.Block, name: str, findings: list[Finding]) -> xr.Dataset:
    """Return the members of a block as a Dataset (member, time), NaN where a member lacks a variable."""
    if (np.diff(block.times.to_numpy()) != series.STEPS[block.resolution].to_timedelta64()).any():
        raise InputError(
            f"{name}: the times of '{block.resolution}' are not even", zh=f"{name}：“{block.resolution}”的时间不等间隔"
        )
    if block.left:
        findings.append(
            finding("info", f"not used: {', '.join(block.left[:12])}", f"未使用：{'、'.join(block.left[:12])}")
        )
    names = [f"{member.model or open_meteo.NAME} {member.number:02d}" for member in block.members]
    coords = {"member": names, "time": block.times.to_numpy().astype("datetime64[ns]")}
    result = xr.Dataset(coords=coords)
    nothing = np.full(len(block.times), np.nan)
    for variable in dict.fromkeys(variable for member in block.members for variable in member.values):
        values = np.stack([member.values.get(variable, nothing) for member in block.members])
        result[variable] = (("member", "time"), values)
        result[f"{variable}_flag"] = series.flag(result[variable])
    return result


def _combined(parts: list[xr.Dataset]) -> xr.Dataset:
    """Return the daily part with what it lacks from the hours; members are numbered, their names kept beside."""
    result = parts[0]
    for part in parts[1:]:
        added = part[[name for name in part.data_vars if name not in result]]
        result = xr.merge([result, added], join="outer", combine_attrs="override")
    for name in [name for name in result.data_vars if f"{name}_flag" in result]:
        values = variables.labelled(result[name].transpose("member", "time"), str(name))
        known = result[f"{name}_flag"].transpose("member", "time")
        flags = xr.where(values.isnull(), series.MISSING, known.fillna(series.MISSING)).astype("int8")
        flags.attrs = dict(series.FLAG_ATTRS)
        result[name], result[f"{name}_flag"] = values, flags
    names = [str(name) for name in result.member.values]
    return result.assign_coords(member=np.arange(len(names)), member_name=("member", names))
