import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from remote_sensing import masks, sensor
from remote_sensing.scene import Quality
from tests.remote_sensing.planted import grid, ground, orchard, scene

NOW = datetime(2024, 1, 15, 3, 40, tzinfo=UTC)
S2 = sensor.named("sentinel2_l2a")
N = 400
CLOUD = np.s_[250:280, 180:220]
HIGH = masks.rays(53.0, 161.56)


def cloudy(role_values=(0.45, 0.44, 0.43, 0.50)):
    """Return the bands of green land under one thick cloud at 1,200 m and its shadow, and that shadow."""
    bands = orchard((N, N), 0.05)
    shadow = np.zeros((N, N), bool)
    east, north = (round(d / 10) for d in masks.displacement(1200.0, HIGH))
    shadow[250 - north : 280 - north, 180 + east : 220 + east] = True
    for (role, band), value in zip(bands.items(), role_values, strict=True):
        band[shadow] *= 0.45
        band[CLOUD] = value
        bands[role] = band
    return bands, shadow


def has(found, bit):
    return (found.quality.to_numpy() & bit) > 0


def test_a_picture_without_classes_gets_its_cloud_and_shadow_by_rule_and_geometry():
    bands, shadow = cloudy()
    found = masks.quality(scene(bands), S2)
    cloud = np.zeros((N, N), bool)
    cloud[CLOUD] = True
    # the working grid has cells of 20 m: half of one may be more or less
    assert has(found, Quality.CLOUD)[masks.within(cloud, 90, 10, 10)].all()
    assert not has(found, Quality.CLOUD)[~masks.within(cloud, 130, 10, 10)].any()
    assert has(found, Quality.CLOUD_SHADOW)[shadow].all()
    assert not has(found, Quality.CLOUD_SHADOW)[~masks.within(shadow, 130, 10, 10)].any()
    assert found.about["mask"] == "rule"
    report = found.about["mask_report"]
    assert report["clouds"] == {"objects": 1, "matched": 1, "unmatched": 0, "median_height": 1200.0}
    assert json.loads(json.dumps(report)) == report


def test_the_producers_classes_are_kept_and_widened():
    bits = np.zeros((N, N), np.uint8)
    bits[100:110, 100:110], bits[300:305, 300:305] = Quality.CLOUD, Quality.CLOUD_SHADOW
    bits[200, 200] = Quality.THIN_CLOUD
    found = masks.quality(scene(orchard((N, N), 0.05), quality=bits), S2)
    assert found.about["mask"] == "scl"
    assert has(found, Quality.CLOUD)[105, 119]  # 100 m east of it
    assert not has(found, Quality.CLOUD)[105, 120]
    assert has(found, Quality.CLOUD_SHADOW)[302, 310]
    assert has(found, Quality.THIN_CLOUD).sum() == 1
    assert has(found, Quality.NEAR_CLOUD)[105, 139]


def test_bright_ground_stays_where_the_producer_says_that_it_is_clear():
    bands, _ = cloudy()
    found = masks.quality(scene(bands, quality=np.zeros((N, N))), S2)
    assert not has(found, Quality.CLOUD).any()


def test_a_cloud_that_the_classes_miss_is_caught_by_its_past():
    """Thin and grey: too dark for the rule, and the producer saw nothing."""
    past = [
        scene(orchard((N, N), 0.05, seed), quality=np.zeros((N, N)), time=NOW - timedelta(days=5 * seed))
        for seed in (1, 2, 3)
    ]
    reference = masks.reference(past, NOW)
    bands, shadow = cloudy((0.12, 0.14, 0.13, 0.38))
    alone = masks.quality(scene(bands, quality=np.zeros((N, N)), time=NOW), S2)
    assert not has(alone, Quality.CLOUD).any()
    found = masks.quality(scene(bands, quality=np.zeros((N, N)), time=NOW), S2, reference=reference)
    assert has(found, Quality.CLOUD)[CLOUD].all()
    assert has(found, Quality.CLOUD).mean() < 0.04  # the cloud is 0.0075, with its margin 0.02
    assert has(found, Quality.CLOUD_SHADOW)[shadow].all()
    assert found.about["mask_report"]["temporal"]


def test_water_stays_on_the_level_and_goes_from_slopes_but_snow_does_not():
    y = np.arange(N)[:, None] * 10.0 * np.ones((1, N))
    land = ground(np.where(y > 2000, (y - 2000) * np.tan(np.radians(15)), 0), 10.0)
    bits = np.full((N, N), int(Quality.WATER))
    bands = orchard((N, N))
    bands["nir"] = np.where(np.arange(N) < 200, 0.08, 0.7) * np.ones((N, 1))
    found = masks.quality(scene(bands, quality=bits, sun_zenith=30.0), S2, land)
    water = has(found, Quality.WATER)
    assert water[:195].all()
    assert not water[205:-3, :200].any()
    assert water[205:, 200:].all()


