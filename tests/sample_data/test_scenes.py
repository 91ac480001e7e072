"""The invented pictures, measured from outside: by hand-written geometry, by the files' own numbers, by the truth."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from scipy.ndimage import distance_transform_edt, gaussian_filter

from sample_data import names, scene_light, scene_sky, scene_surface, scenes, terrain, weak_patches
from sample_data.weather import LAST_DAY

CLEAR = ("2025-08-05", "2025-05-22", "2026-07-21")  # days with hardly a cloud


@pytest.fixture(scope="module")
def passes():
    return scene_sky.passes()


@pytest.fixture(scope="module")
def by_day(passes):
    made = {}

    def picture(day):
        if day not in made:
            made[day] = scenes.picture(next(one for one in passes if str(one.time.date()) == day))
        return made[day]

    return picture


@pytest.fixture(scope="module")
def winter(passes):
    return min((one for one in whole(passes) if one.sun.zenith > 52), key=lambda one: one.cloud + one.veil)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, passes, by_day):
    """One picture as it is written."""
    one = next(one for one in passes if str(one.time.date()) == CLEAR[0])
    return scenes.write(tmp_path_factory.mktemp("pictures"), one, by_day(CLEAR[0]))


@pytest.fixture(scope="module")
def surface():
    return scene_surface.surface()


@pytest.fixture(scope="module")
def planted():
    return scenes.weak()


def whole(passes):
    """Return the passes of the two years that are shown."""
    return [one for one in passes if np.datetime64(one.time) >= scenes.WHOLE_FROM]


def read(folder, band):
    with rasterio.open(next(folder.glob(f"*_{band}_*m.tif"))) as file:
        return file.read(1), file


def spencer(time):
    """Return zenith and azimuth by Spencer's (1971) series for declination and time, as solar textbooks print them."""
    longitude, latitude = terrain.CENTRE
    angle = 2 * np.pi * (time.timetuple().tm_yday - 1) / 365
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle) - 0.002697 * np.cos(3 * angle) + 0.00148 * np.sin(3 * angle)
    )  # fmt: skip
    minutes = 229.18 * (
        0.000075 + 0.001868 * np.cos(angle) - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle) - 0.040849 * np.sin(2 * angle)
    )  # fmt: skip
    clock = time.hour + time.minute / 60 + time.second / 3600 + longitude / 15 + minutes / 60
    hour, phi = np.radians(15 * (clock - 12)), np.radians(latitude)
    up = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour)
    east = -np.cos(declination) * np.sin(hour)
    north = np.cos(phi) * np.sin(declination) - np.sin(phi) * np.cos(declination) * np.cos(hour)
    return np.degrees(np.arccos(up)), np.degrees(np.arctan2(east, north)) % 360


def ndvi_of(bands):
    return (bands["nir"] - bands["red"]) / (bands["nir"] + bands["red"])


def test_some_two_dozen_pictures_a_year_at_uneven_times(passes):
    days = np.array([one.time for one in passes], "M8[D]")
    for start in ("2023-09-05", "2024-09-05", "2025-09-05"):
        year = (days >= np.datetime64(start)) & (days < np.datetime64(start) + 365)
        assert 18 <= year.sum() <= 26
    gaps = np.diff(days).astype(int)
    assert set(gaps % 5) == {0}
    assert len(set(gaps)) > 5
    assert (LAST_DAY - days[-1]).astype(int) < 10
    assert set(days.astype("M8[M]").astype(int) % 12) == set(range(12))


def test_the_sun_stands_where_spencers_series_puts_it(passes):
    for one in passes:
        zenith, azimuth = spencer(one.time)
        assert one.sun.zenith == pytest.approx(zenith, abs=0.5)
        assert one.sun.azimuth == pytest.approx(azimuth, abs=2.0)


def test_ten_farms_are_seen_and_four_are_not():
    plots = weak_patches.orchards()
    edge = scene_sky.swath()
    row = ((scene_light.NORTH - plots.centroid.y) / 10).astype(int)
    column = ((plots.centroid.x - scene_light.WEST) / 10).astype(int)
    inside = (row >= 0) & (row < edge.shape[0]) & (column >= 0) & (column < edge.shape[1])
    seen = inside & np.array([bool(i and edge[r, c]) for i, r, c in zip(inside, row, column, strict=True)])
    farms = seen.groupby(plots.farm).mean()
    assert farms[names.farm(1)] == 1
    assert sorted(farms.unique()) == [0, 1]
    assert (farms == 1).sum() == 10


