"""GeoTIFFs of other satellites: named by the time that is given, read by their own cells, colours kept as colours."""

from datetime import UTC, datetime

import numpy as np
import pytest

from agro.errors import InputError
from agro.store import EVERYTHING, OPERATOR
from app.services.imagery import bring_in, extent, layers, scenes
from remote_sensing import reading
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery import other_cameras

MAY, JULY = (datetime(2024, month, 10, 3, 20, tzinfo=UTC) for month in (5, 7))


def four_bands(folder, day=MAY, cell=10.0, **more):
    return other_cameras.four_bands(folder / "GF2_PMS_stack.tif", truth.field(day), cell, **more)


def test_two_undated_files_of_one_name_are_two_scenes_by_the_times_given(bare, tmp_path):
    first = bring_in.satellite(OPERATOR, bare, four_bands(tmp_path / "a", MAY), time=MAY)
    second = bring_in.satellite(OPERATOR, bare, four_bands(tmp_path / "b", JULY), time=JULY)
    assert (first.told, second.told) == ("added", "added")
    assert first.scene.id != second.scene.id
    assert [one.time for one in bare.store.scenes()] == [JULY, MAY]
    again = bring_in.satellite(OPERATOR, bare, tmp_path / "a" / "GF2_PMS_stack.tif", time=MAY)
    assert (again.told, again.scene.id) == ("same", first.scene.id)
    table = bare.store.plot_pictures(EVERYTHING, indices=["ndvi"])
    assert set(table["scene"]) == {first.scene.product, second.scene.product}


def test_a_name_with_a_day_and_another_time_given_is_no_new_processing(bare, tmp_path):
    path = other_cameras.four_bands(tmp_path / "GF2_PMS_20240510.tif", truth.field(MAY))
    first = bring_in.satellite(OPERATOR, bare, path)
    for seed in (1, 2):  # the same file, and another under its name
        other_cameras.four_bands(path, truth.field(MAY, seed=seed))
        with pytest.raises(InputError, match=r"2024-05-10.*2024-07-10") as refused:
            bring_in.satellite(OPERATOR, bare, path, time=JULY)
        assert "2024-07-10" in refused.value.zh
    assert bare.store.scene(first.scene.id).checksum == first.scene.checksum


def test_a_file_of_other_ground_under_a_known_name_is_refused(bare, tmp_path, monkeypatch):
    path = other_cameras.four_bands(tmp_path / "GF2_PMS_20240510.tif", truth.field(MAY))
    first = bring_in.satellite(OPERATOR, bare, path)
    monkeypatch.setattr(truth, "WEST", truth.WEST + 900.0)
    other_cameras.four_bands(path, truth.field(MAY))
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"shows only 4. % of the ground"):
        bring_in.satellite(OPERATOR, bare, path)
    assert bare.store.scene(first.scene.id).checksum == first.scene.checksum


def test_a_fine_picture_is_read_in_pieces_of_its_own_cells(bare, tmp_path, monkeypatch):
    limit, real, sizes = 300**2, reading.read, []
    numbers = {"margin": 40.0, "pixels": limit}
    monkeypatch.setattr(extent, "number", lambda section, name: numbers[name])
    monkeypatch.setattr(
        reading, "read", lambda *a, **k: sizes.append((made := real(*a, **k)).grids[2.0][0].size) or made
    )
    told = bring_in.satellite(OPERATOR, bare, four_bands(tmp_path, cell=2.0), time=MAY)
    assert told.plots >= 15
    assert max(sizes) < 2 * limit


def test_a_colour_picture_of_one_metre_keeps_its_numbers(bare, tmp_path):
    path = tmp_path / "view_20240801.tif"
    written = other_cameras.colours(path)
    told = bring_in.satellite(OPERATOR, bare, path)
    assert (told.told, told.scene.sensor) == ("added", "rgb")
    kept = scenes.loaded(bare, told.scene)
    grid = kept.grids[1.0].sel(band=["red", "green", "blue"])
    column, row = round(float(grid["x"][0] - truth.WEST - 0.5)), round(truth.NORTH - 0.5 - float(grid["y"][0]))
    true = written[:, row : row + grid.sizes["y"], column : column + grid.sizes["x"]]
    seen = true[3] > 0
    assert 0.9 < seen.mean() < 1
    assert np.array_equal(np.isfinite(grid.to_numpy()).all(axis=0), seen)
    assert np.array_equal(grid.to_numpy()[:, seen], true[:3, seen])
    assert any("only to be looked at" in one.en for one in told.findings)
    assert layers.true_colour(OPERATOR, bare, told.scene.id).legend.valid > 0.8


@pytest.mark.parametrize("first", ["colours", "bands"])
def test_a_scene_that_says_nothing_of_plots_does_not_stand_in_the_way_of_others(bare, tmp_path, first):
    other_cameras.colours(tmp_path / "view_20240801.tif", 5.0)
    paths = {"colours": tmp_path / "view_20240801.tif", "bands": four_bands(tmp_path / "b")}
    for which in (first, *(set(paths) - {first})):
        bring_in.satellite(OPERATOR, bare, paths[which], time=MAY if which == "bands" else None)
    assert len(bare.store.plot_pictures(EVERYTHING, indices=["ndvi"])) >= 15
    assert set(scenes.listed(OPERATOR, bare)["sensor"]) == {"rgb", "four_band"}