def test_our_own_shadow_of_the_relief_replaces_what_stood_there():
    bits = np.zeros((120, 120), np.uint8)
    bits[:10, :10] = Quality.TERRAIN_SHADOW
    heights = np.full((120, 120), 200.0)
    heights[80:82] += 100
    sun = {"sun_zenith": 60.0, "sun_azimuth": 180.0}
    found = masks.quality(scene(orchard((120, 120)), quality=bits, **sun), S2, ground(heights, 10.0))
    shade = has(found, Quality.TERRAIN_SHADOW)
    assert not shade[:10, :10].any()
    assert shade[70, 20:100].all()
    alone = masks.quality(scene(orchard((120, 120)), quality=bits, **sun), S2)
    assert has(alone, Quality.TERRAIN_SHADOW)[:10, :10].all()  # without ground nothing better is known


def test_shade_of_mountains_is_not_taken_for_a_clouds():
    """All that is dark lies in the shadow of a wall: the cloud is left without a match."""
    bands, shadow = cloudy()
    heights = np.full((N, N), 200.0)
    rows = np.flatnonzero(shadow.any(axis=1))
    heights[rows.max() + 2 : rows.max() + 5] += 600
    found = masks.quality(scene(bands), S2, ground(heights, 10.0))
    assert has(found, Quality.TERRAIN_SHADOW)[shadow].all()
    assert found.about["mask_report"]["clouds"]["matched"] == 0


def test_missing_numbers_are_nodata_and_cast_nothing():
    bands = orchard((60, 60))
    bands["red"][:, 40:] = np.nan
    found = masks.quality(scene(bands, quality=np.zeros((60, 60))), S2)
    np.testing.assert_array_equal(has(found, Quality.NODATA), np.arange(60)[None, :].repeat(60, 0) >= 40)


def test_cells_of_three_metres_are_looked_at_in_blocks_of_twenty_one():
    bands = orchard((143, 150), 0.05)
    for role in bands:
        bands[role][50:100, 50:100] = 0.5
    found = masks.quality(scene(bands, 3.0), sensor.named("planetscope_sr"))
    assert found.quality.shape == (143, 150)
    assert has(found, Quality.CLOUD)[50:100, 50:100].all()


def test_drones_have_no_clouds_only_edges():
    values = {role: np.full((30, 30), 230.0) for role in ("red", "green", "blue")}
    values["red"][:3] = np.nan
    found = masks.quality(scene(values, 0.05), sensor.named("drone_rgb"))
    assert (found.quality.to_numpy()[3:] == 0).all()
    assert has(found, Quality.NODATA)[:3].all()
    assert found.about["mask"] == "alpha"


def test_what_could_not_be_done_is_noted():
    bare = scene(orchard((40, 40)), sun_zenith=None, sun_azimuth=None, time=datetime(2024, 1, 15, tzinfo=UTC))
    notes = masks.quality(bare, sensor.named("four_band")).about["mask_report"]["notes"]
    assert notes == ["relative", "no_sun"]
    rgb = scene({role: value for role, value in orchard((40, 40)).items() if role != "nir"})
    found = masks.quality(rgb, SimpleNamespace(kind="satellite", relative=False, mask=SimpleNamespace(how="rule")))
    assert found.about["mask"] == "none"
    assert "no_bands" in found.about["mask_report"]["notes"]
    assert set(notes) <= set(masks.NOTES)


def test_the_scene_that_is_given_stays_as_it_was():
    bands, _ = cloudy()
    bits = np.zeros((N, N), np.uint8)
    bits[CLOUD] = Quality.CLOUD
    given = scene(bands, quality=bits)
    masks.quality(given, S2)
    np.testing.assert_array_equal(given.quality.to_numpy(), bits)
    assert "mask" not in given.about


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 50)])
def test_tiny_windows_pass(shape):
    masks.quality(scene(orchard(shape)), S2)


def test_bands_of_twenty_metres_change_nothing_for_the_finest_grid():
    bands, _ = cloudy()
    one = scene(bands)
    swir = np.full((N // 2, N // 2), 0.35)
    both = masks.quality(one.with_(grids=one.grids | {20.0: grid({"swir1": swir}, 20.0)}), S2)
    np.testing.assert_array_equal(both.quality, masks.quality(one, S2).quality)
