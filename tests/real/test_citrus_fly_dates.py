"""The citrus fly's dates on the one station at hand in the citrus hills of China: a run, not a proof.

The published dates are Luxi's (Hunan), whose weather is not at hand. Changting (Fujian) lies 2.5 degrees farther south
and 670 km away: what can be tested is the sums themselves, against a sum of their own by pandas, and plain order.
"""

import numpy as np
import pandas as pd
import pytest

from tests.real.commands import in_process

pytestmark = pytest.mark.real_data
LUXI = pytest.approx(670, abs=15)  # km


@pytest.fixture(scope="module")
def changting(real_data):
    """Daily means of station 58911, read with pandas alone. [degC]"""
    file = real_data / "weather" / "youwuzhen" / "meteo_daily.csv"
    table = pd.read_csv(file, comment="#", index_col="DATETIME", parse_dates=True)
    return pd.Series(table["TMEAN"].to_numpy(), table.index.normalize())


@pytest.fixture(scope="module")
def answer(real_data, tmp_path_factory):
    """What the command says of it, orchards at 300 m, the height that the altitude coefficient counts from."""
    file = real_data / "weather" / "youwuzhen" / "meteo_daily.csv"
    done = in_process(tmp_path_factory.mktemp("fly"), "hindcast", "dates", "--weather", file, "--elevation", 300)
    assert done.code == 0, done.said
    return done.report


def of(answer, name, event):
    """Return a table of the answer, one event."""
    table = pd.DataFrame(answer["outputs"][name])
    return table[table["event"] == event].reset_index(drop=True)


@pytest.mark.parametrize(
    ("event", "amount", "heat"),
    [
        ("first_adult", 1000.0, lambda tmean: tmean.where(tmean >= 10, 0.0)),
        ("orchard_entry", 580.0, lambda tmean: (tmean - 10).clip(lower=0.0)),
    ],
)
def test_each_year_reaches_the_published_sum_on_the_day_of_a_plain_running_sum(answer, changting, event, amount, heat):
    months = changting.index.month
    # 35 m up: (day + night) / 2 of the monthly rates, in K per m, over the months that count here
    rate = np.select([months <= 2, months <= 5], [0.0045, 0.0050], 0.0056)
    summed = heat(changting - rate * 35.0).groupby(changting.index.year).cumsum()
    reached = summed[summed >= amount]
    expected = reached.groupby(reached.index.year).apply(lambda days: str(days.index[0].date()))
    table = of(answer, "perfect_weather", event)
    assert list(table["year"]) == list(range(2010, 2018))
    assert list(table["day"]) == list(expected)


def test_adults_leave_the_soil_before_they_enter_orchards_and_the_bounds_of_the_sum_are_in_order(answer):
    out, entry = (of(answer, "perfect_weather", event) for event in ("first_adult", "orchard_entry"))
    for table in (out, entry):
        assert ((table["low"] <= table["day"]) & (table["day"] <= table["high"])).all()
    assert (pd.to_datetime(entry["day"]) > pd.to_datetime(out["day"])).all()


def test_a_station_farther_south_is_earlier_than_luxi(answer):
    """On the published windows: 5 to 17 May and 21 to 28 May, 2012 to 2015."""
    for event, opens in (("first_adult", "05-05"), ("orchard_entry", "05-21")):
        table = of(answer, "perfect_weather", event).query("2012 <= year <= 2015")
        assert len(table) == 4
        assert (table["day"].str[5:] < opens).all()


def test_luxi_is_not_held_against_another_countys_weather(answer):
    assert answer["outputs"]["compared"] == []
    assert answer["counts"]["compared"] == 0
    (warning,) = [warning for warning in answer["warnings"] if "Luxi" in warning]
    assert int(warning.split("距本站 ")[1].split(" ")[0]) == LUXI


def test_forecasts_close_in_on_the_date_as_the_season_goes(answer):
    table = pd.DataFrame(answer["outputs"]["real_forecast"])
    spread = pd.to_datetime(table["p90"]) - pd.to_datetime(table["p10"])
    table["width"], table["on"] = spread.dt.days, table["issued"].str[5:]
    entry = table[table["event"] == "orchard_entry"]
    means = entry.groupby("on")[["width", "crps"]].mean()
    assert set(entry["issued"].str[:4].astype(int)) == set(range(2013, 2018))  # three whole years come first
    assert means["width"]["05-01"] < means["width"]["03-01"]
    assert means["crps"]["05-01"] < means["crps"]["03-01"]