def test_cloud_shadows_lie_where_sun_satellite_and_height_put_them(passes, by_day):
    """The displacement per metre of height is that of monitoring's section 4.5, which T4.1 fixes by numbers."""
    one = next(one for one in whole(passes) if 30 < one.sun.zenith < 45 and 0.1 < one.cloud < 0.25)
    sky = by_day(str(one.time.date())).sky
    zenith, azimuth = np.radians(one.sun.zenith), np.radians(one.sun.azimuth)
    view, away = np.radians(scene_sky.VIEW_ZENITH), np.radians(scene_sky.VIEW_AZIMUTH)
    east = -np.tan(zenith) * np.sin(azimuth) + np.tan(view) * np.sin(away)
    north = -np.tan(zenith) * np.cos(azimuth) + np.tan(view) * np.cos(away)
    cloud, shade = (np.pad(a - a.mean(), 200) for a in (gaussian_filter(sky.known, 2), gaussian_filter(sky.shade, 2)))
    match = np.fft.ifft2(np.fft.fft2(shade) * np.conj(np.fft.fft2(cloud))).real
    row, column = np.unravel_index(match.argmax(), match.shape)
    row, column = (n - size if n > size / 2 else n for n, size in zip((row, column), match.shape, strict=True))
    found = np.array([20.0 * column, -20.0 * row])
    height = found @ (east, north) / np.hypot(east, north) ** 2
    assert 300 < height < scene_sky.BASES[1]
    assert np.hypot(*(found - height * np.array([east, north]))) < 80


