"""Reading mosaics: what is refused and why, alpha, averages, windows."""

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp

from agro.errors import InputError
from remote_sensing.trees import crowns, mosaic
from tests.remote_sensing.trees.flights import LEFT, TOP, written


@pytest.fixture(scope="module")
def colours():
    return np.random.default_rng(0).integers(1, 255, (3, 400, 600), dtype=np.uint8)


def read_whole(path):
    seen = mosaic.opened(path)
    return seen.window(seen.bounds)


@pytest.mark.parametrize(
    ("how", "english", "chinese"),
    [
        ({"crs": None}, "no coordinate system", "没有坐标系"),
        ({"crs": "EPSG:4326", "left": 106.0, "top": 29.0, "cell": 1e-6}, "not in metres", "不是米"),
        ({"crs": "EPSG:2227"}, "not in metres", "不是米"),  # US survey feet
        ({"cell": 0.2}, "pixels of 20 cm; at most 15 cm", "20 厘米"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused_with_a_reason(tmp_path, colours, how, english, chinese):
    path = written(tmp_path / "m.tif", colours, **how)
    with pytest.raises(InputError, match=english) as caught:
        mosaic.opened(path)
    assert chinese in caught.value.zh


def test_wide_crowns_may_be_seen_on_wide_pixels(tmp_path, colours):
    path = written(tmp_path / "m.tif", colours, cell=0.2)
    assert mosaic.opened(path, diameter=4.0).cell == pytest.approx(0.2)
    with pytest.raises(InputError, match="at most 30 cm"):
        mosaic.opened(written(tmp_path / "n.tif", colours, cell=0.4), diameter=4.0)


@pytest.mark.parametrize(
    ("bands", "english"), [(np.ones((1, 50, 50), np.uint8), "1 band"), (np.ones((3, 50, 50), np.uint16), "uint16")]
)
def test_grey_and_sixteen_bit_pictures_are_refused(tmp_path, bands, english):
    with pytest.raises(InputError, match=english):
        mosaic.opened(written(tmp_path / "m.tif", bands))


def test_turned_pixels_are_refused(tmp_path, colours):
    path = written(tmp_path / "m.tif", colours)
    with rasterio.open(path, "r+") as file:
        file.transform = file.transform * file.transform.rotation(3)
    with pytest.raises(InputError, match="turned"):
        mosaic.opened(path)


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "m.tif").write_text("not a picture")
    with pytest.raises(InputError, match="not a picture"):
        mosaic.opened(tmp_path / "m.tif")


def test_a_file_that_was_cut_off_is_refused_where_it_ends(tmp_path, colours):
    path = written(tmp_path / "m.tif", colours, blockxsize=128, blockysize=128)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"m.tif: (a part cannot be read|not a picture)"):
        read_whole(path)


@pytest.mark.parametrize("declared", [True, False])
def test_the_fourth_band_of_webodm_is_a_mask_and_no_colour(tmp_path, colours, declared):
    alpha = np.full((1, 400, 600), 255, np.uint8)
    alpha[:, :, :100] = 0
    path = written(
        tmp_path / "m.tif", np.concatenate([colours, alpha]), photometric="RGB", alpha="yes" if declared else "no"
    )
    with rasterio.open(path) as file:
        assert (file.colorinterp[3] == ColorInterp.alpha) == declared
    seen = mosaic.opened(path)
    picture = seen.window(seen.bounds)
    assert seen.alpha == 4
    assert picture.rgb.shape == (3, 400, 600)
    assert not picture.valid[:, :100].any()
    assert picture.valid[:, 100:].all()


def test_near_infrared_is_left_out_and_told(tmp_path, colours):
    path = written(tmp_path / "m.tif", np.concatenate([colours, colours[:1]]), photometric="RGB", alpha="no")
    seen = mosaic.opened(path)
    assert seen.alpha is None
    assert seen.left_out == (4,)


def test_fine_pixels_are_averaged_to_five_centimetres(tmp_path, colours):
    seen = mosaic.opened(written(tmp_path / "m.tif", colours, cell=0.025))
    assert seen.cell == 0.05
    picture = seen.window((LEFT + 1, TOP - 3, LEFT + 4, TOP - 1))
    expected = crowns.block_mean(colours[:, 40:120, 40:160].astype(np.float32), 2)
    assert picture.rgb.shape == expected.shape
    assert np.abs(picture.rgb - expected).max() <= 0.51


def test_overlapping_windows_see_the_same_pixels(tmp_path, colours):
    seen = mosaic.opened(written(tmp_path / "m.tif", colours, cell=0.03))
    a = seen.window((LEFT, TOP - 6, LEFT + 6, TOP))
    b = seen.window((LEFT + 3.01, TOP - 6, LEFT + 9, TOP - 2.02))
    off = round((b.left - a.left) / seen.cell), round((a.top - b.top) / seen.cell)
    part = a.rgb[:, off[1] : off[1] + 40, off[0] : off[0] + 40]
    assert np.abs(part.astype(int) - b.rgb[:, :40, :40]).max() <= 1


def test_beyond_the_file_nothing_is_seen(tmp_path, colours):
    seen = mosaic.opened(written(tmp_path / "m.tif", colours))
    picture = seen.window((LEFT - 1, TOP - 1, LEFT + 1, TOP + 1))
    assert picture.valid.shape == (40, 40)
    assert picture.valid[20:, 20:].all()
    assert picture.valid.sum() == 400
