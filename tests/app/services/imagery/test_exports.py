"""What is written out is what is shown."""

import zipfile
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio

from agro.errors import InputError, MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import OPERATOR
from app.services.imagery import exports, layers, tables, values, walks
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import FALLEN, PATCHED
from tests.app.services.imagery.test_layers import kept
from tests.app.views import picture_home


def newest(home):
    return home.store.scenes()[0]


@pytest.fixture(scope="module")
def orchard(tmp_path_factory):
    """The hillside with flights over both farms."""
    return picture_home.make(tmp_path_factory.mktemp("orchard"))


def test_the_numbers_of_an_index_are_those_that_are_shown(pictured, tmp_path):
    path = exports.layer(OPERATOR, pictured, tmp_path / "ndvi.tif", "tif", newest(pictured).id)
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 32649
        made = file.read(1, masked=True).astype(float) * file.scales[0] + file.offsets[0]
        tags, layout = file.tags(), file.tags(ns="IMAGE_STRUCTURE")
    shown = values.values_of(OPERATOR, pictured, newest(pictured), "ndvi").to_numpy()
    assert np.ma.allclose(made, shown, atol=5.1e-5)  # steps of 0.0001
    assert np.allclose(made.filled(np.nan), kept(pictured, newest(pictured)), atol=1e-4, equal_nan=True)
    assert layout["LAYOUT"] == "COG"
    assert (tags["citrus_index"], tags["citrus_synthetic"]) == ("ndvi", "True")


def test_a_grower_gets_no_numbers_of_the_neighbours(pictured, tmp_path):
    who = truth.grower(pictured, "f2")
    path = exports.layer(who, pictured, tmp_path / "ndvi.tif", "tif", newest(pictured).id)
    with rasterio.open(path) as file:
        made = file.read(1, masked=True)
    assert made.mask[truth.inside(truth.outlines().iloc[0].buffer(-20))].all()
    assert not made.mask[truth.inside(truth.outlines().iloc[9])].any()


def test_a_globe_gets_the_picture_with_its_corners_in_degrees(pictured, tmp_path):
    path = exports.layer(OPERATOR, pictured, tmp_path / "ndvi.kmz", "kmz", newest(pictured).id)
    with zipfile.ZipFile(path) as packed:
        text, png = packed.read("doc.kml").decode(), packed.read("picture.png")
    shown = layers.index(OPERATOR, pictured, newest(pictured).id, "ndvi", crs="EPSG:4326")
    assert png == shown.png
    assert f"<west>{shown.bounds[0]:.8f}</west>" in text
    assert "合成示例" in text
    assert "3 天前" in text


def test_a_picture_carries_its_legend(pictured, tmp_path):
    before = pictured.store.scenes()[5]
    path = exports.layer(
        OPERATOR, pictured, tmp_path / "change.png", "png", newest(pictured).id, "change", earlier=before.id
    )
    with rasterio.open(path) as file:
        assert min(file.width, file.height) > 500
    said = exports.said(layers.change(OPERATOR, pictured, before.id, newest(pictured).id, "ndvi").legend, "zh")
    assert any("2024-09-10" in line for line in said)
    assert any("绝对刻度" in line for line in said)


def test_the_numbers_of_a_change_tell_the_earlier_day_however_it_was_asked_for(pictured, tmp_path):
    later, before = newest(pictured), pictured.store.scenes()[5]
    found = []
    for name, scene, earlier in (("a.tif", later, before), ("b.tif", before, later)):
        path = exports.layer(OPERATOR, pictured, tmp_path / name, "tif", scene.id, "change", earlier=earlier.id)
        with rasterio.open(path) as file:
            found.append((file.tags(), file.read(1)))
    assert found[0][0] == found[1][0]
    assert found[0][0]["citrus_earlier"] == before.time.isoformat()
    assert found[0][0]["citrus_datetime"] == later.time.isoformat()
    assert np.array_equal(found[0][1], found[1][1])


def test_a_change_needs_two_dates_and_a_file_a_known_format(pictured, tmp_path):
    with pytest.raises(InputError, match="earlier scene"):
        exports.layer(OPERATOR, pictured, tmp_path / "x.png", "png", newest(pictured).id, "change")
    with pytest.raises(InputError, match="unknown format"):
        exports.layer(OPERATOR, pictured, tmp_path / "x.pdf", "pdf", newest(pictured).id)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "kml"])
def test_weak_areas_are_outlines_in_degrees_with_what_is_known(pictured, tmp_path, kind):
    found = gpd.read_file(tables.weak(OPERATOR, pictured, tmp_path / f"weak.{kind}", kind))
    assert (found.crs.to_epsg(), len(found)) == (4326, 3)
    assert found.total_bounds[0] == pytest.approx(109.33, abs=0.02)


def test_weak_areas_for_a_spreadsheet_begin_with_the_mark_for_chinese(pictured, tmp_path):
    path = tables.weak(truth.grower(pictured, "f1"), pictured, tmp_path / "weak.csv", "csv")
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    table = pd.read_csv(path)
    assert set(table["plot"]) == {FALLEN}
    assert {"severity", "since", "area_mu", "false_alarms", "synthetic", "kind_zh"} <= set(table)
    with pytest.raises(NotAllowedError):
        tables.weak(Viewer("x", "x", Role.OFFICIAL), pictured, tmp_path / "x.csv", "csv")