def test_a_colour_picture_in_pieces_is_the_same_picture(bare, tmp_path, monkeypatch):
    path = tmp_path / "view_20240801.tif"
    written = other_cameras.colours(path, 5.0)
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0, "pixels": 100**2}[name])
    told = bring_in.satellite(OPERATOR, bare, path)
    assert told.scene.about["pieces"] > 3
    grid = scenes.loaded(bare, told.scene).grids[5.0].sel(band=["red", "green", "blue"])
    column, row = (
        round(float(grid["x"][0] - truth.WEST) / 5 - 0.5),
        round((truth.NORTH - float(grid["y"][0])) / 5 - 0.5),
    )
    true = written[:3, row : row + grid.sizes["y"], column : column + grid.sizes["x"]]
    known = np.isfinite(grid.to_numpy())
    assert known.mean() > 0.3
    assert np.array_equal(grid.to_numpy()[known], true[known])


@pytest.mark.parametrize("cell", [0.2, 0.5, 1.0, 4.0, 10.0])
def test_pieces_of_any_camera_stay_within_the_memory(bare, cell):
    plots = extent.plots(bare)
    parts = extent.pieces(plots, cell)
    assert sum(some.sum() for _, some in parts) == len(plots)
    for (west, south, east, north), some in parts:
        assert (east - west) * (north - south) / cell**2 < 4 * 4e6
        left, bottom, right, top = plots[some].total_bounds
        assert min(left - west, bottom - south, east - right, north - top) >= min(1000.0, 500 * cell) - 1e-6


def sentinel(home, folder, day=JULY):
    day = day.replace(tzinfo=None)
    return bring_in.satellite(OPERATOR, home, truth.write_scene(folder, day, truth.field(day)))


def test_a_picture_that_lies_aside_is_laid_on_sentinel_2(bare, tmp_path):
    reference = sentinel(bare, tmp_path)
    true = bring_in.satellite(OPERATOR, bare, four_bands(tmp_path / "a", cell=2.0), time=MAY)
    assert true.scene.about["registration"]["applied"]
    assert max(abs(true.scene.about["registration"][axis]) for axis in ("dx", "dy")) <= 2.0
    aside = four_bands(tmp_path / "b", cell=2.0, aside=(24.0, -14.0))
    told = bring_in.satellite(OPERATOR, bare, aside, time=JULY)
    noted = told.scene.about["registration"]
    assert (noted["dx"], noted["dy"]) == (pytest.approx(-24, abs=2), pytest.approx(14, abs=2))
    assert (noted["dx"] % 2, noted["dy"] % 2) == (0, 0)  # whole cells
    assert noted["reference"] == reference.scene.product
    assert any("to lie on Sentinel-2 of 2024-07-10" in one.en for one in told.findings)
    one, two = (scenes.loaded(bare, each.scene).band("nir") for each in (true, told))
    ndvi = bare.store.plot_pictures(EVERYTHING, indices=["ndvi"])
    ndvi = ndvi[ndvi["sensor"] == "four_band"].pivot(index="plot", columns="time", values="q10")
    assert (ndvi.iloc[:15] > 0.7).all(axis=None)  # no bare ground of the neighbourhood in any plot
    assert abs(float(one["x"][0] - two["x"][0])) % 2 == pytest.approx(0)
    assert bring_in.satellite(OPERATOR, bare, aside, time=JULY).told == "same"


def test_without_a_picture_to_lie_on_it_is_brought_in_as_it_is_and_says_so(bare, tmp_path):
    told = bring_in.satellite(OPERATOR, bare, four_bands(tmp_path), time=MAY)
    assert not told.scene.about["registration"]["applied"]
    assert any("no clear Sentinel-2 scene" in one.en for one in told.findings)


def test_a_picture_whose_parts_disagree_is_left_as_it_is_and_says_why(bare, tmp_path):
    sentinel(bare, tmp_path)
    ndvi = truth.field(MAY)
    bent = np.hstack([np.roll(ndvi[:, :80], 5, axis=0), np.roll(ndvi[:, 80:], -5, axis=0)])  # 50 m south, 50 m north
    path = other_cameras.four_bands(tmp_path / "GF2_PMS_20240510.tif", bent)
    told = bring_in.satellite(OPERATOR, bare, path)
    assert not told.scene.about["registration"]["applied"]
    assert any("could not be laid on Sentinel-2" in one.en and one.zh for one in told.findings)


def test_sentinel_2_itself_is_not_moved(bare, tmp_path):
    sentinel(bare, tmp_path / "a")
    told = sentinel(bare, tmp_path / "b", MAY)
    assert told.scene.about["registration"] is None
    assert not any("Sentinel-2" in one.en for one in told.findings)
