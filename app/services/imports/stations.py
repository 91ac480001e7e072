"""Station weather in."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyproj
import xarray as xr

from agro.errors import ConflictError, InputError
from agro.farm import Finding, Preview, Station, Viewer
from agro.store.ids import uuid7
from agro.weather import quality
from agro.weather.reading import WeatherFile, joined, one, read_stations, read_weather
from app.services import regions
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

PLACE = {"latitude": "纬度", "longitude": "经度", "elevation": "海拔"}
ROWS = 12  # of a preview
MOVED = 5000.0  # m; two records of one name that lie further apart are two stations


def preview(viewer: Viewer, home: Platform, path: Path, **answers: Any) -> Preview:
    """Return the quality of the file's weather, or its first rows while the station's place is still to be told."""
    files = _read(home, path, answers)
    questions = list(dict.fromkeys(question for file in files for question in file.questions))
    table = _first_rows(files[0]) if questions else quality.summary(_flagged(files[0]))
    return Preview("weather", path.name, table, _findings(files), questions)


def commit(viewer: Viewer, home: Platform, path: Path, **answers: Any) -> Report:
    """Store the file's stations and their values with quality flags; gaps stay gaps.

    Raises
    ------
    InputError
        While the place of a station is not known.
    ConflictError
        When a value contradicts the stored one, or the station is stored elsewhere.
    """
    files = _read(home, path, answers)
    by_hand = not PLACE.keys().isdisjoint(answers)
    counts: dict[str, int] = {}
    with home.store:
        for file in files:
            station = _station(home, file, by_hand)
            regions.decide_crs(viewer, home, station.longitude, station.latitude)
            home.store.save_station(station, by=viewer)
            for key, value in _saved(viewer, home, station, file, path.name).items():
                counts[key] = counts.get(key, 0) + value
    return Report("weather", {"stations": len(files), **counts}, _findings(files))


def distance(station: Station, longitude: float, latitude: float) -> float:
    """Return how far the station is from a place [m]."""
    return pyproj.Geod(ellps="WGS84").inv(station.longitude, station.latitude, longitude, latitude)[2]


def _read(home: Platform, path: Path, answers: dict[str, Any]) -> list[WeatherFile]:
    """Return the file's stations: all of several, or the one that `answers` name and place."""
    region = region_or_none(home)
    timezone = region.timezone if region else "Asia/Shanghai"
    given = {key: answers.get(key) for key in PLACE}
    files = read_stations(path, timezone=timezone)
    if len(files) == 1 or any(value is not None for value in answers.values()):
        files = [one(files, answers.get("station"), given, path.name)]
    if answers.get("rain") is not None:
        files = [joined(files[0], read_weather(answers["rain"], timezone=timezone))]
    known = {station.name: station for station in home.store.stations()}
    for file in files:
        if file.questions and file.name in known:
            _place_as_stored(file, known[file.name])
    return files


def _place_as_stored(file: WeatherFile, station: Station) -> None:
    for key in file.questions:
        setattr(file, key, getattr(station, key))
        file.dataset.attrs[key] = getattr(station, key)
    file.findings.append(Finding("info", "the place is that of the stored station", "站点位置取自已保存的气象站"))


def _first_rows(file: WeatherFile) -> pd.DataFrame:
    values = [name for name in file.dataset.data_vars if not str(name).endswith("_flag")]
    return file.dataset[values].isel(time=slice(0, ROWS)).to_dataframe()


def _flagged(file: WeatherFile) -> xr.Dataset:
    latitude, longitude, elevation = _place(file)
    return quality.flagged(file.dataset, file.resolution, latitude=latitude, elevation=elevation, longitude=longitude)


def _place(file: WeatherFile) -> tuple[float, float, float]:
    """Return latitude, longitude and elevation of the file's station; what is not known has to be told first."""
    if file.latitude is None or file.longitude is None or file.elevation is None:
        raise InputError(
            f"{file.name}: the file does not say the station's {', '.join(file.questions)}; "
            f"give --{' --'.join(file.questions)}",
            zh=f"{file.name}：文件没有写明站点的{'、'.join(PLACE[key] for key in file.questions)}；"
            f"请另外给出（--{' --'.join(file.questions)}）",
        )
    return file.latitude, file.longitude, file.elevation


def _station(home: Platform, file: WeatherFile, by_hand: bool) -> Station:
    """Return the station of the file: the stored one of that name, or a new one."""
    latitude, longitude, elevation = _place(file)
    attrs = file.dataset.attrs
    stored = next((station for station in home.store.stations() if station.name == file.name), None)
    if stored and not by_hand and (away := distance(stored, longitude, latitude)) > MOVED:
        raise ConflictError(
            f"station '{file.name}' is stored {away / 1000:.0f} km away from where this file has it; "
            "give another name with --station; nothing was changed",
            zh=f"已有同名气象站“{file.name}”，与文件中的位置相距 {away / 1000:.0f} 千米；"
            "请用 --station 另取站名；未做任何更改",
        )
    return Station(
        id=stored.id if stored else uuid7(),
        name=file.name,
        longitude=longitude,
        latitude=latitude,
        elevation=elevation,
        source=str(attrs.get("source", "")),
        synthetic=bool(int(attrs.get("synthetic", 0))),
    )


def _saved(viewer: Viewer, home: Platform, station: Station, file: WeatherFile, source: str) -> dict[str, int]:
    """Return what was stored; a contradiction names the station as people do."""
    try:
        return home.store.save_weather(station.id, _flagged(file), file.resolution, source=source, by=viewer)
    except ConflictError as error:
        said = (text.replace(station.id, station.name) for text in (str(error), error.zh))
        raise ConflictError(next(said), zh=next(said)) from error


def _findings(files: list[WeatherFile]) -> list[Finding]:
    return [finding for file in files for finding in [*file.findings, _described(file)]]


def _described(file: WeatherFile) -> Finding:
    time = file.dataset["time"].to_index()
    names = ", ".join(str(n) for n in file.dataset.data_vars if not str(n).endswith(("_flag", "_tests")))
    days = f"{time[0].date()}", f"{time[-1].date()}"
    return Finding(
        "info",
        f"{file.name}: {file.resolution} from {days[0]} to {days[1]}, {names}",
        f"{file.name}：{'逐日' if file.resolution == 'daily' else '逐小时'}，{days[0]} 至 {days[1]}，{names}",
    )
