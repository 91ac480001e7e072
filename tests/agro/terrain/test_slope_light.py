import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.numeric import kernel
from agro.terrain import slope_light, sunlight
from agro.weather import radiation

SLOPE = np.array([20.0, 20.0, 20.0, 30.0, 30.0])
ASPECT = np.array([0.0, 180.0, 90.0, 0.0, 180.0])
VIEW = (1 + np.cos(np.radians(SLOPE))) / 2
COLUMNS = ["n20", "s20", "e20", "n30", "s30"]


def test_the_hours_of_a_day_of_constant_clearness_sum_to_the_published_ratios(table):  # T9.8
    for row in table("slope_light_ratio"):
        start = pd.Timestamp("2023-01-01") + pd.Timedelta(days=row["day_of_year"] - 1, hours=-7)
        times = pd.date_range(start, periods=144, freq="10min", tz="UTC")
        zenith = pvlib.solarposition.get_solarposition(times, 30.5, 105.0)["zenith"].to_numpy()
        outside = pvlib.irradiance.get_extra_radiation(times).to_numpy()
        ghi = row["clearness"] * outside * np.maximum(np.cos(np.radians(zenith)), 0)
        light = sunlight.sun(times, 30.5, 105.0, 0.0, ghi, *sunlight.split_ghi(ghi, times, 30.5, 105.0))
        ratio = sunlight.hourly_slope_irradiance(light, SLOPE, ASPECT).sum(axis=0) / ghi.sum()
        assert ratio == pytest.approx([row[c] for c in COLUMNS], abs=0.005), row


def test_the_daily_form_with_the_same_clouds_gives_the_published_ratios(table):
    for row in table("slope_light_ratio"):
        beam = slope_light.beam_ratio(30.5, SLOPE, ASPECT, None, [row["day_of_year"]])[:, 0]
        anisotropy = slope_light.anisotropy(row["clearness"], row["diffuse"])
        ratio = slope_light.light_ratio(beam, VIEW, row["diffuse"], anisotropy)
        assert ratio == pytest.approx([row[c] for c in COLUMNS], abs=0.003), row


def test_a_real_day_is_more_uneven_than_a_day_of_constant_clearness_but_not_by_much(table):
    for row in table("slope_light_ratio"):
        sunset = np.degrees(radiation.sunset_angle(30.5, row["day_of_year"]))
        diffuse = slope_light.diffuse_share(row["clearness"], sunset)
        beam = slope_light.beam_ratio(30.5, SLOPE, ASPECT, None, [row["day_of_year"]])[:, 0]
        ratio = slope_light.light_ratio(beam, VIEW, diffuse, slope_light.anisotropy(row["clearness"], diffuse))
        assert ratio == pytest.approx([row[c] for c in COLUMNS], abs=0.09), row


def test_in_midsummer_the_north_slope_gets_more_and_in_winter_the_south_slope():
    beam = slope_light.beam_ratio(30.5, SLOPE, ASPECT, None, [15, 172])
    assert beam[0, 0] < beam[2, 0] < 1 < beam[1, 0]
    assert beam[1, 1] < beam[0, 1] < 1


@pytest.mark.real_data
def test_days_of_a_real_year_are_near_the_sum_of_their_hours(real_data):
    year, _ = pvlib.iotools.read_epw(
        real_data / "weather" / "tmy_epw" / "tmy_45.000_8.000_2005_2023.epw", coerce_year=2023
    )
    times = year.index.tz_convert("UTC") + pd.Timedelta(hours=1)  # east and west then agree best; see its offset
    light = sunlight.sun(times, 45.0, 8.0, 250.0, *(year[k].to_numpy(float) for k in ("ghi", "dni", "dhi")))
    hours = sunlight.hourly_slope_irradiance(
        light, np.r_[0, SLOPE], np.r_[0, ASPECT], day=np.repeat(np.arange(365), 24)
    )
    flat, day = hours[:, 0], np.arange(1, 366)
    clearness = radiation.clearness(flat, radiation.extraterrestrial(45.0, day))
    diffuse = slope_light.diffuse_share(clearness, np.degrees(radiation.sunset_angle(45.0, day)))
    beam = slope_light.beam_ratio(45.0, SLOPE, ASPECT, None, day)
    ratio = slope_light.light_ratio(beam, VIEW[:, None], diffuse, slope_light.anisotropy(clearness, diffuse))
    error = (ratio - hours[:, 1:].T / np.maximum(flat, 0.1))[:, flat > 0.5]
    assert (np.sqrt((error**2).mean(axis=1)) < [0.05, 0.05, 0.07, 0.05, 0.07]).all()
    assert (ratio * flat).sum(axis=1) / hours[:, 1:].sum(axis=0) == pytest.approx(np.ones(5), abs=0.03)


