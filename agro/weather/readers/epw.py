"""EnergyPlus weather files (EPW): hours of a year, measured or typical."""

import pandas as pd

from agro.errors import InputError
from agro.weather.readers import series, text, times
from agro.weather.readers.series import Readings, finding

NAME = "EPW"
HEADER = 8  # lines before the data
TYPICAL_YEAR, TYPICAL_LEAP_YEAR = 2001, 2004
"""All months of a typical year are dated to one year, by the local clock; the leap year when 29 February is in."""

# column, unit in the file, the value from which on it means missing (EnergyPlus Auxiliary Programs, data dictionary)
FIELDS = {
    "temperature": (6, "degC", 99.9),
    "dewpoint": (7, "degC", 99.9),
    "rh": (8, "%", 999),
    "pressure": (9, "Pa", 999999),
    "ghi": (13, "W m-2", 9999),
    "dni": (14, "W m-2", 9999),
    "dhi": (15, "W m-2", 9999),
    "wind": (21, "m s-1", 999),
    "rain": (33, "mm", 999),
}


def recognises(content: str) -> bool:
    """Return whether the first line is that of an EPW file."""
    return content.lstrip("\ufeff").startswith("LOCATION,")


def read(content: str, name: str, **_: object) -> list[Readings]:
    """Return the hours of the file, dated in UTC where the hour begins: hour 1 of the file is 00:00 to 01:00.

    Raises
    ------
    InputError
        For a broken header, a short row, text where a number belongs.
    """
    lines = content.splitlines()
    place = _location(lines[0], name)
    start = next((i + 1 for i, line in enumerate(lines[:40]) if line.startswith("DATA PERIODS")), HEADER)
    rows = [(number, line.split(",")) for number, line in enumerate(lines[start:], start + 1) if line.strip()]
    if not rows:
        raise InputError(f"{name}: there are no hours after the header", zh=f"{name}：文件头之后没有逐时数据")
    if short := next((number for number, row in rows if len(row) < 22), None):
        raise InputError(f"{name}, line {short}: fewer than 22 fields", zh=f"{name} 第 {short} 行：少于 22 列")
    table = _table(rows, name)
    findings = []
    for variable in [column for column in table if table[column].isna().all()]:
        table = table.drop(columns=variable)
        findings.append(finding("info", f"the file has no {variable}", f"文件不含 {variable}", variable))
    attrs = {"wind_height": 10.0, "utc_offset": place.pop("offset")}
    index, typical = _local(rows, name)
    if typical:
        attrs["typical"] = 1
        findings.append(
            finding(
                "warning",
                f"a typical year: its months come from the years {', '.join(typical)}; all were dated {index[0].year}",
                f"典型年：各月分别取自 {'、'.join(typical)} 年；统一标注为 {index[0].year} 年",
                "time",
            )
        )
    if offset := next(
        (line.split(":", 1)[1].strip() for line in lines[:start] if "Irradiance Time Offset" in line), ""
    ):
        findings.append(
            finding(
                "info",
                f"the file says that its sunlight is {offset} h from the hour it is stamped with",
                f"文件注明辐射时刻与标注时刻相差 {offset} 小时",
                "ghi",
            )
        )
    table.index = index - pd.Timedelta(hours=attrs["utc_offset"])
    return [Readings(table, "hourly", NAME, **place, findings=findings, attrs=attrs)]


def _location(line: str, name: str) -> dict:
    fields = line.split(",")
    try:
        latitude, longitude, offset, elevation = (float(field) for field in fields[6:10])
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and abs(offset) <= 14):
            raise ValueError(line)
    except ValueError as error:
        raise InputError(
            f"{name}, line 1: LOCATION needs latitude, longitude, time zone and elevation in fields 7 to 10",
            zh=f"{name} 第 1 行：LOCATION 的第 7 至 10 项应为纬度、经度、时区和海拔",
        ) from error
    city = fields[1].strip()
    return {
        "name": "" if city == "unknown" else city,
        "latitude": latitude,
        "longitude": longitude,
        "elevation": elevation if abs(elevation) < 9000 else None,
        "offset": offset,
    }


def _table(rows: list, name: str) -> pd.DataFrame:
    numbers = [number for number, _ in rows]
    result = {}
    for variable, (column, unit, missing) in FIELDS.items():
        texts = {variable: [row[column] if column < len(row) else "" for _, row in rows]}
        values = text.Columns(name, texts, numbers, []).numbers(variable)
        values[values >= missing] = float("nan")
        result[variable] = values * 0.01 if unit == "Pa" else values
    return pd.DataFrame(result)


def _local(rows: list, name: str) -> tuple[pd.DatetimeIndex, list[str]]:
    """Return the local start of each hour, and the years of the months where they make up a typical year."""
    numbers = [number for number, _ in rows]
    texts = [" ".join(row[:4]) for _, row in rows]
    parts = text.Columns(name, {"year": [], "month": [], "day": [], "hour": []}, numbers, [])
    for i, column in enumerate(parts.texts):
        parts.texts[column] = [row[i] for _, row in rows]
    frame = pd.DataFrame({column: parts.numbers(column) for column in parts.texts})
    whole = frame.notna().all(axis=1) & (frame % 1 == 0).all(axis=1) & (frame >= 0).all(axis=1)
    if not whole.all():
        line = numbers[int((~whole).to_numpy().argmax())]
        raise InputError(
            f"{name}, line {line}: year, month, day and hour are needed", zh=f"{name} 第 {line} 行：需要年、月、日、时"
        )
    frame = frame.clip(upper=9999).astype(int)
    for year, line in zip(frame["year"], numbers, strict=True):
        times.check_year(int(year), line, name)
    months = frame[["year", "month"]].drop_duplicates()
    typical = frame["month"].is_monotonic_increasing and frame["year"].nunique() > 1
    if typical:
        leap = bool(((frame["month"] == 2) & (frame["day"] == 29)).any())
        frame["year"] = TYPICAL_LEAP_YEAR if leap else TYPICAL_YEAR
    index = times.assembled(frame.assign(minute=0, second=0), texts, numbers, name) - series.STEPS["hourly"]
    return index, [str(year) for year in months["year"]] if typical else []