def test_t4_1_of_monitoring_gives_the_displacement_that_the_sheet_of_clouds_is_looked_at_with():
    above = scene_sky._above(np.full(tuple(n // 2 for n in scene_light.SHAPE), 2000.0), 53.0, 161.56)
    flat = scene_sky._above(np.zeros(tuple(n // 2 for n in scene_light.SHAPE)), 53.0, 161.56)
    north = -(above[0] - flat[0])[0, 0] * scene_sky.SKY_CELL
    east = (above[1] - flat[1])[0, 0] * scene_sky.SKY_CELL
    assert (-east, -north) == (pytest.approx(-839.5, abs=0.1), pytest.approx(2517.8, abs=0.1))


def test_the_producers_mask_misses_some_three_percent(passes):
    ground = scene_light.relief()
    missed, clear = 0, 0
    for one in passes:
        sky = scene_sky.make_sky(ground, one)
        missed += np.sum((sky.cloud > 0.02) & (sky.known <= 0.02))
        clear += np.sum(sky.known <= 0.02)
    assert 0.015 < missed / clear < 0.05


def test_dark_sides_look_dark_in_winter_and_flat_ground_is_as_it_is(winter):
    made = scenes.picture(winter)
    dem = terrain.make_dem()
    height = dem.sel(
        x=slice(scene_light.WEST - 30, scene_light.EAST + 30), y=slice(scene_light.NORTH + 30, scene_light.SOUTH - 30)
    )
    fine = height.interp(x=scene_light.X, y=scene_light.Y, kwargs={"fill_value": "extrapolate"}).values
    south, east = np.gradient(gaussian_filter(fine, 1.0), 10.0)
    zenith, azimuth = (np.radians(v) for v in winter.sun)
    normal = np.sqrt(1 + east**2 + south**2)
    light = (
        np.cos(zenith) - east * np.sin(zenith) * np.sin(azimuth) + south * np.sin(zenith) * np.cos(azimuth)
    ) / normal
    clear = (made.sky.cloud < 0.01) & (made.sky.shade < 0.01) & (made.classes == scene_sky.SCL["vegetation"])
    clear = clear.repeat(2, axis=0).repeat(2, axis=1) & np.isfinite(made.bands["nir"])
    steep = clear & (np.hypot(east, south) > np.tan(np.radians(3)))
    for role, least in (("nir", 0.5), ("red", 0.2)):
        assert np.corrcoef(made.bands[role][steep], light[steep])[0, 1] > least
    level = clear & (np.hypot(east, south) < np.tan(np.radians(2)))
    assert level.sum() > 1000
    truth = made.ground[scene_surface.BANDS.index("nir")]
    assert made.bands["nir"][level].mean() == pytest.approx(truth[level].mean(), rel=0.03)
    bright, dark = steep & (light > np.cos(zenith) + 0.15), steep & (light < np.cos(zenith) - 0.15)
    assert made.bands["nir"][bright].mean() > 1.4 * made.bands["nir"][dark].mean()


def test_cast_shade_is_what_marching_to_the_sun_finds():
    ground, low = scene_light.relief(), scene_light.Sun(83.0, 121.0)
    shown = scene_light.lit(ground, low)
    dem = terrain.make_dem()
    random = np.random.default_rng(5)
    agree, dark = 0, 0
    for row, column in zip(random.integers(40, 740, 300), random.integers(40, 660, 300), strict=True):
        away = np.arange(60.0, 6000.0, 30.0)
        x = scene_light.X[column] + away * np.sin(np.radians(low.azimuth))
        y = scene_light.Y[row] + away * np.cos(np.radians(low.azimuth))
        i, j = ((dem.y.values[0] - y) / 30).round().astype(int), ((x - dem.x.values[0]) / 30).round().astype(int)
        inside = (i >= 0) & (i < dem.sizes["y"]) & (j >= 0) & (j < dem.sizes["x"])
        rise = dem.values[i[inside], j[inside]] - ground.elevation[row, column]
        hidden = (rise / away[inside]).max() > np.tan(np.radians(90 - low.zenith))
        agree += hidden != shown[row, column]
        dark += hidden
    assert 20 < dark < 280
    assert agree / 300 > 0.9


def test_citrus_is_as_green_as_published_and_palest_in_october(surface):
    """Wuming's citrus dips to 0.47 in October (Liang et al. 2021); dense canopies reach some 0.85."""
    usual = np.zeros(len(surface.crowns), np.float32)
    months = [
        scene_surface.ndvi(scene_surface.orchard_reflectance(surface, f"2025-{m:02d}-20", usual, planted=False))
        for m in range(1, 13)
    ]
    for month in months:
        assert np.quantile(month, 0.02) > 0.47
        assert np.quantile(month, 0.98) < 0.85
    level = [month.mean() for month in months]
    assert 0.05 < max(level) - min(level) < 0.15
    assert 8 <= int(np.argmin(level)) <= 10
    assert 3 <= int(np.argmax(level)) <= 7


def test_orchards_stray_as_much_as_the_false_alarm_table_supposes():
    """Year 0.015, spells 0.03 with 0.8 a step, 0.025 a picture: 0.042 together, 0.029 beside the others."""
    days = np.arange("2024-09-01", "2026-09-20", 5, dtype="M8[D]")
    found = scene_surface.strays(days, 400)
    assert found.std() == pytest.approx(0.042, rel=0.12)
    own = found - np.median(found, axis=1, keepdims=True)
    assert own.std() == pytest.approx(np.sqrt(0.015**2 + 0.018**2 + 0.017**2), rel=0.06)
    assert np.array_equal(found, scene_surface.strays(days, 400))


def test_borders_are_mixed_and_areas_come_out(surface):
    plots = weak_patches.orchards()
    cells = surface.orchards
    area = np.bincount(cells.plot, cells.share * 100.0, len(plots))
    seen = area > 0
    assert area[seen].sum() == pytest.approx(plots.area[seen].sum(), rel=0.01)
    assert 0.2 < np.mean(cells.share < 0.999) < 0.5


def test_every_planted_place_is_in_the_pictures(passes, by_day, surface, planted):
    """Read from red and near infrared, against the rest of the plot or all others, less what cells always differ by."""
    cells = surface.orchards
    full = cells.share > 0.99
    days = [str(one.time.date()) for one in passes]
    summers = [day for day in days if "2025-05" < day < "2025-08-26"], [day for day in days if day > "2026-07-10"]
    ndvi, clear = {}, {}
    for day in summers[0] + summers[1]:
        made = by_day(day)
        ndvi[day] = ndvi_of(made.bands).ravel()[cells.cell] - cells.usual
        hidden = np.maximum(made.sky.cloud, made.sky.shade)
        clear[day] = full & (hidden.repeat(2, 0).repeat(2, 1).ravel()[cells.cell] < 0.01)

    def fallen(k, day):
        inside = clear[day] & (cells.patch[k] > 0.99)
        if planted.kind[k] in ("new", "persistent"):
            beside = clear[day] & (cells.plot == cells.plot[cells.patch[k] > 0][0]) & (cells.patch[k] == 0)
        else:
            beside = clear[day] & ~np.isin(cells.plot, cells.plot[cells.patch.max(axis=0) > 0])
        enough = min(inside.sum(), beside.sum()) > 8
        return np.mean(ndvi[day][beside]) - np.mean(ndvi[day][inside]) if enough else np.nan

    def meant(place, day):
        since = (np.datetime64(day) - np.datetime64(place.onset)).astype(int)
        healed = 0 if np.isnan(place.back) else np.clip((since - place.days) / (place.back - place.days), 0, 1)
        return place["drop"] * np.clip(since / max(place.days, 1), 0, 1) * (1 - healed)

    for k, place in planted.iterrows():
        seen, due = ([np.array([of(day) for day in summer]) for summer in summers] for of in (
            lambda day, k=k: fallen(k, day), lambda day, place=place: meant(place, day)))  # fmt: skip
        usable = [np.isfinite(some) for some in seen]
        assert min(some.sum() for some in usable) >= 3
        before, late = (some[good].mean() for some, good in zip(seen, usable, strict=True))
        due = [some[good].mean() for some, good in zip(due, usable, strict=True)]
        if place.kind == "persistent":
            assert before == pytest.approx(due[0], abs=0.035)
            assert late == pytest.approx(due[1], abs=0.035)
        assert late - before == pytest.approx(due[1] - due[0], abs=0.045), place["plot"]


def test_truth_names_six_weak_places_and_one_innocent_deed(planted):
    assert len(planted) == 7
    assert set(planted.kind) == {"whole", "new", "decline", "persistent", "pruning"}
    assert planted.innocent.sum() == 1
    plots = weak_patches.orchards()
    for place in planted.itertuples():
        plot = plots.geometry[(plots.farm == place.farm) & (plots.name == place.plot)].iloc[0]
        assert plot.buffer(0.01).contains(place.geometry)
        assert place.area_m2 == pytest.approx(place.geometry.area, abs=0.1)
        assert place.area_m2 > 1500  # more than the six cells that can be found
    assert (planted.farm == names.farm(1)).sum() >= 3


def test_files_are_those_of_a_product_with_the_offset_of_its_baseline(folder, by_day):
    assert len(list(folder.glob("*.tif"))) == 11
    for band, cell in (("B04", 10), ("B08", 10), ("B05", 20), ("B12", 20)):
        number, file = read(folder, band)
        assert number.dtype == np.uint16
        assert file.crs.to_epsg() == 32649
        assert file.res == (cell, cell)
        assert (file.bounds.left, file.bounds.top) == (scene_light.WEST, scene_light.NORTH)
        assert np.quantile(number[number > 0], 0.01) > 950  # the offset is still in
        assert 0.01 < np.mean(number == 0) < 0.1  # beyond the swath
    red, nir = (read(folder, band)[0].astype(float) for band in ("B04", "B08"))
    seen = by_day(CLEAR[0]).bands["red"]
    valid = red > 0
    assert np.abs((red[valid] - 1000) / 10000 - seen[valid]).max() < 0.0015
    wrong = (nir - red)[valid].mean() / (nir + red)[valid].mean()
    assert ndvi_of(by_day(CLEAR[0]).bands)[valid].mean() - wrong > 0.1


def test_the_item_tells_angles_baseline_and_that_nothing_is_real(folder, passes):
    item = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))
    properties = item["properties"]
    one = next(one for one in passes if str(one.time.date()) == CLEAR[0])
    assert properties["s2:processing_baseline"] == "05.11"
    assert properties["view:sun_elevation"] == pytest.approx(90 - one.sun.zenith, abs=1e-3)
    assert properties["view:sun_azimuth"] == pytest.approx(one.sun.azimuth, abs=1e-3)
    assert properties["synthetic"] is True
    assert "合成" in properties["constellation"]
    assert "合成" in properties["title"]
    assert all((folder / asset["href"]).is_file() for asset in item["assets"].values())
    west, south, east, north = item["bbox"]
    assert 109.2 < west < east < 109.45
    assert 30.86 < south < north < 30.96


def test_every_file_says_that_it_is_synthetic(folder, planted, tmp_path):
    for path in folder.glob("*.tif"):
        with rasterio.open(path) as file:
            assert file.tags()["synthetic"] == "1"
            assert "合成" in file.tags()["source"]
    assert folder.name.endswith("SYNTHETIC")
    planted.to_file(tmp_path / "truth.gpkg", layer="weak_patches_synthetic", driver="GPKG")
    assert (gpd.read_file(tmp_path / "truth.gpkg").synthetic == 1).all()


def test_pictures_before_the_two_years_are_cut_out_round_the_orchards(passes, surface):
    early = scenes.picture(next(one for one in passes if one.time.year == 2023))
    there = np.isfinite(early.bands["nir"])
    assert there.ravel()[surface.orchards.cell].all()
    away = distance_transform_edt(~np.isin(np.arange(there.size), surface.orchards.cell).reshape(there.shape)) * 10
    assert not there[away > 430].any()
    assert not (early.classes[away[::2, ::2] > 430]).any()
    assert 0.1 < there.mean() < 0.4


def test_all_pictures_stay_small(folder, passes, tmp_path):
    size = sum(path.stat().st_size for path in folder.iterdir())
    cut = scenes.write(tmp_path, passes[0], scenes.picture(passes[0]))
    small = sum(path.stat().st_size for path in cut.iterdir())
    early = sum(np.datetime64(one.time) < scenes.WHOLE_FROM for one in passes)
    assert size * (len(passes) - early) + small * early < 100e6


def test_the_same_seed_draws_the_same_picture(by_day, passes):
    first = by_day(CLEAR[0])
    scene_surface.surface.cache_clear()
    again = scenes.picture(next(one for one in passes if str(one.time.date()) == CLEAR[0]))
    assert all(np.array_equal(first.bands[role], again.bands[role], equal_nan=True) for role in first.bands)
    assert np.array_equal(first.classes, again.classes)
