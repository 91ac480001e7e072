import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from agro.errors import InputError
from agro.store import OPERATOR
from app.services import imports
from app.services.platform import open_platform


def picture(path, bands=3, dtype="uint8", crs="EPSG:32649"):
    values = np.arange(bands * 40 * 50).reshape(bands, 40, 50) % 251
    about = {"driver": "GTiff", "count": bands, "height": 40, "width": 50, "dtype": dtype, "crs": crs}
    with rasterio.open(path, "w", transform=from_origin(730_000, 3_420_000, 0.5, 0.5), **about) as file:
        file.write(values.astype(dtype))
    return values


def test_a_picture_of_ones_own_is_kept_as_it_is(tmp_path):
    home = open_platform(tmp_path / "home")
    values = picture(tmp_path / "terraces.tif", bands=4)
    report = imports.commit(OPERATOR, home, "orthophoto", tmp_path / "terraces.tif")
    assert report.counts == {"rows": 40, "columns": 50}
    kept = home.store.raster("orthophoto")
    assert (kept.to_numpy() == values[:3]).all()
    assert kept.rio.crs == "EPSG:32649"


@pytest.mark.parametrize(
    ("about", "word"), [({"bands": 1}, "1 bands"), ({"dtype": "float32"}, "float32"), ({"crs": None}, "no CRS")]
)
def test_what_is_no_georeferenced_colour_picture_is_refused(tmp_path, about, word):
    home = open_platform(tmp_path / "home")
    picture(tmp_path / "x.tif", **about)
    with pytest.raises(InputError, match=word) as refused:
        imports.commit(OPERATOR, home, "orthophoto", tmp_path / "x.tif")
    assert "x.tif" in refused.value.zh
    assert home.store.rasters() == []


def test_text_is_no_picture(tmp_path):
    (tmp_path / "x.tif").write_text("hello")
    with pytest.raises(InputError, match=r"x\.tif"):
        imports.preview(OPERATOR, open_platform(tmp_path / "home"), "orthophoto", tmp_path / "x.tif")
