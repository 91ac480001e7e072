"""Pixels of plots through time: a day is one date, however many scenes show it."""

from datetime import date, timedelta

import numpy as np

from app.services.imagery import extent, stacks
from remote_sensing import sensor
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import LAST, show

WEST = truth.outlines().iloc[0]
EAST = truth.outlines().iloc[1]


def stacks_of(home):
    plots = extent.plots(home)
    some = plots[plots["id"].isin(["p01", "p02"])]
    stored = home.store.scenes("satellite")
    found = stacks.of_plots(home, stored, some, sensor.named("sentinel2_l2a"), "ndvi")
    return stored, {one.plot: one for one in found}


def test_two_tiles_of_one_pass_are_one_date_and_each_shows_its_plots(bare):
    earlier = LAST - timedelta(days=10)
    show(bare, earlier)
    for minutes, beyond in ((0, EAST), (1, WEST)):  # the tile beside it, seconds later
        seen = truth.field(LAST)
        seen[truth.inside(beyond)] = np.nan
        show(bare, LAST + timedelta(minutes=minutes), seen)
    stored, found = stacks_of(bare)
    assert len(stored) == 3
    for one in found.values():
        assert [str(day)[:10] for day in one.values["time"].to_numpy()] == [f"{LAST:%Y-%m-%d}", f"{earlier:%Y-%m-%d}"]
        assert np.isfinite(one.values.to_numpy()[:, one.weights > 0.5]).all()


def test_of_two_processings_of_a_pass_the_later_counts_and_the_number_of_dates_is_of_days(bare):
    for minutes, level in ((0, 0.5), (1, 0.6)):
        show(bare, LAST + timedelta(minutes=minutes), np.full((truth.SIDE, truth.SIDE), level))
    show(bare, LAST - timedelta(days=10))
    stored, found = stacks_of(bare)
    newest = found["p01"].values[0].to_numpy()[found["p01"].weights > 0.5]
    assert np.allclose(newest, 0.6, atol=1e-3)
    assert {one.time.date() for one in stacks.newest_days(stored, 1)} == {date(LAST.year, LAST.month, LAST.day)}
    assert len(stacks.newest_days(stored, 2)) == 3
