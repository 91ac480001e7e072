import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.terrain import microclimate, site_weather
from agro.weather import radiation
from growth_model import cultivar as crops
from growth_model import engine, orchard
from growth_model import weather as growth_weather
from growth_model.stages import EVENTS

LATITUDE = 30.5
OPEN = {"sky_view": 1.0, "winter_beam": 1.0, "summer_beam": 1.0, "cold": 0.0}


def cells(tmin, tmax, clearness=0.4, wind=1.0, start="2024-01-01"):
    """Return one cell at 300 m, lit by skies of one clearness."""
    time = pd.date_range(start, periods=len(tmin))
    outside = radiation.extraterrestrial(LATITUDE, time.day_of_year.to_numpy())
    values = {
        "tmin": tmin, "tmax": tmax, "tmean": (np.asarray(tmin) + tmax) / 2, "radiation": outside * clearness,
        "wind": np.full(len(time), wind), "rh": np.full(len(time), 80.0),
    }  # fmt: skip
    weather = xr.Dataset({k: (("cell", "time"), np.asarray(v, float)[None]) for k, v in values.items()}, {"time": time})
    leap = pd.date_range("2024-01-01", "2024-12-31")
    usual = 0.4 * radiation.extraterrestrial(LATITUDE, leap.day_of_year.to_numpy())
    normal = xr.Dataset({"radiation": (("cell", "time"), usual[None])}, {"time": leap})
    weather = weather.assign_coords(elevation=("cell", [300.0]))
    return site_weather.sunlit(weather, normal, LATITUDE)


def driven(weather, elevation=300.0, **place):
    """Return tmin, tmax, tmean [degC] and the light over the usual of a place in the cell's weather, (day, 4)."""
    row = orchard.place_rows(elevation=elevation, rise=elevation - 300.0, **{**OPEN, **place})
    start = weather["time"].to_numpy()[0]
    rows, navel = growth_weather.rows(weather), crops.load("navel").row[None, None]
    return engine.run(rows, row, navel, start, LATITUDE, shown=("tmin", "tmax", "tmean", "air.light")).daily[0, 0]


def test_flat_open_ground_at_the_cells_height_has_the_cells_weather():
    weather = cells(np.linspace(0, 20, 60), np.linspace(8, 30, 60))
    got = driven(weather)
    for k, name in enumerate(("tmin", "tmax", "tmean")):
        assert got[:, k] == pytest.approx(weather[name].to_numpy()[0], abs=1e-5)
    assert got[:, 3] == pytest.approx(np.ones(60), abs=1e-5)  # the usual light


def test_a_hundred_metres_up_it_is_cooler_by_the_months_lapse_rate():
    weather = cells(np.full(31, 5.0), np.full(31, 12.0), start="2024-07-01")
    day, night = microclimate.lapse_rates(7)
    lower, higher = driven(weather), driven(weather, elevation=400.0)
    assert lower[:, 1] - higher[:, 1] == pytest.approx(np.full(31, 100 * day), abs=1e-4)
    assert lower[:, 0] - higher[:, 0] == pytest.approx(np.full(31, 100 * night), abs=1e-4)


def test_under_an_overcast_sky_a_slope_is_as_warm_as_flat_ground():
    weather = cells(np.full(30, 5.0), np.full(30, 12.0), clearness=0.12)
    flat, shaded = driven(weather), driven(weather, winter_beam=0.3)
    assert flat[:, 1] == pytest.approx(shaded[:, 1], abs=0.05)
    clear = cells(np.full(30, 5.0), np.full(30, 12.0), clearness=0.65)
    assert (driven(clear)[:, 1] - driven(clear, winter_beam=0.3)[:, 1]).min() > 0.3


def test_the_valley_floor_is_colder_in_calm_clear_nights_only():
    def chill(**sky):
        weather = cells(np.full(20, 3.0), np.full(20, 14.0), **sky)
        return float((driven(weather, cold=1.0) - driven(weather))[:, 0].mean())

    assert chill(clearness=0.7, wind=0.8) < -0.5
    assert chill(clearness=0.15, wind=0.8) == pytest.approx(0, abs=0.05)
    assert chill(clearness=0.7, wind=8.0) == pytest.approx(0, abs=0.05)


def test_a_day_without_radiation_has_the_usual_light_and_one_without_temperature_stays_unknown():
    weather = cells(np.r_[5.0, np.nan, 5.0], np.r_[12.0, np.nan, 12.0])
    dark = cells(np.full(3, 5.0), np.full(3, 12.0), clearness=np.array([0.4, np.nan, 0.4]))
    assert np.isnan(driven(weather)[1, :3]).all()
    assert driven(dark)[:, 3] == pytest.approx(np.ones(3), abs=1e-5)


springs = st.tuples(st.floats(4, 14), st.floats(0, 4), st.integers(0, 2**31), st.floats(0.1, 0.7))


@settings(max_examples=25)
@given(springs, st.floats(0, 400), st.sampled_from(crops.names()))
def test_outside_cold_pools_a_higher_plot_never_blooms_before_the_same_plot_lower(spring, rise, key):
    mean, noise, seed, clearness = spring
    day = np.arange(300)
    rng = np.random.default_rng(seed)
    middle = mean + 9 * np.sin(2 * np.pi * (day - 165) / 365) + rng.normal(0, noise, 300)
    weather = cells(middle - 4, middle + 4, clearness=clearness, start="2023-11-01")
    places = orchard.place_rows(elevation=[300.0, 300.0 + rise], rise=[0.0, rise], **OPEN)
    rows, crop = growth_weather.rows(weather), crops.load(key).row[None, None]
    run = engine.run(rows, places, crop, "2023-11-01", LATITUDE, cell=[0, 0], shown=())
    lower, higher = run.dates[:, 0, 0, EVENTS.index("65")]
    assert np.isnan(higher) or higher >= lower - 1e-3
