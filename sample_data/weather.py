"""Daily weather of the sample county's three stations: 25 synthetic years with the normals of a Three Gorges valley."""

from functools import lru_cache

import numpy as np
import xarray as xr

from agro import variables
from agro.farm import Station
from sample_data import SEED, climate, generator, names, seasons, terrain
from sample_data.climate import by_day
from sample_data.ground import Ground

FIRST_DAY, LAST_DAY = np.datetime64("2001-09-21"), np.datetime64("2026-09-20")  # what was "observed"
BEYOND = 60  # days after LAST_DAY that are fixed already: what forecasts are scored against
HEIGHTS = {"valley": 200.0, "middle": 330.0, "high": 640.0}  # m
VALLEY_FLOOR = 175.0  # m
DIGITS = {"radiation": 2}


def make_stations(seed=SEED):
    """Return {key: Station} of the valley (about 200 m), the middle (330 m) and the high station (640 m)."""
    return dict(_stations(int(seed)))


@lru_cache(maxsize=4)
def _stations(seed):
    dem = terrain.make_dem(seed)
    ground = Ground(dem)
    x, y = np.meshgrid(ground.x, ground.y)
    to_degrees = terrain.Transformer.from_crs(terrain.CRS, "EPSG:4326", always_xy=True)
    stations = {}
    for key, height in HEIGHTS.items():
        away = np.hypot(x - ground.x.mean(), y - ground.y.mean())
        place = np.argmin(away + 300 * np.abs(ground.height - height) + 200 * np.maximum(ground.slope - 10, 0))
        longitude, latitude = to_degrees.transform(x.flat[place], y.flat[place])
        stations[key] = Station(
            id=f"synthetic-{key}",
            name=names.STATIONS[key],
            longitude=round(longitude, 5),
            latitude=round(latitude, 5),
            elevation=round(float(dem.values.flat[place]), 1),
            source=f"sample_data seed {seed}: synthetic weather / 合成气象，非实测",
            synthetic=True,
        )
    return stations


def make_daily(seed=SEED, end=LAST_DAY):
    """Return the daily weather of the three stations.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers, whatever the end.
    end : datetime64, str or date
        Last day, up to 60 days beyond `LAST_DAY`.

    Returns
    -------
    dict of Dataset, dims (time,)
        {"valley", "middle", "high"}: tmin tmax tmean [degC], rh [%], wind [m s-1], rain [mm], radiation [MJ m-2 d-1],
        sunshine [h] from 2001-09-21; attrs name, latitude, longitude, elevation, source, synthetic = 1.
    """
    end = np.datetime64(end, "D")
    if not FIRST_DAY < end <= LAST_DAY + BEYOND:
        raise ValueError(f"end must lie between {FIRST_DAY} and {LAST_DAY + BEYOND}; got {end}")
    stations = make_stations(seed)
    time = days(LAST_DAY + BEYOND)
    kept = time <= end
    values = _truth(int(seed))
    return {
        key: dataset(time[kept], {k: v[kept, 0] for k, v in values[key].items()}, stations[key]) for key in stations
    }


def days(end):
    """Return the days from the first one to `end`."""
    return np.arange(FIRST_DAY, end + 1)


def dataset(time, values, station, dims=("time",), **attrs):
    """Return a labelled Dataset with the station's attributes."""
    result = xr.Dataset(coords={"time": np.asarray(time, "datetime64[ns]")})
    for name, array in values.items():
        result[name] = variables.labelled(xr.DataArray(array, dims=dims), name)
    result.attrs = {
        "name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "elevation": station.elevation,
        "source": station.source,
        "wind_height": 10.0,  # m
        "synthetic": 1,
    } | attrs
    return result


def at_stations(time, found, seed, local):
    """Return {key: {variable: values, shape (day, member)}} from the weather at 325 m.

    Parameters
    ----------
    found : dict of ndarray, shape (day, member)
        See `generator.reference`.
    local : dict of ndarray, shape (day, member, 4)
        Each station's own noise.
    """
    heights = {key: station.elevation for key, station in make_stations(seed).items()}
    return {key: _at(time, found, height, local[key]) for key, height in heights.items()}


def local_noise(count, members, random):
    """Return {key: standard normals, shape (day, member, 4)}."""
    draws = random.standard_normal((count, members, len(HEIGHTS), 4))
    return {key: draws[:, :, k] for k, key in enumerate(HEIGHTS)}


@lru_cache(maxsize=2)
def background(seed):
    """Return (draws of the weather that was and will be, spells, fit) up to `BEYOND` days after `LAST_DAY`."""
    time = days(LAST_DAY + BEYOND)
    draws = generator.noise(len(time), 1, np.random.default_rng([seed, 5]))
    spells = seasons.spells(time, seed)
    past = time <= LAST_DAY
    fit = generator.fitted(
        time[past], {k: v[past] for k, v in draws.items()}, seasons.Spells(*(s[past] for s in spells))
    )
    return draws, spells, fit


@lru_cache(maxsize=2)
def _truth(seed):
    time = days(LAST_DAY + BEYOND)
    draws, spells, fit = background(seed)
    local = local_noise(len(time), 1, np.random.default_rng([seed, 6]))
    return at_stations(time, generator.reference(time, draws, spells, fit), seed, local)


def _at(time, found, height, local):
    """Return the weather at `height` [m]: lapse, cold pools and fog in the valley, more wind and rain above."""
    above = height - climate.HEIGHT
    winter = by_day(np.array([1, 0.8, 0.3, 0, 0, 0, 0, 0, 0, 0.2, 0.7, 1.0]), time)[:, None]
    calm = np.clip((found["clearness"] - 0.25) / 0.2, 0, 1) * np.clip((1.6 - found["wind"]) / 0.6, 0, 1)
    pool = 0.025 * max(0.0, 100 - (height - VALLEY_FLOOR)) * calm * (0.25 + 0.75 * winter)
    own = 0.25 * local[..., 0]
    tmax = found["tmax"] - by_day(climate.LAPSE_MAX, time)[:, None] * above + own
    tmin = found["tmin"] - by_day(climate.LAPSE_MIN, time)[:, None] * above + own + 0.2 * local[..., 1] - pool
    lapse = by_day(0.5 * climate.LAPSE_MAX + 0.5 * climate.LAPSE_MIN, time)[:, None]
    tmean = found["tmean"] - lapse * above + own - 0.35 * pool
    tmean = np.clip(tmean, tmin + 0.25 * (tmax - tmin), tmax - 0.25 * (tmax - tmin))
    fog = max(0.0, 1 - (height - VALLEY_FLOOR) / 100) * winter
    rain = found["rain"] * (1 + 0.0003 * above) * np.exp(0.22 * local[..., 2] - 0.024)
    outside, length = (values[:, None] for values in climate.sun(time))
    clearness = np.clip(found["clearness"] * (1 - 0.05 * fog) * np.exp(0.03 * local[..., 3]), 0.06, 0.75)
    values = {
        "tmin": tmin,
        "tmax": tmax,
        "tmean": tmean,
        "rh": np.clip(found["rh"] + 3 * fog + 0.006 * above + 1.0 * local[..., 1], 30, 99),
        "wind": np.maximum(found["wind"] * (1 + 0.0012 * above) * np.exp(0.08 * local[..., 3]), 0.2),
        "rain": np.where(found["wet"] > 0, np.maximum(rain, 0.1), 0.0),
        "radiation": clearness * outside,
        "sunshine": length * np.clip((clearness - 0.19) / 0.5, 0, 0.97),
    }
    return {name: np.round(array, DIGITS.get(name, 1)) for name, array in values.items()}