def test_diffuse_share_of_a_day_agrees_with_erbs_at_the_joints():
    # Erbs et al. 1982, daily form, by hand
    assert slope_light.diffuse_share(0.5, 70.0) == pytest.approx(1 - 0.13635 + 0.612375 - 1.493925 + 0.58674, abs=1e-5)
    assert slope_light.diffuse_share(0.5, 100.0) == pytest.approx(1 + 0.1416 - 0.638925 + 0.1056, abs=1e-5)
    assert slope_light.diffuse_share(0.75, 70.0) == pytest.approx(0.143)
    assert slope_light.diffuse_share(0.75, 100.0) == pytest.approx(0.175)


@given(st.floats(0, 0.85), st.floats(0, 0.2), st.sampled_from([70.0, 100.0]))
def test_a_clearer_day_never_has_a_larger_diffuse_share(clearness, more, sunset):
    cloudy, clear = slope_light.diffuse_share(clearness, sunset), slope_light.diffuse_share(clearness + more, sunset)
    # the published pieces meet within 0.004 in winter
    assert 0.1 < clear <= cloudy + 0.004
    assert cloudy <= 1


@given(st.floats(0, 60), st.integers(1, 365), st.floats(0, 360), st.floats(0.05, 0.8))
def test_flat_open_ground_gets_the_flat_sun_whatever_its_aspect(latitude, day, aspect, clearness):
    beam = slope_light.beam_ratio(latitude, [0.0, 0.0], [aspect, np.nan], np.zeros((32, 2)), [day])
    assert beam == pytest.approx(np.ones((2, 1)))
    diffuse = slope_light.diffuse_share(clearness)
    anisotropy = slope_light.anisotropy(clearness, diffuse)
    assert slope_light.light_ratio(beam, 1.0, diffuse, anisotropy) == pytest.approx(np.ones((2, 1)))


horizons = st.lists(st.floats(0, 50), min_size=8, max_size=8).map(np.array)


@given(st.floats(0, 60), st.floats(0, 360), st.integers(1, 365), horizons, st.floats(0, 20))
def test_a_higher_horizon_never_gives_more_beam(slope, aspect, day, horizon, higher):
    low, high = (slope_light.beam_ratio(30.5, [slope], [aspect], h, [day])[0, 0] for h in (horizon, horizon + higher))
    assert 0 <= high <= low


@given(st.floats(0, 45), st.integers(1, 365), st.floats(1, 179))
def test_morning_and_evening_slopes_mirror_each_other(slope, day, aspect):
    beam = slope_light.beam_ratio(30.5, [slope, slope], [aspect, 360 - aspect], None, [day])
    assert beam[0] == pytest.approx(beam[1], abs=1e-9)


@given(st.floats(0, 45), st.floats(0, 360), st.floats(0.1, 0.6))
def test_clouds_make_slopes_more_alike(slope, aspect, clearness):
    beam = slope_light.beam_ratio(30.5, [slope, slope], [aspect, (aspect + 180) % 360], None, [15])[:, 0]

    def contrast(clearness):
        diffuse = slope_light.diffuse_share(clearness, 75.0)
        ratio = slope_light.light_ratio(beam, 0.95, diffuse, slope_light.anisotropy(clearness, diffuse))
        return abs(ratio[0] - ratio[1])

    assert contrast(clearness) <= contrast(clearness + 0.1) + 0.01


def test_places_are_worked_out_alone_as_in_company():
    rng = np.random.default_rng(3)
    slope, aspect, horizon = rng.uniform(0, 40, 20), rng.uniform(0, 360, 20), rng.uniform(0, 30, (32, 20))
    latitude = rng.uniform(29, 32, 20)
    all_of_them = slope_light.beam_ratio(latitude, slope, aspect, horizon, [15, 105, 196])
    for k in range(20):
        one = slope_light.beam_ratio(latitude[k], slope[[k]], aspect[[k]], horizon[:, [k]], [15, 105, 196])
        assert one[0] == pytest.approx(all_of_them[k])


def test_ten_minutes_are_fine_enough():
    rng = np.random.default_rng(4)
    slope, aspect, horizon = rng.uniform(0, 40, 50), rng.uniform(0, 360, 50), rng.uniform(0, 25, (32, 50))
    rough, fine = (slope_light.beam_ratio(30.5, slope, aspect, horizon, [15, 196], minutes=m) for m in (10, 1))
    assert np.abs(rough - fine).max() < 0.06
    assert np.sqrt(((rough - fine) ** 2).mean()) < 0.015


def test_extraterrestrial_is_at_hand_for_sites():
    assert slope_light.extraterrestrial(-20.0, 246) == pytest.approx(32.2, abs=0.05)


def test_the_light_of_a_day_compiles():
    @kernel
    def season(beam, clearness):
        total = 0.0
        for k in range(clearness.size):
            diffuse = slope_light.diffuse_share(clearness[k], 75.0)
            total += slope_light.light_ratio(beam, 0.9, diffuse, slope_light.anisotropy(clearness[k], diffuse))
        return total

    clearness = np.array([0.2, 0.5, 0.7])
    diffuse = slope_light.diffuse_share(clearness, 75.0)
    expected = slope_light.light_ratio(0.7, 0.9, diffuse, slope_light.anisotropy(clearness, diffuse)).sum()
    assert season(0.7, clearness) == pytest.approx(expected)
