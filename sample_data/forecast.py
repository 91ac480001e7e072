"""Fifteen-day forecasts of the sample county in 20 members, and their file as Open-Meteo writes it. Synthetic."""

import json

import numpy as np

from sample_data import SEED, generator, weather

MEMBERS, DAYS = 20, 15
FORESIGHT = np.clip(0.97 - 0.058 * np.arange(DAYS), 0.0, 1.0)  # share of each day's noise that forecasters know
OPEN_METEO = {
    "temperature_2m_max": ("tmax", "°C", 1.0),
    "temperature_2m_min": ("tmin", "°C", 1.0),
    "temperature_2m_mean": ("tmean", "°C", 1.0),
    "relative_humidity_2m_mean": ("rh", "%", 1.0),
    "wind_speed_10m_mean": ("wind", "m/s", 1.0),
    "precipitation_sum": ("rain", "mm", 1.0),
    "shortwave_radiation_sum": ("radiation", "MJ/m²", 1.0),
    "sunshine_duration": ("sunshine", "s", 3600.0),
}
"""{Open-Meteo's name: (ours, its unit, its units in one of ours)}"""


def make_forecast(seed=SEED, issued=weather.LAST_DAY):
    """Return the forecast issued on the evening of a day, from the same generator as the history.

    Members share the noise of the weather that will come, less so with every day of lead: right at first, nearly as
    spread as the climate in the end.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers.
    issued : datetime64
        Last day known, up to 45 days after `weather.LAST_DAY`.

    Returns
    -------
    dict of Dataset, dims (member, time)
        {"valley", "middle", "high"}: the variables of `weather.make_daily` in 20 members over 15 days; attrs also
        issued (ISO).
    """
    issued = np.datetime64(issued, "D")
    known = int((issued - weather.FIRST_DAY).astype(int)) + 1
    time = weather.days(issued + DAYS)
    truth, spells, fit = weather.background(int(seed))
    random = np.random.default_rng([int(seed), 8, known])
    fresh = generator.noise(DAYS, MEMBERS, random)
    share = FORESIGHT[:, None]
    draws = {
        name: np.concatenate(
            [
                np.broadcast_to(values[:known], (known, MEMBERS)),
                share * values[known : known + DAYS] + np.sqrt(1 - share**2) * fresh[name],
            ]
        )
        for name, values in truth.items()
    }
    found = generator.reference(time, draws, type(spells)(*(spell[: len(time)] for spell in spells)), fit)
    ahead = {name: values[known:] for name, values in found.items()}
    local = weather.local_noise(DAYS, MEMBERS, random)
    members = weather.at_stations(time[known:], ahead, seed, local)
    attrs = {"issued": f"{issued}T20:00:00+08:00"}
    return {
        key: weather.dataset(
            time[known:], {name: array.T for name, array in members[key].items()}, station, ("member", "time"), **attrs
        ).assign_coords(member=np.arange(MEMBERS))
        for key, station in weather.make_stations(seed).items()
    }


def write_forecast_json(dataset, path):
    """Write one station's forecast in the form of Open-Meteo's ensemble answers, with a note that it is synthetic."""
    units, daily = {"time": "iso8601"}, {"time": [str(day) for day in dataset.time.values.astype("datetime64[D]")]}
    for foreign, (own, unit, factor) in OPEN_METEO.items():
        for member in range(dataset.sizes["member"]):
            name = foreign if member == 0 else f"{foreign}_member{member:02d}"
            units[name] = unit
            daily[name] = np.round(dataset[own].values[member] * factor, 2).tolist()
    answer = {
        "latitude": dataset.attrs["latitude"],
        "longitude": dataset.attrs["longitude"],
        "elevation": dataset.attrs["elevation"],
        "generationtime_ms": 0.0,
        "utc_offset_seconds": 28800,
        "timezone": "Asia/Shanghai",
        "timezone_abbreviation": "GMT+8",
        "synthetic": True,
        "name": dataset.attrs["name"],
        "source": dataset.attrs["source"],
        "issued": dataset.attrs["issued"],
        "daily_units": units,
        "daily": daily,
    }
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
