"""Station weather and forecasts in."""

from pathlib import Path

import xarray as xr

from agro.errors import InputError
from agro.farm import Finding, Preview, Station, Viewer
from agro.store.ids import uuid7
from agro.weather import quality
from agro.weather.forecasts import read_forecast
from agro.weather.reading import WeatherFile, joined, read_stations, read_weather
from app.services import regions
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none


def preview_weather(home: Platform, path: Path, **answers) -> Preview:
    """Return the first rows and the quality of the file's weather."""
    files = _read(home, path, answers)
    findings = [finding for one in files for finding in one.findings]
    findings += [_described(one) for one in files]
    table = quality.summary(_flagged(files[0]))
    return Preview("weather", path.name, table, findings)


def commit_weather(viewer: Viewer, home: Platform, path: Path, **answers) -> Report:
    """Store the file's stations and their values with quality flags; gaps stay gaps."""
    files = _read(home, path, answers)
    counts: dict[str, int] = {}
    with home.store:
        for one in files:
            station = _station(home, one)
            regions.decide_crs(viewer, home, station.longitude, station.latitude)
            home.store.save_station(station, by=viewer)
            stored = home.store.save_weather(station.id, _flagged(one), one.resolution, source=path.name, by=viewer)
            for key, value in stored.items():
                counts[key] = counts.get(key, 0) + value
    findings = [finding for one in files for finding in one.findings]
    return Report("weather", {"stations": len(files), **counts}, findings + [_described(one) for one in files])


def preview_forecast(home: Platform, path: Path, *, station: str | None = None) -> Preview:
    """Return how far the forecast reaches and how many members it has."""
    forecast = read_forecast(path)
    return Preview("forecast", path.name, forecast.mean("member").to_dataframe(), [_reach(forecast)])


def commit_forecast(viewer: Viewer, home: Platform, path: Path, *, station: str | None = None) -> Report:
    """Store the forecast for the named station, the one the file names, or the nearest."""
    forecast = read_forecast(path)
    target = _target(home, forecast, station or forecast.attrs.get("station") or None)
    with home.store:
        home.store.save_forecast_weather(target.id, forecast, by=viewer)
    return Report("forecast", {"members": forecast.sizes["member"], "days": forecast.sizes["time"]}, [_reach(forecast)])


def _timezone(home: Platform) -> str:
    region = region_or_none(home)
    return region.timezone if region else "Asia/Shanghai"


def _read(home: Platform, path: Path, answers: dict) -> list[WeatherFile]:
    """Return the file's stations: all of several, or the one that `answers` name and place."""
    timezone = _timezone(home)
    rain = answers.pop("rain", None)
    if rain is not None:
        gauge = read_weather(rain, timezone=timezone)
        return [joined(read_weather(path, timezone=timezone, **answers), gauge)]
    files = read_stations(path, timezone=timezone)
    return (
        files if len(files) > 1 and not answers.get("station") else [read_weather(path, timezone=timezone, **answers)]
    )


def _flagged(one: WeatherFile) -> xr.Dataset:
    return quality.flagged(
        one.dataset, one.resolution, latitude=one.latitude, elevation=one.elevation, longitude=one.longitude
    )


def _station(home: Platform, one: WeatherFile) -> Station:
    """Return the station of the file: the stored one of that name, or a new one."""
    if one.questions:
        zh = {"latitude": "纬度", "longitude": "经度", "elevation": "海拔"}
        raise InputError(
            f"{one.name}: the file does not say the station's {', '.join(one.questions)}; give --{' --'.join(one.questions)}",
            zh=f"{one.name}：文件没有写明站点的{'、'.join(zh[key] for key in one.questions)}；请另外给出（--{' --'.join(one.questions)}）",
        )
    attrs = one.dataset.attrs
    known = {station.name: station.id for station in home.store.stations()}
    return Station(
        id=known.get(one.name) or str(attrs.get("id") or uuid7()),
        name=one.name,
        longitude=float(one.longitude or 0.0),
        latitude=float(one.latitude or 0.0),
        elevation=float(one.elevation or 0.0),
        source=str(attrs.get("source", "")),
        synthetic=bool(int(attrs.get("synthetic", 0))),
    )


def _target(home: Platform, forecast: xr.Dataset, wanted: str | None) -> Station:
    stations = home.store.stations()
    if not stations:
        raise InputError(
            "a forecast needs a station: import its weather first", zh="预报需要对应的气象站：请先导入该站的气象"
        )
    if wanted:
        for station in stations:
            if wanted in (station.id, station.name):
                return station
        raise InputError(
            f"no station '{wanted}'; known: {', '.join(s.name for s in stations)}",
            zh=f"没有气象站“{wanted}”；现有：{'、'.join(s.name for s in stations)}",
        )
    longitude, latitude = forecast.attrs["longitude"], forecast.attrs["latitude"]
    return min(stations, key=lambda s: (s.longitude - longitude) ** 2 + (s.latitude - latitude) ** 2)


def _described(one: WeatherFile) -> Finding:
    time = one.dataset["time"].to_index()
    names = ", ".join(str(n) for n in one.dataset.data_vars if not str(n).endswith(("_flag", "_tests")))
    en = f"{one.name}: {one.resolution} from {time[0].date()} to {time[-1].date()}, {names}"
    return Finding(
        "info",
        en,
        f"{one.name}：{'逐日' if one.resolution == 'daily' else '逐小时'}，{time[0].date()} 至 {time[-1].date()}，{names}",
    )


def _reach(forecast: xr.Dataset) -> Finding:
    time = forecast["time"].to_index()
    n, days = forecast.sizes["member"], len(time)
    return Finding(
        "info", f"{n} members, {days} days from {time[0].date()}", f"{n} 个成员，从 {time[0].date()} 起 {days} 天"
    )