def test_a_geopackage_holds_every_layer_and_the_styles_of_qgis(pictured_copy, tmp_path):
    walk = walks.begin(OPERATOR, pictured_copy)
    path = tables.everything(OPERATOR, pictured_copy, tmp_path / "all.gpkg", walk=walk.id)
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert {"plots", "areas", "stops", "route", "zones", "layer_styles"} <= names
    assert len(gpd.read_file(path, layer="plots")) == 16
    assert set(gpd.read_file(path, layer="areas")["plot"]) == {FALLEN, PATCHED}
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    assert {"plots", "areas", "route"} <= set(styles["f_table_name"])
    assert styles["styleQML"].str.startswith("<!DOCTYPE qgis").all()


def test_a_kml_holds_the_same_layers_as_folders(pictured_copy, tmp_path):
    walk = walks.begin(OPERATOR, pictured_copy)
    names = [name for name, _ in pyogrio.list_layers(tables.everything(OPERATOR, pictured_copy, tmp_path / "all.gpkg"))]
    path = tables.everything(OPERATOR, pictured_copy, tmp_path / "all.kml", "kml", walk.id)
    folders = ElementTree.parse(path).getroot().findall(".//{*}Folder")  # noqa: S314
    assert [one.findtext("{*}name") for one in folders] == [
        *(name for name in names if name != "layer_styles"),
        "stops",
        "route",
    ]
    assert len(folders[0].findall("{*}Placemark")) == 16
    assert folders[-1].find(".//{*}LineString") is not None
    with pytest.raises(InputError, match="unknown format 'shp'"):
        tables.everything(OPERATOR, pictured_copy, tmp_path / "all.shp", "shp")


@pytest.mark.parametrize("kind", tables.FORMATS)
def test_trees_and_gaps_are_layers_of_their_own(tmp_path, orchard, kind):
    found = {}
    for what in ("crowns", "gaps", "plots"):
        path = tables.outlines(OPERATOR, orchard, tmp_path / f"{what}.{kind}", kind, what)
        found[what] = pd.read_csv(path) if kind == "csv" else gpd.read_file(path)
    assert {what: len(table) for what, table in found.items()} == {
        "crowns": 12,
        "gaps": 2,
        "plots": 16,
    }
    assert set(found["crowns"]["tree"].astype(int)) == {1, 2, 3, 4, 5, 6, 7}
    if kind == "kml":
        assert set(found["gaps"].geom_type) == {"Point"}
        assert any(name.endswith("#7") for name in found["crowns"]["Name"])
    elif kind != "csv":
        assert set(found["gaps"].geom_type) == {"Point"}
    own = tables.outlines(truth.grower(orchard, "f1"), orchard, tmp_path / f"own.{kind}", kind, "crowns")
    assert len(pd.read_csv(own) if kind == "csv" else gpd.read_file(own)) == 6


def test_zones_are_named_after_their_plot_on_a_globe(pictured, tmp_path):
    path = tables.outlines(truth.grower(pictured, "f2"), pictured, tmp_path / "zones.kml", "kml", "zones")
    found = gpd.read_file(path)
    assert set(found["Name"].str[:4]) == {f"地块{k:02d}" for k in range(9, 16)}  # the last plot is too small
    assert found["Name"].str.contains("zone 1").sum() == 7
    assert found.geom_type.isin(["Polygon", "MultiPolygon"]).all()


def test_unknown_outlines_are_refused(pictured, tmp_path):
    with pytest.raises(InputError, match="there are plots"):
        tables.outlines(OPERATOR, pictured, tmp_path / "x.kml", "kml", "health")
    with pytest.raises(MissingDataError, match="no gaps"):
        tables.outlines(OPERATOR, pictured, tmp_path / "x.kml", "kml", "gaps")
    assert list(tmp_path.iterdir()) == []


def test_a_series_asks_for_its_plot_and_for_a_csv(pictured, tmp_path):
    with pytest.raises(InputError, match="--plot"):
        tables.series(OPERATOR, pictured, tmp_path / "x.csv", "")
    with pytest.raises(InputError, match="unknown format 'xlsx'"):
        tables.series(OPERATOR, pictured, tmp_path / "x.xlsx", FALLEN)


def test_a_plots_series_is_what_the_curve_shows(pictured, tmp_path):
    path = tables.series(truth.grower(pictured, "f1"), pictured, tmp_path / "series.csv", FALLEN)
    table = pd.read_csv(path)
    assert len(table) == len(pictured.store.scenes())
    newest_row = table.iloc[-1]
    assert (newest_row["date"], newest_row["unit"]) == ("2024-09-10", 1)
    assert newest_row["expected"] - newest_row["ndvi"] == pytest.approx(0.14, abs=0.03)
    with pytest.raises(Exception, match="no plot"):
        tables.series(truth.grower(pictured, "f1"), pictured, tmp_path / "x.csv", PATCHED)


def test_nothing_to_write_is_said(bare, tmp_path):
    with pytest.raises(MissingDataError, match="no weak area"):
        tables.weak(OPERATOR, bare, tmp_path / "weak.gpkg", "gpkg")
