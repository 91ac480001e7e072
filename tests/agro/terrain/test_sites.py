import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.terrain import sites

STEPS = {"elevation": 50.0, "sky_view": 0.1, "winter_beam": 0.5}
place = st.tuples(st.floats(100, 900), st.floats(0.5, 1), st.floats(0, 2))


def frame(rows):
    return pd.DataFrame(rows, columns=list(STEPS)).assign(cell=0, cultivar="navel")


@given(st.lists(place, min_size=1, max_size=30))
def test_weights_of_a_place_sum_to_one_and_lean_on_few_sites(rows):
    made = sites.through_sites(frame(rows), ["cell", "cultivar"], STEPS)
    by_place = made.weights.groupby("place")
    assert by_place["weight"].sum().to_numpy() == pytest.approx(np.ones(len(rows)))
    assert (made.weights["weight"] > 0).all()
    assert by_place.size().max() <= len(STEPS) + 1


@given(st.lists(place, min_size=1, max_size=30), st.tuples(*[st.floats(-3, 3)] * 4))
def test_what_is_linear_in_the_axes_is_read_back_exactly(rows, slope):
    places = frame(rows)
    made = sites.through_sites(places, ["cell", "cultivar"], STEPS)

    def linear(table):
        return slope[3] + table[list(STEPS)].to_numpy() @ np.array(slope[:3])

    assert made.at_places(linear(made.table), len(places)) == pytest.approx(linear(places), abs=1e-6)


def test_plots_of_two_cultivars_never_share_a_site():
    rows = [(310.0, 0.95, 1.0)] * 2
    made = sites.through_sites(frame(rows).assign(cultivar=["navel", "orah"]), ["cell", "cultivar"], STEPS)
    for number, cultivar in enumerate(["navel", "orah"]):
        own = made.weights.loc[made.weights["place"] == number, "site"]
        assert set(made.table.loc[own, "cultivar"]) == {cultivar}


def test_many_plots_need_far_fewer_sites():
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.uniform(200, 400, 20_000), rng.uniform(0.85, 1, 20_000), rng.uniform(0.8, 1.3, 20_000)])
    assert len(sites.through_sites(frame(rows), ["cell", "cultivar"], STEPS).table) < 100


def test_a_place_without_terrain_is_refused():
    with pytest.raises(ValueError, match="no value"):
        sites.through_sites(frame([(np.nan, 0.9, 1.0)]), ["cell"], STEPS)


def test_a_place_is_unknown_where_a_site_it_leans_on_is_unknown():
    made = sites.through_sites(frame([(325.0, 0.9, 1.0), (300.0, 0.9, 1.0)]), ["cell", "cultivar"], STEPS)
    values = made.table["elevation"].to_numpy(copy=True)
    values[made.table["elevation"] == 350] = np.nan
    read = made.at_places(values, 2)
    assert np.isnan(read[0])
    assert read[1] == pytest.approx(300)


def test_few_places_stand_for_themselves_and_many_share_sites():
    few = frame([(325.0, 0.9, 1.0), (325.0, 0.9, 1.0), (410.0, 0.8, 0.7)])
    made = sites.stand_ins(few, ["cell", "cultivar"], STEPS)
    assert len(made.table) == 2
    assert made.at_places(made.table["elevation"].to_numpy(), 3) == pytest.approx([325, 325, 410])
    rng = np.random.default_rng(2)
    many = frame(
        np.column_stack([rng.uniform(200, 400, 5000), rng.uniform(0.85, 1, 5000), rng.uniform(0.8, 1.3, 5000)])
    )
    assert len(sites.stand_ins(many, ["cell", "cultivar"], STEPS).table) < 100


def test_a_site_carries_the_mean_of_the_places_that_lean_on_it():
    rows = frame([(310.0, 0.9, 1.0), (340.0, 0.9, 1.0)]).assign(slope=[10.0, 20.0])
    made = sites.through_sites(rows, ["cell"], STEPS, carried=["slope"]).table.set_index("elevation")
    assert made.loc[300.0, "slope"] == pytest.approx((0.8 * 10 + 0.2 * 20) / 1.0)
    assert made.loc[350.0, "slope"] == pytest.approx((0.2 * 10 + 0.8 * 20) / 1.0)


def test_only_a_site_that_is_one_place_knows_which_and_has_its_slope():
    rows = frame([(325.0, 0.9, 1.0), (325.0, 0.9, 1.0), (410.0, 0.8, 0.7)]).assign(slope=[12.0, 12.0, 5.0])
    own = sites.each_place(rows, ["cell", "cultivar"], STEPS, carried=["slope"]).table
    assert own["alone"].all()
    assert list(own["place"]) == [0, 2]
    assert list(own["slope"]) == [12.0, 5.0]
    shared = sites.through_sites(rows, ["cell", "cultivar"], STEPS, carried=["slope"]).table
    assert not shared["alone"].any()
    assert (shared["place"] == -1).all()


def test_neighbours_on_other_slopes_are_not_one_place():
    rows = frame([(325.0, 0.9, 1.0), (325.0, 0.9, 1.0)]).assign(slope=[12.0, 5.0])
    assert len(sites.each_place(rows, ["cell"], STEPS, carried=["slope"]).table) == 2
