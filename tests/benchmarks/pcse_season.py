"""One season of WOFOST 7.2, water-limited, by PCSE from PyPI alone: the peer beside which our season stands.

Crops, soil and weather come from the demonstration database that the package carries for its own tests
(`pcse/tests/test_data/pcse_dump.sql`; grid 31031 near Seville, 1999 to 2002). Nothing is fetched from a network.
PCSE is free under EUPL 1.2; it is run here and none of it is copied.
"""

import logging.config
import os
import sqlite3
import sys
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from unittest import mock

import pandas as pd
import pytest

GRID, YEAR = 31031, 2000
CROPS = {"winter wheat": 1, "grain maize": 2, "spring barley": 3, "potato": 7, "winter rapeseed": 10, "sunflower": 11}
"""Numbers of the crops that have a variety on the grid."""

ANGSTROM = 0.29, 0.49  # of PCSE's own grid weather; in its ET0 they tell how bright a clear sky is, no more
TOTALS = ("WTRAT", "EVST", "EVWT", "TSR", "RAINT", "TOTINF", "TOTIRR", "PERCT", "LOSST")  # in cm


class Season(NamedTuple):
    """What PCSE computed for one plot."""

    daily: pd.DataFrame  # PCSE's names and units; what stands as the day begins, and the rates of the day
    totals: dict[str, float]  # mm: transpiration WTRAT, evaporation EVST, loss below the soil LOSST, ...
    weather: pd.DataFrame  # as given, with the `e0`, `es0`, `et0` that PCSE used
    crop: dict  # PCSE's parameters
    soil: dict  # PCSE's parameters: water contents SMFCF, SMW, SM0 in m3 m-3, depth RDMSOL in cm
    plot_days: int  # all simulated days
    crop_days: int  # of these with a crop; the others cost less
    cpu_seconds: float  # of building and running the model, parameters read and weather packed before


def season(weather, crop="winter wheat", *, emergence=None, crop_changes=None, outputs=()):
    """Return one season of WOFOST 7.2 with PCSE's freely draining water balance, from the first to the last day.

    Parameters
    ----------
    weather : DataFrame
        By day without gaps: `tmin`, `tmax` [degC], `radiation` [MJ m-2 d-1], `vapour_pressure` [kPa], `wind` at 2 m
        [m s-1], `rain` [mm]. PCSE computes the evaporation of open water, bare soil and grass unless `e0`, `es0`,
        `et0` [mm] stand there too. In `attrs`: `latitude`, `longitude` [degrees], `elevation` [m].
    crop : str
        One of `CROPS`; it ends when ripe.
    emergence : date
        The first day of `weather` unless given.
    crop_changes : dict
        Parameters that differ from the database's, by PCSE's names.
    outputs : sequence of str
        PCSE's names of what `daily` holds beyond what PCSE keeps by itself.

    Returns
    -------
    Season
    """
    import_pcse()
    from pcse.base import ParameterProvider
    from pcse.models import Wofost72_WLP_CWB
    from pcse.tests.db_input import fetch_cropdata, fetch_sitedata, fetch_soildata

    base = _database()
    plant = fetch_cropdata(base, GRID, YEAR, CROPS[crop]) | (crop_changes or {})
    soil = fetch_soildata(base, GRID)
    parameters = ParameterProvider(cropdata=plant, soildata=soil, sitedata=fetch_sitedata(base, GRID, YEAR))
    weather = _with_evaporation(weather)
    provider = _provider(weather)
    calendar = _calendar(crop, weather.index, emergence)

    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of its own traitlets
        start = time.process_time()
        model = Wofost72_WLP_CWB(parameters, provider, calendar, output_vars=list(outputs))
        model.run_till_terminate()
        seconds = time.process_time() - start

    daily = pd.DataFrame(model.get_output()).set_index("day")
    daily.index = pd.to_datetime(daily.index)
    totals = {name: 10 * value for name, value in model.get_terminal_output().items() if name in TOTALS}
    return Season(daily, totals, weather, plant, soil, len(daily), int(daily["LAI"].notna().sum()), seconds)


def own_weather(first, last):
    """Return the weather of PCSE's database between two days, in the columns that `season` takes, with PCSE's `et0`."""
    import_pcse()
    from pcse.util import wind10to2

    base = _database()
    query = "select * from grid_weather where grid_no = ? and day between ? and ? order by day"
    rows = base.execute(query, (GRID, str(first), str(last))).fetchall()
    site = base.execute("select latitude, longitude, altitude from grid where grid_no = ?", (GRID,)).fetchone()
    weather = pd.DataFrame(
        {
            "tmin": [row.minimum_temperature for row in rows],
            "tmax": [row.maximum_temperature for row in rows],
            "radiation": [row.calculated_radiation / 1000 for row in rows],  # kJ
            "vapour_pressure": [row.vapour_pressure / 10 for row in rows],  # hPa
            "wind": [wind10to2(row.windspeed) for row in rows],
            "rain": [float(row.rainfall) for row in rows],
            "e0": [row.e0 for row in rows],
            "es0": [row.es0 for row in rows],
            "et0": [row.et0 for row in rows],
        },
        index=pd.DatetimeIndex([row.day for row in rows]),
    )
    weather.attrs = {"latitude": site.latitude, "longitude": site.longitude, "elevation": site.altitude}
    return weather


