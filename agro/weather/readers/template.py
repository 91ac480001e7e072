"""The plain CSV table: daily or hourly, one or several stations, names in Chinese or English."""

from typing import Any

import numpy as np
import pandas as pd

from agro import units, variables
from agro.errors import InputError, UnitError
from agro.farm import Finding
from agro.weather.readers import text, times
from agro.weather.readers.headings import KNOWN, OTHER_NAME, PARTS, PLACE, TIME, WORDS, heading
from agro.weather.readers.series import Readings, finding

NAME = "CSV"


def recognises(content: str) -> bool:
    """Return whether the first line that is no comment names a column of times."""
    found = [heading(column)[0] for column in text.first_fields(content)]
    return any(word in TIME for word in found) or {"year", "month", "day"} <= {PARTS.get(word) for word in found}


def read(content: str, name: str, *, timezone: str = "Asia/Shanghai", **_: object) -> list[Readings]:
    """Return the readings of each station in the table; without a column `station` that is one.

    Hours are local hours of `timezone`, or of the line `# timezone:`, and stand where they begin.

    Raises
    ------
    InputError
        For unknown columns, text where a number belongs, dates that cannot be read.
    """
    table = text.columns(content, name)
    said = _comments(table.comments, name)
    headings = {column: heading(column) for column in table.texts}
    index, resolution, findings = _index(table, headings, str(said.pop("timezone", timezone)))
    values = _values(table, headings, resolution, findings)
    result = []
    for station, rows in _stations(table, headings):
        place = said | ({"station": station} if station else {}) | _place(table, headings, rows)
        attrs: dict[str, Any] = {
            "wind_height": place.pop("wind_height", 10.0),
            "synthetic": int(place.pop("synthetic", 0)),
        }
        part = pd.DataFrame({variable: array[rows] for variable, array in values.items()}, index=index[rows])
        result.append(
            Readings(part, resolution, NAME, place.pop("station", ""), **place, findings=list(findings), attrs=attrs)
        )
    return result


def _comments(comments: list[str], name: str) -> dict[str, Any]:
    """Return station, place and time zone of lines such as `# latitude: 30.3`."""
    result: dict[str, Any] = {}
    for comment in comments:
        key, found, value = comment.lstrip("# \ufeff").replace("：", ":").partition(":")
        known = PLACE.get(key.strip().strip('"').lower())
        if not found or known is None or not value.strip():
            continue
        result[known] = value.strip() if known in ("station", "timezone") else _number(value, key, name)
    return result


def _number(value: str, key: str, name: str) -> float:
    word = value.strip().strip('"')
    if not text.NUMBER.fullmatch(word):
        raise InputError(
            f"{name}: '# {key.strip()}: {word[:40]}' needs a number",
            zh=f"{name}：“# {key.strip()}: {word[:40]}”应为数字",
        )
    return float(word)


def _index(
    table: text.Columns, headings: dict[str, tuple[str, str]], timezone: str
) -> tuple[pd.DatetimeIndex, str, list[Finding]]:
    """Return local days or UTC hours, which of the two, and what was found on the way."""
    found = [column for column, (word, _) in headings.items() if word in TIME]
    parts = {PARTS[word]: column for column, (word, _) in headings.items() if word in PARTS}
    if found:
        stamps = [" ".join(words).strip() for words in zip(*(table.texts[column] for column in found[:2]), strict=True)]
    elif {"year", "month", "day"} <= set(parts):
        stamps = [
            "-".join(words)
            for words in zip(*(map(str.strip, table.texts[parts[p]]) for p in ("year", "month", "day")), strict=True)
        ]
        if "hour" in parts:
            stamps = [f"{day} {hour.strip()}" for day, hour in zip(stamps, table.texts[parts["hour"]], strict=True)]
    else:
        raise InputError(f"{table.name}: there is no column 'date' or 'time'", zh=f"{table.name}：没有“日期”或“时间”列")
    index, clock, utc = times.parsed(stamps, table.lines, table.name)
    days = index.normalize()
    if not clock or (len(index) > 1 and (index - days).nunique() == 1 and not utc and _daily_columns(headings)):
        return days, "daily", day_end(index[0] - days[0]) if clock else []
    if (index.minute | index.second).any():
        row = int(np.argmax(index.minute | index.second))
        raise InputError(
            f"{table.name}, line {table.lines[row]}: '{stamps[row]}' is no whole hour; give hours or days",
            zh=f"{table.name} 第 {table.lines[row]} 行：“{stamps[row]}”不是整点；需要逐时或逐日数据",
        )
    return index if utc else times.to_utc(index, times.zone(timezone, table.name), table.name), "hourly", []


