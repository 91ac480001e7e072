import time
from dataclasses import fields, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from agro.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from agro.farm import Farm, Plot
from agro.store import EVERYTHING, Scope

numbers = st.none() | st.floats(-1e4, 1e4, allow_nan=False)
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["C"]), min_size=1, max_size=20
)
plots = st.builds(
    Plot,
    id=st.uuids().map(str),
    farm=st.just("f1"),
    name=words.filter(str.strip),
    geometry=st.builds(
        lambda x, y, size: box(x, y, x + size, y + size), st.floats(70, 130), st.floats(10, 50), st.floats(1e-5, 0.1)
    ),
    area=st.floats(1, 1e6),
    cultivar=st.none() | words,
    planted=st.none() | st.integers(1900, 2100),
    spacing=st.none() | st.tuples(st.floats(0.5, 10), st.floats(0.5, 10)),
    soil_depth=numbers,
    township=st.none() | words,
    elevation=numbers,
    slope=numbers,
    aspect=numbers,
    sky_view=numbers,
    height_above_valley=numbers,
    assumed=st.lists(st.sampled_from(["cultivar", "planted", "spacing", "soil_depth"]), unique=True).map(tuple),
    source=words,
    synthetic=st.booleans(),
)


@given(plot=plots)
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_plot_comes_back_as_it_was_saved(store, plot):
    store.save_farms([Farm("f1", "Upper Terrace")])
    store.save_plots([plot])
    assert store.plot(plot.id, EVERYTHING) == plot
    row = store.plots(EVERYTHING, ids=[plot.id]).iloc[0]
    for field in fields(Plot):
        expected = getattr(plot, field.name)
        assert pd.isna(row[field.name]) if expected is None else row[field.name] == expected
    store.remove_plot(plot.id)


def test_saving_counts_what_is_new_and_what_changed(orchard, make_plot):
    again = [orchard.plot(name, EVERYTHING) for name in ("North", "South", "East")]
    assert orchard.save_plots(again) == (0, 0)
    assert orchard.save_plots([replace(again[0], area=950.0), again[1], make_plot("West")]) == (1, 1)
    assert orchard.plot("North", EVERYTHING).area == 950.0


def test_a_plot_of_a_stored_name_is_that_plot(orchard, make_plot):
    assert orchard.save_plots([make_plot("North", id="another id", area=5.0)]) == (0, 1)
    assert orchard.plot("North", EVERYTHING).id == "p1"


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"name": " "}, InputError, "needs a name"),
        ({"area": 0.0}, InputError, "area above 0"),
        ({"area": float("nan")}, InputError, "area above 0"),
        ({"farm": "f9"}, NotFoundError, "no farm 'f9'"),
        ({"geometry": box(500000, 3000000, 500010, 3000010)}, InputError, "degrees"),
        ({"geometry": shapely.Polygon()}, InputError, "degrees"),
        ({"name": "South", "id": "p1"}, ConflictError, "twice"),
    ],
)
def test_a_wrong_plot_changes_nothing(orchard, make_plot, wrong, error, message):
    given_ = {"name": "West"} | wrong
    with pytest.raises(error, match=message) as caught:
        orchard.save_plots([make_plot("Fine"), make_plot(given_.pop("name"), given_.pop("farm", "f1"), **given_)])
    assert caught.value.zh != str(caught.value)
    assert list(orchard.plots(EVERYTHING)["name"]) == ["East", "North", "South"]


def test_the_same_plot_twice_in_one_file_is_refused(orchard, make_plot):
    with pytest.raises(ConflictError, match=r"'West' .* twice"):
        orchard.save_plots([make_plot("West"), make_plot("West", x=108.7)])


def test_a_mistyped_name_is_told_the_near_ones(orchard):
    with pytest.raises(NotFoundError, match="no plot 'Nort'; near names: North") as caught:
        orchard.plot("Nort", EVERYTHING)
    assert "North" in caught.value.zh


def test_near_names_never_tell_of_others_plots(orchard):
    with pytest.raises(NotFoundError) as caught:
        orchard.plot("North", Scope(farms=frozenset({"f2"})))
    assert "North" not in str(caught.value).split(";")[1]