def published_days(crop):
    """Return what PCSE's makers publish for `crop` on the grid in 2000, water-limited, by day in PCSE's units."""
    import_pcse()
    query = (
        "select * from wofost_unittest_benchmarks where grid_no = ? and crop_no = ? and simulation_mode = 'wlp' "
        "and member_id = 0 order by day"
    )
    rows = pd.DataFrame(_database().execute(query, (GRID, CROPS[crop])).fetchall())
    return rows.set_index(pd.DatetimeIndex(rows["day"]))


def monitored_days(station):
    """Return the weather and `et0` of a station of the European crop monitoring, of which PCSE carries four.

    Columns as `season` takes them, but `wind` at 10 m; days with a gap are left out.
    """
    names = {
        "TEMPERATURE_MIN": "tmin", "TEMPERATURE_MAX": "tmax", "VAPOURPRESSURE": "vapour_pressure",
        "RADIATION": "radiation", "WINDSPEED_10M": "wind", "ET0": "et0",
    }  # fmt: skip
    table = pd.read_csv(_test_data() / f"{station}.csv", parse_dates=["DAY"], date_format="%d-%b-%y", index_col="DAY")
    days = table.rename(columns=names)[[*names.values()]].dropna()
    days["vapour_pressure"] /= 10  # hPa
    days["radiation"] /= 1000  # kJ
    return days


@cache
def import_pcse() -> ModuleType:
    """Import PCSE, which on import writes into the home, prints, and takes over the log of the whole process.

    Where it is missing the test is skipped.
    """
    with (
        tempfile.TemporaryDirectory(prefix="pcse-") as home,
        mock.patch.dict(os.environ, {"HOME": home, "USER": "pcse"}),  # without a user it writes where all may
        mock.patch.object(sys, "path", sys.path[:]),
        mock.patch.object(logging.config, "dictConfig"),
        mock.patch("builtins.print"),
    ):
        return pytest.importorskip("pcse", reason="needs the peers: uv sync --group peers")


def _test_data() -> Path:
    return Path(import_pcse().__file__).parent / "tests" / "test_data"


@cache
def _database() -> sqlite3.Connection:
    """Return PCSE's demonstration database, in memory."""
    from pcse.tests.run_wofost import namedtuple_factory

    base = sqlite3.connect(":memory:")
    base.executescript((_test_data() / "pcse_dump.sql").read_text(encoding="utf-8"))
    base.row_factory = namedtuple_factory
    return base


def _with_evaporation(weather):
    """Return `weather` with `e0`, `es0`, `et0` [mm] by PCSE where they are not given."""
    from pcse.util import reference_ET

    if "et0" in weather:
        return weather
    site = weather.attrs
    evaporation = [
        reference_ET(
            day.date(),
            site["latitude"],
            site["elevation"],
            row.tmin,
            row.tmax,
            row.radiation * 1e6,
            row.vapour_pressure * 10,
            row.wind,
            *ANGSTROM,
        )
        for day, row in zip(weather.index, weather.itertuples(), strict=True)
    ]
    columns = dict(zip(("e0", "es0", "et0"), zip(*evaporation, strict=True), strict=True))
    return weather.assign(**{name: [max(0.0, value) for value in values] for name, values in columns.items()})


def _provider(weather):
    """Return PCSE's form of `weather`."""
    from pcse.base import WeatherDataContainer, WeatherDataProvider

    site = weather.attrs
    provider = WeatherDataProvider()
    provider.latitude, provider.longitude, provider.elevation = site["latitude"], site["longitude"], site["elevation"]
    for time_, row in zip(weather.index, weather.itertuples(), strict=True):
        day = WeatherDataContainer(
            DAY=time_.date(),
            LAT=site["latitude"],
            LON=site["longitude"],
            ELEV=site["elevation"],
            TMIN=row.tmin,
            TMAX=row.tmax,
            IRRAD=row.radiation * 1e6,
            VAP=row.vapour_pressure * 10,
            WIND=row.wind,
            RAIN=row.rain / 10,
            E0=row.e0 / 10,
            ES0=row.es0 / 10,
            ET0=row.et0 / 10,
        )
        provider._store_WeatherDataContainer(day, time_.date())
    return provider


def _calendar(crop, days, emergence):
    """Return PCSE's list of campaigns: one crop, then nothing up to the last day."""
    first = days[0].date()
    sown = {
        "crop_name": crop,
        "variety_name": crop,
        "crop_start_date": emergence or first,
        "crop_start_type": "emergence",
        "crop_end_date": None,
        "crop_end_type": "maturity",
        "max_duration": len(days),
    }
    return [
        {first: {"CropCalendar": sown, "TimedEvents": None, "StateEvents": None}},
        {days[-1].date(): None},
    ]