def day_end(clock: pd.Timedelta) -> list[Finding]:
    """Return what to say of daily values stamped with an hour: 20:00 is the end of the Chinese observing day."""
    hour = int(clock / pd.Timedelta(hours=1))
    if hour == 0:
        return []
    return [
        finding(
            "warning",
            f"each day is stamped {hour:02d}:00: it runs from {hour:02d} to {hour:02d} h; "
            "its date was kept as the local day 00-24",
            f"每日标注 {hour:02d}:00：为 {hour:02d} 时至 {hour:02d} 时的日界；日期按当地 0-24 时日保留",
            "time",
        )
    ]


def _daily_columns(headings: dict[str, tuple[str, str]]) -> bool:
    return any(
        WORDS.get(word, word) in ("tmin", "tmax", "tmean", "radiation", "sunshine") for word, _ in headings.values()
    )


def _values(
    table: text.Columns, headings: dict[str, tuple[str, str]], resolution: str, findings: list[Finding]
) -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    left = []
    for column, (word, unit) in headings.items():
        if word in TIME or word in PLACE or word in PARTS or not word:
            continue
        variable = WORDS.get(word, word)
        if variable not in KNOWN[resolution]:
            variable = OTHER_NAME[resolution].get(variable, variable)
        if variable not in KNOWN[resolution]:
            left.append(column)
            continue
        if variable in values:
            raise InputError(f"{table.name}: two columns hold {variable}", zh=f"{table.name}：有两列都是 {variable}")
        needed = variables.table()[variable].units
        try:
            values[variable] = units.converted(table.numbers(column), unit or needed, needed, column)
        except UnitError as error:
            raise UnitError(f"{table.name}: {error}", zh=f"{table.name}：{error.zh}") from error
    if not values:
        known = ", ".join(KNOWN[resolution])
        raise InputError(
            f"{table.name}: no column of {resolution} weather among {', '.join(table.texts)}; known are {known}"[:600],
            zh=f"{table.name}：列 {'、'.join(table.texts)} 中没有可识别的气象要素；可识别的有 {known} 或其中文名"[:600],
        )
    if left:
        findings.append(
            finding(
                "warning", f"columns left out, unknown here: {', '.join(left)}", f"未识别而略去的列：{'、'.join(left)}"
            )
        )
    return values


def _stations(table: text.Columns, headings: dict[str, tuple[str, str]]) -> list[tuple[str, np.ndarray]]:
    column = next((column for column, (word, _) in headings.items() if PLACE.get(word) == "station"), None)
    if column is None:
        return [("", np.arange(len(table.lines)))]
    names = pd.Series([word.strip() for word in table.texts[column]])
    return [(str(name), np.asarray(rows)) for name, rows in names.groupby(names, sort=False).indices.items()]


def _place(table: text.Columns, headings: dict[str, tuple[str, str]], rows: np.ndarray) -> dict[str, float]:
    """Return the place of a station where the table has columns for it; the first row counts."""
    result = {}
    for column, (word, _) in headings.items():
        if PLACE.get(word) in ("latitude", "longitude", "elevation"):
            value = float(table.numbers(column)[rows[0]])
            if not np.isnan(value):
                result[PLACE[word]] = value
    return result
