"""Plots come in from every format, mended and told, or are refused in one clear message."""

import json
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from agro.errors import InputError
from agro.vectors import gcj02, outside, read_boundaries, read_plots

WEST, EAST = shapely.box(110.400, 31.0, 110.402, 31.001), shapely.box(110.403, 31.0, 110.404, 31.002)


def geojson(path, *features, crs=None):
    members = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for properties, shape in features
    ]
    document = {"type": "FeatureCollection", "features": members}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def words(preview, level=None):
    return " | ".join(finding.en for finding in preview.findings if level in (None, finding.level))


def test_the_area_is_that_on_the_ellipsoid(tmp_path):
    path = geojson(tmp_path / "plots.geojson", ({"name": "A"}, WEST))
    expected = abs(Geod(ellps="WGS84").geometry_area_perimeter(WEST)[0])
    assert read_plots(path).table["area"].tolist() == pytest.approx([expected])


def test_cgcs2000_is_taken_as_equal(tmp_path):
    path = geojson(tmp_path / "plots.geojson", ({"name": "A"}, WEST), crs="urn:ogc:def:crs:EPSG::4490")
    preview = read_plots(path)
    assert preview.table.crs.to_epsg() == 4326
    assert preview.table.geometry[0].equals(WEST)


def test_a_gbk_shapefile_without_cpg_keeps_its_chinese_names(tmp_path):
    names = ["联通", "坡上小地块", "柑橘" * 20]  # the first is valid UTF-8 by accident when written in GBK
    frame = gpd.GeoDataFrame(
        {"地块名称": names}, geometry=[WEST, EAST, shapely.box(110.41, 31, 110.42, 31.01)], crs=4490
    )
    frame.to_crs(4547).to_file(tmp_path / "地块.shp", encoding="GBK")
    (tmp_path / "地块.cpg").unlink()
    with zipfile.ZipFile(tmp_path / "plots.zip", "w") as archive:
        for part in tmp_path.glob("地块.*"):
            archive.write(part, f"数据/{part.name.upper()}")
    zipped, plain = read_plots(tmp_path / "plots.zip"), read_plots(tmp_path / "地块.shp")
    assert zipped.table["name"].tolist() == plain.table["name"].tolist() == names
    assert zipped.table.geometry[0].symmetric_difference(WEST).area < 1e-6 * WEST.area
    assert "GBK" in words(zipped)


def test_a_shapefile_in_the_old_beijing_grid_is_moved_to_the_right_valley(tmp_path):
    true = shapely.box(116.45, 25.67, 116.452, 25.671)  # its eastings carry the zone number 39
    frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[true], crs=4326).to_crs(2415)
    assert frame.total_bounds[0] > 39_000_000
    frame.to_file(tmp_path / "a.shp")
    found = read_plots(tmp_path / "a.shp").table
    assert found.geometry[0].centroid.distance(true.centroid) < 1e-6


def test_a_wrong_cpg_is_seen_through(tmp_path):
    frame = gpd.GeoDataFrame({"地块": ["坡上", "坡下"]}, geometry=[WEST, EAST], crs=4326)
    frame.to_file(tmp_path / "a.shp", encoding="GBK")
    for word in ("UTF-8", "ISO-8859-1"):
        (tmp_path / "a.cpg").write_text(word)
        assert read_plots(tmp_path / "a.shp").table["name"].tolist() == ["坡上", "坡下"]


@pytest.mark.filterwarnings("ignore:.*truncated")
def test_a_text_cut_within_a_character_is_still_read(tmp_path):
    frame = gpd.GeoDataFrame({"name": ["柑橘园" * 30]}, geometry=[WEST], crs=4326)
    frame.to_file(tmp_path / "a.shp", encoding="UTF-8")  # 270 bytes in a field of 254
    name = read_plots(tmp_path / "a.shp").table["name"][0]
    assert ("柑橘园" * 30).startswith(name)
    assert len(name) >= 83


def test_a_shapefile_without_prj_asks_for_its_crs(tmp_path):
    frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[WEST], crs=4326).to_crs(4547)
    frame.to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    preview = read_plots(tmp_path / "a.shp")
    assert preview.questions == ["crs"]
    assert preview.table.crs is None
    answered = read_plots(tmp_path / "a.shp", crs="EPSG:4547")
    assert answered.questions == []
    assert answered.table.geometry[0].symmetric_difference(WEST).area < 1e-6 * WEST.area
    with pytest.raises(InputError, match="no degrees"):
        read_plots(tmp_path / "a.shp", crs=4326)
    with pytest.raises(InputError, match="no known CRS"):
        read_plots(tmp_path / "a.shp", crs="EPSG:nonsense")


