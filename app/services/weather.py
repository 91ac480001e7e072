"""What is known of the weather: stations, their series and the quality of each value."""

from datetime import date

import pandas as pd
import xarray as xr

from agro.farm import Viewer
from agro.store import rights
from agro.weather import quality as flags
from app.services.platform import Platform


def stations(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Return the stations and what they hold: one row a series."""
    rights.require(viewer, "station.read")
    found = pd.DataFrame([vars(station) for station in home.store.stations()])
    spans = home.store.weather_span()
    if not len(found) or not len(spans):
        return pd.DataFrame(
            columns=[
                "id",
                "name",
                "longitude",
                "latitude",
                "elevation",
                "source",
                "first",
                "last",
                "resolution",
                "rows",
            ]
        )
    joined = found.merge(
        spans.rename(columns={"station": "id", "start": "first", "end": "last"}), on="id", suffixes=("", "_series")
    )
    return joined[["id", "name", "longitude", "latitude", "elevation", "source", "first", "last", "resolution", "rows"]]


def quality(viewer: Viewer, home: Platform, station: str, resolution: str) -> pd.DataFrame:
    """Return how many values of each variable are good, suspect, failed or missing."""
    rights.require(viewer, "station.read")
    return flags.summary(home.store.weather(station, resolution))


def series(viewer: Viewer, home: Platform, station: str, start: date, end: date) -> xr.Dataset:
    """Return a station's daily weather with its flags."""
    rights.require(viewer, "station.read")
    return home.store.weather(station, "daily", start, end)
