"""Light on many slopes, hour by hour, beside pvlib's own transposition broadcast over the same slopes."""

import time

import numpy as np
import pandas as pd
import pvlib
import pytest

from agro.terrain import slope_light, sunlight

PLACE = (30.0, 107.0, 400.0)
PIXELS, DAYS = 65_536, 30
BAR = 200e6  # px-hours per CPU-second


def per_cpu_second(work, amount, rounds=5):
    work()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return amount / float(np.median(spent))


@pytest.fixture(scope="module")
def case():
    times = pd.date_range("2023-05-31 16:30", periods=24 * DAYS, freq="h")
    sky = pvlib.location.Location(*PLACE[:2], altitude=PLACE[2]).get_clearsky(
        times.tz_localize("UTC"), model="haurwitz"
    )
    ghi = 0.6 * sky["ghi"].to_numpy()
    dni, dhi = sunlight.split_ghi(ghi, times, *PLACE)
    rng = np.random.default_rng(0)
    slope, aspect = rng.uniform(0, 40, PIXELS), rng.uniform(0, 360, PIXELS)
    horizon = rng.uniform(0, 20, (32, PIXELS)).astype(np.float32)
    return times, (ghi, dni, dhi), slope, aspect, horizon, rng.uniform(0.7, 1, PIXELS)


def test_daily_sums_of_hours_with_horizon(case, benchmark):
    times, values, slope, aspect, horizon, view = case
    light = sunlight.sun(times, *PLACE, *values)
    day = np.repeat(np.arange(DAYS), 24)

    def days():
        return sunlight.hourly_slope_irradiance(light, slope, aspect, horizon, view, day=day)

    rate = per_cpu_second(days, PIXELS * 24 * DAYS)
    daylight = rate * float((light.beam[light.elevation > 0] > 0).sum()) / (24 * DAYS)
    benchmark.extra_info |= {"px_hours_per_cpu_s": rate, "of_them_with_sun": daylight}
    benchmark.pedantic(days, rounds=3)
    assert rate > BAR


def test_each_hour_with_horizon(case, benchmark):
    times, values, slope, aspect, horizon, view = case
    light = sunlight.sun(times, *PLACE, *values)

    def hours():
        return sunlight.hourly_slope_irradiance(light, slope, aspect, horizon, view)

    rate = per_cpu_second(hours, PIXELS * 24 * DAYS, rounds=3)
    benchmark.extra_info["px_hours_per_cpu_s"] = rate
    benchmark.pedantic(hours, rounds=3)
    assert rate > BAR


def test_pvlib_broadcast_over_the_same_slopes(case, benchmark):
    times, (ghi, dni, dhi), slope, aspect, _, _ = case
    sun = pvlib.solarposition.get_solarposition(times.tz_localize("UTC"), *PLACE[:2], altitude=PLACE[2])
    extra = pvlib.irradiance.get_extra_radiation(times).to_numpy()
    noon = int(np.argmax(ghi))

    def hour():
        return pvlib.irradiance.get_total_irradiance(
            slope, aspect, sun["zenith"].iloc[noon], sun["azimuth"].iloc[noon], dni[noon], ghi[noon], dhi[noon],
            dni_extra=extra[noon], albedo=0.2, model="haydavies",
        )["poa_global"]  # fmt: skip

    benchmark.extra_info["px_hours_per_cpu_s"] = per_cpu_second(hour, PIXELS)
    theirs = benchmark.pedantic(hour, rounds=3)
    light = sunlight.sun(times, *PLACE, ghi, dni, dhi)
    ours = sunlight.hourly_slope_irradiance(light, slope, aspect)[noon]
    assert ours == pytest.approx(theirs, rel=1e-5)


def test_beam_ratio_of_ten_thousand_places(case, benchmark):
    _, _, slope, aspect, horizon, _ = case
    n, days = 10_000, np.arange(1, 366, 5)
    latitude = np.random.default_rng(1).uniform(29.5, 30.5, n)

    def ratios():
        return slope_light.beam_ratio(latitude, slope[:n], aspect[:n], horizon[:, :n], days)

    benchmark.extra_info["place_days_per_cpu_s"] = per_cpu_second(ratios, n * days.size, rounds=3)
    benchmark.pedantic(ratios, rounds=3)
