"""What is kept of pictures: once a product, whole or not at all, and of plots only what may be seen."""

from datetime import UTC, date, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.store import EVERYTHING, OPERATOR, Scope, StoredScene

F1 = Scope(farms=frozenset({"f1"}))
DAY = datetime(2026, 4, 1, 3, 20, tzinfo=UTC)


def scene(product="A", checksum="1", day=DAY, kind="satellite"):
    return StoredScene(
        "sentinel2_l2a", product, kind, day, "EPSG:32649", (108.4, 30.8, 108.7, 31.0), 0.1, 0.9, {"mask": "scl"},
        "here", True, checksum,
    )  # fmt: skip


def table(values, index="ndvi", day=DAY):
    rows = {"plot": list(values), "time": pd.Timestamp(day), "index": index, "median": list(values.values())}
    return pd.DataFrame(rows)


def parts(values=None, day=DAY):
    rows = table(values or {"p1": 0.7, "p2": 0.6, "p3": 0.5}, day=day)
    return {
        "10": lambda path: path.write_bytes(b"bands"),
        "plots": lambda path: pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path),
    }


def test_a_product_is_kept_once_and_its_newer_processing_takes_its_place(orchard):
    first, told = orchard.save_scene(scene(), parts(), by=OPERATOR)
    assert told == "added"
    assert orchard.save_scene(scene(), parts(), by=OPERATOR) == (orchard.scene(first.id), "same")
    anew, told = orchard.save_scene(scene(checksum="2"), parts({"p1": 0.2}), by=OPERATOR)
    assert (told, anew.id, len(orchard.scenes())) == ("replaced", first.id, 1)
    assert list(orchard.plot_pictures(EVERYTHING)["median"]) == [0.2]
    assert [row for row in orchard.audit()["action"] if row.startswith("scene")] == ["scene.replace", "scene.add"]


def test_a_scene_comes_back_as_it_was_told(orchard):
    kept, _ = orchard.save_scene(scene(), parts(), by=OPERATOR)
    found = orchard.scene(kept.id)
    assert (found.bounds, found.time, found.about, found.synthetic) == (scene().bounds, DAY, {"mask": "scl"}, True)
    assert set(orchard.scene_parts(kept.id)) == {"10", "plots"}
    assert orchard.scene_part(kept.id, "10").read_bytes() == b"bands"
    with pytest.raises(NotFoundError, match="has no 'mosaic'"):
        orchard.scene_part(kept.id, "mosaic")


