"""NASA POWER: daily and hourly answers of the service, as CSV (with or without its header) and as JSON."""

import re
from typing import Any

import numpy as np
import pandas as pd

from agro import units, variables
from agro.errors import InputError
from agro.farm import Finding
from agro.weather.readers import documents, text, times
from agro.weather.readers.series import Readings, finding

NAME = "NASA POWER"
DAILY = {
    "T2M_MIN": "tmin", "T2M_MAX": "tmax", "T2M": "tmean", "T2MDEW": "dewpoint", "RH2M": "rh", "WS2M": "wind",
    "WS10M": "wind", "PRECTOTCORR": "rain", "PRECTOT": "rain", "ALLSKY_SFC_SW_DWN": "radiation", "PS": "pressure",
}  # fmt: skip
HOURLY = {
    "T2M": "temperature", "T2MDEW": "dewpoint", "RH2M": "rh", "WS2M": "wind", "WS10M": "wind",
    "PRECTOTCORR": "rain", "ALLSKY_SFC_SW_DWN": "ghi", "ALLSKY_SFC_SW_DNI": "dni", "ALLSKY_SFC_SW_DIFF": "dhi",
    "PS": "pressure",
}  # fmt: skip
UNITS = {
    "tmin": "degC", "tmax": "degC", "tmean": "degC", "temperature": "degC", "dewpoint": "degC", "rh": "%",
    "wind": "m s-1", "rain": "mm", "radiation": "MJ m-2", "ghi": "W m-2", "dni": "W m-2", "dhi": "W m-2",
    "pressure": "kPa",
}  # fmt: skip
SPELLINGS = {
    "C": "degC", "K": "K", "%": "%", "m/s": "m s-1", "mm/day": "mm", "mm/hour": "mm", "mm": "mm", "kPa": "kPa",
    "MJ/m^2/day": "MJ m-2", "MJ/m^2": "MJ m-2", "kW-hr/m^2/day": "kWh m-2", "kWh/m^2": "kWh m-2", "W/m^2": "W m-2",
    "Wh/m^2": "W m-2", "MJ/hr": "MJ h-1", "MJ/m^2/hour": "MJ h-1",
}  # fmt: skip
HOURLY_SUN = {"MJ h-1": 1e6 / 3600, "MJ m-2": 1e6 / 3600, "kWh m-2": 1000.0}
"""To W m-2 from the sums of an hour that some communities of users get."""


def recognises(content: str) -> bool:
    """Return whether this is a POWER header, a POWER table that lost its header, or a POWER JSON answer."""
    start = content.lstrip("\ufeff \r\n\t")
    if start.startswith("-BEGIN HEADER-"):
        return True
    if start.startswith("{"):
        return '"parameter"' in content and '"properties"' in content
    fields = [field.upper() for field in text.first_fields(content)]
    return fields[:2] == ["YEAR", "DOY"] or fields[:3] == ["YEAR", "MO", "DY"]


def read(content: str, name: str, **_: object) -> list[Readings]:
    """Return the readings of one point.

    The service counts days and hours by local solar time (LST) unless asked for UTC. A solar day is taken as the local
    day (in Chongqing it begins an hour later); solar hours go to UTC by the whole hours of the 15 degree swath.

    Raises
    ------
    InputError
        For columns, numbers or dates that cannot be read.
    """
    start = content.lstrip("\ufeff \r\n\t")
    return [_from_json(start, name) if start.startswith("{") else _from_csv(content, name)]


def _from_csv(content: str, name: str) -> Readings:
    head, first_line = "", 1
    if "-BEGIN HEADER-" in content:
        head, end, body = content.partition("-END HEADER-")
        if not end:
            raise InputError(f"{name}: the line -END HEADER- is missing", zh=f"{name}：缺少 -END HEADER- 行")
        first_line += len(head.splitlines()) - (not head.endswith(("\n", "\r")))
        content = body
    table = text.columns(content, name, first_line)
    columns = {column.upper(): column for column in table.texts}
    hourly = "HR" in columns
    index = _csv_times(table, columns, hourly)
    values = {
        column.upper(): table.numbers(column)
        for column in table.texts
        if column.upper() not in ("YEAR", "DOY", "MO", "DY", "HR")
    }
    said = dict(re.findall(r"^(\w+) .*\(([^()]+)\)\s*$", head, re.MULTILINE))
    latitude, longitude = (_in_header(head, rf"{word}\s+(-?[\d.]+)") for word in ("[Ll]atitude", "[Ll]ongitude"))
    standard = "UTC" if re.search(r"\bUTC\b", head) else "LST"
    return _readings(
        values, said, index, hourly, standard, name, latitude, longitude, _in_header(head, r"= (-?[\d.]+) meters")
    )


