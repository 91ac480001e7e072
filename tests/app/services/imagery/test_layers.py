"""Pictures on the map: in their place, in the colours of their legend, and others' ground left out."""

import io
import warnings
from datetime import timedelta

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import OPERATOR
from app.services.imagery import layers, pictures, values
from remote_sensing import indices
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import LAST


def newest(home):
    return home.store.scenes()[0]


def rgba(picture):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(io.BytesIO(picture.png)) as file:
            return file.read()


def pixel(picture, x, y):
    """Return the four bytes of a picture at a place of the region's CRS."""
    west, south, east, north = picture.bounds
    to = Transformer.from_crs("EPSG:4326", picture.crs, always_xy=True)
    left, bottom, right, top = to.transform_bounds(west, south, east, north)
    at = Transformer.from_crs(truth.CRS, picture.crs, always_xy=True).transform(x, y)
    values = rgba(picture)
    row, column = (top - at[1]) / (top - bottom) * values.shape[1], (at[0] - left) / (right - left) * values.shape[2]
    return values[:, int(row), int(column)]


def kept(home, stored):
    """Return NDVI from the whole numbers in the file of the 10 m bands, read by rasterio alone."""
    with rasterio.open(home.store.scene_part(stored.id, "10")) as file:
        bands = {name: file.read(k).astype(float) * 1e-4 for k, name in enumerate(file.descriptions, start=1)}
    return (bands["nir"] - bands["red"]) / (bands["nir"] + bands["red"])


def middle(number):
    return truth.outlines().iloc[number].centroid.coords[0]


def test_an_index_has_the_colour_of_its_legend_in_its_place(pictured):
    shown = layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi")
    about = indices.named("ndvi")
    assert (shown.legend.low, shown.legend.high, shown.legend.absolute) == (about.low, about.high, True)
    field = kept(pictured, newest(pictured))
    for number in (0, 2, 9, 14):
        at = middle(number)
        x, y = truth.cells()
        row, column = int((y[0] + 5 - at[1]) / 10), int((at[0] - x[0] + 5) / 10)
        near = field[row - 1 : row + 2, column - 1 : column + 2]  # the map's grid is turned against the scene's
        expected = pictures.coloured(near, about.low, about.high).reshape(4, -1)
        assert (pixel(shown, *at)[:, None] == expected).all(axis=0).any()


def test_a_legend_tells_day_sensor_age_and_how_much_was_seen(pictured):
    legend = layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi").legend
    assert legend.taken[0].date() == LAST.date()
    assert (legend.age, legend.sensor["zh"], legend.valid) == (3, "哨兵二号 L2A", pytest.approx(1.0, abs=0.01))
    assert (legend.better, legend.synthetic, len(legend.stops)) == ("high", True, pictures.STOPS)


def test_relative_colours_span_five_to_ninety_five_percent_of_one_plot(pictured):
    shown = layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi", relative=True, plot="p10")
    inside = kept(pictured, newest(pictured))[truth.inside(truth.outlines().iloc[9])]
    low, high = np.quantile(inside, [0.05, 0.95])
    assert (shown.legend.low, shown.legend.high) == pytest.approx((low, high), abs=0.002)
    assert not shown.legend.absolute
    whole = layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi")
    assert shown.bounds[2] - shown.bounds[0] < 0.4 * (whole.bounds[2] - whole.bounds[0])


def test_a_change_is_the_later_less_the_earlier_and_even_around_zero(pictured):
    scenes = pictured.store.scenes()
    before = next(one for one in scenes if (LAST - one.time.replace(tzinfo=None)) >= timedelta(days=40))
    shown = layers.change(OPERATOR, pictured, before.id, scenes[0].id, "ndvi")
    assert shown.legend.low == -shown.legend.high
    made = values.changes_of(OPERATOR, pictured, before, scenes[0], "ndvi")
    truly = kept(pictured, scenes[0]) - kept(pictured, before)
    assert np.nanmax(np.abs(made.to_numpy() - truly)) < 1e-5
    swapped = layers.change(OPERATOR, pictured, scenes[0].id, before.id, "ndvi")
    assert (swapped.png, swapped.legend) == (shown.png, shown.legend)


def test_a_grower_sees_no_index_of_the_neighbours_ground(pictured):
    shown = layers.index(truth.grower(pictured, "f1"), pictured, newest(pictured).id, "ndvi")
    assert pixel(shown, *middle(2))[3] == 255
    assert pixel(shown, *middle(14))[3] == 0  # of the other farm
    everybody = layers.true_colour(truth.grower(pictured, "f1"), pictured, newest(pictured).id)
    assert pixel(everybody, *middle(14))[3] == 255  # a satellite's picture anybody can have
    numbers = values.values_of(truth.grower(pictured, "f1"), pictured, newest(pictured), "ndvi")
    assert np.isnan(numbers.to_numpy()[truth.inside(truth.outlines().iloc[14].buffer(-20))]).all()


def test_who_may_not_see_plots_sees_no_pictures(pictured):
    for role in (Role.OFFICIAL, Role.RESEARCHER, Role.SUPPLIER, Role.CONTRACTOR):
        with pytest.raises(NotAllowedError):
            layers.index(Viewer("x", "x", role), pictured, newest(pictured).id, "ndvi")


def test_another_farms_plot_cannot_be_asked_for(pictured):
    with pytest.raises(NotFoundError):
        layers.index(truth.grower(pictured, "f1"), pictured, newest(pictured).id, "ndvi", plot="p14")


def test_the_quality_layer_tells_what_hid_the_ground(pictured):
    shown = layers.quality(OPERATOR, pictured, newest(pictured).id)
    assert shown.legend.classes[0][1]["zh"] == "看得清"
    colour = tuple(int(shown.legend.classes[0][0][k : k + 2], 16) for k in (1, 3, 5))
    assert tuple(pixel(shown, *middle(0))) == (*colour, 255)


def test_an_index_without_its_bands_is_refused_and_an_unknown_one_too(pictured):
    with pytest.raises(InputError, match="swir1"):
        layers.index(OPERATOR, pictured, newest(pictured).id, "ndmi")
    with pytest.raises(NotFoundError, match="no index"):
        layers.index(OPERATOR, pictured, newest(pictured).id, "health")


def test_pictures_have_no_more_pixels_than_a_side_may_have(pictured, monkeypatch):
    monkeypatch.setattr(pictures, "whole", lambda section, name: 64)
    shown = rgba(layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi"))
    assert max(shown.shape[1:]) <= 64


def test_a_place_without_a_picture_says_so(bare):
    from app.services.imagery import scenes

    with pytest.raises(MissingDataError, match="no pictures yet"):
        scenes.newest(OPERATOR, bare)
