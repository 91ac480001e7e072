"""The map of slopes: cells are plots of their own, flat valley ground is never late, height always is."""

import numpy as np
import pytest
import rioxarray  # noqa: F401
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.terrain.dem import terrain
from agro.terrain.window import terrain_window
from growth_model import cultivar, engine, works
from growth_model.orchard import place_rows
from growth_model.slope_map import first_bloom_year, places, quantiles, slope_map
from growth_model.stages import EVENTS
from growth_model.weather import completed, rows

LATITUDE, FIRST, YEAR = 30.5, "2023-11-01", 2024
NAVEL = cultivar.load("navel").row[None]


@pytest.fixture(scope="module")
def weather():
    """Two years of a smooth valley climate with some light, at 250 m."""
    time = np.arange("2023-11-01", "2025-06-30", dtype="M8[D]")
    wave = -np.cos(2 * np.pi * ((time - time.astype("M8[Y]").astype("M8[D]")).astype(int) - 18) / 365)
    fields = {"tmin": 14.5 + 9.5 * wave, "tmax": 22.5 + 10.5 * wave, "radiation": 11.0 + 6.0 * wave}
    fields |= {"rain": np.full(len(time), 3.2), "wind": np.full(len(time), 1.2), "rh": np.full(len(time), 78.0)}
    table = xr.Dataset({name: (("cell", "time"), one[None]) for name, one in fields.items()}, {"time": time})
    return rows(completed(table, LATITUDE))


def ground(height, size=30.0):
    """Return a model of heights as (y, x), row 0 in the north."""
    z = np.asarray(height, np.float32)
    coords = {"y": 3_420_000.0 - size * np.arange(z.shape[0]), "x": 340_000.0 + size * np.arange(z.shape[1])}
    return xr.DataArray(z, dims=("y", "x"), coords=coords, name="elevation").rio.write_crs("EPSG:32649")


def flat(height=250.0, shape=(3, 3)):
    return terrain(ground(np.full(shape, height)))


def mapped(made, weather, **more):
    return slope_map(made, weather, FIRST, [250.0], NAVEL, LATITUDE, YEAR, works=works.ordinary(FIRST, 607), **more)


def test_flat_open_ground_on_the_valley_floor_is_not_a_day_late(weather):
    made = mapped(flat(), weather, floor=250.0)
    assert np.abs(made["delay"]).max() < 1e-3
    assert made["delay"].attrs["units"] == "d"


def test_every_hundred_metres_of_height_delay_bloom_and_ripeness(weather):
    steps = [mapped(flat(height), weather, floor=250.0) for height in (250.0, 350.0, 450.0)]
    for name in ("bloom", "delay"):
        low, middle, high = (float(step[name][1, 1]) for step in steps)
        assert low < middle < high
    assert 2.0 < float(steps[1]["delay"][1, 1]) < 30.0


def test_the_side_that_flat_ground_faces_changes_nothing(weather):
    made = flat(320.0)
    turned = made.assign(aspect=made["aspect"].copy(data=np.full((3, 3), 180.0, np.float32)))
    for name in ("bloom", "maturity", "delay", "diameter"):
        xr.testing.assert_equal(mapped(made, weather)[name], mapped(turned, weather)[name])


def test_a_north_slope_is_later_than_the_south_slope_beside_it_and_less_so_than_height_makes_it(weather):
    north = terrain(ground(250.0 + 10.9 * np.arange(30.0)[:, None] + np.zeros((1, 5))))
    south = terrain(ground(250.0 + 10.9 * np.arange(30.0)[::-1, None] + np.zeros((1, 5))))
    one = [part.isel(y=slice(k, k + 1), x=slice(2, 3)) for part, k in ((north, 15), (south, 14))]
    assert [round(float(part["aspect"][0, 0])) for part in one] == [0, 180]
    assert float(one[0]["elevation"][0, 0]) == pytest.approx(float(one[1]["elevation"][0, 0]))
    shaded, sunny = (mapped(part, weather, floor=250.0, causes=True) for part in one)
    assert float(shaded["delay_sun"][0, 0]) > float(sunny["delay_sun"][0, 0])


def test_the_shares_of_the_causes_add_up_to_the_delay(weather):
    made = mapped(flat(400.0, (2, 2)), weather, floor=250.0, causes=True)
    total = made["delay_elevation"] + made["delay_sun"] + made["delay_cold"]
    np.testing.assert_allclose(total, made["delay"], atol=1e-3)
    assert float(np.abs(made["delay_sun"]).max()) < 0.05  # it lies open and flat


def rugged():
    y, x = np.mgrid[0:24, 0:24]
    return terrain(ground(300.0 + 60.0 * np.sin(x / 5.0) + 45.0 * np.cos(y / 4.0 + x / 9.0) + 2.0 * y))


def test_a_cell_of_the_map_is_the_plot_run_alone(weather):
    made = rugged()
    whole = mapped(made, weather, floor=250.0, dtype=np.float64)
    for number in (30, 301, 500):
        own, around = places(made, np.array([number]), LATITUDE)
        row = place_rows(rise=own["elevation"] - 250.0, **own)
        run = engine.run(
            weather, row, NAVEL[None], FIRST, LATITUDE, horizons=around, works=works.ordinary(FIRST, 607)[None],
            window=(0, 0), shown=(), dtype=np.float64,
        )  # fmt: skip
        for name, event in (("bloom", "65"), ("maturity", "83"), ("ripe", "ratio_12")):
            alone = run.dates[0, 0, 0, EVENTS.index(event)]
            assert float(whole[name].to_numpy().ravel()[number]) == pytest.approx(alone, abs=1e-4)


