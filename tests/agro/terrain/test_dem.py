import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401
import xarray as xr
from rasterio.transform import from_origin

from agro.errors import InputError
from agro.terrain import prepare, read_dem, terrain


def written(path, z, *, crs="EPSG:32648", origin=(600_000, 3_300_000), cell=30.0, **options):
    z = np.atleast_3d(np.asarray(z).T).T  # (band, y, x)
    place = {} if origin is None else {"transform": from_origin(*origin, *np.broadcast_to(cell, 2))}
    shape = {"count": z.shape[0], "height": z.shape[1], "width": z.shape[2]}
    with rasterio.open(path, "w", driver="GTiff", dtype=z.dtype, crs=crs, **shape, **place, **options) as target:
        target.write(z)
    return path


def hills(rows=40, columns=50, dtype=np.float32):
    y, x = np.mgrid[:rows, :columns]
    return (400 + 60 * np.sin(x / 8) + 40 * np.cos(y / 6)).astype(dtype)


def test_whole_metres_and_their_nodata_become_heights(tmp_path):
    z = hills(dtype=np.uint16)
    z[0, 0], z[3, 4] = 65535, 65535
    dem = read_dem(written(tmp_path / "dem.tif", z, nodata=65535))
    assert dem.dtype == np.float32
    assert dem.dims == ("y", "x")
    assert np.isnan(dem.values[[0, 3], [0, 4]]).all()
    assert np.isnan(dem.values).sum() == 2
    assert float(dem.x[0]) == 600_015
    assert float(dem.y[0]) == 3_299_985
    assert dem.rio.crs.to_epsg() == 32648


@pytest.mark.parametrize("mark", [np.finfo(np.float32).min, -32768, -9999])
def test_undeclared_void_marks_are_no_ground(mark, tmp_path):
    z = hills()
    z[:2] = mark
    assert np.isnan(read_dem(written(tmp_path / "dem.tif", z)).values).sum() == 100


def test_a_file_that_runs_north_is_turned(tmp_path):
    path = tmp_path / "dem.tif"
    transform = rasterio.Affine(30, 0, 600_000, 0, 30, 3_298_800)
    shape = {"count": 1, "height": 40, "width": 50, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:32648", transform=transform, **shape) as target:
        target.write(hills()[::-1], 1)
    dem = read_dem(path)
    assert (dem.values == hills()).all()
    assert float(dem.y[0]) == 3_299_985


def test_a_file_without_crs_takes_the_given_one(tmp_path):
    path = written(tmp_path / "dem.tif", hills(), crs=None)
    assert read_dem(path, "EPSG:32648").rio.crs.to_epsg() == 32648
    with pytest.raises(InputError, match="no CRS") as refusal:
        read_dem(path)
    assert "坐标系" in refusal.value.message("zh")


def refused(tmp_path):
    z = hills()
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "text.tif").write_text("elevation,lon,lat\n")
    whole = written(tmp_path / "whole.tif", hills(300, 300))
    (tmp_path / "cut.tif").write_bytes(whole.read_bytes()[:5000])
    written(tmp_path / "bands.tif", np.stack([z, z, z]))
    written(tmp_path / "void.tif", np.full((5, 5), -9999.0, np.float32), nodata=-9999)
    written(tmp_path / "feet.tif", z * 100)
    written(tmp_path / "depth.tif", -z * 10)
    written(tmp_path / "nowhere.tif", z, origin=None)
    return {
        "missing.tif": "no such file",
        "empty.tif": "empty",
        "text.tif": "cannot be opened",
        "cut.tif": "promises 300 x 300",
        "bands.tif": "has 3 bands",
        "void.tif": "every cell is nodata",
        "feet.tif": "heights run from",
        "depth.tif": "heights run from",
        "nowhere.tif": "no geotransform",
    }


def test_files_that_cannot_be_used_are_refused_in_both_languages(tmp_path):
    for name, why in refused(tmp_path).items():
        with pytest.raises(InputError, match=why) as refusal:
            read_dem(tmp_path / name)
        assert name in str(refusal.value)
        assert refusal.value.zh.startswith(name)
        assert refusal.value.zh != str(refusal.value)


def on_grid(z, crs="EPSG:32648", cell=30.0):
    y, x = (np.arange(n) for n in z.shape)
    dem = xr.DataArray(z, dims=("y", "x"), coords={"y": 3_300_000 - cell * y, "x": 600_000 + cell * x})
    return dem.rio.write_crs(crs)


