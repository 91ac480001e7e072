import numpy as np
import pytest
import rasterio
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from remote_sensing import cog
from tests.remote_sensing import making


def labelled(values, bands=None, cell=10.0):
    """Return (band, y, x) or (y, x) numbers with coordinates and a CRS."""
    values = np.asarray(values)
    height, width = values.shape[-2:]
    coords = {"y": making.NORTH - cell * (np.arange(height) + 0.5), "x": making.WEST + cell * (np.arange(width) + 0.5)}
    dims = ("band", "y", "x") if values.ndim == 3 else ("y", "x")
    if bands:
        coords["band"] = bands
    return xr.DataArray(values, dims=dims, coords=coords).rio.write_crs(making.UTM)


@pytest.fixture
def reflectance():
    """Whole steps of 0.0001 from -0.1 to 1.6, with a hole."""
    values = np.random.default_rng(0).integers(-1000, 16_000, (3, 700, 900)) * 1e-4
    values[:, 100:140, 200:260] = np.nan
    return labelled(values.astype(np.float32), ["red", "nir", "swir1"])


def offsets(source, overview=None):
    """Return where the blocks of a file, or of one of its overviews, begin."""
    with rasterio.open(source, **({} if overview is None else {"overview_level": overview})) as opened:
        rows, columns = opened.block_shapes[0]
        places = [(x, y) for y in range(-(-opened.height // rows)) for x in range(-(-opened.width // columns))]
        return [int(opened.get_tag_item(f"BLOCK_OFFSET_{x}_{y}", "TIFF", bidx=1) or 0) for x, y in places]


def test_what_goes_out_comes_back(reflectance, tmp_path):  # T12.1
    cog.write(tmp_path / "a.tif", reflectance, tags={"sensor": "sentinel2_l2a", "datetime": "2025-07-15T03:25:41Z"})
    back = cog.read(tmp_path / "a.tif")
    np.testing.assert_allclose(back.values, reflectance.values, atol=1e-7)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back.x, reflectance.x)
    np.testing.assert_array_equal(back.y, reflectance.y)
    assert back["band"].values.tolist() == ["red", "nir", "swir1"]
    assert back.rio.crs.to_epsg() == making.UTM
    assert back.attrs == {"sensor": "sentinel2_l2a", "datetime": "2025-07-15T03:25:41Z", "kind": "reflectance"}


def test_the_file_is_cloud_optimised_and_says_how_to_read_it(reflectance, tmp_path):  # T12.1
    path = tmp_path / "a.tif"
    cog.write(path, reflectance)
    with rasterio.open(path) as opened:
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert opened.tags()["AREA_OR_POINT"] == "Area"
        assert (opened.dtypes[0], opened.nodata, opened.scales, opened.block_shapes[0]) == (
            "int16", -32768, (1e-4,) * 3, (512, 512)
        )  # fmt: skip
        assert opened.overviews(1) == [2]
    assert max(offsets(path, 0)) < min(offsets(path))  # overviews stand before the full picture: what makes a COG one
    assert path.read_bytes()[:43].find(b"GDAL_STRUCTURAL_METADATA") > 0


@pytest.mark.parametrize("scale", [1e-4, 1e-3])
def test_values_are_rounded_to_a_step_and_no_further(tmp_path, scale):
    values = np.random.default_rng(1).uniform(-3, 3, (64, 64)).astype(np.float32)
    cog.write(tmp_path / "a.tif", labelled(values), "index", {"index": "cire"}, scale)
    back = cog.read(tmp_path / "a.tif")
    assert back.attrs["index"] == "cire"
    assert np.abs(back.values[0] - values).max() <= scale / 2 + 3e-7  # half a step, and a float's own


def test_values_that_no_step_fits_stay_floats(tmp_path):
    values = np.full((64, 64), 723.0833, np.float32)
    values[0, 0] = np.nan
    cog.write(tmp_path / "a.tif", labelled(values), "index", scale=None)
    np.testing.assert_array_equal(cog.read(tmp_path / "a.tif").values[0], values)


def test_values_beyond_the_steps_are_clipped_and_counted(tmp_path):
    values = np.zeros((64, 64), np.float32)
    values[0, :5], values[1, 0] = 9.0, -9.0
    cog.write(tmp_path / "a.tif", labelled(values), "index")
    back = cog.read(tmp_path / "a.tif")
    assert back.attrs["clipped"] == "6"
    assert float(back.max()) == pytest.approx(3.2767)
    assert float(back.min()) == pytest.approx(-3.2767)


def test_classes_stay_whole_numbers_in_overviews_too(tmp_path):
    values = np.zeros((1100, 1100), np.uint8)
    values[::2], values[:, ::3] = 2, 9
    cog.write(tmp_path / "a.tif", labelled(values), "classes")
    assert (cog.read(tmp_path / "a.tif").values[0] == values).all()
    assert cog.read(tmp_path / "a.tif").dtype == np.uint8
    with rasterio.open(tmp_path / "a.tif") as opened:
        assert set(np.unique(opened.read(1, out_shape=(275, 275)))) <= {0, 2, 9}


def test_pictures_keep_what_was_not_seen(tmp_path):
    values = np.random.default_rng(2).integers(0, 256, (3, 80, 90)).astype(np.float32)
    values[:, :10] = np.nan
    cog.write(tmp_path / "a.tif", labelled(values, ["red", "green", "blue"], 0.05), "rgb")
    np.testing.assert_array_equal(cog.read(tmp_path / "a.tif").values, values)


def test_a_window_holds_what_the_whole_holds(reflectance, tmp_path):
    cog.write(tmp_path / "a.tif", reflectance)
    bounds = (making.WEST + 1003, making.NORTH - 3000, making.WEST + 2000, making.NORTH - 995)
    part = cog.read(tmp_path / "a.tif", bounds, ["nir"])
    assert part.shape == (1, 201, 100)
    whole = cog.read(tmp_path / "a.tif").sel(band=["nir"])
    xr.testing.assert_equal(part, whole.sel(x=part.x, y=part.y))


@given(row=st.integers(0, 59), column=st.integers(0, 59), height=st.integers(1, 30), width=st.integers(1, 30))
def test_bounds_on_the_edges_of_cells_give_these_cells(tmp_path_factory, row, column, height, width):
    path = tmp_path_factory.getbasetemp() / "edges.tif"
    values = np.arange(3600, dtype=np.float32).reshape(60, 60) * 1e-4
    if not path.exists():
        cog.write(path, labelled(values, cell=0.3))
    west, north = making.WEST + 0.3 * column, making.NORTH - 0.3 * row
    part = cog.read(path, (west, north - 0.3 * height, west + 0.3 * width, north)).values[0]
    np.testing.assert_allclose(part, values[row : row + height, column : column + width], atol=1e-7)


def test_what_cannot_be_read_is_named(reflectance, tmp_path):
    cog.write(tmp_path / "a.tif", reflectance)
    with pytest.raises(InputError, match="has no band blue; it has red, nir, swir1"):
        cog.read(tmp_path / "a.tif", bands=["blue"])
    with pytest.raises(InputError, match="lies elsewhere"):
        cog.read(tmp_path / "a.tif", bounds=(0, 0, 10, 10))
    with pytest.raises(InputError, match=r"b.tif: no such file") as error:
        cog.read(tmp_path / "b.tif")
    assert "找不到文件" in error.value.zh
    with pytest.raises(InputError, match=r"a.tif: is cut off"):
        cog.read(making.cut(tmp_path / "a.tif"))


def test_what_cannot_be_written_is_a_wrong_call(tmp_path):
    with pytest.raises(ValueError, match="no kind"):
        cog.write(tmp_path / "a.tif", labelled(np.zeros((4, 4))), "picture")
    with pytest.raises(ValueError, match="no CRS"):
        cog.write(tmp_path / "a.tif", labelled(np.zeros((4, 4))).drop_vars("spatial_ref"))
    with pytest.raises(ValueError, match="from the north"):
        cog.write(tmp_path / "a.tif", labelled(np.zeros((4, 4)))[::-1])


@pytest.mark.parametrize(("kind", "scale"), [("index", 1e-4), ("index", None), ("classes", 1e-4), ("rgb", 1e-4)])
def test_parts_make_the_file_that_the_whole_makes(tmp_path, kind, scale):
    rng, bands = np.random.default_rng(5), ["red", "green", "blue"] if kind == "rgb" else ["ndvi"]
    values = rng.uniform(-4, 4, (len(bands), 1100, 700)).astype(np.float32)
    if kind in ("rgb", "classes"):
        values = rng.integers(0, 256, values.shape).astype(np.float32)
    if kind != "classes":
        values[:, 600:640] = np.nan
    values[:, :512, 512:] = np.nan if kind != "classes" else 0  # a part that never comes
    whole = labelled(values, bands)
    cog.write(tmp_path / "whole.tif", whole, kind, {"index": "ndvi"}, scale)
    grid = cog.Grid(whole.rio.crs, whole.rio.transform(), 1100, 700, tuple(bands))
    parts = [
        (row, column, values[:, row : row + 512, column : column + 512])
        for row in (0, 512, 1024) for column in (0, 512) if (row, column) != (0, 512)
    ]  # fmt: skip
    cog.assembled(tmp_path / "parts.tif", grid, parts, kind, {"index": "ndvi"}, scale)
    one, other = (cog.read(tmp_path / name) for name in ("whole.tif", "parts.tif"))
    assert one.identical(other)
    with rasterio.open(tmp_path / "whole.tif") as a, rasterio.open(tmp_path / "parts.tif") as b:
        assert str(a.nodata) == str(b.nodata)  # as text, in which even NaN is itself
        assert (a.scales, a.colorinterp, a.dtypes) == (b.scales, b.colorinterp, b.dtypes)
        assert b.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert a.overviews(1) == b.overviews(1)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["parts.tif", "whole.tif"]
