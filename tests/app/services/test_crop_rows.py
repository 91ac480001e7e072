"""Which crop parameters a plot is computed with."""

from datetime import timedelta

import numpy as np
import pytest

from agro.store import EVERYTHING
from app.services import crop_rows, fit_store
from app.services.platform import open_platform
from growth_model import cultivar as crops
from growth_model.crop import PARAMETERS


@pytest.fixture(scope="module")
def home(demo_home):
    return open_platform(demo_home)


def test_a_plot_with_readings_is_computed_with_what_they_made_of_it(home):
    rows = crop_rows.read(home, None, 20)
    assert len(rows.posterior) > 10
    plots = home.store.plots(EVERYTHING).set_index("id")
    plot = next(iter(rows.posterior))
    own, prior = rows.of(plots.loc[plot, "cultivar"], plot), rows.of(plots.loc[plot, "cultivar"])
    moved = [PARAMETERS.index(name) for name in rows.posterior[plot][0]]
    assert own.shape == prior.shape == (20, len(PARAMETERS))
    assert (own[:, moved].std(axis=0) < prior[:, moved].std(axis=0)).mean() > 0.5
    rest = np.setdiff1d(np.arange(len(PARAMETERS)), moved)
    np.testing.assert_array_equal(own[:, rest], prior[:, rest])


def test_a_plot_without_readings_keeps_its_groups_prior(home):
    rows = crop_rows.read(home, None, 8)
    bare = next(id for id in home.store.plots(EVERYTHING)["id"] if id not in rows.posterior)
    assert rows.fitted(bare) == ""
    np.testing.assert_array_equal(rows.of("navel", bare), crops.perturbed(crops.load("navel"), 8, crop_rows.SEED))


def test_a_run_of_an_earlier_day_knows_nothing_of_a_later_fit(home):
    earlier = fit_store.newest(home) - timedelta(days=1)
    assert not crop_rows.read(home, earlier, 8).posterior
