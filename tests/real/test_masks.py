"""Clouds and shadows of real scenes: what the rule, the geometry and the temporal test find, in measured numbers.

No scene at hand carries Sen2Cor's classes. The truth is what the masks do not look at: the thermal band (clouds are
cold), the shadows as a person sees them, the clear sky of two scenes, and cloud masks of other passes laid over a
clear scene.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401
import xarray as xr

from remote_sensing import masks
from remote_sensing.masks.settings import settings
from remote_sensing.scene import Quality, Scene
from tests.real.relief_scenes import JULY, NOVEMBER, numbers, relief_ground, relief_scene

pytestmark = pytest.mark.real_data

PLAIN = SimpleNamespace(kind="satellite", relative=False, mask=SimpleNamespace(how="rule"))
UNWIDENED = settings()._replace(dilation=settings().dilation._replace(cloud=0.0, shadow=0.0, ring=0.0))


def has(scene, bit):
    return (scene.quality.to_numpy() & bit) > 0


@pytest.fixture(scope="module")
def july(real_data):
    return relief_scene(real_data, JULY, reflectance=True)


@pytest.fixture(scope="module")
def ground(real_data, july):
    return relief_ground(real_data, july)


@pytest.fixture(scope="module")
def masked(july, ground):
    return masks.quality(july, PLAIN, ground)


def test_what_the_rule_calls_cloud_is_cold(real_data, july):
    """Band 6 is not among the bands of the rule. 120 is 9 below the coldest tenth of the land, 124 is 5 below."""
    cold = numbers(real_data, JULY)["B61"]
    cloud = has(masks.quality(july, PLAIN, rules=UNWIDENED), Quality.CLOUD)
    assert cloud.mean() == pytest.approx(0.0252, abs=0.002)
    assert cloud[cold < 120].mean() == pytest.approx(0.918, abs=0.02)  # recall of thick clouds
    assert (cold < 124)[cloud].mean() == pytest.approx(0.880, abs=0.02)  # precision
    assert has(masks.quality(july, PLAIN), Quality.CLOUD)[cold < 120].mean() > 0.97  # once widened


# Middles of shadows as seen in the picture of bands 4, 3, 2: row, column
SEEN_SHADOWS = (
    (140, 12), (84, 50), (79, 72), (88, 122), (15, 182), (22, 186), (110, 230), (74, 268), (124, 69), (138, 73),
    (239, 275), (29, 114),
)  # fmt: skip
BEYOND = (45, 293)  # of a cloud beyond the edge: no cloud, no shadow


def test_shadows_that_a_person_sees_are_found(masked):
    shadow = has(masked, Quality.CLOUD_SHADOW)
    assert sum(shadow[place] for place in SEEN_SHADOWS) >= 11
    assert not shadow[BEYOND]


def test_what_is_called_shadow_is_dark(july, masked, ground):
    core = has(masks.quality(july, PLAIN, ground, rules=UNWIDENED), Quality.CLOUD_SHADOW)
    nir = july.band("nir").to_numpy()
    assert np.median(nir[core]) < 0.5 * np.median(nir[masked.quality.to_numpy() == 0])


def test_nearly_every_cloud_finds_its_shadow_under_the_true_sun_and_nearly_none_under_another(july, ground):
    def matched(azimuth):
        report = masks.quality(replace(july, sun_azimuth=azimuth), PLAIN, ground).about["mask_report"]["clouds"]
        assert report["objects"] == 20
        return report["matched"]

    assert matched(july.sun_azimuth) >= 18
    wrong = [matched(july.sun_azimuth + turn) for turn in range(30, 360, 30)]
    assert np.mean(wrong) < 2.5
    assert max(wrong) <= 4


def test_the_clouds_of_july_hang_between_one_and_two_kilometres(masked):
    """720 m from cloud to shadow in the picture, over the tangent of 28.6 degrees: 1,320 m."""
    assert masked.about["mask_report"]["clouds"]["median_height"] == pytest.approx(1320, abs=200)


def test_of_the_clear_sky_of_november_a_few_bright_roofs_are_called_cloud(real_data):
    found = masks.quality(relief_scene(real_data, NOVEMBER, reflectance=True), PLAIN, rules=UNWIDENED)
    assert has(found, Quality.CLOUD).sum() == pytest.approx(13, abs=13)  # of 90,000


@pytest.fixture(scope="module")
def steppe(real_data):
    """The Sentinel-2 scene: clear, dry and bright."""
    with rasterio.open(real_data / "imagery" / "sentinel2_6band" / "s2_10m.tif") as file:
        values, transform, crs = file.read().astype(np.float32) / 10_000, file.transform, file.crs
    rows, columns = values.shape[1:]
    coords = {
        "band": ["blue", "green", "red", "nir"],
        "y": transform.f + transform.e * (np.arange(rows) + 0.5),
        "x": transform.c + transform.a * (np.arange(columns) + 0.5),
    }
    grid = xr.DataArray(values, dims=("band", "y", "x"), coords=coords).rio.write_crs(crs)
    return Scene("sentinel2_l2a", "steppe", datetime(2020, 2, 1, 14, tzinfo=UTC), {10.0: grid})


def test_a_clear_dry_steppe_has_no_clouds(steppe):
    found = masks.quality(steppe, PLAIN)
    assert has(found, Quality.CLOUD).mean() < 0.001


@pytest.fixture(scope="module")
def passes(real_data):
    """Cloud probability and mask of passes between a third and two thirds under cloud, shape (pass, y, x)."""
    series = xr.open_dataset(real_data / "imagery" / "sentinel2_ndvi_series" / "ndvi_68_dates.nc")
    share = series["cloud_mask"].mean(("y", "x"))
    part = series.isel(time=np.flatnonzero((share > 0.3) & (share < 0.7)))
    return part["cloud_probability"].to_numpy()


# of cells over the limit, by opacity of the thickest cloud: found by the past, found by colour
@pytest.mark.parametrize(
    ("opacity", "temporal", "colour"), [(1.0, 1.00, 0.995), (0.5, 0.966, 0.725), (0.25, 0.59, 0.27)]
)
def test_clouds_of_real_shapes_over_a_real_clear_scene_are_found_by_their_past(
    steppe, passes, opacity, temporal, colour
):
    """Probabilities of s2cloudless become cover from 0.2 up; 0.4 is its own limit. Colour alone misses thin clouds."""
    clear = steppe.with_(quality=steppe.grids[10.0].isel(band=0, drop=True).copy(data=np.zeros((200, 300), np.uint8)))
    assert len(passes) == 6
    found, nowhere = [], 0
    for probability in passes[:, :100, :100]:
        cover = opacity * np.clip((probability - 0.2) / 0.8, 0, 1)[None]
        window = steppe.grids[10.0][:, :100, :100]
        sky = np.array([0.45, 0.45, 0.45, 0.50], np.float32)[:, None, None]
        picture = window.copy(data=(window.to_numpy() * (1 - cover) + sky * cover).astype(np.float32))
        past = clear.with_(grids={10.0: window}, quality=clear.quality[:100, :100])
        now = replace(past, time=past.time + timedelta(days=10), grids={10.0: picture})
        by_past = masks.quality(now, PLAIN, reference=masks.reference([past]), rules=UNWIDENED)
        by_colour = masks.quality(replace(now, quality=None), PLAIN, rules=UNWIDENED)
        found.append([has(one, Quality.CLOUD)[probability > 0.4].mean() for one in (by_past, by_colour)])
        # a cell of the working grid takes in its neighbours
        nowhere += has(by_past, Quality.CLOUD)[~masks.within(probability > 0.2, 20, 10, 10)].sum()
    assert np.mean(found, axis=0) == pytest.approx((temporal, colour), abs=0.02)
    assert nowhere == 0
