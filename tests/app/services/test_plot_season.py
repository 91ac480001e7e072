"""One plot's seasons anew: what is over does not depend on the days ahead."""

from datetime import date

import numpy as np
import pytest

from agro.errors import NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import plot_season
from app.services.platform import open_platform

ON = date(2022, 6, 20)


@pytest.fixture
def home(small_home):
    return open_platform(small_home)


def test_stages_that_are_over_are_the_same_without_the_days_ahead(home):
    for plot in home.store.plots(EVERYTHING)["id"].iloc[:3]:
        whole = plot_season.rerun(OPERATOR, home, plot, ON, members=6, shown=()).dates
        past = plot_season.stages_so_far(OPERATOR, home, plot, ON, members=6)
        whole = whole.sel(season=past["season"]).to_numpy()
        over = whole < np.datetime64(ON)
        assert over.sum() > 100  # last year's stages and this spring's
        assert (past.to_numpy()[over] == whole[over]).all()
        late = past.to_numpy()[~over]
        assert (np.isnat(late) | (late >= np.datetime64(ON))).all()


def test_stages_of_a_plot_of_others_are_not_told(home):
    with pytest.raises(NotFoundError):
        plot_season.stages_so_far(Viewer("x", "x", Role.GROWER), home, home.store.plots(EVERYTHING)["id"].iloc[0])
