"""The sample county, made once for its tests."""

import numpy as np
import pandas as pd
import pytest

from sample_data import climate, hourly, plots, terrain, weather


@pytest.fixture(scope="package")
def dem():
    return terrain.make_dem()


@pytest.fixture(scope="package")
def orchards(dem):
    return plots.make_plots(dem)


@pytest.fixture(scope="package")
def daily():
    return weather.make_daily()


@pytest.fixture(scope="package")
def hours():
    """Hourly weather of the three stations, indexed by local time."""
    made = {key: dataset.to_dataframe() for key, dataset in hourly.make_hourly().items()}
    for table in made.values():
        table.index += pd.Timedelta(hours=8)
    return made


@pytest.fixture(scope="package")
def hill(daily):
    """The middle station's 25 years brought to 300 m by the lapse of each month."""
    middle = daily["middle"]
    table, rise = middle.to_dataframe(), middle.attrs["elevation"] - 300
    month = table.index.month.to_numpy() - 1
    for name, lapse in {
        "tmax": climate.LAPSE_MAX,
        "tmin": climate.LAPSE_MIN,
        "tmean": (climate.LAPSE_MAX + climate.LAPSE_MIN) / 2,
    }.items():
        table[name] += lapse[month] * rise
    table["et0"] = evapotranspiration(table, 300.0)
    table["season"] = table.index.year + (table.index.month >= 10)  # the winter belongs to the year it ends in
    return table


@pytest.fixture(scope="package")
def last_years(hill):
    """The last three years to the day, as hourly weather has them."""
    return hill.iloc[-1096:].assign(window=np.arange(1096) // 366)


def evapotranspiration(table, elevation):
    """Return the reference evapotranspiration of FAO-56 eq. 6 [mm]; written apart from the product's own."""
    outside, _ = climate.sun(table.index.values.astype("datetime64[D]"))

    def saturation(temperature):
        return 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))

    full = (saturation(table.tmax) + saturation(table.tmin)) / 2
    actual = table.rh / 100 * full
    slope = 4098 * saturation(table.tmean) / (table.tmean + 237.3) ** 2
    psychrometric = 0.665e-3 * 101.3 * ((293 - 0.0065 * elevation) / 293) ** 5.26
    wind = table.wind * 4.87 / np.log(67.8 * 10 - 5.42)  # from 10 m to 2 m, eq. 47
    clear = (0.75 + 2e-5 * elevation) * outside
    kelvin = ((table.tmax + 273.16) ** 4 + (table.tmin + 273.16) ** 4) / 2
    cloud = 1.35 * np.minimum(table.radiation / clear, 1) - 0.35
    net = 0.77 * table.radiation - 4.903e-9 * kelvin * (0.34 - 0.14 * np.sqrt(actual)) * cloud
    drying = psychrometric * 900 / (table.tmean + 273) * wind * (full - actual)
    return (0.408 * slope * net + drying) / (slope + psychrometric * (1 + 0.34 * wind))
