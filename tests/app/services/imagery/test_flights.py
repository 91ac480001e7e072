"""A mosaic becomes trees that keep their numbers; what is missing and what is weak is told, by plot."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Plot, Role, Viewer
from agro.store import EVERYTHING, OPERATOR, StoredScene
from agro.store.scenes import TREES
from app.services import imports
from app.services.imagery import (
    areas,
    drone_areas,
    field_notes,
    flights,
    hints,
    layers,
    monitor,
    tables,
    worth_a_look,
)
from tests.app.services.imagery import ground_truth as truth

CELL, WIDE, TALL = 0.06, 60.0, 48.0  # m
LEFT, TOP = truth.WEST + 40.0, truth.NORTH - 40.0
FLOWN = datetime(2024, 9, 1, 4, tzinfo=UTC)
STEP, ROW = 3.0, 4.0  # m
MISSING = {(4, 6), (4, 7), (8, 12)}  # row, place
WEAK = {(row, place) for row in (6, 7, 8) for place in (3, 4, 5)}


def places() -> dict:
    """Return {(row, place): x, y} of trees that were planted."""
    return {
        (row, place): (LEFT + 3.0 + STEP * place, TOP - 4.0 - ROW * row)
        for row in range(11) for place in range(19)
    }  # fmt: skip


def write_mosaic(folder: Path, moved: float = 0.0, gone=(), seed: int = 5, mark: str = "odm_orthophoto") -> Path:
    """Write round crowns of 2.2 m on bare soil; `moved` is an error of the georeference, to the east. [m]"""
    random = np.random.default_rng(seed)
    rows, columns = round(TALL / CELL), round(WIDE / CELL)
    picture = np.empty((4, rows, columns), np.float32)
    picture[:3] = np.array([158.0, 126.0, 94.0])[:, None, None] + random.normal(0, 6, (rows, columns))
    picture[3] = 255
    y, x = np.mgrid[0:rows, 0:columns] * CELL
    for place, (east, north) in places().items():
        if place in MISSING or place in gone:
            continue
        inside = np.hypot(x - (east - LEFT), y - (TOP - north)) < 1.1
        green = np.array([92.0, 122.0, 52.0]) if place in WEAK else np.array([52.0, 96.0, 40.0])
        picture[:3, inside] = (green + random.normal(0, 3, 3))[:, None] + random.normal(0, 5, inside.sum())
    path = folder / f"{mark}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=4, dtype="uint8", crs=truth.CRS, tiled=True,
        transform=Affine(CELL, 0, LEFT + moved, 0, -CELL, TOP),
    ) as file:  # fmt: skip
        file.write(np.clip(picture, 0, 255).astype("uint8"))
        file.colorinterp = [*map(rasterio.enums.ColorInterp.__getitem__, ("red", "green", "blue", "alpha"))]
    return path


@pytest.fixture(scope="session")
def mosaic(tmp_path_factory) -> Path:
    return write_mosaic(tmp_path_factory.mktemp("mosaic"))


@pytest.fixture
def orchard(bare):
    """A plot under the mosaic, the first grower's."""
    shape = truth.box(LEFT + 1.0, TOP - TALL + 2.0, LEFT + WIDE - 1.5, TOP - 1.5)
    degrees = truth.gpd.GeoSeries([shape], crs=truth.CRS).to_crs(4326).iloc[0]
    bare.store.save_plots(
        [Plot("px", "f1", "航片地", degrees, shape.area, "navel", 2012, (ROW, STEP), township="甲镇")], by=OPERATOR
    )
    return bare


def fly(home, path, who=None, time=FLOWN):
    return flights.bring_in_mosaic(who or truth.grower(home), home, path, time=time)


def test_every_tree_gets_a_number_and_the_gaps_are_told(orchard, mosaic):
    told, counts = fly(orchard, mosaic)
    planted = len(places()) - len(MISSING)
    assert (told.told, told.scene.kind) == ("added", "drone")
    assert counts["new"] == pytest.approx(planted, abs=2)
    assert counts["gaps"] == len(MISSING)
    trees = orchard.store.trees(EVERYTHING, ["px"])
    assert sorted(trees["number"]) == list(range(1, len(trees) + 1))
    points = truth.gpd.GeoSeries(truth.gpd.points_from_xy(trees["longitude"], trees["latitude"]), crs=4326).to_crs(
        truth.CRS
    )
    near = [min(np.hypot(p.x - x, p.y - y) for x, y in places().values()) for p in points]
    assert np.quantile(near, 0.95) < 0.5


