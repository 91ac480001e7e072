import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import illumination
from remote_sensing.illumination import fitting
from remote_sensing.illumination.settings import settings
from remote_sensing.scene import Quality
from tests.remote_sensing.planted import grid, ground, orchard, scene

N = 200
GUARDS = settings().guards


@pytest.fixture(scope="module")
def hills():
    """Ridges of 30 m cells with slopes to some 25 degrees and a plain in the west."""
    y, x = np.mgrid[:N, :N] * 30.0
    heights = 400 + 70 * np.sin(x / 190) * np.cos(y / 260) + 40 * np.sin((x + y) / 130)
    heights[:, :30] = heights[:, 30:31].mean()
    return ground(heights, 30.0)


@pytest.fixture(scope="module")
def light(hills):
    return illumination.cos_i(scene(orchard((N, N)), 30.0), hills).to_numpy()


def lit(light, a=0.1, b=0.3, noise=0.05, seed=2, **known):
    """Return a scene whose near infrared follows the light, with texture."""
    texture = 1 + noise * np.random.default_rng(seed).standard_normal(light.shape)
    return scene(orchard(light.shape, 0.05) | {"nir": (a + b * light) * texture}, 30.0, **known)


def of(corrections, role):
    return next(one for one in corrections if one.role == role)


@pytest.mark.parametrize(("flatter", "expected"), [(1.0, 0.277482), (np.cos(np.radians(25)), 0.260132)])
def test_the_two_methods_give_the_numbers_of_the_specification(flatter, expected):  # monitoring.md T5.1
    found = 0.2 * fitting.factor(0.35, flatter, np.cos(np.radians(53)), 0.3, GUARDS)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("method", illumination.METHODS)
def test_what_the_light_did_goes_and_the_texture_stays(method):  # monitoring.md T5.4
    y, x = np.mgrid[:N, :N] * 30.0
    land = ground(400 + 40 * np.sin(x / 190) * np.cos(y / 260) + 25 * np.sin((x + y) / 130), 30.0)
    slope = land["slope"].to_numpy()
    shine = illumination.cos_i(scene(orchard((N, N)), 30.0), land).to_numpy()
    up, c = np.cos(np.radians(53)), 0.4
    texture = 1 + 0.05 * np.random.default_rng(2).standard_normal((N, N))
    flatter = np.cos(np.radians(slope)) if method == "scs+c" else 1.0
    picture = scene(orchard((N, N), 0.05) | {"nir": 0.3 * texture * (shine + c) / (flatter * up + c)}, 30.0)
    better, corrections = illumination.corrected(picture, land, method)
    one = of(corrections, "nir")
    assert one.applied
    assert one.c == pytest.approx(c, rel=0.05)
    where = (slope > 3) & (shine > GUARDS.dim)
    before, after = (np.asarray(held.band("nir"))[where] for held in (picture, better))
    assert np.corrcoef(before, shine[where])[0, 1] > 0.8
    assert abs(np.corrcoef(after, shine[where])[0, 1]) < 0.05
    assert np.std(after) / np.mean(after) == pytest.approx(np.std(texture[where]) / np.mean(texture[where]), rel=0.02)
    assert np.mean(after) == pytest.approx(0.3, rel=0.01)


def test_flat_ground_is_not_touched_at_all(hills, light):
    picture = lit(light)
    better, _ = illumination.corrected(picture, hills)
    flat = hills["slope"].to_numpy() < 2
    assert flat.sum() > 3000
    np.testing.assert_array_equal(better.band("nir").to_numpy()[flat], picture.band("nir").to_numpy()[flat])


def test_the_scene_that_is_given_stays_as_it_was(hills, light):
    picture = lit(light)
    before = picture.grids[30.0].copy(deep=True)
    better, _ = illumination.corrected(picture, hills)
    assert picture.grids[30.0].identical(before)
    assert better.grids[30.0].dims == before.dims
    assert better.grids[30.0].rio.crs == before.rio.crs
    assert "correction" not in picture.about


