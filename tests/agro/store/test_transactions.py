import threading
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.farm import Farm, Region
from agro.store import EVERYTHING, Store
from agro.store.files import drafted


def files_of(store):
    return sorted(
        path.relative_to(store.home).as_posix()
        for folder in ("rasters", "series", "forecasts")
        for path in (store.home / folder).glob("*")
    )


def hill(height=1.0):
    grid = xr.DataArray(
        np.full((8, 9), height, "float32"),
        dims=("y", "x"),
        coords={"y": np.arange(8)[::-1] * 10.0, "x": np.arange(9) * 10.0},
    )
    return grid.rio.write_crs("EPSG:32648")


def test_a_failed_block_leaves_neither_rows_nor_files(orchard, make_plot):
    orchard.save_raster("dem", hill(1), "first")
    before = files_of(orchard)

    def import_and_fail():
        with orchard:
            orchard.save_plots([make_plot("West")])
            orchard.save_raster("dem", hill(2), "second")
            assert float(orchard.raster("dem").max()) == 2
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        import_and_fail()
    assert files_of(orchard) == before
    assert list(orchard.plots(EVERYTHING)["name"]) == ["East", "North", "South"]
    assert float(orchard.raster("dem").max()) == 1


def test_a_failure_that_is_caught_inside_undoes_only_its_own_block(orchard, make_plot):
    def change_my_mind():
        with orchard:
            orchard.save_raster("dem", hill(), "first")
            orchard.remove_plot("p1")
            raise RuntimeError("changed my mind")

    with orchard:
        orchard.save_plots([make_plot("West")])
        with pytest.raises(RuntimeError, match="changed my mind"):
            change_my_mind()
    assert sorted(orchard.plots(EVERYTHING)["name"]) == ["East", "North", "South", "West"]
    assert files_of(orchard) == []


def test_a_half_written_file_never_shows(tmp_path):
    def stop_half_way(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    def write_map():
        with drafted(tmp_path / "map.tif", stop_half_way) as (_, place):
            place()

    with pytest.raises(OSError, match="disk full"):
        write_map()
    with drafted(tmp_path / "map.tif", lambda path: path.write_bytes(b"whole")):
        pass  # written, and never placed
    assert list(tmp_path.iterdir()) == []


def test_sweeping_deletes_only_our_files_that_no_row_names(orchard):
    orchard.save_raster("dem", hill(1), "first")
    orchard.save_raster("dem", hill(2), "second")
    own = orchard.folder("rasters") / "orthophoto of my own.tif"
    own.write_bytes(b"mine")
    assert orchard.sweep() == 0  # all are younger than an hour
    assert orchard.sweep(minutes=0) == 1
    assert own.exists()
    assert float(orchard.raster("dem").max()) == 2


def test_others_see_a_transaction_only_when_it_is_whole(orchard, make_plot):
    seen = []

    def look():
        seen.append(len(orchard.plots(EVERYTHING)))

    with orchard:
        orchard.save_plots([make_plot("West")])
        reader = threading.Thread(target=look)
        reader.start()
        reader.join()
    look()
    assert seen == [3, 4]


def test_threads_that_write_and_read_at_once_lose_nothing(orchard, make_plot):
    problems = []

    def work(number):
        try:
            for turn in range(8):
                with orchard:
                    orchard.save_plots([make_plot(f"{number}-{turn}")])
                    orchard.save_setting(f"count {number}", orchard.setting(f"count {number}", 0) + 1)
                    orchard.save_setting(
                        "count", orchard.setting("count", 0) + 1
                    ) if orchard.engine.dialect.name == "sqlite" else None
                orchard.plots(EVERYTHING)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(orchard.plots(EVERYTHING)) == 3 + 6 * 8
    assert [orchard.setting(f"count {number}") for number in range(6)] == [8] * 6
    if orchard.engine.dialect.name == "sqlite":  # one writer at a time: a sum read and written in a block is exact
        assert orchard.setting("count") == 48


def test_two_processes_worth_of_stores_share_one_home(tmp_path):
    first, second = (Store(tmp_path, f"sqlite:///{tmp_path / 'citrus.db'}") for _ in range(2))
    first.migrate()
    second.migrate()
    first.save_farms([Farm("f1", "Upper Terrace")])
    assert [farm.name for farm in second.farms(EVERYTHING)] == ["Upper Terrace"]


def test_sqlite_keeps_a_log_ahead_and_checks_references(tmp_path):
    store = Store(tmp_path, f"sqlite:///{tmp_path / 'citrus.db'}")
    with store.reading() as connection:
        said = [
            connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert said == ["wal", 1, 1]


def test_a_store_without_an_address_lies_in_its_home_and_a_temporary_one_goes_with_it(tmp_path, monkeypatch):
    monkeypatch.delenv("CITRUS_DATABASE_URL", raising=False)
    Store(tmp_path / "new").migrate()
    assert (tmp_path / "new" / "citrus.db").is_file()
    store = Store("sqlite://")
    store.migrate()
    store.save_region(Region("r", "Sample", "EPSG:32648"))
    home = store.home
    assert store.folder("cache").is_dir()
    store.close()
    assert not home.exists()
    with pytest.raises(ValueError, match="no folder 'secrets'"):
        store.folder("secrets")


def test_a_run_interrupted_between_outlook_and_end_shows_the_day_before(orchard):
    def told(day, evidence):
        run = orchard.start_run(day)
        table = pd.DataFrame({"plot": ["p1"], "evidence": [evidence]})
        orchard.save_outlook(run, day, table, table, table)
        return run

    orchard.finish_run(told(date(2026, 4, 1), "none"))

    def finish_and_fail():
        with orchard:
            orchard.finish_run(told(date(2026, 4, 2), "calibrated"))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        finish_and_fail()
    assert list(orchard.outlook_summary(EVERYTHING)["evidence"]) == ["none"]
    assert len(files_of(orchard)) == 2