def test_cells_do_not_depend_on_how_many_run_together(weather, monkeypatch):
    made = rugged().isel(y=slice(0, 6), x=slice(0, 6))
    together = mapped(made, weather, floor=250.0)
    monkeypatch.setattr("growth_model.slope_map.TREES", 7)
    told = []
    apart = mapped(made, weather, floor=250.0, progress=lambda done, total, note: told.append((done, total)))
    xr.testing.assert_allclose(together, apart, atol=1e-4)
    assert told == [(7, 36), (14, 36), (21, 36), (28, 36), (35, 36), (36, 36)]


def test_several_members_give_an_early_a_middle_and_a_late_map(weather):
    members = cultivar.perturbed(cultivar.load("navel"), 9, 1)
    made = slope_map(flat(300.0, (2, 2)), weather, FIRST, [250.0], members, LATITUDE, YEAR)
    assert list(made["level"].values) == ["p10", "p50", "p90"]
    bloom = made["bloom"].to_numpy()
    assert (bloom[0] < bloom[1]).all()
    assert (bloom[1] < bloom[2]).all()
    with pytest.raises(ValueError, match="single member"):
        slope_map(flat(), weather, FIRST, [250.0], members, LATITUDE, YEAR, causes=True)


def test_ground_without_a_height_has_no_date(weather):
    made = flat(300.0, (2, 3))
    made["elevation"][0, 1] = np.nan
    bloom = mapped(made, weather, floor=250.0)["bloom"].to_numpy()
    assert np.isnan(bloom[0, 1])
    assert np.isfinite(bloom).sum() == 5


def test_a_year_without_a_bloom_in_the_weather_is_refused(weather):
    with pytest.raises(ValueError, match="year must lie in 2024 to"):
        slope_map(flat(), weather, FIRST, [250.0], NAVEL, LATITUDE, 2031)


@pytest.mark.parametrize(("day", "year"), [("2023-11-01", 2024), ("2024-01-05", 2024), ("2023-10-31", 2023)])
def test_the_first_bloom_follows_the_first_november(day, year):
    assert first_bloom_year(day) == year


@given(st.lists(st.floats(0, 400), min_size=3, max_size=12), st.integers(0, 3))
@settings(max_examples=40)
def test_members_that_never_ripen_make_no_date_earlier(days, never):
    some, more = np.array([days]), np.array([days + [np.nan] * never])
    for before, after in zip(quantiles(some)[:, 0], quantiles(more)[:, 0], strict=True):
        assert np.isnan(after) or after >= before - 1e-9


def test_a_plane_stays_a_plane_when_its_cells_are_cut_finer():
    y, x = np.mgrid[0:80, 0:80]
    coarse = ground(500.0 + 30.0 * (0.2 * x - 0.1 * y))
    left, bottom = 340_900.0, 3_418_500.0
    made = terrain_window(coarse, (left, bottom, left + 300, bottom + 300), "EPSG:32649", margin=400.0)
    assert made["elevation"].shape == (30, 30)
    assert (made.attrs["source_resolution"], made.attrs["resampling"]) == (30.0, "cubic")
    expected = 500.0 + 0.2 * (made.x - 340_000.0) - 0.1 * (3_420_000.0 - made.y)
    np.testing.assert_allclose(made["elevation"], expected.transpose("y", "x"), atol=0.02)
    np.testing.assert_allclose(made["slope"], np.degrees(np.arctan(np.hypot(0.2, 0.1))), atol=0.05)


def test_a_ridge_outside_the_window_still_stands_in_its_horizon():
    z = np.full((80, 80), 200.0)
    z[45, :] = 500.0  # 15 cells south of row 30: 300 m over 450 m, 33.7 degrees
    south = 180 * 32 // 360
    box = 341_000.0, 3_420_000.0 - 30.5 * 30, 341_060.0, 3_420_000.0 - 29.5 * 30
    near = terrain_window(ground(z), box, "EPSG:32649", resolution=30.0, margin=600.0)
    assert near.attrs["resampling"] == "none"
    assert float(near["horizon"][south].max()) == pytest.approx(np.degrees(np.arctan(300 / 450)), abs=1.0)
    blind = terrain_window(ground(z), box, "EPSG:32649", resolution=30.0, margin=60.0)
    assert float(blind["horizon"].max()) == 0


def test_a_window_beside_the_model_is_refused():
    from agro.errors import MissingDataError

    with pytest.raises(MissingDataError, match="outside"):
        terrain_window(ground(np.zeros((20, 20))), (0.0, 0.0, 100.0, 100.0), "EPSG:32649")


@pytest.mark.real_data
def test_the_hills_of_youwuzhen_are_later_the_higher_they_lie(real_data, weather):
    from agro.terrain.dem import read_dem

    dem = read_dem(real_data / "dem" / "youwuzhen_dem30m.tif")
    west, south, east, north = dem.rio.bounds()
    middle = (west + east) / 2, (south + north) / 2
    box = middle[0] - 200, middle[1] - 200, middle[0] + 200, middle[1] + 200
    made = terrain_window(dem, box, dem.rio.crs)
    assert made.attrs["resampling"] == "cubic"
    found = slope_map(made, weather, FIRST, [350.0], NAVEL, 25.7, YEAR, works=works.ordinary(FIRST, 607))
    height, bloom = made["elevation"].to_numpy().ravel(), found["bloom"].to_numpy().ravel()
    assert np.isfinite(bloom).all()
    assert np.corrcoef(height, bloom)[0, 1] > 0.5