def test_degrees_become_square_metres_with_the_same_slope(tmp_path):
    second = 1 / 3600
    latitude = 29.5 - second * (np.arange(120) + 0.5)
    longitude = 106.0 + second * (np.arange(140) + 0.5)
    to = rasterio.warp.transform("EPSG:4326", "EPSG:32648", *(a.ravel() for a in np.meshgrid(longitude, latitude)))
    east = np.array(to[0]).reshape(120, 140)
    plane = (0.3 * (east - east.mean()) + 1500).astype(np.float32)  # falls west by 16.70 degrees
    path = written(tmp_path / "dem.tif", plane, crs="EPSG:4326", origin=(106.0, 29.5), cell=second)
    dem = prepare(read_dem(path), "EPSG:32648")
    assert float(dem.x[1] - dem.x[0]) == pytest.approx(29, abs=1)
    assert float(dem.y[0] - dem.y[1]) == pytest.approx(float(dem.x[1] - dem.x[0]))
    ground = terrain(dem)
    middle = {"x": slice(20, -20), "y": slice(20, -20)}
    assert ground.slope.isel(middle).values == pytest.approx(np.degrees(np.arctan(0.3)), abs=2e-3)
    assert ground.aspect.isel(middle).values == pytest.approx(270, abs=0.01)


def test_a_model_that_is_already_right_stays_as_it_is():
    dem = on_grid(hills())
    assert (prepare(dem, "EPSG:32648").values == dem.values).all()
    assert prepare(dem, "EPSG:32648", 60).shape == (20, 25)


def test_small_voids_are_filled_and_large_ones_refused():
    z = hills()
    z[10, 10:14] = np.nan
    z[0, :8] = np.nan  # a margin
    dem = prepare(on_grid(z), "EPSG:32648")
    assert dem.values[10, 10:14] == pytest.approx(hills()[10, 10:14], abs=5)
    assert np.isnan(dem.values[0, :8]).all()
    z[20:25, 20:25] = np.nan
    with pytest.raises(InputError, match="the largest of 25 cells at x 600660, y 3299340"):
        prepare(on_grid(z), "EPSG:32648")
    assert np.isnan(prepare(on_grid(z), "EPSG:32648", keep_voids=True).values).sum() == 33


def test_steps_of_whole_metres_are_smoothed_once():
    _y, x = np.mgrid[:40, :50]
    gentle = (200 + 0.3 * x).astype(np.float32)
    dem = on_grid(np.floor(gentle))
    dem.attrs["whole_metres"] = 1
    once = prepare(dem, "EPSG:32648")
    rough, smooth = (np.abs(np.diff(d.values, 2)).max() for d in (dem, once))
    assert smooth < 0.6 * rough
    assert (prepare(once, "EPSG:32648").values == once.values).all()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263", "EPSG:0", "nonsense"])  # degrees, feet, unknown
def test_ground_needs_a_projected_crs_in_metres(crs):
    with pytest.raises(InputError):
        prepare(on_grid(hills()), crs)


def test_degrees_are_refused_by_the_terrain():
    with pytest.raises(InputError, match="projected CRS in metres"):
        terrain(on_grid(hills(), "EPSG:4326", 0.001))


def test_the_terrain_has_values_up_to_its_rim():
    ground = terrain(on_grid(hills()))
    for name in ("elevation", "slope", "sky_view", "valley_floor", "height_above_valley", "horizon"):
        assert np.isfinite(ground[name].values).all()
        assert ground[name].dtype == np.float32
        assert ground[name].attrs["units"]
    assert ground.horizon.dims == ("direction", "y", "x")
    assert ground.direction.values[:3] == pytest.approx([0, 11.25, 22.5])
    assert ground.rio.crs.to_epsg() == 32648


def test_the_terrain_keeps_hundredths_of_a_degree_in_a_file(tmp_path):
    ground = terrain(on_grid(hills()))
    ground[["horizon"]].to_netcdf(tmp_path / "terrain.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "terrain.nc", engine="scipy") as again:
        np.testing.assert_allclose(again.horizon.values, ground.horizon.values, atol=0.0051)


@pytest.mark.real_data
def test_real_models_become_terrain(real_data):
    zion = prepare(read_dem(real_data / "dem" / "zion_srtm_wgs84.tif").isel(x=slice(100), y=slice(100)), "EPSG:32612")
    ground = terrain(zion)
    assert 70 < float(zion.x[1] - zion.x[0]) < 95
    assert 1000 < float(ground.elevation.min()) < float(ground.elevation.max()) < 2900
    assert 5 < float(ground.slope.mean()) < 35
    youwuzhen = terrain(prepare(read_dem(real_data / "dem" / "youwuzhen_dem30m.tif"), "EPSG:2415"))
    assert youwuzhen.elevation.shape == (98, 127)
    central = np.degrees(np.arctan(np.hypot(*np.gradient(youwuzhen.elevation.values, 30.0))))
    assert float(youwuzhen.slope.mean()) == pytest.approx(central.mean(), abs=0.5)  # Horn's window smooths
    assert float(youwuzhen.slope.max()) == pytest.approx(central.max(), abs=1)
