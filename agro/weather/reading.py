"""Weather files of any known format, recognised by what stands in them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from agro.errors import InputError
from agro.farm import Finding
from agro.weather.readers import READERS, cma_daily, series, text
from agro.weather.readers.series import Readings, finding


@dataclass
class WeatherFile:
    """One station's weather out of a file, and what was understood, mended or is still to be asked.

    `dataset` has the dimension `time` (forecasts: `member`, `time`) and `NAME_flag` beside each variable.
    `questions` names what the file does not say and an import needs: latitude, longitude, elevation.
    """

    dataset: xr.Dataset
    resolution: str  # "daily" or "hourly"
    format: str
    name: str
    latitude: float | None
    longitude: float | None
    elevation: float | None  # m
    findings: list[Finding] = field(default_factory=list)

    @property
    def questions(self) -> list[str]:
        """What has to be asked before this can be stored."""
        return [key for key in ("latitude", "longitude", "elevation") if getattr(self, key) is None]


def read_weather(
    path: Path | str,
    *,
    timezone: str = "Asia/Shanghai",
    station: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    elevation: float | None = None,
    format: str | None = None,
) -> WeatherFile:
    """Return the weather of the one station in a file; `station` names it, or chooses one where there are several.

    Parameters
    ----------
    path : path
        EPW, NASA POWER (CSV, JSON), Open-Meteo (JSON), or a CSV table as `template_csv` gives it.
    timezone : str
        Of local hours in a file that does not say.
    latitude, longitude : float, optional
        Go before what the file says. [degrees]
    elevation : float, optional
        Goes before what the file says. [m]
    format : str, optional
        A key of `agro.weather.readers.READERS` instead of looking.

    Raises
    ------
    InputError
        When the file cannot be read without guessing; the message names place and reason.
    """
    given = {"latitude": latitude, "longitude": longitude, "elevation": elevation}
    return one(read_stations(path, timezone=timezone, format=format), station, given, Path(path).name)


def read_stations(path: Path | str, *, timezone: str = "Asia/Shanghai", format: str | None = None) -> list[WeatherFile]:
    """Return the weather of every station in a file; see `read_weather`."""
    path = Path(path)
    content = text.decoded(contents(path), path.name)
    files = parsed(content, path.name, timezone=timezone, format=format)
    return [_placed(file, path) if file.format == "cma_daily" else file for file in files]


def contents(path: Path) -> bytes:
    """Return the bytes of a file; InputError where it cannot be opened."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened: {error}", zh=f"{path}：无法打开：{error}") from error


def parsed(content: str, name: str, *, timezone: str = "Asia/Shanghai", format: str | None = None) -> list[WeatherFile]:
    """Return the weather of every station in the text of a file or of a service's answer, called `name` in messages."""
    kind = format or recognised(content, name)
    if kind not in READERS:
        raise ValueError(f"format is one of {', '.join(READERS)}; got {kind!r}")
    return [_file(readings, kind, name) for readings in READERS[kind].read(content, name, timezone=timezone)]


def recognised(content: str, name: str) -> str:
    """Return the key of the format in which `content` is written."""
    for key, reader in READERS.items():
        if reader.recognises(content):
            return key
    start = content.lstrip("\ufeff \r\n\t").partition("\n")[0][:80]
    raise InputError(
        f"{name}: no known weather format; it begins with '{start}'. "
        "Known: EPW, NASA POWER CSV and JSON, Open-Meteo JSON, and a CSV table with a column 'date' or 'time'",
        zh=f"{name}：无法识别的气象格式，开头为“{start}”。"
        "可识别：EPW、NASA POWER（CSV、JSON）、Open-Meteo JSON，以及含“日期”或“时间”列的 CSV 表",
    )


def one(files: list[WeatherFile], station: str | None, given: dict[str, float | None], name: str) -> WeatherFile:
    """Return the one station of a file, named and placed as the caller says."""
    if len(files) > 1:
        chosen = [file for file in files if file.name == station]
        if len(chosen) != 1:
            names = ", ".join(file.name for file in files[:12])
            raise InputError(
                f"{name}: it holds {len(files)} stations ({names}); say which",
                zh=f"{name}：含 {len(files)} 个测站（{names}）；请指定一个",
            )
        files = chosen
    file = files[0]
    file.name = station or file.name
    for key, value in given.items():
        if value is not None:
            setattr(file, key, value)
            file.dataset.attrs[key] = float(value)
    file.dataset.attrs["name"] = file.name
    return _checked_place(file, name)


def joined(first: WeatherFile, second: WeatherFile) -> WeatherFile:
    """Return `first` with the variables that only `second` has, such as the rain of a gauge nearby.

    Times that one of them lacks are NaN, flagged missing. Place and name are those of `first`.
    """
    if first.resolution != second.resolution:
        raise InputError(
            f"{first.name} is {first.resolution}, {second.name} is {second.resolution}; both must be the same",
            zh=f"{first.name} 与 {second.name} 的时间分辨率不同",
        )
    added = [name for name in second.dataset.data_vars if name not in first.dataset]
    result = xr.merge([first.dataset, second.dataset[added]], join="outer", combine_attrs="override")
    full = pd.date_range(result.time.values[0], result.time.values[-1], freq=series.STEPS[first.resolution])
    result = result.reindex(time=full.to_numpy().astype("datetime64[ns]"))
    for name in [name for name in result.data_vars if f"{name}_flag" in result]:
        flags = result[f"{name}_flag"].fillna(series.MISSING).astype("int8")
        flags.attrs = dict(series.FLAG_ATTRS)
        result[f"{name}_flag"] = flags
    names = ", ".join(str(name) for name in added if not str(name).endswith("_flag"))
    told = finding(
        "info", f"{names} from {second.name} ({second.format})", f"{names} 取自 {second.name}（{second.format}）"
    )
    place = (first.latitude, first.longitude, first.elevation)
    return WeatherFile(
        result, first.resolution, first.format, first.name, *place, [*first.findings, *second.findings, told]
    )


def _file(readings: Readings, kind: str, name: str) -> WeatherFile:
    dataset = series.dataset(readings, name)
    place = (readings.latitude, readings.longitude, readings.elevation)
    return _checked_place(
        WeatherFile(dataset, readings.resolution, kind, readings.name, *place, readings.findings), name
    )


def _checked_place(file: WeatherFile, name: str) -> WeatherFile:
    limits: dict[str, Any] = {"latitude": (-90, 90), "longitude": (-180, 180), "elevation": (-450, 9000)}
    for key, (low, high) in limits.items():
        value = getattr(file, key)
        if value is not None and not low <= value <= high:
            raise InputError(
                f"{name}: {key} {value:g} is outside {low} to {high}",
                zh=f"{name}：{key} {value:g} 超出 {low} 至 {high}",
            )
    return file


def _placed(file: WeatherFile, path: Path) -> WeatherFile:
    """Return the file with the place that a `Sites_*.csv` in the same folder gives its station."""
    for beside in sorted(path.parent.glob("Sites_*.csv")):
        place = cma_daily.sites(text.decoded(contents(beside), beside.name), beside.name).get(file.name)
        if place:
            for key, value in place.items():
                setattr(file, key, value)
            file.dataset.attrs |= place
            file.findings.append(
                finding("info", f"the place was taken from {beside.name}", f"位置取自 {beside.name}", "place")
            )
    return file