def _from_json(content: str, name: str) -> Readings:
    document = documents.parsed(content, name)
    series = documents.descend(document, name, "properties", "parameter")
    keys: list[str] = sorted({key for column in series if isinstance(series[column], dict) for key in series[column]})
    if not keys:
        raise InputError(f"{name}: properties.parameter holds no values", zh=f"{name}：properties.parameter 中没有数据")
    lines = [0] * len(keys)
    hourly = len(keys[0]) == 10
    index, _, _ = times.parsed([f"{key[:8]} {key[8:]}" if len(key) == 10 else key for key in keys], lines, name)
    header = documents.optional(document, "header")
    missing = documents.number(header.get("fill_value", -999.0), name, "fill_value")
    values = {}
    for column in series:
        found = documents.descend(document, name, "properties", "parameter", column)
        array = documents.numbers([found.get(key) for key in keys], name, column)
        values[column] = np.where((array == missing) | np.isin(array, text.MISSING_NUMBERS), np.nan, array)
    entries = {
        key: entry for key, entry in documents.optional(document, "parameters").items() if isinstance(entry, dict)
    }
    said = {key: str(entry.get("units", "")) for key, entry in entries.items()}
    place = documents.descend(document, name, "geometry").get("coordinates") if "geometry" in document else []
    longitude, latitude, elevation = (
        [*documents.numbers(place if isinstance(place, list) else [], name, "coordinates"), None, None, None]
    )[:3]
    standard = str(header.get("time_standard", "LST"))
    return _readings(values, said, index, hourly, standard, name, latitude, longitude, elevation)


def _csv_times(table: text.Columns, columns: dict[str, str], hourly: bool) -> pd.DatetimeIndex:
    needed = ["YEAR", "DOY"] if "DOY" in columns else ["YEAR", "MO", "DY"] + ["HR"] * hourly
    if absent := [column for column in needed if column not in columns]:
        raise InputError(
            f"{table.name}: the column {', '.join(absent)} is missing", zh=f"{table.name}：缺少列 {'、'.join(absent)}"
        )
    parts = {column: table.numbers(columns[column]) for column in needed}
    texts = [" ".join(row) for row in zip(*(table.texts[columns[column]] for column in needed), strict=True)]
    if "DOY" not in parts:
        dates = [
            f"{y:04.0f}-{m:02.0f}-{d:02.0f}" for y, m, d in zip(parts["YEAR"], parts["MO"], parts["DY"], strict=True)
        ]
        clock = [f" {hour:02.0f}" for hour in parts["HR"]] if hourly else [""] * len(dates)
        return times.parsed([date + hour for date, hour in zip(dates, clock, strict=True)], table.lines, table.name)[0]
    for year, line in zip(parts["YEAR"], table.lines, strict=True):
        times.check_year(int(np.clip(np.nan_to_num(year), 0, 9999)), line, table.name)
    days = pd.to_datetime(pd.DataFrame({"year": parts["YEAR"].astype(int), "month": 1, "day": 1}))
    result = pd.DatetimeIndex(days).as_unit("ns") + pd.to_timedelta(
        np.clip(np.nan_to_num(parts["DOY"]), 0, 400) - 1, unit="D"
    )
    wrong = (parts["DOY"] % 1 != 0) | (parts["DOY"] < 1) | (result.year != parts["YEAR"])
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{table.name}, line {table.lines[row]}: '{texts[row]}' is no year and day of year",
            zh=f"{table.name} 第 {table.lines[row]} 行：“{texts[row]}”不是年和年内日序",
        )
    return result


def _in_header(head: str, pattern: str) -> float | None:
    found = re.search(pattern, head)
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None


def _readings(values: dict[str, np.ndarray], said: dict[str, str], index: pd.DatetimeIndex, hourly: bool, standard: str,
              name: str, latitude: Any, longitude: Any, elevation: Any) -> Readings:  # fmt: skip
    mapping = HOURLY if hourly else DAILY
    table: dict[str, np.ndarray] = {}
    findings: list[Finding] = []
    attrs: dict[str, Any] = {"time_standard": standard}
    for parameter in [key for key in mapping if key in values]:  # the order of the map: WS2M before WS10M
        variable = mapping[parameter]
        if variable in table:
            continue
        unit = said.get(parameter, "")
        table[variable] = _converted(values[parameter], SPELLINGS.get(unit, unit) or UNITS[variable], variable)
        if variable == "wind":
            attrs["wind_height"] = 2.0 if parameter == "WS2M" else 10.0
    if not table:
        raise InputError(
            f"{name}: none of the columns {', '.join(list(values)[:12])} is known; known are {', '.join(mapping)}",
            zh=f"{name}：列 {'、'.join(list(values)[:12])} 均无法识别；可识别的有 {'、'.join(mapping)}",
        )
    if left := [key for key in values if key not in mapping]:
        findings.append(finding("info", f"not used: {', '.join(left)}", f"未使用：{'、'.join(left)}"))
    if hourly and standard == "LST":
        if longitude is None:
            raise InputError(
                f"{name}: hours of local solar time need the longitude, and the header is missing",
                zh=f"{name}：地方太阳时的逐时数据需要经度，但缺少文件头",
            )
        index = index - pd.Timedelta(hours=round(longitude / 15))
    if not hourly:
        en, zh = ("local solar time", "地方太阳时") if standard == "LST" else ("UTC", "世界时")
        level = "info" if standard == "LST" else "warning"
        findings.append(
            finding(
                level, f"the days are days of {en}; they stand for local days", f"日界为{zh}；作为当地日使用", "time"
            )
        )
    resolution = "hourly" if hourly else "daily"
    return Readings(
        pd.DataFrame(table, index=index), resolution, NAME, "", latitude, longitude, elevation, findings, attrs
    )


def _converted(values: np.ndarray, unit: str, variable: str) -> np.ndarray:
    if variable in ("ghi", "dni", "dhi") and unit in HOURLY_SUN:
        return values * HOURLY_SUN[unit]
    return units.converted(values, unit, variables.table()[variable].units, variable)
