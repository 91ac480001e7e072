from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import MissingDataError
from agro.weather import ensemble


def history(first="2005-01-01", last="2024-12-31", trend=0.0, seed=1):
    time = pd.date_range(first, last)
    rng = np.random.default_rng(seed)
    season = 18 - 10 * np.cos(2 * np.pi * (time.day_of_year.to_numpy() - 20) / 365.25)
    mean = season + trend * (time.year.to_numpy() - 2005) + rng.normal(0, 2, (2, len(time)))
    values = {"tmin": mean - 4, "tmax": mean + 4, "tmean": mean, "rain": np.abs(rng.normal(0, 3, (2, len(time))))}
    return xr.Dataset({k: (("station", "time"), v) for k, v in values.items()}, {"station": ["a", "b"], "time": time})


def forecast(first="2024-06-02", days=15, members=4, value=60.0):
    time = pd.date_range(first, periods=days)
    full = np.full((2, members, days), value)
    return xr.Dataset(
        dict.fromkeys(("tmin", "tmax", "tmean", "rain"), (("station", "member", "time"), full)),
        {"station": ["a", "b"], "member": np.arange(members), "time": time},
    )


def build(**changes):
    arguments = {"history": history(), "on": date(2024, 6, 1), "start": date(2023, 11, 1), "days": 200, "members": 12}
    return ensemble.build(**arguments | changes)


def test_observed_then_forecast_then_earlier_years():
    made = build(forecast=forecast())
    assert made.observed["time"].to_index()[-1] == pd.Timestamp("2024-06-01")
    assert list(made.future["origin"].values[:16]) == ["forecast"] * 15 + ["analogue"]
    assert (made.future["tmax"].isel(time=slice(0, 15)) == 60).all()
    assert made.future["rain"].isel(time=slice(15, None)).max() < 30


def test_nothing_seen_after_the_issue_date_matters():
    whole = history()
    changed = whole.where(whole["time"] <= np.datetime64("2024-06-01"), 99.0)
    xr.testing.assert_identical(build(history=whole).future, build(history=changed).future)


def test_no_analogue_reaches_into_the_target_window():
    made = build(days=300)
    for year in made.analogues:
        assert pd.Timestamp(year, 6, 1) + pd.Timedelta(days=300) <= pd.Timestamp("2024-06-01")


def test_an_analogue_is_the_same_calendar_window_of_one_year_for_all_stations():
    source = history()
    made = build(history=source)
    member, year = 3, made.analogues[3]
    day = pd.Timestamp(year, 6, 2) + pd.Timedelta(days=100)
    expected = source["rain"].sel(time=day).to_numpy()
    assert made.future["rain"].isel(member=member, time=100).to_numpy() == pytest.approx(expected)


def test_a_warming_record_lifts_its_old_years():
    cold = build(history=history(trend=0.0))
    warm = build(history=history(trend=0.1))
    assert ensemble.warming_per_year(history(trend=0.1)) == pytest.approx(0.1 * 20 / 40, abs=0.01)
    lift = (warm.future["tmean"] - cold.future["tmean"]).isel(time=slice(60, None)).mean()
    drawn = 2024 - np.mean(warm.analogues)
    raw = 0.1 * (np.mean(warm.analogues) - 2005)  # what the trend itself put into the drawn years
    assert float(lift) == pytest.approx(raw + 0.05 * drawn, abs=0.25)


def test_todays_warmth_is_forgotten_within_weeks():
    hot = history()
    recent = hot["time"] > np.datetime64("2024-05-20")
    hot = hot.assign({name: hot[name] + 5 * recent for name in ("tmin", "tmax", "tmean")})
    difference = build(history=hot).future["tmean"] - build().future["tmean"]
    assert float(difference.isel(time=0).mean()) == pytest.approx(5 * np.exp(-0.1), abs=0.3)
    assert abs(float(difference.isel(time=60).mean())) < 0.2


def test_without_earlier_years_the_reader_is_told():
    with pytest.raises(MissingDataError, match="no whole earlier year"):
        build(history=history(first="2024-01-01"))


def test_the_same_date_and_seed_give_the_same_members():
    xr.testing.assert_identical(build(seed=4).future, build(seed=4).future)


def test_a_missing_day_stays_missing():
    gap = history()
    gap["tmax"][:, gap["time"].to_index().get_loc("2024-03-05")] = np.nan
    assert build(history=gap).observed["tmax"].sel(time="2024-03-05").isnull().all()
