"""A picture comes in whole or not at all, and twice is once."""

import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import rioxarray
from shapely.geometry import box

from agro.errors import InputError, MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import imports, jobs
from app.services.imagery import bring_in, checksum, extent, queue, retabulating, scenes, waiting
from remote_sensing.scene import Quality
from tests.app import small
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import settled, show

DAY = datetime(2024, 8, 1, 3, 20)


def folder(path: Path, day: datetime = DAY, **more) -> Path:
    return truth.write_scene(path, day, truth.field(day), **more)


def seen(home, index="ndvi"):
    return home.store.plot_pictures(EVERYTHING, indices=[index]).set_index("plot")


@pytest.fixture
def cloud():
    """A square cloud over the first plot."""
    return box(*truth.outlines().iloc[0].buffer(20).bounds)


def test_a_folder_of_bands_becomes_files_and_a_row_a_plot(bare, tmp_path):
    told = bring_in.satellite(OPERATOR, bare, folder(tmp_path))
    assert (told.told, told.plots) == ("added", 16)
    parts = bare.store.scene_parts(told.scene.id)
    assert set(parts) == {"10", "20", "quality", "plots"}
    assert told.scene.synthetic
    assert told.scene.about["mask"] == "scl"
    ndvi = truth.field(DAY)
    table = seen(bare)
    for name, shape in list(truth.outlines().items())[:15]:
        inner = ndvi[truth.inside(shape.buffer(-10, join_style="mitre"))]
        row = table.loc[f"p{int(name[2:]):02d}"]
        assert row["mean"] == pytest.approx(inner.mean(), abs=2e-3)  # reflectance is kept in steps of 0.0001
        assert row["n_valid"] == pytest.approx(324, abs=0.5)  # 180 m by 180 m, a cell off all round
        assert (row["valid_fraction"], row["small"]) == (pytest.approx(1.0), False)
    assert table.loc["p16", "small"]


def test_a_scene_twice_writes_nothing_and_processed_anew_takes_its_place(bare, tmp_path):
    path = folder(tmp_path)
    first = bring_in.satellite(OPERATOR, bare, path)
    files = small.standing(bare.home)
    again = bring_in.satellite(OPERATOR, bare, path)
    assert (again.told, again.scene.id) == ("same", first.scene.id)
    assert small.standing(bare.home) == files
    shutil.rmtree(path)
    truth.write_scene(tmp_path, DAY, truth.field(DAY) - 0.1)
    anew = bring_in.satellite(OPERATOR, bare, path)
    assert (anew.told, anew.scene.id) == ("replaced", first.scene.id)
    assert len(bare.store.scenes()) == 1
    before = truth.field(DAY)[truth.inside(truth.outlines().iloc[0])].mean()
    assert seen(bare)["mean"].iloc[0] == pytest.approx(before - 0.1, abs=0.01)
    assert bare.store.audit(1)["action"].iloc[0] == "scene.replace"


