"""Daily files of a Chinese station as exported for hydrological models, and of the rain gauges beside it."""

import csv
import io

import pandas as pd

from agro.errors import InputError
from agro.weather.readers import template, text, times
from agro.weather.readers.series import Readings, finding

NAME = "CMA daily"
COLUMNS = {
    "TMEAN": "tmean", "TMAX": "tmax", "TMIN": "tmin", "RM": "rh", "WS": "wind", "SSD": "sunshine",
    "SR": "radiation", "PCP": "rain",
}  # fmt: skip


def recognises(content: str) -> bool:
    """Return whether the columns are those of a station file, or DATETIME and the numbers of rain gauges."""
    fields = text.first_fields(content)
    upper = [field.upper() for field in fields]
    return {"STATIONID", "DATETIME", "TMEAN"} <= set(upper) or (
        upper[:1] == ["DATETIME"] and len(fields) > 1 and all(map(str.isdigit, fields[1:]))
    )


def read(content: str, name: str, **_: object) -> list[Readings]:
    """Return the daily readings of each station or gauge; SSD are sunshine hours and stay so.

    The date alone is used: stamps of 20:00 end the observing day of that date, and the clocks of gauge files vary.

    Raises
    ------
    InputError
        For columns, numbers or dates that cannot be read.
    """
    table = text.columns(content, name)
    columns = {column.upper(): column for column in table.texts}
    index = times.parsed(table.texts[columns["DATETIME"]], table.lines, name)[0]
    days, clocks = index.normalize(), index - index.normalize()
    findings = template.day_end(clocks[0])
    if clocks.nunique() > 1:
        hours = "、".join(f"{int(clock / pd.Timedelta(hours=1)):02d}" for clock in sorted(clocks.unique()))
        findings = [
            finding(
                "warning",
                f"the days are stamped at several hours ({hours}); only the date was used",
                f"每日标注的时刻不一（{hours} 时）；只用日期",
                "time",
            )
        ]
    attrs: dict[str, object] = {"wind_height": 10.0}
    if "STATIONID" not in columns:
        gauges = [column for column in table.texts if column != columns["DATETIME"]]
        return [
            Readings(
                pd.DataFrame({"rain": table.numbers(gauge)}, index=days), "daily", NAME, gauge, findings=list(findings)
            )
            for gauge in gauges
        ]
    known = {column: COLUMNS[column.upper()] for column in table.texts if column.upper() in COLUMNS}
    values = pd.DataFrame({variable: table.numbers(column) for column, variable in known.items()}, index=days)
    stations = pd.Series([word.strip() for word in table.texts[columns["STATIONID"]]], index=values.index)
    return [
        Readings(
            values[(stations == station).to_numpy()],
            "daily",
            NAME,
            str(station),
            findings=list(findings),
            attrs=dict(attrs),
        )
        for station in stations.unique()
    ]


def sites(content: str, name: str) -> dict[str, dict[str, float]]:
    """Return {station: latitude, longitude, elevation} of the `Sites_*.csv` that lies beside such a file.

    Raises
    ------
    InputError
        When a column or number is missing.
    """
    result = {}
    for row in csv.DictReader(io.StringIO(content)):
        try:
            result[str(row["StationID"])] = {
                "latitude": float(row["Lat"]),
                "longitude": float(row["Lon"]),
                "elevation": float(row["Elevation"]),
            }
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{name}: StationID, Lat, Lon and Elevation are needed",
                zh=f"{name}：需要 StationID、Lat、Lon 和 Elevation",
            ) from error
    return result
