import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.terrain import sunlight

PLACE = (29.563, 106.5516, 400.0)
PARTS = ["beam", "circumsolar", "isotropic", "reflected"]


def by_pvlib(times, slope, aspect, ghi, dni, dhi, model="haydavies"):
    times = pd.DatetimeIndex(times).tz_localize("UTC")
    sun = pvlib.solarposition.get_solarposition(times, *PLACE[:2], altitude=PLACE[2])
    return pvlib.irradiance.get_total_irradiance(
        slope, aspect, sun["zenith"].to_numpy(), sun["azimuth"].to_numpy(), dni, ghi, dhi, albedo=0.2,
        dni_extra=pvlib.irradiance.get_extra_radiation(times).to_numpy(), model=model,
    )  # fmt: skip


moments = st.datetimes(pd.Timestamp("2020-01-01"), pd.Timestamp("2030-12-31"))
slopes, aspects = st.floats(0, 90), st.floats(0, 360)


@settings(max_examples=150)
@given(moments, slopes, aspects, st.floats(0, 1000), st.floats(0, 500))
def test_an_open_slope_gets_what_pvlib_gives(moment, slope, aspect, dni, dhi):
    ghi = 0.5 * dni + dhi
    ours = sunlight.slope_irradiance([moment], *PLACE, [ghi], [dni], [dhi], slope, aspect)
    theirs = by_pvlib([moment], slope, aspect, *(np.array([x]) for x in (ghi, dni, dhi)))
    assert float(ours["total"][0]) == pytest.approx(float(theirs["poa_global"][0]), abs=1e-6, rel=1e-9)
    assert float(ours["beam"][0]) == pytest.approx(float(theirs["poa_direct"][0]), abs=1e-6, rel=1e-9)
    sky = float(ours["isotropic"][0] + ours["circumsolar"][0])
    assert sky == pytest.approx(float(theirs["poa_sky_diffuse"][0]), abs=1e-6, rel=1e-9)
    assert float(ours["reflected"][0]) == pytest.approx(float(theirs["poa_ground_diffuse"][0]), abs=1e-6, rel=1e-9)


@pytest.mark.parametrize(
    ("time", "zenith", "slope", "aspect", "expected"),
    [
        ("2024-01-15 04:00", 52.9988, 25, 180, 733.09),
        ("2024-01-15 04:00", 52.9988, 25, 0, 267.55),
        ("2024-01-15 04:00", 52.9988, 25, 90, 577.95),
        ("2024-07-15 00:30", 60.5971, 25, 90, 717.57),
        ("2024-07-15 00:30", 60.5971, 35, 225, 97.96),
    ],
)
def test_slopes_in_chongqing_get_the_published_light(time, zenith, slope, aspect, expected):  # T14.1, T14.2
    ghi = 600 * np.cos(np.radians(zenith)) + 180
    light = sunlight.slope_irradiance([time], *PLACE, [ghi], [600.0], [180.0], slope, aspect)
    assert float(light["total"][0]) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("month", "turbidity", "expected"),
    [(1, 2.75, (4.08, 6.42, 0.93, 3.80)), (7, 3.75, (7.97, 7.01, 7.10, 7.22)), (10, 3.31, (5.44, 7.00, 2.61, 5.00))],
)
def test_clear_days_in_chongqing_sum_to_the_published_table(month, turbidity, expected):
    # T14.3; turbidity of pvlib's table, which begins with 2.75 in January
    times = pd.date_range(f"2024-{month:02d}-15", periods=96, freq="15min", tz="Asia/Shanghai").tz_convert("UTC")
    sky = pvlib.location.Location(PLACE[0], PLACE[1], altitude=400).get_clearsky(times, linke_turbidity=turbidity)
    sums = [
        float(sunlight.slope_irradiance(times, *PLACE, sky.ghi, sky.dni, sky.dhi, slope, aspect)["total"].sum()) / 4000
        for slope, aspect in [(0, np.nan), (30, 180), (30, 0), (30, 90)]
    ]
    assert sums == pytest.approx(expected, abs=0.02)


@given(moments, st.floats(0, 1000), st.floats(0, 500), aspects)
def test_flat_open_ground_gets_the_flat_sun(moment, dni, dhi, aspect):
    times = pd.DatetimeIndex([moment]).tz_localize("UTC")
    zenith = pvlib.solarposition.get_solarposition(times, *PLACE[:2], altitude=PLACE[2])["zenith"].iloc[0]
    dni = dni if zenith < 88 else 0.0  # lower, the circumsolar light is divided by a bound
    ghi = dni * max(np.cos(np.radians(zenith)), 0) + dhi
    flat = sunlight.slope_irradiance(times, *PLACE, [ghi], [dni], [dhi], 0.0, np.nan)
    turned = sunlight.slope_irradiance(times, *PLACE, [ghi], [dni], [dhi], 0.0, aspect)
    assert float(flat["total"][0]) == pytest.approx(ghi, abs=1e-6)
    assert float(turned["total"][0]) == float(flat["total"][0])


@given(moments, slopes, aspects, st.lists(st.floats(0, 60), min_size=8, max_size=8), st.floats(0, 30))
def test_a_higher_horizon_never_gives_more_light(moment, slope, aspect, horizon, higher):
    def light(horizon):
        return sunlight.slope_irradiance([moment], *PLACE, [500.0], [600.0], [200.0], slope, aspect, horizon, 0.8)

    low, high = light(np.array(horizon)), light(np.array(horizon) + higher)
    for part in PARTS:
        assert 0 <= float(high[part][0]) <= float(low[part][0])