def test_a_broken_band_is_refused_by_name_and_nothing_is_stored(bare, tmp_path):
    path = folder(tmp_path)
    band = next(path.glob("*_B08_10m.tif"))
    band.write_bytes(band.read_bytes()[: band.stat().st_size // 2])
    before = small.standing(bare.home)
    with pytest.raises(InputError, match="B08") as refused:
        bring_in.satellite(OPERATOR, bare, path)
    assert refused.value.zh
    assert {k: v for k, v in small.standing(bare.home).items() if "cache" not in k} == before


def test_clouded_plots_are_not_seen_and_the_quality_is_kept(bare, tmp_path, cloud):
    told = bring_in.satellite(OPERATOR, bare, folder(tmp_path, cloud=cloud))
    table = seen(bare)
    assert "p01" not in table.index or table.loc["p01", "valid_fraction"] < 0.05
    assert table.loc["p15", "valid_fraction"] == pytest.approx(1.0)
    kept = scenes.loaded(bare, told.scene)
    under = kept.quality.to_numpy()[truth.inside(truth.outlines().iloc[0])]
    assert ((under & Quality.CLOUD) != 0).all()
    assert 0.03 < told.scene.cloud < 0.35  # the cloud, its margin and its shadow


def test_a_scene_comes_back_as_it_was_measured(bare, tmp_path):
    told = bring_in.satellite(OPERATOR, bare, folder(tmp_path))
    kept = scenes.loaded(bare, told.scene)
    assert (kept.product, kept.sun_zenith, kept.about["offset"]) == (told.scene.product, 30.0, -1000.0)
    red, nir = (kept.band(role).to_numpy().astype(float) for role in ("red", "nir"))
    assert np.nanmax(np.abs((nir - red) / (nir + red) - truth.field(DAY))) < 0.004
    some = scenes.loaded(bare, told.scene, roles=["red"])
    assert some.roles == ("red",)


def test_a_large_scene_is_read_in_pieces_and_says_the_same(bare, tmp_path, monkeypatch):
    whole = bring_in.satellite(OPERATOR, bare, folder(tmp_path))
    one, grid = seen(bare), scenes.loaded(bare, whole.scene)
    bare.store.remove_scene(whole.scene.id, by=OPERATOR)
    real = extent.pieces
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 600.0))
    monkeypatch.setattr(bring_in.extent, "pieces", lambda plots, cell: real(plots, cell, most=60**2))
    parts = bring_in.satellite(OPERATOR, bare, next(tmp_path.glob("S2A*")))
    assert parts.scene.about["pieces"] > 3
    two = seen(bare)
    assert list(one.index) == list(two.index)
    assert np.allclose(one["mean"], two["mean"], atol=1e-6)
    again = scenes.loaded(bare, parts.scene)
    left, right = grid.band("red"), again.band("red").reindex_like(grid.band("red"))
    known = np.isfinite(right.to_numpy())
    assert known.mean() > 0.3
    assert np.array_equal(left.to_numpy()[known], right.to_numpy()[known])


def test_ground_beyond_the_elevation_model_is_brought_in_without_relief_and_says_so(bare, tmp_path, monkeypatch):
    west = rioxarray.open_rasterio(small.write_dem(tmp_path / "whole.tif")).isel(x=slice(0, 18))  # 540 m of 1,800
    west.rio.to_raster(tmp_path / "west.tif")
    imports.commit(OPERATOR, bare, "dem", tmp_path / "west.tif")
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 40.0**2))
    told = bring_in.satellite(OPERATOR, bare, folder(tmp_path / "s"))
    assert (told.told, told.plots) == ("added", 16)
    assert any("does not reach all plots" in one.en for one in told.findings)
    table = seen(bare)
    assert np.isfinite(table.loc["p01", "mean_cos_i"])
    assert np.isnan(table.loc["p04", "mean_cos_i"])


def test_plots_that_all_lie_beyond_the_elevation_model_are_measured_anew(bare, tmp_path):
    told = bring_in.satellite(OPERATOR, bare, folder(tmp_path / "s"))
    far = rioxarray.open_rasterio(small.write_dem(tmp_path / "whole.tif"))
    far.assign_coords(x=far["x"] + 90_000).rio.to_raster(tmp_path / "far.tif")
    imports.commit(OPERATOR, bare, "dem", tmp_path / "far.tif")
    plots = extent.plots(bare)
    moved = plots.assign(geometry=plots.translate(1.0))
    assert retabulating.retabulated(bare, told.scene, moved)
    assert seen(bare).loc["p01", "valid_fraction"] == pytest.approx(1.0)


def test_the_cloud_of_a_scene_counts_each_piece_by_what_it_shows(bare, tmp_path, monkeypatch, cloud):
    path = folder(tmp_path, cloud=cloud)
    whole = bring_in.satellite(OPERATOR, bare, path)
    bare.store.remove_scene(whole.scene.id, by=OPERATOR)
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 60.0**2))
    parts = bring_in.satellite(OPERATOR, bare, path)
    kept = scenes.loaded(bare, parts.scene).quality.to_numpy()
    shown = (kept & Quality.NODATA) == 0
    hidden = shown & ((kept & (Quality.CLOUD | Quality.CLOUD_SHADOW)) != 0)
    assert parts.scene.about["pieces"] > 3
    assert parts.scene.cloud == pytest.approx(hidden.sum() / shown.sum(), abs=0.02)


