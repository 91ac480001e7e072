"""Tiles of the region's own hill: placed right, bounded, lit from the north-west."""

import io
import math

import numpy as np
import pytest
import rioxarray  # noqa: F401
import xarray as xr
from PIL import Image
from sqlalchemy import delete

from agro.store import schema
from agro.store.rights import OPERATOR
from app.api import tiles

LONGITUDE, LATITUDE = 109.407, 30.895  # close to the top of the test hill


def tile_of(longitude, latitude, z):
    """Return column and row of the tile that holds a place (the formula of the OpenStreetMap wiki)."""
    n = 2**z
    x = int((longitude + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * n)
    return x, y


def pixels(answer):
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_a_tile_over_the_hill_is_a_picture_and_one_far_away_is_clear(signed_in):
    visitor = signed_in("grower")
    x, y = tile_of(LONGITUDE, LATITUDE, 14)
    inside = pixels(visitor.get(f"/api/tiles/hillshade/14/{x}/{y}.png"))
    assert inside.shape == (256, 256, 4)
    assert (inside[..., 3] == 255).mean() > 0.5
    assert pixels(visitor.get("/api/tiles/hillshade/14/0/0.png"))[..., 3].max() == 0


@pytest.mark.parametrize(
    "path",
    ["14/16384/0", "14/0/16384", "19/1/1", "0/0/1", "3/9/0"],
)
def test_tiles_outside_the_square_are_404(signed_in, path):
    assert signed_in("grower").get(f"/api/tiles/hillshade/{path}.png").status_code == 404


@pytest.mark.parametrize("path", ["-1/0/0", "a/0/0", "5/-1/0", "99/0/0", "5/1e3/0"])
def test_tile_numbers_that_are_none_are_422(signed_in, path):
    assert signed_in("grower").get(f"/api/tiles/hillshade/{path}.png").status_code == 422


@pytest.mark.parametrize("layer", ["dem", "..%2F..%2Fcitrus", "%2e%2e", "orthophoto", "hillshade.tif", "hillshade%00"])
def test_only_named_layers_are_served(signed_in, layer):
    answer = signed_in("grower").get(f"/api/tiles/{layer}/5/0/0.png")
    assert answer.status_code in (400, 404)
    assert "SQLite" not in answer.text


def test_nobody_gets_a_tile(nobody):
    assert nobody.get("/api/tiles/hillshade/5/0/0.png").status_code == 401


def test_the_style_names_tiles_at_the_address_that_was_asked(signed_in):
    style = signed_in("grower").get("/api/style.json", headers={"host": "orchard.local:9000"}).json()
    assert style["sources"]["hillshade"]["tiles"] == ["http://orchard.local:9000/api/tiles/hillshade/{z}/{x}/{y}.png"]
    west, south, east, north = style["sources"]["hillshade"]["bounds"]
    assert west < LONGITUDE < east
    assert south < LATITUDE < north


def test_a_tile_address_of_ones_own_lies_over_the_relief(signed_in, monkeypatch):
    monkeypatch.setenv("CITRUS_TILE_URL", "https://tiles.example.org/{z}/{x}/{y}.png")
    style = signed_in("grower").get("/api/style.json").json()
    assert [layer["id"] for layer in style["layers"]] == ["ground", "hillshade", "outside"]


def test_the_north_west_side_of_a_ridge_is_lighter_than_the_south_east_side():
    y, x = np.mgrid[0:80, 0:80]
    ridge = 300 - 10.0 * np.abs(x + y - 79)  # runs from south-west to north-east
    picture = tiles.relief(ridge, 30.0, 0.0, 1000.0).astype(float)[..., :3].mean(-1)
    assert picture[(x + y < 70) & (x + y > 40)].mean() > 1.2 * picture[(x + y > 90) & (x + y < 120)].mean()


def test_unknown_ground_is_clear_and_casts_no_cliff():
    flat = np.full((40, 40), 500.0)
    flat[:, 20:] = np.nan
    picture = tiles.relief(flat, 30.0, 0.0, 1000.0)
    assert (picture[:, 20:, 3] == 0).all()
    shown = picture[..., :3][picture[..., 3] == 255]
    assert np.ptp(shown, axis=0).max() <= 1


def test_neighbouring_tiles_meet_without_a_seam(home):
    path = home.store.raster_path("dem")
    x, y = tile_of(LONGITUDE, LATITUDE, 15)
    left, right = (
        np.asarray(Image.open(io.BytesIO(tiles.tile(path, "hillshade", 15, x + i, y)))).astype(int) for i in (0, 1)
    )
    both = (left[:, -1, 3] == 255) & (right[:, 0, 3] == 255)
    assert both.any()
    assert np.abs(left[both, -1, :3] - right[both, 0, :3]).max() <= 6


@pytest.fixture
def orthophoto(home):
    """Lay a picture over the west of the hill, red in its north and blue in its south, and take it away again."""
    pixels = np.zeros((3, 60, 60), "u1")
    pixels[0, :30], pixels[2, 30:] = 200, 180
    x, y = 346_400 + 10.0 * np.arange(60), 3_419_400 - 10.0 * np.arange(60)
    picture = xr.DataArray(pixels, dims=("band", "y", "x"), coords={"band": [1, 2, 3], "y": y, "x": x})
    path = home.store.save_raster("orthophoto", picture.rio.write_crs("EPSG:32649"), source="test", by=OPERATOR)
    yield path
    with home.store.writing() as connection:
        connection.execute(delete(schema.raster).where(schema.raster.c.kind == "orthophoto"))


def test_an_orthophoto_is_served_in_its_colours_and_is_clear_outside(signed_in, orthophoto):
    west, south, east, north = tiles.bounds(orthophoto)
    x, y = tile_of((west + east) / 2, (south + north) / 2, 16)
    picture = pixels(signed_in("grower").get(f"/api/tiles/orthophoto/16/{x}/{y}.png")).astype(int)
    inside = picture[..., 3] == 255
    assert 0 < inside.sum() < inside.size
    red, blue = (inside & (picture[..., band] > 150) for band in (0, 2))
    assert red.any()
    assert blue.any()
    assert np.nonzero(red)[0].mean() < np.nonzero(blue)[0].mean()  # north is up
    assert picture[..., 1][inside].max() < 20


def test_the_map_lays_the_orthophoto_over_the_relief(signed_in, orthophoto):
    style = signed_in("grower").get("/api/style.json").json()
    assert [layer["id"] for layer in style["layers"]] == ["ground", "hillshade", "orthophoto"]
