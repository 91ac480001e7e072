"""Every layer is a Cloud-Optimized GeoTIFF too, in the size in which it is kept."""

import numpy as np
import pytest
import rasterio
from affine import Affine

from agro.errors import InputError, MissingDataError
from agro.store import OPERATOR, StoredScene
from agro.store.scenes import MOSAIC
from app.services.imagery import exports, layers
from remote_sensing import cog
from remote_sensing.scene import Quality
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import LAST, show

CELL, SIDE = 0.1, 2600
"""A flight wider than a screen, over the first farm's fifth plot; 20 m of it show the second farm's first."""


def satellite(home):
    return home.store.scenes("satellite")[0]


def read(path):
    with rasterio.open(path) as file:
        return file.read(), file.tags(), file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"], file.transform


@pytest.fixture
def flown(pictured_copy, tmp_path):
    """The platform with a flight of noise in three colours; its bytes and the flight."""
    west, _, _, north = truth.outlines().iloc[4].bounds
    north -= 20
    colours = np.random.default_rng(3).integers(1, 256, (4, SIDE, SIDE), dtype=np.uint8)
    colours[3] = 255
    colours[:, :, :40] = 0  # not seen
    path = tmp_path / "mosaic.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=4, dtype="uint8", crs=truth.CRS, tiled=True,
        transform=Affine(CELL, 0, west, 0, -CELL, north),
    ) as file:  # fmt: skip
        file.write(colours)
        file.colorinterp = [*map(rasterio.enums.ColorInterp.__getitem__, ("red", "green", "blue", "alpha"))]
    degrees = rasterio.warp.transform_bounds(
        truth.CRS, "EPSG:4326", west, north - SIDE * CELL, west + SIDE * CELL, north
    )
    day = LAST.replace(tzinfo=truth.UTC)
    flight = StoredScene("drone_rgb", "odm", "drone", day, truth.CRS, degrees, about={"pixel": CELL}, synthetic=True)
    stored, _ = pictured_copy.store.save_scene(flight, {MOSAIC: lambda to: cog.converted(path, to)}, by=OPERATOR)
    return pictured_copy, colours, stored


def test_an_index_of_a_flight_keeps_every_pixel_of_the_flight(flown, tmp_path):
    home, colours, flight = flown
    path = exports.layer(OPERATOR, home, tmp_path / "gli.tif", "tif", flight.id, index="gli")
    made, tags, layout, transform = read(path)
    red, green, blue = colours[:3, :, 40:].astype(float)
    expected = (2 * green - red - blue) / (2 * green + red + blue)
    assert (made.shape, transform.a, layout) == ((1, SIDE, SIDE), CELL, "COG")
    assert np.abs(made[0, :, 40:] * 1e-4 - expected).max() < 5.1e-5
    assert (made[0, :, :40] == cog.NODATA).all()
    assert (tags["citrus_index"], tags["citrus_synthetic"]) == ("gli", "True")


def test_the_colours_of_a_flight_are_its_bytes_on_own_ground_only(flown, tmp_path):
    home, colours, flight = flown
    made, _, layout, _ = read(exports.layer(OPERATOR, home, tmp_path / "a.tif", "tif", flight.id, "true_colour"))
    assert (np.array_equal(made, colours), layout) == (True, "COG")
    path = exports.layer(truth.grower(home, "f2"), home, tmp_path / "b.tif", "tif", flight.id, "true_colour")
    hidden = read(path)[0]
    assert not hidden[3, :1790].any()
    assert np.array_equal(hidden[:, 1810:, 100:1900], colours[:, 1810:, 100:1900])
    part = exports.layer(OPERATOR, home, tmp_path / "c.tif", "tif", flight.id, "true_colour", box=_east(flight))
    assert read(part)[0].shape[2] < 0.51 * SIDE


def _east(flight):
    west, south, east, north = flight.bounds
    return (west + east) / 2, south, east, north


def test_the_colours_of_a_satellite_are_those_of_the_screen(pictured, tmp_path):
    stored = satellite(pictured)
    made, tags, layout, _ = read(exports.layer(OPERATOR, pictured, tmp_path / "a.tif", "tif", stored.id, "true_colour"))
    with rasterio.open(pictured.store.scene_part(stored.id, "10")) as file:
        bands = {name: file.read(k) * 1e-4 for k, name in enumerate(file.descriptions, start=1)}
    low, high = float(tags["citrus_black"]), float(tags["citrus_white"])
    expected = (
        255 * np.clip((np.stack([bands[one] for one in ("red", "green", "blue")]) - low) / (high - low), 0, 1) ** 0.7
    )
    assert (made.shape[0], layout) == (4, "COG")
    assert np.abs(made[:3] - expected).max() <= 1.5


def test_what_hid_the_ground_is_bits_that_say_what_they_mean(bare, tmp_path):
    under = truth.outlines().iloc[4]
    show(bare, LAST, cloud=under)
    stored = satellite(bare)
    made, tags, layout, _ = read(exports.layer(OPERATOR, bare, tmp_path / "q.tif", "tif", stored.id, "quality"))
    assert np.array_equal(made[0], layers.reasons(bare, stored, None).to_numpy())
    assert (made[0][truth.inside(under)] & Quality.CLOUD).all()
    assert layout == "COG"
    assert f"{int(Quality.CLOUD)} cloud 云" in tags["citrus_classes"]


def test_a_flight_has_no_masks_and_nothing_is_left_behind(flown, tmp_path):
    home, _, flight = flown
    before = sorted(tmp_path.iterdir())
    with pytest.raises(MissingDataError, match="no masks"):
        exports.layer(OPERATOR, home, tmp_path / "q.tif", "tif", flight.id, "quality")
    with pytest.raises(InputError, match="nir"):
        exports.layer(OPERATOR, home, tmp_path / "n.tif", "tif", flight.id, index="ndvi")
    with pytest.raises(InputError, match="no layer"):
        exports.layer(OPERATOR, home, tmp_path / "n.tif", "tif", flight.id, "health")
    assert sorted(tmp_path.iterdir()) == before
