"""Which plots are alike: beside a search of all pairs."""

import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError
from remote_sensing.series import sisters
from remote_sensing.series.rules import SISTERS


def many(n, seed=1, spread=6000.0):
    drawn = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "plot": [f"P{k}" for k in range(n)],
            "x": drawn.uniform(0, spread, n),
            "y": drawn.uniform(0, spread, n),
            "group": drawn.choice(["navel", "ponkan"], n),
            "planted": drawn.integers(1998, 2010, n),
            "elevation": drawn.uniform(200, 600, n),
            "slope": drawn.uniform(0, 25, n),
            "aspect": drawn.uniform(0, 360, n),
        }
    )


def alike(a, b):
    def level(p):
        s, g = np.radians([p.slope, p.aspect])
        return np.sin(s) * np.sin(g), np.sin(s) * np.cos(g)

    return (
        a.plot != b.plot
        and a.group == b.group
        and abs(a.planted - b.planted) <= 3
        and abs(a.elevation - b.elevation) <= 150
        and np.hypot(a.x - b.x, a.y - b.y) <= 5000
        and np.hypot(*np.subtract(level(a), level(b))) <= 0.35
    )


def test_sisters_are_those_that_a_search_of_all_pairs_finds_nearest_first():
    plots = many(250)
    found = sisters(plots)
    rows = list(plots.itertuples())
    for a in rows[::10]:
        wanted = sorted((b for b in rows if alike(a, b)), key=lambda b, a=a: np.hypot(a.x - b.x, a.y - b.y))
        place = int(a.plot[1:])
        assert found.alike[place] == (len(wanted) >= 8)
        if len(wanted) >= 8:
            assert found[a.plot] == tuple(b.plot for b in wanted[: SISTERS.most])


def test_fewer_than_eight_alike_fall_back_on_the_nearest_plots_of_the_region():
    plots = many(60)
    plots.loc[0, "group"] = "lemon"
    found = sisters(plots)
    assert not found.alike[0]
    apart = np.hypot(plots["x"] - plots["x"][0], plots["y"] - plots["y"][0])
    nearest = plots["plot"][np.argsort(apart)][1 : SISTERS.most + 1]
    assert set(found["P0"]) == set(nearest)


def test_what_a_plot_does_not_tell_is_not_asked():
    plots = many(40, spread=3000.0).assign(group="navel", planted=2005, elevation=300.0, slope=0.0)
    plots.loc[0, ["planted", "elevation", "slope", "aspect"]] = np.nan
    found = sisters(plots)
    assert len(found["P0"]) == SISTERS.most
    assert found.alike.all()
    assert sisters(plots[["plot", "x", "y"]]).alike.all()


def test_north_and_south_slopes_are_not_alike():
    plots = many(40, spread=2000.0).assign(group="navel", planted=2005, elevation=300.0, slope=20.0)
    plots["aspect"] = np.where(np.arange(40) < 20, 0.0, 180.0)
    found = sisters(plots)
    assert all(int(one[1:]) < 20 for one in found["P0"])
    assert len(found["P0"]) == 19


def test_groups_keep_their_members_in_another_order_of_plots():
    plots = many(80)
    found = sisters(plots)
    turned = found.ordered(np.array([*found.plots[::-1], "new"], dtype=object))
    for plot in found.plots[::9]:
        assert turned[plot] == found[plot]
    assert turned["new"] == ()
    some = found.ordered(found.plots[:40])
    assert set(some["P0"]) == set(found["P0"]) & set(found.plots[:40])


def test_a_single_plot_has_no_sisters_and_places_are_needed():
    assert dict(sisters(many(1))) == {"P0": ()}
    with pytest.raises(InputError, match="x, y"):
        sisters(many(3)[["plot"]])
    with pytest.raises(KeyError):
        sisters(many(3))["nobody"]
