"""What held growth back: seasons put down by hand, and plots whose rain was taken away."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from shapely.geometry import box

from agro.errors import NotFoundError
from agro.farm import Plot, Role, Viewer
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import limiting, plot_season
from app.services.platform import open_platform
from app.services.plot_season import PlotSeason
from growth_model.place import Weather

ISSUED = date(2026, 8, 15)
RAIN = Weather._fields.index("rain")
MEMBERS = 8


def season(issued: date = ISSUED, awake: float = 1.0, **limits) -> PlotSeason:
    """Return a season of three trees in which every factor lets all growth through, but for `limits`."""
    time = pd.date_range(pd.Timestamp(issued) - pd.Timedelta(days=150), periods=260)
    values = {f"limit_{name}": np.ones((3, len(time))) for name in limiting.FACTORS}
    values |= {name: np.ones((3, len(time))) for name in limiting.CURVES}
    values["bud_progress"] = np.full((3, len(time)), awake)
    for name, value in limits.items():
        values[f"limit_{name}"] *= np.broadcast_to(np.asarray(value, float).T, (len(time), 3)).T
    daily = xr.Dataset({name: (("member", "time"), value) for name, value in values.items()}, {"time": time})
    plot = Plot("p", "f", "坡地", box(109, 30, 109.001, 30.001), 2000.0, "navel")
    return PlotSeason(plot, issued, daily, xr.DataArray())


def said(found, language="en") -> str:
    return "\n".join(limiting.sentences(found, language))


def test_the_mean_of_thirty_days_is_said_with_its_spread_and_in_how_many_cases():
    found = limiting.of(season(water=[0.2, 0.5, 0.95]))
    assert found.past.factors.loc["water", "p50"] == pytest.approx(0.5)
    assert found.past.factors.loc["water", "p10"] == pytest.approx(0.26)  # a fifth of the way from 0.2 to 0.5
    assert (found.past.first, found.past.last) == (date(2026, 7, 17), ISSUED)
    assert found.past.factors.loc["water", "worst_in"] == 3
    assert "water held growth back most: growth at 50 % of what it could be (26 to 86 %)" in said(found)
    assert "只让生长达到能长的 50 %（26–86 %）" in said(found, "zh")


def test_the_worst_day_is_named():
    days = np.ones(260)
    days[150 - 10] = 0.1  # ten days before the day of issue
    found = limiting.of(season(heat=np.tile(days * 0.8, (3, 1))))
    assert found.past.hardest == date(2026, 8, 5)
    assert "most on 5 Aug" in said(found)


def test_a_plot_without_limits_is_left_in_peace():
    found = limiting.of(season(light=0.95))
    assert found.past.worst is None
    assert "nothing held growth back much" in said(found)


def test_a_thirsty_crop_is_told_to_drink_before_it_is_told_to_thin():
    found = limiting.of(season(water=0.6, load=0.2))
    assert found.past.worst == "water"
    assert "water comes first" in said(found)
    assert limiting.of(season(water=1.0, load=0.2)).past.worst == "load"


def test_under_clouds_the_grower_hears_what_can_be_changed():
    assert "Of what you can change, nitrogen matters most (70 %)" in said(limiting.of(season(light=0.5, nitrogen=0.7)))
    assert "this was the weather" in said(limiting.of(season(light=0.5)))


def test_cold_in_winter_is_rest_and_cold_in_may_is_not():
    winter = limiting.of(season(date(2026, 1, 20), awake=0.1, cold=0.02))
    assert winter.past.resting
    assert "the trees rested" in said(winter)
    assert "休眠" in said(winter, "zh")
    assert winter.strip["rest"].all()
    spring = limiting.of(season(date(2026, 5, 20), awake=1.0, cold=0.3))
    assert not spring.past.resting
    assert "cold held growth back most" in said(spring)


def test_fruit_that_is_not_there_has_no_load():
    found = limiting.of(season(load=np.nan, water=0.7))
    assert "load" not in found.past.factors.index
    assert found.past.worst == "water"


def test_one_factor_a_day_is_marked_as_the_worst():
    strip = limiting.of(season(water=0.4, heat=0.8)).strip
    assert set(strip.loc[strip["worst"], "factor"]) == {"water"}
    assert strip.groupby("time")["worst"].sum().eq(1).all()
    assert strip["time"].nunique() == limiting.BACK + limiting.AHEAD + 1


@pytest.fixture
def home(small_home):
    return open_platform(small_home)


def test_a_summer_without_rain_says_water(home):
    plot = home.store.plots(EVERYTHING).iloc[0]
    known = plot_season.inputs(home, plot["id"], date(2022, 8, 20), MEMBERS)
    dry = known.weather.copy()
    dry[:, :, known.observed - 70 :, RAIN] = 0.0
    found = limiting.of(plot_season.computed(home.store.plot(plot["id"], EVERYTHING), replace(known, weather=dry)))
    assert found.past.worst == "water"
    assert found.past.changeable == "water"


def test_another_growers_plot_does_not_exist(home):
    plots = home.store.plots(EVERYTHING)
    grower = Viewer("a", "甲", Role.GROWER, farms=(plots["farm"].iloc[0],))
    mine, other = plots["id"].iloc[0], plots.loc[plots["farm"] != plots["farm"].iloc[0], "id"].iloc[0]
    with pytest.raises(NotFoundError):
        limiting.limiting(grower, home, other, date(2022, 1, 20), MEMBERS)
    found = limiting.limiting(grower, home, mine, date(2022, 1, 20), MEMBERS)
    assert "the trees rested" in said(found)
    assert limiting.limiting(OPERATOR, home, other, date(2022, 1, 20), MEMBERS).plot.id == other
