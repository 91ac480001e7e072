"""Open-Meteo: JSON answers of the archive, forecast and ensemble services, daily and hourly."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agro import units, variables
from agro.errors import InputError
from agro.farm import Finding
from agro.weather.readers import documents, times
from agro.weather.readers.series import Readings, finding

NAME = "Open-Meteo"
DAILY = {
    "temperature_2m_max": "tmax", "temperature_2m_min": "tmin", "temperature_2m_mean": "tmean",
    "dew_point_2m_mean": "dewpoint", "relative_humidity_2m_mean": "rh", "wind_speed_10m_mean": "wind",
    "windspeed_10m_mean": "wind", "wind_gusts_10m_max": "gust", "windgusts_10m_max": "gust",
    "precipitation_sum": "rain", "rain_sum": "rain", "shortwave_radiation_sum": "radiation",
    "sunshine_duration": "sunshine", "surface_pressure_mean": "pressure", "et0_fao_evapotranspiration": "et0",
}  # fmt: skip
HOURLY = {
    "temperature_2m": "temperature", "relative_humidity_2m": "rh", "relativehumidity_2m": "rh",
    "dew_point_2m": "dewpoint", "dewpoint_2m": "dewpoint", "wind_speed_10m": "wind", "windspeed_10m": "wind",
    "wind_gusts_10m": "gust", "windgusts_10m": "gust", "precipitation": "rain", "rain": "rain",
    "shortwave_radiation": "ghi", "direct_normal_irradiance": "dni", "diffuse_radiation": "dhi",
    "surface_pressure": "pressure", "sunshine_duration": "sunshine",
}  # fmt: skip
PRECEDING = {"rain", "ghi", "dni", "dhi", "gust", "sunshine"}
"""Stamped by the service with the end of the hour they cover; everything else holds at the stamp."""
MODELS = re.compile(
    r"(best_match|ecmwf|gfs|ncep|hrrr|nbm|icon|dwd|gem|cmc|cma|ukmo|bom|era5|jma|meteofrance|arpege|arome|cerra|metno|knmi|dmi"
    r"|kma|italia|google|meteoswiss|ensemble)\w*"
)


@dataclass
class Member:
    """One possible weather: the control or a perturbed member of one model."""

    model: str
    number: int
    values: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Block:
    """The daily or the hourly part of an answer: times, members, and what was not understood."""

    resolution: str
    times: pd.DatetimeIndex  # local days, or local hours
    members: list[Member]
    left: list[str]


def recognises(content: str) -> bool:
    """Return whether this is a JSON answer with an hourly or daily part and its units."""
    start = content.lstrip("\ufeff \r\n\t")
    return start[:1] in ("{", "[") and ('"hourly"' in content or '"daily"' in content) and '"parameter"' not in content


def read(content: str, name: str, **_: object) -> list[Readings]:
    """Return the readings of each place in the answer: hourly where there is hourly temperature, else daily.

    Raises
    ------
    InputError
        When the answer is broken off, or holds several members: that is a forecast.
    """
    return [_single(document, name) for document in places(content, name)]


def places(content: str, name: str) -> list[dict[str, Any]]:
    """Return the JSON object of each place asked for."""
    document = documents.parsed_any(content, name)
    found = document if isinstance(document, list) else [document]
    if not found or not all(isinstance(place, dict) for place in found):
        raise InputError(f"{name}: a JSON object for each place is needed", zh=f"{name}：每个地点应为一个 JSON 对象")
    if reason := next((place.get("reason") for place in found if place.get("error")), None):
        raise InputError(f"{name}: the service answered with an error: {reason}", zh=f"{name}：服务返回错误：{reason}")
    return found


def block(document: dict[str, Any], resolution: str, name: str) -> Block | None:
    """Return the "daily" or "hourly" part in the units of `variables.toml`; None where the answer has none.

    Hourly values stand at the beginning of their hour: sums, sunlight and gusts were moved from its end.
    """
    if not isinstance(document.get(resolution), dict):
        return None
    part = documents.descend(document, name, resolution)
    said = document.get(f"{resolution}_units")
    said = said if isinstance(said, dict) else {}
    index = _times(part.get("time"), document, resolution, name)
    members: dict[tuple[str, int], Member] = {}
    left = []
    for key in [key for key in part if key != "time"]:
        known = _understood(key, HOURLY if resolution == "hourly" else DAILY)
        if known is None:
            left.append(key)
            continue
        base, variable, number, model = known
        values = documents.numbers(part[key], name, f"{resolution}.{key}")
        if len(values) != len(index):
            raise InputError(
                f"{name}: {resolution}.{key} has {len(values)} values for {len(index)} times",
                zh=f"{name}：{resolution}.{key} 有 {len(values)} 个值，时间有 {len(index)} 个",
            )
        member = members.setdefault((model, number), Member(model, number))
        if variable in member.values and base in ("rain", "rain_sum"):
            continue  # precipitation, which includes snow and showers, goes before
        unit = said.get(key) if isinstance(said.get(key), str) else ""
        values = _converted(values, str(unit), variable, key)
        if resolution == "hourly" and variable in PRECEDING:
            values = np.append(values[1:], np.nan)
        member.values[variable] = values
    return Block(resolution, index, list(members.values()), left)


def place(document: dict[str, Any], name: str) -> dict[str, float | None]:
    """Return latitude, longitude and elevation of the grid cell that answered."""
    found = {key: documents.number(document.get(key), name, key) for key in ("latitude", "longitude", "elevation")}
    return {key: None if np.isnan(value) else value for key, value in found.items()}


def offset(document: dict[str, Any], name: str) -> pd.Timedelta:
    """Return how far the stamps of the answer are ahead of UTC."""
    seconds = documents.number(document.get("utc_offset_seconds", 0), name, "utc_offset_seconds")
    if not abs(seconds) <= 14 * 3600:
        raise InputError(f"{name}: utc_offset_seconds is {seconds:g}", zh=f"{name}：utc_offset_seconds 为 {seconds:g}")
    return pd.Timedelta(seconds=int(seconds))


def _single(document: dict[str, Any], name: str) -> Readings:
    hourly, daily = block(document, "hourly", name), block(document, "daily", name)
    chosen = hourly if hourly and any("temperature" in member.values for member in hourly.members) else daily or hourly
    if chosen is None or not chosen.members:
        left = ", ".join((chosen.left if chosen else [])[:12])
        raise InputError(
            f"{name}: no known variable in 'hourly' or 'daily' ({left})",
            zh=f"{name}：“hourly”或“daily”中没有可识别的变量（{left}）",
        )
    if len(chosen.members) > 1:
        models = ", ".join(f"{member.model or 'control'} {member.number}" for member in chosen.members[:6])
        raise InputError(
            f"{name}: {len(chosen.members)} members or models ({models} ...): read it as a forecast",
            zh=f"{name}：含 {len(chosen.members)} 个成员或模式（{models} ……）：请作为预报导入",
        )
    findings: list[Finding] = []
    if chosen is hourly and daily:
        findings.append(
            finding(
                "info", "the daily part was left out; days are made from the hours", "未用逐日部分；由逐时数据生成逐日"
            )
        )
    if chosen.left:
        findings.append(finding("info", f"not used: {', '.join(chosen.left)}", f"未使用：{'、'.join(chosen.left)}"))
    index = chosen.times
    if chosen is hourly:
        index = index - offset(document, name)
        findings.append(
            finding(
                "info",
                "rain, sunlight and gusts were moved from the end of their hour to its beginning",
                "降雨、辐射和阵风已由时段末移到时段初",
                "time",
            )
        )
    table = pd.DataFrame(chosen.members[0].values, index=index)
    return Readings(
        table, chosen.resolution, NAME, "", **place(document, name), findings=findings, attrs={"wind_height": 10.0}
    )


def _times(values: Any, document: dict[str, Any], resolution: str, name: str) -> pd.DatetimeIndex:
    if not isinstance(values, list) or not values:
        raise InputError(f"{name}: {resolution}.time is empty", zh=f"{name}：{resolution}.time 为空")
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return _unix(values, document, name)
    if not all(isinstance(value, str) for value in values):
        raise InputError(f"{name}: {resolution}.time needs ISO dates", zh=f"{name}：{resolution}.time 应为 ISO 日期")
    return times.parsed(values, [0] * len(values), name)[0]


def _unix(values: list[int], document: dict[str, Any], name: str) -> pd.DatetimeIndex:
    if min(values) < -(10**10) or max(values) > 10**10:
        raise InputError(f"{name}: the times are no seconds since 1970", zh=f"{name}：时间不是 1970 年以来的秒数")
    index = pd.DatetimeIndex(pd.to_datetime(np.array(values, dtype="int64"), unit="s")).as_unit("ns") + offset(
        document, name
    )
    for year in (index.year.min(), index.year.max()):
        times.check_year(int(year), 0, name)
    return index


def _understood(key: str, mapping: dict[str, str]) -> tuple[str, str, int, str] | None:
    """Return (base, variable, member, model) of a name such as `temperature_2m_max_member01_ncep_gefs025`."""
    for base in sorted((base for base in mapping if key.startswith(base)), key=len, reverse=True):
        found = re.fullmatch(r"(?:_member(\d{1,3}))?(?:_(\w+))?", key[len(base) :])
        if found and (found[2] is None or MODELS.fullmatch(found[2])):
            return base, mapping[base], int(found[1] or 0), found[2] or ""
    return None


def _converted(values: np.ndarray, unit: str, variable: str, key: str) -> np.ndarray:
    needed = variables.table()[variable].units
    if variable == "sunshine" and unit in ("s", ""):
        return values / 3600.0
    if unit in ("", "undefined"):  # the service leaves the unit of some members out
        return values
    return units.converted(values, unit, needed, key)
