import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import reading
from remote_sensing.reading import stac
from remote_sensing.scene import Quality
from tests.remote_sensing import catalogue, making

WEST, SIZE = making.WEST, catalogue.SIZE
COUNTY = (106.02, 29.80, 106.06, 29.84)
EVERYWHERE = (100, 20, 115, 40)
JULY = (date(2025, 7, 1), date(2025, 7, 31))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Two neighbouring tiles of one day, another day, a cloudy one, one far away."""
    folder = tmp_path_factory.mktemp("stac")
    made = [
        catalogue.tile(folder, "S2A_48RXT_20250715_0_L2A", "2025-07-15T03:25:41Z", WEST),
        catalogue.tile(folder, "S2A_48RYT_20250715_0_L2A", "2025-07-15T03:25:44Z", WEST + SIZE),
        catalogue.tile(folder, "S2B_48RXT_20250720_0_L2A", "2025-07-20T03:25:39Z", WEST),
        catalogue.tile(folder, "S2A_48RXT_20250725_0_L2A", "2025-07-25T03:25:41Z", WEST, cloud=88.0),
        catalogue.tile(folder, "S2A_48RAA_20250715_0_L2A", "2025-07-15T03:26:00Z", WEST - 200_000),
    ]
    items = {entry["id"]: entry for entry in made}
    catalogue.written(folder, items)
    yield from catalogue.running(folder, items)


def test_an_api_is_searched_by_place_time_and_cloud_over_its_pages(served):
    found = stac.search(f"{served.url}/api", COUNTY, *JULY, collection="sentinel-2-l2a", cloud=60)
    assert [one.product for one in found] == [
        "S2A_48RXT_20250715_0_L2A", "S2A_48RYT_20250715_0_L2A", "S2B_48RXT_20250720_0_L2A",
    ]  # fmt: skip
    assert served.searches[-1]["collections"] == ["sentinel-2-l2a"]
    assert served.searches[-1]["datetime"] == "2025-07-01T00:00:00Z/2025-07-31T23:59:59Z"
    first = found[0]
    assert (first.sensor, first.sun_zenith, first.about["cloud_cover"]) == ("sentinel2_l2a", 19.5, 5.0)
    assert set(first.missing) == {"blue", "green", "re1", "re2", "re3", "nir_narrow", "swir2"}
    assert not any(layer.path.endswith("jp2") for layer in first.layers.values())


ARCHIVES = {
    "planetary computer": {"red": "B04", "nir": "B08", "swir16": "B11", "scl": "SCL"},
    "copernicus": {"red": "B04_10m", "nir": "B08_10m", "swir16": "B11_20m", "scl": "SCL_20m"},
    "earth-search": {"red": "red", "nir": "nir", "swir16": "swir16", "scl": "scl"},
}


@pytest.mark.parametrize("archive", ARCHIVES)
def test_assets_are_known_by_the_names_of_each_archive(served, tmp_path, archive):
    entry = served.items["S2A_48RXT_20250715_0_L2A"]
    assets = {called: entry["assets"][name] for name, called in ARCHIVES[archive].items()}
    if archive == "copernicus":  # which offers coarser copies too
        assets = {"B04_60m": {"href": "./60.tif"}, "B04_20m": {"href": "./20.tif"}, **assets}
    shutil.copytree(served.folder / entry["id"], tmp_path / entry["id"])
    (tmp_path / "item.json").write_text(json.dumps({**entry, "assets": assets}))
    found = reading.recognise(tmp_path / "item.json")
    assert {role: Path(layer.path).name for role, layer in found.layers.items()} == {
        "red": "B04.tif", "nir": "B08.tif", "swir1": "B11.tif",
    }  # fmt: skip
    assert Path(found.classes.path).name == "SCL.tif"


def test_a_static_catalogue_is_walked_on_the_net_and_on_the_disk(served):
    online = stac.search(f"{served.url}/files/catalog.json", COUNTY, *JULY, cloud=60)
    on_disk = stac.search(served.folder / "catalog.json", COUNTY, *JULY, collection="sentinel-2-l2a", cloud=60)
    assert [one.product for one in online] == [one.product for one in on_disk]
    assert len(online) == 3
    assert online[0].layers["red"].path == f"{served.url}/files/S2A_48RXT_20250715_0_L2A/B04.tif"


def test_two_tiles_of_a_day_are_read_as_one_without_resampling(served):
    days = stac.by_day(stac.search(f"{served.url}/api", COUNTY, *JULY, cloud=60))
    assert [len(one.items) for one in days] == [2, 1]
    assert days[0].product == "S2A_48RXT_20250715_0_L2A+48RYT"
    seam = WEST + SIZE
    bounds = (seam - 200, making.NORTH - 600, seam + 200, making.NORTH - 200)
    scene = stac.read(days[0], bounds, making.UTM)
    own = {side: reading.recognise(served.folder / f"S2A_48R{side}T_20250715_0_L2A.json") for side in "XY"}
    own = {side: reading.read(found, bounds=bounds, crs=making.UTM) for side, found in own.items()}
    for cell in (10, 20):
        for side, scope in (("X", slice(None, seam)), ("Y", slice(seam, None))):
            whole = own[side].grids[cell]
            part = scene.grids[cell].sel(x=scope)
            np.testing.assert_array_equal(part, whole.sel(x=part.x, y=part.y))
    assert scene.grids[10].shape == (2, 40, 40)
    assert np.isfinite(scene.grids[10]).all()
    assert float(scene.band("red").mean()) == pytest.approx(making.REFLECTANCE["B04"], abs=5e-4)
    assert "taken off" in scene.about["offset_decision"]


def test_classes_of_a_catalogue_keep_their_numbers(served):
    (found,) = stac.search(f"{served.url}/api", COUNTY, date(2025, 7, 20), date(2025, 7, 20))
    scene = reading.read(found, bounds=(WEST, making.NORTH - SIZE, WEST + SIZE, making.NORTH), crs=making.UTM)
    quality = scene.quality.values
    assert quality.shape == (120, 120)
    assert quality[5, 5] == Quality.CLOUD
    assert quality[25, 5] == Quality.CLOUD_SHADOW
    assert quality[60, 60] == 0
    assert set(np.unique(quality)) <= {0, 1, 2, 8, 64}


def test_only_blocks_that_are_needed_travel(tmp_path):
    entry = catalogue.tile(tmp_path, "S2A_48RXT_20250715_0_L2A", "2025-07-15T03:25:41Z", WEST, size=12_000)
    for served in catalogue.running(tmp_path, {entry["id"]: entry}):
        (found,) = stac.search(f"{served.url}/api", EVERYWHERE, *JULY)
        served.asked.clear()
        middle = (WEST + 5000, making.NORTH - 5300, WEST + 5300, making.NORTH - 5000)
        scene = reading.read(found, bounds=middle, crs=making.UTM)
        stored = sum(path.stat().st_size for path in tmp_path.rglob("*.tif"))
        assert scene.grids[10].shape[1] <= 34
        assert 0 < served.sent() < 0.1 * stored


def test_a_catalogue_may_be_read_into_another_zone(served):
    (found,) = stac.search(f"{served.url}/api", COUNTY, date(2025, 7, 20), date(2025, 7, 20))
    scene = reading.read(found, bounds=(106.033, 29.822, 106.040, 29.826), crs=4326, into=32649)
    assert scene.band("nir").rio.crs.to_epsg() == 32649
    assert float(scene.band("nir").mean()) == pytest.approx(0.33, abs=2e-3)


def test_an_offset_that_the_catalogue_tells_wrongly_is_found_out(tmp_path):
    entry = catalogue.tile(tmp_path, "S2A_48RXT_20250715_0_L2A", "2025-07-15T03:25:41Z", WEST)
    for band in catalogue.BANDS:
        cell = making.S2_BANDS[band]
        making.raster(tmp_path / entry["id"] / f"{band}.tif", making.numbers(band, cell), cell, driver="COG")
    (tmp_path / "item.json").write_text(json.dumps(entry))
    with pytest.raises(InputError, match=r"boa_offset_applied.*1000 were still in.*offset=-1000"):
        reading.read(tmp_path / "item.json")
    scene = reading.read(tmp_path / "item.json", offset=-1000)
    assert float(scene.band("nir").mean()) == pytest.approx(0.33, abs=1e-3)


def test_a_saved_collection_gives_its_days(served, tmp_path):
    folder = shutil.copytree(served.folder, tmp_path / "saved")
    (folder / "july.json").write_text(
        json.dumps({"type": "FeatureCollection", "features": [served.items[key] for key in sorted(served.items)]})
    )
    days = reading.recognise_all(folder / "july.json")
    assert [one.product for one in days][-2:] == ["S2B_48RXT_20250720_0_L2A", "S2A_48RXT_20250725_0_L2A"]
    with pytest.raises(InputError, match="several days"):
        reading.recognise(folder / "july.json")
    assert float(reading.read(days[-2]).band("nir").mean()) == pytest.approx(0.33, abs=1e-3)


def test_a_saved_item_cannot_reach_out_of_its_folder(served, tmp_path):
    entry = served.items["S2A_48RXT_20250715_0_L2A"]
    for base, said in (("http://127.0.0.1:1/", "lie on the net"), (f"{served.folder}/", "outside its folder"),
                       ("../", "outside its folder"), ("/vsicurl/http://127.0.0.1:1/", "lie on the net")):  # fmt: skip
        only = {**entry, "assets": {"red": {"href": base + "B04.tif"}}}
        (tmp_path / "item.json").write_text(json.dumps(only))
        with pytest.raises(InputError, match=said):
            reading.recognise(tmp_path / "item.json")


def test_a_file_that_is_missing_or_cut_off_is_told_by_the_picture(tmp_path):
    entry = catalogue.tile(tmp_path, "S2A_48RXT_20250715_0_L2A", "2025-07-15T03:25:41Z", WEST)
    for served in catalogue.running(tmp_path, {entry["id"]: entry}):
        (found,) = stac.search(f"{served.url}/api", EVERYWHERE, *JULY)
        making.cut(tmp_path / entry["id"] / "B04.tif", 0.7)
        with pytest.raises(
            InputError, match=r"S2A_48RXT_20250715_0_L2A: a file of the catalogue cannot be read"
        ) as error:
            reading.read(found)
        assert "截断" in error.value.zh
        (tmp_path / entry["id"] / "B08.tif").unlink()
        with pytest.raises(InputError, match="cannot be read"):
            reading.read(found)


@pytest.mark.parametrize("path", ["nowhere", "files/catalog.html"])
def test_an_address_that_is_no_catalogue_says_so(served, path):
    (served.folder / "catalog.html").write_text("<html></html>")
    with pytest.raises(InputError, match="does not answer as a STAC catalogue") as error:
        stac.search(f"{served.url}/{path}", COUNTY, *JULY)
    assert "无法访问" in error.value.zh
    with pytest.raises(InputError, match="does not answer"):
        stac.search("http://127.0.0.1:9/api", COUNTY, *JULY)


def test_items_of_unknown_sensors_are_left_out(tmp_path):
    entry = catalogue.tile(tmp_path, "S2A_48RXT_20250715_0_L2A", "2025-07-15T03:25:41Z", WEST)
    other = {**entry, "id": "radar", "collection": "sentinel-1-grd", "assets": {"vv": {"href": "./vv.tif"}}}
    catalogue.written(tmp_path, {entry["id"]: entry, "radar": other})
    assert [one.product for one in stac.search(tmp_path / "catalog.json", EVERYWHERE, *JULY)] == [entry["id"]]


LANDSAT = {"blue": "SR_B2", "red": "SR_B4", "nir08": "SR_B5", "qa_pixel": "QA_PIXEL"}


def test_landsats_half_cells_are_kept(tmp_path):
    """Its grid lies at odd multiples of 15 m: a grid at multiples of 30 would smear every pixel."""
    origin, item_id = (600_015, 3_300_015), "LC09_L2SP_127040_20220129_02_T1"
    rng = np.random.default_rng(0)
    assets = {}
    for key, band in LANDSAT.items():
        qa = band == "QA_PIXEL"
        values = np.full((60, 60), 21824, np.uint16) if qa else rng.integers(8000, 20000, (60, 60)).astype(np.uint16)
        making.raster(tmp_path / f"{band}.tif", values, 30, origin=origin, driver="COG")
        scale = [{"scale": 2.75e-5, "offset": -0.2, "nodata": 0, "data_type": "uint16"}]
        assets[key] = {"href": f"./{band}.tif", "type": "image/tiff", "raster:bands": [] if qa else scale}
    entry = catalogue.tile(tmp_path, item_id, "2022-01-29T15:28:34Z", WEST, size=1800)
    entry["properties"] |= {"platform": "landsat-9", "proj:transform": [30, 0, origin[0], 0, -30, origin[1]]}
    entry["properties"] |= {"view:sun_elevation": 57.84, "view:off_nadir": 0}
    item = {**entry, "collection": "landsat-c2-l2", "assets": assets}
    (tmp_path / "item.json").write_text(json.dumps(item))
    for served in catalogue.running(tmp_path, {item_id: item}):
        (found,) = stac.search(f"{served.url}/api", EVERYWHERE, date(2022, 1, 1), date(2022, 12, 31))
        assert found.sensor == "landsat_c2_l2"
        online, local = reading.read(found), reading.read(tmp_path / "item.json")
        both = [scene.grids[30].sel(x=local.grids[30].x[2:-2], y=local.grids[30].y[2:-2]) for scene in (online, local)]
        np.testing.assert_array_equal(*both)
        assert online.sun_zenith == pytest.approx(32.16)