def test_a_name_in_two_farms_is_asked_for_with_its_farm(orchard, make_plot):
    orchard.save_plots([make_plot("North", "f2", id="p9")])
    with pytest.raises(InputError, match="River Bend/North"):
        orchard.plot("North", EVERYTHING)
    assert orchard.plot("River Bend/North", EVERYTHING).id == "p9"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, ["East", "North", "South"]),
        (Scope(), []),
        (Scope(farms=frozenset({"f1"})), ["North", "South"]),
        (Scope(townships=frozenset({"Valley"})), ["East"]),
        (Scope(farms=frozenset({"f1"}), townships=frozenset({"Valley"})), ["East", "North", "South"]),
    ],
)
def test_a_scope_shows_its_own_plots_only(orchard, scope, expected):
    assert list(orchard.plots(scope)["name"]) == expected
    assert len(orchard.farms(scope)) == len({"North": 1, "East": 2}.keys() & set(expected))


def test_a_box_shows_the_plots_that_touch_it(orchard):
    assert list(orchard.plots(EVERYTHING, bbox=(108.519, 30.8, 108.521, 31))["name"]) == ["South"]
    assert orchard.plots(EVERYTHING, bbox=(0, 0, 1, 1)).empty
    assert orchard.plots(EVERYTHING).crs == "EPSG:4326"


def test_sums_only_sees_no_plot(orchard):
    with pytest.raises(NotAllowedError, match="only sums"):
        orchard.plots(Scope(everything=True, sums_only=True))


def test_an_anonymous_plot_has_no_name_and_no_exact_place(orchard):
    told = orchard.plots(Scope(everything=True, anonymous=True))
    assert set(told["name"]) == {""}
    assert not {"p1", "p2", "p3"} & set(told["id"])
    assert list(told.geometry)[1].equals_exact(Point(108.5, 30.9), 1e-9)
    assert list(told["id"]) == list(orchard.plots(Scope(everything=True, anonymous=True))["id"])


def test_what_the_grower_gives_is_no_longer_assumed(orchard, make_plot):
    orchard.save_plots(
        [make_plot("West", id="p7", cultivar="navel", spacing=(4.0, 3.0), assumed=("cultivar", "spacing"))]
    )
    changed = orchard.change_plot("p7", cultivar="lane_late")
    assert changed.assumed == ("spacing",)
    assert orchard.plot("p7", EVERYTHING) == changed


def test_a_change_of_unknown_attributes_or_to_a_taken_name_is_refused(orchard):
    with pytest.raises(ValueError, match="colour"):
        orchard.change_plot("p1", colour="green")
    with pytest.raises(ConflictError, match="twice"):
        orchard.change_plot("p1", name="South")
    with pytest.raises(NotFoundError):
        orchard.change_plot("p99", area=1.0)
    with pytest.raises(NotFoundError):
        orchard.remove_plot("p99")


def test_sums_name_no_township_of_few_growers(store, make_plot):
    store.save_farms([Farm(f"f{number}", f"Farm {number}") for number in range(11)])
    store.save_plots(
        [make_plot(f"P{number}", f"f{number}", township="Hillside" if number < 5 else "Valley") for number in range(11)]
    )
    official = Scope(everything=True, sums_only=True)
    assert list(store.plot_sums(official)["growers"]) == [5, 6]
    store.remove_plot(store.plot("P0", EVERYTHING).id)
    assert store.plot_sums(official).empty  # four growers are hidden, and the only other cell with them
    assert list(store.plot_sums(EVERYTHING)["plots"]) == [4, 6]


def test_twenty_thousand_plots_go_in_and_out_in_seconds(store):
    store.save_farms([Farm(f"f{number}", f"Farm {number}") for number in range(50)])
    xy = np.random.default_rng(1).uniform(0, 1, (20_000, 2))
    many = [
        Plot(f"p{n}", f"f{n % 50}", f"P{n}", box(108 + x, 30 + y, 108.001 + x, 30.001 + y), 700.0)
        for n, (x, y) in enumerate(xy)
    ]
    start = time.process_time()
    assert store.save_plots(many) == (20_000, 0)
    saved = time.process_time()
    told = store.plots(EVERYTHING)
    read = time.process_time()
    assert len(told) == 20_000
    assert isinstance(told, gpd.GeoDataFrame)
    assert saved - start < 20
    assert read - saved < 5
    assert len(store.plots(EVERYTHING, ids=[f"p{n}" for n in range(5000)])) == 5000
