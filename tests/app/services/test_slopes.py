"""The slope for a viewer: sun of a plot, and a map that opens in any GIS."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import daily_run, exports, plot_season, slope_story, slope_window
from app.services.platform import open_platform

STRANGER = Viewer("x", "甲", Role.GROWER, farms=())


@pytest.fixture(scope="module")
def home(_small_made, tmp_path_factory):
    folder = shutil.copytree(_small_made, tmp_path_factory.mktemp("slopes") / "home")
    platform = open_platform(folder)
    daily_run.run(OPERATOR, platform, members=3)
    yield platform
    platform.store.close()


@pytest.fixture(scope="module")
def plot(home):
    return home.store.plot("屋后坡", EVERYTHING)


@pytest.fixture(scope="module")
def found(home, plot):
    return slope_window.window_map(OPERATOR, home, plot.id, side=200.0)


def test_the_suns_day_is_long_in_summer_and_the_valley_takes_some_of_it(home, plot):
    told = slope_story.story(OPERATOR, home, plot.id)
    hours = told.hours.set_index("key")
    # 30.9 N: 10.0 hours on 21 December, 14.0 on 21 June
    assert hours.loc["winter", "open"] == pytest.approx(10.0, abs=0.2)
    assert hours.loc["summer", "open"] == pytest.approx(14.0, abs=0.2)
    assert (hours["lost"] > 0).all()  # slopes of 22 degrees stand on both sides
    assert (hours["lit"] + hours["lost"]).to_numpy() == pytest.approx(hours["open"].to_numpy())
    for shares in (told.diffuse, told.light, told.clear):
        assert set(shares) == {"winter", "summer"}
        assert all(0 < share < 1.6 for share in shares.values())


def test_under_clouds_a_sunny_and_a_shady_slope_differ_less_than_without_a_cloud(home, plot):
    known = plot_season.inputs(home, plot.id)
    sides = [pd.Series({"sky_view": 0.95, "winter_beam": beam, "summer_beam": 1.0}) for beam in (0.5, 1.4)]
    (_, shady, shady_clear), (_, sunny, sunny_clear) = (slope_story._clouds(known, side) for side in sides)
    assert 0 < sunny["winter"] - shady["winter"] < sunny_clear["winter"] - shady_clear["winter"]
    assert sunny["summer"] == shady["summer"]


def test_the_map_is_a_cog_with_crs_names_units_and_what_it_rests_on(home, plot, found, tmp_path):
    path = exports.slope_map(OPERATOR, home, tmp_path / "map.tif", "tif", plot.id, side=200.0)
    with rasterio.open(path) as file:
        assert file.crs.to_string() == "EPSG:32649"
        assert file.descriptions == ("delay", "bloom", "maturity", "ripe", "diameter", "elevation", "slope")
        assert (file.res, file.width, file.height) == ((10.0, 10.0), 20, 20)
        assert file.tags(1)["units"] == "d"
        assert file.tags(2)["units"] == "day of 2023, 1 is 1 January"
        assert file.tags()["evidence"] == "none"
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        about = json.loads(file.tags()["CITRUS_SLOPE"])
        assert (about["resampling"], about["source_resolution"], about["cultivar"]) == ("cubic", 30.0, "valencia")
        np.testing.assert_array_equal(file.read(1), found.layers["delay"].to_numpy())
        height = file.read(6)
        assert np.isfinite(height).all()
        assert np.corrcoef(height.ravel(), file.read(2).ravel())[0, 1] > 0.9  # bloom is later higher up


def test_a_map_is_computed_once(home, plot, found, monkeypatch):
    monkeypatch.setattr(slope_window, "_computed", None)
    again = slope_window.window_map(OPERATOR, home, plot.id, side=200.0)
    assert again.file == found.file


def test_the_outline_lies_in_the_middle_of_its_map(found):
    ring = np.array(found.outline[0])
    assert ring.mean(axis=0) == pytest.approx([10.0, 10.0], abs=2.0)


def test_a_window_may_be_drawn_anywhere_on_the_model_but_not_too_large(home, plot):
    box = 340_600.0, 3_420_600.0, 340_700.0, 3_420_750.0
    made = slope_window.window_map(OPERATOR, home, plot.id, bounds=box)
    assert made.layers["delay"].shape == (15, 10)
    with pytest.raises(InputError, match="too large"):
        slope_window.window_map(OPERATOR, home, plot.id, side=4000.0)
    with pytest.raises(InputError, match="first"):
        slope_window.window_map(OPERATOR, home, plot.id, bounds=(1.0, 1.0, 0.0, 2.0))


def test_a_stranger_sees_neither_sun_nor_map_nor_file(home, plot, tmp_path):
    for ask in (slope_story.story, slope_window.window_map):
        with pytest.raises((NotFoundError, NotAllowedError)):
            ask(STRANGER, home, plot.id)
    with pytest.raises((NotFoundError, NotAllowedError)):
        exports.slope_map(STRANGER, home, tmp_path / "x.tif", "tif", plot.id)
    with pytest.raises(InputError, match="unknown format"):
        exports.slope_map(OPERATOR, home, tmp_path / "x.png", "png", plot.id)