def test_kml_brings_names_holes_and_extended_data(tmp_path):
    text = """<?xml version="1.0" encoding="GBK"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
    <Placemark><name>坡上</name><ExtendedData><Data name="品种"><value>血橙</value></Data>
    <SchemaData><SimpleData name="树龄">10</SimpleData></SchemaData></ExtendedData><Polygon>
    <outerBoundaryIs><LinearRing><coordinates>110.4,31,300 110.41,31,300 110.41,31.01,310 110.4,31.01,300 110.4,31,300
    </coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>110.402,31.002 110.404,31.002
    110.404,31.004 110.402,31.002</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
    <Placemark><name>路</name><LineString><coordinates>110.4,31 110.5,31</coordinates></LineString></Placemark>
    </Folder></Document></kml>"""
    (tmp_path / "a.kml").write_bytes(text.encode("gb18030"))
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(tmp_path / "a.kml", "doc.kml")
        archive.writestr("files/icon.png", b"")
    for suffix in ("kml", "kmz"):
        preview = read_plots(tmp_path / f"a.{suffix}", year=2026)
        assert preview.table[["name", "cultivar", "planted"]].values.tolist() == [["坡上", "血橙", 2016]]
        assert len(preview.table.geometry[0].interiors) == 1
        assert "a line has no area" in words(preview, "refused")


def test_kml_that_defines_entities_is_refused(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>'
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "a.kml").write_bytes(bomb.encode(encoding))
        with pytest.raises(InputError, match="entities"):
            read_plots(tmp_path / "a.kml")


def test_pins_with_mu_become_circles_marked_as_assumed(tmp_path):
    text = "地块,经度,纬度,亩,品种\n屋后,110.4,31.0,3.5,脐橙\n坡上,110°30′00″E,31°6′N,1,\n没面积,110.6,31,,\n"
    (tmp_path / "a.csv").write_bytes(text.encode("gbk"))
    preview = read_plots(tmp_path / "a.csv")
    assert preview.table["name"].tolist() == ["屋后", "坡上"]
    assert preview.table["area"].tolist() == pytest.approx([3.5 * 10_000 / 15, 10_000 / 15])
    assert preview.table["assumed"].tolist() == [("geometry",), ("geometry",)]
    assert preview.table.geometry[1].centroid.coords[0] == pytest.approx((110.5, 31.1), abs=1e-6)
    assert "row 4: a point has no area" in words(preview, "refused")


def test_latitude_before_longitude_is_turned_round_and_told(tmp_path):
    turned = shapely.transform(WEST, lambda xy: xy[:, ::-1])
    preview = read_plots(geojson(tmp_path / "a.json", ({"name": "A"}, turned)))
    assert preview.table.geometry[0].equals(WEST)
    assert "latitude stood before longitude" in words(preview, "warning")


def test_a_self_crossing_outline_is_repaired_and_told(tmp_path):
    bow = shapely.Polygon([(110.4, 31.0), (110.401, 31.001), (110.401, 31.0), (110.4, 31.001)])
    preview = read_plots(geojson(tmp_path / "a.geojson", ({"name": "A"}, bow)))
    assert preview.table.geometry.is_valid.all()
    assert preview.table["area"][0] == pytest.approx(95.47 * 110.87 / 2, rel=2e-3)  # half of a rectangle [m]
    assert "row 1: the outline crosses" in words(preview, "warning")


def test_rows_without_a_shape_are_refused_by_number_and_the_rest_is_read(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", ({"name": "A"}, WEST), ({"name": "B"}, None), ({"name": "C"}, shapely.Polygon())
    )
    preview = read_plots(path)
    assert preview.table["name"].tolist() == ["A"]
    assert [found.where for found in preview.findings if found.level == "refused"] == ["row 2", "row 3"]


def test_a_polygon_without_area_stops_the_import(tmp_path):
    line = shapely.Polygon([(110.4, 31.0), (110.5, 31.0), (110.45, 31.0)])
    with pytest.raises(InputError, match="row 2: the polygon encloses less than 1 m2"):
        read_plots(geojson(tmp_path / "a.geojson", ({"name": "A"}, WEST), ({"name": "B"}, line)))