def test_shade_and_grazing_light_are_left_alone(hills, light):
    shade = np.zeros((N, N), np.uint8)
    shade[:, 150:] = Quality.TERRAIN_SHADOW
    picture = lit(light, quality=shade)
    better, corrections = illumination.corrected(picture, hills)
    assert of(corrections, "nir").applied
    left = (shade > 0) | (light < GUARDS.dim)
    assert (light < GUARDS.dim).sum() > 50
    np.testing.assert_array_equal(better.band("nir").to_numpy()[left], picture.band("nir").to_numpy()[left])
    assert (better.band("nir").to_numpy() != picture.band("nir").to_numpy())[~left].mean() > 0.5


def test_a_factor_never_leaves_its_bounds():
    found = fitting.factor(np.array([-0.02, 0.1, 0.9]), 1.0, 0.6, 0.05, GUARDS)
    np.testing.assert_allclose(found, [2.0, 2.0, 0.65 / 0.95])


def test_cloudy_pixels_are_not_fitted_on(hills, light):
    cloud = np.zeros((N, N), np.uint8)
    cloud[:100] = Quality.CLOUD
    picture = lit(light, quality=cloud)
    bright = picture.grids[30.0].copy(deep=True)
    bright.loc[{"band": "nir"}][:100] = 0.9 - 0.5 * light[:100]  # the other way round
    _, corrections = illumination.corrected(picture.with_(grids={30.0: bright}), hills)
    assert of(corrections, "nir").c == pytest.approx(1 / 3, rel=0.06)


def test_a_band_that_does_not_follow_the_light_is_left(hills, light):
    picture = lit(light)
    better, corrections = illumination.corrected(picture, hills)
    one = of(corrections, "red")
    assert (one.applied, one.reason) == (False, "does_not_follow_light")
    np.testing.assert_array_equal(better.band("red"), picture.band("red"))


def test_a_band_that_is_brighter_in_the_shade_is_refused(hills, light):
    picture = lit(light, a=0.6, b=-0.2)
    _, corrections = illumination.corrected(picture, hills)
    one = of(corrections, "nir")
    assert (one.applied, one.reason) == (False, "brighter_in_shade")
    assert one.c < 0


def test_a_negative_c_is_refused(hills, light):
    picture = lit(light, a=-0.05, b=0.7)
    _, corrections = illumination.corrected(picture, hills)
    assert (of(corrections, "nir").applied, of(corrections, "nir").reason) == (False, "c_out_of_range")


def test_a_low_sun_is_not_corrected(hills, light):
    picture = lit(light, sun_zenith=66.0)
    same, corrections = illumination.corrected(picture, hills)
    assert {one.reason for one in corrections} == {"low_sun"}
    assert same.grids is picture.grids


def test_few_pixels_are_not_enough(hills, light):
    seen = np.full((N, N), int(Quality.CLOUD), np.uint8)
    seen[100:140, 100:140] = 0
    picture = lit(light, quality=seen)
    assert of(illumination.corrected(picture, hills)[1], "nir").reason == "few_pixels"


def test_rolling_land_is_not_corrected(light):
    y, x = np.mgrid[:N, :N] * 30.0
    gentle = ground(400 + 8 * np.sin(x / 190) * np.cos(y / 260) + 5 * np.sin((x + y) / 130), 30.0)
    picture = lit(illumination.cos_i(scene(orchard((N, N)), 30.0), gentle).to_numpy())
    loose = settings()._replace(sample=settings().sample._replace(least_slope=0.5))
    assert of(illumination.corrected(picture, gentle, rules=loose)[1], "nir").reason == "flat_land"


def test_bare_ground_is_not_fitted_on(hills, light):
    picture = lit(light)
    bare = picture.grids[30.0].copy(deep=True)
    bare.loc[{"band": "red"}] = 0.9 * bare.sel(band="nir")
    assert of(illumination.corrected(picture.with_(grids={30.0: bare}), hills)[1], "nir").n == 0


