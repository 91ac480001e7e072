"""What is written comes back: names, areas and results, in every format."""

import datetime
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.vectors import read_plots, write_plots
from agro.vectors.attributes import text
from agro.vectors.repair import areas
from agro.vectors.writing import WRITERS

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12).filter(
    lambda name: text(name) is not None  # "unknown" is no name
)
NAMES = st.lists(
    CHINESE | st.sampled_from(["=1+2", "A,B", 'C"D', "-x", "<&>", "北 1"]), min_size=1, max_size=4, unique=True
)


def outline(centre, corners, reach, hole):
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ring = np.column_stack([centre[0] + reach * np.cos(turns), centre[1] + 0.7 * reach * np.sin(turns)])
    return shapely.Polygon(ring, [centre + 0.3 * (ring - centre)] if hole else [])


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=12)
@given(
    names=NAMES, corners=st.integers(3, 40), reach=st.floats(5e-5, 2e-2), hole=st.booleans(), parts=st.integers(1, 2),
    x=st.floats(97, 122), y=st.floats(20, 40),
)  # fmt: skip
def test_area_and_name_survive_every_format(tmp_path_factory, format, names, corners, reach, hole, parts, x, y):
    shapes = []
    for place in range(len(names)):
        centre = np.array([x + 0.1 * place, y])
        pieces = [outline(centre + np.array([0.0, 0.05 * part]), corners, reach, hole) for part in range(parts)]
        shapes.append(pieces[0] if parts == 1 else shapely.MultiPolygon(pieces))
    frame = gpd.GeoDataFrame({"name": names, "farm": "向家果园"}, geometry=shapes, crs=4326)
    path = write_plots(frame, tmp_path_factory.mktemp("out", numbered=True) / f"plots.{format}", format)
    back = read_plots(path)
    assert back.questions == []
    assert back.table["name"].tolist() == names
    assert set(back.table["farm"]) == {"向家果园"}
    assert back.table["area"].to_numpy() == pytest.approx(areas(np.array(shapes)), rel=1e-6)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.fixture
def results():
    return gpd.GeoDataFrame(
        {
            "name": ["甲", "乙"], "cultivar": ["纽荷尔", None], "planted": pd.array([2012, None], dtype="Int64"),
            "spacing": [(4.0, 3.0), None], "soil_depth": [0.6, np.nan], "assumed": [(), ("geometry", "spacing")],
            "sugar content in 30 days": [11.25, np.nan], "sugar content now": [10.0, 9.5],
            "bloom": [datetime.date(2026, 4, 12), None], "issued": pd.to_datetime(["2026-05-01", None]),
            "frost": [True, False],
        },
        geometry=[shapely.box(110.4, 31, 110.401, 31.001), shapely.box(110.5, 31, 110.501, 31.001)],
        crs=4326,
    )  # fmt: skip


@pytest.mark.parametrize("format", WRITERS)
def test_attributes_and_what_was_assumed_come_back(tmp_path, results, format):
    table = read_plots(write_plots(results, tmp_path / f"a.{format}", format)).table
    assert table["spacing"].tolist() == [(4.0, 3.0), None]
    assert table["planted"].tolist() == [2012, pd.NA]
    assert table["assumed"].tolist() == [(), ("geometry", "spacing")]
    assert table["cultivar"].tolist() == ["纽荷尔", None]
    assert table["soil_depth"].to_numpy() == pytest.approx([0.6, np.nan], nan_ok=True)


def test_results_are_carried_as_numbers_and_days(tmp_path, results):
    geopackage = gpd.read_file(write_plots(results, tmp_path / "a.gpkg", "gpkg"))
    assert geopackage["sugar content in 30 days"].to_numpy() == pytest.approx([11.25, np.nan], nan_ok=True)
    assert geopackage["bloom"][0] == "2026-04-12"
    document = json.loads(write_plots(results, tmp_path / "a.geojson", "geojson").read_text(encoding="utf-8"))
    first, second = (feature["properties"] for feature in document["features"])
    assert (first["bloom"], first["issued"], first["frost"], first["planted"]) == (
        "2026-04-12",
        "2026-05-01",
        True,
        2012,
    )
    assert second["sugar content in 30 days"] is None
    csv = pd.read_csv(write_plots(results, tmp_path / "a.csv", "csv"))
    assert csv["area_mu"].to_numpy() == pytest.approx(15 * csv["area_ha"].to_numpy())
    assert csv["bloom"].tolist()[0] == "2026-04-12"


def test_the_table_opens_in_a_spreadsheet(tmp_path, results):
    results["name"] = ["=HYPERLINK(1)", "乙"]
    content = write_plots(results, tmp_path / "a.csv", "csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK(1)" in content


def test_a_shapefile_has_short_fields_a_cpg_and_a_legend(tmp_path, results):
    with zipfile.ZipFile(write_plots(results, tmp_path / "a.shp.zip", "shp.zip")) as archive:
        names = archive.namelist()
        legend = archive.read("legend.txt").decode("utf-8-sig")
        assert archive.read("plots.cpg") == b"UTF-8"
    assert {"plots.shp", "plots.shx", "plots.dbf", "plots.prj"} <= set(names)
    fields = [line.split("\t")[:2] for line in legend.splitlines()[1:]]
    assert all(len(short) <= 10 and short.isascii() for short, _ in fields)
    assert len({short for short, _ in fields}) == len(results.columns) - 1
    assert ["sugarconte", "sugar content in 30 days"] in fields
    frame = gpd.read_file(f"zip://{tmp_path / 'a.shp.zip'}!plots.shp")
    assert frame["sugarcont2"].tolist() == [10.0, 9.5]


def test_a_failed_writing_leaves_the_old_file(tmp_path, results, monkeypatch):
    path = write_plots(results, tmp_path / "a.csv", "csv")
    before = path.read_bytes()

    def broken(frame, path):
        path.write_text("half")
        raise OSError

    monkeypatch.setitem(WRITERS, "csv", broken)
    with pytest.raises(OSError):  # noqa: PT011
        write_plots(results, path, "csv")
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_plots_in_another_crs_are_written_in_degrees_and_a_wrong_call_is_told(tmp_path, results):
    back = read_plots(write_plots(results.to_crs(32649), tmp_path / "a.geojson", "geojson"))
    assert back.table.geometry[0].symmetric_difference(results.geometry[0]).area < 1e-6 * results.geometry[0].area
    with pytest.raises(ValueError, match="one of gpkg"):
        write_plots(results, tmp_path / "a.dwg", "dwg")
    with pytest.raises(ValueError, match="no CRS"):
        write_plots(results.set_crs(None, allow_override=True), tmp_path / "a.csv", "csv")
