"""Whatever lies in the file, the answer is plots or one error in two languages that names the file."""

import contextlib
import json
import zipfile

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.errors import InputError
from agro.vectors import archive, read_boundaries, read_plots
from agro.vectors.reading import READERS

BOX = shapely.box(110.400, 31.0, 110.402, 31.001)
STARTS = {
    ".gpkg": b"SQLite format 3\x00", ".zip": b"PK\x03\x04", ".kmz": b"PK\x03\x04", ".shp": b"\x00\x00\x27\x0a",
    ".kml": b"<kml>", ".csv": b"name,lon,lat,mu\n", ".json": b'{"type":', ".geojson": b'{"type": "Polygon",',
}  # fmt: skip
HTML = b"<!DOCTYPE html><html><body>404</body></html>"


def refused(path, match, **more):
    with pytest.raises(InputError, match=match) as caught:
        read_plots(path, **more)
    assert path.name in str(caught.value)
    assert path.name in caught.value.zh
    assert caught.value.zh != str(caught.value)


def zipped(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


@pytest.mark.parametrize("suffix", READERS)
def test_an_empty_file_is_refused(tmp_path, suffix):
    path = tmp_path / f"plots{suffix}"
    path.touch()
    refused(path, "the file is empty")


@pytest.mark.parametrize("suffix", READERS)
def test_a_web_page_in_place_of_data_is_refused(tmp_path, suffix):
    path = tmp_path / f"plots{suffix}"
    path.write_bytes(HTML)
    refused(path, "is not|is no |is a web page|entities")


def test_missing_unknown_and_too_large_files_are_refused(tmp_path, monkeypatch):
    refused(tmp_path / "none.gpkg", "no such file")
    refused(tmp_path / "plots.dwg", "'.dwg' is not read")
    refused(tmp_path, "is not read")
    (tmp_path / "a.geojson").write_text("{" + " " * 200)
    monkeypatch.setattr("agro.vectors.reading.UPLOAD", 100)
    refused(tmp_path / "a.geojson", "at most 0 MB")


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
def test_a_cut_geopackage_is_refused(tmp_path, keep):
    shapes = [shapely.box(110 + i / 1000, 31, 110.0009 + i / 1000, 31.001).segmentize(1e-5) for i in range(50)]
    frame = gpd.GeoDataFrame({"name": [str(i) for i in range(50)]}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "whole.gpkg")
    content = (tmp_path / "whole.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(content[: int(keep * len(content))])
    refused(tmp_path / "cut.gpkg", "damaged")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx"])
def test_a_cut_shapefile_is_refused_or_read_whole(tmp_path, part):
    frame = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[BOX, shapely.box(110.5, 31, 110.6, 31.1)], crs=4326)
    frame.to_file(tmp_path / "a.shp")
    content = (tmp_path / f"a{part}").read_bytes()
    (tmp_path / f"a{part}").write_bytes(content[: len(content) - 20])
    with pytest.raises(InputError, match=r"a\.shp"):
        read_plots(tmp_path / "a.shp")


def test_zips_without_a_shapefile_or_with_too_much_are_refused(tmp_path):
    refused(zipped(tmp_path / "a.zip", readme__txt="hello"), "holds no .shp")
    refused(zipped(tmp_path / "b.zip", plots__shp=b"\0" * 200), "not a shapefile")
    refused(zipped(tmp_path / "c.zip", plots__shp=b"", inner__zip=b"PK"), "another archive")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("../../etc/plots.shp", b"x")
    refused(tmp_path / "d.zip", "outside itself")
    refused(zipped(tmp_path / "e.kmz", readme__txt="hello"), "holds no .kml")
    polygons = b"\x00\x00\x27\x0a" + b"\0" * 28 + b"\x05\0\0\0" + b"\0" * 64
    refused(zipped(tmp_path / "f.zip", a__shp=polygons, b__shp=polygons), "holds 2 layers")


def test_a_zip_that_unfolds_too_far_is_refused(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("plots.shp", b"\0" * 2_000_000)
    monkeypatch.setattr(archive, "UNPACKED", 1_000_000)
    refused(tmp_path / "a.zip", "unfolds to more than")


def test_a_shapefile_without_its_index_is_refused(tmp_path):
    gpd.GeoDataFrame({"name": ["A"]}, geometry=[BOX], crs=4326).to_file(tmp_path / "a.shp")
    (tmp_path / "a.shx").unlink()
    refused(tmp_path / "a.shp", ".shx beside the .shp is missing")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("名称,品种\n甲,脐橙\n", "needed are longitude and latitude"),
        ("name,lon,lat,mu\nA,110.4,north,3\n", "row 2: longitude '110.4', latitude 'north'"),
        ("name,lon,lat,mu\nA,110.4,31,3\nB,110.4,31,many\n", "row 3, column 'mu': found 'many'"),
        ("name,lon,lat\nA,110.4,31\n", "a point has no area"),
        ("name,wkt\nA,POLYGON ((110\n", "row 2: 'POLYGON .*' is no WKT"),
        ("name,lon,lat,mu,planted\nA,110.4,31,3,1900\n", "a year from 1901"),
        ("name,lon,lat,mu\n", "holds no outlines"),
        ("\n \n", "empty table"),
        ("name,lon,lat,mu\n\nA,110,4,31,3\n", "row 3 has 5 cells under 4 headings"),
    ],
)
def test_tables_are_refused_with_row_and_column(tmp_path, text, match):
    (tmp_path / "plots.csv").write_text(text, encoding="utf-8")
    refused(tmp_path / "plots.csv", match)