def test_the_same_mosaic_again_changes_nothing(orchard, mosaic):
    fly(orchard, mosaic)
    before = orchard.store.trees(EVERYTHING)
    told, counts = fly(orchard, mosaic)
    assert (told.told, counts["new"]) == ("same", 0)
    pd.testing.assert_frame_equal(before, orchard.store.trees(EVERYTHING))


def test_trees_keep_their_numbers_when_the_next_flight_lies_aside(orchard, mosaic, tmp_path):
    fly(orchard, mosaic)
    before = orchard.store.trees(EVERYTHING, ["px"]).set_index("number")
    later = write_mosaic(tmp_path, moved=1.0, gone={(0, 0), (5, 9)}, mark="odm_orthophoto_2")
    _, counts = fly(orchard, later, time=FLOWN + timedelta(days=10))
    # the last column now lies half beyond the plot's outline: it is not seen, and not lost
    assert (counts["new"], counts["lost"]) == (0, 2)
    after = orchard.store.trees(EVERYTHING, ["px"]).set_index("number")
    both = before.index.intersection(after.index)
    east = (after.loc[both, "longitude"] - before.loc[both, "longitude"]) * 111_320 * np.cos(np.radians(30.9))
    assert east.median() == pytest.approx(1.0, abs=0.2)  # the same trees, a metre aside
    readings = flights.of_plot(truth.grower(orchard), orchard, "px")
    assert set(readings.groupby("tree").size()) <= {1, 2}
    assert orchard.store.trees(EVERYTHING, ["px"], lost=True)["lost"].notna().sum() == 2


def test_weak_trees_make_an_area_and_stops_of_a_walk(orchard, mosaic):
    fly(orchard, mosaic)
    told = monitor.run(OPERATOR, orchard, date(2024, 9, 13))
    found = orchard.store.areas(EVERYTHING)
    assert list(found["kind"]) == ["drone"]
    shape = found.to_crs(truth.CRS).geometry.iloc[0]
    middle = np.mean([places()[one] for one in WEAK], axis=0)
    assert np.hypot(shape.centroid.x - middle[0], shape.centroid.y - middle[1]) < 2.0
    assert told.counts["areas"] == 1
    said = areas.told(truth.grower(orchard), orchard, found["id"].iloc[0])
    assert "偏弱" in said["why"]["zh"]
    stops = worth_a_look.candidates(truth.grower(orchard), orchard)
    assert {"area", "gap"} <= set(stops["what"])
    gap = stops[stops["what"] == "gap"].iloc[0]
    visit = field_notes.tick(
        truth.grower(orchard), orchard, what="gap", target=gap["target"], plot="px", found="gap", note="补种"
    )
    assert visit.found == "gap"


def test_gaps_of_the_drone_are_a_hint_with_their_number(orchard, mosaic, monkeypatch):
    fly(orchard, mosaic)
    monkeypatch.setattr(hints, "number", lambda section, name: 0.01)
    plots = orchard.store.plots(EVERYTHING, ids=["px"])
    told = dict(hints._gaps(orchard, plots, date(2024, 9, 13)))["px"]
    assert told["key"] == "gaps"
    assert told["zh"].startswith("可能缺株")
    assert told["value"] == pytest.approx(3 / 209, abs=0.003)


def test_a_drones_picture_is_seen_by_its_grower_and_no_other(orchard, mosaic):
    told, _ = fly(orchard, mosaic)
    shown = layers.true_colour(truth.grower(orchard, "f1"), orchard, told.scene.id)
    assert len(shown.png) > 10_000
    assert layers.index(truth.grower(orchard, "f1"), orchard, told.scene.id, "gli").legend.notes
    with pytest.raises(NotFoundError, match="no scene"):
        layers.true_colour(truth.grower(orchard, "f2"), orchard, told.scene.id)
    with pytest.raises(NotFoundError):
        flights.of_plot(truth.grower(orchard, "f2"), orchard, "px")
    with pytest.raises(NotAllowedError):
        flights.newest(Viewer("x", "x", Role.OFFICIAL), orchard)


