"""Checks 1 to 10 that an agronomist makes of a Chongqing county's weather; station at 300 m."""

import numpy as np


def monthly(table, name, how="mean"):
    return getattr(table[name].groupby(table.index.month), how)()


def each_year(table):
    return [group for _, group in table.groupby("window")]


def days_of(table, months):
    return table[table.index.month.isin(months)]


def calendar_years(hill):
    return [hill[hill.index.year == year] for year in range(2002, 2026)]


def test_1_temperature_is_that_of_the_belt_and_falls_with_height(hill, last_years, daily):
    for table in (hill, last_years):
        assert 16.8 <= table.tmean.mean() <= 19.2
        months = monthly(table, "tmean")
        assert 6.5 <= months[1] <= 9
        assert months[[7, 8]].between(26.5, 29.5).all()
    low, high = daily["valley"], daily["high"]
    rise = (high.attrs["elevation"] - low.attrs["elevation"]) / 100
    assert 0.40 <= float(low.tmean.mean() - high.tmean.mean()) / rise <= 0.65


def test_2_winters_are_mild_and_summers_hot(hill, last_years, daily):
    for low in (hill, daily["valley"].to_dataframe(), daily["middle"].to_dataframe()):
        winters = days_of(low, [11, 12, 1, 2, 3])
        winters = winters.tmin.groupby(winters.index.year + (winters.index.month > 6))
        assert winters.min().min() >= -4
        assert np.mean(winters.min() <= 2) >= 0.9
        assert winters.agg(lambda tmin: (tmin < 0).sum()).max() <= 6
        assert np.mean(winters.min() < -2) <= 0.1  # check 19
        assert low.tmax.max() <= 44.5
    assert last_years.tmin.min() <= 2
    hot = np.array([(year.tmax >= 38).sum() for year in calendar_years(hill)])
    assert 3 <= hot.mean() <= 30
    assert np.mean((hot >= 3) & (hot <= 30)) >= 0.9
    assert 3 <= sum((year.tmax >= 38).sum() for year in each_year(last_years)) / 3 <= 30


def test_3_rain_comes_in_the_warm_half_of_the_year(hill, last_years):
    totals = np.array([year.rain.sum() for year in calendar_years(hill)])
    assert ((totals >= 750) & (totals <= 1600)).all()
    for table in (hill, last_years):
        years = len(table) / 365.25
        assert 1000 <= table.rain.sum() / years <= 1350
        assert 0.60 <= days_of(table, [5, 6, 7, 8, 9]).rain.sum() / table.rain.sum() <= 0.75
        assert 40 <= days_of(table, [12, 1, 2]).rain.sum() / years <= 95
        assert 120 <= (table.rain >= 0.1).sum() / years <= 165


def drought(year):
    """Return the most days of at least 35 C in 15 summer days that together had under 10 mm."""
    summer = year[(year.index.strftime("%m%d") >= "0701") & (year.index.strftime("%m%d") <= "0910")]
    rain = summer.rain.rolling(15).sum()
    hot = (summer.tmax >= 35).astype(int).rolling(15).sum()
    return hot[rain < 10].max() if (rain < 10).any() else 0


def test_4_one_summer_in_three_dries_out_in_the_heat(hill, last_years):
    dry = [drought(year) >= 8 for year in calendar_years(hill)]
    assert all(any(dry[n : n + 3]) for n in range(len(dry) - 2))
    assert any(drought(year) >= 8 for _, year in last_years.groupby(last_years.index.year))


def first_wet_run(year):
    """Return the month and day on which the first five days of rain in a row begin after 20 August."""
    late = year[year.index.strftime("%m%d") >= "0821"]
    runs = (late.rain >= 0.1).astype(int)[::-1].rolling(5).sum()[::-1] == 5
    return runs.idxmax().strftime("%m%d") if runs.any() else "9999"


def test_5_autumn_rain_comes_each_year(hill):
    autumn = days_of(hill[hill.index.year.isin(range(2002, 2026))], [9, 10])
    recent = autumn[autumn.index.year >= 2023]
    for table, years in ((autumn, 24), (recent, 3)):
        wet = (table.rain >= 0.1).sum()
        assert 22 <= wet / years <= 34
        assert 170 <= table.rain.sum() / years <= 300
        assert 5 <= table.rain.sum() / wet <= 12
    begins = [first_wet_run(year) for year in calendar_years(hill)]
    assert all("0821" <= day <= "1020" for day in begins[-3:])
    assert np.mean([day <= "1020" for day in begins]) >= 0.95


def test_6_sun_is_scarce_in_winter_and_strong_in_august(hill, last_years):
    for table in (hill, last_years):
        years = len(table) / 365.25
        hours = monthly(table, "sunshine", "sum") / years
        assert 950 <= hours.sum() <= 1600
        assert hours[8] >= 150
        assert hours[[12, 1, 2]].max() <= 50
        energy = monthly(table, "radiation")
        assert energy[[12, 1, 2]].between(3.5, 6.5).all()
        assert 14 <= energy[8] <= 19
        assert 3300 <= table.radiation.sum() / years <= 4400


def test_7_the_air_is_moist_most_of_all_in_late_autumn(hill, last_years, hours):
    for table in (hill, last_years):
        moist = monthly(table, "rh")
        assert moist.between(70, 88).all()
        assert moist.idxmax() in (10, 11, 12)
        assert moist.idxmin() in (3, 4, 5, 8)
    middle = hours["middle"]
    damp = 24 * (middle.rh >= 90).groupby(middle.index.month).mean()
    assert damp[[10, 11, 12]].between(6, 14).all()
    assert damp[[7, 8]].between(2, 8).all()


def test_8_wind_is_weak_and_gusts_come_with_summer_storms(hill, hours):
    assert 0.6 <= hill.wind.mean() <= 2.0
    middle = hours["middle"]
    assert 0.6 <= middle.wind.mean() <= 2.0
    assert 0.10 <= (middle.wind < 0.3).mean() <= 0.45
    strong = middle.gust >= 8
    assert strong.mean() < 0.03
    assert middle.index[strong].month.isin([4, 5, 6, 7, 8]).mean() > 0.5


def cold_falls(spring):
    """Return how often the daily mean falls by at least 6 C within 72 h; a fall ends before the next begins."""
    mean, count, day = spring.tmean.to_numpy(), 0, 3
    while day < len(mean):
        if mean[day - 3 : day].max() - mean[day] >= 6:
            count, day = count + 1, day + 4
        else:
            day += 1
    return count


def test_9_cold_air_breaks_into_spring_but_april_stays_free_of_frost(hill, daily):
    springs = [days_of(year, [3, 4]) for year in calendar_years(hill)] + [
        days_of(hill[hill.index.year == 2026], [3, 4])
    ]
    falls = np.array([cold_falls(spring) for spring in springs])
    assert falls.min() >= 1
    assert falls.max() <= 5
    for low in (hill, daily["valley"].to_dataframe()):
        assert days_of(low, [4]).tmin.min() >= 3


def test_10_evaporation_outruns_rain_in_the_dry_summer(hill, last_years):
    for table in (hill, last_years):
        assert 700 <= table.et0.sum() / (len(table) / 365.25) <= 950
        months = monthly(table, "et0")
        assert 0.6 <= months[1] <= 1.2
        assert months[[7, 8]].between(3.3, 5.0).all()
    summers = days_of(last_years, [7, 8])
    balance = (summers.rain - summers.et0).groupby(summers.index.year).sum()
    assert balance.min() < 0
