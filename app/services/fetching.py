"""Weather from online services, stored through the same door as files."""

import os
from datetime import date

import numpy as np

from agro.errors import InputError, MissingDataError
from agro.farm import Finding, Station, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.weather import providers, quality
from agro.weather.reading import WeatherFile
from app.services.imports import forecasts
from app.services.imports.report import Report
from app.services.platform import Platform, region_or_none

PROVIDERS = {
    "open-meteo": (providers.OpenMeteo, "CITRUS_OPEN_METEO_URL"),
    "nasa-power": (providers.NasaPower, "CITRUS_NASA_POWER_URL"),
}
"""Each service, and the variable that names a server of one's own which speaks the same."""


def history(viewer: Viewer, home: Platform, provider: str, first: date, last: date, client=None) -> Report:
    """Fetch the weather of the grid cell around the plots and store it as a station of its own.

    Open-Meteo gives hours, NASA POWER days. `client` stands in for the service.
    """
    rights.require(viewer, "weather.fetch")
    longitude, latitude = centre(home)
    service = client or _service(provider)
    if provider == "open-meteo":
        answer: WeatherFile = service.archive(latitude, longitude, first, last, _timezone(home))
    else:
        answer = service.daily(latitude, longitude, first, last)
    station = _station(home, provider, answer)
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
    told = Finding("info", f"{provider}, grid cell {where}", f"{provider}，格点 {where}")
    return Report("weather", {"stations": 1, **counts}, [*answer.findings, told])


def forecast(viewer: Viewer, home: Platform, client=None) -> Report:
    """Fetch the forecast of the coming 15 days and store it for the nearest station."""
    rights.require(viewer, "weather.fetch")
    longitude, latitude = centre(home)
    service = client or _service("open-meteo")
    answer = service.forecast(latitude, longitude, timezone=_timezone(home))
    return forecasts.store(viewer, home, answer, forecasts.target_of(home, answer))


def centre(home: Platform) -> tuple[float, float]:
    """Return longitude and latitude of the middle of the plots."""
    plots = home.store.plots(rights.EVERYTHING)
    if not len(plots):
        raise MissingDataError(
            "no plots yet, so no place to fetch weather for: import them with `citrus import plots FILE`",
            zh="还没有地块，不知道取哪里的气象：请先用 `citrus import plots 文件` 导入",
        )
    points = plots.geometry.representative_point()
    return float(np.median(points.x)), float(np.median(points.y))


def _service(provider: str):
    """Return the client of a service, of the server that the environment names where it does."""
    if provider not in PROVIDERS:
        raise InputError(
            f"unknown provider '{provider}'; known: {', '.join(PROVIDERS)}",
            zh=f"不认识的服务“{provider}”；可用：{'、'.join(PROVIDERS)}",
        )
    service, variable = PROVIDERS[provider]
    address = os.environ.get(variable)
    return service(address) if address else service()


def _timezone(home: Platform) -> str:
    region = region_or_none(home)
    return region.timezone if region else "Asia/Shanghai"


def _station(home: Platform, provider: str, answer: WeatherFile) -> Station:
    """Return the station that stands for a grid cell of the service."""
    latitude, longitude, elevation = answer.latitude, answer.longitude, answer.elevation
    if latitude is None or longitude is None or elevation is None:
        raise InputError(
            f"the answer of {provider} does not say the {', '.join(answer.questions)} of its grid cell",
            zh=f"{provider} 的应答没有给出格点的位置或海拔",
        )
    name = f"{provider} {latitude:.2f} {longitude:.2f}"
    known = {station.name: station.id for station in home.store.stations()}
    return Station(known.get(name) or uuid7(), name, longitude, latitude, elevation, provider)
