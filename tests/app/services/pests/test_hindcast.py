"""Past days replayed: what was not known on a day does not move what would have been said on it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Count, Role, Treatment, Viewer
from agro.store.ids import uuid7
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import imports, regions
from app.services.pests import hindcast, skill
from app.services.platform import open_platform
from pest_warning import organism
from tests.app import small

DAY = date(2023, 6, 1)
SOME = tuple(organism.load(key) for key in ("red_mite", "scab", "minax"))


def built(folder, small_files, last):
    """Return a platform whose weather ends on the day `last`."""
    platform = open_platform(folder / "home")
    regions.create(OPERATOR, platform, name="小河谷")
    for kind in ("dem", "plots"):
        imports.commit(OPERATOR, platform, kind, getattr(small_files, kind))
    with_weather(platform, folder, last)
    return platform


def with_weather(platform, folder, last):
    path = small.write_weather(folder / f"weather-{last}.csv", "2019-01-01", str(last))
    imports.commit(OPERATOR, platform, "weather", path)


def plot_ids(platform):
    plots = platform.store.plots(EVERYTHING)
    return dict(zip(plots["name"], plots["id"], strict=True))


def note(platform, day, total=400, kind="spray"):
    """Add a count of mites, a catch of flies and a spray on a day."""
    plot = plot_ids(platform)["河边地"]
    platform.store.add_counts([
        Count(uuid7(), plot, "red_mite", day, "leaf", 100, 60, total),
        Count(uuid7(), plot, "minax", day, "trap", 3, None, 5, days=7.0),
    ])  # fmt: skip
    platform.store.add_treatments([Treatment(uuid7(), plot, day, kind, groups=("IRAC 6",), targets=("red_mite",))])


def foreseen(platform, issued, warmer=8.0):
    """Keep a forecast of ten days for the station, issued on a day."""
    days = pd.date_range(pd.Timestamp(issued), periods=10)
    values = {"tmin": 18.0, "tmax": 27.0 + warmer, "rain": 30.0, "rh": 95.0, "wind": 2.0, "radiation": 10.0}
    made = xr.Dataset(
        {name: (("member", "time"), np.full((2, 10), value)) for name, value in values.items()},
        coords={"member": [0, 1], "time": days}, attrs={"issued": f"{issued}T00:00:00+00:00"},
    )  # fmt: skip
    for station in platform.store.stations():
        platform.store.save_forecast_weather(station.id, made)


def said(platform, weather, day=DAY):
    """Return what is kept of the replays of a day."""
    table = platform.store.pest_forecasts(EVERYTHING)
    table = table[(table["weather"] == weather) & (table["issued"] == pd.Timestamp(day))]
    return table.sort_values(["organism", "horizon", "plot"]).reset_index(drop=True)


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    yield platform
    platform.store.close()


def test_what_came_later_changes_nothing_of_a_replayed_day(tmp_path, small_files):
    platform = built(tmp_path, small_files, DAY)
    note(platform, DAY - timedelta(days=20))
    hindcast.replay(OPERATOR, platform, [DAY], members=4)
    before = said(platform, "years")
    assert len(before) == len(plot_ids(platform)) * len(organism.catalogue()) * 3
    with_weather(platform, tmp_path, "2024-03-31")
    note(platform, DAY + timedelta(days=1), total=3000)
    note(platform, DAY + timedelta(days=40), total=0)
    foreseen(platform, DAY + timedelta(days=3))
    skill.refresh(OPERATOR, platform)
    hindcast.replay(OPERATOR, platform, [DAY], members=4)
    pd.testing.assert_frame_equal(said(platform, "years"), before)
    note(platform, DAY, total=3000)  # the test could fail: what was counted on the day itself does move it
    hindcast.replay(OPERATOR, platform, [DAY], members=4)
    assert not said(platform, "years")["index"].equals(before["index"])


def test_a_replay_tells_whether_it_knew_a_forecast_earlier_years_or_what_came(home):
    made = hindcast.replay(OPERATOR, home, [DAY], members=3, organisms=SOME)
    assert made["weather"].tolist() == ["years"]
    foreseen(home, DAY)
    made = hindcast.replay(OPERATOR, home, [DAY], members=3, organisms=SOME)
    assert made["weather"].tolist() == ["forecast"]
    made = hindcast.replay(OPERATOR, home, [DAY], members=3, organisms=SOME, weather="perfect")
    assert made["weather"].tolist() == ["perfect"]
    tables = {name: said(home, name) for name in ("years", "forecast", "perfect")}
    assert {name: len(table) for name, table in tables.items()} == dict.fromkeys(tables, 2 * len(SOME) * 3)
    scab = {name: table.loc[table["organism"] == "scab", "index"] for name, table in tables.items()}
    assert (scab["forecast"] > scab["years"]).any()  # ten days of warm rain


def test_perfect_weather_has_no_spread_and_needs_the_days_that_came(home):
    hindcast.replay(OPERATOR, home, [DAY], organisms=SOME[:1], weather="perfect")
    table = said(home, "perfect")
    assert (table["weather_low"] == table["weather_high"]).all()
    with pytest.raises(InputError, match=r"2024-0[4-6]"):
        hindcast.replay(OPERATOR, home, [date(2024, 3, 20)], organisms=SOME[:1], weather="perfect")


def test_a_replay_of_one_farm_or_organism_leaves_what_others_were_told(home):
    plots = plot_ids(home)
    hindcast.replay(OPERATOR, home, [DAY], members=2, plots=[plots["河边地"]], organisms=SOME[:1])
    first = said(home, "years")
    hindcast.replay(OPERATOR, home, [DAY], members=2, plots=[plots["屋后坡"]], organisms=SOME[:1])
    hindcast.replay(OPERATOR, home, [DAY], members=2, plots=[plots["河边地"]], organisms=SOME[1:2])
    both = said(home, "years")
    assert set(zip(both["plot"], both["organism"], strict=True)) == {
        (plots["河边地"], "red_mite"), (plots["屋后坡"], "red_mite"), (plots["河边地"], "scab")
    }  # fmt: skip
    kept = both[(both["plot"] == plots["河边地"]) & (both["organism"] == "red_mite")].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, first)


def test_days_without_an_earlier_year_are_passed_over_and_alone_they_are_an_error(home):
    early = date(2019, 6, 1)
    made = hindcast.replay(OPERATOR, home, [early, DAY], members=2, organisms=SOME[:1])
    assert made["weather"].tolist() == ["none", "years"]
    with pytest.raises(MissingDataError):
        hindcast.replay(OPERATOR, home, [early], members=2, organisms=SOME[:1])


def test_seasons_run_from_mid_february_to_november_within_the_observed_weather(home):
    days = hindcast.season_days(home, 2022, 2024)
    assert (days[0], days[1]) == (date(2022, 2, 15), date(2022, 3, 2))
    assert (days[-1], max(day for day in days if day.year == 2022)) == (date(2024, 3, 31), date(2022, 11, 27))
    perfect = hindcast.season_days(home, 2022, 2024, weather="perfect")
    assert perfect[-1] == date(2023, 11, 27)
    assert hindcast.season_days(home, None, None)[0] == date(2019, 2, 15)
    with pytest.raises(InputError, match="2019-01-01 to 2024-03-31"):
        hindcast.season_days(home, 2010, 2012)


def test_unknown_weather_farms_and_people_without_the_right_are_refused(home):
    with pytest.raises(InputError, match="guessed"):
        hindcast.replay(OPERATOR, home, [DAY], weather="guessed")
    with pytest.raises(NotFoundError, match="甲果园"):
        hindcast.plots_of(home, "丙果园")
    assert hindcast.plots_of(home, "甲果园") == [plot_ids(home)["河边地"]]
    with pytest.raises(NotAllowedError):
        hindcast.replay(Viewer("g", "某人", Role.GROWER), home, [DAY])