def test_held_out_pixels_decide(hills, light):
    """The fitted squares follow the light, the held-out ones hardly do: the correction must not be accepted."""
    row, column = np.mgrid[:N, :N] // settings().sample.tile
    held = (row + column) % 2 == 1
    picture = lit(light, noise=0.02)
    values = picture.grids[30.0].copy(deep=True)
    values.loc[{"band": "nir"}] = np.where(held, 0.25, values.sel(band="nir").to_numpy())
    one = of(illumination.corrected(picture.with_(grids={30.0: values}), hills)[1], "nir")
    assert (one.applied, one.reason) == (False, "still_follows_light")
    assert one.r_after < -0.5


def test_a_band_is_not_freed_alone_when_its_index_would_follow_the_light(hills, light):
    """Red and infrared follow the light alike, so NDVI does not; the infrared is refused as too bright."""
    rng = np.random.default_rng(5)
    shine = 0.1 + 0.3 * light
    red, nir = (bright * shine * (1 + 0.05 * rng.standard_normal(light.shape)) for bright in (0.2, 1.6))
    dull = settings()._replace(accepted=settings().accepted._replace(brightest=0.3))
    picture = scene(orchard(light.shape, 0.05) | {"red": red, "nir": nir}, 30.0)
    better, both = illumination.corrected(picture, hills, rules=dull)
    green = settings()._replace(sample=settings().sample._replace(least_ndvi=-1.0), accepted=dull.accepted)
    alone = picture.with_(grids={30.0: picture.grids[30.0].sel(band=["blue", "green", "red"])})
    assert of(illumination.corrected(alone, hills, rules=green)[1], "red").applied
    assert (of(both, "nir").applied, of(both, "nir").reason) == (False, "out_of_range")
    assert (of(both, "red").applied, of(both, "red").reason) == (False, "index_follows_light")
    np.testing.assert_array_equal(better.band("red"), picture.band("red"))


def test_bands_of_twenty_metres_are_corrected_on_their_own_grid():
    y, x = np.mgrid[:240, :240] * 20.0
    heights = 400 + 70 * np.sin(x / 190) * np.cos(y / 260) + 40 * np.sin((x + y) / 130)
    land = ground(heights, 20.0)
    coarse = scene(orchard((240, 240)), 20.0)
    shine = illumination.cos_i(coarse, land).to_numpy()
    rng = np.random.default_rng(4)
    swir = (0.05 + 0.2 * shine) * (1 + 0.05 * rng.standard_normal(shine.shape))
    fine = scene(orchard((480, 480), 0.05), 10.0, quality=np.zeros((480, 480)))
    both = fine.with_(grids=fine.grids | {20.0: grid({"swir1": swir}, 20.0)})
    better, corrections = illumination.corrected(both, land)
    assert [one.role for one in corrections] == ["blue", "green", "red", "nir", "swir1"]
    one = of(corrections, "swir1")
    assert one.applied
    assert one.c == pytest.approx(0.25, rel=0.05)
    assert better.grids[10.0] is both.grids[10.0]  # nothing to correct there


def test_theil_sen_forgives_outliers_that_least_squares_do_not():
    rng = np.random.default_rng(6)
    x = rng.uniform(0.2, 0.9, 5000)
    y = 0.1 + 0.3 * x
    y[(x > 0.6) & (rng.random(5000) < 0.3)] = 0.02
    assert fitting.theil_sen(x, y, 10) == pytest.approx((0.1, 0.3), abs=0.011)
    assert fitting.least_squares(x, y).b < 0.2


def test_an_unknown_method_is_refused(hills, light):
    with pytest.raises(InputError, match=r"scs\+c, c"):
        illumination.corrected(lit(light), hills, "cosine")


def test_every_reason_has_a_sentence_in_both_languages():
    for reason in illumination.REASONS:
        assert illumination.sentence(reason, "zh") != illumination.sentence(reason, "en")