def test_what_cannot_be_written_leaves_no_row_and_no_file(orchard):
    def broken(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        orchard.save_scene(scene(), parts() | {"quality": broken}, by=OPERATOR)
    assert orchard.scenes() == []
    assert list((orchard.home / "rasters").glob("*")) == []


def test_scenes_are_found_by_kind_days_and_place(orchard):
    for k, day in enumerate((1, 10, 20)):
        orchard.save_scene(scene(f"S{k}", day=DAY.replace(day=day)), parts(), by=OPERATOR)
    orchard.save_scene(scene("D", kind="drone"), parts(), by=OPERATOR)
    assert [one.product for one in orchard.scenes("satellite")] == ["S2", "S1", "S0"]
    assert [one.product for one in orchard.scenes("satellite", date(2026, 4, 10), date(2026, 4, 10))] == ["S1"]
    assert orchard.scenes(bbox=(120.0, 30.0, 121.0, 31.0)) == []
    assert len(orchard.scenes(bbox=(108.5, 30.9, 108.6, 30.95))) == 4


def test_plot_tables_are_read_by_scope_days_and_index(orchard):
    for day in (1, 10):
        when = DAY.replace(day=day)
        orchard.save_scene(scene(f"S{day}", day=when), parts(day=when), by=OPERATOR)
    assert sorted(orchard.plot_pictures(F1)["plot"].unique()) == ["p1", "p2"]
    assert len(orchard.plot_pictures(F1, date(2026, 4, 5), plots=["p1", "p3"])) == 1
    assert orchard.plot_pictures(F1, indices=["evi"]).empty
    assert orchard.plot_pictures(EVERYTHING, kind="drone").empty
    with pytest.raises(NotAllowedError):
        orchard.plot_pictures(Scope(everything=True, sums_only=True))
    hidden = orchard.plot_pictures(Scope(everything=True, anonymous=True))
    assert not set(hidden["plot"]) & {"p1", "p2", "p3"}


def test_a_part_is_replaced_and_old_files_go_with_the_sweep(orchard):
    kept, _ = orchard.save_scene(scene(), parts(), by=OPERATOR)
    orchard.save_scene_part(kept.id, "plots", parts({"p1": 0.1})["plots"], about={"outlines": "x"}, by=OPERATOR)
    assert orchard.scene(kept.id).about == {"mask": "scl", "outlines": "x"}
    assert len(orchard.plot_pictures(EVERYTHING)) == 1
    assert orchard.sweep(minutes=-1) == 1
    assert orchard.scene_part(kept.id, "10").exists()
    orchard.remove_scene(kept.id, by=OPERATOR)
    assert orchard.sweep(minutes=-1) == 2


def test_a_lost_file_is_said(orchard):
    kept, _ = orchard.save_scene(scene(), parts(), by=OPERATOR)
    orchard.scene_part(kept.id, "plots").unlink()
    with pytest.raises(Exception, match="is gone"):
        orchard.plot_pictures(EVERYTHING)


def shown(shares):
    rows = pd.DataFrame(
        {"plot": list(shares), "index": "ndvi", "valid_fraction": pd.Series(shares.values(), dtype="f4")}
    )
    other = rows.assign(index="evi", valid_fraction=0.0)
    both = pa.Table.from_pandas(pd.concat([rows, other]), preserve_index=False)
    return {"plots": lambda path: pq.write_table(both, path)}


def test_what_a_scene_shows_is_counted_over_the_ground_within_scope_and_an_unseen_plot_is_no_gain(orchard):
    """By hand: p1 has 0.8 of 1, p2 has no row; the areas of `orchard` are alike, p3 is another farm's."""
    kept, _ = orchard.save_scene(scene(), shown({"p1": 0.8, "p3": 1.0}), by=OPERATOR)
    area = {plot.id: plot.area for plot in orchard.plots(EVERYTHING).itertuples()}
    mine = 0.8 * area["p1"] / (area["p1"] + area["p2"])
    assert orchard.shares_seen(F1) == {kept.id: pytest.approx(mine)}
    everybody = (0.8 * area["p1"] + area["p3"]) / sum(area.values())
    assert orchard.shares_seen(EVERYTHING) == {kept.id: pytest.approx(everybody)}
    assert orchard.shares_seen(Scope()) == {}
    with pytest.raises(NotAllowedError):
        orchard.shares_seen(Scope(everything=True, sums_only=True))


def test_what_is_seen_is_not_known_of_a_scene_without_its_table(orchard):
    kept, _ = orchard.save_scene(scene(), shown({"p1": 0.8}), by=OPERATOR)
    orchard.scene_part(kept.id, "plots").unlink()
    assert orchard.shares_seen(F1) == {}


def flight(orchard, product, trees, day=DAY):
    where = (108.4, 30.8, 108.7, 31.0)
    seen = StoredScene("drone_rgb", product, "drone", day, "EPSG:32649", where, checksum=product)
    return orchard.save_scene(seen, {"trees": trees.to_parquet}, by=OPERATOR)


def test_a_flight_that_kept_no_tree_and_no_kinds_of_its_columns_is_read_beside_others(orchard):
    flight(orchard, "empty", pd.DataFrame({name: [] for name in ("plot", "tree", "gli", "class", "crown")}))
    trees = {"plot": ["p1", "p3"], "tree": [1, 1], "gli": [0.2, 0.3], "class": "normal", "unsure": False}
    flight(orchard, "trees", pd.DataFrame(trees), DAY.replace(day=2))
    found = orchard.tree_readings(EVERYTHING)
    assert list(found["plot"]) == ["p1", "p3"]
    assert list(found["gli"]) == [0.2, 0.3]
    assert list(orchard.tree_readings(EVERYTHING, plots=["p3"])["plot"]) == ["p3"]


def test_flights_whose_times_were_told_in_two_zones_are_read_together(orchard):
    for day, zone in ((1, "Asia/Shanghai"), (2, "UTC")):
        when = pd.Timestamp(DAY.replace(day=day)).tz_convert(zone)
        lines = pd.DataFrame({"plot": ["p1"], "flight": [zone], "time": [when], "n_found": 3.0})
        seen = StoredScene("drone_rgb", zone, "drone", DAY.replace(day=day), "EPSG:32649", (108.4, 30.8, 108.7, 31.0))
        orchard.save_scene(seen, {"plots": lines.to_parquet}, by=OPERATOR)
    times = orchard.plot_pictures(EVERYTHING, kind="drone")["time"]
    assert list(times) == [pd.Timestamp(DAY), pd.Timestamp(DAY.replace(day=2))]


def test_a_table_that_cannot_be_read_is_said(orchard):
    kept, _ = orchard.save_scene(scene(), parts(), by=OPERATOR)
    orchard.scene_part(kept.id, "plots").write_bytes(b"PAR1 cut off")
    with pytest.raises(InputError, match="cannot be read"):
        orchard.plot_pictures(EVERYTHING)