def test_identical_rows_are_dropped_and_contradicting_ones_refused(tmp_path):
    again = geojson(tmp_path / "a.geojson", ({"name": "A"}, WEST), ({"name": "A"}, WEST), ({}, EAST), ({}, EAST))
    preview = read_plots(again)
    assert preview.table["name"].tolist() == ["A", "1"]
    assert words(preview, "info").count("the same as row") == 2
    for other in ({"name": "A"}, EAST), ({"name": "A", "planted": 2001}, WEST):
        with pytest.raises(InputError, match="rows 1 and 2 both are plot 'A'") as caught:
            read_plots(geojson(tmp_path / "b.geojson", ({"name": "A"}, WEST), other))
        assert "第 1 行和第 2 行" in caught.value.zh
    two_farms = geojson(
        tmp_path / "c.geojson", ({"name": "A", "farm": "甲"}, WEST), ({"name": "A", "farm": "乙"}, EAST)
    )
    assert len(read_plots(two_farms).table) == 2


def test_nameless_plots_get_free_numbers(tmp_path):
    path = geojson(tmp_path / "a.geojson", ({"name": "1"}, WEST), ({"name": ""}, EAST))
    preview = read_plots(path, farm="向家")
    assert preview.table["name"].tolist() == ["1", "2"]
    assert preview.table["farm"].tolist() == ["向家", "向家"]


def test_overlaps_heights_and_unlike_areas_are_told(tmp_path):
    high = shapely.force_3d(shapely.box(110.4005, 31.0, 110.4015, 31.0012), 300.0)
    stated = {"name": "A", "area_mu": 100}
    preview = read_plots(geojson(tmp_path / "a.geojson", (stated, WEST), ({"name": "B"}, high)))
    assert "plots 'A' and 'B' overlap by 83 %" in words(preview)
    assert "heights were dropped" in words(preview)
    assert "states 100.00 mu, the outline has 31.7" in words(preview)
    assert not preview.table.geometry.has_z.any()


def test_the_offset_of_map_apps_is_asked_for_and_undone_on_consent(tmp_path):
    moved = gcj02.from_wgs84(*shapely.get_coordinates(WEST).T)
    offset = shapely.Polygon(np.column_stack(moved))
    path = geojson(tmp_path / "a.geojson", ({"name": "A"}, offset))
    quiet = read_plots(path)
    assert quiet.questions == []
    assert "GCJ-02" in words(quiet, "info")
    document = json.loads(path.read_text()) | {"generator": "高德地图"}
    path.write_text(json.dumps(document), encoding="utf-8")
    asked, left, undone = read_plots(path), read_plots(path, shift_gcj02=False), read_plots(path, shift_gcj02=True)
    assert asked.questions == ["gcj02"]
    assert asked.table.geometry[0].equals_exact(offset, 0)
    assert left.questions == undone.questions == []
    assert left.table.geometry[0].equals_exact(offset, 0)
    assert undone.table.geometry[0].equals_exact(WEST, 1e-8)


def test_an_app_named_by_a_kml_is_evidence_but_a_plot_of_that_name_is_not(tmp_path):
    outline = "<Polygon><outerBoundaryIs><LinearRing><coordinates>110.4,31 110.5,31 110.5,31.1</coordinates>"
    outline += "</LinearRing></outerBoundaryIs></Polygon>"
    placemark = f"<Placemark><name>高德</name>{outline}</Placemark>"
    for head, questions in (("", []), ("<name>高德地图收藏</name>", ["gcj02"])):
        (tmp_path / "a.kml").write_text(f"<kml><Document>{head}{placemark}</Document></kml>", encoding="utf-8")
        assert read_plots(tmp_path / "a.kml").questions == questions


def test_plots_outside_the_dem_are_named(tmp_path):
    plots = read_plots(geojson(tmp_path / "a.geojson", ({"name": "in"}, WEST), ({"name": "out"}, EAST))).table
    assert outside(plots, shapely.box(110.3, 30.9, 110.4035, 31.1)) == ["out"]


def test_boundaries_come_with_code_and_name_and_join_their_parts(tmp_path):
    rows = [
        ({"XZQDM": "1", "XZQMC": "草堂镇"}, WEST),
        ({"XZQDM": "1", "XZQMC": "草堂镇"}, EAST),
        ({"XZQDM": "2", "XZQMC": "青莲镇"}, EAST),
    ]
    found = read_boundaries(geojson(tmp_path / "a.geojson", *rows), "township")
    assert [(b.id, b.name, b.level) for b in found] == [("1", "草堂镇", "township"), ("2", "青莲镇", "township")]
    assert found[0].geometry.area == pytest.approx(WEST.area + EAST.area)
    with pytest.raises(InputError, match="no column with names"):
        read_boundaries(geojson(tmp_path / "b.geojson", ({"size": 1}, WEST)), "county")


def test_the_real_outlet_is_a_point_and_is_told_so(real_data):
    with pytest.raises(InputError, match="a point has no area"):
        read_plots(real_data / "dem" / "youwuzhen_outlet.gpkg")
