import json
from datetime import UTC, datetime

import numpy as np
import pvlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError, MissingDataError
from remote_sensing import illumination
from tests.remote_sensing.planted import CRS, NORTH, WEST, grid, ground, orchard, scene


@pytest.mark.parametrize(
    ("aspect", "expected"), [(0, 0.225241), (90, 0.652190), (180, 0.865618), (341.56, 0.207912)]
)  # monitoring.md T5.2
def test_a_winter_sun_falls_on_slopes_as_the_specification_says(aspect, expected):
    assert illumination.cos_incidence(25.0, aspect, 53.0, 161.56) == pytest.approx(expected, abs=1e-6)


@given(st.floats(0, 89), st.floats(0, 360), st.floats(0, 89), st.floats(0, 360))
def test_the_incidence_is_that_of_pvlib(slope, aspect, zenith, azimuth):
    expected = pvlib.irradiance.aoi_projection(slope, aspect, zenith, azimuth)
    assert illumination.cos_incidence(slope, aspect, zenith, azimuth) == pytest.approx(float(expected), abs=1e-9)


def test_flat_ground_without_an_aspect_has_the_suns_own_cosine():
    assert illumination.cos_incidence(0.0, np.nan, 60.0, 200.0) == pytest.approx(0.5)


def test_a_plane_that_falls_south_is_lit_as_its_slope_says_on_its_own_grid_and_on_a_finer_one():
    # 30 degrees of slope, falling south
    heights = 1000 - np.tan(np.radians(30)) * 30.0 * np.arange(40)[:, None] * np.ones((1, 40))
    plane = ground(heights, 30.0)
    expected = illumination.cos_incidence(30.0, 180.0, 53.0, 161.56)
    for cell, n in ((30.0, 40), (10.0, 120), (60.0, 20), (7.0, 171)):
        light = illumination.cos_i(scene(orchard((n, n)), cell), plane)
        np.testing.assert_allclose(light.to_numpy(), expected, atol=2e-3)
        assert light.dtype == np.float32


def test_ground_in_strips_is_the_ground_in_one_piece(monkeypatch):
    rng = np.random.default_rng(3)
    hills = ground(400 + 60 * rng.standard_normal((60, 60)).cumsum(axis=0).cumsum(axis=1) / 40, 30.0)
    picture = scene(orchard((180, 180)))
    whole = illumination.cos_i(picture, hills)
    monkeypatch.setattr("remote_sensing.illumination.ground.STRIP", 17)
    np.testing.assert_allclose(illumination.cos_i(picture, hills), whole, atol=1e-5)


def test_where_no_height_is_known_no_light_is():
    heights = np.full((40, 40), 300.0)
    heights[:, 30:] = np.nan
    light = illumination.cos_i(scene(orchard((120, 120))), ground(heights, 30.0)).to_numpy()
    assert np.isfinite(light[:, :85]).all()
    assert np.isnan(light[:, 95:]).all()


def test_ground_beyond_the_elevation_model_is_unknown_not_invented():
    light = illumination.cos_i(scene(orchard((120, 120))), ground(np.full((20, 40), 300.0), 30.0)).to_numpy()
    assert np.isfinite(light[:60]).all()
    assert np.isnan(light[60:]).all()


def test_an_elevation_model_elsewhere_is_refused_in_both_languages():
    far = ground(np.full((10, 10), 300.0), 30.0)
    far = far.assign_coords(x=far.x + 1e5)
    with pytest.raises(InputError, match="does not cover") as refused:
        illumination.cos_i(scene(orchard((20, 20))), far)
    assert "没有覆盖" in refused.value.zh


def test_an_elevation_model_in_another_crs_is_refused():
    moved = ground(np.full((10, 10), 300.0), 30.0).rio.write_crs("EPSG:32649")
    with pytest.raises(InputError, match="49N"):
        illumination.cos_i(scene(orchard((20, 20))), moved)


def test_a_bare_date_has_no_sun():
    unknown = scene(orchard((4, 4)), time=datetime(2024, 1, 15, tzinfo=UTC), sun_zenith=None, sun_azimuth=None)
    assert illumination.scene_sun(unknown) is None
    with pytest.raises(MissingDataError):
        illumination.cos_i(unknown, ground(np.full((10, 10), 300.0), 30.0))


def test_a_known_hour_gives_the_sun_that_pvlib_gives():
    # monitoring.md T14.1: 29.563 N, 106.5516 E, 2024-01-15 04:00 UTC: zenith 52.9988, azimuth 161.5570
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, CRS, always_xy=True).transform(106.5516, 29.563)
    here = grid(orchard((2, 2)), 10.0)
    here = here.assign_coords(x=here.x - WEST - 10 + x, y=here.y - NORTH + 10 + y)
    told = scene(orchard((2, 2)), time=datetime(2024, 1, 15, 4, tzinfo=UTC), sun_zenith=None, sun_azimuth=None)
    sun = illumination.scene_sun(told.with_(grids={10.0: here}))
    assert (sun.zenith, sun.azimuth) == pytest.approx((52.9988, 161.5570), abs=0.02)
    assert sun.source == "computed"


def test_a_report_is_plain_json():
    hills = ground(np.full((40, 40), 300.0), 30.0)
    lit, _ = illumination.corrected(scene(orchard((40, 40))), hills)
    assert json.loads(json.dumps(lit.about["correction"])) == lit.about["correction"]
