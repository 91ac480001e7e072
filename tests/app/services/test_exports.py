"""Files out: readable, whole, each number with its spread and its origin."""

import csv
import json
import shutil
import warnings
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image

from agro.errors import InputError, MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR, OUTLOOK_COLUMNS
from app.services import daily_run, exports, outlooks, pictures
from app.services.platform import open_platform

SPREADS = sorted({name.removesuffix("_p50") for name in OUTLOOK_COLUMNS if name.endswith("_p50")})
ON = date(2024, 3, 31)


@pytest.fixture(scope="module")
def home(_small_made, tmp_path_factory):
    folder = shutil.copytree(_small_made, tmp_path_factory.mktemp("exports") / "home")
    platform = open_platform(folder)
    daily_run.run(OPERATOR, platform, members=3)
    yield platform
    platform.store.close()


def rows(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_the_table_opens_in_a_spreadsheet_with_names_first_and_numbers_with_their_range(home, tmp_path):
    path = exports.outlook(OPERATOR, home, tmp_path / "o.csv", "csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = rows(path)
    names = list(table[0])
    assert names[:8] == ["farm_name", "name", "township", "cultivar", "cultivar_zh", "area_mu", "area_ha", "issued"]
    for spread in SPREADS:
        at = names.index(f"{spread}_p10")
        assert names[at : at + 3] == [f"{spread}_p10", f"{spread}_p50", f"{spread}_p90"]
    first = next(row for row in table if row["name"] == "河边地")
    assert (first["cultivar"], first["cultivar_zh"], first["issued"]) == ("navel", "脐橙", "2024-03-31")
    assert (first["evidence"], first["synthetic"]) == ("none", "False")
    assert float(first["area_mu"]) == pytest.approx(15 * float(first["area_ha"]), abs=0.01)
    assert float(first["bud_bbch"]) >= 0
    assert all(len(row["tss_p50"].partition(".")[2]) <= 2 for row in table)


def test_a_plots_name_cannot_become_a_formula(home, tmp_path):
    known = home.store.plot("屋后坡", EVERYTHING)
    home.store.save_plots([replace(known, name="=1+1")])
    try:
        table = rows(exports.outlook(OPERATOR, home, tmp_path / "o.csv", "csv"))
        assert "'=1+1" in {row["name"] for row in table}
    finally:
        home.store.save_plots([known])


def test_json_says_once_what_it_rests_on(home, tmp_path):
    document = json.loads(exports.outlook(OPERATOR, home, tmp_path / "o.json", "json").read_text("utf-8"))
    assert (document["region"], document["synthetic"], document["issued"]) == ("小河谷", False, "2024-03-31")
    assert document["evidence"] == ["none"]
    assert document["plots"][0]["bloom_p50"].startswith("2024-")


@pytest.mark.parametrize("format", ["gpkg", "geojson", "kml", "shp.zip"])
def test_outlines_go_out_in_every_form_with_mu_and_hectares(home, tmp_path, format):
    path = exports.outlook(OPERATOR, home, tmp_path / f"o.{format}", format)
    found = gpd.read_file(path)
    assert len(found) == 2
    assert found.crs.to_epsg() == 4326
    assert set(found.geometry.geom_type) == {"Polygon"}
    if format in ("gpkg", "geojson"):
        assert {"area_mu", "area_ha", "evidence", "synthetic", "tss_p10", "tss_p90"} <= set(found.columns)


@pytest.mark.parametrize("format", ["gpkg", "geojson", "kml", "csv", "shp.zip"])
def test_plots_go_out_and_come_back_in(home, tmp_path, format):
    from app.services import imports

    name = {"shp.zip": "p.zip"}.get(format, f"p.{format}")
    path = exports.plots(OPERATOR, home, tmp_path / name, format)
    shown = imports.preview(OPERATOR, home, "plots", path)
    assert shown.questions == []
    assert set(shown.table["name"]) == {"河边地", "屋后坡"}
    assert set(shown.table["cultivar"]) == {"navel", "valencia"}


def test_a_map_of_one_layer_carries_its_spread_and_nothing_of_others(home, tmp_path):
    found = gpd.read_file(exports.map(OPERATOR, home, tmp_path / "m.gpkg", "gpkg", "tss"))
    assert {"tss_p10", "tss_p50", "tss_p90", "issued", "evidence", "synthetic"} <= set(found.columns)
    assert not {"ratio_p50", "tss30_p50"} & set(found.columns)


@pytest.mark.parametrize("layer", [one.key for one in outlooks.LAYERS])
def test_every_layer_can_be_drawn(home, tmp_path, layer):
    picture = Image.open(exports.map(OPERATOR, home, tmp_path / "m.png", "png", layer)).convert("RGB")
    pixels = np.asarray(picture).astype(int)
    coloured = (pixels.max(axis=2) - pixels.min(axis=2)) > 40
    assert picture.size[0] > 1000
    assert coloured.sum() > 200  # the plots and their legend are no grey


@pytest.mark.parametrize("font", [pictures.chinese_font(), None])
def test_a_picture_is_lettered_in_letters_that_the_machine_has(home, tmp_path, monkeypatch, font):
    monkeypatch.setattr(pictures, "chinese_font", lambda: font)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exports.map(OPERATOR, home, tmp_path / "m.png", "png", "stage")
    assert not [one for one in caught if "Glyph" in str(one.message)]


@pytest.mark.parametrize(
    ("deed", "format", "more"), [("outlook", "xlsx", {}), ("plots", "dwg", {}), ("map", "tif", {"layer": "tss"})]
)
def test_an_unknown_format_is_refused_with_those_that_are_known(home, tmp_path, deed, format, more):
    with pytest.raises(InputError, match=f"unknown format '{format}'; known: .*gpkg") as refused:
        getattr(exports, deed)(OPERATOR, home, tmp_path / "x", format, **more)
    assert "可用" in refused.value.zh
    assert not (tmp_path / "x").exists()


def test_an_unknown_layer_is_refused(home, tmp_path):
    with pytest.raises(InputError, match=r"unknown layer 'yield'; known: .*bloom"):
        exports.map(OPERATOR, home, tmp_path / "x", "png", "yield")


def test_a_day_without_a_run_is_refused_with_the_days_that_have_one(home, tmp_path):
    with pytest.raises(MissingDataError, match="no outlook was issued on 2024-04-05; the last ones: 2024-03-31"):
        exports.outlook(OPERATOR, home, tmp_path / "x", "csv", on=date(2024, 4, 5))
    assert exports.outlook(OPERATOR, home, tmp_path / "x", "csv", on=ON).exists()


def test_before_the_first_run_there_is_no_outlook_to_write(small_home, tmp_path):
    with pytest.raises(MissingDataError, match="citrus run"):
        exports.outlook(OPERATOR, open_platform(small_home), tmp_path / "x", "csv")


@pytest.mark.parametrize("format", ["csv", "gpkg", "json"])
def test_a_place_that_cannot_be_written_is_told_and_leaves_nothing(home, tmp_path, format):
    taken = tmp_path / "taken"
    taken.mkdir()
    (tmp_path / "file").touch()
    for path in (taken, tmp_path / "file" / "x"):
        with pytest.raises(InputError, match="cannot write"):
            exports.outlook(OPERATOR, home, path, format)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "taken"]


def test_a_grower_takes_away_own_plots_only_and_a_worker_none(home, tmp_path):
    own = home.store.plot("河边地", EVERYTHING)
    grower = Viewer("a", "果农", Role.GROWER, (own.farm,))
    assert [row["name"] for row in rows(exports.outlook(grower, home, tmp_path / "o.csv", "csv"))] == ["河边地"]
    assert len(gpd.read_file(exports.plots(grower, home, tmp_path / "p.gpkg", "gpkg"))) == 1
    for role in (Role.WORKER, Role.SUPPLIER, Role.OFFICIAL):
        with pytest.raises(NotAllowedError):
            exports.plots(Viewer("a", "某人", role, (own.farm,)), home, tmp_path / "x", "csv")


@pytest.mark.parametrize("format", ["csv", "json", "gpkg", "geojson", "kml", "shp.zip"])
def test_a_researcher_takes_away_no_names_and_no_places(home, tmp_path, format):
    researcher = Viewer("a", "学者", Role.RESEARCHER)
    path = exports.outlook(researcher, home, tmp_path / f"o.{format}", format)
    known = home.store.plots(EVERYTHING)
    content = path.read_bytes().decode("utf-8", "ignore")
    for secret in (*known["name"], *known["farm_name"], *known["id"], *known["farm"]):
        assert secret not in content
