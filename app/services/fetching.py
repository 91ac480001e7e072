"""Weather from online services, stored through the same door as files."""

from datetime import date

import numpy as np

from agro.errors import InputError, MissingDataError
from agro.farm import Finding, Station, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.weather import providers, quality
from agro.weather.reading import WeatherFile
from app.services.imports.report import Report
from app.services.platform import Platform

PROVIDERS = {"open-meteo": providers.OpenMeteo, "nasa-power": providers.NasaPower}


def history(viewer: Viewer, home: Platform, provider: str, first: date, last: date, client=None) -> Report:
    """Fetch the daily history at the region's centre and store it as a station of its own."""
    rights.require(viewer, "weather.import")
    if provider not in PROVIDERS:
        raise InputError(
            f"unknown provider '{provider}'; known: {', '.join(PROVIDERS)}",
            zh=f"不认识的服务“{provider}”；可用：{'、'.join(PROVIDERS)}",
        )
    longitude, latitude = centre(home)
    service = client or PROVIDERS[provider]()
    fetch = service.archive if provider == "open-meteo" else service.daily
    answer: WeatherFile = fetch(latitude, longitude, first, last)
    station = _station(home, provider, answer, longitude, latitude)
    flagged = quality.flagged(
        answer.dataset,
        answer.resolution,
        latitude=station.latitude,
        elevation=station.elevation,
        longitude=station.longitude,
    )
    with home.store:
        home.store.save_station(station, by=viewer)
        counts = home.store.save_weather(station.id, flagged, answer.resolution, source=provider, by=viewer)
    where = f"{station.latitude:.2f}, {station.longitude:.2f}"
    return Report("weather", counts, [Finding("info", f"{provider}, grid cell {where}", f"{provider}，格点 {where}")])


def forecast(viewer: Viewer, home: Platform, client=None) -> Report:
    """Fetch the forecast of the coming 15 days and store it for the nearest station."""
    rights.require(viewer, "weather.import")
    longitude, latitude = centre(home)
    dataset = (client or providers.OpenMeteo()).forecast(latitude, longitude).dataset
    stations = home.store.stations()
    if not stations:
        raise MissingDataError(
            "a forecast needs a station: fetch or import its history first",
            zh="预报需要对应的气象站：请先取得或导入历史气象",
        )
    nearest = min(stations, key=lambda s: (s.longitude - longitude) ** 2 + (s.latitude - latitude) ** 2)
    with home.store:
        home.store.save_forecast_weather(nearest.id, dataset, by=viewer)
    return Report("forecast", {"members": dataset.sizes["member"], "days": dataset.sizes["time"]})


def centre(home: Platform) -> tuple[float, float]:
    """Return longitude and latitude of the middle of the plots."""
    plots = home.store.plots(rights.EVERYTHING)
    if not len(plots):
        raise MissingDataError("no plots yet, so no place to fetch weather for", zh="还没有地块，不知道取哪里的气象")
    points = plots.geometry.representative_point()
    return float(np.median(points.x)), float(np.median(points.y))


def _station(home: Platform, provider: str, answer: WeatherFile, longitude: float, latitude: float) -> Station:
    """Return the station that stands for a grid cell of the service."""
    longitude = longitude if answer.longitude is None else answer.longitude
    latitude = latitude if answer.latitude is None else answer.latitude
    name = f"{provider} {latitude:.2f} {longitude:.2f}"
    known = {station.name: station.id for station in home.store.stations()}
    return Station(known.get(name) or uuid7(), name, longitude, latitude, float(answer.elevation or 0.0), provider)
