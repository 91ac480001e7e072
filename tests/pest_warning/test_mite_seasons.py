"""Unsprayed mites over 24 years at the sample county's three stations keep the seasons that agronomists know.

Rows 21 and 22 of the plausibility list are written for a usual year; weather makes odd ones, so each row must hold in
at least `MOST` of the 72 station-years, and in every year for what is said without a season.
"""

import numpy as np
import pytest

from agro.weather.hourly import hourly_temperature
from pest_warning import mite, organism, rates
from sample_data import weather

MOST = 0.8
YEARS = range(2002, 2026)
FLUSHES = (69, 176, 227)  # day of year of the spring, summer and autumn flush: 10 March, 25 June, 15 August
MANY, OF_A_YEAR = (0.9, 0.9, 0.9), (0.65, 0.15, 0.2)  # young leaves: nearly all, or each flush's share of the year's
DAYS = 365


def day(month, date):
    """Return the position of a date in a year's arrays."""
    return int((np.datetime64(f"2001-{month:02d}-{date:02d}") - np.datetime64("2001-01-01")).astype(int))


@pytest.fixture(scope="module")
def years():
    """{name: values, shape (station-year, day)} of tmean, tmax, rain10 and the temperature of each hour."""
    found = {name: [] for name in ("tmean", "tmax", "rain10", "hourly")}
    for station in weather.make_daily().values():
        time = station["time"].values.astype("datetime64[D]")
        year = time.astype("datetime64[Y]")
        of_year = (time - year.astype("datetime64[D]")).astype(int) + 1
        daily = {name: station[name].values for name in ("tmin", "tmax", "tmean", "rain")}
        hourly = hourly_temperature(daily["tmin"], daily["tmax"], station.attrs["latitude"], of_year)
        rain10 = np.convolve(daily["rain"], np.ones(10))[: len(time)]
        for one in YEARS:
            days = np.flatnonzero(year == np.datetime64(str(one)))[:DAYS]
            for name, values in zip(found, (daily["tmean"], daily["tmax"], rain10, hourly), strict=True):
                found[name].append(values[days])
    return {name: np.array(values) for name, values in found.items()}


def unsprayed(key, years, young):
    """Return mites of each evening of years that begin anew on 1 January, shape (station-year, day)."""
    found = organism.load(key)
    curve, numbers = rates.on_grid(found), found.parameters("population", mite.Mite)
    growth = np.interp(years["hourly"], rates.GRID, curve).mean(axis=-1)
    shares = np.zeros(DAYS)
    for start, share in zip(FLUSHES, young, strict=True):
        shares[start - 1 : start + 59] = np.maximum(shares[start - 1 : start + 59], share)
    count = len(growth)
    start, predators = np.full(count, numbers.start), np.full(count, numbers.predators)
    now = mite.Mites(start, predators, sprayed=start)
    evenings = []
    for t in range(DAYS):
        weather_of_day = (years["tmean"][:, t], years["tmax"][:, t], years["rain10"][:, t])
        now = mite.next_evening(now, growth[:, t], shares[t], *weather_of_day, 0.0, numbers)
        evenings.append(now.mites)
    return np.array(evenings).T


@pytest.fixture(scope="module", params=[MANY, OF_A_YEAR], ids=["many young leaves", "flushes of a year"])
def red(request, years):
    """Red mites, at two pictures of how much of the tree a flush renews."""
    return unsprayed("red_mite", years, request.param)


def highest(mites, first, last):
    """Return the largest number between two dates, and its position in the year."""
    part = mites[:, day(*first) : day(*last) + 1]
    return part.max(axis=1), part.argmax(axis=1) + day(*first)


def test_red_mites_of_late_february_are_between_half_a_mite_and_eight(red):
    february = red[:, day(2, 20) : day(2, 28) + 1]
    assert (february >= 0.5).all()
    assert (february <= 8).all()


def test_red_mites_peak_in_spring(red):
    peak = red.argmax(axis=1)
    assert np.mean((peak >= day(3, 10)) & (peak <= day(5, 31))) >= MOST


def test_red_mites_rise_again_in_autumn(red):
    _, peak = highest(red, (8, 1), (12, 31))
    assert np.mean((peak >= day(9, 1)) & (peak <= day(11, 20))) >= MOST


def test_the_autumn_peak_of_red_mites_is_the_smaller_one(red):
    spring, autumn = (highest(red, *dates)[0] for dates in (((3, 10), (5, 31)), ((9, 1), (11, 20))))
    assert np.mean((autumn >= 0.2 * spring) & (autumn <= 0.9 * spring)) >= MOST


def test_summer_holds_at_most_a_quarter_of_the_red_mites_of_spring(red):
    spring, summer = (highest(red, *dates)[0] for dates in (((3, 10), (5, 31)), ((7, 1), (8, 31))))
    assert np.mean(summer <= 0.25 * spring) >= MOST


def test_more_than_a_hundred_millimetres_in_ten_days_halve_the_red_mites(red, years):
    kept = []
    for mites, rain in zip(red, years["rain10"], strict=True):
        passed = np.flatnonzero((rain[11:-10] > 100) & (rain[10:-11] <= 100)) + 11
        kept += [(mites[one - 10], mites[one : one + 11].min()) for one in passed]  # before; lowest within 10 days
    before, after = np.array([pair for pair in kept if pair[0] >= 1]).T  # below a mite a leaf nothing can fall
    assert len(before) > 50
    assert np.mean(after <= 0.5 * before) >= MOST


def test_yellow_mites_peak_in_spring_and_before_the_red_mites(years):
    yellow, red = (unsprayed(key, years, OF_A_YEAR) for key in ("yellow_mite", "red_mite"))
    peaks = yellow.argmax(axis=1)
    assert np.mean((peaks >= day(3, 1)) & (peaks <= day(5, 31))) >= MOST
    lead = np.median(highest(red, (3, 1), (5, 31))[1] - highest(yellow, (3, 1), (5, 31))[1])
    assert 7 <= lead <= 21  # half a month by the guides


def test_rust_mites_peak_in_summer_and_pass_the_threshold_unsprayed(years):
    rust = unsprayed("rust_mite", years, OF_A_YEAR)
    threshold = organism.load("rust_mite").parameters("threshold", mite.MiteThreshold)
    peak = rust.argmax(axis=1)
    assert np.mean((peak >= day(6, 15)) & (peak <= day(10, 15))) >= MOST
    assert np.mean(rust.max(axis=1) >= threshold.after_bloom) >= MOST
    assert np.mean(rust[:, : day(4, 30)].max(axis=1) < threshold.before_bloom) >= MOST