def test_a_mosaic_over_anothers_plots_or_without_a_day_is_refused(orchard, mosaic):
    with pytest.raises(InputError, match="no plot of yours"):
        fly(orchard, mosaic, truth.grower(orchard, "f2"))
    with pytest.raises(InputError, match="when it was flown"):
        fly(orchard, mosaic, time=None)
    assert orchard.store.scenes() == []
    shown = imports.preview(truth.grower(orchard), orchard, "mosaic", mosaic)
    assert shown.questions == ["time"]
    assert "航片地" in shown.findings[0].zh


def test_crowns_and_gaps_stand_in_the_geopackage(orchard, mosaic, tmp_path):
    fly(orchard, mosaic)
    path = tables.everything(truth.grower(orchard), orchard, tmp_path / "all.gpkg")
    crowns = truth.gpd.read_file(path, layer="crowns")
    assert set(crowns.geom_type) <= {"Polygon", "MultiPolygon", "Point"}
    assert crowns.geometry.to_crs(truth.CRS).area.median() == pytest.approx(np.pi * 1.1**2, rel=0.25)
    assert len(truth.gpd.read_file(path, layer="gaps")) == 2  # one of two trees, one of one


@pytest.fixture(scope="session")
def rim(tmp_path_factory) -> Path:
    """The mosaic's western third: too little of the plot to count its trees."""
    folder = tmp_path_factory.mktemp("rim")
    with rasterio.open(write_mosaic(folder)) as file:
        part = rasterio.windows.Window(0, 0, file.width // 3, file.height)
        profile = file.profile | {"width": part.width, "transform": file.window_transform(part)}
        with rasterio.open(folder / "rim.tif", "w", **profile) as cut:
            cut.write(file.read(window=part))
            cut.colorinterp = file.colorinterp
    return folder / "rim.tif"


def write_other(folder: Path, seed: int) -> Path:
    """Write another mosaic under the name that WebODM gives to all of them."""
    folder.mkdir()
    return write_mosaic(folder, seed=seed)


def test_flights_of_one_file_name_stand_beside_each_other(orchard, mosaic, tmp_path):
    first, _ = fly(orchard, mosaic)
    later, counts = fly(orchard, write_other(tmp_path / "july", 6), time=FLOWN + timedelta(days=10))
    assert (first.told, later.told, counts["new"]) == ("added", "added", 0)
    assert [one.time for one in orchard.store.scenes("drone")] == [FLOWN + timedelta(days=10), FLOWN]
    assert flights.of_plot(truth.grower(orchard), orchard, "px")["day"].nunique() == 2


def test_a_flight_processed_anew_takes_the_place_of_its_own(orchard, mosaic, tmp_path):
    first, _ = fly(orchard, mosaic)
    zone = timezone(timedelta(hours=8))
    anew, counts = fly(orchard, write_other(tmp_path / "anew", 7), time=FLOWN.astimezone(zone))
    assert (anew.told, anew.scene.id, counts["new"]) == ("replaced", first.scene.id, 0)
    assert any("replaced" in one.en for one in anew.findings)


def test_two_growers_mosaics_of_one_name_and_hour_are_two_flights(orchard, mosaic, tmp_path):
    mine, _ = fly(orchard, mosaic)
    beside = truth.box(LEFT + 1.0, TOP - TALL + 2.0, LEFT + 25, TOP - 1.5)
    degrees = truth.gpd.GeoSeries([beside], crs=truth.CRS).to_crs(4326).iloc[0]
    orchard.store.save_plots(
        [Plot("py", "f2", "邻地", degrees, beside.area, "navel", 2012, (ROW, STEP), township="甲镇")], by=OPERATOR
    )
    theirs, _ = fly(orchard, write_other(tmp_path / "theirs", 8), truth.grower(orchard, "f2"))
    copy, _ = fly(orchard, mosaic, truth.grower(orchard, "f2"), time=FLOWN + timedelta(hours=2))
    assert (theirs.told, copy.told) == ("added", "added")  # the very file of another may show one's own plots too
    assert len({mine.scene.id, theirs.scene.id, copy.scene.id}) == 3
    assert set(orchard.store.tree_readings(EVERYTHING, mine.scene.id)["plot"]) == {"px"}
    assert set(orchard.store.tree_readings(EVERYTHING, theirs.scene.id)["plot"]) == {"py"}
    assert len(flights.of_plot(truth.grower(orchard), orchard, "px"))
    assert mine.scene.product.split("_")[:3] == theirs.scene.product.split("_")[:3]


def test_a_mosaic_is_counted_again_when_a_plot_came_under_it(orchard, mosaic):
    fly(orchard, mosaic)
    shape = truth.box(LEFT + 1.0, TOP - TALL + 2.0, LEFT + 25, TOP - 1.5)
    degrees = truth.gpd.GeoSeries([shape], crs=truth.CRS).to_crs(4326).iloc[0]
    orchard.store.save_plots(
        [Plot("pz", "f1", "新地", degrees, shape.area, "navel", 2012, (ROW, STEP), township="甲镇")], by=OPERATOR
    )
    told, _ = fly(orchard, mosaic)
    assert told.told == "replaced"
    assert set(orchard.store.tree_readings(EVERYTHING)["plot"]) == {"px", "pz"}
    assert fly(orchard, mosaic)[0].told == "same"


def test_a_flight_at_dawn_is_of_the_regions_day(orchard, mosaic):
    fly(orchard, mosaic, time=datetime(2024, 8, 31, 23, 30, tzinfo=UTC))  # half past seven on 1 September there
    who = truth.grower(orchard)
    assert set(orchard.store.trees(EVERYTHING)["first_seen"]) == {pd.Timestamp("2024-09-01")}
    assert set(flights.of_plot(who, orchard, "px")["day"]) == {pd.Timestamp("2024-09-01")}
    assert set(flights.quality(who, orchard)["day"]) == {pd.Timestamp("2024-09-01")}
    assert monitor.run(OPERATOR, orchard, date(2024, 8, 31)).counts.get("areas", 0) == 0
    assert monitor.run(OPERATOR, orchard, date(2024, 9, 1)).counts["areas"] == 1
    assert set(orchard.store.areas(EVERYTHING)["since"]) == {pd.Timestamp("2024-09-01")}


def test_a_flight_without_a_countable_tree_stops_nobody(orchard, mosaic, rim, tmp_path):
    fly(orchard, mosaic)
    _, counts = fly(orchard, rim, time=FLOWN + timedelta(days=5))
    assert (counts["new"], counts["seen"]) == (0, 0)
    assert monitor.run(OPERATOR, orchard, date(2024, 9, 13)).counts["areas"] == 1
    assert {"area", "gap"} <= set(worth_a_look.candidates(truth.grower(orchard), orchard)["what"])
    assert tables.everything(truth.grower(orchard), orchard, tmp_path / "all.gpkg").is_file()
    assert set(flights.of_plot(truth.grower(orchard), orchard, "px")["day"]) == {pd.Timestamp("2024-09-01")}


def test_trees_that_cannot_be_read_leave_what_satellites_show(pictured_copy, monkeypatch):
    def broken(*told):
        raise InputError("trees.parquet cannot be read", zh="trees.parquet 无法读取")

    plots = pictured_copy.store.plots(EVERYTHING)
    where = tuple(map(float, plots.total_bounds))
    seen = StoredScene("drone_rgb", "odm", "drone", FLOWN, truth.CRS, where, checksum="1")
    pictured_copy.store.save_scene(seen, {TREES: pd.DataFrame({"plot": ["p01"], "tree": [1]}).to_parquet}, by=OPERATOR)
    before = monitor.run(OPERATOR, pictured_copy, date(2024, 9, 13))
    monkeypatch.setattr(drone_areas, "found", broken)
    told = monitor.run(OPERATOR, pictured_copy, date(2024, 9, 13))
    assert told.counts["areas"] == before.counts["areas"] > 0
    assert any("trees.parquet cannot be read" in one.en for one in told.findings)