def test_a_hidden_sun_leaves_sky_and_reflection():
    times = ["2024-01-15 04:00"]  # the sun stands 37 degrees high towards 161.6 degrees
    values = ([541.1], [600.0], [180.0], 20.0, 180.0)
    wall = np.where(np.arange(32) * 11.25 < 90, 0.0, 40.0)
    light = sunlight.slope_irradiance(times, *PLACE, *values, wall, 0.7)
    assert float(light["beam"][0]) == float(light["circumsolar"][0]) == 0
    assert float(light["reflected"][0]) == pytest.approx(0.2 * 541.1 * 0.3)
    extra = 600 / pvlib.irradiance.get_extra_radiation(pd.Timestamp(times[0]))
    assert float(light["isotropic"][0]) == pytest.approx(180 * (1 - extra) * 0.7)


def test_the_horizon_is_linear_between_its_directions_and_closes_at_north():
    horizon = np.array([10.0, 20.0, 0.0, 4.0])
    found = sunlight.horizon_at(horizon, np.array([0.0, 45.0, 90.0, 315.0, 359.999999, 360.0]))
    assert found == pytest.approx([10, 15, 20, 7, 10, 10], abs=1e-5)


def test_global_radiation_is_split_as_pvlib_splits_it():
    times = pd.date_range("2024-01-15", periods=24, freq="h")
    sun = pvlib.solarposition.get_solarposition(times.tz_localize("UTC"), *PLACE[:2], altitude=PLACE[2])
    ghi = 400 * np.maximum(np.cos(np.radians(sun["zenith"].to_numpy())), 0)
    dni, dhi = sunlight.split_ghi(ghi, times, *PLACE)
    assert dhi + dni * np.cos(np.radians(sun["zenith"].to_numpy())) == pytest.approx(ghi)
    assert (dni >= 0).all()


# the many-slope kernel


@pytest.fixture(scope="module")
def three_days():
    times = pd.date_range("2024-03-14 16:30", periods=72, freq="h")
    rng = np.random.default_rng(5)
    sun = pvlib.solarposition.get_solarposition(times.tz_localize("UTC"), *PLACE[:2], altitude=PLACE[2])
    clear = rng.uniform(0.1, 0.7, 72) * 1360 * np.maximum(np.cos(np.radians(sun["zenith"].to_numpy())), 0)
    dni, dhi = sunlight.split_ghi(clear, times, *PLACE)
    return times, clear, dni, dhi


def slopes_with_horizon(n):
    rng = np.random.default_rng(7)
    return rng.uniform(0, 60, n), rng.uniform(0, 360, n), rng.uniform(0, 40, (32, n)), rng.uniform(0.5, 1, n)


@pytest.mark.parametrize("hidden", [True, False])
def test_many_slopes_in_one_pass_get_what_each_gets_alone(three_days, hidden):
    times, ghi, dni, dhi = three_days
    slope, aspect, horizon, view = slopes_with_horizon(1500)
    many = sunlight.hourly_slope_irradiance(
        sunlight.sun(times, *PLACE, ghi, dni, dhi), slope, aspect, horizon if hidden else None, view if hidden else None
    )
    assert many.dtype == np.float32
    for k in range(0, 1500, 25):
        one = [horizon[:, k], view[k]] if hidden else [None, None]
        alone = sunlight.slope_irradiance(times, *PLACE, ghi, dni, dhi, slope[k], aspect[k], *one)["total"].to_numpy()
        assert many[:, k] == pytest.approx(alone, rel=1e-5, abs=1e-3)


def test_days_are_the_sums_of_their_hours(three_days):
    times, *values = three_days
    light = sunlight.sun(times, *PLACE, *values)
    slope, aspect, horizon, view = slopes_with_horizon(50)
    hours = sunlight.hourly_slope_irradiance(light, slope, aspect, horizon, view)
    days = sunlight.hourly_slope_irradiance(light, slope, aspect, horizon, view, day=np.repeat([0, 1, 2], 24))
    assert days == pytest.approx(hours.reshape(3, 24, 50).sum(axis=1) * 0.0036, rel=1e-5)


def test_a_raster_keeps_its_shape_and_its_unknown_pixels(three_days):
    times, *values = three_days
    slope = np.array([[0.0, 20.0, np.nan], [30.0, 10.0, 5.0]])
    light = sunlight.sun(times, *PLACE, *values)
    days = sunlight.hourly_slope_irradiance(light, slope, np.full((2, 3), 180.0), np.zeros(32), day=np.zeros(72))
    assert days.shape == (1, 2, 3)
    assert np.isnan(days[0]).tolist() == [[False, False, True], [False, False, False]]


def test_an_hour_without_radiation_stays_unknown(three_days):
    times, ghi, dni, dhi = (np.array(x) for x in three_days)
    ghi[30], dni[30], dhi[30] = np.nan, np.nan, np.nan
    light = sunlight.sun(times, *PLACE, ghi, dni, dhi)
    hours = sunlight.hourly_slope_irradiance(light, [10.0], [180.0], np.zeros((32, 1)))
    assert np.flatnonzero(np.isnan(hours[:, 0])).tolist() == [30]


def test_both_cores_find_the_same_light(three_days):
    times, *values = three_days
    light = sunlight.sun(times, *PLACE, *values)
    slope, aspect, horizon, view = slopes_with_horizon(3000)
    one, two = (
        sunlight.hourly_slope_irradiance(light, slope, aspect, horizon, view, parallel=p) for p in (False, True)
    )
    assert two == pytest.approx(one)


def test_days_that_run_backwards_are_refused(three_days):
    times, *values = three_days
    with pytest.raises(ValueError, match="rising"):
        sunlight.hourly_slope_irradiance(sunlight.sun(times, *PLACE, *values), [1.0], [0.0], day=np.arange(72)[::-1])