@pytest.mark.parametrize(
    ("document", "match"),
    [
        ("{", "line 1"),
        ("[1, 2]", "no GeoJSON"),
        ('{"type": "Topology"}', "a FeatureCollection is needed"),
        ('{"type": "FeatureCollection", "features": []}', "holds no outlines"),
        ('{"type": "FeatureCollection", "features": [3]}', "row 1 is no GeoJSON feature"),
        (
            '{"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [2, 3], ["a", "b"]]]}',
            "row 1: the shape is broken",
        ),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 2], [2, 3], [NaN, 1]]]}', "row 1: the shape is broken"),
        ('{"type": "Polygon", "coordinates": [[[1e999, 1], [1, 2], [2, 3], [1e999, 1]]]}', "no finite number"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_broken_geojson_is_refused(tmp_path, document, match):
    (tmp_path / "plots.geojson").write_text(document)
    refused(tmp_path / "plots.geojson", match)


def test_text_among_kml_coordinates_is_refused(tmp_path):
    (tmp_path / "a.kml").write_text(
        "<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>here,31 1,2 3,4</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark></kml>"
    )
    refused(tmp_path / "a.kml", "row 1: coordinates are no numbers")


@pytest.mark.parametrize("suffix", READERS)
@settings(max_examples=40)
@given(content=st.binary(max_size=300) | st.text(max_size=100).map(str.encode), magic=st.booleans())
def test_random_bytes_raise_nothing_but_an_input_error(tmp_path_factory, suffix, content, magic):
    path = tmp_path_factory.mktemp("bytes", numbered=True) / f"plots{suffix}"
    path.write_bytes((STARTS[suffix] if magic else b"") + content)
    for read in (read_plots, lambda p: read_boundaries(p, "county")):
        with contextlib.suppress(InputError):
            read(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", "LineString", "Nothing", None])


@settings(max_examples=150)
@given(
    kind=KINDS, coordinates=VALUES, properties=VALUES, heading=st.sampled_from(["planted", "area", "name", "spacing"])
)
def test_wild_features_raise_nothing_but_an_input_error(tmp_path_factory, kind, coordinates, properties, heading):
    geometry = {"type": kind, "coordinates": coordinates, "geometries": coordinates}
    good = {"type": "Feature", "properties": {heading: properties}, "geometry": shapely.geometry.mapping(BOX)}
    wild = {"type": "Feature", "properties": properties, "geometry": geometry}
    path = tmp_path_factory.mktemp("wild", numbered=True) / "plots.geojson"
    for features in ([good], [wild], [good, wild]):
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        with contextlib.suppress(InputError):
            read_plots(path)
