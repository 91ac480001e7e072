"""What was written down moves the plot it speaks of on the same day, and what nobody may know moves nobody."""

from datetime import date

import numpy as np
import pytest

from agro.farm import Count, Sample, Step, Treatment
from agro.store.ids import uuid7
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import preparation
from app.services.pests import records, run
from app.services.platform import open_platform
from pest_warning import organism

FIRST = date(2024, 1, 1)
TODAY = date(2024, 6, 1)


@pytest.fixture
def home(small_home):
    return open_platform(small_home)


def plots(home):
    return home.store.plots(EVERYTHING)


def found(home, *steps, key="canker"):
    plot = plots(home)["id"].iloc[0]
    told = tuple(Step(state, day, None, "") for state, day in steps)
    home.store.add_sample(Sample(uuid7(), plot, key, told[0].date, steps=told, by=None), by=None)


def pressure(home, on, key="canker"):
    return records.of_plots(home, plots(home), FIRST, on).pressure[key]


CONFIRMED = (("suspected", date(2024, 5, 1)), ("sampled", date(2024, 5, 2)), ("confirmed", date(2024, 5, 10)))


def test_a_confirmed_find_under_embargo_moves_nobody(home):
    found(home, *CONFIRMED)
    assert (pressure(home, TODAY) == 0).all()


def test_a_find_that_the_station_released_presses_from_that_day_on_and_not_before(home):
    found(home, *CONFIRMED, ("released", date(2024, 5, 20)))
    assert (pressure(home, date(2024, 5, 19)) == 0).all()
    assert pressure(home, date(2024, 5, 20))[0] > 0.9


def test_trees_that_were_removed_press_no_more(home):
    found(home, *CONFIRMED, ("released", date(2024, 5, 20)), ("removed", date(2024, 5, 25)))
    assert pressure(home, date(2024, 5, 24))[0] > 0.9
    assert (pressure(home, TODAY) == 0).all()


def test_a_count_without_a_total_is_read(home):
    plot = plots(home)["id"].iloc[0]
    home.store.add_counts([Count(uuid7(), plot, "red_mite", TODAY, "leaf", 50, infested=20)])
    counts = records.of_plots(home, plots(home), FIRST, TODAY).counts
    assert counts["infested"].tolist() == [20.0]
    assert np.isnan(counts["total"]).all()


def test_an_untreated_strip_speaks_of_the_plot_only_where_nothing_else_does(home):
    plot = plots(home)["id"].iloc[0]
    strip = Count(uuid7(), plot, "red_mite", TODAY, "leaf", 50, total=500, treated=False)
    home.store.add_counts([strip])
    assert len(records.of_plots(home, plots(home), FIRST, TODAY).counts) == 1
    home.store.add_counts([Count(uuid7(), plot, "red_mite", date(2024, 5, 30), "leaf", 50, total=5)])
    assert records.of_plots(home, plots(home), FIRST, TODAY).counts["total"].tolist() == [5.0]


def test_nothing_is_read_before_its_day(home):
    plot = plots(home)["id"].iloc[0]
    home.store.add_treatments([Treatment(uuid7(), plot, TODAY, "spray", groups=("IRAC 6",), targets=("red_mite",))])
    before = records.of_plots(home, plots(home), FIRST, date(2024, 5, 31))
    assert (before.sprays, before.recorded.any()) == ({}, False)
    after = records.of_plots(home, plots(home), FIRST, TODAY)
    assert after.sprays[0][0].day == (TODAY - FIRST).days
    assert after.recorded.tolist()[0]


def test_a_count_moves_the_forecast_of_its_plot_the_same_day_and_no_other(home):
    mites = (organism.load("red_mite"),)
    inputs = preparation.prepare(home, None, 4)
    on = inputs.on

    def index():
        table = run.warn(home, inputs, mites, parallel=False).table
        return table[table["horizon"] == 15].set_index("plot")["index"]

    before = index()
    plot = before.index[0]
    home.store.add_counts([Count(uuid7(), plot, "red_mite", on, "leaf", 100, 0, 0)], by=OPERATOR)
    after = index()
    assert after[plot] < before[plot]
    assert (after.drop(plot) == before.drop(plot)).all()


def test_a_plot_higher_up_meets_the_fly_later_and_other_mites(home):
    some = (organism.load("minax"), organism.load("red_mite"))
    inputs = preparation.prepare(home, date(2023, 3, 20), 4)
    warned = run.warn(home, inputs, some, parallel=False, keep_courses=True)
    height = dict(zip(inputs.plots["id"], inputs.plots_themselves["elevation"], strict=True))
    low, high = np.argsort([height[plot] for plot in warned.plots])[[0, -1]]
    assert height[warned.plots[high]] > height[warned.plots[low]]
    first = warned.courses["minax"]["0:first_adult"][:, 1]
    assert first[high] > first[low]
    assert (warned.courses["red_mite"]["past"][high] != warned.courses["red_mite"]["past"][low]).any()
