import warnings
from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
import xarray as xr

from agro.errors import InputError, MissingDataError
from agro.store.files import sha256

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")


def hill(rows=700, columns=600, dtype="float32"):
    values = np.random.default_rng(1).normal(400, 90, (rows, columns)).astype(dtype)
    coords = {"y": 3_420_000 - np.arange(rows) * 10.0, "x": 640_000 + np.arange(columns) * 10.0}
    return xr.DataArray(values, dims=("y", "x"), coords=coords, name="dem", attrs={"units": "m"}).rio.write_crs(
        "EPSG:32648"
    )


def test_a_map_comes_back_as_it_was_saved(store):
    dem = hill()
    dem[3:5, 7] = np.nan
    path = store.save_raster("dem", dem, "survey")
    told = store.raster("dem")
    np.testing.assert_array_equal(told.values, dem.values)
    np.testing.assert_allclose(told["x"], dem["x"])
    np.testing.assert_allclose(told["y"], dem["y"])
    assert (told.rio.crs, told.attrs, told.name) == (dem.rio.crs, {"units": "m"}, "dem")
    assert path == store.raster_path("dem")
    assert store.rasters() == [{"kind": "dem", "time": None, "crs": "EPSG:32648", "source": "survey"}]


def test_the_file_is_a_cloud_optimized_geotiff_with_its_checksum_kept(store):
    path = store.save_raster("dem", hill(), "survey")
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert file.compression.name == "deflate"
    with store.reading() as connection:
        assert connection.exec_driver_sql("select sha256 from raster").scalar() == sha256(path)


def test_horizons_keep_their_directions_and_classes_stay_whole_numbers(store):
    horizon = hill(40, 30).expand_dims(direction=np.arange(4) * 11.25)
    store.save_raster("horizon", horizon)
    told = store.raster("horizon")
    assert told.dims == ("direction", "y", "x")
    assert list(told["direction"].values) == [0, 11.25, 22.5, 33.75]
    store.save_raster("township", (hill(40, 30) > 400).astype("int16"))
    assert store.raster("township").dtype == "int16"


def test_a_map_of_degrees_stays_in_degrees(store):
    lonlat = (
        hill(20, 30)
        .assign_coords(y=31 - np.arange(20) * 0.001, x=108 + np.arange(30) * 0.001)
        .rio.write_crs("EPSG:4326")
    )
    store.save_raster("dem", lonlat)
    assert store.raster("dem").rio.crs.to_epsg() == 4326


def test_the_newest_time_is_shown_and_each_can_be_asked_for(store):
    april, may = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    store.save_raster("ndvi", hill(20, 30) * 0 + 2, time=may)
    store.save_raster("ndvi", hill(20, 30) * 0 + 1, time=april)
    store.save_raster("ndvi", hill(20, 30) * 0 + 3, time=may)
    assert float(store.raster("ndvi").max()) == 3
    assert float(store.raster("ndvi", april).max()) == 1
    assert len(store.rasters()) == 2


def test_a_map_without_a_place_is_refused(store):
    with pytest.raises(InputError, match="CRS"):
        store.save_raster("dem", xr.DataArray(np.zeros((4, 4)), dims=("y", "x")))
    with pytest.raises(MissingDataError, match="no raster 'dem' yet"):
        store.raster("dem")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        store.save_raster("dem", hill(4, 4))
