"""Weather forecasts in."""

from pathlib import Path

from agro.errors import ConflictError, InputError, MissingDataError
from agro.farm import Finding, Preview, Station, Viewer
from agro.weather.forecasts import forecast_file
from agro.weather.reading import WeatherFile
from app.services.imports.report import Report
from app.services.imports.stations import distance
from app.services.platform import Platform

FAR = 50_000.0  # m; a forecast from beyond is told


def preview(viewer: Viewer, home: Platform, path: Path, *, station: str | None = None) -> Preview:
    """Return the mean of the members, how far the forecast reaches and for which station it is."""
    file = forecast_file(path)
    target = target_of(home, file, station)
    return Preview("forecast", path.name, file.dataset.mean("member").to_dataframe(), findings_of(file, target))


def commit(viewer: Viewer, home: Platform, path: Path, *, station: str | None = None) -> Report:
    """Store the forecast for the named station, or for the nearest."""
    file = forecast_file(path)
    return store(viewer, home, file, target_of(home, file, station))


def store(viewer: Viewer, home: Platform, file: WeatherFile, target: Station) -> Report:
    """Store the forecast for `target`; a contradiction names the station as people do."""
    try:
        counts = home.store.save_forecast_weather(target.id, file.dataset, by=viewer)
    except ConflictError as error:
        said = (text.replace(target.id, target.name) for text in (str(error), error.zh))
        raise ConflictError(next(said), zh=next(said)) from error
    sizes = file.dataset.sizes
    return Report("forecast", {"members": sizes["member"], "days": sizes["time"], **counts}, findings_of(file, target))


def target_of(home: Platform, file: WeatherFile, wanted: str | None = None) -> Station:
    """Return the station that `wanted` names, else the one nearest to the forecast's place."""
    stations = home.store.stations()
    if not stations:
        raise MissingDataError(
            "a forecast needs a station: import or fetch its weather first",
            zh="预报需要对应的气象站：请先导入或取得该站的气象",
        )
    names = ", ".join(station.name for station in stations)
    if wanted:
        for station in stations:
            if wanted in (station.id, station.name):
                return station
        raise InputError(f"no station '{wanted}'; known: {names}", zh=f"没有气象站“{wanted}”；现有：{names}")
    longitude, latitude = file.longitude, file.latitude
    if longitude is None or latitude is None:
        raise InputError(
            f"the forecast does not say for which place it is; name the station (--station), known: {names}",
            zh=f"预报没有写明地点；请指定气象站（--station），现有：{names}",
        )
    return min(stations, key=lambda station: distance(station, longitude, latitude))


def findings_of(file: WeatherFile, target: Station) -> list[Finding]:
    """Return what was understood, and how far the forecast's place is from its station."""
    found = [*file.findings, Finding("info", f"for station {target.name}", f"用于气象站 {target.name}")]
    if file.longitude is None or file.latitude is None:
        return found
    away = distance(target, file.longitude, file.latitude)
    if away > FAR:
        found.append(
            Finding(
                "warning",
                f"the forecast is for a place {away / 1000:.0f} km from station {target.name}",
                f"预报地点距气象站 {target.name} {away / 1000:.0f} 千米",
            )
        )
    return found
