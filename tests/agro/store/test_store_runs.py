from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import NotAllowedError, NotFoundError
from agro.store import EVERYTHING, OUTLOOK_COLUMNS, Scope
from agro.store.columns import OUTLOOK_DATES, OUTLOOK_INTEGERS, OUTLOOK_TEXTS

WEIGHTS = pd.DataFrame({"plot": ["p1", "p1", "p2"], "site": ["a", "b", "a"], "weight": [0.25, 0.75, 1.0]})
SITES = xr.Dataset(
    {"tss": (("site", "member"), np.array([[9.0, 9.5], [10.0, 10.5]], "float32"))},
    {"site": ["a", "b"], "member": [0, 1]},
)


def summary(plots=("p1", "p2"), tss=10.0):
    frame = pd.DataFrame({"plot": plots})
    for name in OUTLOOK_COLUMNS[1:]:
        frame[name] = pd.Timestamp("2026-04-12") if name in OUTLOOK_DATES else 60 if name in OUTLOOK_INTEGERS else tss
    return frame.assign(**dict.fromkeys(OUTLOOK_TEXTS, "none"))


def one_run(store, day, tss=10.0, plots=("p1", "p2")):
    with store:
        run = store.start_run(day, code_version="0.1.0", members=2)
        store.save_outlook(run, day, SITES, WEIGHTS, summary(plots, tss))
        store.finish_run(run, counts={"plots": len(plots)}, warnings=["no sensors"])
    return run


def test_an_outlook_comes_back_beside_its_plots(orchard):
    one_run(orchard, date(2026, 4, 1))
    told = orchard.outlook_summary(EVERYTHING)
    assert list(told["name"]) == ["North", "South"]
    assert told.loc[0, ["plot", "farm_name", "township", "cultivar", "elevation"]].tolist() == [
        "p1",
        "Upper Terrace",
        "Hillside",
        "navel",
        420.0,
    ]
    assert set(OUTLOOK_COLUMNS) <= set(told.columns)
    assert told["bloom_p50"].tolist() == [pd.Timestamp("2026-04-12")] * 2
    assert told["tss_p50"].dtype == "float64"
    assert set(told["date"]) == {pd.Timestamp("2026-04-01")}


def test_a_second_run_of_a_day_takes_the_place_of_the_first(orchard):
    one_run(orchard, date(2026, 4, 1), 9.0)
    second = one_run(orchard, date(2026, 4, 1), 11.0)
    assert [run.id for run in orchard.runs()] == [second]
    assert set(orchard.outlook_summary(EVERYTHING)["tss_p50"]) == {11.0}
    with orchard.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from outlook").scalar() == 2
    assert orchard.sweep(minutes=0) == 2  # the first one's files


def test_a_run_under_way_or_failed_changes_nothing_that_is_shown(orchard):
    one_run(orchard, date(2026, 4, 1), 9.0)
    run = orchard.start_run(date(2026, 4, 1))
    orchard.save_outlook(run, date(2026, 4, 1), SITES, WEIGHTS, summary(tss=1.0))
    assert set(orchard.outlook_summary(EVERYTHING)["tss_p50"]) == {9.0}
    orchard.finish_run(run, state="failed", warnings=["no weather"])
    assert set(orchard.outlook_summary(EVERYTHING)["tss_p50"]) == {9.0}
    assert {run.state for run in orchard.runs()} == {"finished", "failed"}


def test_each_day_keeps_what_was_said_then(orchard):
    one_run(orchard, date(2026, 4, 1), 9.0)
    one_run(orchard, date(2026, 4, 3), 11.0)
    told = [orchard.outlook_summary(EVERYTHING, date(2026, 4, day)) for day in (1, 2, 3)]
    assert [set(one["tss_p50"]) for one in told] == [{9.0}, {9.0}, {11.0}]
    assert orchard.latest_run(date(2026, 3, 31)) is None
    assert orchard.outlook_summary(EVERYTHING, date(2026, 3, 31)).empty
    latest = orchard.latest_run()
    assert (latest.date, latest.members, latest.counts, latest.warnings) == (
        date(2026, 4, 3),
        2,
        {"plots": 2},
        ["no sensors"],
    )


def test_a_scope_hears_of_its_own_plots_only(orchard):
    one_run(orchard, date(2026, 4, 1), plots=("p1", "p2", "p3"))
    assert list(orchard.outlook_summary(Scope(farms=frozenset({"f2"})))["name"]) == ["East"]
    assert orchard.outlook_summary(Scope()).empty
    assert set(orchard.outlook_summary(Scope(everything=True, anonymous=True))["name"]) == {""}
    with pytest.raises(NotAllowedError):
        orchard.outlook_summary(Scope(everything=True, sums_only=True))


def test_the_sites_behind_an_outlook_are_kept(orchard):
    assert orchard.outlook_files() is None
    assert orchard.outlook_sites() is None
    one_run(orchard, date(2026, 4, 1))
    files = orchard.outlook_files(date(2026, 4, 9))
    assert files.date == date(2026, 4, 1)
    assert files.sites.is_file()
    pd.testing.assert_frame_equal(pd.read_parquet(files.weights), WEIGHTS)
    xr.testing.assert_identical(orchard.outlook_sites(sites=["b"]), SITES.sel(site=["b"]))
    assert list(orchard.outlook_weights(plots=["p1"])["weight"]) == [0.25, 0.75]


def test_unknown_columns_and_runs_are_refused(orchard):
    run = orchard.start_run(date(2026, 4, 1))
    with pytest.raises(ValueError, match="no colour"):
        orchard.save_outlook(run, date(2026, 4, 1), SITES, WEIGHTS, summary().assign(colour=1))
    with pytest.raises(NotFoundError, match="no run 'gone'"):
        orchard.save_outlook("gone", date(2026, 4, 1), SITES, WEIGHTS, summary())
    with pytest.raises(ValueError, match="'finished' or 'failed'"):
        orchard.finish_run(run, state="fine")


def test_what_was_said_of_a_removed_plot_goes_with_it(orchard):
    one_run(orchard, date(2026, 4, 1))
    orchard.remove_plot("p1")
    assert list(orchard.outlook_summary(EVERYTHING)["name"]) == ["South"]