def test_a_picture_elsewhere_is_refused(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(truth, "WEST", truth.WEST + 50_000.0)
    path = folder(tmp_path)
    with pytest.raises(InputError, match="none of the plots"):
        bring_in.satellite(OPERATOR, bare, path)
    assert bare.store.scenes() == []


def test_without_plots_nobody_knows_what_to_keep(tmp_path, monkeypatch):
    monkeypatch.setattr(truth, "settle", lambda home: None)
    home = settled(tmp_path)
    with pytest.raises(MissingDataError, match="import them before pictures"):
        bring_in.satellite(OPERATOR, home, folder(tmp_path / "s"))


def test_growers_may_not_bring_in_satellite_pictures(bare, tmp_path):
    with pytest.raises(NotAllowedError, match="drone mosaics of your own plots"):
        imports.commit(truth.grower(bare), bare, "scene", folder(tmp_path))


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checksum, "whole", lambda section, name: {"files": 3}.get(name, 10**12))
    with pytest.raises(InputError, match="9 files"):
        checksum.bounded(folder(tmp_path))


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    path = folder(tmp_path / "in")
    (tmp_path / "secret.tif").write_text("x")
    (path / "T49SYN_x_B09_60m.tif").symlink_to(tmp_path / "secret.tif")
    with pytest.raises(InputError, match="leads out of its folder"):
        checksum.bounded(path)


def test_an_upload_waits_for_the_worker_and_is_gone_after_it(bare, tmp_path):
    path = folder(tmp_path)
    packed = tmp_path / "scene.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for one in path.iterdir():
            archive.write(one, f"../../{path.name}/{one.name}")  # a zip that would write elsewhere
    content = packed.read_bytes()
    upload = waiting.begin(OPERATOR, bare, f"../../{path.name}.zip", len(content))
    waiting.append(OPERATOR, bare, upload.id, 0, content)
    assert upload.path.is_relative_to(bare.home / "cache")
    told = queue.work(OPERATOR, bare, what="scene", path=waiting.complete(OPERATOR, bare, upload.id))
    assert told["counts"]["told"] == "added"
    assert not upload.path.parent.exists()
    with pytest.raises(InputError, match="no such upload"):
        queue.work(OPERATOR, bare, what="scene", path=path)


def test_a_waiting_picture_is_handed_to_the_worker_with_its_right(bare, monkeypatch):
    handed = []
    monkeypatch.setattr(jobs, "_handed", lambda *task: handed.append(task) or _Never())
    job = jobs.submit(truth.grower(bare), bare, "pictures", what="mosaic", path=Path("/x/y.tif"))
    assert handed[0][1:3] == (job, "pictures")
    assert bare.store.job(job).arguments == {"what": "mosaic", "path": "/x/y.tif"}
    with pytest.raises(NotAllowedError):
        jobs.submit(Viewer("o1", "official", Role.OFFICIAL), bare, "pictures", what="scene", path="x")


class _Never:
    def add_done_callback(self, call):
        pass


def test_the_catalogue_tells_how_old_a_picture_is_and_how_much_it_shows(bare):
    show(bare, datetime(2024, 9, 3, 3, 20))
    row = scenes.listed(truth.grower(bare), bare).iloc[0]
    assert (row["age"], row["sensor_zh"], row["valid"]) == (10, "哨兵二号 L2A", pytest.approx(1.0))
    with pytest.raises(NotAllowedError):
        scenes.remove(truth.grower(bare), bare, row["id"])
    scenes.remove(OPERATOR, bare, row["id"])
    assert scenes.listed(OPERATOR, bare).empty
